/** A producer and a consumer as programs write them, to see that a stream can be used while it is resharded. */
import { setTimeout as sleep } from "node:timers/promises";

/** Calls Kinesis and answers the parsed body; throws what Kinesis refuses. */
type CallKinesis = <Answer>(operation: string, input: object) => Promise<Answer>;

/** A record as it was put: the nth of its partition key. */
export interface Put {
  readonly key: string;
  readonly nth: number;
}

interface Record {
  readonly PartitionKey: string;
  readonly Data: string;
}

const KEYS = Array.from({ length: 40 }, (_, i) => `customer-${i}`);

/** Puts records of forty partition keys, one batch after the other, until it is told to end. */
export function startProducer(call: CallKinesis, StreamName: string) {
  const puts: Put[] = [];
  let ends = false;
  const produce = async () => {
    for (let nth = 0; !ends; nth++) {
      const Records = KEYS.map((PartitionKey) => ({ PartitionKey, Data: btoa(String(nth)) }));
      const answer = await call<{ FailedRecordCount?: number }>("PutRecords", { StreamName, Records });
      if (answer.FailedRecordCount) throw new Error(`${answer.FailedRecordCount} records were refused`);
      puts.push(...KEYS.map((key) => ({ key, nth })));
      await sleep(10);
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

interface ListedShard {
  readonly ShardId: string;
  readonly ParentShardId?: string | null;
  readonly AdjacentParentShardId?: string | null;
}

interface Reader {
  iterator: string | undefined;
  isEmpty: boolean;
}

/**
 * Reads all shards from their beginning, a child only once its parents are read to their end, as Kinesis' client library
 * does: so that the records of a partition key come in the order in which they were put.
 */
export function startConsumer(call: CallKinesis, StreamName: string) {
  const got: Put[] = [];
  const readers = new Map<string, Reader>();
  let ends = false;

  const openReaders = async () => {
    const { Shards } = await call<{ Shards: ListedShard[] }>("ListShards", { StreamName });
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of Shards) {
      const isRead = (parent: string | null | undefined) => {
        const reader = parent ? readers.get(parent) : undefined;
        return !parent || (reader !== undefined && reader.iterator === undefined);
      };
      if (readers.has(ShardId) || !isRead(ParentShardId) || !isRead(AdjacentParentShardId)) continue;
      const input = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" };
      const { ShardIterator } = await call<{ ShardIterator: string }>("GetShardIterator", input);
      readers.set(ShardId, { iterator: ShardIterator, isEmpty: false });
    }
    return Shards.length;
  };

  const readOnce = async (reader: Reader) => {
    if (reader.iterator === undefined) return;
    const { Records, NextShardIterator } = await call<{ Records: Record[]; NextShardIterator?: string | null }>(
      "GetRecords",
      { ShardIterator: reader.iterator },
    );
    got.push(...Records.map(({ PartitionKey, Data }) => ({ key: PartitionKey, nth: Number(atob(Data)) })));
    reader.isEmpty = Records.length === 0;
    reader.iterator = NextShardIterator ?? undefined;
  };

  const consume = async () => {
    for (;;) {
      const wasEnding = ends;
      const listed = await openReaders();
      for (const reader of readers.values()) await readOnce(reader);
      const isDrained = [...readers.values()].every(({ iterator, isEmpty }) => iterator === undefined || isEmpty);
      if (wasEnding && isDrained && readers.size === listed) return got;
      await sleep(10);
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
