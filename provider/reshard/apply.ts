/**
 * What a step means. Plans, tests and the executor share this one definition, so that "legal" is the same word in all.
 *
 * A split of `shard` at `newStartingHashKey` closes it and opens start … new-1 and new … end; both need two keys, as
 * Kinesis demands (start + 1 < new < end). A merge closes `shard` and the `adjacentShard` right above it and opens one
 * range over both; AWS takes either order of the two, we always name the lower one first.
 */
import { ReshardError } from "./errors";
import { max, min } from "./exact";
import type { HashKeyRange, ShardRange } from "./keyspace";
import { MIN_RANGE_KEYS, parseHashKey, sortRanges } from "./keyspace";

/** A shard of a step: by range always, by id where it was open already when the plan was made. */
export interface StepShard extends HashKeyRange {
  readonly shardId?: string | undefined;
}

/** One SplitShard call. */
export interface SplitStep {
  readonly action: "split";
  readonly shard: StepShard;
  /** First hash key of the upper child, a decimal string. */
  readonly newStartingHashKey: string;
}

/** One MergeShards call. */
export interface MergeStep {
  readonly action: "merge";
  /** The lower one. */
  readonly shard: StepShard;
  /** The one right above it. */
  readonly adjacentShard: StepShard;
}

/** One operation of a plan. */
export type ReshardStep = SplitStep | MergeStep;

/**
 * The open shards after a step, in key order. Shards that the step leaves alone keep their ids; new ones have none.
 *
 * Errors: ERR_KINESIS_RESHARD_ILLEGAL_STEP where a shard of the step is not open, or Kinesis would refuse it.
 */
export function applyStep(shards: readonly ShardRange[], step: ReshardStep): StepShard[] {
  const open = sortRanges(shards).map(toStepShard);
  const at = open.findIndex((shard) => sameRange(shard, step.shard));
  if (at < 0) throw illegal(step, `${show(step.shard)} is not open`);
  if (step.action === "split") {
    const start = parseHashKey(step.shard.startingHashKey);
    const end = parseHashKey(step.shard.endingHashKey);
    const middle = parseHashKey(step.newStartingHashKey);
    if (middle - start < MIN_RANGE_KEYS || end - middle + 1n < MIN_RANGE_KEYS) {
      throw illegal(step, "a split leaves at least two keys on either side");
    }
    open.splice(
      at,
      1,
      { startingHashKey: step.shard.startingHashKey, endingHashKey: (middle - 1n).toString() },
      { startingHashKey: step.newStartingHashKey, endingHashKey: step.shard.endingHashKey },
    );
    return open;
  }
  const above = open[at + 1];
  if (above === undefined || !sameRange(above, step.adjacentShard)) {
    throw illegal(step, `${show(step.adjacentShard)} is not the open shard right above ${show(step.shard)}`);
  }
  open.splice(at, 2, {
    startingHashKey: step.shard.startingHashKey,
    endingHashKey: step.adjacentShard.endingHashKey,
  });
  return open;
}

/**
 * The loads of `after`, given those of `before`, each shard's load taken as spread evenly over its keys: carries frozen
 * `loads` past the steps already done. Both lists tile the key space, in key order; units are those of `loads`.
 *
 * Errors: ERR_KINESIS_RESHARD_INVALID_INPUT where `loads` and `before` differ in length.
 */
export function carryLoads(
  before: readonly ShardRange[],
  loads: readonly number[],
  after: readonly ShardRange[],
): number[] {
  if (loads.length !== before.length) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_INVALID_INPUT",
      `${loads.length} loads do not fit ${before.length} shards`,
    );
  }
  const sources = before.map((shard, i) => ({
    start: parseHashKey(shard.startingHashKey),
    end: parseHashKey(shard.endingHashKey) + 1n,
    load: loads[i] ?? 0,
  }));
  let first = 0;
  return after.map((shard) => {
    const start = parseHashKey(shard.startingHashKey);
    const end = parseHashKey(shard.endingHashKey) + 1n;
    let load = 0;
    let at = first;
    for (let source = sources[at]; source !== undefined && source.start < end; source = sources[++at]) {
      const low = max(source.start, start);
      const high = min(source.end, end);
      if (high > low) load += (source.load * Number(high - low)) / Number(source.end - source.start);
      if (source.end <= start) first = at;
    }
    return load;
  });
}

/** A shard as steps name it. */
export function toStepShard(shard: ShardRange): StepShard {
  const range = { startingHashKey: String(shard.startingHashKey), endingHashKey: String(shard.endingHashKey) };
  return shard.shardId === undefined ? range : { shardId: shard.shardId, ...range };
}

function sameRange(a: HashKeyRange, b: HashKeyRange): boolean {
  return a.startingHashKey === b.startingHashKey && a.endingHashKey === b.endingHashKey;
}

function show(shard: StepShard): string {
  return `${shard.shardId ?? "shard"} (${shard.startingHashKey} … ${shard.endingHashKey})`;
}

function illegal(step: ReshardStep, why: string): ReshardError {
  return new ReshardError("ERR_KINESIS_RESHARD_ILLEGAL_STEP", `cannot ${step.action} ${show(step.shard)}: ${why}`);
}
