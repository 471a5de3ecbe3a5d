/**
 * Plans: which splits and merges, and in which order.
 *
 * **A partition is a set.** Open shards tile the key space, so a partition *is* the set A of its interior cuts (the first
 * keys of all shards but the lowest). A split adds one cut, a merge removes one. Reaching B takes at least |A \ B| + |B \ A|
 * operations, and order.ts shows that so many are enough. With N shards now and M wanted that is N + M - 2 - 2·|A ∩ B|:
 * **the fewest operations are those that keep the most cuts.**
 *
 * **Which cuts can be kept together?** Wanted range k may have any size from L[k] to H[k]; Lc and Hc are their prefix sums,
 * W is the whole. Say that cut a of A is kept as wanted cut number k: the point (u, v) = (a - Lc[k], Hc[k] - a), how far a
 * lies above the least and below the greatest place that k ranges can reach. Between two kept cuts a < b, numbers k < l, the
 * ranges k+1 … l can fill b - a exactly if Lc[l] - Lc[k] <= b - a <= Hc[l] - Hc[k], that is, if neither u nor v
 * falls from the one point to the other. (All integer sums between the two are met: raise one range at a time.) What
 * lies between one pair does not touch what lies between another, so a set of points can be kept exactly if u and v never
 * fall along it, with (0, 0) and (W, M) as its ends: **a longest chain.** Sorted by u it is a longest non-decreasing
 * subsequence of v. No two cuts lie at the same place, even where sizes are loads and shards are idle (target.ts), so with the
 * same k u rises and v falls: a chain has each cut and each k once. Order among equal points, which need L = H, is settled by k. A cut placed between kept ones never
 * happens to be a third one that A has: that would have been a longer chain.
 *
 * **Example.** 4 -> 3 shards at 25 %, W = 12: cuts 0 3 6 9 12, each range 3 … 5 wide, Lc = 0 3 6 9, Hc = 0 5 10 15.
 * Both ends are (0, 0) and (3, 3), so only points in that square count:
 *
 *     3 as number 1: (0, 2)    6 as number 1: (3, -1) no     9 as number 2: (3, 1)
 *                              6 as number 2: (0, 4) no
 *
 * 3 and 9 together: v falls from 2 to 1 (the middle range would be 6 wide), so one of them: keep 3, drop 6 and 9, place one
 * cut between 3 and 12, at 7 or 8: 4 + 3 - 2 - 2·1 = 3 operations.
 *
 * **Ties.** Among the plans with the fewest operations: the best balance (least widest, then greatest narrowest range, each
 * against its ideal), then the most key space left where it is; or, with `prefer: "stay"`, the latter at once. Where
 * `maxOpenShards` leaves no shard to spare, all this among those that a safe order reaches under it (capped.ts).
 *
 * **What is exact, what is not.** The count is: chain.ts is the argument above in code, stretches.ts answers for large
 * even targets with a certificate, and `minimumOperations` is what is proven; it equals the plan's count except where a table
 * would need more than 64 MB. Balance is searched by bisection to one part in a billion while the work stays small (hundreds of
 * shards); beyond that it is what was found, within the tolerance. Key space left alone is
 * exact where chain.ts decides, and within the searched band where stretches.ts does. That no nearest partition keeps to
 * `maxOpenShards` is proven, except where capped.ts gives up, and then the error says so. Load is cut between whole keys: where a
 * shard of a few dozen carries much of it, an error may say that nothing was found although something admissible is there.
 */
import type { ReshardStep, StepShard } from "./apply";
import { toStepShard } from "./apply";
import type { Balance } from "./balance";
import { balanceOf } from "./balance";
import type { ChosenPartition } from "./choose";
import { choosePartition } from "./choose";
import { entry } from "./entries";
import { ReshardError } from "./errors";
import { fraction } from "./exact";
import type { HashKeyRange, ShardRange } from "./keyspace";
import { cutsOf, MIN_RANGE_KEYS, parseRanges } from "./keyspace";
import type { CutStep, Order } from "./order";
import { hotMergeNeeded, orderSteps } from "./order";
import type { Band, Measure, ReshardTarget, Tolerance } from "./target";
import { bandOf, boundsOf, DEFAULT_TOLERANCE, loadMeasure, meets, widthMeasure } from "./target";

