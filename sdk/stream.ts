import * as pulumi from "@pulumi/pulumi";
import { DynamicResource, regionOf, tagsUnderSecretDefaults } from "./dynamic-resource";
import { stackName } from "./stack-name";

/** An open shard and the inclusive range of hash keys it serves, as decimal strings between "0" and 2^128-1. */
export interface OpenShard {
  shardId: string;
  startingHashKey: string;
  endingHashKey: string;
}

/**
 * How a stream is resharded. Everything here is changed in place: `weights`, `tolerance` and `balance` may reshard the stream
 * at the next update, the others only tell how the next reshard is done.
 */
export interface ReshardingArgs {
  /**
   * Which calls of Kinesis reshard the stream.
   *
   * - "split-merge": SplitShard and MergeShards, the fewest that reach the shards asked for, one at a time.
   * - "update-shard-count": UpdateShardCount, with which AWS splits and merges by itself. It makes all shards equally wide, so
   *   it can't go with `weights`, and it can't keep `maxOpenShards`. At most double and at least half at once: a larger change
   *   takes several calls. AWS takes ten a stream in 24 hours; once they are used the update fails, says what was
   *   reached, and the next one goes on. Widths of the right number of shards are AWS's: they are told, and are no drift.
   * - "auto": UpdateShardCount where it is legal, its short-lived shards fit into the account's quota, and it is expected to be
   *   quicker (five minutes a call are assumed, thirty seconds a split or merge); else splits and merges, also for what
   *   UpdateShardCount leaves uneven and where the ten calls are used.
   *
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
   * @default "split-merge"
   */
  strategy?: pulumi.Input<"split-merge" | "update-shard-count" | "auto">;
  /**
   * How far a shard may be from its ideal width, as parts of it: `over` from 0 to 10, `under` from 0 to 0.99, or one number from
   * 0 to 0.99 for both. A wider tolerance saves splits and merges: `over` is what capacity is lost at most, `under` only costs
   * money. A narrower one reshards a stream whose shards are outside it.
   * @default { over: 0.1, under: 0.25 }
   */
  tolerance?: pulumi.Input<number | { over: pulumi.Input<number>; under: pulumi.Input<number> }>;
  /**
   * A positive number for each shard, in the order of hash keys: how wide it is relative to the others. Changing them reshards.
   * @default all shards equally wide
   */
  weights?: pulumi.Input<pulumi.Input<number>[]>;
  /**
   * "keyspace": shards of the wrong width are drift, and mended. "none": they are left alone as long as the program asks
   * for no other shards, but not those of a reshard of ours that was cut short; goes with `ignoreChanges: ["shardCount"]` for a stream that something else scales. Going from "none" to
   * "keyspace" reshards a stream whose shards are outside the tolerance.
   * @default "keyspace"; "none" for a stream that was adopted, until the program writes `resharding`
   */
  balance?: pulumi.Input<"keyspace" | "none">;
  /**
   * The most operations (splits, merges, UpdateShardCount) of one update, from 0. One that takes more is refused before the
   * first; raising it confirms.
   * @default 200
   */
  maxOperations?: pulumi.Input<number>;
  /**
   * The most shards that may be open on the way, at least `shardCount`, for an account near its quota. Where no safe order fits
   * under it, the update is refused before the first operation.
   * @default one more than the larger of before and after
   */
  maxOpenShards?: pulumi.Input<number>;
  /**
   * Where no safe order fits under `maxOpenShards`: merge first, and have a shard wider than any before or after for a while.
   * @default false
   */
  allowHotMerge?: pulumi.Input<boolean>;
}

/** A stream's capacity mode. */
export interface StreamModeDetailsArgs {
  /**
   * "PROVISIONED": the program says how many shards there are. "ON_DEMAND": AWS does, and the program must not.
   */
  streamMode: pulumi.Input<"PROVISIONED" | "ON_DEMAND">;
}

/** How long an operation may take: durations such as "90s", "10m" or "1h30m". Changing them takes effect in place. */
export interface StreamTimeoutsArgs {
  /**
   * From the moment when AWS has taken the request until the stream is as the program says.
   * @default "10m"
   */
  create?: pulumi.Input<string>;
  /**
   * A reshard that takes longer ends between two operations, and the next `pulumi up` goes on.
   * @default "2h"
   */
  update?: pulumi.Input<string>;
  /**
   * Until the stream's name is free again.
   * @default "20m"
   */
  delete?: pulumi.Input<string>;
}

