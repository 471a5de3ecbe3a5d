/** What programs that write and read meanwhile see of a reshard: nothing. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamResource } from "../../provider/lifecycle/stream";
import { realPlatform } from "../../provider/platform";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { emulatorEnv } from "../support/emulator-env";
import type { Put } from "../support/traffic";
import { startConsumer, startProducer } from "../support/traffic";

let emulator: Emulator;
let client: KinesisClient;

beforeAll(async () => {
  emulator = await startEmulator({ createMs: 50, splitMs: 100, mergeMs: 100 });
  client = new KinesisClient({ rateLimits: false }, { ...realPlatform, env: emulatorEnv(emulator.url) });
}, 60_000);

afterAll(async () => {
  await client.close();
  await emulator.stop();
});

test("writes and reads go on while 4 -> 9 -> 2: nothing is lost, nothing comes twice, each key keeps its order", async () => {
  const platform = { ...realPlatform, env: emulatorEnv(emulator.url), log: () => {} };
  const stream = streamResource(new ProviderContext(platform));
  const orders = (shardCount: number) => ({ name: "orders", __logicalName: "orders", shardCount });
  const created = await stream.create(orders(4));
  let { outs } = created;
  const producer = startProducer(client, "orders");
  const consumer = startConsumer(client, "orders");
  const counts: number[] = [];
  for (const shardCount of [9, 2]) {
    const [put, got] = [producer.puts.length, consumer.got.length];
    ({ outs } = await stream.update(created.id, outs, orders(shardCount)));
    expect(outs).toMatchObject({ shardCount });
    counts.push(producer.puts.length - put, consumer.got.length - got);
  }
  // While it was resharded, not only before and after.
  expect(Math.min(...counts)).toBeGreaterThan(0);
  // A stable sort: each key's records stay in the order in which they came.
  const byKey = (records: readonly Put[]) => [...records].sort((a, b) => a.key.localeCompare(b.key));
  const put = byKey(await producer.end());
  expect(byKey(await consumer.end())).toEqual(put);
}, 120_000);
