/**
 * The rules of the shapes in shapes.ts, checked at run time: bounds and patterns as AWS's API reference and model state
 * them. Inputs are strict (an unknown property is a typing error until AWS knows it); outputs drop what they don't know
 * and never fail on a new enum value.
 *
 * zod/mini and not zod: of it only what is used goes into the published file. Each schema is built when it is first
 * used, because a program uses few operations and building all of them would cost every program's start. Apart from
 * shapes.ts because no type that users import may lead to zod's (TypeScript 3.8 can't parse them).
 */
import * as z from "zod/mini";
import type * as shapes from "./shapes";

export type Schema<T> = z.ZodMiniType<T>;
/** A schema that is built at its first use. */
export type Lazy<T> = () => Schema<T>;

/** One schema for each property: a property too few or too many, or of another type, doesn't compile. */
type Fields<T> = { readonly [Key in keyof Required<T>]: Schema<T[Key]> };

const once = <T>(build: () => T): (() => T) => {
  let built: T | undefined;
  return () => {
    built ??= build();
    return built;
  };
};

// The casts below are safe because Fields<T> pairs each property with a schema of its type.
const input = <T>(fields: () => Fields<T>, ...rules: Rule[]): Lazy<T> =>
  once(() => record(z.strictObject(fields()).check(...rules.map((rule) => rule()))) as unknown as Schema<T>);
const inner = <T>(fields: Fields<T>): Schema<T> => z.strictObject(fields) as unknown as Schema<T>;
const output = <T>(fields: () => Fields<T>): Lazy<T> => once(() => z.object(fields()) as unknown as Schema<T>);
const part = <T>(fields: Fields<T>): Schema<T> => z.object(fields) as unknown as Schema<T>;

/**
 * Lets through what has properties: objects, instances of classes too. zod takes a Date, a Map or a promise that nobody has
 * awaited for an object without properties, which is a good input where none is required. Objects within an input always
 * have one that is.
 */
const record = <T>(schema: z.ZodMiniType<T>) =>
  z.pipe(z.custom<T>().check(refusing(isRecord, "object")), schema as z.ZodMiniType<T, T>);
const isRecord = (value: unknown): value is object => Object.prototype.toString.call(value) === "[object Object]";

/** Reports a value of the wrong kind as zod would, and ends the check of it there. */
const refusing =
  (holds: (value: unknown) => boolean, expected: "object" | "array" | "record") =>
  ({ value, issues }: z.core.ParsePayload<unknown>): void => {
    if (!holds(value)) issues.push({ code: "invalid_type", expected, input: value, continue: false });
  };

// -- rules across properties --------------------------------------------------------------------------------------

type Rule = () => z.core.$ZodCheck<Record<string, unknown>>;

/** Reported together with the properties' own problems, so that a person mends all of them at once. */
const rule =
  (holds: (given: Record<string, unknown>) => boolean, error: string): Rule =>
  () =>
    z.refine(holds, { error, when: ({ value }) => typeof value === "object" && value !== null });

const oneOf = (...names: string[]): Rule =>
  rule((given) => names.some((name) => given[name] !== undefined), `needs one of ${names.join(", ")}`);

const namesStream = oneOf("StreamName", "StreamARN", "StreamId");

const namesConsumer = rule(
  ({ ConsumerARN, StreamARN, ConsumerName }) =>
    ConsumerARN !== undefined || (StreamARN !== undefined && ConsumerName !== undefined),
  "needs ConsumerARN, or StreamARN and ConsumerName",
);

/** What AWS's reference says may not be given beside NextToken; everything else may. */
const notBesideToken = (...names: string[]): Rule =>
  rule(
    (given) => given.NextToken === undefined || names.every((name) => given[name] === undefined),
    `takes no ${names.slice(0, -1).join(", ")}${names.length > 1 ? " or " : ""}${names.at(-1)} beside NextToken: the token stands for it`,
  );

// -- scalars ------------------------------------------------------------------------------------------------------

/** What travels as JSON is Unicode: half a character would come to AWS as another one. */
const wellFormed = z.refine(
  (value) => (value as { isWellFormed(): boolean }).isWellFormed(),
  "must be text: half of a character is in it",
);
// Nothing is done with a text that is too long: a pattern may take for ever with it.
const text = (max: number, form?: [pattern: RegExp, words: string]) =>
  form
    ? z.string().check(z.minLength(1), z.maxLength(max, { abort: true }), z.regex(...form))
    : z.string().check(z.minLength(1), z.maxLength(max, { abort: true }), wellFormed);
