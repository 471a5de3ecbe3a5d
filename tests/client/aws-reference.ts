/**
 * The input of every operation as AWS's API reference has it, written down from there (`API_<Operation>.html`, for tags
 * `API_TagResource.html`) and not from our schemas: the bounds are literals.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/
 */
import type { Fields, Shape } from "../bad-input/shapes";
import {
  bytes,
  choice,
  flag,
  HALVES,
  list,
  map,
  moment,
  needed,
  optional,
  patterned,
  record,
  text,
  whole,
} from "../bad-input/shapes";

export interface Described {
  readonly fields: Fields;
  /** What makes the least good input, beside the required properties: one of several that name the stream, and so on. */
  readonly least?: Readonly<Record<string, unknown>>;
  /** Inputs that break a rule between properties, with what the message must name. */
  readonly broken?: readonly [input: Record<string, unknown>, names: RegExp][];
  /** Properties that can't stand beside those of `least`. */
  readonly instead?: Readonly<Record<string, Record<string, unknown>>>;
}

/** Integer in AWS's reference: 32 bits. */
const MOST_INTEGER = 2147483647;

const NAME = /^[a-zA-Z0-9_.-]+$/;
const NO_NAMES = [
  " ",
  "a b",
  "a\n",
  "\u0000",
  "a/b",
  "é",
  "名",
  "💥",
  "a\u202e",
  "a:b",
  "a*",
  "a%20",
  "'",
  '"',
  "\\",
  "a,b",
  "{}",
  ...HALVES,
];
const name = patterned(1, 128, NAME, NO_NAMES);

const ARN = "arn:aws:kinesis:eu-west-1:123456789012";
export const STREAM_ARN = `${ARN}:stream/s`;
const CONSUMER_ARN = `${STREAM_ARN}/consumer/c:1`;
/** An ARN of any length from its own on: the rest is the stream's name. */
const padded = (arn: string) => (length: number) => arn.padEnd(length, "s");
const NO_ARNS = [
  " ",
  "s",
  "arn",
  "arn:aws:kinesis",
  "arn:aws:s3:::bucket",
  `arn:aws:kinesis:eu-west-1:12345678901:stream/s`,
  `arn:aws:kinesis:eu-west-1:stream/s`,
  `${ARN}:stream/`,
  `${ARN}:stream/ s`,
  `${ARN}:`,
  ` ${STREAM_ARN}`,
  "ARN:AWS:KINESIS:EU-WEST-1:123456789012:STREAM/S",
  // Patterns with many .* in them take long with what nearly fits.
  `arn:aws${":kinesis:111111111111:stream/".repeat(69)}\n`,
];
const streamArn = patterned(
  STREAM_ARN.length,
  2048,
  /^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/,
  [...NO_ARNS, ""],
  padded(STREAM_ARN),
);
const resourceArn = streamArn;
const consumerArn = patterned(
  CONSUMER_ARN.length,
  2048,
  /^arn:aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+$/,
  [...NO_ARNS, "", STREAM_ARN, `${STREAM_ARN}/consumer/c`, `${STREAM_ARN}/consumer/:1`, `${CONSUMER_ARN}x`],
  (length) => CONSUMER_ARN.padEnd(length, "1"),
);
const channelArn = patterned(
  16,
  2048,
  /^arn:aws.*:kinesis:.*/,
  ["", "c", "arn:aws:s3:::b", "arn:aw:kinesis:c", "kinesis"],
  padded("arn:aws:kinesis:"),
);
const streamId = patterned(
  24,
  24,
  /^[a-z0-9]{20}-[a-z0-9]{3}$/,
  ["", "s", `${"A".repeat(20)}-abc`, "a".repeat(24), `${"a".repeat(20)}-ab`, `${"a".repeat(19)}é-abc`],
  (length) => `${"a".repeat(length - 4)}-abc`,
);
const digits = (most: number) =>
  patterned(
    1,
    most,
    /^(0|[1-9][0-9]*)$/,
    [
      "",
      " ",
      "-1",
      "+1",
      "1.5",
      "1e3",
      "0x10",
      "00",
      "01",
      "1 ",
      " 1",
      "1\n",
      "1_000",
      "1,000",
      "NaN",
      "a",
      "٣",
      "１",
      "1n",
    ],
    (length) => "9".repeat(length),
  );
