/**
 * The settings of a Stream on the real engine, after the scenarios of Terraform's acceptance tests for aws_kinesis_stream:
 * encryption, updateKMSKeyID, shardLevelMetrics, retentionPeriod, tags, basicOnDemand,
 * switchBetweenProvisionedAndOnDemand, failOnBadStreamCountAndStreamModeCombination, enforceConsumerDeletion,
 * createMultipleConcurrentStreams, shardCount.
 */
import { describe, expect, test } from "@jest/globals";
import type { PulumiProject } from "./harness";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({
  createMs: 100,
  deleteMs: 100,
  splitMs: 20,
  mergeMs: 20,
  updateStreamModeMs: 100,
  startEncryptionMs: 100,
  stopEncryptionMs: 100,
  shardLimit: 3_000,
});

const program = (args: object, name = "orders") => `
import { Stream } from "pulumi-kinesis";
const stream = new Stream("${name}", ${JSON.stringify(args)});
export const shardCount = stream.shardCount;
export const streamStatus = stream.streamStatus;
`;

/** The calls since the last reset; looks in a row are one. */
function calls(): string[] {
  return (
    kinesis.proxy
      .targets()
      // What is asked of the account is asked once in a process, for all of its streams.
      .filter((target) => target !== "DescribeLimits")
      .filter((target, index, all) => !target.startsWith("Describe") || all[index - 1] !== target)
  );
}

const writes = () => kinesis.proxy.targets().filter((target) => !/^(Describe|List)/.test(target));

interface Summary {
  StreamModeDetails: { StreamMode: string };
  RetentionPeriodHours: number;
  EnhancedMonitoring: { ShardLevelMetrics: string[] }[];
  EncryptionType: string;
  KeyId: string | null;
  OpenShardCount: number;
  MaxRecordSizeInKiB: number | null;
  WarmThroughput: { TargetMiBps: number } | null;
  StreamCreationTimestamp: number;
}

async function summary(StreamName: string): Promise<Summary> {
  const input = { StreamName };
  const answer = await kinesis.call<{ StreamDescriptionSummary: Summary }>("DescribeStreamSummary", input);
  return answer.StreamDescriptionSummary;
}

const metrics = async (name: string) => (await summary(name)).EnhancedMonitoring[0]?.ShardLevelMetrics.toSorted();

async function streamInputs(project: PulumiProject) {
  const { deployment } = await project.exportState();
  return deployment.resources?.find(({ type }) => type.endsWith("kinesis:Stream"))?.inputs;
}

/** Runs `up` with other arguments, and says what was called. */
async function update(project: PulumiProject, args: object): Promise<string[]> {
  await project.writeProgram(program(args));
  kinesis.proxy.reset();
  const up = await project.up();
  expect(up.output).toContain("Resources:");
  expect(up.exitCode).toBe(0);
  return calls();
}

const ALL_METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "IteratorAgeMilliseconds",
  "OutgoingBytes",
  "OutgoingRecords",
  "ReadProvisionedThroughputExceeded",
  "WriteProvisionedThroughputExceeded",
];
const KEYS = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];

