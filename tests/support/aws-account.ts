/**
 * Makes a counting proxy behave as one AWS account: its limits and its lag, which the emulator has not. Figures are literals with
 * their sources, and nothing of the provider's is used: it must not be wrong in the same way.
 */
import type { Call, CountingProxy, Fault, RecordedCall } from "./counting-proxy";

/**
 * Transactions a second for the whole account, each from the operation's own page: "This operation has a limit of N transactions
 * per second per account", https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html and so on. What is not
 * named here is limited by stream, and higher than a stack gets.
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
};

/** How long a listing shows what was before: AWS says "eventually consistent" and no figure, so this is an assumption. */
const LAG_MS = 250;

export interface AwsAccount {
  /** Calls that were refused because of a limit. */
  readonly throttled: number;
  /** Calls that asked for more than the account's rate in any second, by operation. */
  readonly throttledBy: Readonly<Record<string, number>>;
}

export function actAsAccount(proxy: CountingProxy): AwsAccount {
  const times = new Map<string, number[]>();
  const throttledBy: Record<string, number> = {};
  const account = {
    get throttled() {
      return Object.values(throttledBy).reduce((sum, count) => sum + count, 0);
    },
    throttledBy,
  };

  const isTooFast = ({ target }: Call): boolean => {
    const limit = CALLS_A_SECOND[target];
    if (limit === undefined) return false;
    const now = performance.now();
    const lately = (times.get(target) ?? []).filter((time) => now - time < 1_000);
    times.set(target, lately);
    if (lately.length >= limit) return true;
    lately.push(now);
    return false;
  };

  proxy.hook((call) => {
    if (isTooFast(call)) {
      throttledBy[call.target] = (throttledBy[call.target] ?? 0) + 1;
      return { fail: { status: 400, code: "LimitExceededException", message: "Rate exceeded for account" } };
    }
    return lag(proxy.calls, call);
  });
  return account;
}

interface Listing {
  StreamDescription?: { Shards: unknown[] };
  Shards?: unknown[];
}

const shardsIn = ({ answer }: RecordedCall) => {
  const { StreamDescription, Shards } = (answer ?? {}) as Listing;
  return StreamDescription?.Shards ?? Shards;
};

/** What an account shows that has not heard of its latest change yet. */
function lag(calls: readonly RecordedCall[], { target, body, index }: Call): Fault | undefined {
  if (!/^(DescribeStream|DescribeStreamSummary|ListShards)$/.test(target)) return undefined;
  const { StreamName } = body as { StreamName?: string };
  const lately = calls
    .slice(0, index)
    .filter((call) => (call.body as { StreamName?: string }).StreamName === StreamName && call.status === 200);
  const change = lately.findLast((call) => /^(Create|Split|Merge)/.test(call.target));
  if (change === undefined || performance.now() - change.startedMs > LAG_MS) return undefined;
  if (change.target === "CreateStream") {
    return { fail: { status: 400, code: "ResourceNotFoundException", message: `Stream ${StreamName} not found` } };
  }
  const Shards = lately.map(shardsIn).findLast((shards) => shards !== undefined);
  if (Shards === undefined) return undefined;
  const wasActive = { StreamStatus: "ACTIVE" };
  return {
    rewrite: (answer) => {
      const now = answer as { StreamDescription: object; StreamDescriptionSummary: object };
      if (target === "DescribeStream") return { StreamDescription: { ...now.StreamDescription, ...wasActive, Shards } };
      if (target === "ListShards") return { Shards };
      return { StreamDescriptionSummary: { ...now.StreamDescriptionSummary, ...wasActive } };
    },
  };
}
