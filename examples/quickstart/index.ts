import * as pulumi from "@pulumi/pulumi";
import { Stream, StreamTags } from "pulumi-kinesis";

const config = new pulumi.Config();

// `pulumi config set shardCount 5` and `pulumi up` reshard it in place.
const orders = new Stream("orders", {
  shardCount: config.getNumber("shardCount") ?? 2,
  tags: {
    team: "checkout",
    environment: pulumi.getStack(),
    ...config.getObject<Record<string, string>>("tags"),
  },
});

// Another team's tags on the same stream: each resource owns only the keys it names.
new StreamTags("orders-billing", {
  streamArn: orders.arn,
  tags: { "cost-centre": config.get("costCentre") ?? "4711" },
});

export const streamName = orders.name;
export const streamArn = orders.arn;
export const shards = orders.openShards.apply((open) => open.length);
