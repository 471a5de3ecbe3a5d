import { describe, expect, test } from "@jest/globals";
import type { CallOptions, InputIssue } from "../../provider/client";
import { operations } from "../../provider/client/operations";
import { checkInput } from "../../provider/client/protocol";
import { recordIssues } from "../../provider/client/records";
import * as schemas from "../../provider/client/schemas";
import { atBounds, beyondBounds, goodRecord } from "../bad-input/shapes";
import { OPERATIONS, STREAM_ARN } from "./aws-reference";

const stream = { StreamName: "s" };
const StreamARN = STREAM_ARN;
const letters = (count: number) => "a".repeat(count);

/** Both sides of each documented bound, for the property by itself: tests/bad-input has what else can be wrong. */
describe("bounds as AWS's reference states them", () => {
  test.each(Object.entries(OPERATIONS))("%s", (operation, { fields, least, instead }) => {
    const schema = operations[operation as keyof typeof operations].input() as schemas.Schema<unknown>;
    const isClean = (property: string, value: unknown) => {
      const input = { ...goodRecord(fields), ...least, ...instead?.[property], [property]: value };
      return checkInput(schema, input).issues.length === 0;
    };
    for (const [property, { shape }] of Object.entries(fields)) {
      for (const [words, value] of atBounds(shape)) {
        expect([property, words, isClean(property, value)]).toEqual([property, words, true]);
      }
      for (const [words, value] of beyondBounds(shape)) {
        expect([property, words, isClean(property, value)]).toEqual([property, words, false]);
      }
    }
  });
});

describe("10 MiB, before base64, with the partition key: of a record, and of all records of a call", () => {
  const MIB_10 = 10485760;
  const put = (input: object, { base64 = true }: CallOptions = {}): InputIssue[] =>
    recordIssues("PutRecord", input, base64);
  const putMany = (records: object[], base64 = true) =>
    recordIssues("PutRecords", { ...stream, Records: records }, base64);

  test.each<[string, (bytes: number) => string | Uint8Array]>([
    ["bytes", (bytes) => new Uint8Array(bytes)],
    ["letters", letters],
    ["characters of two bytes", (bytes) => `${"ü".repeat(Math.floor(bytes / 2))}${letters(bytes % 2)}`],
  ])("%s", (_name, make) => {
    expect(put({ Data: make(MIB_10 - 1), PartitionKey: "k" })).toEqual([]);
    expect(put({ Data: make(MIB_10), PartitionKey: "k" })).toEqual([
      { path: "Data", problem: "must be at most 10485760 bytes (10 MiB) together with PartitionKey" },
    ]);
    // Two bytes of the key count as two.
    expect(put({ Data: make(MIB_10 - 1), PartitionKey: "ü" })).toHaveLength(1);
  });

  test("base64 text counts as what it stands for, where it is given as such", () => {
    const text = Buffer.alloc(MIB_10 - 1).toString("base64");
    expect(put({ Data: text, PartitionKey: "k" }, { base64: false })).toEqual([]);
    expect(put({ Data: text, PartitionKey: "k" })).toHaveLength(1);
    const above = Buffer.alloc(MIB_10).toString("base64");
    expect(put({ Data: above, PartitionKey: "k" }, { base64: false })).toHaveLength(1);
  });

  test.each<[string, string | Uint8Array]>([
    ["bytes, base64 text in them or not", Buffer.from("AP8K")],
    ["text that isn't base64", "grüße"],
    ["its other alphabet", "AP-_"],
    ["without its padding", "AP8"],
    ["in lines", "AP8K\nAP8"],
    ["padding in the middle", "AP8=AP8K"],
  ])("with base64: false nothing but base64: not %s", (_name, Data) => {
    const problem = "must be base64 text with `base64: false`; bytes and other text go without that option";
    expect(put({ Data, PartitionKey: "k" }, { base64: false })).toEqual([{ path: "Data", problem }]);
    const good = { Data: "AA==", PartitionKey: "k" };
    expect(putMany([good, { ...good, Data }], false)).toEqual([{ path: "Records[1].Data", problem }]);
  });

  test("PutRecords", () => {
    const half = { Data: new Uint8Array(MIB_10 / 2 - 1), PartitionKey: "k" };
    expect(putMany([half, half])).toEqual([]);
    expect(putMany([half, half, { Data: "", PartitionKey: "k" }])).toEqual([
      { path: "Records", problem: "must be at most 10485760 bytes (10 MiB) together: send them in several calls" },
    ]);
    expect(putMany([half, { Data: new Uint8Array(MIB_10), PartitionKey: "k" }])).toEqual([
      { path: "Records[1].Data", problem: "must be at most 10485760 bytes (10 MiB) together with PartitionKey" },
    ]);
  });
});

describe("what may not stand beside NextToken, and what may", () => {
  const at = new Date(0);
  test.each<[string, schemas.Lazy<unknown>, object, boolean]>([
    ["ListShards StreamARN", schemas.listShardsInput, { StreamARN }, true],
    ["ListShards ShardFilter", schemas.listShardsInput, { ShardFilter: { Type: "AT_LATEST" } }, true],
    ["ListShards StreamName", schemas.listShardsInput, stream, false],
    ["ListShards ExclusiveStartShardId", schemas.listShardsInput, { ExclusiveStartShardId: "s" }, false],
    ["ListShards StreamCreationTimestamp", schemas.listShardsInput, { StreamCreationTimestamp: at }, false],
    ["ListStreamConsumers StreamARN", schemas.listStreamConsumersInput, { StreamARN }, true],
    [
      "ListStreamConsumers StreamCreationTimestamp",
      schemas.listStreamConsumersInput,
      { StreamARN, StreamCreationTimestamp: at },
      false,
    ],
  ])("%s", (_name, schema, input, allowed) => {
    expect(checkInput(schema(), { ...input, NextToken: "t" }).issues.length === 0).toBe(allowed);
  });
});
