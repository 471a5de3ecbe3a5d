import type { CallOptions } from "../client";
import type { Shard, StreamDescription, StreamDescriptionSummary } from "../client/shapes";
import { hasErrorCode, StreamGoneError } from "../errors";
import { tiles } from "../reshard/keyspace";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { Watch } from "./poll";
import { poll, pollDelayMs } from "./poll";
import type { SeenSettings } from "./stream-settings";
import { seenSettings } from "./stream-settings";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** An open shard; hash keys are decimal strings, both ends inclusive. */
export interface OpenShard {
  shardId: string;
  startingHashKey: string;
  endingHashKey: string;
}

/** A stream as AWS shows it. */
export interface ObservedStream {
  arn: string;
  name: string;
  /** CREATING, ACTIVE, UPDATING or DELETING. */
  status: string;
  /** ISO 8601; tells our stream from one that was created later under its name. Undefined on emulators without it. */
  creationTimestamp: string | undefined;
  /** In the order of their hash keys. */
  openShards: OpenShard[];
  settings: SeenSettings;
}

export interface Look extends Pick<CallOptions, "deadlineMs" | "maxAttempts"> {
  /** Whether the open shards matter; a stream that is being changed is looked at again anyway. @default always */
  allShardsIf?: ((status: string) => boolean) | undefined;
  /** Asks DescribeStreamSummary, which shows all settings and no shards. */
  withSummary?: boolean | undefined;
}

/**
 * The stream with its open shards, or undefined where AWS knows no stream of that name. One call where DescribeStream has
 * what is asked for; two for the settings that only DescribeStreamSummary shows, and for more than the hundred shards, closed
 * ones included, that DescribeStream shows at once. ListShards has thousands on a page and 1,000 calls a second.
 */
export async function findStream(
  session: Pick<Session, "client">,
  reference: StreamReference,
  { allShardsIf = () => true, withSummary = false, ...options }: Look = {},
): Promise<ObservedStream | undefined> {
  const { client } = session;
  let description: StreamDescription | StreamDescriptionSummary;
  let shards: Shard[] | undefined;
  try {
    if (withSummary) {
      description = (await client.describeStreamSummary(reference, options)).StreamDescriptionSummary;
    } else {
      const answer = (await client.describeStream(reference, options)).StreamDescription;
      description = answer;
      if (!answer.HasMoreShards) shards = answer.Shards;
    }
    if (shards === undefined && allShardsIf(description.StreamStatus))
      shards = await listOpenShards(session, reference, options);
  } catch (error) {
    if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
  return {
    arn: description.StreamARN,
    name: description.StreamName,
    status: description.StreamStatus,
    creationTimestamp: description.StreamCreationTimestamp?.toISOString(),
    openShards: (shards ?? []).filter(isOpen).map(toOpenShard).sort(byHashKey),
    settings: seenSettings(description),
  };
}

async function listOpenShards(
  { client }: Pick<Session, "client">,
  reference: StreamReference,
  options: CallOptions,
): Promise<Shard[]> {
  const shards: Shard[] = [];
  const filter = { ShardFilter: { Type: "AT_LATEST" }, MaxResults: SHARDS_A_PAGE } as const;
  for await (const shard of client.shards({ ...reference, ...filter }, options)) shards.push(shard);
  return shards;
}

/** ListShards' own maximum: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
const SHARDS_A_PAGE = 10_000;

/** A shard is open as long as it has no last sequence number; closed ones stay listed until retention passes. */
export const isOpen = ({ SequenceNumberRange }: Shard) => SequenceNumberRange.EndingSequenceNumber === undefined;

const toOpenShard = ({ ShardId, HashKeyRange }: Shard): OpenShard => ({
  shardId: ShardId,
  startingHashKey: HashKeyRange.StartingHashKey,
  endingHashKey: HashKeyRange.EndingHashKey,
});

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
  onSeen?: ((stream: ObservedStream) => void) | undefined;
  /** As for findStream. */
  withSummary?: boolean | undefined;
  /** As for a Watch. */
  onWaiting?: (() => void) | undefined;
  /** Called when AWS has taken a call made in line, and when it may have. */
  onCall?: (() => void) | undefined;
}

const watchOf = ({ session, reference, withSummary, ...wait }: Wait, look: Look): Watch<ObservedStream> => ({
  ...wait,
  platform: session.platform,
  subject: `stream ${reference.StreamName}`,
  look: (options) => findStream(session, reference, { withSummary, ...look, ...options }),
});

const SHARDS_IF_ACTIVE: Look = { allShardsIf: (status) => status === "ACTIVE" };
/** A stream that goes is asked for its status only: AWS takes twice as many of these calls from an account. */
const NO_SHARDS: Look = { allShardsIf: () => false, withSummary: true };

/**
 * The stream once it is ACTIVE, its open shards tile the key space (a listing lags behind a split or merge for a moment)
 * and `settled` holds. `first` is a look that was taken just now. A stream that AWS doesn't know counts as not yet
 * visible where `mayBeInvisible`.
 * @throws WaitTimeoutError, StreamGoneError when the stream is being deleted or is gone
 */
export async function waitUntilActive(
  wait: Wait,
  options: {
    first?: ObservedStream | undefined;
    mayBeInvisible?: boolean;
    settled?: (stream: ObservedStream) => boolean;
  } = {},
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
  return (await poll(watchOf(wait, SHARDS_IF_ACTIVE), "to become ACTIVE", isDone, first)) as ObservedStream;
}

/**
 * Waits until AWS no longer knows the stream, or knows another one, created by somebody else, under its name.
 * @throws WaitTimeoutError
 */
export async function waitUntilGone(wait: Wait, isAnother: (stream: ObservedStream) => boolean): Promise<void> {
  await poll(watchOf(wait, NO_SHARDS), "to be deleted", (seen) => seen === undefined || isAnother(seen), undefined);
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
      const answer = await call();
      wait.onCall?.();
      return answer;
    } catch (error) {
      if (hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) wait.onCall?.();
      if (!hasErrorCode(error, "ResourceInUseException") || hasPassed(wait.deadline, platform)) throw error;
    }
    if (looks === 0)
      platform.log(`${wait.reference.StreamName}: somebody else is changing the stream; waiting in line`);
    // The status we read may be older than the refusal, so an ACTIVE stream gets a moment as well.
    await platform.sleep(pollDelayMs(looks));
    await waitUntilActive(wait);
  }
}
