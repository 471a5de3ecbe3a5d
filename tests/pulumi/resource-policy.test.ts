import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../scripts/emulator";
import { useKinesis, WRITES } from "./kinesis-project";

const kinesis = useKinesis();
const writes = () => kinesis.proxy.targets().filter((target) => WRITES.test(target));
const calls = () => kinesis.proxy.targets().filter((target) => /Policy$/.test(target));

const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/";

const found = async (ResourceARN: string): Promise<unknown> =>
  JSON.parse((await kinesis.call<{ Policy: string }>("GetResourcePolicy", { ResourceARN })).Policy);
const put = (ResourceARN: string, policy: object) =>
  kinesis.call("PutResourcePolicy", { ResourceARN, Policy: JSON.stringify(policy) });

const policy = (Action: string | string[], account = "111122223333") => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action, Resource: "*" }],
});
const program = (stream: string, text: string, more = "", resourceArn = "orders.arn") => `
import { ResourcePolicy, Stream, StreamConsumer } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "${stream}", shardCount: 1 });
const access = new ResourcePolicy("access", { resourceArn: ${resourceArn}, policy: ${text}, ${more} });
export const { policy, region, resourceArn } = access;
`;
const text = (document: object) => `JSON.stringify(${JSON.stringify(document)})`;

