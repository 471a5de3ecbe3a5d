/**
 * The client's face: one method for each operation under AWS's own name in lower camel case, and an iterator for each
 * paginated list. Everything goes through `call`; nothing here knows how a call is made.
 */
import { ResponseError } from "../errors";
import type * as shapes from "./shapes";
import type { OperationName, OperationTypes } from "./shapes";

/** What one call may ask for, beside its input. */
export interface CallOptions {
  /**
   * Ends the call: waiting in line, waiting for a retry, or on the way. Rejects with the signal's reason; a request that
   * was on the way may have taken effect.
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the whole call may take: waiting in line (for its rate, and for one of the five places of streams that
   * are CREATING, and for one of `maxSockets` connections), getting credentials, and retries. DeadlineError when they end
   * while it waits or is on its way; where they leave no time for another attempt, what the last one met.
   * @default the client's `deadlineMs`
   */
  deadlineMs?: number | undefined;
  /**
   * How often the request may be sent.
   * @default the client's `maxAttempts`
   */
  maxAttempts?: number | undefined;
  /**
   * `false`: Data is base64 text already on the way in, and stays base64 text on the way out.
   * @default true
   */
  base64?: boolean | undefined;
}

export interface PutRecordsOptions extends CallOptions {
  /**
   * Send those records again that failed on their own (a shard was too busy), until all are in, the attempts are used up
   * or the deadline passes. What then still fails stays in the result, at its place, with the reason as `ErrorCode`.
   * @default false
   */
  retryFailedRecords?: boolean | undefined;
}

/** What Data is on the way out, by the call's `base64`; either, where only the running program knows that. */
export type DataOf<Base64> = Base64 extends false ? string : Uint8Array;

/** What an operation answers with, by the call's `base64`. */
export type OutputOf<Name extends OperationName, Base64> = Name extends "GetRecords"
  ? shapes.GetRecordsOutput<DataOf<Base64>>
  : OperationTypes[Name]["output"];

/** One method for each operation; what they throw is told under `call`. */
export abstract class KinesisOperations {
  abstract call<Name extends OperationName, Base64 extends boolean | undefined = true>(
    operation: Name,
    input: OperationTypes[Name]["input"],
    options?: CallOptions & { base64?: Base64 },
  ): Promise<OutputOf<Name, Base64>>;

  /** Overwrites the values of keys that exist. */
  addTagsToStream(input: shapes.AddTagsToStreamInput, options?: CallOptions): Promise<void> {
    return this.call("AddTagsToStream", input, options);
  }

  /** Makes a channel, which delivers a stream's records to a bucket or to tables. Returns while it is CREATING. */
  createChannel(input: shapes.CreateChannelInput, options?: CallOptions): Promise<shapes.ChannelOutput> {
    return this.call("CreateChannel", input, options);
  }

  /** Returns as soon as AWS has accepted it: the stream is CREATING, then ACTIVE. Waits in line, up to an hour unless `deadlineMs` says otherwise, while five streams are CREATING. */
  createStream(input: shapes.CreateStreamInput, options?: CallOptions): Promise<void> {
    return this.call("CreateStream", input, options);
  }

  /** Drops what is older than the new retention, in hours; at least 24. */
  decreaseStreamRetentionPeriod(input: shapes.RetentionPeriodInput, options?: CallOptions): Promise<void> {
    return this.call("DecreaseStreamRetentionPeriod", input, options);
  }

  /** The channel is DELETING until it is gone. */
  deleteChannel(input: shapes.ChannelReference, options?: CallOptions): Promise<void> {
    return this.call("DeleteChannel", input, options);
  }

  /** Takes the policy off a stream or consumer. */
  deleteResourcePolicy(input: shapes.DeleteResourcePolicyInput, options?: CallOptions): Promise<void> {
    return this.call("DeleteResourcePolicy", input, options);
  }

  /** The stream is DELETING until it is gone, with its shards, tags and records. */
  deleteStream(input: shapes.DeleteStreamInput, options?: CallOptions): Promise<void> {
    return this.call("DeleteStream", input, options);
  }

  /** The consumer is DELETING until it is gone. */
  deregisterStreamConsumer(input: shapes.ConsumerReference, options?: CallOptions): Promise<void> {
    return this.call("DeregisterStreamConsumer", input, options);
  }

  /** The account's settings in the region. */
  describeAccountSettings(input: shapes.NoInput = {}, options?: CallOptions): Promise<shapes.AccountSettingsOutput> {
    return this.call("DescribeAccountSettings", input, options);
  }