export type { MergeStep, ReshardStep, SplitStep, StepShard } from "./apply";

/** What one SplitShard or MergeShards takes until the stream is ACTIVE again. An assumption: AWS promises nothing. */
export const SECONDS_PER_STEP = 30;

/** What to plan: from which open shards to which target, and within which bounds. */
export interface ReshardRequest {
  /** The open shards, in any order; they must tile the key space. Hash keys are decimal strings or bigint. */
  readonly shards: readonly ShardRange[];
  /** Wanted: a shard count, or a count with weights or loads. */
  readonly target: number | ReshardTarget;
  /**
   * How far ranges may be from their ideal size, as parts of it; one number is for both directions.
   * @default { over: 0.10, under: 0.25 }
   */
  readonly tolerance?: number | Tolerance | undefined;
  /** Never have more open shards than this (or than are open already). @default one more than the larger of before and after */
  readonly maxOpenShards?: number | undefined;
  /** Where no safe order fits under `maxOpenShards`, merge first and be hot for a step. @default false */
  readonly allowHotMerge?: boolean | undefined;
  /** What decides among plans with the fewest operations: even ranges, or as much key space as possible left alone. @default "balance" */
  readonly prefer?: "balance" | "stay" | undefined;
}

/** What to do, in which order, and what it comes to. */
export interface ReshardPlan {
  /** What to do, in this order; empty where the shards are admissible as they are. */
  readonly steps: readonly ReshardStep[];
  readonly splits: number;
  readonly merges: number;
  /** Most shards open at any moment, before and after included. */
  readonly peakOpenShards: number;
  /** The ranges after the last step, in key order. */
  readonly result: readonly HashKeyRange[];
  /** How even the result is. */
  readonly balance: Balance;
  /** Share of the key space, 0 … 1, whose keys end in another shard than now. */
  readonly movedFraction: number;
  /** steps × 30 s. */
  readonly estimatedSeconds: number;
  /** Proven: nothing admissible is nearer than this many operations. Equal to `steps.length` unless the search gave up. */
  readonly minimumOperations: number;
  /** Merges whose shard, for one step, may be wider than any before or after; 0 unless `allowHotMerge` was needed. */
  readonly hotMerges: number;
  /** The open shards that the plan starts from, in key order. */
  readonly initial: readonly StepShard[];
  /** How many shards of equal size carry as much as the initial ones before their first one is full. */
  readonly initialEffectiveShards: number;
  /** The request, with the defaults filled in. */
  readonly request: {
    readonly target: ReshardTarget;
    readonly tolerance: Tolerance;
    readonly maxOpenShards: number | undefined;
    readonly allowHotMerge: boolean;
  };
}

/**
 * The fewest splits and merges that bring the open shards to an admissible partition, in an order that keeps every
 * moment within min(N, M) … max(N, M) + 1 open shards, none wider than the widest before or after.
 *
 * Errors: {@link ReshardError} with code ERR_KINESIS_RESHARD_INVALID_INPUT, …_NOT_TILING (read the shards again),
 * …_TOO_NARROW, …_TOO_FEW_OPEN_SHARDS_ALLOWED, …_HOT_MERGE_NEEDED.
 */
