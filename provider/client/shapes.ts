/**
 * The shapes of the Kinesis API, version 2013-12-02, with AWS's own names: what goes in and what comes back.
 *
 * Plain TypeScript and nothing else, because these types reach users' projects, some of which still parse with
 * TypeScript 3.8; the rules that check them at run time stand in schemas.ts. Optional properties admit `undefined` so
 * that callers under `exactOptionalPropertyTypes` can pass on what they may not have.
 */

/** AWS adds values to its enums; an answer with a new one must not fail, and editors still offer the known ones. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

export type StreamStatus = "CREATING" | "DELETING" | "ACTIVE" | "UPDATING";
export type StreamMode = "PROVISIONED" | "ON_DEMAND";
export type EncryptionType = "NONE" | "KMS";
export type ConsumerStatus = "CREATING" | "DELETING" | "ACTIVE";
export type ScalingType = "UNIFORM_SCALING";
export type RecordDistributionStrategy = "AUTO" | "USER_PARTITION_KEY";
export type MetricsName =
  | "IncomingBytes"
  | "IncomingRecords"
  | "OutgoingBytes"
  | "OutgoingRecords"
  | "WriteProvisionedThroughputExceeded"
  | "ReadProvisionedThroughputExceeded"
  | "IteratorAgeMilliseconds"
  | "ALL";
export type ShardIteratorType =
  | "AT_SEQUENCE_NUMBER"
  | "AFTER_SEQUENCE_NUMBER"
  | "TRIM_HORIZON"
  | "LATEST"
  | "AT_TIMESTAMP";
export type ShardFilterType =
  | "AFTER_SHARD_ID"
  | "AT_TRIM_HORIZON"
  | "FROM_TRIM_HORIZON"
  | "AT_LATEST"
  | "AT_TIMESTAMP"
  | "FROM_TIMESTAMP";
export type ChannelStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING" | "FAILED";
export type ChannelDestinationType = "S3" | "S3_TABLES";

/** Bytes, or a string that is encoded as UTF-8; with `{ base64: false }` a string that is base64 already. */
export type DataInput = string | Uint8Array;

/** Name -> value. Up to 50 a resource, AWS says; the model's own bound is 200. */
export interface TagMap {
  [key: string]: string;
}

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

export interface ResourceReference {
  ResourceARN: string;
  StreamId?: string | undefined;
}

// -- streams ------------------------------------------------------------------------------------------------------

export interface StreamModeDetails {
  StreamMode: StreamMode;
}

export interface StreamModeDescription {
  StreamMode: Open<StreamMode>;
}

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

export interface EnhancedMetrics {
  ShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
}

/** Both ends belong to the range; decimal digits, 0 to 2^128-1. */
export interface HashKeyRange {
  StartingHashKey: string;
  EndingHashKey: string;
}

export interface SequenceNumberRange {
  StartingSequenceNumber: string;
  /** Present once the shard is closed. */
  EndingSequenceNumber?: string | undefined;
}

export interface Shard {
  ShardId: string;
  ParentShardId?: string | undefined;
  AdjacentParentShardId?: string | undefined;
  HashKeyRange: HashKeyRange;
  SequenceNumberRange: SequenceNumberRange;
}

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

export interface DescribeStreamOutput {
  StreamDescription: StreamDescription;
}

export interface DescribeStreamSummaryInput extends StreamReference {}

export interface WarmThroughput {
  TargetMiBps?: number | undefined;
  CurrentMiBps?: number | undefined;
}

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

export interface DescribeStreamSummaryOutput {
  StreamDescriptionSummary: StreamDescriptionSummary;
}

export interface ListStreamsInput {
  Limit?: number | undefined;
  ExclusiveStartStreamName?: string | undefined;
  NextToken?: string | undefined;
}

export interface StreamSummary {
  StreamName: string;
  StreamARN: string;
  StreamStatus: Open<StreamStatus>;
  StreamModeDetails?: StreamModeDescription | undefined;
  StreamCreationTimestamp?: Date | undefined;
}

export interface ListStreamsOutput {
  StreamNames: string[];
  HasMoreStreams: boolean;
  NextToken?: string | undefined;
  StreamSummaries?: StreamSummary[] | undefined;
}

export interface RetentionPeriodInput extends StreamReference {
  RetentionPeriodHours: number;
}

export interface EnhancedMonitoringInput extends StreamReference {
  ShardLevelMetrics: MetricsName[];
}

export interface EnhancedMonitoringOutput {
  StreamName?: string | undefined;
  CurrentShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
  DesiredShardLevelMetrics?: Array<Open<MetricsName>> | undefined;
  StreamARN?: string | undefined;
}

export interface StreamEncryptionInput extends StreamReference {
  EncryptionType: EncryptionType;
  /** A key's id, ARN, alias or alias ARN; `alias/aws/kinesis` is the service's own. */
  KeyId: string;
}

