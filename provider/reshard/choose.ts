/** Which admissible partition to go to: a nearest one, and among the nearest a good one. */
import { bandOfSizes, placeCuts } from "./balance";
import type { CandidateWindows, KeptCut } from "./chain";
import { candidateWindows, longestChain } from "./chain";
import { fraction, max, min } from "./exact";
import { longestEvenChain } from "./stretches";
import type { Band, Bounds, Measure, ReshardTarget } from "./target";
import { boundsOf, checkFit, SLACK, UNIT } from "./target";

export interface Choice {
  /** The partition as it is, from 0 to the size of the key space (which only tests make other than 2^128). */
  readonly cuts: readonly bigint[];
  readonly measure: Measure;
  readonly target: ReshardTarget;
  readonly band: Band;
  readonly prefer?: "balance" | "stay" | undefined;
}

export interface ChosenPartition {
  readonly after: readonly bigint[];
  /** How far its ranges are from their ideals. */
  readonly reached: Band;
  /** Proven lower bound on the operations to any admissible partition. */
  readonly minimumOperations: number;
}

/** From here on stretches.ts is faster than chain.ts, where it can be used at all. */
const MANY_CANDIDATES = 2_000;

/** How much work the search for balance may add, in microseconds of an ordinary machine. */
const BALANCE_BUDGET = 50_000;

/** Errors: as boundsOf and checkFit. */
export function choosePartition(choice: Choice): ChosenPartition {
  const { cuts, measure, target, band } = choice;
  const whole = cuts[cuts.length - 1] ?? 1n;
  const sizes = cuts.map((cut) => measure.at(cut));
  const unchanged = cuts.slice(1).map((cut, i) => fraction(cut - (cuts[i] ?? 0n), whole));
  const operations = (length: number) => cuts.length + target.shardCount + 1 - 2 * length;

  const bounds = boundsOf(target, band, measure.total);
  checkFit(bounds);
  const windows = candidateWindows(sizes, bounds);
  const found = solve(sizes, bounds, windows, unchanged);
  const minimumOperations = operations(found.upperBound);
  const placed = (chain: readonly KeptCut[], within: Bounds) => {
    const after = placeCuts(cuts, chain, within, measure);
    const reached = bandOfSizes(
      after.map((cut) => measure.at(cut)),
      within,
    );
    return { after, reached, minimumOperations };
  };
  const first = placed(found.chain, bounds);
  const cost =
    2 * (bounds.even && windows.count > MANY_CANDIDATES ? cuts.length : windows.count) +
    cuts.length +
    3 * target.shardCount;
  const settled = choice.prefer === "stay" || operations(found.chain.length) === 0 || cost > BALANCE_BUDGET;
  if (settled) return first;

  const attempt = (within: Band) => {
    // Rounding to whole keys can put what was reached outside the band; the band itself stays what it is.
    const held = { least: max(within.least, band.least), greatest: min(within.greatest, band.greatest) };
    const tighter = boundsOf(target, held, measure.total);
    // With weights and very few keys the narrowest ranges can't be raised at the others' expense.
    if ((tighter.leastSum[target.shardCount] ?? 0n) > measure.total) return undefined;
    const { chain } = solve(sizes, tighter, candidateWindows(sizes, tighter), unchanged, found.chain.length);
    return chain.length < found.chain.length ? undefined : placed(chain, tighter);
  };
  let budget = BALANCE_BUDGET;
  const best = tightestBand(first.reached, band, (within) => {
    budget -= cost;
    return budget < 0 ? undefined : attempt(within)?.reached;
  });
  if (best === first.reached) return first;
  // Once more with the best band: the chain that settled it may not be the one that leaves most key space alone.
  return attempt(best) ?? first;
}

function solve(
  sizes: readonly bigint[],
  bounds: Bounds,
  windows: CandidateWindows,
  unchanged: readonly number[],
  atLeast = 0,
) {
  if (bounds.even && windows.count > MANY_CANDIDATES) {
    return longestEvenChain(sizes, bounds, windows, unchanged, atLeast);
  }
  const chain = longestChain(sizes, bounds, windows, unchanged);
  return { chain, upperBound: chain.length };
}

/** Least `greatest`, then greatest `least`, at which `attempt` still succeeds; each to one part in a billion. */
function tightestBand(reached: Band, allowed: Band, attempt: (within: Band) => Band | undefined): Band {
  let last = reached;
  let greatest = reached.greatest;
  let failed = UNIT;
  for (let probe = greatest - SLACK; probe > failed; probe = (failed + greatest) / 2n) {
    const found = attempt({ least: allowed.least, greatest: probe });
    if (found !== undefined && found.greatest < greatest) {
      last = found;
      greatest = found.greatest;
    } else failed = probe;
    if (greatest - failed <= SLACK) break;
  }
  let least = last.least;
  failed = UNIT;
  for (let probe = least + SLACK; probe < failed; probe = (failed + least) / 2n) {
    const found = attempt({ least: probe, greatest });
    if (found !== undefined && found.least > least) least = found.least;
    else failed = probe;
    if (failed - least <= SLACK) break;
  }
  return least === reached.least && greatest === reached.greatest ? reached : { least, greatest };
}