/** AWS's Integer has 32 bits: https://smithy.io/2.0/spec/simple-types.html#integer */
const whole = (min: number, max = 2 ** 31 - 1) =>
  z.number().check(z.minimum(min), z.maximum(max), z.refine(Number.isInteger, "must be a whole number"));

const NAME: [RegExp, string] = [/^[a-zA-Z0-9_.-]+$/, "may hold only letters, digits, _, . and -"];
const CHANNEL_ARN: [RegExp, string] = [/^arn:aws.*:kinesis:.*/, "must be the ARN of a channel"];
const streamName = once(() => text(128, NAME));
const streamArn = once(() => text(2048, [/^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/, "must be the ARN of a stream"]));
const streamId = once(() => text(24, [/^[a-z0-9]{20}-[a-z0-9]{3}$/, "must be a stream id"]));
const consumerName = once(() => text(128, NAME));
const consumerArn = once(() =>
  text(2048, [
    /^arn:aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:\d+$/,
    "must be the ARN of a consumer",
  ]),
);
const resourceArn = once(() =>
  text(2048, [/^arn:aws.*:kinesis:.*:\d{12}:.*stream\/\S+$/, "must be the ARN of a stream or consumer"]),
);
const shardId = once(() => text(128, NAME));
const hashKey = once(() =>
  z
    .string()
    .check(
      z.maxLength(39, { abort: true }),
      z.regex(/^(0|[1-9]\d{0,38})$/, "must be a hash key: a whole number in decimal digits"),
    ),
);
const sequenceNumber = once(() =>
  z
    .string()
    .check(
      z.maxLength(129, { abort: true }),
      z.regex(/^(0|[1-9]\d{0,128})$/, "must be a sequence number: decimal digits"),
    ),
);
const partitionKey = once(() => text(256));
const nextToken = once(() => text(1_048_576));
const keyId = once(() => text(2048));
const tagKey = once(() => text(128));
const tagValue = once(() => z.string().check(z.maxLength(256, { abort: true }), wellFormed));
const pageLimit = once(() => whole(1, 10_000));
const retentionHours = once(() => whole(24, 8760));
const recordSizeKiB = once(() => whole(1024, 10_240));

const streamMode = once(() => z.enum(["PROVISIONED", "ON_DEMAND"]));
const encryptionType = once(() => z.enum(["NONE", "KMS"]));
const distributionStrategy = once(() => z.enum(["AUTO", "USER_PARTITION_KEY"]));
const metric = once(() =>
  z.enum([
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
    "ALL",
  ]),
);

const optional = <T>(schema: Schema<T>): Schema<T | undefined> => z.optional(schema);

/** Not zod's record, which passes over a tag with the key `__proto__`. */
const tags = (min: number): Schema<shapes.TagMap> =>
  z.custom<shapes.TagMap>().check(refusing(isRecord, "record"), (payload) => {
    const { value, issues } = payload;
    const fault = (message: string, path: PropertyKey[] = []) =>
      issues.push({ code: "custom", message, path, input: value, continue: false });
    const entries = Object.entries(value);
    if (entries.length < min) fault(`must hold at least ${min} tag`);
    if (entries.length > 200) return void fault("must hold at most 200 tags");
    for (const [key, given] of entries) {
      const found = tagKey().safeParse(key).success ? tagValue().safeParse(given, { reportInput: true }) : undefined;
      if (!found) fault("must have a key of 1 to 128 characters", [key]);
      // With `reportInput` they are as raw as those that a check makes itself.
      for (const issue of found?.error?.issues ?? []) issues.push({ ...issue, path: [key] } as z.core.$ZodRawIssue);
    }
  });
