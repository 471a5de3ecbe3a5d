/**
 * Which calls bring a stream to its shards; pure.
 *
 * SplitShard and MergeShards reach any partition, one operation after the other. UpdateShardCount lets AWS split and merge
 * by itself. Its page, https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html, is what this file
 * follows; "shards of equal size" is from the Knowledge Center, https://repost.aws/knowledge-center/kinesis-data-streams-open-shards:
 *
 * - The only scaling is UNIFORM_SCALING, "shards of equal size": no weights.
 * - At most double and at least half of the shards at once, and ten calls in a rolling 24 hours for a stream: 2 -> 16 is
 *   three calls, 4, 8, 16. By default nothing above 10,000 shards.
 * - It "could take a few minutes", more for a larger stream. What that means is not said; we assume five.
 * - "Short-lived shards" are open on the way and count against the account's quota. How many is not said either; a way
 *   that splits first and merges afterwards has all the old and all the new boundaries at once: from N to M at most
 *   N + M - 1 shards.
 */
import { TooManyOperationsError, UpdateShardCountError } from "../errors";
import type { ReshardStep } from "../reshard/apply";
import type { ReshardPlan } from "../reshard/plan";
import { SECONDS_PER_STEP } from "../reshard/plan";
import type { OpenShard } from "./observe";
import type { Resharding } from "./resharding";
import { DEFAULT_MAX_OPERATIONS, planFor } from "./resharding";
import type { StreamInputs } from "./stream-inputs";

/** One UpdateShardCount. */
export interface ShardCountStep {
  readonly action: "update";
  readonly targetShardCount: number;
}

/** One call that changes the shards of a stream. */
export type Operation = ReshardStep | ShardCountStep;

/** How often AWS takes UpdateShardCount of one stream in 24 hours. */
export const UPDATES_A_DAY = 10;

/** Beyond so many shards AWS refuses UpdateShardCount unless it has raised the account's limit. */
const MOST_BY_UPDATE = 10_000;

/** What an operation is assumed to take as long as the run has not measured it. */
export const ASSUMED_MS: Readonly<Record<Operation["action"], number>> = {
  split: SECONDS_PER_STEP * 1000,
  merge: SECONDS_PER_STEP * 1000,
  update: 5 * 60_000,
};

/** The fewest UpdateShardCount from one count to another, doublings or halvings first: AWS recommends multiples of 25 %. */
export function shardCountSteps(from: number, to: number): ShardCountStep[] {
  const steps: ShardCountStep[] = [];
  for (let count = from; count !== to; ) {
    count = count < to ? Math.min(count * 2, to) : Math.max(Math.ceil(count / 2), to);
    steps.push({ action: "update", targetShardCount: count });
  }
  return steps;
}

/** The most shards that may be open while AWS goes from one count to the other in these steps. */
export function updatePeak(from: number, steps: readonly ShardCountStep[]): number {
  let [open, peak] = [from, from];
  for (const { targetShardCount } of steps) {
    peak = Math.max(peak, open + targetShardCount - 1);
    open = targetShardCount;
  }
  return peak;
}

export interface Circumstances {
  /** How many more shards the account may open; undefined where that is not known. */
  readonly headRoom?: number | undefined;
  /** Why UpdateShardCount is out for the rest of this run. */
  readonly noUpdate?: string | undefined;
  /** The strategy that is being carried out: nobody is asked to confirm it again, however long it has become. */
  readonly begun?: "split-merge" | "update-shard-count" | undefined;
}

export interface Question extends Circumstances {
  readonly resharding: Resharding;
  readonly from: number;
  readonly to: number;
  /** How many splits and merges the other way takes; asked for only where it matters, as that takes a plan. */
  splitsAndMerges(): number;
}

export interface Answer {
  readonly strategy: "split-merge" | "update-shard-count";
  /** In words that can follow "because". */
  readonly because: string;
}

