import { expect, test } from "@jest/globals";
import { cli } from "../cli/cli";
import { emulatorEnv } from "../support/emulator-env";
import { useKinesis, WRITES } from "./kinesis-project";

const kinesis = useKinesis({ createMs: 50, deleteMs: 50, splitMs: 50, startEncryptionMs: 50, updateStreamModeMs: 50 });

/** Streams of somebody else's: one of everything, one with uneven shards, one in ON_DEMAND mode. */
async function theirs(): Promise<void> {
  const orders = { StreamName: "orders" };
  await kinesis.call("CreateStream", { ...orders, ShardCount: 2, Tags: { team: "a", "cost centre": "1" } });
  await kinesis.call("CreateStream", { StreamName: "2024.bills", ShardCount: 1 });
  await kinesis.call("CreateStream", { StreamName: "clicks", StreamModeDetails: { StreamMode: "ON_DEMAND" } });
  for (const name of ["orders", "2024.bills", "clicks"]) await kinesis.untilActive(name);
  await kinesis.call("IncreaseStreamRetentionPeriod", { ...orders, RetentionPeriodHours: 168 });
  await kinesis.call("EnableEnhancedMonitoring", { ...orders, ShardLevelMetrics: ["IncomingBytes", "OutgoingBytes"] });
  await kinesis.untilActive("orders");
  await kinesis.call("StartStreamEncryption", { ...orders, EncryptionType: "KMS", KeyId: "alias/orders" });
  await kinesis.untilActive("orders");
  const split = { ShardToSplit: "shardId-000000000000", NewStartingHashKey: "100000000000000000000" };
  await kinesis.call("SplitShard", { StreamName: "2024.bills", ...split });
  await kinesis.untilActive("2024.bills");
  const ResourceARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders";
  const Statement = [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kinesis:GetRecords" }];
  await kinesis.call("PutResourcePolicy", {
    ResourceARN,
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
}

test("the program that adopt writes takes the streams over as they are: nothing is written to them", async () => {
  await theirs();
  const adopted = await cli(["adopt", "--stream", "*"], emulatorEnv(kinesis.proxy.url));
  expect(adopted.stdout).toMatch(/new ResourcePolicy\("orders"/);

  const project = await kinesis.project(adopted.stdout);
  kinesis.proxy.reset();
  const preview = await project.preview();
  // Pulumi shows what is logged as it comes, and again in the end.
  const taken = [...preview.stdout.matchAll(/(\S+): will adopt the stream that exists as/g)].map(([, name]) => name);
  expect([...new Set(taken)].sort()).toEqual(["2024.bills", "clicks", "orders"]);
  expect(preview.stdout).toMatch(/shards: its 2 are left as they are/);
  expect(preview.stdout).not.toMatch(/ -> |operation/);
  expect(preview.changes).toEqual({ create: 5 });

  const up = await project.up();
  expect({ exitCode: up.exitCode, changes: up.changes }).toEqual({ exitCode: 0, changes: { create: 5 } });
  expect((await project.refresh({ args: ["--diff"] })).changes).toEqual({ same: 5 });
  expect(kinesis.proxy.targets().filter((target) => WRITES.test(target))).toEqual([]);
}, 240_000);
