/** Shards that are not what the program says, and of which no preview has told, against the emulator. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamResource } from "../../provider/lifecycle/stream";
import type { AnyStreamInputs } from "../../provider/lifecycle/stream-inputs";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { realPlatform } from "../../provider/platform";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";

let emulator: Emulator;
let proxy: CountingProxy;
let client: KinesisClient;

beforeAll(async () => {
  emulator = await startEmulator({ createMs: 5, splitMs: 15, mergeMs: 15 });
  proxy = await startCountingProxy(emulator.url);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new KinesisClient({ region: "us-east-1", endpoint: emulator.url, credentials });
}, 60_000);

afterAll(async () => {
  await client.close();
  await proxy.stop();
  await emulator.stop();
});

/** One `pulumi up` with a provider process of its own: what it says beforehand, what it writes, and the state it leaves. */
async function up(id: string, olds: StreamState, oldInputs: AnyStreamInputs, program: AnyStreamInputs) {
  const lines: string[] = [];
  const env = emulatorEnv(proxy.url);
  const stream = streamResource(new ProviderContext({ ...realPlatform, env, log: (line) => void lines.push(line) }));
  proxy.reset();
  const { inputs, failures } = await stream.check(oldInputs, program);
  expect(failures).toEqual([]);
  await stream.diff(id, olds, inputs);
  const told = lines.filter((line) => line.includes("reshard"));
  const { outs } = await stream.update(id, olds, inputs);
  const writes = proxy.targets().filter((target) => !/^(Describe|List)/.test(target));
  return { told, writes, inputs: inputs as AnyStreamInputs, state: outs as StreamState };
}

/** A stream of two shards, the second of an autoscaler, and its ARN. */
async function scaledStream(StreamName: string): Promise<string> {
  await client.createStream({ StreamName, ShardCount: 2 });
  for (;;) {
    const { StreamDescriptionSummary: seen } = await client.describeStreamSummary({ StreamName });
    if (seen.StreamStatus === "ACTIVE") return seen.StreamARN;
  }
}

test.each([
  ["none", "are left by an update of tags, again and again"],
  ["keyspace", "are left by an update of tags, and told and mended by the one after it"],
] as const)("the shards of a moved stack, with balance %s, %s", async (balance, _) => {
  const name = `moved-${balance}`;
  const id = await scaledStream(name);
  const base = { name, shardCount: 1, resharding: { balance }, __logicalName: "orders", __stack: "o/p/s" };

  const first = await up(id, base, base, { ...base, tags: { a: "1" } });
  expect(first).toMatchObject({ told: [], writes: ["AddTagsToStream"] });
  const second = await up(id, first.state, first.inputs, { ...base, tags: { a: "2" } });
  if (balance === "none") {
    expect(second).toMatchObject({ told: [], writes: ["AddTagsToStream"] });
  } else {
    expect(second.told).toEqual([expect.stringContaining("reshard 2 -> 1 shard")]);
    expect(second.writes).toEqual(["AddTagsToStream", "MergeShards"]);
  }
  const third = await up(id, second.state, second.inputs, { ...base, shardCount: 3, tags: { a: "2" } });
  expect(third.told).toEqual([expect.stringContaining("-> 3 shards")]);
  expect((await client.describeStreamSummary({ StreamName: name })).StreamDescriptionSummary.OpenShardCount).toBe(3);
});

test("a create that failed before it could look has told its shards, and the next update brings the stream to them", async () => {
  const id = await scaledStream("weighted");
  const weights = { resharding: { weights: [1, 3] } };
  const inputs = { name: "weighted", shardCount: 2, ...weights, __logicalName: "orders", __stack: "o/p/s" };
  const { writes } = await up(id, { ...inputs, __creating: "o/p/s/orders" }, inputs, inputs);
  expect(writes.filter((call) => /^(Split|Merge)/.test(call)).sort()).toEqual(["MergeShards", "SplitShard"]);
});

test("an update that fails before it has seen the shards leaves them as they were in the state, and the next one reshards", async () => {
  const id = await scaledStream("unseen");
  const base = { name: "unseen", shardCount: 2, __logicalName: "orders", __stack: "o/p/s" };
  const before = await up(id, base, base, { ...base, tags: { a: "1" } });
  let looks = 0;
  const unhook = proxy.hook(({ target }) => {
    if (target !== "DescribeStream") return undefined;
    // Update's own first look comes while somebody splits: the listing has a gap. Then the credentials expire.
    if (looks++ === 1) return { rewrite: withoutShards };
    return looks > 2 ? { fail: { status: 400, code: "ExpiredTokenException" } } : undefined;
  });
  const wanted = { ...base, shardCount: 3, tags: { a: "1" } };
  const failed = await up(id, before.state, before.inputs, wanted).catch((error: unknown) => error);
  unhook();
  const { properties } = failed as { properties: StreamState };
  expect(properties).toMatchObject({ shardCount: 2, openShards: [expect.anything(), expect.anything()] });
  const { writes } = await up(id, properties, wanted, wanted);
  expect(writes.filter((call) => /^(Split|Merge)/.test(call))).toHaveLength(3);
});

const withoutShards = (answer: unknown) => {
  const { StreamDescription } = answer as { StreamDescription: object };
  return { StreamDescription: { ...StreamDescription, StreamStatus: "UPDATING", Shards: [] } };
};
