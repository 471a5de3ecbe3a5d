import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Stream, StreamTags } from "../../sdk";

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() => {
  pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `arn:of:${args.name}`, state: { ...args.inputs, openShards: [{ shardId: "shardId-0" }] } };
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
    __customTimeouts: { update: "5m" },
    __provider: expect.stringContaining('require("pulumi-kinesis/provider").stream;'),
  });
});

test("a Stream's arn is its id, so that it stays known at the preview of an update", async () => {
  const stream = new Stream("bills", { shardCount: 1 });
  expect(await resolved(stream.arn)).toBe("arn:of:bills");
  expect(await resolved(stream.openShards)).toEqual([{ shardId: "shardId-0" }]);
});

test("StreamTags have their own type token", async () => {
  const tags = new StreamTags("billing", { streamName: "orders", tags: { a: "b" } });
  expect(await resolved(tags.urn)).toContain("pulumi-nodejs:dynamic/kinesis:StreamTags::billing");
  expect(await resolved(tags.tags)).toEqual({ a: "b" });
});
