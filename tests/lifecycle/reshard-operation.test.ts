import { expect, test } from "@jest/globals";
import { describeOperation } from "../../provider/lifecycle/reshard-operation";
import { evenShards } from "../reshard/shards";

const stream = {
  arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
  name: "orders",
  status: "ACTIVE",
  creationTimestamp: undefined,
  openShards: evenShards(2),
  settings: { streamMode: "PROVISIONED", retentionHours: 24, shardLevelMetrics: [], kmsKeyId: null },
};

test("a step is meant for the shard with its whole range, never for one that only begins there", () => {
  const [shard, adjacentShard] = evenShards(2);
  if (!shard || !adjacentShard) throw new Error("two shards are even");
  const half = String(BigInt(shard.endingHashKey) / 2n);
  expect(describeOperation(stream, { action: "split", shard, newStartingHashKey: half })).toBe(
    "split shardId-000000000000 (0 %-50 %) at 25 %",
  );
  const narrower = { ...shard, endingHashKey: half };
  expect(() => describeOperation(stream, { action: "split", shard: narrower, newStartingHashKey: "9" })).toThrow(
    /only on the shards that the plan expects/,
  );
});
