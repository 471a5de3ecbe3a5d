// Writes records to every shard of a stream and reads them back: node smoke.mjs <stream>
import { randomUUID } from "node:crypto";
import { KinesisClient } from "pulumi-kinesis/client";

const WITHIN_MS = 60_000;

const [StreamName] = process.argv.slice(2);
if (StreamName === undefined) throw new Error("Which stream? node smoke.mjs <stream>");
// Region, credentials and endpoint are those of AWS's own environment and configuration files.
const client = new KinesisClient();
const shards = [];
// From here on: a smoke test does not read what producers have written before.
for await (const { ShardId, HashKeyRange } of client.shards({ StreamName, ShardFilter: { Type: "AT_LATEST" } })) {
  const { ShardIterator } = await client.getShardIterator({ StreamName, ShardId, ShardIteratorType: "LATEST" });
  shards.push({ ShardId, iterator: ShardIterator, ExplicitHashKey: HashKeyRange.StartingHashKey });
}

const run = randomUUID();
const { FailedRecordCount } = await client.putRecords({
  StreamName,
  Records: shards.map(({ ShardId, ExplicitHashKey }) => ({
    Data: `${run} ${ShardId}`,
    PartitionKey: run,
    ExplicitHashKey,
  })),
});
if (FailedRecordCount > 0) throw new Error(`${FailedRecordCount} of ${shards.length} records were not taken.`);

const missing = new Set(shards.map(({ ShardId }) => `${run} ${ShardId}`));
const until = Date.now() + WITHIN_MS;
while (missing.size > 0) {
  if (Date.now() > until)
    throw new Error(`${missing.size} of ${shards.length} records did not come back within ${WITHIN_MS} ms.`);
  for (const shard of shards) {
    const { Records, NextShardIterator } = await client.getRecords({ ShardIterator: shard.iterator });
    for (const { Data } of Records) missing.delete(Buffer.from(Data).toString());
    shard.iterator = NextShardIterator ?? shard.iterator;
  }
}
console.log(`${StreamName}: a record went through each of its ${shards.length} shards.`);
await client.close();