export interface UpdateStreamModeInput {
  StreamARN: string;
  StreamId?: string | undefined;
  StreamModeDetails: StreamModeDetails;
  WarmThroughputMiBps?: number | undefined;
}

export interface UpdateMaxRecordSizeInput extends StreamArnReference {
  MaxRecordSizeInKiB: number;
}

export interface UpdateStreamWarmThroughputInput extends StreamReference {
  WarmThroughputMiBps: number;
}

export interface UpdateStreamWarmThroughputOutput {
  StreamARN?: string | undefined;
  StreamName?: string | undefined;
  WarmThroughput?: WarmThroughput | undefined;
}

export interface UpdateStreamRecordDistributionStrategyInput {
  StreamARN: string;
  StreamId?: string | undefined;
  RecordDistributionStrategy: RecordDistributionStrategy;
}

// -- shards -------------------------------------------------------------------------------------------------------

export interface SplitShardInput extends StreamReference {
  ShardToSplit: string;
  /** This key and all above go to one child, all below to the other. */
  NewStartingHashKey: string;
}

export interface MergeShardsInput extends StreamReference {
  ShardToMerge: string;
  AdjacentShardToMerge: string;
}

export interface ShardFilter {
  Type: ShardFilterType;
  ShardId?: string | undefined;
  Timestamp?: Date | undefined;
}

export interface ListShardsInput extends StreamReference {
  /** Names the stream by itself: must not travel with the other properties that do. */
  NextToken?: string | undefined;
  ExclusiveStartShardId?: string | undefined;
  MaxResults?: number | undefined;
  StreamCreationTimestamp?: Date | undefined;
  ShardFilter?: ShardFilter | undefined;
}

export interface ListShardsOutput {
  Shards?: Shard[] | undefined;
  NextToken?: string | undefined;
}

export interface UpdateShardCountInput extends StreamReference {
  TargetShardCount: number;
  ScalingType: ScalingType;
}

export interface UpdateShardCountOutput {
  StreamName?: string | undefined;
  CurrentShardCount?: number | undefined;
  TargetShardCount?: number | undefined;
  StreamARN?: string | undefined;
}

// -- records ------------------------------------------------------------------------------------------------------

export interface PutRecordInput extends StreamReference {
  Data: DataInput;
  /** May be absent only where the stream distributes records by itself (RecordDistributionStrategy AUTO). */
  PartitionKey?: string | undefined;
  ExplicitHashKey?: string | undefined;
  SequenceNumberForOrdering?: string | undefined;
  DryRun?: boolean | undefined;
}

export interface PutRecordOutput {
  ShardId: string;
  SequenceNumber: string;
  EncryptionType?: Open<EncryptionType> | undefined;
}

export interface PutRecordsRequestEntry {
  Data: DataInput;
  ExplicitHashKey?: string | undefined;
  PartitionKey?: string | undefined;
}

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

export interface PutRecordsOutput {
  FailedRecordCount?: number | undefined;
  /** In the order of the input's records. */
  Records: PutRecordsResultEntry[];
  EncryptionType?: Open<EncryptionType> | undefined;
}

export interface GetShardIteratorInput extends StreamReference {
  ShardId: string;
  ShardIteratorType: ShardIteratorType;
  StartingSequenceNumber?: string | undefined;
  Timestamp?: Date | undefined;
  DryRun?: boolean | undefined;
}

export interface GetShardIteratorOutput {
  ShardIterator?: string | undefined;
}

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

export interface ChildShard {
  ShardId: string;
  ParentShards: string[];
  HashKeyRange: HashKeyRange;
}

export interface GetRecordsOutput<Data = Uint8Array> {
  /** Empty is normal. */
  Records: Array<KinesisRecord<Data>>;
  /** Absent: the shard is closed and read to its end. */
  NextShardIterator?: string | undefined;
  MillisBehindLatest?: number | undefined;
  ChildShards?: ChildShard[] | undefined;
}

// -- tags and policies --------------------------------------------------------------------------------------------

export interface AddTagsToStreamInput extends StreamReference {
  Tags: TagMap;
}

export interface RemoveTagsFromStreamInput extends StreamReference {
  TagKeys: string[];
}

export interface ListTagsForStreamInput extends StreamReference {
  ExclusiveStartTagKey?: string | undefined;
  Limit?: number | undefined;
}

export interface ListTagsForStreamOutput {
  Tags: Tag[];
  HasMoreTags: boolean;
}

export interface TagResourceInput extends ResourceReference {
  Tags: TagMap;
}

export interface UntagResourceInput extends ResourceReference {
  TagKeys: string[];
}

export interface ListTagsForResourceInput extends ResourceReference {}

export interface ListTagsForResourceOutput {
  Tags?: Tag[] | undefined;
}

export interface PutResourcePolicyInput extends ResourceReference {
  /** JSON. */
  Policy: string;
}

export interface GetResourcePolicyInput extends ResourceReference {}

export interface GetResourcePolicyOutput {
  Policy: string;
}

export interface DeleteResourcePolicyInput extends ResourceReference {}

