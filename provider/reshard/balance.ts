/** How evenly a partition meets its target, and where the cuts go that no plan can keep. */
import type { KeptCut } from "./chain";
import { ceilDiv, fraction, max, min } from "./exact";
import type { Band, Bounds, Measure } from "./target";
import { UNIT } from "./target";

/** Sizes against their ideals: 1 is exactly as wanted. */
export interface Balance {
  /** Size of the range that is largest for its ideal, as a multiple of that ideal: 1.1 is 10 % too large. */
  readonly widest: number;
  /** Size of the range that is smallest for its ideal, as a multiple of that ideal. */
  readonly narrowest: number;
  /** How many ideal shards carry as much before their first one is full: shard count / widest. */
  readonly effectiveShards: number;
}

/** Exactly how far ranges are from their ideals: the narrowest band that admits them. @param sizes Prefix sums. */
export function bandOfSizes(sizes: readonly bigint[], bounds: Bounds): Band {
  const { weightSum, total, shardCount } = bounds;
  const weightTotal = weightSum[shardCount] ?? 1n;
  // Sizes for their weights are compared crosswise, as fractions are; only the two extremes are divided out.
  let least: Fraction | undefined;
  let greatest: Fraction | undefined;
  for (let k = 1; k <= shardCount; k++) {
    const here = {
      size: (sizes[k] ?? 0n) - (sizes[k - 1] ?? 0n),
      weight: (weightSum[k] ?? 0n) - (weightSum[k - 1] ?? 0n),
    };
    if (least === undefined || isLess(here, least)) least = here;
    if (greatest === undefined || isLess(greatest, here)) greatest = here;
  }
  const whole = { size: total, weight: weightTotal };
  const low = least ?? whole;
  const high = greatest ?? whole;
  return {
    least: (low.size * weightTotal * UNIT) / (total * low.weight),
    greatest: ceilDiv(high.size * weightTotal * UNIT, total * high.weight),
  };
}

interface Fraction {
  readonly size: bigint;
  readonly weight: bigint;
}

function isLess(a: Fraction, b: Fraction): boolean {
  return a.weight === b.weight ? a.size < b.size : a.size * b.weight < b.size * a.weight;
}

/** The band as doubles, rounded to one part in a billion: the last digits are those of whole hash keys. */
export function balanceOf(band: Band, shardCount: number): Balance {
  const rounded = (part: bigint) => Math.round(fraction(part, UNIT) * 1e9) / 1e9;
  const widest = rounded(band.greatest);
  return { widest, narrowest: rounded(band.least), effectiveShards: shardCount / widest };
}

/**
 * All cuts of the wanted partition: the kept ones where they are, the others between them in proportion to their
 * weights, which is the best balance that each stretch admits.
 *
 * Rounding may not leave the bounds, so each cut is held to what the ranges before and after it in its stretch can take.
 */
export function placeCuts(cuts: readonly bigint[], chain: readonly KeptCut[], bounds: Bounds, measure: Measure) {
  const { leastSum, greatestSum, weightSum } = bounds;
  const at = (sums: readonly bigint[], k: number) => sums[k] ?? 0n;
  const placed: bigint[] = [];
  let start: KeptCut | undefined;
  for (const end of chain) {
    const endKey = cuts[end.from] ?? 0n;
    if (start !== undefined) {
      const startSize = measure.at(cuts[start.from] ?? 0n);
      const endSize = measure.at(endKey);
      const weightBefore = at(weightSum, start.to);
      const weight = at(weightSum, end.to) - weightBefore;
      let previous = startSize;
      for (let k = start.to + 1; k < end.to; k++) {
        const wanted = startSize + ((endSize - startSize) * (at(weightSum, k) - weightBefore)) / weight;
        const low = max(
          previous + at(leastSum, k) - at(leastSum, k - 1),
          endSize - (at(greatestSum, end.to) - at(greatestSum, k)),
        );
        const high = min(
          previous + at(greatestSum, k) - at(greatestSum, k - 1),
          endSize - (at(leastSum, end.to) - at(leastSum, k)),
        );
        previous = min(max(wanted, low), high);
        placed.push(measure.keyAt(previous));
      }
    }
    placed.push(endKey);
    start = end;
  }
  return placed;
}