  /** A channel and its status. */
  describeChannel(input: shapes.ChannelReference, options?: CallOptions): Promise<shapes.ChannelOutput> {
    return this.call("DescribeChannel", input, options);
  }

  /** The account's shards, on-demand streams and their limits. */
  describeLimits(input: shapes.NoInput = {}, options?: CallOptions): Promise<shapes.DescribeLimitsOutput> {
    return this.call("DescribeLimits", input, options);
  }

  /** One page of shards; `shards()` lists all. `describeStreamSummary` is cheaper where the shards are not asked for. */
  describeStream(input: shapes.DescribeStreamInput, options?: CallOptions): Promise<shapes.DescribeStreamOutput> {
    return this.call("DescribeStream", input, options);
  }

  /** A consumer and its status, by its ARN, or by its name and the stream's ARN. */
  describeStreamConsumer(
    input: shapes.ConsumerReference,
    options?: CallOptions,
  ): Promise<shapes.DescribeStreamConsumerOutput> {
    return this.call("DescribeStreamConsumer", input, options);
  }

  /** A stream without its shards: status, settings, and how many shards and consumers it has. */
  describeStreamSummary(
    input: shapes.DescribeStreamSummaryInput,
    options?: CallOptions,
  ): Promise<shapes.DescribeStreamSummaryOutput> {
    return this.call("DescribeStreamSummary", input, options);
  }

  /** Switches shard-level metrics off. */
  disableEnhancedMonitoring(
    input: shapes.EnhancedMonitoringInput,
    options?: CallOptions,
  ): Promise<shapes.EnhancedMonitoringOutput> {
    return this.call("DisableEnhancedMonitoring", input, options);
  }

  /** Switches shard-level metrics on, for which CloudWatch charges. */
  enableEnhancedMonitoring(
    input: shapes.EnhancedMonitoringInput,
    options?: CallOptions,
  ): Promise<shapes.EnhancedMonitoringOutput> {
    return this.call("EnableEnhancedMonitoring", input, options);
  }

  /** The policy of a stream or consumer, as JSON text in AWS's words. */
  getResourcePolicy(
    input: shapes.GetResourcePolicyInput,
    options?: CallOptions,
  ): Promise<shapes.GetResourcePolicyOutput> {
    return this.call("GetResourcePolicy", input, options);
  }

  /** An iterator expires five minutes after it was handed out. */
  getShardIterator(input: shapes.GetShardIteratorInput, options?: CallOptions): Promise<shapes.GetShardIteratorOutput> {
    return this.call("GetShardIterator", input, options);
  }

  /** Keeps records longer, in hours, at most 8760: also those that are there. */
  increaseStreamRetentionPeriod(input: shapes.RetentionPeriodInput, options?: CallOptions): Promise<void> {
    return this.call("IncreaseStreamRetentionPeriod", input, options);
  }

  /** One page; `channels()` lists all. */
  listChannels(input: shapes.ListChannelsInput = {}, options?: CallOptions): Promise<shapes.ListChannelsOutput> {
    return this.call("ListChannels", input, options);
  }

  /** One page; `shards()` lists all. */
  listShards(input: shapes.ListShardsInput, options?: CallOptions): Promise<shapes.ListShardsOutput> {
    return this.call("ListShards", input, options);
  }

  /** One page; `consumers()` lists all. */
  listStreamConsumers(
    input: shapes.ListStreamConsumersInput,
    options?: CallOptions,
  ): Promise<shapes.ListStreamConsumersOutput> {
    return this.call("ListStreamConsumers", input, options);
  }

  /** One page; `streams()` lists all. */
  listStreams(input: shapes.ListStreamsInput = {}, options?: CallOptions): Promise<shapes.ListStreamsOutput> {
    return this.call("ListStreams", input, options);
  }

  /** All tags of a stream or consumer. */
  listTagsForResource(
    input: shapes.ListTagsForResourceInput,
    options?: CallOptions,
  ): Promise<shapes.ListTagsForResourceOutput> {
    return this.call("ListTagsForResource", input, options);
  }

  /** One page; `tags()` lists all. */
  listTagsForStream(
    input: shapes.ListTagsForStreamInput,
    options?: CallOptions,
  ): Promise<shapes.ListTagsForStreamOutput> {
    return this.call("ListTagsForStream", input, options);
  }