/** The stream as it should be; the names are those of `aws.kinesis.Stream`. */
export interface StreamArgs {
  /**
   * The stream's name: 1 to 128 of `a-zA-Z0-9_.-`, unique in the account and region. **Changing it replaces the stream
   * and its records.**
   * @default the resource's name and seven hex digits, kept for the life of the resource
   */
  name?: pulumi.Input<string>;
  /**
   * How many shards are open, 1 to 100,000; required in PROVISIONED mode, and to be left out in ON_DEMAND mode. Changing it
   * reshards in place with the fewest splits and merges, or as `resharding.strategy` says; the plan is shown at preview. An
   * interrupted reshard goes on at the next `pulumi up`.
   */
  shardCount?: pulumi.Input<number>;
  /**
   * The capacity mode. Changed in place; AWS lets a stream's mode be switched twice in 24 hours. A switch to ON_DEMAND leaves
   * the shards to AWS; a switch to PROVISIONED is followed by a reshard to `shardCount`.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
   * @default { streamMode: "PROVISIONED" }
   */
  streamModeDetails?: pulumi.Input<StreamModeDetailsArgs>;
  /**
   * How long records stay readable, in hours: 24 to 8760 (a year). Changed in place; what a shorter one drops is gone. A longer
   * one is set before anything else of an update, a shorter one after all else has worked.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
   * @default 24, also when somebody else has changed it; of a stream that was adopted what it has
   */
  retentionPeriod?: pulumi.Input<number>;
  /**
   * The metrics that CloudWatch gets for each shard, in any order: IncomingBytes, IncomingRecords, OutgoingBytes,
   * OutgoingRecords, WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds. Changed in
   * place.
   * Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
   * @default none, also when somebody else has switched some on; of a stream that was adopted what it has
   */
  shardLevelMetrics?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * "KMS" encrypts new records with `kmsKeyId`, "NONE" does not. Changed in place; AWS allows 25 changes in 24 hours.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
   * @default "NONE", also when somebody else has encrypted the stream; of a stream that was adopted what it has
   */
  encryptionType?: pulumi.Input<"NONE" | "KMS">;
  /**
   * The key for encryptionType KMS: a key's id or ARN, or an alias (`alias/…`) or its ARN; `alias/aws/kinesis` is the key that
   * AWS keeps for Kinesis. Changed in place. The id and the ARN of one key are the same; which key an alias stands for, only
   * KMS knows: an alias is taken for the key that it had when it was set.
   */
  kmsKeyId?: pulumi.Input<string>;
  /**
   * Lets the stream be deleted, or replaced, while consumers are registered with it; they are deregistered. Changed in place,
   * without a call.
   * @default false: such a stream is not deleted, and the error names its consumers
   */
  enforceConsumerDeletion?: pulumi.Input<boolean>;
  /**
   * The largest record, in KiB: 1024 to 10240. Changed in place.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html
   * @default what the stream has, 1024 when it is new
   */
  maxRecordSizeInKib?: pulumi.Input<number>;
  /**
   * The write throughput that an ON_DEMAND stream is ready for at any moment, in MiB a second. Changed in place. Takes an account
   * with a minimum throughput billing commitment.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html
   * @default what the stream has
   */
  warmThroughputMibPs?: pulumi.Input<number>;
  /**
   * How an ON_DEMAND stream spreads records over its shards: by "USER_PARTITION_KEY", or "AUTO", which ignores partition keys
   * and with them the order of records. Changed in place.
   * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html
   * @default what the stream has, USER_PARTITION_KEY when it is new
   */
  recordDistributionStrategy?: pulumi.Input<"AUTO" | "USER_PARTITION_KEY">;
  /**
   * Tags that this resource owns: at most 50 on a stream, keys of 1 to 128 characters not beginning with `aws:`,
   * values of up to 256. Changed in place. Unlike `aws.kinesis.Stream`, keys that somebody else set are left alone.
   * @default none
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /**
   * The AWS region of the stream. **Changing it replaces the stream**; leaving it out never does.
   * @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files
   */
  region?: pulumi.Input<string>;
  /**
   * Takes over a stream that exists already under this name instead of failing, and makes it what the program says. Every
   * change of it, with the plan of a reshard, is shown at preview. What the program leaves out (retention, metrics, encryption, the
   * widths of the shards) stays as it was found, also when `adopt` is taken out again.
   * @default false
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * How the stream is resharded.
   * @default the fewest splits and merges, shards within 10 % above and 25 % below even width
   */
  resharding?: pulumi.Input<ReshardingArgs>;
  /**
   * How long operations may take; Pulumi's option `customTimeouts` means the same, and both with different values for one
   * operation are refused.
   */
  timeouts?: pulumi.Input<StreamTimeoutsArgs>;
}