describe("every setting is changed in place, with no more calls than it takes", () => {
  test("retention 24 -> 8760 -> 28 -> left out, metrics 1 -> 7 -> 1 -> left out, tags 1 -> 2 -> 1", async () => {
    const base = { name: "settings", shardCount: 2 };
    const project = await kinesis.project(program(base));
    await project.up();
    expect(calls()).toEqual(["DescribeStreamSummary", "CreateStream", "DescribeStream", "RemoveTagsFromStream"]);
    const { StreamCreationTimestamp } = await summary("settings");
    const tagged = ["DescribeStream", "ListTagsForStream"];

    const one = { shardLevelMetrics: ["IncomingBytes"] };
    expect(await update(project, { ...base, ...one, retentionPeriod: 8760, tags: { key1: "value1" } })).toEqual([
      ...tagged,
      "AddTagsToStream",
      "IncreaseStreamRetentionPeriod",
      "DescribeStream",
      "EnableEnhancedMonitoring",
      "DescribeStream",
    ]);
    expect(await summary("settings")).toMatchObject({ RetentionPeriodHours: 8760 });
    expect(await metrics("settings")).toEqual(["IncomingBytes"]);

    const two = { key1: "value1updated", key2: "value2" };
    expect(await update(project, { ...base, shardLevelMetrics: ALL_METRICS, retentionPeriod: 28, tags: two })).toEqual([
      ...tagged,
      "AddTagsToStream",
      "EnableEnhancedMonitoring",
      "DescribeStream",
      "DecreaseStreamRetentionPeriod",
      "DescribeStream",
    ]);
    expect(await summary("settings")).toMatchObject({ RetentionPeriodHours: 28 });
    expect(await metrics("settings")).toEqual(ALL_METRICS);
    expect(await kinesis.tags("settings")).toEqual(two);

    const disable = ["DisableEnhancedMonitoring", "DescribeStream"];
    expect(await update(project, { ...base, ...one, tags: { key2: "value2" } })).toEqual([
      ...tagged,
      "RemoveTagsFromStream",
      ...disable,
      "DecreaseStreamRetentionPeriod",
      "DescribeStream",
    ]);
    expect(await summary("settings")).toMatchObject({ RetentionPeriodHours: 24 });
    expect(await metrics("settings")).toEqual(["IncomingBytes"]);
    expect(await kinesis.tags("settings")).toEqual({ key2: "value2" });

    // The default of the retention, said aloud, is no change of the stream.
    expect(await update(project, { ...base, retentionPeriod: 24, tags: { key2: "value2" } })).toEqual([
      ...tagged,
      ...disable,
    ]);
    expect(await metrics("settings")).toEqual([]);

    kinesis.proxy.reset();
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect(kinesis.proxy.targets()).toEqual([]);
    expect((await project.refresh()).changes).toEqual({ same: 2 });
    expect(kinesis.proxy.targets()).toEqual(tagged);
    expect(await summary("settings")).toMatchObject({ StreamCreationTimestamp });
  }, 600_000);

  test("encryption KMS -> another key -> NONE -> KMS -> the same key by its ARN; record size up and down", async () => {
    const base = { name: "encrypted", shardCount: 1 };
    const kms = (kmsKeyId: string | undefined) => ({ ...base, encryptionType: "KMS", kmsKeyId });
    const project = await kinesis.project(program({ ...kms(KEYS[0]), retentionPeriod: 48, maxRecordSizeInKib: 2048 }));
    await project.up();
    expect(calls()).toEqual([
      "DescribeStreamSummary",
      "CreateStream",
      "DescribeStreamSummary",
      "ListShards",
      "IncreaseStreamRetentionPeriod",
      "DescribeStreamSummary",
      "ListShards",
      "StartStreamEncryption",
      "DescribeStreamSummary",
      "ListShards",
      "RemoveTagsFromStream",
    ]);
    expect(await summary("encrypted")).toMatchObject({
      EncryptionType: "KMS",
      KeyId: KEYS[0],
      MaxRecordSizeInKiB: 2048,
    });
    expect(await kinesis.tags("encrypted")).toEqual({});
    kinesis.proxy.reset();
    expect((await project.refresh()).changes).toEqual({ same: 2 });
    expect(kinesis.proxy.targets()).toEqual(["DescribeStreamSummary", "ListShards"]);

    const settled = { retentionPeriod: 48 };
    const look = ["DescribeStreamSummary", "ListShards"];
    const each = (...done: string[]) => [...look, ...done.flatMap((call) => [call, ...look])];
    expect(await update(project, { ...kms(KEYS[1]), ...settled, maxRecordSizeInKib: 4096 })).toEqual(
      each("UpdateMaxRecordSize", "StartStreamEncryption"),
    );
    expect(await summary("encrypted")).toMatchObject({ KeyId: KEYS[1], MaxRecordSizeInKiB: 4096 });
    expect(await update(project, { ...base, ...settled, maxRecordSizeInKib: 1024 })).toEqual(
      each("StopStreamEncryption", "UpdateMaxRecordSize"),
    );
    expect(await summary("encrypted")).toMatchObject({ EncryptionType: "NONE", MaxRecordSizeInKiB: 1024 });

    const start = ["DescribeStream", "StartStreamEncryption", "DescribeStream"];
    expect(await update(project, { ...kms(KEYS[1]), ...settled })).toEqual(start);
    expect(await summary("encrypted")).toMatchObject({ EncryptionType: "KMS", KeyId: KEYS[1] });
    const arn = `arn:aws:kms:us-east-1:000000000000:key/${KEYS[1]}`;
    expect(await update(project, { ...kms(arn), ...settled })).toEqual(["DescribeStream"]);
    expect(await update(project, { ...kms("alias/orders"), ...settled })).toEqual(start);
    expect((await project.refresh()).changes).toEqual({ same: 2 });
  }, 600_000);

  test("a refusal half-way leaves in the state what is really so, and the next up goes on", async () => {
    const base = { name: "refused", shardCount: 1 };
    const project = await kinesis.project(program(base));
    await project.up();
    const goal = {
      ...base,
      retentionPeriod: 72,
      encryptionType: "KMS",
      kmsKeyId: KEYS[0],
      shardLevelMetrics: ALL_METRICS,
    };
    const unhook = kinesis.proxy.hook(({ target }) =>
      target === "StartStreamEncryption"
        ? { fail: { status: 400, code: "KMSDisabledException", message: "the key is disabled" } }
        : undefined,
    );
    await project.writeProgram(program(goal));
    const refused = await project.up();
    unhook();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toMatch(
      /StartStreamEncryption of stream "refused" failed: KMSDisabledException.*Enable the key/,
    );
    const state = (await project.exportState()).deployment.resources?.find(({ type }) =>
      type.endsWith("kinesis:Stream"),
    );
    expect(state?.outputs).toMatchObject({ retentionPeriod: 72 });
    expect(state?.outputs?.encryptionType).not.toBe("KMS");

    kinesis.proxy.reset();
    expect((await project.up()).exitCode).toBe(0);
    expect(writes()).toEqual(["StartStreamEncryption", "EnableEnhancedMonitoring"]);
    expect((await project.up()).changes).toEqual({ same: 2 });
  }, 600_000);

  test("lost answers are looked up and not repeated", async () => {
    const base = { name: "lost-settings", shardCount: 1 };
    const project = await kinesis.project(program(base));
    await project.up();
    const unhook = kinesis.proxy.hook(({ target, nth }) =>
      /^(StartStreamEncryption|UpdateStreamMode)$/.test(target) && nth === 1 ? { cut: "after" } : undefined,
    );
    const goal = { name: "lost-settings", streamModeDetails: { streamMode: "ON_DEMAND" } };
    await update(project, { ...goal, encryptionType: "KMS", kmsKeyId: KEYS[0] });
    unhook();
    expect(writes()).toEqual(["StartStreamEncryption", "UpdateStreamMode"]);
  }, 600_000);
});

