/** Which admissible partition to go to: a nearest one, and among the nearest a good one. */
import { bandOfSizes, placeCuts } from "./balance";
import type { CappedChain, PinnedChain } from "./capped";
import { longestCappedChain } from "./capped";
import type { CandidateWindows, KeptCut } from "./chain";
import { candidateWindows, longestChain } from "./chain";
import { entry } from "./entries";
import { ReshardError } from "./errors";
import { fraction, max, min } from "./exact";
import type { Ends } from "./order";
import { endsUnder, fits } from "./order";
import { longestEvenChain } from "./stretches";
import type { Band, Bounds, Measure, ReshardTarget } from "./target";
import { boundsOf, checkFit, meets, SLACK, UNIT, withinBand } from "./target";

export interface Choice {
  /** The partition as it is, from 0 to the size of the key space (which only tests make other than 2^128). */
  readonly cuts: readonly bigint[];
  readonly measure: Measure;
  readonly target: ReshardTarget;
  readonly band: Band;
  readonly prefer?: "balance" | "stay" | undefined;
  /** A partition that a safe order reaches under this cap is taken, if a nearest one is. */
  readonly maxOpenShards?: number | undefined;
}

export interface ChosenPartition {
  readonly after: readonly bigint[];
  /** How far its ranges are from their ideals. */
  readonly reached: Band;
  /** Proven lower bound on the operations to any admissible partition. */
  readonly minimumOperations: number;
  /** What is admissible. */
  readonly bounds: Bounds;
  /**
   * Whether a safe order keeps to the cap; if not, whether it is proven that to no nearest partition one does, or whether there
   * were too many to look at ("undecided").
   */
  readonly underCap: "fits" | "none" | "undecided";
}

interface Placed {
  readonly after: readonly bigint[];
  readonly reached: Band;
}

/** From here on stretches.ts is faster than chain.ts, where it can be used at all. */
const MANY_CANDIDATES = 2_000;

/** How much work the search for balance may add, in microseconds of an ordinary machine. */
const BALANCE_BUDGET = 50_000;

/** So many times as long as a search for a longest chain takes the one for a longest chain under a cap. */
const CAPPED_COST = 8;

/** Errors: as boundsOf and checkFit; ERR_KINESIS_RESHARD_TOO_NARROW where single hash keys carry too much load. */
export function choosePartition(choice: Choice): ChosenPartition {
  const { cuts, measure, target, band } = choice;
  const bounds = boundsOf(target, band, measure.total);
  checkFit(bounds);
  const search = new Search(cuts, measure, bounds);
  const nearest = search.longest(bounds);
  const length = nearest.chain.length;
  const operations = (members: number) => cuts.length + target.shardCount + 1 - 2 * members;
  const minimumOperations = operations(nearest.upperBound);
  const attempts = (cost: number) =>
    choice.prefer === "stay" || operations(length) === 0 ? 0 : Math.floor(BALANCE_BUDGET / cost);

  const first = search.placed(nearest, bounds);
  if (first === undefined) throw tooCoarse(target);
  const free = mostBalanced(first, band, attempts(search.cost), (within) => {
    const bounds = search.boundsWithin(within);
    const found = bounds && search.longest(bounds, length);
    return found === undefined || found.chain.length < length ? undefined : search.placed(found, bounds);
  });
  const ends = endsUnder(cuts.length - 1, target.shardCount, choice.maxOpenShards ?? Number.POSITIVE_INFINITY);
  if (operations(length) === 0 || fits(cuts, free.after, ends))
    return { ...free, minimumOperations, bounds, underCap: "fits" };

  const capped = search.longestCapped(bounds, length, ends);
  if (capped === "none" || capped === "undecided") return { ...free, minimumOperations, bounds, underCap: capped };
  const firstCapped = search.placed(capped, bounds);
  if (firstCapped === undefined) throw tooCoarse(target);
  const fitting = mostBalanced(firstCapped, band, attempts(search.cost * CAPPED_COST), (within) => {
    const bounds = search.boundsWithin(within);
    const found = bounds && search.longestCapped(bounds, length, ends);
    return found === undefined || found === "none" || found === "undecided" ? undefined : search.placed(found, bounds);
  });
  return { ...fitting, minimumOperations, bounds, underCap: "fits" };
}

/** The searches from one partition to one target, in different bands. */
class Search {
  private readonly sizes: readonly bigint[];
  /** For each present range its share of the key space. */
  private readonly unchanged: readonly number[];

  constructor(
    private readonly cuts: readonly bigint[],
    private readonly measure: Measure,
    /** What is admissible. */
    private readonly bounds: Bounds,
  ) {
    const whole = entry(cuts, cuts.length - 1);
    this.sizes = cuts.map((cut) => measure.at(cut));
    this.unchanged = cuts.slice(1).map((cut, i) => fraction(cut - entry(cuts, i), whole));
  }

