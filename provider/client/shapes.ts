/**
 * The shapes of the Kinesis API, version 2013-12-02, with AWS's own names: what goes in and what comes back.
 *
 * Plain TypeScript and nothing else, because these types reach users' projects, some of which still parse with
 * TypeScript 3.8; the rules that check them at run time stand in schemas.ts. Optional properties admit `undefined` so
 * that callers under `exactOptionalPropertyTypes` can pass on what they may not have.
 */

/** AWS adds values to its enums; an answer with a new one must not fail, and editors still offer the known ones. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** What a stream is doing; shards and settings can be changed while it is ACTIVE only. */
export type StreamStatus = "CREATING" | "DELETING" | "ACTIVE" | "UPDATING";
/** Who sets the number of shards: the account (PROVISIONED), or AWS by the traffic (ON_DEMAND). */
export type StreamMode = "PROVISIONED" | "ON_DEMAND";
/** Whether records are encrypted with a KMS key where they are stored. */
export type EncryptionType = "NONE" | "KMS";
/** What a consumer is doing; it can read while it is ACTIVE. */
export type ConsumerStatus = "CREATING" | "DELETING" | "ACTIVE";
/** The one way of UpdateShardCount: shards of equal width. */
export type ScalingType = "UNIFORM_SCALING";
/** How an on-demand stream spreads records: by itself (AUTO), or by partition key. */
export type RecordDistributionStrategy = "AUTO" | "USER_PARTITION_KEY";
/**
 * A metric that CloudWatch gets for each shard; ALL stands for the seven others. Source:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
 */
export type MetricsName =
  | "IncomingBytes"
  | "IncomingRecords"
  | "OutgoingBytes"
  | "OutgoingRecords"
  | "WriteProvisionedThroughputExceeded"
  | "ReadProvisionedThroughputExceeded"
  | "IteratorAgeMilliseconds"
  | "ALL";
/**
 * Where reading of a shard begins. Source:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
 */
export type ShardIteratorType =
  | "AT_SEQUENCE_NUMBER"
  | "AFTER_SEQUENCE_NUMBER"
  | "TRIM_HORIZON"
  | "LATEST"
  | "AT_TIMESTAMP";
/**
 * Which shards ListShards answers with. Source:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html
 */
export type ShardFilterType =
  | "AFTER_SHARD_ID"
  | "AT_TRIM_HORIZON"
  | "FROM_TRIM_HORIZON"
  | "AT_LATEST"
  | "AT_TIMESTAMP"
  | "FROM_TIMESTAMP";
/** What a channel is doing; FAILED comes with a reason. */
export type ChannelStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING" | "FAILED";
/** Where a channel delivers records to: objects of a bucket, or tables of a table bucket. */
export type ChannelDestinationType = "S3" | "S3_TABLES";

/** Bytes, or a string that is encoded as UTF-8; with `{ base64: false }` a string that is base64 already. */
export type DataInput = string | Uint8Array;

/** Name -> value. Up to 50 a resource, AWS says; the model's own bound is 200. */
export interface TagMap {
  [key: string]: string;
}

/** One tag, as a list of tags has it. */
export interface Tag {
  Key: string;
  Value?: string | undefined;
}

/** Which stream: its name or its ARN. `StreamId` is AWS's, reserved for future use. */
export interface StreamReference {
  StreamName?: string | undefined;
  StreamARN?: string | undefined;
  StreamId?: string | undefined;
}

/** The operations that take no name. */
export interface StreamArnReference {
  StreamARN?: string | undefined;
  StreamId?: string | undefined;
}

/** Which stream or consumer, by its ARN. `StreamId` is AWS's, reserved for future use. */
export interface ResourceReference {
  ResourceARN: string;
  StreamId?: string | undefined;
}

// -- streams ------------------------------------------------------------------------------------------------------

/** A stream's mode, as it is asked for. */
export interface StreamModeDetails {
  StreamMode: StreamMode;
}

/** A stream's mode, as AWS tells it. */
export interface StreamModeDescription {
  StreamMode: Open<StreamMode>;
}

/** The stream that CreateStream is to make; the name has 1 to 128 of `a-zA-Z0-9_.-`. */
export interface CreateStreamInput {
  StreamName: string;
  /** Provisioned mode only; AWS wants none in on-demand mode. */
  ShardCount?: number | undefined;
  StreamModeDetails?: StreamModeDetails | undefined;
  Tags?: TagMap | undefined;
  WarmThroughputMiBps?: number | undefined;
  MaxRecordSizeInKiB?: number | undefined;
  RecordDistributionStrategy?: RecordDistributionStrategy | undefined;
}

