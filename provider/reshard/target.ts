/**
 * What a target admits: for each range of the wanted partition its ideal size, the least and the greatest it may have.
 *
 * Sizes are counted in a *measure* of key ranges: the number of keys (equal width, the default), or the load that the
 * shards carry now, taken as spread evenly inside each (equal load). All of it is exact integer arithmetic; the doubles
 * that callers write (weights, loads, tolerances) are taken at their exact binary value.
 *
 * A measure rises with every key. Load alone would not: across shards that carry none it stands still, and cuts between
 * which nothing lies could all be kept as the same wanted cut. So one part in 2^64 of a load measure is key space,
 * which is far below the slack and above nothing: of two cuts around an idle shard the upper one has the larger size.
 */

import { entry } from "./entries";
import { ReshardError } from "./errors";
import { ceilDiv, max, min, toIntegers } from "./exact";
import { MIN_RANGE_KEYS } from "./keyspace";

/** How far a range may be from its ideal size, in parts of that size. */
export interface Tolerance {
  /** 0.10: no range more than 10 % larger than its ideal. This is the promise: capacity is at least M/1.10. */
  readonly over: number;
  /** 0.25: no range more than 25 % smaller than its ideal. A small shard costs money and nothing else. */
  readonly under: number;
}

/** Larger than this much is broken, smaller is only wasteful: hence the lopsided default. */
export const DEFAULT_TOLERANCE: Tolerance = { over: 0.1, under: 0.25 };

/** AWS names no bound and grants quotas of some tens of thousands; a plan for more takes minutes to make. */
export const MOST_SHARDS = 100_000;

/** What is wanted. A bare number is `{ shardCount }`. */
export interface ReshardTarget {
  /** Open shards wanted, 1 to 100,000. */
  readonly shardCount: number;
  /** One positive number for each wanted shard in key order: how large it shall be relative to the others. */
  readonly weights?: readonly number[] | undefined;
  /** One number ≥ 0 for each open shard *now*, in the order of `shards`: bytes/s, say. Plans for equal load. */
  readonly loads?: readonly number[] | undefined;
}

/** Tolerances in exact arithmetic: parts in 10^12 of the ideal size. */
export interface Band {
  /** Least share of its ideal that a range may have. */
  readonly least: bigint;
  /** Greatest share. */
  readonly greatest: bigint;
}

/** 1, in the unit of {@link Band}. */
export const UNIT = 10n ** 12n;

/** One part in a billion: cuts that differ by rounding only (⌊W/3⌋ or ⌈W/3⌉) must count as the same cut. */
export const SLACK = UNIT / 10n ** 9n;

/** A strictly rising map from hash keys to sizes. */
export interface Measure {
  /** Size of the whole key space. */
  readonly total: bigint;
  /** Whether every size is that of some key. Else cuts are rounded up to whole keys. */
  readonly everySize: boolean;
  /** Size of 0 … key-1. */
  at(key: bigint): bigint;
  /** The least key with at(key) >= size. */
  keyAt(size: bigint): bigint;
}

/** Least and greatest sizes of the ranges of a target, as prefix sums: entry k is the sum over the first k ranges. */
export interface Bounds {
  readonly shardCount: number;
  readonly total: bigint;
  readonly leastSum: readonly bigint[];
  readonly greatestSum: readonly bigint[];
  /** weightSum[k] / weightSum[shardCount] of the whole is ideal for the first k ranges. */
  readonly weightSum: readonly bigint[];
  /** Whether all weights are equal, so that only the number of ranges in a stretch counts. */
  readonly even: boolean;
}

/** The tolerance as a band, with the slack. Errors: ERR_KINESIS_RESHARD_INVALID_INPUT. */
export function bandOf(tolerance: number | Tolerance): Band {
  const { over, under } = typeof tolerance === "number" ? { over: tolerance, under: tolerance } : tolerance;
  if (!(over >= 0 && over <= 1000) || !(under >= 0 && under <= 1)) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `tolerance must be 0 … 1 under and 0 … 1000 over, not ${over} over and ${under} under`,
    );
  }
  const unit = Number(UNIT);
  const least = UNIT - BigInt(Math.round(under * unit)) - SLACK;
  return { least: least > 0n ? least : 0n, greatest: UNIT + BigInt(Math.round(over * unit)) + SLACK };
}

/**
 * Bounds for every range. Floor and ceiling of the ideal size are always admitted; no bound goes below the two keys that
 * Kinesis demands, so that in a very small space extreme weights may not fit at all: see checkFit.
 *
 * Errors: ERR_KINESIS_RESHARD_INVALID_INPUT for a bad count or weights.
 */
export function boundsOf(target: ReshardTarget, band: Band, total: bigint): Bounds {
  const weights = checkedWeights(target);
  const weightSum: bigint[] = [0n];
  let weightTotal = 0n;
  for (const weight of weights) {
    weightTotal += weight;
    weightSum.push(weightTotal);
  }
  const even = weights.every((weight) => weight === weights[0]);
  return withinBand({ shardCount: target.shardCount, total, weightSum, even }, band);
}

