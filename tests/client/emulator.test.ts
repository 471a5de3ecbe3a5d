import * as sdk from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { KinesisClient } from "../../provider/client";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { eventually } from "../support/eventually";

/** The client and the AWS SDK side by side on the embedded emulator: what one does the other must see alike. */
jest.setTimeout(60_000);

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
let emulator: Emulator;
let ours: KinesisClient;
let theirs: sdk.KinesisClient;

beforeAll(async () => {
  emulator = await startEmulator();
  ours = new KinesisClient({ region: "us-east-1", endpoint: emulator.url, credentials });
  const requestHandler = new NodeHttpHandler();
  theirs = new sdk.KinesisClient({ region: "us-east-1", endpoint: emulator.url, credentials, requestHandler });
});
afterAll(async () => {
  await ours?.close();
  theirs?.destroy();
  await emulator?.stop();
});

const without = ({ $metadata: _, ...output }: { $metadata: object } & object) => output;
const StreamName = "orders";
const active = () =>
  eventually("the stream is ACTIVE", async () => {
    const { StreamDescriptionSummary } = await ours.describeStreamSummary({ StreamName });
    return StreamDescriptionSummary.StreamStatus === "ACTIVE" ? StreamDescriptionSummary : undefined;
  });

describe("on the emulator", () => {
  test("a stream's whole life, and the SDK sees the same", async () => {
    await ours.createStream({ StreamName, ShardCount: 2, Tags: { team: "a" } });
    const { StreamARN } = await active();

    const described = await ours.describeStream({ StreamARN });
    expect(described).toEqual(without(await theirs.send(new sdk.DescribeStreamCommand({ StreamName }))));
    expect(await ours.listStreams()).toEqual(without(await theirs.send(new sdk.ListStreamsCommand({}))));

    await ours.addTagsToStream({ StreamARN, Tags: { owner: "b", empty: "" } });
    await ours.removeTagsFromStream({ StreamARN, TagKeys: ["team", "never-there"] });
    const tags = [];
    for await (const tag of ours.tags({ StreamARN, Limit: 1 })) tags.push(tag);
    expect(tags).toEqual([
      { Key: "empty", Value: "" },
      { Key: "owner", Value: "b" },
    ]);

    const [first] = described.StreamDescription.Shards;
    await ours.splitShard({ StreamARN, ShardToSplit: first?.ShardId ?? "", NewStartingHashKey: "1000" });
    await active();
    const open = [];
    for await (const shard of ours.shards({ StreamARN, ShardFilter: { Type: "AT_LATEST" }, MaxResults: 1 }))
      open.push(shard);
    expect(open).toHaveLength(3);
    const [a, b] = open.filter(({ ParentShardId }) => ParentShardId !== undefined);
    await ours.mergeShards({ StreamARN, ShardToMerge: a?.ShardId ?? "", AdjacentShardToMerge: b?.ShardId ?? "" });
    await active();

    await ours.increaseStreamRetentionPeriod({ StreamARN, RetentionPeriodHours: 48 });
    await active();
    await ours.enableEnhancedMonitoring({ StreamARN, ShardLevelMetrics: ["IncomingBytes"] });
    expect(await ours.describeLimits()).toMatchObject({ ShardLimit: expect.any(Number) });
    expect(await ours.describeStreamSummary({ StreamARN })).toEqual(
      without(await theirs.send(new sdk.DescribeStreamSummaryCommand({ StreamName }))),
    );
  });

  test("records go in and come out as they were, whoever reads them", async () => {
    await active();
    const Records = [new Uint8Array([0, 255, 128]), "grüße"].map((Data) => ({
      Data,
      PartitionKey: "k",
      ExplicitHashKey: "0",
    }));
    const { FailedRecordCount, Records: results } = await ours.putRecords(
      { StreamName, Records },
      { retryFailedRecords: true },
    );
    expect(FailedRecordCount).toBe(0);
    const { ShardIterator = "" } = await ours.getShardIterator({
      StreamName,
      ShardId: results[0]?.ShardId ?? "",
      ShardIteratorType: "TRIM_HORIZON",
    });
    const read = await ours.getRecords({ ShardIterator });
    expect(read.Records.map(({ Data }) => Buffer.from(Data))).toEqual([
      Buffer.from([0, 255, 128]),
      Buffer.from("grüße"),
    ]);
    const sdkRead = await theirs.send(new sdk.GetRecordsCommand({ ShardIterator }));
    expect(read.Records.map(({ Data, ...rest }) => ({ ...rest, Data: Buffer.from(Data) }))).toEqual(
      sdkRead.Records?.map(({ Data, ...rest }) => ({ ...rest, Data: Buffer.from(Data ?? []) })),
    );
  });

  test("consumers and policies", async () => {
    const { StreamARN } = await active();
    const { Consumer } = await ours.registerStreamConsumer({ StreamARN, ConsumerName: "reader" });
    expect(Consumer.ConsumerCreationTimestamp).toBeInstanceOf(Date);
    const names = [];
    for await (const { ConsumerName } of ours.consumers({ StreamARN })) names.push(ConsumerName);
    expect(names).toEqual(["reader"]);
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await ours.putResourcePolicy({ ResourceARN: StreamARN, Policy });
    expect(await ours.getResourcePolicy({ ResourceARN: StreamARN })).toEqual({ Policy });
    await ours.deleteResourcePolicy({ ResourceARN: StreamARN });
  });

  test("deleted is gone", async () => {
    const { StreamARN } = await active();
    await ours.deleteStream({ StreamARN, EnforceConsumerDeletion: true });
    await eventually("the stream is gone", async () => {
      const error = await ours.describeStreamSummary({ StreamName }).then(
        () => undefined,
        (reason) => reason,
      );
      return error?.code === "ResourceNotFoundException" ? error : undefined;
    });
  });
});