export interface DeleteStreamInput extends StreamReference {
  /** Without it a stream that has consumers is not deleted: ResourceInUseException. */
  EnforceConsumerDeletion?: boolean | undefined;
}

export interface DescribeStreamInput extends StreamReference {
  /** Shards a page, at most 100 are returned whatever it says. */
  Limit?: number | undefined;
  ExclusiveStartShardId?: string | undefined;
}

/** The shard-level metrics that are on. */
export interface EnhancedMetrics {
  ShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
}

/** Both ends belong to the range; decimal digits, 0 to 2^128-1. */
export interface HashKeyRange {
  StartingHashKey: string;
  EndingHashKey: string;
}

/** The first and last sequence number of a shard's records, in decimal digits. */
export interface SequenceNumberRange {
  StartingSequenceNumber: string;
  /** Present once the shard is closed. */
  EndingSequenceNumber?: string | undefined;
}

/** A shard, open or closed: its hash keys, and the shard or two shards that it came from. */
export interface Shard {
  ShardId: string;
  ParentShardId?: string | undefined;
  AdjacentParentShardId?: string | undefined;
  HashKeyRange: HashKeyRange;
  SequenceNumberRange: SequenceNumberRange;
}

/** A stream with one page of its shards. Timestamps are Dates, retention is in hours. */
export interface StreamDescription {
  StreamName: string;
  StreamARN: string;
  StreamStatus: Open<StreamStatus>;
  StreamModeDetails?: StreamModeDescription | undefined;
  Shards: Shard[];
  HasMoreShards: boolean;
  RetentionPeriodHours: number;
  StreamCreationTimestamp: Date;
  EnhancedMonitoring: EnhancedMetrics[];
  EncryptionType?: Open<EncryptionType> | undefined;
  KeyId?: string | undefined;
}

/** What DescribeStream answers with. */
export interface DescribeStreamOutput {
  StreamDescription: StreamDescription;
}

/** Which stream DescribeStreamSummary is to tell of. */
export interface DescribeStreamSummaryInput extends StreamReference {}

/** The write throughput that an on-demand stream is ready for, in MiB a second: what it will have, and what it has. */
export interface WarmThroughput {
  TargetMiBps?: number | undefined;
  CurrentMiBps?: number | undefined;
}

/** A stream without its shards. Timestamps are Dates, retention is in hours, sizes are in KiB. */
export interface StreamDescriptionSummary {
  StreamName: string;
  StreamARN: string;
  StreamId?: string | undefined;
  StreamStatus: Open<StreamStatus>;
  StreamModeDetails?: StreamModeDescription | undefined;
  RetentionPeriodHours: number;
  StreamCreationTimestamp: Date;
  EnhancedMonitoring: EnhancedMetrics[];
  EncryptionType?: Open<EncryptionType> | undefined;
  KeyId?: string | undefined;
  OpenShardCount: number;
  ConsumerCount?: number | undefined;
  WarmThroughput?: WarmThroughput | undefined;
  MaxRecordSizeInKiB?: number | undefined;
  ChannelCount?: number | undefined;
  RecordDistributionStrategy?: Open<RecordDistributionStrategy> | undefined;
}

/** What DescribeStreamSummary answers with. */
export interface DescribeStreamSummaryOutput {
  StreamDescriptionSummary: StreamDescriptionSummary;
}

/** Which page of the account's streams is asked for; none of it means the first. */
export interface ListStreamsInput {
  Limit?: number | undefined;
  ExclusiveStartStreamName?: string | undefined;
  NextToken?: string | undefined;
}

/** One stream of ListStreams. */
export interface StreamSummary {
  StreamName: string;
  StreamARN: string;
  StreamStatus: Open<StreamStatus>;
  StreamModeDetails?: StreamModeDescription | undefined;
  StreamCreationTimestamp?: Date | undefined;
}

/** One page of streams; `HasMoreStreams` says whether there is another. */
export interface ListStreamsOutput {
  StreamNames: string[];
  HasMoreStreams: boolean;
  NextToken?: string | undefined;
  StreamSummaries?: StreamSummary[] | undefined;
}

