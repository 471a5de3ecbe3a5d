/**
 * Many streams, many shards and consumers on the real engine: createMultipleConcurrentStreams, shardCount and
 * enforceConsumerDeletion of Terraform's acceptance tests for aws_kinesis_stream, and more shards than fit on a page.
 */
import { expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ createMs: 50, deleteMs: 50, splitMs: 10, mergeMs: 10, shardLimit: 5_000 });
const count = (pattern: RegExp) => kinesis.proxy.targets().filter((target) => pattern.test(target)).length;

/** The calls since the last reset; pages of one list are one: the emulator has a hundred shards on a page, AWS ten thousand. */
const calls = () => kinesis.proxy.targets().filter((target, index, all) => all[index - 1] !== target);

const program = (args: object) => `
import { Stream } from "pulumi-kinesis";
const stream = new Stream("orders", ${JSON.stringify(args)});
export const shardCount = stream.shardCount;
export const creationTimestamp = stream.creationTimestamp;
`;

test("twenty streams at once, each with its own name and tags", async () => {
  const project = await kinesis.project(`
import { Stream } from "pulumi-kinesis";
for (let i = 0; i < 20; i++) new Stream("stream-" + i, { name: "many-" + i, shardCount: 2, tags: { Name: "tf-test" } });
`);
  expect((await project.up({ deadlineMs: 300_000 })).changes).toEqual({ create: 21 });
  expect(count(/^CreateStream$/)).toBe(20);
  for (const i of [0, 7, 19]) {
    expect(await kinesis.openShards(`many-${i}`)).toHaveLength(2);
    expect(await kinesis.tags(`many-${i}`)).toEqual({ Name: "tf-test" });
  }
  kinesis.proxy.reset();
  expect((await project.refresh()).changes).toEqual({ same: 21 });
  expect(kinesis.proxy.count()).toBe(40);
  expect((await project.destroy({ deadlineMs: 300_000 })).changes).toEqual({ delete: 21 });
}, 900_000);

test("128 -> 96 shards without creating the stream anew", async () => {
  const project = await kinesis.project(program({ name: "wide", shardCount: 128 }));
  await project.up();
  const { creationTimestamp } = await project.outputs();
  await project.writeProgram(program({ name: "wide", shardCount: 96 }));
  expect((await project.up({ deadlineMs: 600_000 })).changes).toEqual({ same: 1, update: 1 });
  const summary = await kinesis.call<{ StreamDescriptionSummary: object }>("DescribeStreamSummary", {
    StreamName: "wide",
  });
  expect(summary.StreamDescriptionSummary).toMatchObject({ OpenShardCount: 96 });
  expect(await project.outputs()).toEqual({ shardCount: 96, creationTimestamp });
  kinesis.proxy.reset();
  // DescribeStream shows a hundred shards at once, closed ones included.
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect(calls()).toEqual(["DescribeStream", "ListShards"]);
}, 900_000);

test("more than a thousand shards are read with three calls", async () => {
  const resharding = { tolerance: { over: 0.1, under: 0.6 } };
  const project = await kinesis.project(
    program({ name: "paged", shardCount: 1000, tags: { a: "b" }, maxRecordSizeInKib: 2048, resharding }),
  );
  expect((await project.up({ deadlineMs: 300_000 })).exitCode).toBe(0);
  await project.writeProgram(
    program({ name: "paged", shardCount: 1002, tags: { a: "b" }, maxRecordSizeInKib: 2048, resharding }),
  );
  expect((await project.up({ deadlineMs: 300_000 })).changes).toEqual({ same: 1, update: 1 });
  expect(count(/^(Split|Merge)/)).toBe(2);
  expect(await project.outputs()).toMatchObject({ shardCount: 1002 });
  kinesis.proxy.reset();
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect(calls()).toEqual(["DescribeStreamSummary", "ListShards", "ListTagsForStream"]);
  const [firstPage] = kinesis.proxy.calls.filter(({ target }) => target === "ListShards");
  expect(firstPage?.body).toMatchObject({ ShardFilter: { Type: "AT_LATEST" }, MaxResults: 10_000 });
}, 900_000);

test("a stream is deleted with its consumers where enforceConsumerDeletion says so", async () => {
  const project = await kinesis.project(program({ name: "consumed", shardCount: 1 }));
  await project.up();
  const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/consumed";
  await kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName: "billing" });
  await project.writeProgram(program({ name: "consumed", shardCount: 1, enforceConsumerDeletion: true }));
  kinesis.proxy.reset();
  expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
  expect(kinesis.proxy.targets()).toEqual(["DescribeStream"]);
  expect((await project.destroy()).exitCode).toBe(0);
  const deletes = kinesis.proxy.calls.filter(({ target }) => target === "DeleteStream");
  expect(deletes.map(({ status, body }) => [status, body])).toEqual([
    [200, { StreamName: "consumed", StreamARN, EnforceConsumerDeletion: true }],
  ]);
}, 300_000);

test("the argument timeouts bounds an operation, as Pulumi's customTimeouts does", async () => {
  const unhook = kinesis.proxy.hook(({ target }) => (target === "SplitShard" ? { delayMs: 1_500 } : undefined));
  const project = await kinesis.project(program({ name: "hurried", shardCount: 1 }));
  await project.up();
  await project.writeProgram(program({ name: "hurried", shardCount: 4, timeouts: { update: "1s" } }));
  const stopped = await project.up();
  unhook();
  expect(stopped.exitCode).not.toBe(0);
  expect(stopped.stdout).toMatch(/the limit of 1 s .* passed while stream hurried was resharded to 4 shards/);
  await project.writeProgram(program({ name: "hurried", shardCount: 4, timeouts: { update: "5m" } }));
  expect((await project.up()).exitCode).toBe(0);
  expect(await kinesis.openShards("hurried")).toHaveLength(4);
}, 300_000);