// -- consumers ----------------------------------------------------------------------------------------------------

export interface RegisterStreamConsumerInput {
  StreamARN: string;
  ConsumerName: string;
  StreamId?: string | undefined;
  Tags?: TagMap | undefined;
}

export interface Consumer {
  ConsumerName: string;
  ConsumerARN: string;
  ConsumerStatus: Open<ConsumerStatus>;
  ConsumerCreationTimestamp: Date;
}

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

export interface ConsumerDescription extends Consumer {
  StreamARN: string;
}

export interface DescribeStreamConsumerOutput {
  ConsumerDescription: ConsumerDescription;
}

export interface ListStreamConsumersInput {
  StreamARN: string;
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
  StreamCreationTimestamp?: Date | undefined;
  StreamId?: string | undefined;
}

export interface ListStreamConsumersOutput {
  Consumers?: Consumer[] | undefined;
  NextToken?: string | undefined;
}

// -- the account --------------------------------------------------------------------------------------------------

/** For the operations that ask for nothing. */
export type NoInput = Record<string, never>;

export interface DescribeLimitsOutput {
  ShardLimit: number;
  OpenShardCount: number;
  OnDemandStreamCount: number;
  OnDemandStreamCountLimit: number;
  ChannelCount?: number | undefined;
  ChannelCountLimit?: number | undefined;
}

export interface MinimumThroughputBillingCommitmentInput {
  Status: "ENABLED" | "DISABLED";
}

export interface MinimumThroughputBillingCommitment {
  Status: Open<"ENABLED" | "DISABLED" | "ENABLED_UNTIL_EARLIEST_ALLOWED_END">;
  StartedAt?: Date | undefined;
  EndedAt?: Date | undefined;
  EarliestAllowedEndAt?: Date | undefined;
}

export interface AccountSettingsOutput {
  MinimumThroughputBillingCommitment?: MinimumThroughputBillingCommitment | undefined;
}

export interface UpdateAccountSettingsInput {
  MinimumThroughputBillingCommitment: MinimumThroughputBillingCommitmentInput;
}

// -- channels -----------------------------------------------------------------------------------------------------

export interface ChannelEncryptionConfiguration {
  EncryptionType: "KMS";
  KeyId: string;
}

export interface ChannelLoggingConfiguration {
  CloudWatchLogs: {
    Enabled: boolean;
    LogGroupName?: string | undefined;
    LogStreamName?: string | undefined;
  };
}

export interface DeadLetterQueueS3Configuration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  ErrorOutputPrefix?: string | undefined;
}

export interface S3StorageConfiguration {
  BucketARN: string;
  ExpectedBucketOwner: string;
  CompressionType: Open<"NONE" | "GZIP" | "ZSTD">;
  OutputKeyTemplate?: string | undefined;
  StorageClass?: Open<"STANDARD" | "INTELLIGENT_TIERING" | "GLACIER_IR"> | undefined;
}

export interface S3DestinationConfiguration {
  DataFreshnessInSeconds?: number | undefined;
  DeadLetterQueueS3Configuration?: DeadLetterQueueS3Configuration | undefined;
  StorageConfiguration: S3StorageConfiguration;
}

export interface PartitionField {
  Transform: Open<"TIME_HOUR">;
  SourceName: string;
}

export interface S3TablesConfiguration {
  TableBucketARN: string;
  Namespace: string;
  TableName: string;
  CompressionType: Open<"NONE" | "ZSTD" | "SNAPPY">;
  PartitionSpec?: { PartitionFields: PartitionField[] } | undefined;
}

export interface S3TablesDestinationConfiguration {
  DataFreshnessInSeconds?: number | undefined;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  S3TablesConfigurationList: S3TablesConfiguration[];
}

export interface S3DestinationDescription {
  DataFreshnessInSeconds: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  StorageConfiguration: S3StorageConfiguration;
}

export interface S3TablesDestinationDescription {
  DataFreshnessInSeconds: number;
  DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration;
  S3TablesConfigurationList: S3TablesConfiguration[];
}

export interface RecordConfiguration {
  RecordFormatType: Open<"GSR_JSON" | "JSON" | "STRING" | "BYTE_ARRAY">;
  GSRSchemaARN?: string | undefined;
}

export interface ChannelStreamConfiguration {
  StreamARN: string;
  RecordConfiguration: RecordConfiguration;
}

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

export interface ChannelReference {
  ChannelARN: string;
}

export interface ChannelStreamDescription extends ChannelStreamConfiguration {
  StreamCreationTimestamp: Date;
}

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

export interface ChannelOutput {
  ChannelDescription: ChannelDescription;
}

export interface ListChannelsInput {
  StreamFilter?: Array<{ StreamARN: string; StreamCreationTimestamp?: Date | undefined }> | undefined;
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

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

export interface ListChannelsOutput {
  ChannelSummaries: ChannelSummary[];
  NextToken?: string | undefined;
}

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

export type OperationName = keyof OperationTypes;