  /** The two shards' ranges must lie side by side. Only while the stream is ACTIVE; it is UPDATING meanwhile. */
  mergeShards(input: shapes.MergeShardsInput, options?: CallOptions): Promise<void> {
    return this.call("MergeShards", input, options);
  }

  /** A retry may store the record twice: consumers of Kinesis must cope with duplicates anyway. */
  putRecord(input: shapes.PutRecordInput, options?: CallOptions): Promise<shapes.PutRecordOutput> {
    return this.call("PutRecord", input, options);
  }

  /** Sets the policy of a stream or consumer, in place of the one that it has. */
  putResourcePolicy(input: shapes.PutResourcePolicyInput, options?: CallOptions): Promise<void> {
    return this.call("PutResourcePolicy", input, options);
  }

  /** Registers a consumer with a throughput of its own, which AWS charges for. Returns while it is CREATING. */
  registerStreamConsumer(
    input: shapes.RegisterStreamConsumerInput,
    options?: CallOptions,
  ): Promise<shapes.RegisterStreamConsumerOutput> {
    return this.call("RegisterStreamConsumer", input, options);
  }

  /** Keys that the stream does not have are ignored. */
  removeTagsFromStream(input: shapes.RemoveTagsFromStreamInput, options?: CallOptions): Promise<void> {
    return this.call("RemoveTagsFromStream", input, options);
  }

  /** Only while the stream is ACTIVE; it is UPDATING meanwhile, and reads and writes go on. */
  splitShard(input: shapes.SplitShardInput, options?: CallOptions): Promise<void> {
    return this.call("SplitShard", input, options);
  }

  /** 25 times in 24 hours, together with stopping. */
  startStreamEncryption(input: shapes.StreamEncryptionInput, options?: CallOptions): Promise<void> {
    return this.call("StartStreamEncryption", input, options);
  }

  /** New records are stored in plain text. 25 times in 24 hours, together with starting. */
  stopStreamEncryption(input: shapes.StreamEncryptionInput, options?: CallOptions): Promise<void> {
    return this.call("StopStreamEncryption", input, options);
  }

  /** Tags a stream or consumer; overwrites the values of keys that exist. */
  tagResource(input: shapes.TagResourceInput, options?: CallOptions): Promise<void> {
    return this.call("TagResource", input, options);
  }

  /** Takes tags off a stream or consumer; keys that it does not have are ignored. */
  untagResource(input: shapes.UntagResourceInput, options?: CallOptions): Promise<void> {
    return this.call("UntagResource", input, options);
  }

  /** Changes the account's settings in the region. */
  updateAccountSettings(
    input: shapes.UpdateAccountSettingsInput,
    options?: CallOptions,
  ): Promise<shapes.AccountSettingsOutput> {
    return this.call("UpdateAccountSettings", input, options);
  }

  /** Changes how fresh a channel's deliveries are, and its log. */
  updateChannel(input: shapes.UpdateChannelInput, options?: CallOptions): Promise<shapes.ChannelOutput> {
    return this.call("UpdateChannel", input, options);
  }

  /** Sets how large a record may be, in KiB; the stream is UPDATING meanwhile. */
  updateMaxRecordSize(input: shapes.UpdateMaxRecordSizeInput, options?: CallOptions): Promise<void> {
    return this.call("UpdateMaxRecordSize", input, options);
  }

  /** At most double or half of the present count, ten times in 24 hours. */
  updateShardCount(input: shapes.UpdateShardCountInput, options?: CallOptions): Promise<shapes.UpdateShardCountOutput> {
    return this.call("UpdateShardCount", input, options);
  }

  /** Twice in 24 hours. */
  updateStreamMode(input: shapes.UpdateStreamModeInput, options?: CallOptions): Promise<void> {
    return this.call("UpdateStreamMode", input, options);
  }

  /** Sets how an on-demand stream spreads its records over its shards. */
  updateStreamRecordDistributionStrategy(
    input: shapes.UpdateStreamRecordDistributionStrategyInput,
    options?: CallOptions,
  ): Promise<void> {
    return this.call("UpdateStreamRecordDistributionStrategy", input, options);
  }

  /** Sets the write throughput that an on-demand stream is ready for, in MiB a second. */
  updateStreamWarmThroughput(
    input: shapes.UpdateStreamWarmThroughputInput,
    options?: CallOptions,
  ): Promise<shapes.UpdateStreamWarmThroughputOutput> {
    return this.call("UpdateStreamWarmThroughput", input, options);
  }

