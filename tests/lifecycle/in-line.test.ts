/** A stream that somebody else is changing: AWS refuses every write while it is UPDATING, and each of ours waits in line. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Properties } from "../../provider/lifecycle/resource";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import type { Kind } from "../support/engine-imitation";
import { EngineImitation } from "../support/engine-imitation";
import { fasterPlatform } from "../support/faster-platform";

/** Waits pass so much faster. */
const SPEED = 20;

let emulator: Emulator;
let proxy: CountingProxy;

beforeAll(async () => {
  const ms = { createMs: 5, deleteMs: 5, splitMs: 5, mergeMs: 5, startEncryptionMs: 5, stopEncryptionMs: 5 };
  emulator = await startEmulator({ ...ms, updateStreamModeMs: 5 });
  proxy = await startCountingProxy(emulator.url);
}, 60_000);

afterAll(async () => {
  await proxy.stop();
  await emulator.stop();
});

/** Goes from one program to the next, each an `up`; what the last one leaves out is removed. */
async function life(kind: Kind, programs: (Properties | undefined)[]) {
  const lines: string[] = [];
  const env = emulatorEnv(proxy.url);
  const engine = new EngineImitation(() => ({ ...fasterPlatform(SPEED), env, log: (line) => void lines.push(line) }));
  for (const args of programs) {
    const { errors } = await engine.up(args === undefined ? [] : [{ kind, name: "orders", args }]);
    expect(errors).toEqual([]);
  }
  return lines;
}

test("every write of Stream and StreamTags waits, and none fails with ResourceInUse", async () => {
  const refused = new Map<string, number>();
  const isWrite = (target: string) => !/^(Describe|List|CreateStream$)/.test(target);
  proxy.hook(({ target }) => {
    const times = refused.get(target) ?? 0;
    if (!isWrite(target) || times >= 2) return undefined;
    refused.set(target, times + 1);
    return { fail: { status: 400, code: "ResourceInUseException", message: "Stream orders is UPDATING" } };
  });
  const base = { name: "orders", shardCount: 2 };
  const shardLevelMetrics = ["IncomingBytes"];
  const lines = await life("Stream", [
    { ...base, retentionPeriod: 48, shardLevelMetrics, encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" },
    { ...base, shardCount: 4, tags: { team: "a" }, maxRecordSizeInKib: 2048 },
    { ...base, shardCount: 2 },
    { ...base, shardCount: undefined, streamModeDetails: { streamMode: "ON_DEMAND" } },
  ]);
  const tags = { streamName: "orders" };
  await life("StreamTags", [{ ...tags, tags: { a: "1", b: "1" } }, { ...tags, tags: { a: "2" } }, undefined]);
  const adopted = { ...base, streamModeDetails: { streamMode: "PROVISIONED" }, adopt: true };
  await life("Stream", [adopted, undefined]);
  expect([...refused].sort()).toEqual(
    [
      "AddTagsToStream",
      "DecreaseStreamRetentionPeriod",
      "DeleteStream",
      "DisableEnhancedMonitoring",
      "EnableEnhancedMonitoring",
      "IncreaseStreamRetentionPeriod",
      "MergeShards",
      "RemoveTagsFromStream",
      "SplitShard",
      "StartStreamEncryption",
      "StopStreamEncryption",
      "UpdateMaxRecordSize",
      "UpdateStreamMode",
    ].map((target) => [target, 2]),
  );
  expect(lines).toContain("orders: somebody else is changing the stream; waiting in line");
}, 120_000);
