import { describe, expect, test } from "@jest/globals";
import type { CallOptions, InputIssue } from "../../provider/client";
import { checkInput } from "../../provider/client/protocol";
import { recordIssues } from "../../provider/client/records";
import * as schemas from "../../provider/client/schemas";

/**
 * AWS's bounds as literals, written down from its API reference (`API_<Operation>.html`, and for tags
 * `API_TagResource.html`) and not from our schemas: the value below, the last allowed ones, the value above.
 */
const REFERENCE = "https://docs.aws.amazon.com/kinesis/latest/APIReference/";

const stream = { StreamName: "s" };
const StreamARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/s";
const letters = (count: number) => "a".repeat(count);
const many = <T>(count: number, one: (index: number) => T) => Array.from({ length: count }, (_, index) => one(index));
const tagsOf = (count: number) => Object.fromEntries(many(count, (index) => [`k${index}`, "v"]));

/** operation, property, schema, input with a value, [too small, smallest, largest, too large]; undefined: no such bound. */
type Row = [string, string, schemas.Lazy<unknown>, (value: never) => object, unknown, unknown, unknown, unknown];
const numbers = (
  operation: string,
  property: string,
  schema: schemas.Lazy<unknown>,
  rest: object,
  least: number,
  most?: number,
): Row => {
  const withValue = (value: number) => ({ ...rest, [property]: value });
  return [operation, property, schema, withValue, least - 1, least, most, most === undefined ? undefined : most + 1];
};
const lengths = (
  operation: string,
  property: string,
  schema: schemas.Lazy<unknown>,
  rest: object,
  least: number,
  most: number,
  make: (count: number) => unknown = letters,
): Row => {
  const withValue = (count: number) => ({ ...rest, [property]: make(count) });
  return [operation, property, schema, withValue, least === 0 ? undefined : least - 1, least, most, most + 1];
};

const record = () => ({ Data: "", PartitionKey: "k" });
const split = { ...stream, ShardToSplit: "s", NewStartingHashKey: "1" };
const iterator = { ...stream, ShardId: "s", ShardIteratorType: "LATEST" };
const tagKey = (length: number) => ({ [letters(length)]: "v" });
const tagValue = (length: number) => ({ k: letters(length) });
const keys = (count: number) => many(count, (index) => `k${index}`);