  /** An empty list is normal; an absent `NextShardIterator` means that the shard is closed and read to its end. */
  getRecords<Base64 extends boolean | undefined = true>(
    input: shapes.GetRecordsInput,
    options?: CallOptions & { base64?: Base64 },
  ): Promise<shapes.GetRecordsOutput<DataOf<Base64>>> {
    return this.call("GetRecords", input, options);
  }

  /**
   * Up to 500 records; results come in the order of the records, and single failures don't fail the call: look at
   * `FailedRecordCount`, or let `retryFailedRecords` see to it. A retry may store a record twice.
   */
  abstract putRecords(input: shapes.PutRecordsInput, options?: PutRecordsOptions): Promise<shapes.PutRecordsOutput>;

  // -- every page ---------------------------------------------------------------------------------------------------

  /** Every shard of a stream, closed ones included unless a `ShardFilter` (`AT_LATEST`: the open ones) leaves them out. */
  async *shards(input: Omit<shapes.ListShardsInput, "NextToken">, options?: CallOptions): AsyncGenerator<shapes.Shard> {
    const { MaxResults } = input;
    let page = await this.call("ListShards", input, options);
    for (let NextToken: string | undefined; ; ) {
      yield* page.Shards ?? [];
      NextToken = advanced("ListShards", NextToken, page.NextToken);
      if (!NextToken) return;
      // The token stands for the rest: AWS refuses the stream's name beside it.
      page = await this.call("ListShards", { NextToken, MaxResults }, options);
    }
  }

  /** The name of every stream of the account in the region. */
  async *streams(input: { Limit?: number | undefined } = {}, options?: CallOptions): AsyncGenerator<string> {
    let ExclusiveStartStreamName: string | undefined;
    for (;;) {
      const page = await this.call("ListStreams", { ...input, ExclusiveStartStreamName }, options);
      yield* page.StreamNames;
      if (!page.HasMoreStreams) return;
      ExclusiveStartStreamName = advanced("ListStreams", ExclusiveStartStreamName, page.StreamNames.at(-1));
      if (ExclusiveStartStreamName === undefined) return;
    }
  }

  /** Every tag of a stream. */
  async *tags(
    input: Omit<shapes.ListTagsForStreamInput, "ExclusiveStartTagKey">,
    options?: CallOptions,
  ): AsyncGenerator<shapes.Tag> {
    let ExclusiveStartTagKey: string | undefined;
    for (;;) {
      const page = await this.call("ListTagsForStream", { ...input, ExclusiveStartTagKey }, options);
      yield* page.Tags;
      if (!page.HasMoreTags) return;
      ExclusiveStartTagKey = advanced("ListTagsForStream", ExclusiveStartTagKey, page.Tags.at(-1)?.Key);
      if (ExclusiveStartTagKey === undefined) return;
    }
  }

  /** Every registered consumer of a stream. */
  async *consumers(
    input: Omit<shapes.ListStreamConsumersInput, "NextToken">,
    options?: CallOptions,
  ): AsyncGenerator<shapes.Consumer> {
    let page = await this.call("ListStreamConsumers", input, options);
    for (let NextToken: string | undefined; ; ) {
      yield* page.Consumers ?? [];
      NextToken = advanced("ListStreamConsumers", NextToken, page.NextToken);
      if (!NextToken) return;
      // AWS refuses the creation time beside the token.
      const next = { ...input, StreamCreationTimestamp: undefined, NextToken };
      page = await this.call("ListStreamConsumers", next, options);
    }
  }

  /** Every channel of the account in the region. */
  async *channels(
    input: Omit<shapes.ListChannelsInput, "NextToken"> = {},
    options?: CallOptions,
  ): AsyncGenerator<shapes.ChannelSummary> {
    let NextToken: string | undefined;
    do {
      const page = await this.call("ListChannels", { ...input, NextToken }, options);
      yield* page.ChannelSummaries;
      NextToken = advanced("ListChannels", NextToken, page.NextToken);
    } while (NextToken);
  }
}

/** Where the next page begins: a place that was asked for already would give the same page for ever. */
function advanced(operation: OperationName, asked: string | undefined, next: string | undefined): string | undefined {
  if (next === undefined || next !== asked) return next;
  throw new ResponseError(
    operation,
    undefined,
    `${operation}: the answer says to go on where it began, which would never end. Check what stands between here and AWS, or the emulator.`,
  );
}
