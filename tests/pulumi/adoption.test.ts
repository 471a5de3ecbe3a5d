import { expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ createMs: 50, deleteMs: 50, startEncryptionMs: 50, stopEncryptionMs: 50 });
const writes = () => kinesis.proxy.targets().filter((target) => !/^(Describe|List)/.test(target));
const program = (args: object) => `
import { Stream } from "pulumi-kinesis";
new Stream("orders", ${JSON.stringify({ name: "orders", ...args })});
`;
const StreamName = "orders";

/** A production stream of somebody else's. */
async function theirs(): Promise<void> {
  await kinesis.call("CreateStream", { StreamName, ShardCount: 2, Tags: { team: "a", owner: "them" } });
  await kinesis.untilActive(StreamName);
  await kinesis.call("IncreaseStreamRetentionPeriod", { StreamName, RetentionPeriodHours: 168 });
  await kinesis.call("EnableEnhancedMonitoring", { StreamName, ShardLevelMetrics: ["IncomingBytes"] });
  await kinesis.untilActive(StreamName);
  const KeyId = "11111111-1111-1111-1111-111111111111";
  await kinesis.call("StartStreamEncryption", { StreamName, EncryptionType: "KMS", KeyId });
  await kinesis.untilActive(StreamName);
}

const settings = async () => {
  const answer = await kinesis.call<{ StreamDescriptionSummary: object }>("DescribeStreamSummary", { StreamName });
  return answer.StreamDescriptionSummary;
};
const found = {
  RetentionPeriodHours: 168,
  EncryptionType: "KMS",
  EnhancedMonitoring: [{ ShardLevelMetrics: ["IncomingBytes"] }],
};

test("an adoption leaves alone what the program leaves out, also when adopt is taken out again, until the program says it", async () => {
  await theirs();
  const project = await kinesis.project(program({ shardCount: 2, adopt: true }));
  const preview = await project.preview();
  expect(preview.stdout).toMatch(/orders: will adopt the stream that exists as arn:aws:kinesis:\S+stream\/orders/);
  expect(preview.stdout).toMatch(/shards: its 2 are left as they are/);
  expect(preview.stdout).toMatch(/what the program leaves out is left as it is/);
  expect(preview.stdout).not.toMatch(/retentionPeriod|encryptionType/);
  expect((await project.up()).exitCode).toBe(0);
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect((await project.up()).changes).toEqual({ same: 2 });

  await project.writeProgram(program({ shardCount: 2 }));
  expect((await project.up()).exitCode).toBe(0);
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect(writes()).toEqual([]);
  expect(await settings()).toMatchObject(found);

  await project.writeProgram(program({ shardCount: 2, retentionPeriod: 24 }));
  expect((await project.up()).exitCode).toBe(0);
  expect(writes()).toEqual(["DecreaseStreamRetentionPeriod"]);
  expect(await settings()).toMatchObject({ ...found, RetentionPeriodHours: 24 });
  await project.destroy();
  await kinesis.untilGone(StreamName);
}, 240_000);

test("the preview of an adoption shows every change that it makes", async () => {
  await theirs();
  const args = { shardCount: 3, adopt: true, retentionPeriod: 48, shardLevelMetrics: [], encryptionType: "NONE" };
  const project = await kinesis.project(program({ ...args, tags: { team: "b", cost: "1" } }));
  const { stdout } = await project.preview();
  expect(stdout).toMatch(/retentionPeriod: 168 -> 48, which drops records that are older, for good/);
  expect(stdout).toMatch(/shardLevelMetrics: \["IncomingBytes"\] -> \[\]/);
  expect(stdout).toMatch(/encryptionType: "KMS" -> "NONE"/);
  expect(stdout).toMatch(/tags\["team"\]: "a" -> "b"/);
  expect(stdout).toMatch(/tags\["cost"\]: not set -> "1"/);
  expect(stdout).toMatch(/shards: 2 -> 3/);
  expect(stdout).toMatch(/reshard 2 -> 3 shards: 3 operations/);
  expect(writes()).toEqual([]);
  expect((await project.up()).exitCode).toBe(0);
  expect([...new Set(writes())].sort()).toEqual([
    "AddTagsToStream",
    "DecreaseStreamRetentionPeriod",
    "DisableEnhancedMonitoring",
    "MergeShards",
    "SplitShard",
    "StopStreamEncryption",
  ]);
  expect(await kinesis.tags(StreamName)).toEqual({ team: "b", owner: "them", cost: "1" });
  await project.destroy();
  await kinesis.untilGone(StreamName);
}, 240_000);
