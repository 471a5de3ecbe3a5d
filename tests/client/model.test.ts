import { readFileSync } from "node:fs";
import path from "node:path";
import * as sdk from "@aws-sdk/client-kinesis";
import { describe, expect, test } from "@jest/globals";
import { operations } from "../../provider/client/operations";
import type { Schema } from "../../provider/client/schemas";
import * as errors from "../../provider/errors";

/** Answers with an HTTP/2 event stream: another protocol than this client's. */
const LEFT_OUT = ["SubscribeToShard"];

// The SDK carries the service's model at run time as nested arrays. A structure: [3, namespace, name, traits, member
// names, member types, how many of them are required]. An operation: [9, namespace, name, traits, input, output].
type Model = readonly unknown[];
const exported = sdk as unknown as Record<string, unknown>;
const model = (name: string): Model => exported[`${name}$`] as Model;
const resolve = (type: unknown): unknown => (typeof type === "function" ? type() : type);

/** `{ StreamName: "required", ShardFilter: { … } }`, from the model and from our schemas, to be compared. */
type Outline = { [property: string]: string | Outline };

function ofModel(type: unknown): string | Outline {
  const resolved = resolve(type);
  if (!Array.isArray(resolved)) return "value";
  if (resolved[0] === 1) return ofModel(resolved[4]);
  if (resolved[0] !== 3) return "value";
  const [names, types, required] = [resolved[4] as string[], resolved[5] as unknown[], (resolved[6] as number) ?? 0];
  const outline: Outline = {};
  for (const [index, name] of names.entries()) {
    const inner = ofModel(types[index]);
    outline[index < required ? name : `${name}?`] = inner;
  }
  return outline;
}

interface Definition {
  type: string;
  shape?: Record<string, Schema<unknown>>;
  innerType?: Schema<unknown>;
  element?: Schema<unknown>;
  out?: Schema<unknown>;
}

function ofSchema(schema: Schema<unknown>): string | Outline {
  const definition = schema._zod.def as unknown as Definition;
  if (definition.type === "optional" && definition.innerType) return ofSchema(definition.innerType);
  // What looks at an input before its properties are looked at.
  if (definition.type === "pipe" && definition.out) return ofSchema(definition.out);
  if (definition.type === "array" && definition.element) return ofSchema(definition.element);
  if (definition.type !== "object" || !definition.shape) return "value";
  const outline: Outline = {};
  for (const [name, inner] of Object.entries(definition.shape)) {
    const optional = (inner._zod.def as unknown as Definition).type === "optional";
    outline[optional ? `${name}?` : name] = ofSchema(inner);
  }
  return outline;
}

const commands = Object.keys(exported)
  .map((name) => /^(\w+)Command$/.exec(name)?.[1])
  .filter((name): name is string => name !== undefined && name !== "$")
  .sort();

test("every operation of the newest AWS SDK has a row, and no other", () => {
  expect(Object.keys(operations).sort()).toEqual(commands.filter((name) => !LEFT_OUT.includes(name)));
});

describe("inputs and outputs have the properties that AWS's model has, and ask for the same ones", () => {
  for (const [name, row] of Object.entries(operations)) {
    test(name, () => {
      const [, , , , input, output] = model(name);
      expect(ofSchema(row.input() as Schema<unknown>)).toEqual(ofModel(input));
      if (row.output) expect(ofSchema(row.output() as Schema<unknown>)).toEqual(ofModel(output));
      else expect(resolve(output)).toBe("unit");
    });
  }
});

type Rate = readonly [number, "account" | "stream" | "shard", string];
const REFERENCE = "https://docs.aws.amazon.com/kinesis/latest/APIReference/";
const QUOTAS = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html";

