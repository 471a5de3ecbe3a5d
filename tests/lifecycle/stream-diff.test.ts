import { describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/lifecycle/check-inputs";
import { changesShards, diffStream } from "../../provider/lifecycle/stream-diff";
import type { StreamInputs } from "../../provider/lifecycle/stream-inputs";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { planReshard } from "../../provider/reshard/plan";
import { wholeKeySpace } from "../support/shards";

const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const even = (count: number) =>
  planReshard({ shards: wholeKeySpace, target: count, tolerance: 0 }).result.map((range, i) => ({
    shardId: `shardId-${i}`,
    ...range,
  }));
const state = (changes: Partial<StreamState> = {}): StreamState => ({
  name: "orders",
  shardCount: 2,
  openShards: even(2),
  ...changes,
});
const inputs = (changes: Partial<StreamInputs> = {}): StreamInputs => ({ name: "orders", shardCount: 2, ...changes });

describe("the engine is left to compare the inputs", () => {
  test.each([
    ["nothing differs", state(), inputs()],
    ["the shard count differs", state(), inputs({ shardCount: 3 })],
    ["tags differ", state(), inputs({ tags: { a: "b" } })],
    ["a region is named that is the stream's own", state(), inputs({ region: "eu-west-1" })],
    ["a region is left out", state({ region: "eu-west-1" }), inputs()],
  ])("when %s", (_, olds, news) => {
    expect(diffStream(arn, olds, news)).toEqual({});
  });
});

describe("the stream is replaced", () => {
  test.each([
    ["name", inputs({ name: "bills" })],
    ["name", inputs({ name: UNKNOWN })],
    ["region", inputs({ region: "us-east-1" })],
  ])("when its %s changes", (key, news) => {
    expect(diffStream(arn, state(), news)).toEqual({ changes: true, replaces: [key] });
  });
});

describe("shards of the wrong width", () => {
  const [first, second] = even(2);
  const uneven = state({
    shardCount: 3,
    // What a kill inside 2 -> 3 leaves: 1/3, 1/6, 1/2.
    openShards: first && second ? [{ ...first, endingHashKey: third(1) }, between(first, third(1)), second] : [],
  });

  test("are drift even where their count is right", () => {
    expect(diffStream(arn, uneven, inputs({ shardCount: 3 }))).toEqual({ changes: true });
    expect(changesShards(uneven, inputs({ shardCount: 3 }))).toBe(true);
  });

  test("are left alone on a stream that was adopted", () => {
    expect(diffStream(arn, uneven, inputs({ shardCount: 3, adopt: true }))).toEqual({});
  });

  test("are left alone where the program says so, and mended on an adopted stream where it says that", () => {
    const none = { balance: "none" } as const;
    const keyspace = { balance: "keyspace" } as const;
    const olds = (resharding: StreamInputs["resharding"]) => ({ ...uneven, ...(resharding && { resharding }) });
    const news = (changes: Partial<StreamInputs>) => inputs({ shardCount: 3, ...changes });
    expect(diffStream(arn, olds(none), news({ resharding: none }))).toEqual({});
    expect(diffStream(arn, olds(keyspace), news({ adopt: true, resharding: keyspace }))).toEqual({ changes: true });
  });

  test("are left to AWS where it makes the shards, until the program says otherwise", () => {
    const byUpdate = { strategy: "update-shard-count" } as const;
    const olds = { ...uneven, resharding: byUpdate };
    expect(diffStream(arn, olds, inputs({ shardCount: 3, resharding: byUpdate }))).toEqual({});
    expect(diffStream(arn, olds, inputs({ shardCount: 3, resharding: { strategy: "auto" } }))).toEqual({
      changes: true,
    });
  });

  test("are a change of the program's own, shown as such, where it asks for other widths", () => {
    expect(diffStream(arn, uneven, inputs({ shardCount: 3, resharding: { tolerance: 0.6 } }))).toEqual({});
  });

  test("are right where the program's weights ask for them", () => {
    const resharding = { weights: [2, 1, 3] };
    expect(diffStream(arn, { ...uneven, resharding }, inputs({ shardCount: 3, resharding }))).toEqual({});
  });

  test("are not touched because the program says otherwise how it reshards, only because it wants other ones", () => {
    const none = (more: StreamInputs["resharding"]) => ({ resharding: { balance: "none" as const, ...more } });
    const olds = { ...uneven, ...none({}) };
    const changes = (more: StreamInputs["resharding"]) => changesShards(olds, inputs({ shardCount: 3, ...none(more) }));
    expect(changes({ strategy: "auto", maxOperations: 5, maxOpenShards: 9, allowHotMerge: true })).toBe(false);
    expect(changes({ tolerance: 0 })).toBe(true);
    expect(changes({ weights: [1, 1, 2] })).toBe(true);
  });

  test("are not guessed while the count is unknown", () => {
    expect(changesShards(uneven, inputs({ shardCount: UNKNOWN as unknown as number }))).toBe(false);
    expect(diffStream(arn, uneven, inputs({ shardCount: 3, resharding: UNKNOWN as never }))).toEqual({});
  });
});

function third(part: number): string {
  return String((BigInt(part) << 128n) / 3n);
}

function between(shard: { shardId: string; endingHashKey: string }, after: string) {
  return { ...shard, shardId: "shardId-9", startingHashKey: String(BigInt(after) + 1n) };
}