/** A list whose bounds AWS tells, or doesn't. zod goes through all places, also the billions that an array of `new Array(n)` has. */
const list = <T>(of: Schema<T>, min = 0, max?: number): Schema<T[]> => {
  const bounded =
    max === undefined ? z.array(of).check(z.minLength(min)) : z.array(of).check(z.minLength(min), z.maxLength(max));
  const dense = z.custom<T[]>().check(refusing(Array.isArray, "array"), ({ value, issues }) => {
    const fault = (issue: z.core.$ZodRawIssue) => issues.push({ ...issue, continue: false } as z.core.$ZodRawIssue);
    if (max !== undefined && value.length > max) {
      fault({ code: "too_big", origin: "array", maximum: max, inclusive: true, input: value });
    } else if (Object.keys(value).length < value.length) {
      fault({ code: "custom", message: "must have a value at every place", input: value });
    }
  });
  return z.pipe(dense, bounded as z.ZodMiniType<T[], T[]>);
};
const tagKeys = once(() => list(tagKey(), 1, 50));

/** How large it may be is judged in records.ts, together with its partition key. */
const data = once(
  (): Schema<shapes.DataInput> =>
    z.union([z.string().check(wellFormed), z.instanceof(Uint8Array)], {
      error: ({ input }) =>
        typeof input === "string"
          ? "must be text, and half of a character is in it: give it as bytes (Uint8Array, Buffer)"
          : "must be a string or bytes (Uint8Array, Buffer)",
    }),
);

const streamReference = once(
  (): Fields<shapes.StreamReference> => ({
    StreamName: optional(streamName()),
    StreamARN: optional(streamArn()),
    StreamId: optional(streamId()),
  }),
);
const resourceReference = once(
  (): Fields<shapes.ResourceReference> => ({ ResourceARN: resourceArn(), StreamId: optional(streamId()) }),
);

// What comes back. Timestamps travel as seconds with a fraction; strings are taken as they are, whatever AWS's bounds.
const string = once(() => z.string());
const number = once(() => z.number());
const timestamp = once(
  (): Schema<Date> =>
    z.pipe(
      z.number(),
      z.transform((seconds: number) => new Date(seconds * 1000)),
    ),
);
const bytes = once(
  (): Schema<Uint8Array> =>
    z.pipe(
      z.string(),
      z.transform((base64: string): Uint8Array => Buffer.from(base64, "base64")),
    ),
);
const maybeString = once(() => optional(string()));
const maybeNumber = once(() => optional(number()));
const maybeTimestamp = once(() => optional(timestamp()));

/** Of operations without a result: a page of a proxy's, or a text, is no answer of AWS's. */
export const noOutput = output<object>(() => ({}));

// -- streams ------------------------------------------------------------------------------------------------------

const streamModeDetails = once(() => inner<shapes.StreamModeDetails>({ StreamMode: streamMode() }));
const streamModeDescription = once(() => part<shapes.StreamModeDescription>({ StreamMode: string() }));
const hashKeyRange = once(() => part<shapes.HashKeyRange>({ StartingHashKey: string(), EndingHashKey: string() }));
const shard = once(() =>
  part<shapes.Shard>({
    ShardId: string(),
    ParentShardId: maybeString(),
    AdjacentParentShardId: maybeString(),
    HashKeyRange: hashKeyRange(),
    SequenceNumberRange: part<shapes.SequenceNumberRange>({
      StartingSequenceNumber: string(),
      EndingSequenceNumber: maybeString(),
    }),
  }),
);
const enhancedMonitoring = once(() =>
  z.array(part<shapes.EnhancedMetrics>({ ShardLevelMetrics: optional(z.array(string())) })),
);
const warmThroughput = once(() =>
  part<shapes.WarmThroughput>({ TargetMiBps: maybeNumber(), CurrentMiBps: maybeNumber() }),
);

export const createStreamInput = input<shapes.CreateStreamInput>(() => ({
  StreamName: streamName(),
  ShardCount: optional(whole(1)),
  StreamModeDetails: optional(streamModeDetails()),
  Tags: optional(tags(0)),
  WarmThroughputMiBps: optional(whole(0)),
  MaxRecordSizeInKiB: optional(recordSizeKiB()),
  RecordDistributionStrategy: optional(distributionStrategy()),
}));

export const deleteStreamInput = input<shapes.DeleteStreamInput>(
  () => ({ ...streamReference(), EnforceConsumerDeletion: optional(z.boolean()) }),
  namesStream,
);

export const describeStreamInput = input<shapes.DescribeStreamInput>(
  () => ({ ...streamReference(), Limit: optional(pageLimit()), ExclusiveStartShardId: optional(shardId()) }),
  namesStream,
);

