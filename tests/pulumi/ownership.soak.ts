import { describe, expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis();
const deletes = () => kinesis.proxy.count("DeleteStream");

const program = (resources: string) => `
import { Stream, StreamTags } from "pulumi-kinesis";
${resources}
`;

describe("nothing that another resource needs is lost", () => {
  test("a stream that is adopted under a new name in the program is not deleted with its old one", async () => {
    const project = await kinesis.project(program(`new Stream("old", { name: "prod", shardCount: 1 });`));
    await project.up();
    await project.writeProgram(program(`new Stream("new", { name: "prod", shardCount: 1, adopt: true });`));
    const up = await project.up();
    expect(up.changes).toEqual({ same: 1, create: 1, delete: 1 });
    expect(up.stdout).toMatch(/prod: the stream is that of resource new of this program; it is not deleted/);
    expect(deletes()).toBe(0);
    expect((await project.refresh()).changes).toEqual({ same: 2 });
    await project.destroy();
    expect(deletes()).toBe(1);
  }, 240_000);

  test("an alias renames the resource and calls nobody", async () => {
    const project = await kinesis.project(program(`new Stream("old", { name: "prod", shardCount: 1 });`));
    await project.up();
    kinesis.proxy.reset();
    await project.writeProgram(
      program(`new Stream("new", { name: "prod", shardCount: 1 }, { aliases: [{ name: "old" }] });`),
    );
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect(kinesis.proxy.targets()).toEqual([]);
  }, 240_000);

  test("tags survive a StreamTags that is renamed, and a key that moves from a Stream to a StreamTags and back", async () => {
    const stream = (tags: string) =>
      `const orders = new Stream("orders", { name: "moving", shardCount: 1, tags: ${tags} });`;
    const extra = (name: string) => `new StreamTags("${name}", { streamArn: orders.arn, tags: { team: "x" } });`;
    const project = await kinesis.project(program(stream(`{ team: "x", env: "dev" }`)));
    await project.up();
    for (const resources of [
      stream(`{ env: "dev" }`) + extra("first"),
      stream(`{ env: "dev" }`) + extra("second"),
      stream(`{ team: "x", env: "dev" }`),
    ]) {
      await project.writeProgram(program(resources));
      expect((await project.up()).exitCode).toBe(0);
      expect(await kinesis.tags("moving")).toEqual({ team: "x", env: "dev" });
    }
    expect((await project.refresh()).changes).toEqual({ same: 2 });
  }, 300_000);

  test("an on-demand stream is refused before it is taken over, so that it is not deleted later", async () => {
    await kinesis.call("CreateStream", { StreamName: "ondemand", StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    await kinesis.untilActive("ondemand");
    const project = await kinesis.project(
      program(`new Stream("s", { name: "ondemand", shardCount: 4, adopt: true });`),
    );
    const up = await project.up();
    expect(up.exitCode).not.toBe(0);
    expect(up.stdout).toMatch(/stream ondemand is in ON_DEMAND mode.*streamModeDetails/);
    await project.destroy();
    expect(deletes()).toBe(0);
    await kinesis.untilActive("ondemand");
    await kinesis.call("DeleteStream", { StreamName: "ondemand" });
  }, 240_000);
});

test("an update that shows only tags at preview touches no shards, whatever became of them meanwhile", async () => {
  const tagged = (value: string) =>
    program(`new Stream("s", { name: "quiet", shardCount: 1, tags: { a: "${value}" } });`);
  const project = await kinesis.project(tagged("1"));
  await project.up();
  const [shard] = await kinesis.openShards("quiet");
  await kinesis.call("SplitShard", {
    StreamName: "quiet",
    ShardToSplit: shard?.ShardId,
    NewStartingHashKey: String(1n << 127n),
  });
  await kinesis.untilActive("quiet");
  await project.writeProgram(tagged("2"));
  expect((await project.up()).exitCode).toBe(0);
  expect(await kinesis.openShards("quiet")).toHaveLength(2);
  // A refresh finds it, the preview shows it, the update mends it.
  await project.refresh();
  expect((await project.preview()).stdout).toMatch(/quiet: the update will reshard 2 -> 1 shard/);
  await project.up();
  expect(await kinesis.openShards("quiet")).toHaveLength(1);
}, 240_000);

test("a stream with registered consumers is not deleted, and they are named", async () => {
  const project = await kinesis.project(program(`new Stream("s", { name: "consumed", shardCount: 1 });`));
  await project.up();
  const consumer = { StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/consumed", ConsumerName: "reporting" };
  await kinesis.call("RegisterStreamConsumer", consumer);
  const refuse = (operation: string, code: string) =>
    kinesis.proxy.hook(({ target }) => (target === operation ? { fail: { status: 400, code } } : undefined));
  // kinesis-local refuses as AWS does, and deletes the stream a moment later all the same.
  const admitDelete = refuse("DeleteStream", "ResourceInUseException");
  const refused = await project.destroy();
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toMatch(
    /stream consumed was not deleted: these consumers are registered with it: reporting\..*enforceConsumerDeletion: true/,
  );
  expect(refused.output).not.toMatch(/^\s+at /m);
  const admitList = refuse("ListStreamConsumers", "AccessDeniedException");
  const unnamed = await project.destroy();
  expect(unnamed.exitCode).not.toBe(0);
  expect(unnamed.stdout).toMatch(
    /AWS refuses it although the stream is ACTIVE, .* allow the caller ListStreamConsumers/,
  );
  expect(deletes()).toBe(2);
  admitDelete();
  admitList();
  await kinesis.call("DeregisterStreamConsumer", consumer);
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);

test("streams refreshed at the same time see the same settings", async () => {
  const streams = [1, 2, 3, 4].map((n) => `new Stream("s${n}", { name: "parallel-${n}", shardCount: 1 });`).join("\n");
  const project = await kinesis.project(program(streams), { env: { AWS_REGION: "" } });
  await project.config("kinesis:region", "us-east-1");
  await project.up();
  expect((await project.refresh()).changes).toEqual({ same: 5 });
  expect((await project.destroy()).changes).toEqual({ delete: 5 });
}, 240_000);