/** The bounds of the same target in another band. */
export function withinBand(ideals: Omit<Bounds, "leastSum" | "greatestSum">, band: Band): Bounds {
  const { shardCount, total, weightSum, even } = ideals;
  const weightTotal = entry(weightSum, shardCount);
  const leastSum: bigint[] = [0n];
  const greatestSum: bigint[] = [0n];
  let least = 0n;
  let greatest = 0n;
  let previous: bigint | undefined;
  let leastHere = 0n;
  let greatestHere = 0n;
  for (let k = 1; k <= shardCount; k++) {
    const weight: bigint = even && previous !== undefined ? previous : entry(weightSum, k) - entry(weightSum, k - 1);
    if (weight !== previous) {
      const scaled = total * weight; // the ideal size is scaled / weightTotal
      const denominator = weightTotal * UNIT;
      leastHere = min(scaled / weightTotal, ceilDiv(scaled * band.least, denominator));
      greatestHere = max(ceilDiv(scaled, weightTotal), (scaled * band.greatest) / denominator);
      if (leastHere < MIN_RANGE_KEYS) leastHere = MIN_RANGE_KEYS;
      if (greatestHere < MIN_RANGE_KEYS) greatestHere = MIN_RANGE_KEYS;
      previous = weight;
    }
    least += leastHere;
    greatest += greatestHere;
    leastSum.push(least);
    greatestSum.push(greatest);
  }
  return { shardCount, total, leastSum, greatestSum, weightSum, even };
}

/** Whether a partition is what the target asks for. @param sizes Prefix sums, first 0, last the whole. */
export function meets(sizes: readonly bigint[], { shardCount, leastSum, greatestSum }: Bounds): boolean {
  if (sizes.length - 1 !== shardCount) return false;
  for (let k = 1; k <= shardCount; k++) {
    const size = entry(sizes, k) - entry(sizes, k - 1);
    if (size < entry(leastSum, k) - entry(leastSum, k - 1)) return false;
    if (size > entry(greatestSum, k) - entry(greatestSum, k - 1)) return false;
  }
  return true;
}

/** Errors: ERR_KINESIS_RESHARD_TOO_NARROW where the least sizes do not fit into the whole. */
export function checkFit({ shardCount, leastSum, total }: Bounds): void {
  if (entry(leastSum, shardCount) > total) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_TOO_NARROW",
      `${shardCount} ranges of at least ${MIN_RANGE_KEYS} keys, weighted as asked, do not fit into the key space`,
    );
  }
}

/** Size in keys. */
export function widthMeasure(width: bigint): Measure {
  return { total: width, everySize: true, at: (key) => key, keyAt: (size) => size };
}

/** One part of a load measure in so many is key space. */
const KEY_SPACE_SHARE = 1n << 64n;

/**
 * Size in load, each shard's load spread evenly over its keys; each key counts 1, all load together 2^64 - 1 times what all
 * keys do.
 *
 * Errors: ERR_KINESIS_RESHARD_INVALID_INPUT unless there is one load ≥ 0 for each range and not all are 0.
 */
export function loadMeasure(cuts: readonly bigint[], loads: readonly number[], keys: bigint): Measure {
  if (loads.length !== cuts.length - 1 || loads.some((load) => !(load >= 0 && load < Infinity))) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `loads must be ${cuts.length - 1} finite numbers ≥ 0, one for each open shard`,
    );
  }
  const parts = toIntegers(loads);
  const sum = parts.reduce((a, b) => a + b, 0n);
  if (sum === 0n) {
    throw new ReshardError("ERR_KINESIS_RESHARD_INVALID_INPUT", "loads are all 0: there is no load to make equal");
  }
  let running = 0n;
  const sizes = cuts.map((cut, i) => {
    running += i === 0 ? 0n : entry(parts, i - 1);
    return (running * keys * (KEY_SPACE_SHARE - 1n)) / sum + cut;
  });
  return {
    total: keys * KEY_SPACE_SHARE,
    everySize: false,
    at: (key) => interpolate(cuts, sizes, key, "down"),
    keyAt: (size) => interpolate(sizes, cuts, size, "up"),
  };
}

function checkedWeights({ shardCount, weights }: ReshardTarget): bigint[] {
  if (!Number.isSafeInteger(shardCount) || shardCount < 1 || shardCount > MOST_SHARDS) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `shardCount must be a whole number from 1 to ${MOST_SHARDS}, not ${shardCount}`,
    );
  }
  if (weights === undefined) return new Array<bigint>(shardCount).fill(1n);
  if (weights.length !== shardCount || weights.some((weight) => !(weight > 0 && weight < Infinity))) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `weights must be ${shardCount} finite numbers > 0, one for each wanted shard`,
    );
  }
  return toIntegers(weights);
}

/** The value at x of the polyline through (xs, ys), both strictly ascending, rounded down or up. */
function interpolate(xs: readonly bigint[], ys: readonly bigint[], x: bigint, rounded: "down" | "up"): bigint {
  let low = 0;
  let high = xs.length - 1;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (entry(xs, middle) <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [entry(xs, low), entry(xs, high), entry(ys, low), entry(ys, high)];
  const rise = (x - x0) * (y1 - y0);
  return y0 + (rounded === "up" ? ceilDiv(rise, x1 - x0) : rise / (x1 - x0));
}