export const describeStreamOutput = output<shapes.DescribeStreamOutput>(() => ({
  StreamDescription: part<shapes.StreamDescription>({
    StreamName: string(),
    StreamARN: string(),
    StreamStatus: string(),
    StreamModeDetails: optional(streamModeDescription()),
    Shards: z.array(shard()),
    HasMoreShards: z.boolean(),
    RetentionPeriodHours: number(),
    StreamCreationTimestamp: timestamp(),
    EnhancedMonitoring: enhancedMonitoring(),
    EncryptionType: maybeString(),
    KeyId: maybeString(),
  }),
}));

export const describeStreamSummaryInput = input<shapes.DescribeStreamSummaryInput>(
  () => ({ ...streamReference() }),
  namesStream,
);

export const describeStreamSummaryOutput = output<shapes.DescribeStreamSummaryOutput>(() => ({
  StreamDescriptionSummary: part<shapes.StreamDescriptionSummary>({
    StreamName: string(),
    StreamARN: string(),
    StreamId: maybeString(),
    StreamStatus: string(),
    StreamModeDetails: optional(streamModeDescription()),
    RetentionPeriodHours: number(),
    StreamCreationTimestamp: timestamp(),
    EnhancedMonitoring: enhancedMonitoring(),
    EncryptionType: maybeString(),
    KeyId: maybeString(),
    OpenShardCount: number(),
    ConsumerCount: maybeNumber(),
    WarmThroughput: optional(warmThroughput()),
    MaxRecordSizeInKiB: maybeNumber(),
    ChannelCount: maybeNumber(),
    RecordDistributionStrategy: maybeString(),
  }),
}));

export const listStreamsInput = input<shapes.ListStreamsInput>(() => ({
  Limit: optional(pageLimit()),
  ExclusiveStartStreamName: optional(streamName()),
  NextToken: optional(nextToken()),
}));

export const listStreamsOutput = output<shapes.ListStreamsOutput>(() => ({
  StreamNames: z.array(string()),
  HasMoreStreams: z.boolean(),
  NextToken: maybeString(),
  StreamSummaries: optional(
    z.array(
      part<shapes.StreamSummary>({
        StreamName: string(),
        StreamARN: string(),
        StreamStatus: string(),
        StreamModeDetails: optional(streamModeDescription()),
        StreamCreationTimestamp: maybeTimestamp(),
      }),
    ),
  ),
}));

export const retentionPeriodInput = input<shapes.RetentionPeriodInput>(
  () => ({ ...streamReference(), RetentionPeriodHours: retentionHours() }),
  namesStream,
);

export const enhancedMonitoringInput = input<shapes.EnhancedMonitoringInput>(
  () => ({ ...streamReference(), ShardLevelMetrics: list(metric(), 1, 7) }),
  namesStream,
);

export const enhancedMonitoringOutput = output<shapes.EnhancedMonitoringOutput>(() => ({
  StreamName: maybeString(),
  CurrentShardLevelMetrics: optional(z.array(string())),
  DesiredShardLevelMetrics: optional(z.array(string())),
  StreamARN: maybeString(),
}));

export const streamEncryptionInput = input<shapes.StreamEncryptionInput>(
  () => ({ ...streamReference(), EncryptionType: encryptionType(), KeyId: keyId() }),
  namesStream,
);

export const updateStreamModeInput = input<shapes.UpdateStreamModeInput>(() => ({
  StreamARN: streamArn(),
  StreamId: optional(streamId()),
  StreamModeDetails: streamModeDetails(),
  WarmThroughputMiBps: optional(whole(0)),
}));

export const updateMaxRecordSizeInput = input<shapes.UpdateMaxRecordSizeInput>(
  () => ({ StreamARN: optional(streamArn()), StreamId: optional(streamId()), MaxRecordSizeInKiB: recordSizeKiB() }),
  oneOf("StreamARN", "StreamId"),
);

export const updateStreamWarmThroughputInput = input<shapes.UpdateStreamWarmThroughputInput>(
  () => ({ ...streamReference(), WarmThroughputMiBps: whole(0) }),
  namesStream,
);