/** What "auto" does: UpdateShardCount where it is legal, fits into the account's quota and is expected to be quicker. */
export function chooseStrategy(question: Question): Answer {
  const { resharding, from, to, headRoom, noUpdate, splitsAndMerges } = question;
  const split = (because: string): Answer => ({ strategy: "split-merge", because });
  const steps = shardCountSteps(from, to);
  if (noUpdate !== undefined) return split(noUpdate);
  if (resharding.weights !== undefined) return split("UpdateShardCount makes shards equally wide, against the weights");
  if (resharding.maxOpenShards !== undefined) return split("UpdateShardCount keeps no maxOpenShards");
  if (steps.length === 0) return split("UpdateShardCount leaves the widths of the right number of shards as they are");
  if (steps.length > UPDATES_A_DAY) {
    return split(`UpdateShardCount would take ${steps.length} calls, and AWS takes ${UPDATES_A_DAY} in 24 hours`);
  }
  if (Math.max(from, to) > MOST_BY_UPDATE) return split(`UpdateShardCount ends at ${MOST_BY_UPDATE} shards by default`);
  const peak = updatePeak(from, steps);
  if (headRoom !== undefined && peak - from > headRoom) {
    return split(
      `UpdateShardCount may have ${peak} shards open on the way, and the account has room for ${headRoom} more`,
    );
  }
  const updateMs = steps.length * ASSUMED_MS.update;
  // Each split or merge changes the count by one, so it takes at least as many as the counts differ.
  const isQuicker = (splits: number) => updateMs < splits * ASSUMED_MS.split;
  if (!isQuicker(Math.abs(to - from)) && !isQuicker(splitsAndMerges()))
    return split("splits and merges are expected to be as quick");
  return { strategy: "update-shard-count", because: "UpdateShardCount is expected to be quicker" };
}

/** What will be called, in this order. */
export type ReshardOperations =
  | { readonly strategy: "split-merge"; readonly operations: readonly ReshardStep[]; readonly plan: ReshardPlan }
  | { readonly strategy: "update-shard-count"; readonly operations: readonly ShardCountStep[] };

/**
 * The calls from these shards to what the program wants; none where nothing is left to do.
 * @param cap The most open shards that splits and merges may reach.
 * @throws TooManyOperationsError where it is sure without a plan; UpdateShardCountError where the program wants nothing but UpdateShardCount and AWS takes no more of it; ReshardError
 */
export function planOperations(
  inputs: StreamInputs,
  shards: readonly OpenShard[],
  cap: number,
  circumstances: Circumstances,
): ReshardOperations {
  const { shardCount: to, resharding = {} } = inputs;
  const from = shards.length;
  const updates = (): ReshardOperations => ({
    strategy: "update-shard-count",
    operations: shardCountSteps(from, to),
  });
  if (resharding.strategy === "update-shard-count") {
    if (circumstances.noUpdate !== undefined && from !== to) {
      throw new UpdateShardCountError(
        `${circumstances.noUpdate} Set resharding.strategy to "auto" or "split-merge" to go on with splits and merges now, or ` +
          `run \`pulumi up\` again once AWS takes the call (${UPDATES_A_DAY} in 24 hours).`,
      );
    }
    return updates();
  }
  let made: ReshardPlan | undefined;
  const plan = () => {
    made ??= planFor(inputs, shards, cap);
    return made;
  };
  if (resharding.strategy === "auto") {
    const question = { ...circumstances, resharding, from, to, splitsAndMerges: () => plan().steps.length };
    if (chooseStrategy(question).strategy === "update-shard-count") return updates();
  }
  const isLong = Math.max(from, to) > (resharding.weights === undefined ? QUICKLY_PLANNED : QUICKLY_PLANNED / 10);
  if (isLong && circumstances.begun !== "split-merge") refuseTooMany(inputs, Math.abs(to - from), true);
  return { strategy: "split-merge", operations: plan().steps, plan: plan() };
}

/** Operations that nobody asked for by the thousand are a slip of the finger more often than a wish. @throws TooManyOperationsError */
export function refuseTooMany(inputs: StreamInputs, operations: number, isLeast = false): void {
  const most = inputs.resharding?.maxOperations ?? DEFAULT_MAX_OPERATIONS;
  if (operations > most) throw new TooManyOperationsError(inputs.name, operations, most, isLeast);
}

/** Up to so many shards a plan is made within a second, and a refusal can tell what it takes; beyond, the least that it can. */
const QUICKLY_PLANNED = 10_000;
