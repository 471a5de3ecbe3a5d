import { Stream } from "pulumi-kinesis";

// AWS sets the number of shards: a program that says one too is refused. To take the shards over again, say PROVISIONED and a
// shardCount; AWS lets a stream's mode be switched twice in 24 hours.
const events = new Stream("events", {
  streamModeDetails: { streamMode: "ON_DEMAND" },
  retentionPeriod: 72,
  tags: { team: "analytics" },
});

export const streamName = events.name;
export const shards = events.openShards.apply((open) => open.length);
