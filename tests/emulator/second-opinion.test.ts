/**
 * The lifecycle against another implementation of Kinesis, npm's `kinesalite`: written by somebody else, so that what we
 * hold for Kinesis is not merely what kinesis-local does. It knows no tags at creation and no ARNs in requests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamResource } from "../../provider/lifecycle/stream";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import { realPlatform } from "../../provider/platform";
import { isAdmissible } from "../../provider/reshard";

const KINESALITE = `
  const server = require("kinesalite")({ createStreamMs: 100, deleteStreamMs: 100, updateStreamMs: 100, shardLimit: 50 });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.on("end", () => process.exit(0)).resume();
`;

const kinesalite = spawn(process.execPath, ["-e", KINESALITE], { cwd: __dirname, stdio: ["pipe", "pipe", "inherit"] });
const printed: string[] = [];
let context: ProviderContext;
let client: KinesisClient;

beforeAll(async () => {
  const [port] = (await once(kinesalite.stdout.setEncoding("utf8"), "data")) as [string];
  const env = {
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_KINESIS: `http://127.0.0.1:${port.trim()}`,
  };
  const platform = { ...realPlatform, env, log: (line: string) => void printed.push(line) };
  context = new ProviderContext(platform);
  client = new KinesisClient({}, platform);
}, 60_000);

afterAll(async () => {
  await client.close();
  kinesalite.stdin.end();
});

async function observe(StreamName: string) {
  const { StreamDescription } = await client.describeStream({ StreamName });
  const { Tags } = await client.listTagsForStream({ StreamName });
  const open = StreamDescription.Shards.filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined);
  return {
    retentionHours: StreamDescription.RetentionPeriodHours,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    shards: open.map(({ HashKeyRange: { StartingHashKey, EndingHashKey } }) => ({
      startingHashKey: StartingHashKey,
      endingHashKey: EndingHashKey,
    })),
  };
}

test("a stream is created, tagged, resharded up and down, read and deleted on a second implementation too", async () => {
  const stream = streamResource(context);
  const tags = streamTagsResource(context);
  // With the mark of a create, whose last call removes what this emulator has never taken.
  const inputs = { name: "opinion", shardCount: 2, __logicalName: "opinion", __stack: "organization/test/dev" };
  const created = await stream.create(inputs);
  expect(created.id).toMatch(/^arn:aws:kinesis:us-east-1:\d{12}:stream\/opinion$/);

  let state = created.outs;
  const retention: Record<number, number | undefined> = { 3: 168, 5: 28, 1: undefined };
  for (const shardCount of [3, 5, 1]) {
    const retentionPeriod = retention[shardCount];
    const wanted = { ...inputs, shardCount, tags: { count: String(shardCount) }, retentionPeriod };
    state = (await stream.update(created.id, state, wanted)).outs;
    const seen = await observe("opinion");
    expect(isAdmissible(seen.shards, shardCount)).toBe(true);
    expect(seen.tags).toEqual({ count: String(shardCount) });
    expect(seen.retentionHours).toBe(retentionPeriod ?? 24);
    expect(state).toMatchObject({ shardCount, tags: { count: String(shardCount) } });
  }

  const billing = await tags.create({ streamName: "opinion", tags: { billing: "x" }, __logicalName: "billing" });
  expect((await observe("opinion")).tags).toEqual({ count: "1", billing: "x" });
  expect((await stream.read(created.id, state)).inputs).toMatchObject({ shardCount: 1, tags: { count: "1" } });
  // Removed by a run of its own: what a process has created replaces, in the engine's eyes, what the same process deletes.
  await streamTagsResource(new ProviderContext(context.platform)).delete(billing.id, billing.outs);
  expect((await observe("opinion")).tags).toEqual({ count: "1" });

  await client.increaseStreamRetentionPeriod({ StreamName: "opinion", RetentionPeriodHours: 72 });
  expect((await stream.read(created.id, state)).inputs).toMatchObject({ retentionPeriod: 72 });

  // So is a destroy.
  const destroyed = streamResource(new ProviderContext(context.platform));
  await destroyed.delete(created.id, state);
  await expect(observe("opinion")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  expect(await destroyed.read(created.id, state)).toEqual({});
}, 120_000);
