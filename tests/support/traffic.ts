/** A producer and a consumer as programs write them, to see that a stream can be used while it is resharded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KinesisClient } from "../../provider/client";

/** A record as it was put: the nth of its partition key. */
export interface Put {
  readonly key: string;
  readonly nth: number;
}

const KEYS = Array.from({ length: 40 }, (_, i) => `customer-${i}`);

/** Puts records of forty partition keys, one batch after the other, until it is told to end. */
export function startProducer(client: KinesisClient, StreamName: string) {
  const puts: Put[] = [];
  let ends = false;
  const produce = async () => {
    for (let nth = 0; !ends; nth++) {
      const Records = KEYS.map((PartitionKey) => ({ PartitionKey, Data: String(nth) }));
      const { FailedRecordCount = 0 } = await client.putRecords({ StreamName, Records });
      if (FailedRecordCount > 0) throw new Error(`${FailedRecordCount} records were refused`);
      puts.push(...KEYS.map((key) => ({ key, nth })));
      await sleep(25);
    }
    return puts;
  };
  const done = produce();
  // Whoever forgets to end it gets its error all the same, from the end.
  done.catch(() => {});
  return {
    puts,
    end: () => {
      ends = true;
      return done;
    },
  };
}

interface Reader {
  iterator: string | undefined;
  isEmpty: boolean;
}

/**
 * Reads all shards from their beginning, a child only once its parents are read to their end, as Kinesis' client library
 * does: so that the records of a partition key come in the order in which they were put.
 */
export function startConsumer(client: KinesisClient, StreamName: string) {
  const got: Put[] = [];
  const readers = new Map<string, Reader>();
  let ends = false;

  const openReaders = async () => {
    let listed = 0;
    for await (const { ShardId, ParentShardId, AdjacentParentShardId } of client.shards({ StreamName })) {
      listed++;
      const isRead = (parent: string | undefined) => {
        const reader = parent ? readers.get(parent) : undefined;
        return !parent || (reader !== undefined && reader.iterator === undefined);
      };
      if (readers.has(ShardId) || !isRead(ParentShardId) || !isRead(AdjacentParentShardId)) continue;
      const from = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
      readers.set(ShardId, { iterator: (await client.getShardIterator(from)).ShardIterator, isEmpty: false });
    }
    return listed;
  };

  const readOnce = async (reader: Reader) => {
    if (reader.iterator === undefined) return;
    const { Records, NextShardIterator } = await client.getRecords({ ShardIterator: reader.iterator });
    got.push(
      ...Records.map(({ PartitionKey, Data }) => ({ key: String(PartitionKey), nth: Number(Buffer.from(Data)) })),
    );
    reader.isEmpty = Records.length === 0;
    reader.iterator = NextShardIterator;
  };

  const consume = async () => {
    for (;;) {
      const wasEnding = ends;
      const listed = await openReaders();
      // The newest first: what is read too early is seen.
      for (const reader of [...readers.values()].reverse()) await readOnce(reader);
      const isDrained = [...readers.values()].every(({ iterator, isEmpty }) => iterator === undefined || isEmpty);
      if (wasEnding && isDrained && readers.size === listed) return got;
      await sleep(25);
    }
  };
  const done = consume();
  done.catch(() => {});
  return {
    got,
    /** Reads what is there and ends. */
    end: () => {
      ends = true;
      return done;
    },
  };
}
