/** Keys that move between resources of one program, in either order, against the emulator: who has them, and who watches them. */
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import type { Properties } from "../../provider/lifecycle/resource";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import { realPlatform } from "../../provider/platform";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { emulatorEnv } from "../support/emulator-env";

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

interface Saved {
  id: string;
  inputs: Properties;
  outs: Properties;
}

/** One `up` in a process of its own: all are checked in order, then created or updated in the order of `steps`. */
async function up(state: Map<string, Saved>, program: Record<string, Properties>, steps: readonly string[]) {
  const env = emulatorEnv(emulator.url);
  const resource = streamTagsResource(new ProviderContext({ ...realPlatform, env, log: () => {} }));
  const checked = new Map<string, Properties>();
  for (const [name, tags] of Object.entries(program)) {
    const written = { streamName: "s", tags, __logicalName: name, __urn: `urn:${name}` };
    const { inputs, failures } = await resource.check(state.get(name)?.inputs ?? {}, written);
    expect(failures).toEqual([]);
    checked.set(name, inputs);
  }
  for (const name of steps) {
    const inputs = checked.get(name) as Properties;
    const before = state.get(name);
    const after = before
      ? { id: before.id, ...(await resource.update(before.id, before.outs, inputs)) }
      : await resource.create(inputs);
    state.set(name, { ...after, inputs });
  }
  return resource;
}

test.each([
  ["the old owner first", ["old", "new"], "v"],
  ["the new owner first", ["new", "old"], "v"],
  ["the old owner first, with a new value", ["old", "new"], "w"],
  ["the new owner first, with a new value", ["new", "old"], "w"],
])("%s: the key survives, and its old owner neither watches nor removes it any more", async (_, order, value) => {
  const state = new Map<string, Saved>();
  await up(state, { old: { team: "v", cost: "1" }, new: {} }, ["old", "new"]);
  await up(state, { old: { cost: "1" }, new: { team: value } }, order);
  expect(await onStream()).toEqual({ team: value, cost: "1" });
  expect(state.get("old")?.outs.tags).toEqual({ cost: "1" });
  expect(state.get("new")?.outs.tags).toEqual({ team: value });

  const { id, outs } = state.get("old") as Saved;
  const later = await up(state, {}, []);
  expect((await later.read(id, outs)).inputs).toMatchObject({ tags: { cost: "1" } });
  await later.delete(id, outs);
  expect(await onStream()).toEqual({ team: value });
});
