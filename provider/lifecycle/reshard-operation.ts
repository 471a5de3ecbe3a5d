import { hasErrorCode } from "../errors";
import { describeStep } from "../reshard/describe";
import { formatDuration } from "../reshard/duration";
import type { HashKeyRange } from "../reshard/keyspace";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream, Wait } from "./observe";
import { LOST_ANSWER_GRACE_MS, waitUntilActive } from "./observe";
import { pollDelayMs } from "./poll";
import type { Operation } from "./reshard-strategy";
import type { Deadline } from "./timeouts";

/** An operation that AWS has accepted is waited for, whatever is left of the update's time: it ends between two operations. */
const ACCEPTED_MS: Readonly<Record<Operation["action"], number>> = {
  split: 10 * 60_000,
  merge: 10 * 60_000,
  update: 4 * 3_600_000,
};

/** How often in a row AWS may call a shard closed that it lists as open: no listing lags behind for so many looks. */
const MAX_CLOSED = 5;

export interface Outcome {
  /**
   * What AWS took nothing of is "busy" (somebody else is changing the stream), "closed" (a shard is not open any more), "lost"
   * (the answer, on the way in) or "allowance-used" (no UpdateShardCount any more for now; `refusal` is what it said).
   */
  readonly outcome: "done" | "busy" | "closed" | "lost" | "allowance-used";
  readonly stream: ObservedStream;
  readonly refusal?: string;
}

export interface OperationRun {
  readonly session: Session;
  readonly reference: StreamReference;
  readonly deadline: Deadline;
  /** How often in a row AWS took nothing. */
  readonly inVain: number;
  /** How often of these because a shard was closed. */
  readonly closed: number;
  /** Called as soon as AWS has taken the operation, or may have. */
  readonly onTaken: () => void;
  /** As for a Watch. */
  readonly onWaiting: () => void;
}

/**
 * Carries out one operation and waits until the listing shows it. An answer lost on the way is looked up, and a refused
 * operation is never simply repeated: whoever made AWS refuse it may have split or merged its very shard.
 * @throws WaitTimeoutError, StreamGoneError, ServiceError for what AWS refuses
 */
export async function carryOut(run: OperationRun, before: ObservedStream, operation: Operation): Promise<Outcome> {
  const { session, reference, deadline, inVain, closed } = run;
  const { platform } = session;
  const inLine: Wait = {
    session,
    reference,
    deadline,
    after: "somebody else's change",
    advice: "It was waited for.",
    // With many streams the looks would else take longer than the operations: AWS takes five splits a second from an account,
    // ten DescribeStream, twenty DescribeStreamSummary, and ListShards without end.
    withSummary: true,
    onWaiting: run.onWaiting,
  };
  const acceptedMs = ACCEPTED_MS[operation.action];
  const ownMs = platform.monotonicMs() + acceptedMs;
  const accepted: Wait = {
    ...inLine,
    deadline:
      ownMs > deadline.atMs ? { atMs: ownMs, limit: `${formatDuration(acceptedMs)} for an operation` } : deadline,
    after: callName(before, operation),
    advice: "AWS has taken the operation.",
  };
  const isChanged = (stream: ObservedStream) => boundaries(stream.openShards) !== boundaries(before.openShards);
  const changedOrLate = () => {
    const giveUpAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    return (stream: ObservedStream) => isChanged(stream) || platform.monotonicMs() >= giveUpAtMs;
  };
  try {
    await call(run, before, operation);
    run.onTaken();
  } catch (error) {
    if (isAllowanceUsed(operation, error)) {
      return { outcome: "allowance-used", stream: await waitUntilActive(inLine), refusal: error.message };
    }
    // UPDATING by somebody else's hand is waited out for as long as the time-out allows. A shard that is not open any more
    // is a listing that lags behind somebody else's split or merge, and can't stay so for long.
    const isBusy = hasErrorCode(error, "ResourceInUseException");
    const isClosed =
      hasErrorCode(error, "InvalidArgumentException") || hasErrorCode(error, "ResourceNotFoundException");
    if (isBusy || (isClosed && closed < MAX_CLOSED)) {
      await platform.sleep(pollDelayMs(inVain));
      return { outcome: isBusy ? "busy" : "closed", stream: await waitUntilActive(inLine) };
    }
    if (!hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) throw error;
    run.onTaken();
    const stream = await waitUntilActive(accepted, { settled: changedOrLate() });
    return { outcome: isChanged(stream) ? "done" : "lost", stream };
  }
  // A split or merge that was taken is waited for until it shows. UpdateShardCount may find nothing to change.
  const settled = operation.action === "update" ? changedOrLate() : isChanged;
  return { outcome: "done", stream: await waitUntilActive(accepted, { settled }) };
}

async function call({ session, reference }: OperationRun, before: ObservedStream, operation: Operation): Promise<void> {
  const { client } = session;
  switch (operation.action) {
    case "split": {
      const ShardToSplit = openShard(before, operation.shard);
      return client.splitShard({ ...reference, ShardToSplit, NewStartingHashKey: operation.newStartingHashKey });
    }
    case "merge": {
      const ShardToMerge = openShard(before, operation.shard);
      const AdjacentShardToMerge = openShard(before, operation.adjacentShard);
      return client.mergeShards({ ...reference, ShardToMerge, AdjacentShardToMerge });
    }
    case "update": {
      const TargetShardCount = operation.targetShardCount;
      await client.updateShardCount({ ...reference, TargetShardCount, ScalingType: "UNIFORM_SCALING" });
    }
  }
}

/**
 * Whether AWS takes no UpdateShardCount of this stream for now. It has one code for three things: too fast, which the client
 * has waited out if that could help, too many shards for the account, and the allowance of ten in 24 hours.
 */
function isAllowanceUsed(operation: Operation, error: unknown): error is Error {
  if (operation.action !== "update" || !hasErrorCode(error, "LimitExceededException")) return false;
  return error instanceof Error && !/shard limit|limit for the account/i.test(error.message);
}

/** The operation in words, with the ids that its shards have by now. */
export function describeOperation(stream: ObservedStream, operation: Operation): string {
  const named = <Shard extends HashKeyRange>(shard: Shard) => ({
    ...shard,
    shardId: openShard(stream, shard),
  });
  switch (operation.action) {
    case "split":
      return describeStep({ ...operation, shard: named(operation.shard) });
    case "merge":
      return describeStep({
        ...operation,
        shard: named(operation.shard),
        adjacentShard: named(operation.adjacentShard),
      });
    case "update":
      return `UpdateShardCount from ${stream.openShards.length} to ${operation.targetShardCount} shards`;
  }
}

/** The call in AWS's words, for the message of a wait that takes too long. */
function callName(stream: ObservedStream, operation: Operation): string {
  if (operation.action === "update") return `UpdateShardCount to ${operation.targetShardCount}`;
  return `${operation.action === "split" ? "SplitShard" : "MergeShards"} ${openShard(stream, operation.shard)}`;
}

/** The open shard with this range: a plan knows the shards it will have made by their ranges only. */
function openShard(stream: ObservedStream, range: HashKeyRange): string {
  const shard = stream.openShards.find(
    ({ startingHashKey, endingHashKey }) =>
      startingHashKey === range.startingHashKey && endingHashKey === range.endingHashKey,
  );
  if (!shard) throw new TypeError("a step of a plan is carried out only on the shards that the plan expects");
  return shard.shardId;
}

/** What tells two partitions apart. */
export const boundaries = (shards: readonly { startingHashKey: string }[]) =>
  shards.map(({ startingHashKey }) => startingHashKey).join();