/** Read from the two pages, not from operations.ts; calls a second, and records a second for the two puts. */
const DOCUMENTED: Readonly<Record<string, Rate>> = {
  AddTagsToStream: [5, "account", REFERENCE],
  CreateChannel: [5, "account", REFERENCE],
  CreateStream: [5, "account", REFERENCE],
  DecreaseStreamRetentionPeriod: [5, "account", QUOTAS],
  DeleteChannel: [5, "account", REFERENCE],
  DeleteResourcePolicy: [5, "account", QUOTAS],
  DeleteStream: [5, "account", REFERENCE],
  DeregisterStreamConsumer: [5, "stream", REFERENCE],
  DescribeAccountSettings: [5, "account", REFERENCE],
  DescribeChannel: [5, "account", REFERENCE],
  DescribeLimits: [1, "account", REFERENCE],
  DescribeStream: [10, "account", REFERENCE],
  DescribeStreamConsumer: [20, "stream", REFERENCE],
  DescribeStreamSummary: [20, "account", REFERENCE],
  DisableEnhancedMonitoring: [5, "account", QUOTAS],
  EnableEnhancedMonitoring: [5, "account", QUOTAS],
  GetRecords: [5, "shard", REFERENCE],
  GetResourcePolicy: [5, "account", QUOTAS],
  GetShardIterator: [5, "shard", REFERENCE],
  IncreaseStreamRetentionPeriod: [5, "account", QUOTAS],
  ListChannels: [5, "account", REFERENCE],
  ListShards: [1000, "stream", REFERENCE],
  ListStreamConsumers: [5, "stream", REFERENCE],
  ListStreams: [5, "account", REFERENCE],
  ListTagsForResource: [5, "account", "assumed"],
  ListTagsForStream: [5, "account", REFERENCE],
  MergeShards: [5, "account", REFERENCE],
  PutRecord: [1000, "shard", REFERENCE],
  PutRecords: [1000, "shard", REFERENCE],
  PutResourcePolicy: [5, "account", QUOTAS],
  RegisterStreamConsumer: [5, "account", REFERENCE],
  RemoveTagsFromStream: [5, "account", REFERENCE],
  SplitShard: [5, "account", REFERENCE],
  StartStreamEncryption: [5, "account", "assumed"],
  StopStreamEncryption: [5, "account", "assumed"],
  TagResource: [5, "account", "assumed"],
  UntagResource: [5, "account", "assumed"],
  UpdateAccountSettings: [5, "account", REFERENCE],
  UpdateChannel: [5, "account", REFERENCE],
  UpdateMaxRecordSize: [5, "account", "assumed"],
  UpdateShardCount: [5, "account", "assumed"],
  UpdateStreamMode: [5, "account", "assumed"],
  UpdateStreamRecordDistributionStrategy: [5, "account", "assumed"],
  UpdateStreamWarmThroughput: [5, "account", REFERENCE],
};

test("every row has the rate that AWS documents, and says where", () => {
  const rows = Object.entries(operations).map(([name, { rate }]): [string, Rate] => [
    name,
    ["calls" in rate ? rate.calls : rate.records, rate.per, rate.source],
  ]);
  expect(Object.fromEntries(rows)).toEqual(DOCUMENTED);
});

/** The AWS SDK carries the API reference as comments: `limit of five transactions per second per account per open shard`. */
function inReference(operation: string): [number, string] | undefined {
  const types = path.join(path.dirname(require.resolve("@aws-sdk/client-kinesis/package.json")), "dist-types/commands");
  const text = readFileSync(path.join(types, `${operation}Command.d.ts`), "utf8").replace(/[\s*]+/g, " ");
  if (/writes up to 1,000 records per second/.test(text) && /^Put/.test(operation)) return [1000, "shard"];
  const found = /limit of (\w+) transactions? per second(?: \(TPS\))? (?:per|for each) ([^.]+)/.exec(text);
  if (!found) return undefined;
  const [, count = "", scope = ""] = found;
  return [{ one: 1, five: 5 }[count] ?? Number(count), /\b(shard|stream|account)(<|$)/i.exec(scope)?.[1] ?? scope];
}

test("where the API reference states a rate that is the one, and where it doesn't no row cites it", () => {
  for (const [name, [calls, per, source]] of Object.entries(DOCUMENTED)) {
    expect([name, inReference(name)]).toEqual([name, source === REFERENCE ? [calls, per] : undefined]);
  }
});

test("what isn't safe to repeat is what issue 4 names", () => {
  const unsafe = Object.entries(operations).filter(([, { retryAfterAmbiguity }]) => !retryAfterAmbiguity);
  expect(unsafe.map(([name]) => name).sort()).toEqual([
    "CreateChannel",
    "CreateStream",
    "MergeShards",
    "RegisterStreamConsumer",
    "SplitShard",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "UpdateShardCount",
    "UpdateStreamMode",
  ]);
});

test("every error of the model has a class, under its own name", () => {
  const modelled = Object.values(exported)
    .filter((value): value is typeof sdk.KinesisServiceException => typeof value === "function")
    .filter((value) => value.prototype instanceof sdk.KinesisServiceException)
    .map(({ name }) => name);
  // AWS's older model knew it; the account's sign-up still answers with it.
  expect(Object.keys(errors.serviceErrors).sort()).toEqual([...modelled, "SubscriptionRequiredException"].sort());
  for (const [code, Class] of Object.entries(errors.serviceErrors)) expect(Class.name).toBe(code);
});