/** How long the stream is to keep records, in hours: 24 to 8760. */
export interface RetentionPeriodInput extends StreamReference {
  RetentionPeriodHours: number;
}

/** The shard-level metrics to switch on or off. */
export interface EnhancedMonitoringInput extends StreamReference {
  ShardLevelMetrics: MetricsName[];
}

/** The shard-level metrics before the call, and once it has taken effect. */
export interface EnhancedMonitoringOutput {
  StreamName?: string | undefined;
  CurrentShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
  DesiredShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
  StreamARN?: string | undefined;
}

/** The stream and the KMS key with which its encryption is started or stopped. */
export interface StreamEncryptionInput extends StreamReference {
  EncryptionType: EncryptionType;
  /** A key's id, ARN, alias or alias ARN; `alias/aws/kinesis` is the service's own. */
  KeyId: string;
}

/** The mode that the stream is to have. */
export interface UpdateStreamModeInput {
  StreamARN: string;
  StreamId?: string | undefined;
  StreamModeDetails: StreamModeDetails;
  WarmThroughputMiBps?: number | undefined;
}

/** How large a record of the stream may be, in KiB: 1024 to 10240. */
export interface UpdateMaxRecordSizeInput extends StreamArnReference {
  MaxRecordSizeInKiB: number;
}

/** The write throughput that the on-demand stream is to be ready for, in MiB a second. */
export interface UpdateStreamWarmThroughputInput extends StreamReference {
  WarmThroughputMiBps: number;
}

/** What UpdateStreamWarmThroughput answers with, before it has taken effect. */
export interface UpdateStreamWarmThroughputOutput {
  StreamARN?: string | undefined;
  StreamName?: string | undefined;
  WarmThroughput?: WarmThroughput | undefined;
}

/** How the on-demand stream is to spread its records. */
export interface UpdateStreamRecordDistributionStrategyInput {
  StreamARN: string;
  StreamId?: string | undefined;
  RecordDistributionStrategy: RecordDistributionStrategy;
}

// -- shards -------------------------------------------------------------------------------------------------------

/** The open shard to split, and where. */
export interface SplitShardInput extends StreamReference {
  ShardToSplit: string;
  /** This key and all above go to one child, all below to the other. */
  NewStartingHashKey: string;
}

/** Two open shards whose ranges lie side by side. */
export interface MergeShardsInput extends StreamReference {
  ShardToMerge: string;
  AdjacentShardToMerge: string;
}

/** Which shards ListShards is to answer with; `ShardId` and `Timestamp` for the types that need them. */
export interface ShardFilter {
  Type: ShardFilterType;
  ShardId?: string | undefined;
  Timestamp?: Date | undefined;
}

/** Which shards, and which page of them: at most 1,000 (`MaxResults`) are on one. */
export interface ListShardsInput extends StreamReference {
  /** Names the stream by itself: must not travel with the other properties that do. */
  NextToken?: string | undefined;
  ExclusiveStartShardId?: string | undefined;
  MaxResults?: number | undefined;
  StreamCreationTimestamp?: Date | undefined;
  ShardFilter?: ShardFilter | undefined;
}

/** One page of shards; `NextToken` is there where another follows. */
export interface ListShardsOutput {
  Shards?: Shard[] | undefined;
  NextToken?: string | undefined;
}

/** How many open shards the stream is to have: at most twice and at least half as many as now. */
export interface UpdateShardCountInput extends StreamReference {
  TargetShardCount: number;
  ScalingType: ScalingType;
}

/** How many shards there are, and how many there will be. */
export interface UpdateShardCountOutput {
  StreamName?: string | undefined;
  CurrentShardCount?: number | undefined;
  TargetShardCount?: number | undefined;
  StreamARN?: string | undefined;
}

// -- records ------------------------------------------------------------------------------------------------------

/** One record. `Data` is encoded as base64 on the way. */
export interface PutRecordInput extends StreamReference {
  Data: DataInput;
  /** May be absent only where the stream distributes records by itself (RecordDistributionStrategy AUTO). */
  PartitionKey?: string | undefined;
  ExplicitHashKey?: string | undefined;
  SequenceNumberForOrdering?: string | undefined;
  DryRun?: boolean | undefined;
}

/** Where the record is. */
export interface PutRecordOutput {
  ShardId: string;
  SequenceNumber: string;
  EncryptionType?: Open<EncryptionType> | undefined;
}