  /** What one call of `longest`, with all around it, takes; in microseconds of an ordinary machine. */
  get cost(): number {
    const windows = candidateWindows(this.sizes, this.bounds);
    const table = hasMany(this.bounds, windows) ? this.cuts.length : windows.count;
    return 2 * table + this.cuts.length + 3 * this.bounds.shardCount;
  }

  /** Undefined where the band is so narrow that its least sizes do not fit into the whole: very few keys, and weights. */
  boundsWithin(band: Band): Bounds | undefined {
    const bounds = withinBand(this.bounds, band);
    return entry(bounds.leastSum, bounds.shardCount) > bounds.total ? undefined : bounds;
  }

  /** @param atLeast As in longestEvenChain. */
  longest(bounds: Bounds, atLeast = 0): { readonly chain: readonly KeptCut[]; readonly upperBound: number } {
    const windows = candidateWindows(this.sizes, bounds);
    if (hasMany(bounds, windows)) return longestEvenChain(this.sizes, bounds, windows, this.unchanged, atLeast);
    const chain = longestChain(this.sizes, bounds, windows, this.unchanged);
    return { chain, upperBound: chain.length };
  }

  longestCapped(bounds: Bounds, length: number, ends: Ends): CappedChain {
    const windows = candidateWindows(this.sizes, bounds);
    return longestCappedChain(this.sizes, bounds, windows, this.unchanged, length, ends);
  }

  /**
   * The partition that a chain within some bounds stands for. Undefined where rounding to whole keys leaves what is
   * admissible, as it can where single keys carry much load.
   */
  placed({ chain, pins = [] }: Partial<PinnedChain>, within: Bounds | undefined): Placed | undefined {
    if (chain === undefined || within === undefined) return undefined;
    const after = placeCuts(this.cuts, chain, pins, within, this.measure);
    const sizes = after.map((cut) => this.measure.at(cut));
    if (!this.measure.everySize && !meets(sizes, this.bounds)) return undefined;
    return { after, reached: bandOfSizes(sizes, this.bounds) };
  }
}

const hasMany = (bounds: Bounds, windows: CandidateWindows) => bounds.even && windows.count > MANY_CANDIDATES;

function tooCoarse({ shardCount }: ReshardTarget): ReshardError {
  return new ReshardError(
    "ERR_KINESIS_RESHARD_TOO_NARROW",
    `a shard of few hash keys carries so much of the load that cuts between whole keys make no ${shardCount} ` +
      "shards within the tolerance, as far as the planner finds: raise the tolerance, or plan for equal width",
  );
}

/**
 * The best balance that `attempt` finds: the least widest range, then the greatest narrowest, each to one part in a billion;
 * among what comes so near to both, what `attempt` prefers.
 *
 * @param attempts How often to try at most.
 */
function mostBalanced(
  first: Placed,
  admitted: Band,
  attempts: number,
  attempt: (within: Band) => Placed | undefined,
): Placed {
  if (attempts === 0) return first;
  let best = first;
  let left = attempts;
  const tryWithin = (band: Band): Placed | undefined => {
    left--;
    // Rounding to whole keys can put what was reached outside the band; what is admitted stays what it is.
    return attempt({ least: max(band.least, admitted.least), greatest: min(band.greatest, admitted.greatest) });
  };
  /** Halves what is between the distance from the ideal that was reached and the one that was not. */
  const approach = (distance: (of: Band) => bigint, bandAt: (distance: bigint) => Band) => {
    let reached = distance(best.reached);
    let failed = 0n;
    for (let probe = reached - SLACK; probe > failed && left > 1; probe = (failed + reached) / 2n) {
      const found = tryWithin(bandAt(probe));
      if (found !== undefined && distance(found.reached) < reached) {
        best = found;
        reached = distance(found.reached);
      } else failed = probe;
      if (reached - failed <= SLACK) break;
    }
    return reached;
  };
  const over = approach(
    ({ greatest }) => greatest - UNIT,
    (distance) => ({ least: admitted.least, greatest: UNIT + distance }),
  );
  // What differs by less than the slack is equally wide: else the last digit of one range would decide over all others.
  const greatest = UNIT + over + SLACK;
  const under = approach(
    ({ least }) => UNIT - least,
    (distance) => ({ least: UNIT - distance, greatest }),
  );
  if (best === first) return first;
  // Once more with the best band: the chain that settled it may not be the one that leaves most key space alone.
  return tryWithin({ least: UNIT - under - SLACK, greatest }) ?? best;
}
