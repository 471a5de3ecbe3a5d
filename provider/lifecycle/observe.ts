import type { StreamDescription } from "../client/shapes";
import { hasErrorCode, StreamGoneError } from "../errors";
import { tiles } from "../reshard/keyspace";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { Watch } from "./poll";
import { poll, pollDelayMs } from "./poll";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** An open shard; hash keys are decimal strings, both ends inclusive. */
export interface OpenShard {
  shardId: string;
  startingHashKey: string;
  endingHashKey: string;
}

/** A stream as DescribeStream shows it. */
export interface ObservedStream {
  arn: string;
  name: string;
  /** CREATING, ACTIVE, UPDATING or DELETING. */
  status: string;
  /** PROVISIONED or ON_DEMAND. */
  mode: string;
  /** ISO 8601; tells our stream from one that was created later under its name. Undefined on emulators without it. */
  creationTimestamp: string | undefined;
  /** In the order of their hash keys. */
  openShards: OpenShard[];
}

/**
 * The stream with all its open shards, or undefined where AWS knows no stream of that name. A stream of thousands of shards
 * has many pages, and DescribeStream's ten calls a second are for the whole account: further pages are read only where
 * `allShardsIf` wants them.
 */
export async function findStream(
  session: Session,
  reference: StreamReference,
  allShardsIf: (status: string) => boolean = () => true,
): Promise<ObservedStream | undefined> {
  const shards: OpenShard[] = [];
  let description: StreamDescription;
  let last: string | undefined;
  do {
    try {
      const page = { ...reference, ...(last === undefined ? {} : { ExclusiveStartShardId: last }) };
      description = (await session.client.describeStream(page)).StreamDescription;
    } catch (error) {
      if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
      throw error;
    }
    for (const shard of description.Shards) {
      last = shard.ShardId;
      // A shard is open as long as it has no last sequence number; closed ones stay listed until retention passes.
      if (shard.SequenceNumberRange.EndingSequenceNumber !== undefined) continue;
      shards.push({
        shardId: shard.ShardId,
        startingHashKey: shard.HashKeyRange.StartingHashKey,
        endingHashKey: shard.HashKeyRange.EndingHashKey,
      });
    }
  } while (description.HasMoreShards && allShardsIf(description.StreamStatus));
  return {
    arn: description.StreamARN,
    name: description.StreamName,
    status: description.StreamStatus,
    mode: description.StreamModeDetails?.StreamMode ?? "PROVISIONED",
    creationTimestamp: description.StreamCreationTimestamp?.toISOString(),
    openShards: shards.sort(byHashKey),
  };
}

const byHashKey = (left: OpenShard, right: OpenShard) =>
  BigInt(left.startingHashKey) < BigInt(right.startingHashKey) ? -1 : 1;

/** How long what a call without an answer did may take to show, before we hold that it never took effect. */
export const LOST_ANSWER_GRACE_MS = 15_000;

/** What a wait is for, in words for its time-out: "waiting for stream orders to become ACTIVE after SplitShard shardId-…". */
export interface Wait {
  session: Session;
  reference: StreamReference;
  deadline: Deadline;
  /** The call that the wait follows. */
  after: string;
  /** What the person can do when the time is over. */
  advice: string;
  /** Called with every look at the stream, so that a failure later on leaves in the state what was seen. */
  onSeen?: (stream: ObservedStream) => void;
}

const watchOf = ({ session, reference, ...wait }: Wait): Watch<ObservedStream> => ({
  ...wait,
  platform: session.platform,
  subject: `stream ${reference.StreamName}`,
  look: () => findStream(session, reference, isActive),
});

const isActive = (status: string) => status === "ACTIVE";

/**
 * The stream once it is ACTIVE, its open shards tile the key space (a listing lags behind a split or merge for a moment)
 * and `settled` holds. `first` is a look that was taken just now. A stream that AWS doesn't know counts as not yet
 * visible where `mayBeInvisible`.
 * @throws WaitTimeoutError, StreamGoneError when the stream is being deleted or is gone
 */
export async function waitUntilActive(
  wait: Wait,
  options: { first?: ObservedStream; mayBeInvisible?: boolean; settled?: (stream: ObservedStream) => boolean } = {},
): Promise<ObservedStream> {
  const { first, mayBeInvisible = false, settled = () => true } = options;
  const isDone = (seen: ObservedStream | undefined) => {
    if (seen === undefined) {
      if (mayBeInvisible) return false;
      throw new StreamGoneError(wait.reference.StreamName, `is gone, seen after ${wait.after}: somebody deleted it`);
    }
    if (seen.status === "DELETING")
      throw new StreamGoneError(wait.reference.StreamName, `is being deleted by somebody, seen after ${wait.after}`);
    return seen.status === "ACTIVE" && tiles(seen.openShards) && settled(seen);
  };
  // poll() ends only where isDone has seen a stream.
  return (await poll(watchOf(wait), "to become ACTIVE", isDone, first)) as ObservedStream;
}

/**
 * Waits until AWS no longer knows the stream, or knows another one, created by somebody else, under its name.
 * @throws WaitTimeoutError
 */
export async function waitUntilGone(wait: Wait, isAnother: (stream: ObservedStream) => boolean): Promise<void> {
  await poll(watchOf(wait), "to be deleted", (seen) => seen === undefined || isAnother(seen), undefined);
}

/**
 * Makes a call that AWS takes only while the stream is ACTIVE, and waits in line as long as somebody else (a colleague, a
 * console, another resource of this stack) keeps it UPDATING.
 * @throws what `call` throws, ResourceInUseException only once the deadline has passed; WaitTimeoutError; StreamGoneError
 */
export async function callInLine<T>(wait: Wait, call: () => Promise<T>): Promise<T> {
  const { platform } = wait.session;
  for (let looks = 0; ; looks++) {
    try {
      return await call();
    } catch (error) {
      if (!hasErrorCode(error, "ResourceInUseException") || hasPassed(wait.deadline, platform)) throw error;
    }
    if (looks === 0)
      platform.log(`${wait.reference.StreamName}: somebody else is changing the stream; waiting in line`);
    // The status we read may be older than the refusal, so an ACTIVE stream gets a moment as well.
    await platform.sleep(pollDelayMs(looks));
    await waitUntilActive(wait);
  }
}
