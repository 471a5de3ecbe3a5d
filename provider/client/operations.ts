/**
 * The operations of the Kinesis API, one row each; data only. A new operation is a row here, its shapes in shapes.ts
 * and schemas.ts, and a method in methods.ts. SubscribeToShard is left out: it answers with an HTTP/2 event stream,
 * which is another protocol than this client's.
 */
import * as schemas from "./schemas";
import type { OperationName, OperationTypes } from "./shapes";

/** AWS's API reference: `${API_REFERENCE}API_<Operation>.html` states the operation's rate limit. */
export const API_REFERENCE = "https://docs.aws.amazon.com/kinesis/latest/APIReference/";
/** Kinesis's quota page, for operations whose own page is silent. */
export const QUOTAS = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html";

/**
 * Calls a second. The two pages disagree about the scope of some, and the quota page with itself: its column says "per
 * stream" under a heading that says "per AWS account per Region". A limit is a stream's here only where both pages say so.
 */
export interface RateLimit {
  readonly calls: number;
  readonly per: "account" | "stream" | "shard";
  /** "assumed" where neither page states a rate: what nearly all the others have. */
  readonly source: typeof API_REFERENCE | typeof QUOTAS | "assumed";
}

/**
 * Records a second, for the shard that each record's key leads to. Only AWS knows which one that is, so nothing waits in
 * line for it: what AWS refuses is sent again after a pause.
 */
export interface RecordLimit {
  readonly records: number;
  readonly per: "shard";
  readonly source: typeof API_REFERENCE | typeof QUOTAS;
}

export interface Operation<Input, Output> {
  readonly input: schemas.Lazy<Input>;
  /** Absent where AWS answers with an empty body. */
  readonly output: [Output] extends [undefined] ? undefined : schemas.Lazy<Output>;
  /** Where the output carries Data: the same with Data as the text that came. */
  readonly textOutput?: schemas.Lazy<object>;
  readonly rate: RateLimit | RecordLimit;
  /**
   * Whether the request may be sent again when it isn't known if the last one took effect. False where the second
   * would act twice, spend a daily allowance, or be refused because of the first: OutcomeUnknownError instead.
   */
  readonly retryAfterAmbiguity: boolean;
  /** A stream is CREATING after it; AWS admits five of these at a time. */
  readonly createsStream?: true;
}

export type Operations = {
  readonly [Name in OperationName]: Operation<OperationTypes[Name]["input"], OperationTypes[Name]["output"]>;
};

const perAccount = (calls: number, source: RateLimit["source"]): RateLimit => ({ calls, per: "account", source });
const FIVE = perAccount(5, API_REFERENCE);
const FIVE_BY_QUOTA = perAccount(5, QUOTAS);
const FIVE_ASSUMED = perAccount(5, "assumed");
const perStream = (calls: number): RateLimit => ({ calls, per: "stream", source: API_REFERENCE });
const FIVE_A_SHARD: RateLimit = { calls: 5, per: "shard", source: API_REFERENCE };
const RECORDS: RecordLimit = { records: 1000, per: "shard", source: API_REFERENCE };