/** One record of many; the rules are those of PutRecord. */
export interface PutRecordsRequestEntry {
  Data: DataInput;
  ExplicitHashKey?: string | undefined;
  PartitionKey?: string | undefined;
}

/** Up to 500 records, of at most 10 MiB together. */
export interface PutRecordsInput extends StreamReference {
  Records: PutRecordsRequestEntry[];
  DryRun?: boolean | undefined;
}

/** `SequenceNumber` and `ShardId`, or `ErrorCode` and `ErrorMessage`. */
export interface PutRecordsResultEntry {
  SequenceNumber?: string | undefined;
  ShardId?: string | undefined;
  ErrorCode?: string | undefined;
  ErrorMessage?: string | undefined;
}

/** What became of each record: some may have failed alone. */
export interface PutRecordsOutput {
  FailedRecordCount?: number | undefined;
  /** In the order of the input's records. */
  Records: PutRecordsResultEntry[];
  EncryptionType?: Open<EncryptionType> | undefined;
}

/** Where in which shard reading is to begin. */
export interface GetShardIteratorInput extends StreamReference {
  ShardId: string;
  ShardIteratorType: ShardIteratorType;
  StartingSequenceNumber?: string | undefined;
  Timestamp?: Date | undefined;
  DryRun?: boolean | undefined;
}

/** An iterator, which AWS takes for five minutes. */
export interface GetShardIteratorOutput {
  ShardIterator?: string | undefined;
}

/** From where to read, and how many records at most (`Limit`, up to 10,000). */
export interface GetRecordsInput extends StreamArnReference {
  ShardIterator: string;
  Limit?: number | undefined;
  DryRun?: boolean | undefined;
}

/** A record as it is read; `Data` is bytes, or the base64 text with `{ base64: false }`. */
export interface KinesisRecord<Data = Uint8Array> {
  SequenceNumber: string;
  ApproximateArrivalTimestamp?: Date | undefined;
  Data: Data;
  PartitionKey?: string | undefined;
  EncryptionType?: Open<EncryptionType> | undefined;
}

/** A shard that goes on where the one that was read to its end stops. */
export interface ChildShard {
  ShardId: string;
  ParentShards: string[];
  HashKeyRange: HashKeyRange;
}

/** Records of a shard in their order, and where to go on. */
export interface GetRecordsOutput<Data = Uint8Array> {
  /** Empty is normal. */
  Records: Array<KinesisRecord<Data>>;
  /** Absent: the shard is closed and read to its end. */
  NextShardIterator?: string | undefined;
  MillisBehindLatest?: number | undefined;
  ChildShards?: ChildShard[] | undefined;
}

// -- tags and policies --------------------------------------------------------------------------------------------

/** The tags that the stream is to get. */
export interface AddTagsToStreamInput extends StreamReference {
  Tags: TagMap;
}

/** The keys that the stream is to lose. */
export interface RemoveTagsFromStreamInput extends StreamReference {
  TagKeys: string[];
}

/** Which page of the stream's tags is asked for; none of it means the first. */
export interface ListTagsForStreamInput extends StreamReference {
  ExclusiveStartTagKey?: string | undefined;
  Limit?: number | undefined;
}

/** One page of tags; `HasMoreTags` says whether there is another. */
export interface ListTagsForStreamOutput {
  Tags: Tag[];
  HasMoreTags: boolean;
}

/** The tags that the stream or consumer is to get. */
export interface TagResourceInput extends ResourceReference {
  Tags: TagMap;
}

/** The keys that the stream or consumer is to lose. */
export interface UntagResourceInput extends ResourceReference {
  TagKeys: string[];
}

/** The stream or consumer whose tags are asked for. */
export interface ListTagsForResourceInput extends ResourceReference {}

/** All tags of the stream or consumer. */
export interface ListTagsForResourceOutput {
  Tags?: Tag[] | undefined;
}

/** The policy that the stream or consumer is to have, in place of the one that it has. */
export interface PutResourcePolicyInput extends ResourceReference {
  /** JSON. */
  Policy: string;
}

/** The stream or consumer whose policy is asked for. */
export interface GetResourcePolicyInput extends ResourceReference {}

/** The policy as JSON text, in AWS's words. */
export interface GetResourcePolicyOutput {
  Policy: string;
}

/** The stream or consumer that is to lose its policy. */
export interface DeleteResourcePolicyInput extends ResourceReference {}

