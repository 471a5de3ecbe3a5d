import { describe, expect, test } from "@jest/globals";
import { emulatorEnv } from "../support/emulator-env";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ registerConsumerMs: 50 });
const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/";

const createStream = async (StreamName: string, input: object = { ShardCount: 1 }) => {
  await kinesis.call("CreateStream", { StreamName, ...input });
  await kinesis.untilActive(StreamName);
};
const program = (body: string) => `
import { getStream, getStreamConsumer, getStreamConsumerOutput, getStreamOutput, getStreams, getStreamsOutput, Stream, StreamConsumer } from "pulumi-kinesis";
${body}
`;

test("a stream and a consumer that others own, as promises and as Outputs, with the settings of the stack", async () => {
  await createStream("theirs", { ShardCount: 2, Tags: { team: "a" } });
  const [lower, upper] = await kinesis.openShards("theirs");
  await kinesis.call("MergeShards", {
    StreamName: "theirs",
    ShardToMerge: lower?.ShardId,
    AdjacentShardToMerge: upper?.ShardId,
  });
  await kinesis.untilActive("theirs");
  await kinesis.call("RegisterStreamConsumer", { StreamARN: `${STREAM_ARN}theirs`, ConsumerName: "reporting" });
  const { AWS_REGION: _, AWS_ENDPOINT_URL_KINESIS: __, ...keys } = emulatorEnv("");
  const project = await kinesis.project(
    program(`
const args = { name: "theirs", streamArn: "${STREAM_ARN}theirs" };
export const stream = getStream({ name: args.name });
export const streamOutput = getStreamOutput({ name: stream.then(({ name }) => name) });
export const byName = getStreamConsumer({ streamArn: args.streamArn, name: "reporting" });
export const byArn = getStreamConsumerOutput({ streamArn: args.streamArn, arn: byName.then(({ arn }) => arn) });
export const only = getStreamConsumer({ streamArn: args.streamArn });
export const all = getStreams();
export const allOutput = getStreamsOutput({ region: "us-east-1" });
`),
    { env: { ...keys, AWS_REGION: "", AWS_ENDPOINT_URL_KINESIS: "" } },
  );
  await project.config("aws:region", "us-east-1");
  await project.config("kinesis:endpoint", kinesis.proxy.url);
  expect((await project.up()).exitCode).toBe(0);
  const { stream, streamOutput, byName, byArn, only, all, allOutput } = await project.outputs();
  expect(stream).toEqual({
    id: `${STREAM_ARN}theirs`,
    arn: `${STREAM_ARN}theirs`,
    name: "theirs",
    region: "us-east-1",
    status: "ACTIVE",
    creationTimestamp: expect.any(Number),
    retentionPeriod: 24,
    shardLevelMetrics: [],
    streamModeDetails: [{ streamMode: "PROVISIONED" }],
    encryptionType: "NONE",
    kmsKeyId: "",
    maxRecordSizeInKib: 1024,
    warmThroughputs: [],
    openShards: ["shardId-000000000002"],
    closedShards: ["shardId-000000000000", "shardId-000000000001"],
    tags: { team: "a" },
  });
  expect(Number((stream as { creationTimestamp: number }).creationTimestamp)).toBeGreaterThan(1_700_000_000);
  expect(Number((stream as { creationTimestamp: number }).creationTimestamp)).toBeLessThan(20_000_000_000);
  expect(streamOutput).toEqual(stream);
  expect(byName).toEqual({
    id: expect.stringMatching(/stream\/theirs\/consumer\/reporting:\d+$/),
    arn: (byName as { id: string }).id,
    name: "reporting",
    streamArn: `${STREAM_ARN}theirs`,
    region: "us-east-1",
    status: "ACTIVE",
    creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    tags: {},
  });
  expect([byArn, only]).toEqual([byName, byName]);
  expect(all).toEqual({ id: "us-east-1", region: "us-east-1", names: expect.arrayContaining(["theirs"]) });
  expect(allOutput).toEqual(all);
}, 240_000);

test("an Output of a resource of the same program: unknown until that exists, then looked up", async () => {
  const project = await kinesis.project(
    program(`
const orders = new Stream("orders", { name: "ours", shardCount: 2 });
const reporting = new StreamConsumer("reporting", { name: "ours", streamArn: orders.arn });
export const openShards = getStreamOutput({ name: orders.name }).openShards;
export const status = getStreamConsumerOutput({ streamArn: orders.arn, name: reporting.name }).status;
`),
  );
  const preview = await project.preview();
  expect(preview.exitCode).toBe(0);
  // The account's quota, for the new stream's shards; nothing about the stream that is not there yet.
  expect(kinesis.proxy.targets()).toEqual(["DescribeStreamSummary", "DescribeLimits"]);
  expect((await project.up()).exitCode).toBe(0);
  expect(await project.outputs()).toEqual({
    openShards: ["shardId-000000000000", "shardId-000000000001"],
    status: "ACTIVE",
  });
}, 240_000);

test("lists come over as many pages as there are", async () => {
  const names = [...Array(13).keys()].map((n) => `page-${String(n).padStart(2, "0")}`);
  await kinesis.call("CreateStream", { StreamName: "wide", ShardCount: 7 });
  for (const name of names) await createStream(name);
  await kinesis.untilActive("wide");
  const project = await kinesis.project(program(`export const names = getStreams().then(({ names }) => names);`));
  await project.up();
  expect(await project.outputs()).toEqual({ names: expect.arrayContaining(names) });
}, 240_000);

describe("what can't be looked up is told in one sentence, without a stack trace", () => {
  test.each([
    [
      "a stream",
      `getStream({ name: "none" })`,
      /There is no stream none in us-east-1 \(through http:\S+\): check its name/,
    ],
    [
      "a consumer",
      `getStreamConsumer({ streamArn: "${STREAM_ARN}none", name: "c" })`,
      /There is no consumer c of arn:\S+none in us-east-1/,
    ],
    [
      "the only consumer",
      `getStreamConsumer({ streamArn: "${STREAM_ARN}none" })`,
      /There is no consumer of arn:\S+none/,
    ],
    ["a bad name", `getStream({ name: "my orders" })`, /getStream: name may contain only a-z/],
    [
      "another region",
      `getStreamConsumer({ streamArn: "${STREAM_ARN}none", region: "eu-west-1" })`,
      /getStreamConsumer: region is not the region of streamArn, us-east-1/,
    ],
  ])(
    "%s",
    async (_, call, message) => {
      const project = await kinesis.project(program(`export const result = ${call};`));
      const { exitCode, stdout, output } = await project.preview();
      expect(exitCode).not.toBe(0);
      expect(stdout).toMatch(message);
      expect(output).not.toMatch(/^\s+at /m);
    },
    120_000,
  );

  test("a program can tell what is missing by its code", async () => {
    const project = await kinesis.project(
      program(`export const code = getStream({ name: "none" }).catch((error: { code: string }) => error.code);`),
    );
    await project.up();
    expect(await project.outputs()).toEqual({ code: "ERR_KINESIS_NOT_FOUND" });
  }, 120_000);
});