const hashKey = digits(39);
const sequenceNumber = digits(129);
const tags = (least: number) => map(least, 200, text(1, 128), text(0, 256));
const tagKeys = list(text(1, 128), 1, 50, (index) => `k${index}`);
const page = whole(1, 10000);
const token = text(1, 1048576);
const retention = whole(24, 8760);
const recordSize = whole(1024, 10240);
const keyId = text(1, 2048);
const mode = record({ StreamMode: needed(choice("PROVISIONED", "ON_DEMAND")) });
const strategy = choice("AUTO", "USER_PARTITION_KEY");
/** What may be switched on one by one; in a request "ALL" stands for all of them. */
export const METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "OutgoingBytes",
  "OutgoingRecords",
  "WriteProvisionedThroughputExceeded",
  "ReadProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
];
const metrics = list(choice(...METRICS, "ALL"), 1, 7, () => "ALL");
/** No bound in the reference. */
const anyText = patterned(0, Number.POSITIVE_INFINITY, /^/, []);
const filled = patterned(1, Number.POSITIVE_INFINITY, /./s, [""]);

const STREAM: Fields = { StreamName: optional(name), StreamARN: optional(streamArn), StreamId: optional(streamId) };
const ofStream = (fields: Fields = {}): Described => ({
  fields: { ...STREAM, ...fields },
  least: { StreamName: "s" },
  broken: [[{ StreamName: undefined }, /needs one of StreamName, StreamARN, StreamId/]],
});
const ofResource = (fields: Fields = {}): Described => ({
  fields: { ResourceARN: needed(resourceArn), StreamId: optional(streamId), ...fields },
});

const retentionInput = ofStream({ RetentionPeriodHours: needed(retention) });
const monitoringInput = ofStream({ ShardLevelMetrics: needed(metrics) });
const encryptionInput = ofStream({ EncryptionType: needed(choice("NONE", "KMS")), KeyId: needed(keyId) });
const consumerInput: Described = {
  fields: {
    StreamARN: optional(streamArn),
    ConsumerName: optional(name),
    ConsumerARN: optional(consumerArn),
    StreamId: optional(streamId),
  },
  least: { ConsumerARN: CONSUMER_ARN },
  broken: [
    [{ ConsumerARN: undefined }, /needs ConsumerARN, or StreamARN and ConsumerName/],
    [{ ConsumerARN: undefined, ConsumerName: "c" }, /needs ConsumerARN, or StreamARN and ConsumerName/],
    [{ ConsumerARN: undefined, StreamARN: STREAM_ARN }, /needs ConsumerARN, or StreamARN and ConsumerName/],
  ],
};
const recordFields: Fields = {
  Data: needed(bytes),
  PartitionKey: optional(text(1, 256)),
  ExplicitHashKey: optional(hashKey),
};

const deadLetters = record({
  BucketARN: needed(anyText),
  ExpectedBucketOwner: needed(anyText),
  ErrorOutputPrefix: optional(anyText),
});
const logging = record({
  CloudWatchLogs: needed(
    record({ Enabled: needed(flag), LogGroupName: optional(anyText), LogStreamName: optional(anyText) }),
  ),
});
const seconds = whole(0, MOST_INTEGER);
const unbounded = (of: Shape) => list(of, 0, Number.POSITIVE_INFINITY);
const freshness = record({ DataFreshnessInSeconds: needed(seconds) });
const s3 = record({
  DataFreshnessInSeconds: optional(seconds),
  DeadLetterQueueS3Configuration: optional(deadLetters),
  StorageConfiguration: needed(
    record({
      BucketARN: needed(anyText),
      ExpectedBucketOwner: needed(anyText),
      CompressionType: needed(anyText),
      OutputKeyTemplate: optional(anyText),
      StorageClass: optional(anyText),
    }),
  ),
});
const s3Tables = record({
  DataFreshnessInSeconds: optional(seconds),
  DeadLetterQueueS3Configuration: needed(deadLetters),
  S3TablesConfigurationList: needed(
    unbounded(
      record({
        TableBucketARN: needed(anyText),
        Namespace: needed(anyText),
        TableName: needed(anyText),
        CompressionType: needed(anyText),
        PartitionSpec: optional(
          record({
            PartitionFields: needed(unbounded(record({ Transform: needed(anyText), SourceName: needed(anyText) }))),
          }),
        ),
      }),
    ),
  ),
});
const GOOD_S3 = {
  StorageConfiguration: { BucketARN: "b", ExpectedBucketOwner: "o", CompressionType: "c" },
};