// -- consumers ----------------------------------------------------------------------------------------------------

/** The consumer to register; its name has 1 to 128 of `a-zA-Z0-9_.-`. */
export interface RegisterStreamConsumerInput {
  StreamARN: string;
  ConsumerName: string;
  StreamId?: string | undefined;
  Tags?: TagMap | undefined;
}

/** A registered consumer. Its ARN holds the second of its registration. */
export interface Consumer {
  ConsumerName: string;
  ConsumerARN: string;
  ConsumerStatus: Open<ConsumerStatus>;
  ConsumerCreationTimestamp: Date;
}

/** The consumer, which is CREATING. */
export interface RegisterStreamConsumerOutput {
  Consumer: Consumer;
}

/** Either the consumer's ARN, or the stream's ARN and the consumer's name. */
export interface ConsumerReference {
  StreamARN?: string | undefined;
  ConsumerName?: string | undefined;
  ConsumerARN?: string | undefined;
  StreamId?: string | undefined;
}

/** A consumer and the stream that it is registered with. */
export interface ConsumerDescription extends Consumer {
  StreamARN: string;
}

/** What DescribeStreamConsumer answers with. */
export interface DescribeStreamConsumerOutput {
  ConsumerDescription: ConsumerDescription;
}

/** The stream whose consumers are asked for, and which page of them. */
export interface ListStreamConsumersInput {
  StreamARN: string;
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
  StreamCreationTimestamp?: Date | undefined;
  StreamId?: string | undefined;
}

/** One page of consumers; `NextToken` is there where another follows. */
export interface ListStreamConsumersOutput {
  Consumers?: Consumer[] | undefined;
  NextToken?: string | undefined;
}

// -- the account --------------------------------------------------------------------------------------------------

/** For the operations that ask for nothing. */
export type NoInput = Record<string, never>;

/** How many open shards, on-demand streams and channels the account has in the region, and may have. */
export interface DescribeLimitsOutput {
  ShardLimit: number;
  OpenShardCount: number;
  OnDemandStreamCount: number;
  OnDemandStreamCountLimit: number;
  ChannelCount?: number | undefined;
  ChannelCountLimit?: number | undefined;
}

/** Whether the account is to commit itself to a minimum throughput. */
export interface MinimumThroughputBillingCommitmentInput {
  Status: "ENABLED" | "DISABLED";
}

/** The account's commitment to a minimum throughput, and when it may end. */
export interface MinimumThroughputBillingCommitment {
  Status: Open<"ENABLED" | "DISABLED" | "ENABLED_UNTIL_EARLIEST_ALLOWED_END">;
  StartedAt?: Date | undefined;
  EndedAt?: Date | undefined;
  EarliestAllowedEndAt?: Date | undefined;
}

/** The account's settings in the region. */
export interface AccountSettingsOutput {
  MinimumThroughputBillingCommitment?: MinimumThroughputBillingCommitment | undefined;
}

/** The settings that the account is to have in the region. */
export interface UpdateAccountSettingsInput {
  MinimumThroughputBillingCommitment: MinimumThroughputBillingCommitmentInput;
}

// -- channels -----------------------------------------------------------------------------------------------------

/** The KMS key that encrypts what a channel holds. */
export interface ChannelEncryptionConfiguration {
  EncryptionType: "KMS";
  KeyId: string;
}

/** Where a channel writes its log. */
export interface ChannelLoggingConfiguration {
  CloudWatchLogs: {
    Enabled: boolean;
    LogGroupName?: string | undefined;
    LogStreamName?: string | undefined;
  };
}

/** The bucket for records that could not be delivered. */
export interface DeadLetterQueueS3Configuration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  ErrorOutputPrefix?: string | undefined;
}

/** The bucket that records are delivered to, and in what form. */
export interface S3StorageConfiguration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  CompressionType: Open<"NONE" | "GZIP" | "ZSTD">;
  OutputKeyTemplate?: string | undefined;
  StorageClass?: Open<"STANDARD" | "INTELLIGENT_TIERING" | "GLACIER_IR"> | undefined;
}

/** Delivery to a bucket, as it is asked for. */
export interface S3DestinationConfiguration {
  DataFreshnessInSeconds?: number | undefined;
  DeadLetterQueueS3Configuration?: DeadLetterQueueS3Configuration | undefined;
  StorageConfiguration: S3StorageConfiguration;
}

