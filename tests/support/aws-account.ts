/**
 * Makes a counting proxy behave as one AWS account: its limits, its refusals and its lag. Figures are literals with their
 * sources, nothing of the provider's is used, and nothing is left to the emulator, which has not all of it: none of the two
 * must be wrong in the same way.
 */
import type { Call, CountingProxy, ErrorAnswer, Fault } from "./counting-proxy";
import { isWrite } from "./counting-proxy";

/**
 * Transactions a second for the whole account, each from the operation's own page: "This operation has a limit of N transactions
 * per second per account", https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html and so on; for the
 * policies and metrics from https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. For some that change
 * a stream AWS states none, and they have what the others have. What is left is limited by stream.
 */
const CALLS_A_SECOND: Readonly<Record<string, number>> = {
  CreateStream: 5,
  DeleteStream: 5,
  SplitShard: 5,
  MergeShards: 5,
  ListStreams: 5,
  AddTagsToStream: 5,
  RemoveTagsFromStream: 5,
  ListTagsForStream: 5,
  IncreaseStreamRetentionPeriod: 5,
  DecreaseStreamRetentionPeriod: 5,
  DescribeStream: 10,
  DescribeStreamSummary: 20,
  DescribeLimits: 1,
  RegisterStreamConsumer: 5,
  EnableEnhancedMonitoring: 5,
  DisableEnhancedMonitoring: 5,
  GetResourcePolicy: 5,
  PutResourcePolicy: 5,
  DeleteResourcePolicy: 5,
  UpdateShardCount: 5,
  UpdateStreamMode: 5,
  StartStreamEncryption: 5,
  StopStreamEncryption: 5,
  ListTagsForResource: 5,
  TagResource: 5,
  UntagResource: 5,
};

/** One more is refused with LimitExceededException: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
const MOST_CREATING = 5;

/** What DescribeLimits says of an account in most regions: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_QUOTA = 1_000;

/** How long a listing shows what was before: AWS says "eventually consistent" and no figure, so this is an assumption. */
const LAG_MS = 250;

export interface AccountOptions {
  /** How long a stream is CREATING. AWS takes ten seconds and more; what is looked for is what the calls cost. @default 300 */
  readonly createMs?: number;
  /** How long it is UPDATING after a split or merge, where AWS takes half a minute. @default 300 */
  readonly reshardMs?: number;
  /** @default 1,000 */
  readonly shardQuota?: number;
  /** The part of each rate that others leave. @default 1 */
  readonly share?: number;
  /** Milliseconds. @default the clock on the wall */
  readonly now?: () => number;
}

export interface AwsAccount {
  /** Calls that were refused because of a rate. */
  readonly throttled: number;
  /** By operation. */
  readonly throttledBy: Readonly<Record<string, number>>;
  /** Calls refused for another reason, by AWS's code and what it is about: "ResourceInUseException SplitShard". */
  readonly refusedBy: Readonly<Record<string, number>>;
}

/** A stream as the account knows it, and when it shows what has become of it. */
interface Stream {
  openShards: number;
  /** The last listing that was shown while nothing was changing it. */
  shards: unknown[] | undefined;
  change: "create" | "reshard";
  changedMs: number;
  readyMs: number;
}

interface Listing {
  StreamDescription?: { Shards: unknown[] };
  StreamDescriptionSummary?: object;
  Shards?: unknown[];
}

interface Input {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly ShardCount?: number;
  readonly TargetShardCount?: number;
}

const nameIn = ({ StreamName, StreamARN }: Input): string => StreamName ?? StreamARN?.split("/")[1] ?? "";

