/** The account that our limits are tested in: each of its own limits holds, with calls that nothing of ours makes. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import type { AccountOptions, AwsAccount } from "../support/aws-account";
import { actAsAccount } from "../support/aws-account";
import { askKinesis, callKinesis } from "../support/call-kinesis";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { FAST_KINESIS } from "./many-streams";

let emulator: Emulator;
let proxy: CountingProxy;
/** The account's clock. */
let nowMs: number;

beforeAll(async () => {
  emulator = await startEmulator({ ...FAST_KINESIS, deleteMs: 1 });
}, 60_000);
afterAll(() => emulator.stop());

beforeEach(async () => {
  nowMs = 0;
  proxy = await startCountingProxy(emulator.url);
});
afterEach(async () => {
  await proxy.stop();
  const { StreamNames } = await callKinesis<{ StreamNames: string[] }>(emulator.url, "ListStreams", {});
  for (const StreamName of StreamNames) await callKinesis(emulator.url, "DeleteStream", { StreamName });
});

const account = (options: AccountOptions = {}): AwsAccount => actAsAccount(proxy, { now: () => nowMs, ...options });

/** "200", or AWS's code. */
async function ask(operation: string, input: object): Promise<string> {
  const { status, text } = await askKinesis(proxy.url, operation, input);
  return status === 200 ? "200" : (JSON.parse(text) as { __type: string }).__type;
}
const asked = async (times: number, operation: string, input: (n: number) => object) => {
  const answers: string[] = [];
  for (let n = 0; n < times; n++) answers.push(await ask(operation, input(n)));
  return answers;
};
const stream = (n: number) => ({ StreamName: `stream-${n}`, ShardCount: 1 });
const described = async (StreamName: string) =>
  (
    await callKinesis<{ StreamDescription: { StreamStatus: string; Shards: unknown[] } }>(proxy.url, "DescribeStream", {
      StreamName,
    })
  ).StreamDescription;
const [OK, LIMIT, BUSY, UNKNOWN] = [
  "200",
  "LimitExceededException",
  "ResourceInUseException",
  "ResourceNotFoundException",
];

test("five streams may be CREATING, and one more when one of them is ACTIVE", async () => {
  const { refusedBy } = account({ createMs: 5_000 });
  expect(await asked(5, "CreateStream", stream)).toEqual(Array(5).fill(OK));
  nowMs = 4_000;
  expect(await ask("CreateStream", stream(5))).toBe(LIMIT);
  nowMs = 6_000;
  expect(await ask("CreateStream", stream(5))).toBe(OK);
  expect(refusedBy).toEqual({ "LimitExceededException CreateStream": 1 });
});

test("five CreateStream and ten DescribeStream a second, and what others leave of them", async () => {
  const whole = account({ createMs: 1 });
  expect(await asked(6, "CreateStream", (n) => ({ ...stream(0), StreamName: `rate-${n}` }))).toEqual([
    ...Array(5).fill(OK),
    LIMIT,
  ]);
  nowMs = 500;
  const looks = await asked(11, "DescribeStream", () => ({ StreamName: "rate-0" }));
  expect(looks).toEqual([...Array(10).fill(OK), LIMIT]);
  expect([whole.throttled, whole.throttledBy]).toEqual([2, { CreateStream: 1, DescribeStream: 1 }]);
  nowMs = 1_500;
  expect(await ask("DescribeStream", { StreamName: "rate-0" })).toBe(OK);
});

test("others may leave a fifth", async () => {
  account({ share: 0.2 });
  await ask("CreateStream", stream(0));
  nowMs = 5_000;
  expect(await asked(3, "DescribeStream", () => ({ StreamName: "stream-0" }))).toEqual([OK, OK, LIMIT]);
});

test("a new stream is not found at first, then CREATING without shards, then ACTIVE", async () => {
  account({ createMs: 1_000 });
  await ask("CreateStream", stream(0));
  expect(await ask("DescribeStream", { StreamName: "stream-0" })).toBe(UNKNOWN);
  nowMs = 500;
  expect(await described("stream-0")).toMatchObject({ StreamStatus: "CREATING", Shards: [] });
  expect(await ask("AddTagsToStream", { StreamName: "stream-0", Tags: { a: "b" } })).toBe(BUSY);
  nowMs = 1_500;
  expect(await described("stream-0")).toMatchObject({ StreamStatus: "ACTIVE", Shards: [{}] });
});

test("a split shows nothing at first, then UPDATING, then its shards; nothing else is taken meanwhile", async () => {
  account({ createMs: 1, reshardMs: 2_000 });
  await ask("CreateStream", stream(0));
  nowMs = 1_000;
  await described("stream-0");
  const split = {
    StreamName: "stream-0",
    ShardToSplit: "shardId-000000000000",
    NewStartingHashKey: String(2n ** 127n),
  };
  expect(await ask("SplitShard", split)).toBe(OK);
  expect(await described("stream-0")).toMatchObject({ StreamStatus: "ACTIVE", Shards: [{}] });
  expect(await ask("SplitShard", split)).toBe(BUSY);
  nowMs = 2_000;
  expect(await described("stream-0")).toMatchObject({ StreamStatus: "UPDATING", Shards: [{}] });
  nowMs = 3_500;
  expect(await described("stream-0")).toMatchObject({ StreamStatus: "ACTIVE", Shards: [{}, {}, {}] });
});

test("the shard quota counts what is created, split and deleted", async () => {
  account({ createMs: 1, shardQuota: 4 });
  expect(await ask("CreateStream", { StreamName: "stream-0", ShardCount: 3 })).toBe(OK);
  expect(await ask("CreateStream", { StreamName: "stream-1", ShardCount: 2 })).toBe(LIMIT);
  nowMs = 1_000;
  const split = (start: bigint, shard: number) => ({
    StreamName: "stream-0",
    ShardToSplit: `shardId-00000000000${shard}`,
    NewStartingHashKey: String(start),
  });
  expect(await ask("SplitShard", split(2n ** 100n, 0))).toBe(OK);
  nowMs = 2_000;
  expect(await ask("SplitShard", split(2n ** 127n, 1))).toBe(LIMIT);
  expect(await ask("DeleteStream", { StreamName: "stream-0" })).toBe(OK);
  nowMs = 3_000;
  expect(await ask("CreateStream", { StreamName: "stream-1", ShardCount: 4 })).toBe(OK);
});