/** A column by which a table is partitioned. */
export interface PartitionField {
  Transform: Open<"TIME_HOUR">;
  SourceName: string;
}

/** The table that records are delivered to. */
export interface S3TablesConfiguration {
  TableBucketARN: string;
  Namespace: string;
  TableName: string;
  CompressionType: Open<"NONE" | "ZSTD" | "SNAPPY">;
  PartitionSpec?: { PartitionFields: PartitionField[] } | undefined;
}

/** Delivery to tables, as it is asked for. */
export interface S3TablesDestinationConfiguration {
  DataFreshnessInSeconds?: number | undefined;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  S3TablesConfigurationList: S3TablesConfiguration[];
}

/** Delivery to a bucket, as AWS tells it. */
export interface S3DestinationDescription {
  DataFreshnessInSeconds: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  StorageConfiguration: S3StorageConfiguration;
}

/** Delivery to tables, as AWS tells it. */
export interface S3TablesDestinationDescription {
  DataFreshnessInSeconds: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  S3TablesConfigurationList: S3TablesConfiguration[];
}

/** The form of a stream's records; with GSR_JSON the ARN of their schema. */
export interface RecordConfiguration {
  RecordFormatType: Open<"GSR_JSON" | "JSON" | "STRING" | "BYTE_ARRAY">;
  GSRSchemaARN?: string | undefined;
}

/** A stream that a channel reads. */
export interface ChannelStreamConfiguration {
  StreamARN: string;
  RecordConfiguration: RecordConfiguration;
}

/**
 * The channel that CreateChannel is to make: from which streams to where. Source:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateChannel.html
 */
export interface CreateChannelInput {
  ChannelName: string;
  ServiceExecutionRoleARN: string;
  StreamConfigurationList: ChannelStreamConfiguration[];
  S3DestinationConfiguration?: S3DestinationConfiguration | undefined;
  S3TablesDestinationConfiguration?: S3TablesDestinationConfiguration | undefined;
  EncryptionConfiguration?: ChannelEncryptionConfiguration | undefined;
  Tags?: TagMap | undefined;
  LoggingConfiguration?: ChannelLoggingConfiguration | undefined;
}

/** Which channel, by its ARN. */
export interface ChannelReference {
  ChannelARN: string;
}

/** A stream that a channel reads, and when that was created. */
export interface ChannelStreamDescription extends ChannelStreamConfiguration {
  StreamCreationTimestamp: Date;
}

/** A channel, as AWS tells it. */
export interface ChannelDescription {
  ChannelName: string;
  ChannelARN: string;
  ChannelId: string;
  ChannelStatus: Open<ChannelStatus>;
  ChannelStatusReason?: string | undefined;
  ChannelCreationTimestamp: Date;
  ServiceExecutionRoleARN: string;
  StreamConfigurationList: ChannelStreamDescription[];
  S3DestinationConfiguration?: S3DestinationDescription | undefined;
  S3TablesDestinationConfiguration?: S3TablesDestinationDescription | undefined;
  EncryptionConfiguration?: { EncryptionType: Open<"KMS">; KeyId: string } | undefined;
  LoggingConfiguration: ChannelLoggingConfiguration;
}

/** What the operations on one channel answer with. */
export interface ChannelOutput {
  ChannelDescription: ChannelDescription;
}