export const updateStreamWarmThroughputOutput = output<shapes.UpdateStreamWarmThroughputOutput>(() => ({
  StreamARN: maybeString(),
  StreamName: maybeString(),
  WarmThroughput: optional(warmThroughput()),
}));

export const updateStreamRecordDistributionStrategyInput = input<shapes.UpdateStreamRecordDistributionStrategyInput>(
  () => ({
    StreamARN: streamArn(),
    StreamId: optional(streamId()),
    RecordDistributionStrategy: distributionStrategy(),
  }),
);

// -- shards -------------------------------------------------------------------------------------------------------

export const splitShardInput = input<shapes.SplitShardInput>(
  () => ({ ...streamReference(), ShardToSplit: shardId(), NewStartingHashKey: hashKey() }),
  namesStream,
);

export const mergeShardsInput = input<shapes.MergeShardsInput>(
  () => ({ ...streamReference(), ShardToMerge: shardId(), AdjacentShardToMerge: shardId() }),
  namesStream,
);

export const listShardsInput = input<shapes.ListShardsInput>(
  () => ({
    ...streamReference(),
    NextToken: optional(nextToken()),
    ExclusiveStartShardId: optional(shardId()),
    MaxResults: optional(pageLimit()),
    StreamCreationTimestamp: optional(z.date()),
    ShardFilter: optional(
      inner<shapes.ShardFilter>({
        Type: z.enum([
          "AFTER_SHARD_ID",
          "AT_TRIM_HORIZON",
          "FROM_TRIM_HORIZON",
          "AT_LATEST",
          "AT_TIMESTAMP",
          "FROM_TIMESTAMP",
        ]),
        ShardId: optional(shardId()),
        Timestamp: optional(z.date()),
      }),
    ),
  }),
  oneOf("StreamName", "StreamARN", "StreamId", "NextToken"),
  notBesideToken("StreamName", "ExclusiveStartShardId", "StreamCreationTimestamp"),
);

export const listShardsOutput = output<shapes.ListShardsOutput>(() => ({
  Shards: optional(z.array(shard())),
  NextToken: maybeString(),
}));

export const updateShardCountInput = input<shapes.UpdateShardCountInput>(
  () => ({ ...streamReference(), TargetShardCount: whole(1), ScalingType: z.enum(["UNIFORM_SCALING"]) }),
  namesStream,
);

export const updateShardCountOutput = output<shapes.UpdateShardCountOutput>(() => ({
  StreamName: maybeString(),
  CurrentShardCount: maybeNumber(),
  TargetShardCount: maybeNumber(),
  StreamARN: maybeString(),
}));

// -- records ------------------------------------------------------------------------------------------------------

export const putRecordInput = input<shapes.PutRecordInput>(
  () => ({
    ...streamReference(),
    Data: data(),
    PartitionKey: optional(partitionKey()),
    ExplicitHashKey: optional(hashKey()),
    SequenceNumberForOrdering: optional(sequenceNumber()),
    DryRun: optional(z.boolean()),
  }),
  namesStream,
);

export const putRecordOutput = output<shapes.PutRecordOutput>(() => ({
  ShardId: string(),
  SequenceNumber: string(),
  EncryptionType: maybeString(),
}));

export const putRecordsInput = input<shapes.PutRecordsInput>(
  () => ({
    ...streamReference(),
    Records: list(
      inner<shapes.PutRecordsRequestEntry>({
        Data: data(),
        ExplicitHashKey: optional(hashKey()),
        PartitionKey: optional(partitionKey()),
      }),
      1,
      500,
    ),
    DryRun: optional(z.boolean()),
  }),
  namesStream,
);

export const putRecordsOutput = output<shapes.PutRecordsOutput>(() => ({
  FailedRecordCount: maybeNumber(),
  Records: z.array(
    part<shapes.PutRecordsResultEntry>({
      SequenceNumber: maybeString(),
      ShardId: maybeString(),
      ErrorCode: maybeString(),
      ErrorMessage: maybeString(),
    }),
  ),
  EncryptionType: maybeString(),
}));

export const getShardIteratorInput = input<shapes.GetShardIteratorInput>(
  () => ({
    ...streamReference(),
    ShardId: shardId(),
    ShardIteratorType: z.enum([
      "AT_SEQUENCE_NUMBER",
      "AFTER_SEQUENCE_NUMBER",
      "TRIM_HORIZON",
      "LATEST",
      "AT_TIMESTAMP",
    ]),
    StartingSequenceNumber: optional(sequenceNumber()),
    Timestamp: optional(z.date()),
    DryRun: optional(z.boolean()),
  }),
  namesStream,
);