export const OPERATIONS: Readonly<Record<string, Described>> = {
  AddTagsToStream: ofStream({ Tags: needed(tags(1)) }),
  CreateChannel: {
    fields: {
      ChannelName: needed(filled),
      ServiceExecutionRoleARN: needed(filled),
      StreamConfigurationList: needed(
        unbounded(
          record({
            StreamARN: needed(streamArn),
            RecordConfiguration: needed(record({ RecordFormatType: needed(anyText), GSRSchemaARN: optional(anyText) })),
          }),
        ),
      ),
      S3DestinationConfiguration: optional(s3),
      S3TablesDestinationConfiguration: optional(s3Tables),
      EncryptionConfiguration: optional(record({ EncryptionType: needed(choice("KMS")), KeyId: needed(keyId) })),
      Tags: optional(tags(0)),
      LoggingConfiguration: optional(logging),
    },
    least: { S3DestinationConfiguration: GOOD_S3 },
    broken: [[{ S3DestinationConfiguration: undefined }, /needs one of S3DestinationConfiguration, S3TablesDest/]],
  },
  CreateStream: {
    fields: {
      StreamName: needed(name),
      ShardCount: optional(whole(1, MOST_INTEGER)),
      StreamModeDetails: optional(mode),
      Tags: optional(tags(0)),
      WarmThroughputMiBps: optional(whole(0, MOST_INTEGER)),
      MaxRecordSizeInKiB: optional(recordSize),
      RecordDistributionStrategy: optional(strategy),
    },
  },
  DecreaseStreamRetentionPeriod: retentionInput,
  DeleteChannel: { fields: { ChannelARN: needed(channelArn) } },
  DeleteResourcePolicy: ofResource(),
  DeleteStream: ofStream({ EnforceConsumerDeletion: optional(flag) }),
  DeregisterStreamConsumer: consumerInput,
  DescribeAccountSettings: { fields: {} },
  DescribeChannel: { fields: { ChannelARN: needed(channelArn) } },
  DescribeLimits: { fields: {} },
  DescribeStream: ofStream({ Limit: optional(page), ExclusiveStartShardId: optional(name) }),
  DescribeStreamConsumer: consumerInput,
  DescribeStreamSummary: ofStream(),
  DisableEnhancedMonitoring: monitoringInput,
  EnableEnhancedMonitoring: monitoringInput,
  GetRecords: {
    fields: {
      StreamARN: optional(streamArn),
      StreamId: optional(streamId),
      ShardIterator: needed(text(1, 512)),
      Limit: optional(page),
      DryRun: optional(flag),
    },
  },
  GetResourcePolicy: ofResource(),
  GetShardIterator: ofStream({
    ShardId: needed(name),
    ShardIteratorType: needed(
      choice("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"),
    ),
    StartingSequenceNumber: optional(sequenceNumber),
    Timestamp: optional(moment),
    DryRun: optional(flag),
  }),
  IncreaseStreamRetentionPeriod: retentionInput,
  ListChannels: {
    fields: {
      StreamFilter: optional(
        unbounded(record({ StreamARN: needed(streamArn), StreamCreationTimestamp: optional(moment) })),
      ),
      MaxResults: optional(whole(1, MOST_INTEGER)),
      NextToken: optional(token),
    },
  },
  ListShards: {
    ...ofStream({
      NextToken: optional(token),
      ExclusiveStartShardId: optional(name),
      MaxResults: optional(page),
      StreamCreationTimestamp: optional(moment),
      ShardFilter: optional(
        record({
          Type: needed(
            choice(
              "AFTER_SHARD_ID",
              "AT_TRIM_HORIZON",
              "FROM_TRIM_HORIZON",
              "AT_LATEST",
              "AT_TIMESTAMP",
              "FROM_TIMESTAMP",
            ),
          ),
          ShardId: optional(name),
          Timestamp: optional(moment),
        }),
      ),
    }),
    instead: { NextToken: { StreamName: undefined } },
    broken: [
      [{ StreamName: undefined }, /needs one of StreamName, StreamARN, StreamId, NextToken/],
      [{ NextToken: "t" }, /takes no StreamName, ExclusiveStartShardId or StreamCreationTimestamp beside NextToken/],
      [
        { StreamName: undefined, NextToken: "t", ExclusiveStartShardId: "s" },
        /takes no StreamName, ExclusiveStartShardId or StreamCreationTimestamp beside NextToken/,
      ],
      [
        { StreamName: undefined, NextToken: "t", StreamCreationTimestamp: new Date(0) },
        /takes no StreamName, ExclusiveStartShardId or StreamCreationTimestamp beside NextToken/,
      ],
    ],
  },
  ListStreamConsumers: {
    fields: {
      StreamARN: needed(streamArn),
      NextToken: optional(token),
      MaxResults: optional(page),
      StreamCreationTimestamp: optional(moment),
      StreamId: optional(streamId),
    },
    broken: [
      [{ NextToken: "t", StreamCreationTimestamp: new Date(0) }, /takes no StreamCreationTimestamp beside NextToken/],
    ],
  },
  ListStreams: {
    fields: { Limit: optional(page), ExclusiveStartStreamName: optional(name), NextToken: optional(token) },
  },
  ListTagsForResource: ofResource(),
  ListTagsForStream: ofStream({ ExclusiveStartTagKey: optional(text(1, 128)), Limit: optional(whole(1, 50)) }),
  MergeShards: ofStream({ ShardToMerge: needed(name), AdjacentShardToMerge: needed(name) }),
  PutRecord: ofStream({
    ...recordFields,
    SequenceNumberForOrdering: optional(sequenceNumber),
    DryRun: optional(flag),
  }),
  PutRecords: ofStream({
    Records: needed(list(record(recordFields), 1, 500, () => ({ Data: "", PartitionKey: "k" }))),
    DryRun: optional(flag),
  }),
  PutResourcePolicy: ofResource({ Policy: needed(text(0, Number.POSITIVE_INFINITY)) }),
  RegisterStreamConsumer: {
    fields: {
      StreamARN: needed(streamArn),
      ConsumerName: needed(name),
      StreamId: optional(streamId),
      Tags: optional(tags(0)),
    },
  },
  RemoveTagsFromStream: ofStream({ TagKeys: needed(tagKeys) }),
  SplitShard: ofStream({ ShardToSplit: needed(name), NewStartingHashKey: needed(hashKey) }),
  StartStreamEncryption: encryptionInput,
  StopStreamEncryption: encryptionInput,
  TagResource: ofResource({ Tags: needed(tags(1)) }),
  UntagResource: ofResource({ TagKeys: needed(tagKeys) }),
  UpdateAccountSettings: {
    fields: {
      MinimumThroughputBillingCommitment: needed(record({ Status: needed(choice("ENABLED", "DISABLED")) })),
    },
  },
  UpdateChannel: {
    fields: {
      ChannelARN: needed(channelArn),
      S3DestinationConfiguration: optional(freshness),
      S3TablesDestinationConfiguration: optional(freshness),
      LoggingConfiguration: optional(logging),
    },
  },
  UpdateMaxRecordSize: {
    fields: { StreamARN: optional(streamArn), StreamId: optional(streamId), MaxRecordSizeInKiB: needed(recordSize) },
    least: { StreamARN: STREAM_ARN },
    broken: [[{ StreamARN: undefined }, /needs one of StreamARN, StreamId/]],
  },
  UpdateShardCount: ofStream({
    TargetShardCount: needed(whole(1, MOST_INTEGER)),
    ScalingType: needed(choice("UNIFORM_SCALING")),
  }),
  UpdateStreamMode: {
    fields: {
      StreamARN: needed(streamArn),
      StreamId: optional(streamId),
      StreamModeDetails: needed(mode),
      WarmThroughputMiBps: optional(whole(0, MOST_INTEGER)),
    },
  },
  UpdateStreamRecordDistributionStrategy: {
    fields: {
      StreamARN: needed(streamArn),
      StreamId: optional(streamId),
      RecordDistributionStrategy: needed(strategy),
    },
  },
  UpdateStreamWarmThroughput: ofStream({ WarmThroughputMiBps: needed(whole(0, MOST_INTEGER)) }),
};