export function planReshard(request: ReshardRequest): ReshardPlan {
  const { maxOpenShards, allowHotMerge = false, prefer } = request;
  if (maxOpenShards !== undefined && !(Number.isSafeInteger(maxOpenShards) && maxOpenShards >= 1)) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `maxOpenShards must be a whole number, 1 or more, not ${maxOpenShards}`,
    );
  }
  if (prefer !== undefined && prefer !== "balance" && prefer !== "stay") {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `prefer must be "balance" or "stay", not ${JSON.stringify(prefer)}`,
    );
  }
  const problem = stateProblem(request.shards, request.target, request.tolerance);
  const { shards, cuts, measure, target, band, tolerance } = problem;
  const chosen = choosePartition({ cuts, measure, target, band, prefer, maxOpenShards });
  const { after, reached, minimumOperations, underCap } = chosen;
  checkLegal(after);
  const [shardsBefore, shardsAfter] = [cuts.length - 1, target.shardCount];
  if (underCap !== "fits" && !allowHotMerge && maxOpenShards !== undefined && maxOpenShards >= shardsAfter) {
    const none = underCap === "none" ? "no plan" : "none of the plans that were looked at (there are too many for all)";
    const what = `${none} of the fewest operations, ${minimumOperations},`;
    throw hotMergeNeeded(what, shardsBefore, shardsAfter, Math.max(maxOpenShards, shardsBefore));
  }
  const order = orderSteps(cuts, after, { maxOpenShards, allowHotMerge });
  const { steps, result } = toCalls(order, cuts, after, shards);
  checkPlan(cuts, measure, chosen, order);
  return {
    steps,
    splits: order.steps.filter(({ action }) => action === "add").length,
    merges: order.steps.filter(({ action }) => action === "remove").length,
    peakOpenShards: peak(order.steps, shards.length),
    result,
    balance: balanceOf(reached, target.shardCount),
    movedFraction: movedFraction(cuts, after),
    estimatedSeconds: steps.length * SECONDS_PER_STEP,
    minimumOperations,
    hotMerges: order.steps.filter(({ hot }) => hot).length,
    initial: shards,
    initialEffectiveShards: effectiveShards(cuts, measure),
    request: { target, tolerance, maxOpenShards, allowHotMerge },
  };
}

/**
 * Whether the open shards meet the target as they are: the right count, and every range within the tolerance. This, and
 * never the count alone, is when a reshard is done. Exactly then `planReshard` has no steps.
 *
 * Errors: as `planReshard`.
 */
export function isAdmissible(
  shards: readonly ShardRange[],
  target: number | ReshardTarget,
  tolerance?: number | Tolerance | undefined,
): boolean {
  const { cuts, measure, target: wanted, band } = stateProblem(shards, target, tolerance);
  return meets(
    cuts.map((cut) => measure.at(cut)),
    boundsOf(wanted, band, measure.total),
  );
}

interface Problem {
  readonly shards: readonly StepShard[];
  readonly cuts: readonly bigint[];
  readonly measure: Measure;
  readonly target: ReshardTarget;
  readonly tolerance: Tolerance;
  readonly band: Band;
}

function stateProblem(
  shards: readonly ShardRange[],
  target: number | ReshardTarget,
  tolerance: number | Tolerance = DEFAULT_TOLERANCE,
): Problem {
  const wanted = typeof target === "number" ? { shardCount: target } : target;
  const loads = wanted.loads;
  const order = parseRanges(shards);
  const cuts = cutsOf(order);
  const total = entry(cuts, cuts.length - 1);
  if (loads !== undefined && loads.length !== shards.length) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `${loads.length} loads do not fit ${shards.length} open shards`,
    );
  }
  return {
    shards: order.map(({ range }) => toStepShard(range)),
    cuts,
    measure:
      loads === undefined
        ? widthMeasure(total)
        : loadMeasure(
            cuts,
            order.map(({ index }) => entry(loads, index)),
            total,
          ),
    target: wanted,
    tolerance: typeof tolerance === "number" ? { over: tolerance, under: tolerance } : tolerance,
    band: bandOf(tolerance),
  };
}

function checkLegal(after: readonly bigint[]): void {
  for (let i = 1; i < after.length; i++) {
    const start = entry(after, i - 1);
    if (entry(after, i) - start >= MIN_RANGE_KEYS) continue;
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_TOO_NARROW",
      `the target needs a shard of fewer than ${MIN_RANGE_KEYS} keys at hash key ${start}`,
    );
  }
}

