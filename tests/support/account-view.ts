/** An account at the emulator as a person would look at it: with nothing of the provider's. */
import { askKinesis, callKinesis } from "./call-kinesis";

export type Json = Record<string, unknown>;

interface Shard {
  ShardId: string;
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
  /** The emulator writes null where AWS leaves out. */
  SequenceNumberRange: { EndingSequenceNumber?: string | null };
}

interface Consumer {
  ConsumerName: string;
  ConsumerARN: string;
  ConsumerStatus: string;
}

/** One access key of twelve digits is one account. */
export class AccountView {
  constructor(
    private readonly url: string,
    private readonly account: string,
  ) {}

  ask<Answer = Json>(operation: string, input: object): Promise<Answer> {
    return callKinesis<Answer>(this.url, operation, input, this.account);
  }

  async streamNames(): Promise<string[]> {
    return (await this.ask<{ StreamNames: string[] }>("ListStreams", {})).StreamNames;
  }

  async summary(StreamName: string): Promise<Json & { StreamARN: string; StreamStatus: string }> {
    const answer = await this.ask<
      Record<"StreamDescriptionSummary", Json & { StreamARN: string; StreamStatus: string }>
    >("DescribeStreamSummary", { StreamName });
    return answer.StreamDescriptionSummary;
  }

  async tags(StreamName: string): Promise<Record<string, string>> {
    return byKey(await this.ask("ListTagsForStream", { StreamName }));
  }

  async openShards(StreamName: string): Promise<Shard[]> {
    const { Shards } = await this.ask<{ Shards: Shard[] }>("ListShards", { StreamName });
    return Shards.filter(({ SequenceNumberRange: range }) => (range.EndingSequenceNumber ?? null) === null).sort(
      (a, b) => (BigInt(a.HashKeyRange.StartingHashKey) < BigInt(b.HashKeyRange.StartingHashKey) ? -1 : 1),
    );
  }

  async consumers(StreamARN: string): Promise<Consumer[]> {
    return (await this.ask<{ Consumers: Consumer[] }>("ListStreamConsumers", { StreamARN })).Consumers;
  }

  async policy(ResourceARN: string): Promise<string | undefined> {
    const { status, text } = await askKinesis(this.url, "GetResourcePolicy", { ResourceARN }, this.account);
    return status === 200 ? (JSON.parse(text) as { Policy: string }).Policy : undefined;
  }

  async untilActive(StreamName: string): Promise<void> {
    for (;;) if ((await this.summary(StreamName)).StreamStatus === "ACTIVE") return;
  }

  /** All that is there, but for what differs from run to run; a name that Pulumi made up without its random end. */
  async look(): Promise<Json> {
    const looked = await Promise.all(
      (await this.streamNames()).map(async (StreamName) => {
        const {
          StreamARN,
          StreamName: _name,
          StreamCreationTimestamp: _time,
          ...settings
        } = await this.summary(StreamName);
        const open = await this.openShards(StreamName);
        const consumers = (await this.consumers(StreamARN)).map(
          async ({ ConsumerName, ConsumerARN, ConsumerStatus }) => {
            const tags = byKey(await this.ask("ListTagsForResource", { ResourceARN: ConsumerARN }));
            return [ConsumerName, { ConsumerStatus, tags }];
          },
        );
        return [
          withoutEnd(StreamName),
          {
            ...settings,
            Tags: await this.tags(StreamName),
            // As the planner has it: cuts that are equal but for rounding are the same.
            shards: open.map(({ HashKeyRange }) => Number(HashKeyRange.StartingHashKey)),
            consumers: Object.fromEntries(await Promise.all(consumers)),
            policy: await this.policy(StreamARN),
          },
        ] as const;
      }),
    );
    // Two streams of one made-up name must not fall into one.
    return { count: looked.length, ...Object.fromEntries(looked) };
  }
}

const withoutEnd = (name: string) => name.replace(/-[0-9a-f]{7}$/, "-…");

function byKey({ Tags }: { Tags?: { Key: string; Value: string }[] }): Record<string, string> {
  const sorted = (Tags ?? []).map(({ Key, Value }) => [Key, Value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted);
}