export const operations: Operations = {
  // -- streams
  CreateStream: {
    input: schemas.createStreamInput,
    output: undefined,
    rate: FIVE,
    retryAfterAmbiguity: false,
    createsStream: true,
  },
  DeleteStream: { input: schemas.deleteStreamInput, output: undefined, rate: FIVE, retryAfterAmbiguity: true },
  DescribeStream: {
    input: schemas.describeStreamInput,
    output: schemas.describeStreamOutput,
    rate: perAccount(10, API_REFERENCE),
    retryAfterAmbiguity: true,
  },
  DescribeStreamSummary: {
    input: schemas.describeStreamSummaryInput,
    output: schemas.describeStreamSummaryOutput,
    rate: perAccount(20, API_REFERENCE),
    retryAfterAmbiguity: true,
  },
  ListStreams: {
    input: schemas.listStreamsInput,
    output: schemas.listStreamsOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  IncreaseStreamRetentionPeriod: {
    input: schemas.retentionPeriodInput,
    output: undefined,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  DecreaseStreamRetentionPeriod: {
    input: schemas.retentionPeriodInput,
    output: undefined,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  EnableEnhancedMonitoring: {
    input: schemas.enhancedMonitoringInput,
    output: schemas.enhancedMonitoringOutput,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  DisableEnhancedMonitoring: {
    input: schemas.enhancedMonitoringInput,
    output: schemas.enhancedMonitoringOutput,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  StartStreamEncryption: {
    input: schemas.streamEncryptionInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: false,
  },
  StopStreamEncryption: {
    input: schemas.streamEncryptionInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: false,
  },
  UpdateStreamMode: {
    input: schemas.updateStreamModeInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: false,
  },
  UpdateMaxRecordSize: {
    input: schemas.updateMaxRecordSizeInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: true,
  },
  UpdateStreamWarmThroughput: {
    input: schemas.updateStreamWarmThroughputInput,
    output: schemas.updateStreamWarmThroughputOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  UpdateStreamRecordDistributionStrategy: {
    input: schemas.updateStreamRecordDistributionStrategyInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: true,
  },

  // -- shards
  ListShards: {
    input: schemas.listShardsInput,
    output: schemas.listShardsOutput,
    rate: perStream(1000),
    retryAfterAmbiguity: true,
  },
  SplitShard: { input: schemas.splitShardInput, output: undefined, rate: FIVE, retryAfterAmbiguity: false },
  MergeShards: { input: schemas.mergeShardsInput, output: undefined, rate: FIVE, retryAfterAmbiguity: false },
  UpdateShardCount: {
    input: schemas.updateShardCountInput,
    output: schemas.updateShardCountOutput,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: false,
  },

  // -- records: a repeated put may store a record twice, as with every producer of Kinesis; consumers must cope anyway
  PutRecord: {
    input: schemas.putRecordInput,
    output: schemas.putRecordOutput,
    rate: RECORDS,
    retryAfterAmbiguity: true,
  },
  PutRecords: {
    input: schemas.putRecordsInput,
    output: schemas.putRecordsOutput,
    rate: RECORDS,
    retryAfterAmbiguity: true,
  },
  GetShardIterator: {
    input: schemas.getShardIteratorInput,
    output: schemas.getShardIteratorOutput,
    rate: FIVE_A_SHARD,
    retryAfterAmbiguity: true,
  },
  GetRecords: {
    input: schemas.getRecordsInput,
    output: schemas.getRecordsOutput,
    textOutput: schemas.getRecordsTextOutput,
    rate: FIVE_A_SHARD,
    retryAfterAmbiguity: true,
  },

  // -- tags and policies
  AddTagsToStream: { input: schemas.addTagsToStreamInput, output: undefined, rate: FIVE, retryAfterAmbiguity: true },
  RemoveTagsFromStream: {
    input: schemas.removeTagsFromStreamInput,
    output: undefined,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  ListTagsForStream: {
    input: schemas.listTagsForStreamInput,
    output: schemas.listTagsForStreamOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  TagResource: { input: schemas.tagResourceInput, output: undefined, rate: FIVE_ASSUMED, retryAfterAmbiguity: true },
  UntagResource: {
    input: schemas.untagResourceInput,
    output: undefined,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: true,
  },
  ListTagsForResource: {
    input: schemas.resourceInput,
    output: schemas.listTagsForResourceOutput,
    rate: FIVE_ASSUMED,
    retryAfterAmbiguity: true,
  },
  PutResourcePolicy: {
    input: schemas.putResourcePolicyInput,
    output: undefined,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  GetResourcePolicy: {
    input: schemas.resourceInput,
    output: schemas.getResourcePolicyOutput,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },
  DeleteResourcePolicy: {
    input: schemas.resourceInput,
    output: undefined,
    rate: FIVE_BY_QUOTA,
    retryAfterAmbiguity: true,
  },

  // -- consumers
  RegisterStreamConsumer: {
    input: schemas.registerStreamConsumerInput,
    output: schemas.registerStreamConsumerOutput,
    rate: FIVE,
    retryAfterAmbiguity: false,
  },
  DeregisterStreamConsumer: {
    input: schemas.consumerInput,
    output: undefined,
    rate: perStream(5),
    retryAfterAmbiguity: true,
  },
  DescribeStreamConsumer: {
    input: schemas.consumerInput,
    output: schemas.describeStreamConsumerOutput,
    rate: perStream(20),
    retryAfterAmbiguity: true,
  },
  ListStreamConsumers: {
    input: schemas.listStreamConsumersInput,
    output: schemas.listStreamConsumersOutput,
    rate: perStream(5),
    retryAfterAmbiguity: true,
  },

  // -- the account
  DescribeLimits: {
    input: schemas.noInput,
    output: schemas.describeLimitsOutput,
    rate: perAccount(1, API_REFERENCE),
    retryAfterAmbiguity: true,
  },
  DescribeAccountSettings: {
    input: schemas.noInput,
    output: schemas.accountSettingsOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  UpdateAccountSettings: {
    input: schemas.updateAccountSettingsInput,
    output: schemas.accountSettingsOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },

  // -- channels
  CreateChannel: {
    input: schemas.createChannelInput,
    output: schemas.channelOutput,
    rate: FIVE,
    retryAfterAmbiguity: false,
  },
  DeleteChannel: { input: schemas.channelInput, output: undefined, rate: FIVE, retryAfterAmbiguity: true },
  DescribeChannel: {
    input: schemas.channelInput,
    output: schemas.channelOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  ListChannels: {
    input: schemas.listChannelsInput,
    output: schemas.listChannelsOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
  UpdateChannel: {
    input: schemas.updateChannelInput,
    output: schemas.channelOutput,
    rate: FIVE,
    retryAfterAmbiguity: true,
  },
};
