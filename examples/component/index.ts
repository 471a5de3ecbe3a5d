import { SharedStream } from "./shared-stream";

const orders = new SharedStream("orders", {
  shardCount: 2,
  consumers: ["billing", "search"],
  readers: ["arn:aws:iam::111122223333:root"],
});

export const streamArn = orders.stream.arn;
export const consumerArns = orders.consumerArns;
