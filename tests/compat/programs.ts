/**
 * What a program does with the package, in whatever Node.js, module system and installation runs it. Each is whole, takes
 * its settings from the environment, and prints one line of JSON.
 */

/** The client on an emulator: a stream is created, described, split and deleted. */
export const CLIENT = `
const { KinesisClient } = require("pulumi-kinesis/client");
const { planReshard } = require("pulumi-kinesis/reshard");
const { setTimeout: sleep } = require("node:timers/promises");
(async () => {
  const client = new KinesisClient();
  const StreamName = "client-" + process.pid;
  const untilActive = async () => {
    for (;;) {
      const { StreamDescriptionSummary } = await client.describeStreamSummary({ StreamName });
      if (StreamDescriptionSummary.StreamStatus === "ACTIVE") return StreamDescriptionSummary.OpenShardCount;
      await sleep(50);
    }
  };
  await client.createStream({ StreamName, ShardCount: 1 });
  const before = await untilActive();
  const { Shards } = await client.listShards({ StreamName });
  const { StartingHashKey, EndingHashKey } = Shards[0].HashKeyRange;
  const shards = [{ shardId: Shards[0].ShardId, startingHashKey: StartingHashKey, endingHashKey: EndingHashKey }];
  const { steps } = planReshard({ shards, target: 2 });
  await client.splitShard({
    StreamName,
    ShardToSplit: Shards[0].ShardId,
    NewStartingHashKey: String((BigInt(EndingHashKey) + 1n) / 2n),
  });
  const after = await untilActive();
  await client.deleteStream({ StreamName });
  await client.close();
  console.log(JSON.stringify({ before, steps: steps.length, after }));
})();
`;
export const CLIENT_SAYS = { before: 1, steps: 1, after: 2 };

/** All four resources with Pulumi's mocks, as in a person's unit test. */
const MOCKED = `
const registered = [];
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    registered.push(type.split(":").at(-1) + (/require\\("pulumi-kinesis\\/provider"\\)/.test(inputs.__provider) ? "" : "?"));
    return { id: "arn:aws:kinesis:eu-west-1:1:stream/" + name, state: inputs };
  },
  call: ({ inputs }) => inputs,
});
const orders = new Stream("orders", { shardCount: 2 });
const tags = new StreamTags("billing", { streamArn: orders.arn, tags: { a: "b" } });
const consumer = new StreamConsumer("reporting", { streamArn: orders.arn });
const policy = new ResourcePolicy("access", { resourceArn: consumer.arn, policy: "{}" });
pulumi.all([orders.arn, tags.id, consumer.arn, policy.id]).apply(([arn]) =>
  console.log(JSON.stringify({ arn, registered: registered.sort() })));
`;
export const PROGRAM_SAYS = {
  arn: "arn:aws:kinesis:eu-west-1:1:stream/orders",
  registered: ["ResourcePolicy", "Stream", "StreamConsumer", "StreamTags"],
};

export const COMMONJS = `
const pulumi = require("@pulumi/pulumi");
const { ResourcePolicy, Stream, StreamConsumer, StreamTags } = require("pulumi-kinesis");
${MOCKED}`;

export const ES_MODULE = `
import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
${MOCKED}`;

/** Every entry, by \`require\` and by \`import\`: the names that the two see; those of an ES module are found by reading the code. */
export const ENTRIES = `
(async () => {
  const seen = {};
  for (const entry of ["", "/provider", "/client", "/reshard"]) {
    const required = Object.keys(require("pulumi-kinesis" + entry)).sort();
    // Node adds the first two, and newer ones the third.
    const imported = Object.keys(await import("pulumi-kinesis" + entry)).filter((name) => !["__esModule", "default", "module.exports"].includes(name)).sort();
    seen[entry] = required.length > 0 && required.join() === imported.join();
  }
  console.log(JSON.stringify(seen));
})();
`;
export const ENTRIES_SAY = { "": true, "/provider": true, "/client": true, "/reshard": true };