export const getShardIteratorOutput = output<shapes.GetShardIteratorOutput>(() => ({ ShardIterator: maybeString() }));

export const getRecordsInput = input<shapes.GetRecordsInput>(() => ({
  StreamARN: optional(streamArn()),
  StreamId: optional(streamId()),
  ShardIterator: text(512),
  Limit: optional(pageLimit()),
  DryRun: optional(z.boolean()),
}));

const getRecordsOutputWith = <Data>(dataSchema: Schema<Data>) =>
  output<shapes.GetRecordsOutput<Data>>(() => ({
    Records: z.array(
      part<shapes.KinesisRecord<Data>>({
        SequenceNumber: string(),
        ApproximateArrivalTimestamp: maybeTimestamp(),
        Data: dataSchema,
        PartitionKey: maybeString(),
        EncryptionType: maybeString(),
      }),
    ),
    NextShardIterator: maybeString(),
    MillisBehindLatest: maybeNumber(),
    ChildShards: optional(
      z.array(
        part<shapes.ChildShard>({ ShardId: string(), ParentShards: z.array(string()), HashKeyRange: hashKeyRange() }),
      ),
    ),
  }));
export const getRecordsOutput = getRecordsOutputWith(bytes());
/** For `{ base64: false }`: Data stays the text that came. */
export const getRecordsTextOutput = getRecordsOutputWith<string>(string());

// -- tags and policies --------------------------------------------------------------------------------------------

const tagList = once(() => z.array(part<shapes.Tag>({ Key: string(), Value: maybeString() })));

export const addTagsToStreamInput = input<shapes.AddTagsToStreamInput>(
  () => ({ ...streamReference(), Tags: tags(1) }),
  namesStream,
);

export const removeTagsFromStreamInput = input<shapes.RemoveTagsFromStreamInput>(
  () => ({ ...streamReference(), TagKeys: tagKeys() }),
  namesStream,
);

export const listTagsForStreamInput = input<shapes.ListTagsForStreamInput>(
  () => ({ ...streamReference(), ExclusiveStartTagKey: optional(tagKey()), Limit: optional(whole(1, 50)) }),
  namesStream,
);

export const listTagsForStreamOutput = output<shapes.ListTagsForStreamOutput>(() => ({
  Tags: tagList(),
  HasMoreTags: z.boolean(),
}));

export const tagResourceInput = input<shapes.TagResourceInput>(() => ({ ...resourceReference(), Tags: tags(1) }));
export const untagResourceInput = input<shapes.UntagResourceInput>(() => ({
  ...resourceReference(),
  TagKeys: tagKeys(),
}));
export const resourceInput = input<shapes.ResourceReference>(() => resourceReference());
export const listTagsForResourceOutput = output<shapes.ListTagsForResourceOutput>(() => ({
  Tags: optional(tagList()),
}));
export const putResourcePolicyInput = input<shapes.PutResourcePolicyInput>(() => ({
  ...resourceReference(),
  Policy: z.string().check(wellFormed),
}));
export const getResourcePolicyOutput = output<shapes.GetResourcePolicyOutput>(() => ({ Policy: string() }));

// -- consumers ----------------------------------------------------------------------------------------------------

const consumerFields = once(
  (): Fields<shapes.Consumer> => ({
    ConsumerName: string(),
    ConsumerARN: string(),
    ConsumerStatus: string(),
    ConsumerCreationTimestamp: timestamp(),
  }),
);
const consumer = once(() => part<shapes.Consumer>(consumerFields()));

export const registerStreamConsumerInput = input<shapes.RegisterStreamConsumerInput>(() => ({
  StreamARN: streamArn(),
  ConsumerName: consumerName(),
  StreamId: optional(streamId()),
  Tags: optional(tags(0)),
}));

export const registerStreamConsumerOutput = output<shapes.RegisterStreamConsumerOutput>(() => ({
  Consumer: consumer(),
}));