/** What every plan must be, whatever happened before: a bug stops here, never in the stream. */
function checkPlan(cuts: readonly bigint[], measure: Measure, chosen: ChosenPartition, order: Order): void {
  const { after, bounds, minimumOperations } = chosen;
  const operations = order.steps.length;
  const sizes = measure.everySize ? after : after.map((cut) => measure.at(cut));
  const wrong =
    (!meets(sizes, bounds) && "the result is not what is wanted") ||
    (operations !== 2 * order.cuts.length - cuts.length - after.length &&
      "its steps are not the fewest to its result") ||
    (operations < minimumOperations && `it has ${operations} steps where ${minimumOperations} are the fewest`);
  if (wrong !== false)
    throw new Error(`a bug of the reshard planner made a wrong plan, which is not carried out: ${wrong}`);
}

/** The steps as AWS's calls, with the ids of the shards that are open at the start, and the ranges after the last one. */
function toCalls(
  { cuts, steps }: Order,
  before: readonly bigint[],
  after: readonly bigint[],
  shards: readonly StepShard[],
): { steps: ReshardStep[]; result: HashKeyRange[] } {
  const placesBefore = placesIn(cuts, before);
  const placesAfter = placesIn(cuts, after);
  // Each hash key becomes text once, as the first key above a cut and the last one below: with thousands of shards that
  // is among the slowest parts of a plan.
  const first = new Array<string | undefined>(cuts.length).fill(undefined);
  const last = new Array<string | undefined>(cuts.length).fill(undefined);
  const opensAt = new Array<StepShard | undefined>(cuts.length).fill(undefined);
  shards.forEach((shard, i) => {
    const start = entry(placesBefore, i);
    opensAt[start] = shard;
    first[start] = shard.startingHashKey;
    last[entry(placesBefore, i + 1)] = shard.endingHashKey;
  });
  const firstKey = (at: number) => (first[at] ??= String(entry(cuts, at)));
  const lastKey = (at: number) => (last[at] ??= String(entry(cuts, at) - 1n));
  const shardOf = (below: number, above: number): StepShard => {
    const endingHashKey = lastKey(above);
    // No cut changes twice in a plan, so a range that was open at the start is that very shard wherever it is met again.
    const initial = opensAt[below];
    return initial?.endingHashKey === endingHashKey ? initial : { startingHashKey: firstKey(below), endingHashKey };
  };
  return {
    steps: steps.map(({ action, below, cut, above }) =>
      action === "add"
        ? { action: "split", shard: shardOf(below, above), newStartingHashKey: firstKey(cut) }
        : { action: "merge", shard: shardOf(below, cut), adjacentShard: shardOf(cut, above) },
    ),
    result: placesAfter.slice(1).map((place, i) => ({
      startingHashKey: firstKey(entry(placesAfter, i)),
      endingHashKey: lastKey(place),
    })),
  };
}

/** Where some of the cuts, ascending as all are, stand among all. */
function placesIn(cuts: readonly bigint[], some: readonly bigint[]): number[] {
  let at = 0;
  return some.map((cut) => {
    while (cuts[at] !== cut) at++;
    return at;
  });
}

function peak(steps: readonly CutStep[], start: number): number {
  let open = start;
  let most = start;
  for (const { action } of steps) {
    open += action === "add" ? 1 : -1;
    most = Math.max(most, open);
  }
  return most;
}

function movedFraction(before: readonly bigint[], after: readonly bigint[]): number {
  let staying = 0n;
  let i = 0;
  after.forEach((end, k) => {
    while ((before[i] ?? end) < end) i++;
    const start = after[k - 1];
    if (k > 0 && start !== undefined && before[i] === end && before[i - 1] === start) staying += end - start;
  });
  const total = entry(before, before.length - 1);
  return fraction(total - staying, total);
}

function effectiveShards(cuts: readonly bigint[], measure: Measure): number {
  const sizes = cuts.map((cut) => measure.at(cut));
  const largest = sizes.reduce((most, size, i) => {
    const width = i === 0 ? 0n : size - entry(sizes, i - 1);
    return width > most ? width : most;
  }, 0n);
  return 1 / fraction(largest, measure.total);
}