/** Which channels, and which page of them. */
export interface ListChannelsInput {
  StreamFilter?: Array<{ StreamARN: string; StreamCreationTimestamp?: Date | undefined }> | undefined;
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

/** One channel of ListChannels. */
export interface ChannelSummary {
  ChannelName: string;
  ChannelARN: string;
  ChannelId: string;
  ChannelStatus: Open<ChannelStatus>;
  ChannelStatusReason?: string | undefined;
  ChannelCreationTimestamp: Date;
  ChannelDestinationType: Open<ChannelDestinationType>;
  Streams: Array<{ StreamARN: string; StreamCreationTimestamp: Date }>;
}

/** One page of channels; `NextToken` is there where another follows. */
export interface ListChannelsOutput {
  ChannelSummaries: ChannelSummary[];
  NextToken?: string | undefined;
}

/**
 * What is to change about a channel. Source:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateChannel.html
 */
export interface UpdateChannelInput {
  ChannelARN: string;
  S3DestinationConfiguration?: { DataFreshnessInSeconds: number } | undefined;
  S3TablesDestinationConfiguration?: { DataFreshnessInSeconds: number } | undefined;
  LoggingConfiguration?: ChannelLoggingConfiguration | undefined;
}

// -- every operation ----------------------------------------------------------------------------------------------

/** Operation -> what goes in and what comes back; `undefined` where AWS's answer is empty. */
export interface OperationTypes {
  AddTagsToStream: { input: AddTagsToStreamInput; output: undefined };
  CreateChannel: { input: CreateChannelInput; output: ChannelOutput };
  CreateStream: { input: CreateStreamInput; output: undefined };
  DecreaseStreamRetentionPeriod: { input: RetentionPeriodInput; output: undefined };
  DeleteChannel: { input: ChannelReference; output: undefined };
  DeleteResourcePolicy: { input: DeleteResourcePolicyInput; output: undefined };
  DeleteStream: { input: DeleteStreamInput; output: undefined };
  DeregisterStreamConsumer: { input: ConsumerReference; output: undefined };
  DescribeAccountSettings: { input: NoInput; output: AccountSettingsOutput };
  DescribeChannel: { input: ChannelReference; output: ChannelOutput };
  DescribeLimits: { input: NoInput; output: DescribeLimitsOutput };
  DescribeStream: { input: DescribeStreamInput; output: DescribeStreamOutput };
  DescribeStreamConsumer: { input: ConsumerReference; output: DescribeStreamConsumerOutput };
  DescribeStreamSummary: { input: DescribeStreamSummaryInput; output: DescribeStreamSummaryOutput };
  DisableEnhancedMonitoring: { input: EnhancedMonitoringInput; output: EnhancedMonitoringOutput };
  EnableEnhancedMonitoring: { input: EnhancedMonitoringInput; output: EnhancedMonitoringOutput };
  GetRecords: { input: GetRecordsInput; output: GetRecordsOutput };
  GetResourcePolicy: { input: GetResourcePolicyInput; output: GetResourcePolicyOutput };
  GetShardIterator: { input: GetShardIteratorInput; output: GetShardIteratorOutput };
  IncreaseStreamRetentionPeriod: { input: RetentionPeriodInput; output: undefined };
  ListChannels: { input: ListChannelsInput; output: ListChannelsOutput };
  ListShards: { input: ListShardsInput; output: ListShardsOutput };
  ListStreamConsumers: { input: ListStreamConsumersInput; output: ListStreamConsumersOutput };
  ListStreams: { input: ListStreamsInput; output: ListStreamsOutput };
  ListTagsForResource: { input: ListTagsForResourceInput; output: ListTagsForResourceOutput };
  ListTagsForStream: { input: ListTagsForStreamInput; output: ListTagsForStreamOutput };
  MergeShards: { input: MergeShardsInput; output: undefined };
  PutRecord: { input: PutRecordInput; output: PutRecordOutput };
  PutRecords: { input: PutRecordsInput; output: PutRecordsOutput };
  PutResourcePolicy: { input: PutResourcePolicyInput; output: undefined };
  RegisterStreamConsumer: { input: RegisterStreamConsumerInput; output: RegisterStreamConsumerOutput };
  RemoveTagsFromStream: { input: RemoveTagsFromStreamInput; output: undefined };
  SplitShard: { input: SplitShardInput; output: undefined };
  StartStreamEncryption: { input: StreamEncryptionInput; output: undefined };
  StopStreamEncryption: { input: StreamEncryptionInput; output: undefined };
  TagResource: { input: TagResourceInput; output: undefined };
  UntagResource: { input: UntagResourceInput; output: undefined };
  UpdateAccountSettings: { input: UpdateAccountSettingsInput; output: AccountSettingsOutput };
  UpdateChannel: { input: UpdateChannelInput; output: ChannelOutput };
  UpdateMaxRecordSize: { input: UpdateMaxRecordSizeInput; output: undefined };
  UpdateShardCount: { input: UpdateShardCountInput; output: UpdateShardCountOutput };
  UpdateStreamMode: { input: UpdateStreamModeInput; output: undefined };
  UpdateStreamRecordDistributionStrategy: { input: UpdateStreamRecordDistributionStrategyInput; output: undefined };
  UpdateStreamWarmThroughput: { input: UpdateStreamWarmThroughputInput; output: UpdateStreamWarmThroughputOutput };
}

/** The name of an operation of the Kinesis API, as AWS writes it. */
export type OperationName = keyof OperationTypes;
