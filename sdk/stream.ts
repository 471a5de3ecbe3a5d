import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "./dynamic-resource";

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
   *   reached, and the next one goes on.
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
   * for no other shards; goes with `ignoreChanges: ["shardCount"]` for a stream that something else scales. Going from "none" to
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

export interface StreamArgs {
  /**
   * The stream's name: 1 to 128 of `a-zA-Z0-9_.-`, unique in the account and region. **Changing it replaces the stream
   * and its records.**
   * @default the resource's name and seven hex digits, kept for the life of the resource
   */
  name?: pulumi.Input<string>;
  /**
   * How many shards are open, 1 to 100,000. Changing it reshards in place with the fewest splits and merges, or as
   * `resharding.strategy` says; the plan is shown at preview. An interrupted reshard goes on at the next `pulumi up`.
   */
  shardCount: pulumi.Input<number>;
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
   * Takes over a stream that exists already under this name instead of failing, and makes it what the program says. Where
   * that takes a reshard, its plan is shown at preview.
   * @default false
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * How the stream is resharded.
   * @default the fewest splits and merges, shards within 10 % above and 25 % below even width
   */
  resharding?: pulumi.Input<ReshardingArgs>;
}

/**
 * An Amazon Kinesis data stream in PROVISIONED mode.
 *
 * Every change but `name` and `region` is made in place. When something fails half-way, the stream stays in the state as
 * it really is and the next `pulumi up` goes on from there.
 */
export class Stream extends DynamicResource {
  /** The stream's ARN, which is also the resource's id. */
  readonly arn: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly shardCount: pulumi.Output<number>;
  declare readonly tags: pulumi.Output<{ [key: string]: string } | undefined>;
  /** The open shards in the order of their hash keys. */
  declare readonly openShards: pulumi.Output<OpenShard[]>;

  /**
   * @param name The resource's name in the program.
   * @param args The stream as it should be.
   * @param opts Pulumi's options; `customTimeouts` bound create (10 minutes), update (120) and delete (20).
   */
  constructor(name: string, args: StreamArgs, opts?: pulumi.CustomResourceOptions) {
    // Pulumi gives a resource the outputs whose names it finds among its inputs, set or not.
    super("stream", "Stream", name, { name: undefined, tags: undefined, openShards: undefined, ...args }, opts);
    this.arn = this.id;
  }
}
