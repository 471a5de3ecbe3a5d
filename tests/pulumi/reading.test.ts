/** What a program gets to know of streams without changing them. */
import { expect, test } from "@jest/globals";
import { isWrite } from "../support/counting-proxy";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ createMs: 50, deleteMs: 50, shardLimit: 20 });
const writes = () => kinesis.proxy.targets().filter(isWrite);

test("get reads a stream, a consumer and a policy of somebody else's, and never changes or deletes them", async () => {
  await kinesis.call("CreateStream", { StreamName: "theirs", ShardCount: 2, Tags: { team: "a" } });
  await kinesis.untilActive("theirs");
  await kinesis.call("IncreaseStreamRetentionPeriod", { StreamName: "theirs", RetentionPeriodHours: 48 });
  await kinesis.untilActive("theirs");
  const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/theirs";
  const { Consumer } = await kinesis.call<{ Consumer: { ConsumerARN: string } }>("RegisterStreamConsumer", {
    StreamARN,
    ConsumerName: "reader",
  });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kinesis:GetRecords", Resource: StreamARN },
    ],
  });
  await kinesis.call("PutResourcePolicy", { ResourceARN: StreamARN, Policy });
  const project = await kinesis.project(`
import { ResourcePolicy, Stream, StreamConsumer } from "pulumi-kinesis";
const { name, shardCount, retentionPeriod, encryptionType, tagsAll, region } = Stream.get(
  "theirs",
  "arn:aws:kinesis:us-east-1:000000000000:stream/theirs",
);
export const seen = { name, shardCount, retentionPeriod, encryptionType, tagsAll, region };
const reader = StreamConsumer.get("reader", "${Consumer.ConsumerARN}");
export const consumer = { name: reader.name, streamArn: reader.streamArn };
export const policy = ResourcePolicy.get("policy", "${StreamARN}").policy;
`);
  expect((await project.preview()).exitCode).toBe(0);
  expect((await project.up()).exitCode).toBe(0);
  expect(await project.outputs()).toEqual({
    seen: {
      name: "theirs",
      shardCount: 2,
      retentionPeriod: 48,
      encryptionType: "NONE",
      tagsAll: { team: "a" },
      region: "us-east-1",
    },
    consumer: { name: "reader", streamArn: StreamARN },
    policy: Policy,
  });
  expect((await project.up()).exitCode).toBe(0);
  expect((await project.destroy()).exitCode).toBe(0);
  expect(writes()).toEqual([]);
  await kinesis.untilActive("theirs");
}, 240_000);

test("a preview says that the account has no room for the shards of new streams, and says nothing where it has", async () => {
  const program = (counts: number[]) =>
    `import { Stream } from "pulumi-kinesis";\n${counts.map((n, i) => `new Stream("s${i}", { shardCount: ${n} });`).join("\n")}`;
  const project = await kinesis.project(program([4, 5]));
  expect((await project.preview()).stdout).not.toMatch(/quota/);
  await project.writeProgram(program([15, 14]));
  expect((await project.preview()).stdout).toMatch(
    /s\d-\S+: shard quota of the account: at most 29 of 20 .*AWS will refuse what is too much/,
  );
  const unhook = kinesis.proxy.hook(({ target }) =>
    target === "DescribeLimits"
      ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } }
      : undefined,
  );
  await project.writeProgram(program([4, 5]));
  const { stdout, exitCode } = await project.preview();
  unhook();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/shard quota of the account: not checked \(.*AccessDenied/);
  expect(writes()).toEqual([]);
}, 240_000);

test("Stream.get of a stream that is not there fails at preview, in one sentence", async () => {
  const project = await kinesis.project(`
import { Stream } from "pulumi-kinesis";
export const name = Stream.get("g", "arn:aws:kinesis:us-east-1:000000000000:stream/nope").name;
`);
  const preview = await project.preview();
  expect(preview.exitCode).not.toBe(0);
  expect(preview.stdout).toMatch(/There is no stream nope in us-east-1 \(through http:.*\): check the ARN/);
  expect(preview.output).not.toMatch(/^\s+at /m);
}, 120_000);
