import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream, StreamConsumer, StreamTags } from "../../sdk";

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() => {
  pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return {
        id: `arn:aws:kinesis:eu-west-1:${args.name}`,
        state: { ...args.inputs, openShards: [{ shardId: "shardId-0" }] },
      };
    },
    call: ({ inputs }) => inputs,
  });
});

const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("a Stream has the type token of its URN for ever, and hidden inputs for what Pulumi does not pass on", async () => {
  const stream = new Stream("orders", { shardCount: 2 }, { customTimeouts: { update: "5m" } });
  expect(await resolved(stream.urn)).toContain("pulumi-nodejs:dynamic/kinesis:Stream::orders");
  expect(registered.at(-1)?.inputs).toMatchObject({
    shardCount: 2,
    __logicalName: "orders",
    __urn: await resolved(stream.urn),
    __customTimeouts: { update: "5m" },
    __provider: expect.stringContaining('require("pulumi-kinesis/provider").stream;'),
  });
});

test("a Stream's arn is its id, so that it stays known at the preview of an update", async () => {
  const stream = new Stream("bills", { shardCount: 1 });
  expect(await resolved(stream.arn)).toBe("arn:aws:kinesis:eu-west-1:bills");
  expect(await resolved(stream.openShards)).toEqual([{ shardId: "shardId-0" }]);
});

test("a Stream has outputs for what the program leaves out, as aws.kinesis.Stream has", async () => {
  const { region, tagsAll, retentionPeriod, encryptionType, streamModeDetails, shardLevelMetrics } = new Stream(
    "plain",
    {
      shardCount: 1,
    },
  );
  const outputs = pulumi.all([region, tagsAll, retentionPeriod, encryptionType, streamModeDetails, shardLevelMetrics]);
  expect(await resolved(outputs)).toEqual(["eu-west-1", {}, 24, "NONE", { streamMode: "PROVISIONED" }, []]);
});

describe("default tags in a secret setting, which the provider puts among a resource's tags", () => {
  const said = `{"tags":{"team":"data"}}`;
  afterEach(() => pulumi.runtime.setAllConfig({}));
  const tagged = () => [
    new Stream("tagged", { shardCount: 1, tags: { a: "b" } }).tags,
    new Stream("untagged", { shardCount: 1 }).tags,
    new StreamConsumer("consumer", { streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }).tags,
  ];

  test.each(["kinesis:defaultTags", "aws:defaultTags"])("%s makes them secret", async (key) => {
    pulumi.runtime.setAllConfig({ [key]: said }, [key]);
    const values: unknown[] = [];
    for (const tags of tagged()) {
      expect(await pulumi.isSecret(tags)).toBe(true);
      values.push(await resolved(tags));
    }
    expect(values).toEqual([{ a: "b" }, {}, {}]);
    const read = Stream.get("theirs", "arn:aws:kinesis:eu-west-1:123456789012:stream/s");
    expect(await pulumi.isSecret(read.tags)).toBe(false);
  });

  test("a plain one leaves them as they are", async () => {
    pulumi.runtime.setAllConfig({ "kinesis:defaultTags": said });
    for (const tags of tagged()) expect(await pulumi.isSecret(tags)).toBe(false);
  });
});

describe("options that Pulumi would ignore for a dynamic resource are refused in a sentence", () => {
  class Aws extends pulumi.ProviderResource {
    constructor() {
      super("aws", "west");
    }
  }
  class Component extends pulumi.ComponentResource {}

  test("a provider of another package, the resource's own or its parent's", () => {
    const provider = new Aws();
    expect(() => new Stream("a", { shardCount: 1 }, { provider })).toThrow(
      /Stream a: the option provider has no effect.*argument region.*kinesis:profile/,
    );
    const parent = new Component("my:index:C", "c", {}, { providers: [provider] });
    const deeper = new Component("my:index:C", "d", {}, { parent });
    for (const by of [parent, deeper]) {
      expect(() => new Stream("b", { shardCount: 1 }, { parent: by })).toThrow(
        /its parent has a provider of @pulumi\/aws/,
      );
    }
    expect(() => new Stream("c", { shardCount: 1, region: "us-west-2" }, { parent })).not.toThrow();
    expect(() => new StreamTags("t", { streamArn: "arn", tags: {} }, { parent })).not.toThrow();
    expect(() => new Stream("d", { shardCount: 1 }, { parent: new Component("my:index:C", "e") })).not.toThrow();
  });

  test("import", () => {
    expect(() => new Stream("a", { shardCount: 1 }, { import: "arn" })).toThrow(/Stream a: .*import.*adopt: true/);
  });
});

test("StreamTags have their own type token", async () => {
  const tags = new StreamTags("billing", { streamName: "orders", tags: { a: "b" } });
  expect(await resolved(tags.urn)).toContain("pulumi-nodejs:dynamic/kinesis:StreamTags::billing");
  expect(await resolved(tags.tags)).toEqual({ a: "b" });
});

test("a StreamConsumer has its own type token, and what its ARN says besides what it was given", async () => {
  const consumer = new StreamConsumer("reporting", { streamArn: "arn:aws:kinesis:eu-west-1:1:stream/orders" });
  expect(await resolved(consumer.urn)).toContain("pulumi-nodejs:dynamic/kinesis:StreamConsumer::reporting");
  expect(await resolved(pulumi.all([consumer.arn, consumer.region, consumer.tags, consumer.tagsAll]))).toEqual([
    "arn:aws:kinesis:eu-west-1:reporting",
    "eu-west-1",
    undefined,
    {},
  ]);
  expect(registered.at(-1)?.inputs).toMatchObject({
    __logicalName: "reporting",
    __provider: expect.stringContaining('require("pulumi-kinesis/provider").streamConsumer;'),
  });
});

test("a ResourcePolicy has its own type token, and its region from its ARN", async () => {
  const policy = new ResourcePolicy("access", { resourceArn: "arn", policy: "{}" });
  expect(await resolved(policy.urn)).toContain("pulumi-nodejs:dynamic/kinesis:ResourcePolicy::access");
  expect(await resolved(pulumi.all([policy.region, policy.policy]))).toEqual(["eu-west-1", "{}"]);
  expect(registered.at(-1)?.inputs.__provider).toContain('require("pulumi-kinesis/provider").resourcePolicy;');
});

test("a program that looks nothing up loads no provider", async () => {
  const script = `
    require("pulumi-kinesis");
    const provider = Object.keys(require.cache).filter((path) => /[\\\\/]dist[\\\\/]provider[\\\\/]/.test(path));
    require("pulumi-kinesis/provider");
    console.log(provider.length, Object.keys(require.cache).some((path) => /[\\\\/]dist[\\\\/]provider[\\\\/]/.test(path)));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: join(__dirname, "..", "..") });
  expect(stdout).toBe("0 true\n");
});