export const consumerInput = input<shapes.ConsumerReference>(
  () => ({
    StreamARN: optional(streamArn()),
    ConsumerName: optional(consumerName()),
    ConsumerARN: optional(consumerArn()),
    StreamId: optional(streamId()),
  }),
  namesConsumer,
);

export const describeStreamConsumerOutput = output<shapes.DescribeStreamConsumerOutput>(() => ({
  ConsumerDescription: part<shapes.ConsumerDescription>({ ...consumerFields(), StreamARN: string() }),
}));

export const listStreamConsumersInput = input<shapes.ListStreamConsumersInput>(
  () => ({
    StreamARN: streamArn(),
    NextToken: optional(nextToken()),
    MaxResults: optional(pageLimit()),
    StreamCreationTimestamp: optional(z.date()),
    StreamId: optional(streamId()),
  }),
  notBesideToken("StreamCreationTimestamp"),
);

export const listStreamConsumersOutput = output<shapes.ListStreamConsumersOutput>(() => ({
  Consumers: optional(z.array(consumer())),
  NextToken: maybeString(),
}));

// -- the account --------------------------------------------------------------------------------------------------

export const noInput = input<shapes.NoInput>(() => ({}));

export const describeLimitsOutput = output<shapes.DescribeLimitsOutput>(() => ({
  ShardLimit: number(),
  OpenShardCount: number(),
  OnDemandStreamCount: number(),
  OnDemandStreamCountLimit: number(),
  ChannelCount: maybeNumber(),
  ChannelCountLimit: maybeNumber(),
}));

export const updateAccountSettingsInput = input<shapes.UpdateAccountSettingsInput>(() => ({
  MinimumThroughputBillingCommitment: inner<shapes.MinimumThroughputBillingCommitmentInput>({
    Status: z.enum(["ENABLED", "DISABLED"]),
  }),
}));

export const accountSettingsOutput = output<shapes.AccountSettingsOutput>(() => ({
  MinimumThroughputBillingCommitment: optional(
    part<shapes.MinimumThroughputBillingCommitment>({
      Status: string(),
      StartedAt: maybeTimestamp(),
      EndedAt: maybeTimestamp(),
      EarliestAllowedEndAt: maybeTimestamp(),
    }),
  ),
}));

// -- channels -----------------------------------------------------------------------------------------------------
// AWS's model states no bounds for these; only kinds and presence are checked. Configurations travel both ways, so
// they are built from one description, strict on the way in and lenient on the way out.

type Build = <T>(fields: Fields<T>) => Schema<T>;

const loggingConfiguration = (build: Build) =>
  build<shapes.ChannelLoggingConfiguration>({
    CloudWatchLogs: build<shapes.ChannelLoggingConfiguration["CloudWatchLogs"]>({
      Enabled: z.boolean(),
      LogGroupName: maybeString(),
      LogStreamName: maybeString(),
    }),
  });

const deadLetterQueue = (build: Build) =>
  build<shapes.DeadLetterQueueS3Configuration>({
    BucketARN: string(),
    ExpectedBucketOwner: string(),
    ErrorOutputPrefix: maybeString(),
  });

const s3Storage = (build: Build) =>
  build<shapes.S3StorageConfiguration>({
    BucketARN: string(),
    ExpectedBucketOwner: string(),
    CompressionType: string(),
    OutputKeyTemplate: maybeString(),
    StorageClass: maybeString(),
  });

const s3Tables = (build: Build) =>
  list(
    build<shapes.S3TablesConfiguration>({
      TableBucketARN: string(),
      Namespace: string(),
      TableName: string(),
      CompressionType: string(),
      PartitionSpec: optional(
        build<{ PartitionFields: shapes.PartitionField[] }>({
          PartitionFields: list(build<shapes.PartitionField>({ Transform: string(), SourceName: string() })),
        }),
      ),
    }),
  );

const recordConfiguration = (build: Build) =>
  build<shapes.RecordConfiguration>({ RecordFormatType: string(), GSRSchemaARN: maybeString() });

const freshness = () => inner<{ DataFreshnessInSeconds: number }>({ DataFreshnessInSeconds: whole(0) });
const oneDestination = oneOf("S3DestinationConfiguration", "S3TablesDestinationConfiguration");