/** Pulumi's dynamic provider evaluates each text that the SDK writes into the state, as it does in the engine's process. */
export const CLOSURES = `
const { createRequire } = require("node:module");
const pulumi = require("@pulumi/pulumi");
const { Stream, StreamTags, StreamConsumer, ResourcePolicy } = require("pulumi-kinesis");
const requireFromString = createRequire(require.resolve("@pulumi/pulumi"))("require-from-string");
const texts = {};
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    texts[type.split(":").at(-1)] = inputs.__provider;
    return { id: name, state: inputs };
  },
  call: ({ inputs }) => inputs,
});
const all = [
  new Stream("a", { shardCount: 1 }),
  new StreamTags("b", { streamArn: "arn", tags: {} }),
  new StreamConsumer("c", { streamArn: "arn" }),
  new ResourcePolicy("d", { resourceArn: "arn", policy: "{}" }),
];
pulumi.all(all.map(({ urn }) => urn)).apply(async () => {
  const methods = Object.entries(texts).map(([kind, text]) => [kind, Object.keys(requireFromString(text).handler()).length]);
  console.log(JSON.stringify(Object.fromEntries(methods.sort())));
});
`;
export const CLOSURES_SAY = { ResourcePolicy: 7, Stream: 7, StreamConsumer: 7, StreamTags: 7 };

/** The first Ctrl-C as the engine tells of it: a call to Pulumi's server, beside which the provider listens. */
export const INTERRUPTED = `
require("@pulumi/pulumi/cmd/dynamic-provider");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const print = console.log;
// The server prints its port when it listens; the engine's first call, which loads us, comes after that.
console.log = (port) => {
  const provider = require.resolve("pulumi-kinesis/provider");
  require(provider);
  let heard = false;
  require(join(dirname(provider), "platform.js")).interruption.signal.addEventListener("abort", () => { heard = true; });
  const ofPulumi = createRequire(require.resolve("@pulumi/pulumi"));
  const { ResourceProviderClient } = ofPulumi("@pulumi/pulumi/proto/provider_grpc_pb");
  const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb");
  const { credentials } = ofPulumi("@grpc/grpc-js");
  const engine = new ResourceProviderClient("127.0.0.1:" + port, credentials.createInsecure());
  engine.cancel(new Empty(), () => {
    print(JSON.stringify({ heard }));
    process.exit(0);
  });
};
`;
export const INTERRUPTED_SAYS = { heard: true };

/** Every entry and resource in TypeScript that 3.8 can parse, deployed by the engine and checked by every TypeScript. */
export const usingAll = (stream: string) => `
import { getStream, getStreamOutput, ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
import { KinesisClient, ResourceNotFoundException } from "pulumi-kinesis/client";
import { planReshard } from "pulumi-kinesis/reshard";
const all = [{ startingHashKey: "0", endingHashKey: "340282366920938463463374607431768211455" }];
const shardCount: number = planReshard({ shards: all, target: 2 }).result.length;
const orders = new Stream("orders", { name: "${stream}", shardCount, tags: { team: "a" } });
new StreamTags("billing", { streamArn: orders.arn, tags: { "cost-centre": "4711" } });
const reporting = new StreamConsumer("reporting", { streamArn: orders.arn });
const Statement = { Effect: "Allow", Principal: "*", Action: "kinesis:SubscribeToShard", Resource: "*" };
new ResourcePolicy("access", { resourceArn: reporting.arn, policy: JSON.stringify({ Statement }) });
export const openShards = getStreamOutput({ name: orders.name }).openShards;
export const absent = getStream({ name: "none" }).catch((error: { code: string }) => error.code);
export const missing = new KinesisClient()
  .describeStreamSummary({ StreamName: "none" })
  .catch((error: unknown) => error instanceof ResourceNotFoundException && error.code);
`;

/** The same, with the entry that Pulumi's process loads. */
export const TYPED = `
import * as provider from "pulumi-kinesis/provider";
${usingAll("compat")}
export const kinds: string[] = Object.keys(provider).sort();
export const node: string = process.version;
`;
