import * as pulumi from "@pulumi/pulumi";
import { Stream } from "pulumi-kinesis";

const config = new pulumi.Config();

const orders = new Stream(
  "orders",
  {
    name: `${pulumi.getStack()}-orders`,
    // A pull request that changes it in Pulumi.prod.yaml reshards the stream once it is merged.
    shardCount: config.requireNumber("shardCount"),
    // An update that takes longer ends between two operations. The pipelines' own limits are above it: they end it anywhere.
    timeouts: { update: "2h" },
  },
  { protect: true },
);

export const streamName = orders.name;
export const openShards = orders.openShards.apply((open) => open.length);