describe("modes", () => {
  test("PROVISIONED -> ON_DEMAND -> PROVISIONED with another count, and what AWS will refuse is said at preview", async () => {
    const onDemand = { name: "modes", streamModeDetails: { streamMode: "ON_DEMAND" } };
    const project = await kinesis.project(program({ name: "modes", shardCount: 1 }));
    await project.up();
    expect(await update(project, onDemand)).toEqual(["DescribeStream", "UpdateStreamMode", "DescribeStream"]);
    expect(await summary("modes")).toMatchObject({ StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    expect(await project.outputs()).toEqual({ shardCount: 1, streamStatus: "ACTIVE" });

    // AWS's own shards are no drift.
    const [shard] = await kinesis.openShards("modes");
    await kinesis.call("SplitShard", {
      StreamName: "modes",
      ShardToSplit: shard?.ShardId,
      NewStartingHashKey: String(1n << 127n),
    });
    await kinesis.untilActive("modes");
    await project.refresh();
    expect(await streamInputs(project)).not.toHaveProperty("shardCount");
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect(await project.outputs()).toEqual({ shardCount: 2, streamStatus: "ACTIVE" });

    const provisioned = { name: "modes", shardCount: 4, streamModeDetails: { streamMode: "PROVISIONED" } };
    await project.writeProgram(program(provisioned));
    const preview = await project.preview();
    expect(preview.stdout).toMatch(/modes: .*2 -> 4 shards: 2 operations/);
    await update(project, provisioned);
    expect(writes()).toEqual(["UpdateStreamMode", "SplitShard", "SplitShard"]);
    expect(await kinesis.openShards("modes")).toHaveLength(4);

    await project.writeProgram(program(onDemand));
    expect((await project.preview()).stdout).toMatch(
      /modes: AWS lets a stream's mode be switched twice in 24 hours, and this stack has done so at \S+ and \S+: it will refuse another switch before \S+Z/,
    );
  }, 600_000);

  test("an on-demand stream with its own settings", async () => {
    const args = { name: "elastic", streamModeDetails: { streamMode: "ON_DEMAND" }, warmThroughputMibPs: 50 };
    const project = await kinesis.project(program(args));
    await project.up();
    expect(writes()).toEqual(["CreateStream", "RemoveTagsFromStream"]);
    expect(await summary("elastic")).toMatchObject({ OpenShardCount: 4, WarmThroughput: { TargetMiBps: 50 } });
    expect((await project.refresh()).changes).toEqual({ same: 2 });
    await update(project, { ...args, warmThroughputMibPs: 80 });
    expect(writes()).toEqual(["UpdateStreamWarmThroughput"]);
    // Left out it is not ours any more.
    await update(project, { ...args, warmThroughputMibPs: undefined });
    expect(writes()).toEqual([]);
    expect(await summary("elastic")).toMatchObject({ WarmThroughput: { TargetMiBps: 80 } });
  }, 600_000);

  test("bad combinations fail on their properties before any call, when the stream is new and when it is there", async () => {
    const bad = async (args: object, message: RegExp) => {
      await project.writeProgram(program({ name: "combinations", ...args }));
      kinesis.proxy.reset();
      const { exitCode, stdout, output } = await project.preview();
      expect(exitCode).not.toBe(0);
      expect(stdout).toMatch(message);
      expect(output).not.toMatch(/^\s+at /m);
      expect(kinesis.proxy.targets()).toEqual([]);
    };
    const everyBad = async () => {
      await bad({}, /property shardCount .*is required unless streamModeDetails.streamMode is ON_DEMAND/);
      await bad(
        { shardCount: 1, streamModeDetails: { streamMode: "ON_DEMAND" } },
        /property shardCount .*must be left out in ON_DEMAND mode/,
      );
      await bad(
        { shardCount: 1, encryptionType: "KMS" },
        /property kmsKeyId .*is required where encryptionType is KMS/,
      );
    };
    const project = await kinesis.project(program({}));
    await everyBad();
    await project.writeProgram(program({ name: "combinations", shardCount: 1 }));
    await project.up();
    await everyBad();
  }, 600_000);
});

describe("what others change", () => {
  test("is seen at a refresh for every argument, and mended by the next up; what is not ours is left", async () => {
    const args = {
      name: "drifting",
      shardCount: 1,
      tags: { team: "a" },
      retentionPeriod: 48,
      shardLevelMetrics: ["IncomingBytes"],
      encryptionType: "KMS",
      kmsKeyId: KEYS[0],
      maxRecordSizeInKib: 2048,
    };
    const project = await kinesis.project(program(args));
    await project.up();
    const stream = { StreamName: "drifting" };
    const arn = { StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/drifting" };
    await kinesis.call("IncreaseStreamRetentionPeriod", { ...stream, RetentionPeriodHours: 96 });
    await kinesis.call("EnableEnhancedMonitoring", { ...stream, ShardLevelMetrics: ["OutgoingBytes"] });
    await kinesis.call("AddTagsToStream", { ...stream, Tags: { team: "b" } });
    await kinesis.call("UpdateMaxRecordSize", { ...arn, MaxRecordSizeInKiB: 4096 });
    await kinesis.untilActive("drifting");
    await kinesis.call("StartStreamEncryption", { ...stream, EncryptionType: "KMS", KeyId: KEYS[1] });
    await kinesis.untilActive("drifting");
    await kinesis.call("UpdateStreamMode", { ...arn, StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    await kinesis.untilActive("drifting");

    kinesis.proxy.reset();
    expect((await project.refresh()).changes).toEqual({ same: 1, update: 1 });
    expect(kinesis.proxy.targets()).toEqual(["DescribeStreamSummary", "ListShards", "ListTagsForStream"]);
    expect(await streamInputs(project)).toMatchObject({
      retentionPeriod: 96,
      shardLevelMetrics: expect.arrayContaining(["OutgoingBytes"]),
      kmsKeyId: KEYS[1],
      maxRecordSizeInKib: 4096,
      tags: { team: "b" },
      streamModeDetails: { streamMode: "ON_DEMAND" },
    });
    kinesis.proxy.reset();
    expect((await project.up()).exitCode).toBe(0);
    expect(writes()).toEqual([
      "AddTagsToStream",
      "StartStreamEncryption",
      "DisableEnhancedMonitoring",
      "UpdateStreamMode",
      "UpdateMaxRecordSize",
      "DecreaseStreamRetentionPeriod",
    ]);
    expect((await project.refresh()).changes).toEqual({ same: 2 });

    // Nothing said: the defaults are enforced, the record size is not ours.
    await update(project, { name: "drifting", shardCount: 1 });
    await kinesis.call("IncreaseStreamRetentionPeriod", { ...stream, RetentionPeriodHours: 30 });
    await kinesis.call("UpdateMaxRecordSize", { ...arn, MaxRecordSizeInKiB: 4096 });
    await kinesis.untilActive("drifting");
    await project.refresh();
    const inputs = await streamInputs(project);
    expect(inputs).toMatchObject({ retentionPeriod: 30 });
    expect(inputs).not.toHaveProperty("maxRecordSizeInKib");
    expect(inputs).not.toHaveProperty("encryptionType");
    kinesis.proxy.reset();
    await project.up();
    expect(writes()).toEqual(["DecreaseStreamRetentionPeriod"]);
    expect((await project.up({ args: ["--refresh"] })).changes).toMatchObject({ same: 2 });
  }, 600_000);
});
