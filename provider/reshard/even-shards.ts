import type { HashKeyRange } from "./keyspace";
import { KEY_SPACE } from "./keyspace";
import { planReshard } from "./plan";

/** The shards of a new stream, as Kinesis cuts and names them. */
export function evenShards(count: number): (HashKeyRange & { shardId: string })[] {
  const whole = { startingHashKey: "0", endingHashKey: String(KEY_SPACE - 1n) };
  return planReshard({ shards: [whole], target: count, tolerance: 0 }).result.map((range, index) => ({
    shardId: `shardId-${String(index).padStart(12, "0")}`,
    ...range,
  }));
}
