/** How evenly a partition meets its target, and where the cuts go that no plan can keep. */
import type { KeptCut } from "./chain";
import { entry } from "./entries";
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
  const weightTotal = entry(weightSum, shardCount);
  // Sizes for their weights are compared crosswise, as fractions are; only the two extremes are divided out.
  let [leastSize, leastWeight] = [entry(sizes, 1), entry(weightSum, 1)];
  let [greatestSize, greatestWeight] = [leastSize, leastWeight];
  for (let k = 2; k <= shardCount; k++) {
    const size = entry(sizes, k) - entry(sizes, k - 1);
    const weight = even ? leastWeight : entry(weightSum, k) - entry(weightSum, k - 1);
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

/** A cut of the wanted partition whose place is bounded by more than the sizes of the ranges. */
export interface Pin {
  /** Its number among the wanted cuts. */
  readonly to: number;
  readonly atLeast?: bigint | undefined;
  readonly atMost?: bigint | undefined;
}

/** Where a wanted cut is, in the measure. */
interface Anchor {
  readonly to: number;
  readonly size: bigint;
}

/** Which places a wanted cut can have, with all before it where theirs admit. */
interface Reach {
  readonly to: number;
  readonly lowest: bigint;
  readonly highest: bigint;
}

/**
 * The places that the pinned cuts between two given ones can have, in ascending order, the second given one last; undefined
 * where the pins can't be met. From an interval of places, ranges of sizes within bounds lead to an interval again.
 */
export function reachOf(start: Anchor, pins: readonly Pin[], end: Anchor, bounds: Bounds): Reach[] | undefined {
  const { leastSum, greatestSum } = bounds;
  const inOrder = [...pins].sort((a, b) => a.to - b.to);
  const reaches: Reach[] = [];
  let from: Reach = { to: start.to, lowest: start.size, highest: start.size };
  for (const { to, atLeast, atMost } of [...inOrder, { to: end.to, atLeast: end.size, atMost: end.size }]) {
    const lowest = from.lowest + entry(leastSum, to) - entry(leastSum, from.to);
    const highest = from.highest + entry(greatestSum, to) - entry(greatestSum, from.to);
    from = {
      to,
      lowest: atLeast === undefined ? lowest : max(lowest, atLeast),
      highest: atMost === undefined ? highest : min(highest, atMost),
    };
    if (from.lowest > from.highest) return undefined;
    reaches.push(from);
  }
  return reaches;
}

/**
 * All cuts of the wanted partition: the kept ones where they are, the others between them in proportion to their
 * weights, which is the best balance that each stretch admits, as far as pins leave them there.
 *
 * Rounding may not leave the bounds, so each cut is held to what the ranges before and after it in its stretch can take.
 */
export function placeCuts(
  cuts: readonly bigint[],
  chain: readonly KeptCut[],
  pins: readonly Pin[],
  bounds: Bounds,
  measure: Measure,
): bigint[] {
  const placed: bigint[] = [];
  let start: Anchor | undefined;
  for (const kept of chain) {
    const key = entry(cuts, kept.from);
    const end = { to: kept.to, size: measure.at(key) };
    if (start !== undefined && end.to - start.to > 1) {
      for (const anchor of anchorsOf(start, pins, end, bounds)) {
        placeBetween(start, anchor, bounds, (size) => placed.push(measure.keyAt(size)));
        if (anchor.to < end.to) placed.push(measure.keyAt(anchor.size));
        start = anchor;
      }
    }
    placed.push(key);
    start = end;
  }
  return placed;
}

/** The pinned cuts between two kept ones, each as near to its proportional place as it can be, then the second kept one. */
function anchorsOf(start: Anchor, pins: readonly Pin[], end: Anchor, bounds: Bounds): Anchor[] {
  const inside = pins.filter(({ to }) => to > start.to && to < end.to);
  if (inside.length === 0) return [end];
  const { leastSum, greatestSum, weightSum } = bounds;
  const weightBefore = entry(weightSum, start.to);
  const weight = entry(weightSum, end.to) - weightBefore;
  const reaches = reachOf(start, inside, end, bounds);
  if (reaches === undefined) throw new RangeError("pins that can't be met: a bug of the reshard planner");
  const anchors: Anchor[] = [end];
  let next = end;
  for (const { to, lowest, highest } of reaches.reverse()) {
    if (to === next.to) continue;
    const least = max(lowest, next.size - entry(greatestSum, next.to) + entry(greatestSum, to));
    const greatest = min(highest, next.size - entry(leastSum, next.to) + entry(leastSum, to));
    const wanted = start.size + ((end.size - start.size) * (entry(weightSum, to) - weightBefore)) / weight;
    next = { to, size: min(max(wanted, least), greatest) };
    anchors.unshift(next);
  }
  return anchors;
}

function placeBetween(start: Anchor, end: Anchor, bounds: Bounds, place: (size: bigint) => void): void {
  const { leastSum, greatestSum, weightSum } = bounds;
  // As in the header of plan.ts: neither u nor v may fall from the cut before to this one, nor from this one to the end.
  const mostU = end.size - entry(leastSum, end.to);
  const mostV = entry(greatestSum, end.to) - end.size;
  let u = start.size - entry(leastSum, start.to);
  let v = entry(greatestSum, start.to) - start.size;
  const weightBefore = entry(weightSum, start.to);
  const weight = entry(weightSum, end.to) - weightBefore;
  const span = end.size - start.size;
  for (let k = start.to + 1; k < end.to; k++) {
    const least = entry(leastSum, k);
    const greatest = entry(greatestSum, k);
    const wanted = start.size + (span * (entry(weightSum, k) - weightBefore)) / weight;
    const size = min(max(wanted, max(least + u, greatest - mostV)), min(greatest - v, least + mostU));
    u = size - least;
    v = greatest - size;
    place(size);
  }
}
