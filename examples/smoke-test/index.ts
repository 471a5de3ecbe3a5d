import { Stream } from "pulumi-kinesis";

const orders = new Stream("orders", { shardCount: 2 });

// After `pulumi up`: node smoke.mjs "$(pulumi stack output streamName)"
export const streamName = orders.name;