describe("a policy's life", () => {
  test("set, another writing of the same, changed, refreshed, removed: each with no more calls than it needs", async () => {
    const { proxy } = kinesis;
    const arn = `${STREAM_ARN}life`;
    const first = policy("kinesis:PutRecord");
    const project = await kinesis.project(program("life", text(first)));
    expect((await project.up()).changes).toEqual({ create: 3 });
    expect(calls()).toEqual(["GetResourcePolicy", "PutResourcePolicy"]);
    expect(await found(arn)).toEqual(first);
    expect(await project.outputs()).toEqual({ policy: JSON.stringify(first), region: "us-east-1", resourceArn: arn });

    proxy.reset();
    const { Version, Statement } = policy(["Kinesis:PutRecord"], "arn:aws:iam::111122223333:root");
    await project.writeProgram(program("life", text({ Statement: Statement[0], Version })));
    expect((await project.up()).changes).toEqual({ same: 3 });
    expect(proxy.targets()).toEqual([]);

    await project.writeProgram(program("life", text(policy("kinesis:PutRecords"))));
    expect((await project.preview()).stdout).toMatch(/ResourcePolicy access update \[diff: ~policy\]/);
    expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
    expect(proxy.targets()).toEqual(["PutResourcePolicy"]);
    expect(await found(arn)).toEqual(policy("kinesis:PutRecords"));

    proxy.reset();
    expect((await project.refresh()).changes).toEqual({ same: 3 });
    expect(calls()).toEqual(["GetResourcePolicy"]);

    proxy.reset();
    expect((await project.destroy()).changes).toEqual({ delete: 3 });
    expect(writes()).toEqual(["DeleteResourcePolicy", "DeleteStream"]);
  }, 240_000);

  test("on a consumer, and moved to its stream", async () => {
    const document = policy("kinesis:SubscribeToShard");
    const on = (resourceArn: string) =>
      program("consumed", text(document), "", resourceArn).replace(
        "const access",
        `const reporting = new StreamConsumer("reporting", { name: "reporting", streamArn: orders.arn });\nconst access`,
      );
    const project = await kinesis.project(on("reporting.arn"));
    expect((await project.up()).changes).toEqual({ create: 4 });
    const consumerArn = String((await project.outputs()).resourceArn);
    expect(consumerArn).toContain("stream/consumed/consumer/reporting:");
    expect(await found(consumerArn)).toEqual(document);

    await project.writeProgram(on("orders.arn"));
    expect((await project.up()).changes).toEqual({ same: 3, replace: 1 });
    expect(await found(`${STREAM_ARN}consumed`)).toEqual(document);
    await expect(found(consumerArn)).rejects.toThrow(/ResourceNotFound/);
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);
});

describe("what others do behind our back", () => {
  test("another writing is no drift, another policy is, and one that vanished is set again", async () => {
    const arn = `${STREAM_ARN}drift`;
    const project = await kinesis.project(program("drift", text(policy("kinesis:PutRecord"))));
    await project.up();
    await put(arn, policy(["Kinesis:putRecord"], "arn:aws:iam::111122223333:root"));
    expect((await project.refresh()).changes).toEqual({ same: 3 });

    await put(arn, policy("kinesis:*"));
    expect((await project.refresh()).changes).toEqual({ same: 2, update: 1 });
    expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
    expect(await found(arn)).toEqual(policy("kinesis:PutRecord"));

    await kinesis.call("DeleteResourcePolicy", { ResourceARN: arn });
    expect((await project.refresh()).changes).toMatchObject({ delete: 1 });
    expect((await project.up()).changes).toEqual({ same: 2, create: 1 });
    expect(await found(arn)).toEqual(policy("kinesis:PutRecord"));

    await kinesis.call("DeleteResourcePolicy", { ResourceARN: arn });
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);

  test("a stream that is gone takes its policy along; one that was never there is told in one sentence", async () => {
    await kinesis.call("CreateStream", { StreamName: "gone", ShardCount: 1 });
    await kinesis.untilActive("gone");
    const on = (stream: string) => program("own", text(policy("kinesis:PutRecord")), "", `"${STREAM_ARN}${stream}"`);
    const project = await kinesis.project(on("nowhere"));
    const up = await project.up();
    expect(up.exitCode).not.toBe(0);
    expect(up.stdout).toMatch(/stream\/nowhere is not there: a policy needs a stream or consumer to be on/);
    await project.writeProgram(on("gone"));
    expect((await project.up()).exitCode).toBe(0);

    const other = await startEmulator();
    try {
      const refresh = await project.run(["refresh", "--yes", "--skip-preview", "--target", "**access"], {
        env: { AWS_ENDPOINT_URL_KINESIS: other.url },
      });
      expect(refresh.exitCode).not.toBe(0);
      expect(refresh.stdout).toMatch(/the policy of \S+gone is not found through .* but was last seen through/);
      expect(refresh.output).not.toMatch(/^\s+at /m);
    } finally {
      await other.stop();
    }
    await kinesis.call("DeleteStream", { StreamName: "gone" });
    await kinesis.untilGone("gone");
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);
});

describe("a policy that somebody else has set", () => {
  test("is left as it is, unless it says the same or overwrite is set", async () => {
    await kinesis.call("CreateStream", { StreamName: "theirs", ShardCount: 1 });
    await kinesis.untilActive("theirs");
    const arn = `${STREAM_ARN}theirs`;
    await put(arn, policy("kinesis:PutRecord"));
    const on = (document: object, more = "") => program("own", text(document), more, `"${arn}"`);
    const project = await kinesis.project(on(policy("kinesis:GetRecords")));
    const refused = await project.up();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toMatch(/stream\/theirs has another resource policy already.*set overwrite: true/);
    expect(await found(arn)).toEqual(policy("kinesis:PutRecord"));

    await project.writeProgram(on(policy(["kinesis:putrecord"])));
    expect((await project.up()).exitCode).toBe(0);
    expect(await found(arn)).toEqual(policy("kinesis:PutRecord"));
    expect(kinesis.proxy.count("PutResourcePolicy")).toBe(0);
    await project.destroy();

    await put(arn, policy("kinesis:PutRecord"));
    await project.writeProgram(on(policy("kinesis:GetRecords"), "overwrite: true"));
    expect((await project.up()).exitCode).toBe(0);
    expect(await found(arn)).toEqual(policy("kinesis:GetRecords"));
  }, 300_000);

  test("or that another resource of the program takes over survives the old one's end", async () => {
    const project = await kinesis.project(program("renamed", text(policy("kinesis:PutRecord"))));
    await project.up();
    await project.writeProgram(program("renamed", text(policy("kinesis:PutRecord"))).replace('"access"', '"access2"'));
    const up = await project.up();
    expect(up.changes).toEqual({ same: 2, create: 1, delete: 1 });
    expect(up.stdout).toMatch(/stream\/renamed: the policy belongs to access2 of this program now; it is not deleted/);
    expect(await found(`${STREAM_ARN}renamed`)).toEqual(policy("kinesis:PutRecord"));
    expect((await project.destroy()).exitCode).toBe(0);
    await kinesis.untilGone("renamed");
  }, 240_000);
});

test("what is wrong with a policy is told at preview, before any call", async () => {
  const project = await kinesis.project(program("bad", `"{"`));
  const { exitCode, stdout, output } = await project.preview();
  expect(exitCode).not.toBe(0);
  expect(stdout).toMatch(/property policy value .* has a problem: must be JSON/);
  expect(output).not.toMatch(/^\s+at /m);
  // Whether the name of the stream is free, and the account's shard quota; of the policy nothing.
  expect(kinesis.proxy.targets()).toEqual(["DescribeStreamSummary", "DescribeLimits"]);
}, 120_000);
