import * as pulumi from "@pulumi/pulumi";
import { Stream } from "pulumi-kinesis";

const config = new pulumi.Config();

// One weight for each shard, in the order of hash keys: shards as wide as these numbers are to each other. Keys that hash into the
// first quarter of the key space have most of the traffic here, and so they get narrow shards.
const weights = config.getObject<number[]>("weights") ?? [1, 1, 2, 4];

const clicks = new Stream("clicks", {
  shardCount: weights.length,
  resharding: {
    weights,
    // The account has room for one shard more on the way, and nobody wants more than twenty operations unasked.
    maxOpenShards: weights.length + 1,
    maxOperations: 20,
  },
  // The reshard of a later `up` ends between two operations when this time is over; the next one goes on.
  timeouts: { update: "1h" },
});

export const streamName = clicks.name;
export const shards = clicks.openShards;
