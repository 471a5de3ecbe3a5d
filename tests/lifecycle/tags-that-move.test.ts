/** Keys that move between resources of one program, in either order, against the emulator: who has them, and who watches them. */
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { emulatorEnv } from "../support/emulator-env";
import { EngineImitation } from "../support/engine-imitation";
import { fasterPlatform } from "../support/faster-platform";

let emulator: Emulator;
let client: KinesisClient;

beforeAll(async () => {
  emulator = await startEmulator({ createMs: 5 });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new KinesisClient({ region: "us-east-1", endpoint: emulator.url, credentials, rateLimits: false });
  await client.createStream({ StreamName: "s", ShardCount: 1 });
}, 60_000);

afterAll(async () => {
  await client.close();
  await emulator.stop();
});

afterEach(async () => {
  const keys = Object.keys(await onStream());
  if (keys.length > 0) await client.removeTagsFromStream({ StreamName: "s", TagKeys: keys });
});

async function onStream(): Promise<Record<string, string | undefined>> {
  const { Tags } = await client.listTagsForStream({ StreamName: "s" });
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

type Program = Record<string, Record<string, string>>;

/** One `up`: the resources are checked in the order of the program, then created and updated in it. */
async function up(engine: EngineImitation, program: Program) {
  const declared = Object.entries(program).map(([name, tags]) => ({
    kind: "StreamTags" as const,
    name,
    args: { streamName: "s", tags },
  }));
  const { errors } = await engine.up(declared, { oneByOne: true });
  expect(errors).toEqual([]);
}

test.each<[string, Program]>([
  ["the old owner first", { old: { cost: "1" }, new: { team: "v" } }],
  ["the new owner first", { new: { team: "v" }, old: { cost: "1" } }],
  ["the old owner first, with a new value", { old: { cost: "1" }, new: { team: "w" } }],
  ["the new owner first, with a new value", { new: { team: "w" }, old: { cost: "1" } }],
])("%s: the key survives, and its old owner neither watches nor removes it any more", async (_, moved) => {
  const engine = new EngineImitation(() => ({ ...fasterPlatform(20), env: emulatorEnv(emulator.url), log: () => {} }));
  await up(engine, { old: { team: "v", cost: "1" }, new: {} });
  await up(engine, moved);
  expect(await onStream()).toEqual({ ...moved.new, cost: "1" });
  expect(engine.saved("old")?.outputs.tags).toEqual({ cost: "1" });
  expect(engine.saved("new")?.outputs.tags).toEqual(moved.new);

  expect((await engine.refresh()).errors).toEqual([]);
  expect(engine.saved("old")?.inputs).toMatchObject({ tags: { cost: "1" } });
  await up(engine, { new: moved.new as Program[string] });
  expect(await onStream()).toEqual(moved.new);
});

test("a stream that is called tags has tags, and a resource's name may hold anything", async () => {
  await client.createStream({ StreamName: "tags", ShardCount: 1 });
  const engine = new EngineImitation(() => ({ ...fasterPlatform(20), env: emulatorEnv(emulator.url), log: () => {} }));
  const program = (team: string) => [
    { kind: "StreamTags" as const, name: "a/tags/b", args: { streamName: "tags", tags: { team } } },
  ];
  for (const run of [() => engine.up(program("a")), () => engine.refresh(), () => engine.up(program("b"))])
    expect((await run()).errors).toEqual([]);
  expect((await client.listTagsForStream({ StreamName: "tags" })).Tags).toEqual([{ Key: "team", Value: "b" }]);
  expect((await engine.destroy()).errors).toEqual([]);
  expect((await client.listTagsForStream({ StreamName: "tags" })).Tags).toEqual([]);
});
