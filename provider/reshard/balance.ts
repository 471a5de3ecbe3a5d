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
  const { weightSum, total, shardCount, even } = bounds;
  const weightTotal = weightSum[shardCount] ?? 1n;
  // Sizes for their weights are compared crosswise, as fractions are; only the two extremes are divided out.
  let [leastSize, leastWeight] = [sizes[1] ?? total, weightSum[1] ?? weightTotal];
  let [greatestSize, greatestWeight] = [leastSize, leastWeight];
  for (let k = 2; k <= shardCount; k++) {
    const size = (sizes[k] ?? 0n) - (sizes[k - 1] ?? 0n);
    const weight = even ? leastWeight : (weightSum[k] ?? 0n) - (weightSum[k - 1] ?? 0n);
    if (even ? size < leastSize : size * leastWeight < leastSize * weight) [leastSize, leastWeight] = [size, weight];
    if (even ? size > greatestSize : size * greatestWeight > greatestSize * weight) {
      [greatestSize, greatestWeight] = [size, weight];
    }
  }
  return {
    least: (leastSize * weightTotal * UNIT) / (total * leastWeight),
    greatest: ceilDiv(greatestSize * weightTotal * UNIT, total * greatestWeight),
  };
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
    if (start !== undefined && end.to - start.to > 1) {
      const startSize = measure.at(cuts[start.from] ?? 0n);
      const endSize = measure.at(endKey);
      const size = endSize - startSize;
      const weightBefore = at(weightSum, start.to);
      const weight = at(weightSum, end.to) - weightBefore;
      // As in the header of plan.ts: neither u nor v may fall from the cut before to this one, nor from this one to the end.
      const mostU = endSize - at(leastSum, end.to);
      const mostV = at(greatestSum, end.to) - endSize;
      let u = startSize - at(leastSum, start.to);
      let v = at(greatestSum, start.to) - startSize;
      for (let k = start.to + 1; k < end.to; k++) {
        const least = at(leastSum, k);
        const greatest = at(greatestSum, k);
        const wanted = startSize + (size * (at(weightSum, k) - weightBefore)) / weight;
        const place = min(max(wanted, max(least + u, greatest - mostV)), min(greatest - v, least + mostU));
        u = place - least;
        v = greatest - place;
        placed.push(measure.keyAt(place));
      }
    }
    placed.push(endKey);
    start = end;
  }
  return placed;
}