export const createChannelInput = input<shapes.CreateChannelInput>(
  () => ({
    ChannelName: z.string().check(z.minLength(1)),
    ServiceExecutionRoleARN: z.string().check(z.minLength(1)),
    StreamConfigurationList: list(
      inner<shapes.ChannelStreamConfiguration>({
        StreamARN: streamArn(),
        RecordConfiguration: recordConfiguration(inner),
      }),
    ),
    S3DestinationConfiguration: optional(
      inner<shapes.S3DestinationConfiguration>({
        DataFreshnessInSeconds: optional(whole(0)),
        DeadLetterQueueS3Configuration: optional(deadLetterQueue(inner)),
        StorageConfiguration: s3Storage(inner),
      }),
    ),
    S3TablesDestinationConfiguration: optional(
      inner<shapes.S3TablesDestinationConfiguration>({
        DataFreshnessInSeconds: optional(whole(0)),
        DeadLetterQueueS3Configuration: deadLetterQueue(inner),
        S3TablesConfigurationList: s3Tables(inner),
      }),
    ),
    EncryptionConfiguration: optional(
      inner<shapes.ChannelEncryptionConfiguration>({ EncryptionType: z.enum(["KMS"]), KeyId: keyId() }),
    ),
    Tags: optional(tags(0)),
    LoggingConfiguration: optional(loggingConfiguration(inner)),
  }),
  oneDestination,
);

export const channelInput = input<shapes.ChannelReference>(() => ({
  ChannelARN: text(2048, CHANNEL_ARN),
}));

export const channelOutput = output<shapes.ChannelOutput>(() => ({
  ChannelDescription: part<shapes.ChannelDescription>({
    ChannelName: string(),
    ChannelARN: string(),
    ChannelId: string(),
    ChannelStatus: string(),
    ChannelStatusReason: maybeString(),
    ChannelCreationTimestamp: timestamp(),
    ServiceExecutionRoleARN: string(),
    StreamConfigurationList: z.array(
      part<shapes.ChannelStreamDescription>({
        StreamARN: string(),
        StreamCreationTimestamp: timestamp(),
        RecordConfiguration: recordConfiguration(part),
      }),
    ),
    S3DestinationConfiguration: optional(
      part<shapes.S3DestinationDescription>({
        DataFreshnessInSeconds: number(),
        DeadLetterQueueS3Configuration: deadLetterQueue(part),
        StorageConfiguration: s3Storage(part),
      }),
    ),
    S3TablesDestinationConfiguration: optional(
      part<shapes.S3TablesDestinationDescription>({
        DataFreshnessInSeconds: number(),
        DeadLetterQueueS3Configuration: deadLetterQueue(part),
        S3TablesConfigurationList: s3Tables(part),
      }),
    ),
    EncryptionConfiguration: optional(
      part<NonNullable<shapes.ChannelDescription["EncryptionConfiguration"]>>({
        EncryptionType: string(),
        KeyId: string(),
      }),
    ),
    LoggingConfiguration: loggingConfiguration(part),
  }),
}));

export const listChannelsInput = input<shapes.ListChannelsInput>(() => ({
  StreamFilter: optional(
    list(
      inner<NonNullable<shapes.ListChannelsInput["StreamFilter"]>[number]>({
        StreamARN: streamArn(),
        StreamCreationTimestamp: optional(z.date()),
      }),
    ),
  ),
  MaxResults: optional(whole(1)),
  NextToken: optional(nextToken()),
}));

export const listChannelsOutput = output<shapes.ListChannelsOutput>(() => ({
  ChannelSummaries: z.array(
    part<shapes.ChannelSummary>({
      ChannelName: string(),
      ChannelARN: string(),
      ChannelId: string(),
      ChannelStatus: string(),
      ChannelStatusReason: maybeString(),
      ChannelCreationTimestamp: timestamp(),
      ChannelDestinationType: string(),
      Streams: z.array(
        part<shapes.ChannelSummary["Streams"][number]>({ StreamARN: string(), StreamCreationTimestamp: timestamp() }),
      ),
    }),
  ),
  NextToken: maybeString(),
}));

export const updateChannelInput = input<shapes.UpdateChannelInput>(() => ({
  ChannelARN: text(2048, CHANNEL_ARN),
  S3DestinationConfiguration: optional(freshness()),
  S3TablesDestinationConfiguration: optional(freshness()),
  LoggingConfiguration: optional(loggingConfiguration(inner)),
}));
