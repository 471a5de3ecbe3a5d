import { setTimeout as sleep } from "node:timers/promises";
import { KinesisClient } from "../../provider/client";
import { realPlatform } from "../../provider/platform";
import { isAdmissible } from "../../provider/reshard";
import { StepFailed } from "./pulumi-runner";

export interface Expected {
  shards: number;
  /** All tags of the stream. */
  tags?: Record<string, string>;
}

/** Kinesis itself, asked past Pulumi and its state; and the somebody who changes things behind our back. */
export class KinesisWitness {
  private readonly client: KinesisClient;

  constructor(env: NodeJS.ProcessEnv) {
    this.client = new KinesisClient({}, { ...realPlatform, env });
  }

  /** Where the calls go. Fails, in one sentence, when region or credentials are missing. */
  async describe(): Promise<string> {
    await this.client.listStreams({ Limit: 1 });
    return `region ${await this.client.region()} of the account of your credentials, at ${await this.client.endpoint()}`;
  }

  /** @throws StepFailed unless the stream has so many shards of even width, and these tags and no others */
  async expect(StreamName: string, expected: Expected): Promise<void> {
    const open = await this.openShards(StreamName);
    if (open.length !== expected.shards || !isAdmissible(open, expected.shards)) {
      const ranges = open.map(({ startingHashKey, endingHashKey }) => `${startingHashKey}-${endingHashKey}`).join(", ");
      throw new StepFailed(`Kinesis has ${open.length} open shards (${ranges}), not ${expected.shards} even ones.`);
    }
    if (expected.tags === undefined) return;
    const { Tags } = await this.client.listTagsForStream({ StreamName });
    const actual = inWords(Tags.map(({ Key, Value }) => [Key, Value]));
    const wanted = inWords(Object.entries(expected.tags));
    if (actual !== wanted) throw new StepFailed(`Kinesis has the tags ${actual}, and should have ${wanted}.`);
  }

  /** @throws StepFailed while the stream is there */
  async expectGone(StreamName: string): Promise<void> {
    for await (const name of this.client.streams()) {
      if (name === StreamName) throw new StepFailed(`Kinesis still has the stream ${StreamName}.`);
    }
  }

  /** Merges two shards, removes a tag of ours and adds a foreign one. */
  async meddle(StreamName: string): Promise<void> {
    const [lower, upper] = await this.openShards(StreamName);
    if (!lower || !upper) throw new StepFailed(`The stream ${StreamName} has no two shards to merge.`);
    await this.client.mergeShards({ StreamName, ShardToMerge: lower.shardId, AdjacentShardToMerge: upper.shardId });
    for (;;) {
      const { StreamDescriptionSummary } = await this.client.describeStreamSummary({ StreamName });
      if (StreamDescriptionSummary.StreamStatus === "ACTIVE") break;
      await sleep(500);
    }
    await this.client.removeTagsFromStream({ StreamName, TagKeys: ["team"] });
    await this.client.addTagsToStream({ StreamName, Tags: { console: "by hand" } });
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async openShards(StreamName: string) {
    const open = [];
    for await (const shard of this.client.shards({ StreamName })) {
      if (shard.SequenceNumberRange.EndingSequenceNumber !== undefined) continue;
      const { StartingHashKey, EndingHashKey } = shard.HashKeyRange;
      open.push({ shardId: shard.ShardId, startingHashKey: StartingHashKey, endingHashKey: EndingHashKey });
    }
    return open.sort((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1));
  }
}

const inWords = (tags: [string, string | undefined][]) =>
  tags
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(", ");