const table: Row[] = [
  lengths("CreateStream", "StreamName", schemas.createStreamInput, {}, 1, 128),
  numbers("CreateStream", "ShardCount", schemas.createStreamInput, stream, 1),
  numbers("CreateStream", "WarmThroughputMiBps", schemas.createStreamInput, stream, 0),
  numbers("CreateStream", "MaxRecordSizeInKiB", schemas.createStreamInput, stream, 1024, 10240),
  lengths("CreateStream", "Tags", schemas.createStreamInput, stream, 0, 200, tagsOf),
  numbers("DescribeStream", "Limit", schemas.describeStreamInput, stream, 1, 10000),
  lengths("DescribeStream", "ExclusiveStartShardId", schemas.describeStreamInput, stream, 1, 128),
  numbers("ListStreams", "Limit", schemas.listStreamsInput, {}, 1, 10000),
  lengths("ListStreams", "NextToken", schemas.listStreamsInput, {}, 1, 1048576),
  lengths("ListStreams", "ExclusiveStartStreamName", schemas.listStreamsInput, {}, 1, 128),
  numbers(
    "Increase/DecreaseStreamRetentionPeriod",
    "RetentionPeriodHours",
    schemas.retentionPeriodInput,
    stream,
    24,
    8760,
  ),
  lengths("EnableEnhancedMonitoring", "ShardLevelMetrics", schemas.enhancedMonitoringInput, stream, 1, 7, (count) =>
    many(count, () => "ALL"),
  ),
  lengths(
    "StartStreamEncryption",
    "KeyId",
    schemas.streamEncryptionInput,
    { ...stream, EncryptionType: "KMS" },
    1,
    2048,
  ),
  numbers("UpdateMaxRecordSize", "MaxRecordSizeInKiB", schemas.updateMaxRecordSizeInput, { StreamARN }, 1024, 10240),
  numbers("UpdateStreamWarmThroughput", "WarmThroughputMiBps", schemas.updateStreamWarmThroughputInput, stream, 0),
  numbers(
    "UpdateShardCount",
    "TargetShardCount",
    schemas.updateShardCountInput,
    { ...stream, ScalingType: "UNIFORM_SCALING" },
    1,
  ),
  lengths("SplitShard", "ShardToSplit", schemas.splitShardInput, split, 1, 128),
  lengths("SplitShard", "NewStartingHashKey", schemas.splitShardInput, split, 1, 39, (count) => "9".repeat(count)),
  lengths("MergeShards", "AdjacentShardToMerge", schemas.mergeShardsInput, { ...stream, ShardToMerge: "s" }, 1, 128),
  numbers("ListShards", "MaxResults", schemas.listShardsInput, stream, 1, 10000),
  lengths("ListShards", "NextToken", schemas.listShardsInput, {}, 1, 1048576),
  lengths("PutRecord", "PartitionKey", schemas.putRecordInput, { ...stream, Data: "" }, 1, 256),
  lengths(
    "PutRecord",
    "SequenceNumberForOrdering",
    schemas.putRecordInput,
    { ...stream, ...record() },
    1,
    129,
    (count) => "9".repeat(count),
  ),
  lengths("PutRecords", "Records", schemas.putRecordsInput, stream, 1, 500, (count) => many(count, record)),
  lengths("GetShardIterator", "StartingSequenceNumber", schemas.getShardIteratorInput, iterator, 1, 129, (count) =>
    "9".repeat(count),
  ),
  lengths("GetRecords", "ShardIterator", schemas.getRecordsInput, {}, 1, 512),
  numbers("GetRecords", "Limit", schemas.getRecordsInput, { ShardIterator: "i" }, 1, 10000),
  lengths("AddTagsToStream", "Tags", schemas.addTagsToStreamInput, stream, 1, 200, tagsOf),
  lengths("AddTagsToStream", "Tags (a key)", schemas.addTagsToStreamInput, stream, 1, 128, tagKey),
  lengths("AddTagsToStream", "Tags (a value)", schemas.addTagsToStreamInput, stream, 0, 256, tagValue),
  lengths("RemoveTagsFromStream", "TagKeys", schemas.removeTagsFromStreamInput, stream, 1, 50, keys),
  numbers("ListTagsForStream", "Limit", schemas.listTagsForStreamInput, stream, 1, 50),
  lengths("ListTagsForStream", "ExclusiveStartTagKey", schemas.listTagsForStreamInput, stream, 1, 128),
  lengths("TagResource", "Tags", schemas.tagResourceInput, { ResourceARN: StreamARN }, 1, 200, tagsOf),
  lengths("UntagResource", "TagKeys", schemas.untagResourceInput, { ResourceARN: StreamARN }, 1, 50, keys),
  lengths("RegisterStreamConsumer", "ConsumerName", schemas.registerStreamConsumerInput, { StreamARN }, 1, 128),
  numbers("ListStreamConsumers", "MaxResults", schemas.listStreamConsumersInput, { StreamARN }, 1, 10000),
];

describe(`bounds as ${REFERENCE} states them`, () => {
  for (const [operation, property, schema, withValue, below, least, most, above] of table) {
    test(`${operation} ${property}`, () => {
      const input = (value: unknown) => {
        // "Tags (a key)" is about Tags.
        const made = withValue(value as never) as Record<string, unknown>;
        const name = property.replace(/ \(.*/, "");
        return name === property ? made : { ...made, [property]: undefined, [name]: made[property] };
      };
      const clean = (value: unknown) =>
        checkInput(schema(), JSON.parse(JSON.stringify(input(value)))).issues.length === 0;
      for (const value of [least, most]) if (value !== undefined) expect([value, clean(value)]).toEqual([value, true]);
      for (const value of [below, above])
        if (value !== undefined) expect([value, clean(value)]).toEqual([value, false]);
    });
  }
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
