/** What no emulator here knows: record distribution, keys that come back as ARNs, a status that changes late. */
import { expect, test } from "@jest/globals";
import type { Session } from "../../provider/lifecycle/context";
import type { Wait } from "../../provider/lifecycle/observe";
import { findStream } from "../../provider/lifecycle/observe";
import type { SettingArguments } from "../../provider/lifecycle/setting-arguments";
import { wantedSettings } from "../../provider/lifecycle/stream-settings";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { programOf, recordSettings } from "../../provider/lifecycle/stream-state";
import { syncSettings } from "../../provider/lifecycle/sync-settings";

const ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111";

/** A stream of one shard as AWS would show it; a call keeps it UPDATING for two looks. */
function fakeKinesis(summary: Record<string, unknown>) {
  const calls: unknown[] = [];
  let busy = 0;
  const stream = {
    StreamName: "orders",
    StreamARN: ARN,
    RetentionPeriodHours: 24,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: "NONE",
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    OpenShardCount: 1,
    ...summary,
  };
  const Shard = {
    ShardId: "shardId-0",
    HashKeyRange: { StartingHashKey: "0", EndingHashKey: String((1n << 128n) - 1n) },
    SequenceNumberRange: { StartingSequenceNumber: "1" },
  };
  const shown = () => ({ ...stream, StreamStatus: busy-- > 0 ? "UPDATING" : "ACTIVE" });
  const client = {
    describeStreamSummary: async () => ({ StreamDescriptionSummary: shown() }),
    describeStream: async () => ({
      StreamDescription: { ...shown(), OpenShardCount: undefined, Shards: [Shard], HasMoreShards: false },
    }),
    async *shards() {
      yield Shard;
    },
    async call(operation: string, input: Record<string, unknown>) {
      calls.push([operation, input]);
      busy = 2;
      if (operation === "StartStreamEncryption") Object.assign(stream, { EncryptionType: "KMS", KeyId: KEY_ARN });
      else Object.assign(stream, { RecordDistributionStrategy: input.RecordDistributionStrategy });
    },
  };
  let nowMs = 0;
  const platform = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    interrupted: new AbortController().signal,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    hostname: "test",
    log: () => undefined,
  };
  const session = { client, platform, endpoint: "https://kinesis.test/" } as unknown as Session;
  return { session, calls };
}

/** Brings the stream to what the arguments say; returns the calls and the state. */
async function sync(
  fake: ReturnType<typeof fakeKinesis>,
  args: SettingArguments,
  state: StreamState = { name: "orders", ...args },
) {
  const { session } = fake;
  const reference = { StreamName: "orders", StreamARN: ARN };
  const wanted = wantedSettings(args);
  const wait: Wait = {
    session,
    reference,
    deadline: { atMs: 600_000, limit: "10 min" },
    after: "a test",
    advice: "",
    withSummary: true,
    onSeen: (seen) => recordSettings(state, args, seen.settings, wanted),
  };
  const stream = await findStream(session, reference, { withSummary: true });
  if (!stream) throw new Error("the fake has one stream");
  await syncSettings({ wait, state, wanted }, "before shards", stream);
  return state;
}

const ON_DEMAND = { streamModeDetails: { streamMode: "ON_DEMAND" } } as const;

test("the record distribution is changed by the stream's ARN, waited for, and called once", async () => {
  const fake = fakeKinesis({});
  const args = { ...ON_DEMAND, recordDistributionStrategy: "AUTO" } as const;
  const state = await sync(fake, args);
  const call = ["UpdateStreamRecordDistributionStrategy", { StreamARN: ARN, RecordDistributionStrategy: "AUTO" }];
  expect(fake.calls).toEqual([call]);
  expect(state).toMatchObject({ recordDistributionStrategy: "AUTO" });
  await sync(fake, args, state);
  expect(fake.calls).toEqual([call]);
  // What AWS does not show is the default, and no change.
  await sync(fakeKinesis({}), { ...ON_DEMAND, recordDistributionStrategy: "USER_PARTITION_KEY" });
});

test("an alias that comes back as its key's ARN is no drift, until AWS shows another key", async () => {
  const fake = fakeKinesis({});
  const args = { ...ON_DEMAND, encryptionType: "KMS", kmsKeyId: "alias/orders" } as const;
  const state = await sync(fake, args);
  expect(fake.calls).toHaveLength(1);
  expect(state).toMatchObject({ kmsKeyId: "alias/orders", __kmsKey: { sent: "alias/orders", shown: KEY_ARN } });
  await sync(fake, args, state);
  expect(fake.calls).toHaveLength(1);

  const seen = { streamMode: "ON_DEMAND", retentionHours: 24, shardLevelMetrics: [] };
  recordSettings(state, programOf(state), { ...seen, kmsKeyId: KEY_ARN }, wantedSettings(args));
  expect(state).toMatchObject({ kmsKeyId: "alias/orders" });
  recordSettings(state, programOf(state), { ...seen, kmsKeyId: "alias/bills" }, wantedSettings(args));
  expect(state).toMatchObject({ kmsKeyId: "alias/bills" });
});

test("defaults that drifted are in the state as long as they differ, and not as what the program said", () => {
  const state: StreamState = { name: "orders", shardCount: 1 };
  const seen = { streamMode: "PROVISIONED", retentionHours: 48, shardLevelMetrics: ["IncomingBytes"], kmsKeyId: null };
  recordSettings(state, programOf(state), seen, wantedSettings({}));
  expect(state).toMatchObject({ retentionPeriod: 48, shardLevelMetrics: ["IncomingBytes"] });
  expect(state.__drifted).toEqual(["retentionPeriod", "shardLevelMetrics"]);
  expect(wantedSettings(programOf(state))).toEqual(wantedSettings({}));
  recordSettings(state, programOf(state), { ...seen, retentionHours: 24, shardLevelMetrics: [] }, wantedSettings({}));
  expect(state).toEqual({ name: "orders", shardCount: 1 });
});
