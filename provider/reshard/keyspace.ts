/**
 * Hash keys and ranges of them, as Kinesis means them: a hash key is an integer in 0 … 2^128-1, a shard owns an
 * inclusive range of them, and the open shards of a stream tile the whole space.
 *
 * Outside this folder keys are AWS's decimal strings. Inside, a partition is its list of *cuts*: [0, a1, … , 2^128], one
 * more than there are ranges, range i being cuts[i] … cuts[i+1]-1. Keys are always bigint: a double has 53 bits, and a
 * key off by one is a shard that overlaps its neighbour.
 */
import { ReshardError } from "./errors";

/** How many hash keys there are: 2^128. */
export const KEY_SPACE = 1n << 128n;

/**
 * Kinesis refuses a split that leaves a child with fewer keys than this. Its type is said, or the declarations would hold the
 * literal, which TypeScript refuses in programs for targets before ES2020.
 */
export const MIN_RANGE_KEYS: bigint = 2n;

/** An inclusive range of hash keys, in decimal strings without leading zeros, as ListShards answers them. */
export interface HashKeyRange {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** An open shard as the planner takes it: its range, and its id where one is known. */
export interface ShardRange {
  readonly shardId?: string | undefined;
  readonly startingHashKey: string | bigint;
  readonly endingHashKey: string | bigint;
}

/**
 * A hash key as bigint.
 *
 * Errors: ERR_KINESIS_RESHARD_INVALID_INPUT unless it is a decimal string without sign, blanks or leading zeros (or a
 * bigint) in 0 … 2^128-1.
 */
export function parseHashKey(key: string | bigint): bigint {
  if (typeof key === "string" && !/^(0|[1-9][0-9]{0,38})$/.test(key)) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `hash key ${JSON.stringify(key)} is not a decimal number without leading zeros`,
    );
  }
  const value = BigInt(key);
  if (value < 0n || value >= KEY_SPACE) {
    throw new ReshardError("ERR_KINESIS_RESHARD_INVALID_INPUT", `hash key ${key} is outside 0 … 2^128-1`);
  }
  return value;
}

/** A range and its keys as numbers; `end` is the first key after it. */
export interface ParsedRange<T> {
  readonly range: T;
  /** Its place in the list as it was given. */
  readonly index: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** The ranges in ascending numeric order of their first key (as text, "10" would come before "9"). A new array. */
export function sortRanges<T extends ShardRange>(ranges: readonly T[]): T[] {
  return parseRanges(ranges).map(({ range }) => range);
}

/** As sortRanges, with the keys parsed: parsing is slow enough to be done once only. */
export function parseRanges<T extends ShardRange>(ranges: readonly T[]): ParsedRange<T>[] {
  return ranges
    .map((range, index) => ({
      range,
      index,
      start: parseHashKey(range.startingHashKey),
      end: parseHashKey(range.endingHashKey) + 1n,
    }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

/**
 * Whether the ranges, in any order, tile 0 … 2^128-1: no gap, no overlap. Right after a split ListShards may still show
 * the parent, or one child; a list that does not tile must be read again, not planned on.
 *
 * Errors: ERR_KINESIS_RESHARD_INVALID_INPUT for a hash key that is none.
 */
export function tiles(ranges: readonly ShardRange[]): boolean {
  return firstHole(parseRanges(ranges)) === undefined;
}

/**
 * The cuts of a tiling in ascending order: 0, every first key, 2^128.
 *
 * Errors: ERR_KINESIS_RESHARD_NOT_TILING, saying where.
 */
export function cutsOf<T>(sorted: readonly ParsedRange<T>[]): bigint[] {
  const hole = firstHole(sorted);
  if (hole !== undefined) {
    throw new ReshardError("ERR_KINESIS_RESHARD_NOT_TILING", `the open shards do not tile 0 … 2^128-1: ${hole}`);
  }
  return [...sorted.map(({ start }) => start), KEY_SPACE];
}

function firstHole<T>(sorted: readonly ParsedRange<T>[]): string | undefined {
  let next = 0n;
  for (const { start, end } of sorted) {
    if (end <= start) return `range ${start} … ${end - 1n} ends before it starts`;
    if (start > next) return `nobody owns ${next} … ${start - 1n}`;
    if (start < next) return `${start} … ${next - 1n} is owned twice`;
    next = end;
  }
  return next === KEY_SPACE ? undefined : `nobody owns ${next} … ${KEY_SPACE - 1n}`;
}