/**
 * An Amazon Kinesis data stream.
 *
 * Every change but `name` and `region` is made in place. When something fails half-way, the stream stays in the state as
 * it really is and the next `pulumi up` goes on from there.
 */
export class Stream extends DynamicResource {
  /** The stream's ARN, which is also the resource's id. */
  readonly arn: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** How many shards are open, also where the program leaves that to AWS. */
  declare readonly shardCount: pulumi.Output<number>;
  /** The open shards in the order of their hash keys. */
  declare readonly openShards: pulumi.Output<OpenShard[]>;
  /** ACTIVE, or UPDATING where somebody changed the stream when it was last looked at. */
  declare readonly streamStatus: pulumi.Output<string>;
  /** ISO 8601, in UTC. */
  declare readonly creationTimestamp: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<{ [key: string]: string } | undefined>;
  /** The same as `tags`, the stack's `defaultTags` included, and empty where there are none. */
  readonly tagsAll: pulumi.Output<{ [key: string]: string }>;
  /** The AWS region, from the ARN. */
  readonly region: pulumi.Output<string>;
  // What is left out has its default here, except on a stream that was adopted, which keeps what it had.
  declare readonly streamModeDetails: pulumi.Output<{ streamMode: string } | undefined>;
  declare readonly retentionPeriod: pulumi.Output<number | undefined>;
  declare readonly shardLevelMetrics: pulumi.Output<string[] | undefined>;
  declare readonly encryptionType: pulumi.Output<string | undefined>;
  declare readonly kmsKeyId: pulumi.Output<string | undefined>;
  declare readonly enforceConsumerDeletion: pulumi.Output<boolean | undefined>;
  declare readonly maxRecordSizeInKib: pulumi.Output<number | undefined>;
  declare readonly warmThroughputMibPs: pulumi.Output<number | undefined>;
  declare readonly recordDistributionStrategy: pulumi.Output<string | undefined>;

  /**
   * @param name The resource's name in the program.
   * @param args The stream as it should be.
   * @param opts Pulumi's options; `customTimeouts` means the same as `args.timeouts`.
   */
  constructor(name: string, args: StreamArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...OUTPUTS, __adopted: undefined, ...args, ...tagsUnderSecretDefaults(args), __stack: stackName() };
    super("stream", "Stream", name, props, opts);
    this.arn = this.id;
    this.region = regionOf(this.id);
    this.tagsAll = this.tags.apply((tags) => tags ?? {});
    this.streamModeDetails = this.streamModeDetails.apply((mode) => mode ?? { streamMode: "PROVISIONED" });
    const { __adopted } = this as unknown as { __adopted: pulumi.Output<boolean | undefined> };
    const orDefault = <Value>(output: pulumi.Output<Value | undefined>, value: Value) =>
      pulumi.all([output, __adopted]).apply(([said, isAdopted]) => said ?? (isAdopted === true ? undefined : value));
    this.retentionPeriod = orDefault(this.retentionPeriod, 24);
    this.shardLevelMetrics = orDefault(this.shardLevelMetrics, []);
    this.encryptionType = orDefault(this.encryptionType, "NONE");
  }

  /**
   * A stream that exists and stays somebody else's: it is read at every preview and update, and never changed.
   * @param name The resource's name in the program.
   * @param id The stream's ARN.
   * @param _state Has no effect: AWS is asked. It is there for programs that were written for `aws.kinesis.Stream`.
   * @param opts Pulumi's options.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    _state?: Partial<StreamArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): Stream {
    return new Stream(name, { __get: true } as StreamArgs, { ...opts, id });
  }
}

/** Pulumi gives a resource the outputs whose names it finds among its inputs, set or not. */
const OUTPUTS: { [Name in keyof Stream]?: undefined } = {
  name: undefined,
  shardCount: undefined,
  openShards: undefined,
  streamStatus: undefined,
  creationTimestamp: undefined,
  tags: undefined,
  region: undefined,
  streamModeDetails: undefined,
  retentionPeriod: undefined,
  shardLevelMetrics: undefined,
  encryptionType: undefined,
  kmsKeyId: undefined,
  enforceConsumerDeletion: undefined,
  maxRecordSizeInKib: undefined,
  warmThroughputMibPs: undefined,
  recordDistributionStrategy: undefined,
};