export function actAsAccount(proxy: CountingProxy, options: AccountOptions = {}): AwsAccount {
  const {
    createMs = 300,
    reshardMs = 300,
    shardQuota = SHARD_QUOTA,
    share = 1,
    now = () => performance.now(),
  } = options;
  const streams = new Map<string, Stream>();
  const times = new Map<string, number[]>();
  const throttledBy: Record<string, number> = {};
  const refusedBy: Record<string, number> = {};

  const isTooFast = (target: string): boolean => {
    const documented = CALLS_A_SECOND[target];
    if (documented === undefined) return false;
    const lately = (times.get(target) ?? []).filter((time) => now() - time < 1_000);
    times.set(target, lately);
    if (lately.length >= Math.max(1, Math.floor(documented * share))) return true;
    lately.push(now());
    return false;
  };

  /** Why AWS would not take the call, as things stand. */
  const refusal = (target: string, input: Input): ErrorAnswer | undefined => {
    const stream = streams.get(nameIn(input));
    const all = [...streams.values()];
    const open = all.reduce((sum, { openShards }) => sum + openShards, 0);
    const wanted = (input.TargetShardCount ?? 0) - (stream?.openShards ?? 0);
    const more = { CreateStream: input.ShardCount ?? 4, SplitShard: 1, UpdateShardCount: wanted }[target] ?? 0;
    const ofLimit = (message: string) => ({ status: 400, code: "LimitExceededException", message });
    if (target === "CreateStream") {
      const creating = all.filter(({ change, readyMs }) => change === "create" && readyMs > now()).length;
      if (creating >= MOST_CREATING) return ofLimit("This account has 5 streams in the CREATING state.");
    }
    const isBusy = stream !== undefined && stream.readyMs > now();
    if (isBusy && isWrite(target) && target !== "CreateStream" && target !== "DeleteStream") {
      const message = `Stream ${nameIn(input)} is not ACTIVE.`;
      return { status: 400, code: "ResourceInUseException", message };
    }
    if (more > 0 && open + more > shardQuota) {
      return ofLimit(`This request would exceed the shard limit of ${shardQuota} for the account.`);
    }
    return undefined;
  };

  /** What a call that the emulator has taken makes of the account. */
  const takenOn = (target: string, input: Input) => {
    const name = nameIn(input);
    const stream = streams.get(name);
    if (target === "CreateStream") {
      const openShards = input.ShardCount ?? 4;
      const at = { changedMs: now(), readyMs: now() + createMs };
      streams.set(name, { openShards, shards: undefined, change: "create", ...at });
    } else if (target === "DeleteStream") {
      streams.delete(name);
    } else if (stream !== undefined && /^(SplitShard|MergeShards|UpdateShardCount)$/.test(target)) {
      stream.openShards =
        target === "UpdateShardCount"
          ? (input.TargetShardCount ?? stream.openShards)
          : stream.openShards + (target === "SplitShard" ? 1 : -1);
      stream.change = "reshard";
      stream.changedMs = now();
      stream.readyMs = now() + reshardMs;
    }
  };

  proxy.hook((call) => {
    const { target } = call;
    const input = call.body as Input;
    if (isTooFast(target)) {
      throttledBy[target] = (throttledBy[target] ?? 0) + 1;
      return { fail: { status: 400, code: "LimitExceededException", message: "Rate exceeded for account" } };
    }
    const fail = refusal(target, input);
    if (fail !== undefined) {
      const what = `${fail.code} ${target}`;
      refusedBy[what] = (refusedBy[what] ?? 0) + 1;
      return { fail };
    }
    const stream = streams.get(nameIn(input));
    if (stream !== undefined && /^(DescribeStream|DescribeStreamSummary|ListShards)$/.test(target)) {
      return show(call, stream, now());
    }
    return { heard: (status) => status === 200 && takenOn(target, input) };
  });
  return {
    throttledBy,
    refusedBy,
    get throttled() {
      return Object.values(throttledBy).reduce((sum, count) => sum + count, 0);
    },
  };
}

/** A look at a stream: nothing of its latest change at first, then that it is being changed, then what it has become. */
function show({ target }: Call, stream: Stream, nowMs: number): Fault {
  const isUnseen = nowMs - stream.changedMs < LAG_MS;
  const isReady = nowMs >= stream.readyMs;
  if (isUnseen && stream.change === "create") {
    return { fail: { status: 400, code: "ResourceNotFoundException", message: "Stream not found." } };
  }
  if (isReady && !isUnseen) {
    return {
      heard: (status, answer) => {
        const { StreamDescription, Shards = StreamDescription?.Shards } = (answer ?? {}) as Listing;
        if (status === 200 && Shards !== undefined) stream.shards = Shards;
      },
    };
  }
  const StreamStatus = stream.change === "create" ? "CREATING" : isUnseen ? "ACTIVE" : "UPDATING";
  const before = stream.change === "create" ? [] : stream.shards;
  return {
    rewrite: (answer) => {
      const truth = answer as Listing;
      const Shards = before ?? truth.Shards ?? truth.StreamDescription?.Shards;
      if (target === "DescribeStream")
        return { StreamDescription: { ...truth.StreamDescription, StreamStatus, Shards } };
      if (target === "ListShards") return { Shards };
      return { StreamDescriptionSummary: { ...truth.StreamDescriptionSummary, StreamStatus } };
    },
  };
}
