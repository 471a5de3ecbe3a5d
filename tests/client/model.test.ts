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
}

function ofSchema(schema: Schema<unknown>): string | Outline {
  const definition = schema._zod.def as unknown as Definition;
  if (definition.type === "optional" && definition.innerType) return ofSchema(definition.innerType);
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

test("every row says where its rate limit is documented, and what isn't safe to repeat is what issue 4 names", () => {
  const unlimited = Object.entries(operations).filter(([, { rate }]) => !rate);
  expect(unlimited.map(([name]) => name).sort()).toEqual(["GetRecords", "PutRecord", "PutRecords"]);
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
