import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Question } from "../../provider/lifecycle/reshard-strategy";
import {
  chooseStrategy,
  planOperations,
  shardCountSteps,
  UPDATES_A_DAY,
  updatePeak,
} from "../../provider/lifecycle/reshard-strategy";
import type { Resharding } from "../../provider/lifecycle/resharding";
import { evenShards, shardsOf } from "../reshard/shards";

const counts = (from: number, to: number) => shardCountSteps(from, to).map(({ targetShardCount }) => targetShardCount);

describe("the steps of UpdateShardCount", () => {
  test.each([
    [2, 2, []],
    [2, 3, [3]],
    [2, 4, [4]],
    [2, 5, [4, 5]],
    [1, 16, [2, 4, 8, 16]],
    [3, 20, [6, 12, 20]],
    [4, 2, [2]],
    [7, 3, [4, 3]],
    [5, 1, [3, 2, 1]],
    [16, 1, [8, 4, 2, 1]],
  ])("%i -> %i: %j", (from, to, steps) => {
    expect(counts(from, to)).toEqual(steps);
  });

  test("each at most doubles and at least halves, and no way has fewer", () => {
    const shards = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(shards, shards, (from, to) => {
        let open = from;
        for (const count of counts(from, to)) {
          expect(count).toBeLessThanOrEqual(open * 2);
          expect(count * 2).toBeGreaterThanOrEqual(open);
          open = count;
        }
        expect(open).toBe(to);
        const fewest = Math.ceil(Math.log2(Math.max(from, to) / Math.min(from, to)) - 1e-9);
        // Halves are rounded up, so that a way down may take one more than its factor says.
        expect(counts(from, to).length).toBeGreaterThanOrEqual(fewest);
        expect(counts(from, to).length).toBeLessThanOrEqual(to < from ? fewest + 1 : fewest);
      }),
    );
  });

  test("may have all old and all new boundaries at once on the way", () => {
    expect(updatePeak(2, shardCountSteps(2, 3))).toBe(4);
    expect(updatePeak(2, shardCountSteps(2, 16))).toBe(23);
    expect(updatePeak(16, shardCountSteps(16, 5))).toBe(23);
    expect(updatePeak(5, [])).toBe(5);
  });
});

describe('"auto"', () => {
  const ask = (changes: Partial<Question>): Question => ({
    resharding: {},
    from: 100,
    to: 200,
    splitsAndMerges: () => 100,
    ...changes,
  });

  test.each<[string, "split-merge" | "update-shard-count", Partial<Question>, RegExp]>([
    ["100 splits against one call", "update-shard-count", {}, /quicker/],
    ["11 splits against one call", "update-shard-count", { to: 101, splitsAndMerges: () => 11 }, /quicker/],
    ["10 splits against one call", "split-merge", { to: 101, splitsAndMerges: () => 10 }, /as quick/],
    ["3 operations", "split-merge", { from: 2, to: 3, splitsAndMerges: () => 3 }, /as quick/],
    ["30 splits against four calls", "split-merge", { from: 2, to: 32, splitsAndMerges: () => 30 }, /as quick/],
    ["126 splits against six calls", "update-shard-count", { from: 2, to: 128, splitsAndMerges: () => 126 }, /quicker/],
    ["weights", "split-merge", { resharding: { weights: Array(200).fill(1) } }, /against the weights/],
    ["maxOpenShards", "split-merge", { resharding: { maxOpenShards: 500 } }, /maxOpenShards/],
    ["the right count", "split-merge", { from: 100, to: 100 }, /widths/],
    ["11 calls", "split-merge", { from: 1, to: 1025, splitsAndMerges: () => 1024 }, /11 calls, and AWS takes 10/],
    ["10 calls", "update-shard-count", { from: 1, to: 1024, splitsAndMerges: () => 1023 }, /quicker/],
    ["10,001 shards", "split-merge", { from: 9_000, to: 10_001, splitsAndMerges: () => 9_001 }, /10000 shards/],
    ["room for all that may be open", "update-shard-count", { headRoom: 199 }, /quicker/],
    ["room for one shard less", "split-merge", { headRoom: 198 }, /may have 299 shards open .* room for 198 more/],
    ["an allowance that is used", "split-merge", { noUpdate: "AWS said no" }, /AWS said no/],
  ])("%s: %s", (_, strategy, changes, because) => {
    expect(chooseStrategy(ask(changes))).toEqual({ strategy, because: expect.stringMatching(because) });
  });
});

describe("the operations", () => {
  const plan = (from: number, to: number, resharding: Resharding, circumstances = {}) =>
    planOperations(
      { name: "orders", shardCount: to, resharding },
      evenShards(from),
      Math.max(from, to) + 1,
      circumstances,
    );
  const third = (1n << 128n) / 3n;
  const uneven = shardsOf([0n, third, 1n << 127n, 1n << 128n]);
  const mend = (resharding: Resharding) => planOperations({ name: "orders", shardCount: 3, resharding }, uneven, 4, {});

  test("are splits and merges unless the program says more", () => {
    expect(plan(2, 3, {})).toMatchObject({ strategy: "split-merge", operations: { length: 3 } });
    expect(plan(2, 2, {}).operations).toEqual([]);
  });

  test("are UpdateShardCount where the program says so, whatever is quicker", () => {
    expect(plan(2, 3, { strategy: "update-shard-count" })).toEqual({
      strategy: "update-shard-count",
      operations: [{ action: "update", targetShardCount: 3 }],
    });
    expect(plan(1, 2000, { strategy: "update-shard-count" }).operations).toHaveLength(UPDATES_A_DAY + 1);
    expect(() => plan(2, 3, { strategy: "update-shard-count" }, { noUpdate: "AWS said no." })).toThrow(
      /^AWS said no. Set resharding.strategy to "auto" or "split-merge"/,
    );
  });

  test("mend widths with splits and merges only", () => {
    expect(mend({ strategy: "auto" })).toMatchObject({ strategy: "split-merge", operations: { length: 2 } });
    expect(mend({ strategy: "update-shard-count" }).operations).toEqual([]);
  });

  test("are not refused half-way, whatever others have made of the plan that was shown", () => {
    expect(() => plan(2, 12_000, {})).toThrow(/takes at least 11998 operations, more than the 200/);
    expect(plan(2, 12_000, {}, { begun: "split-merge" })).toMatchObject({ strategy: "split-merge" });
    expect(() => plan(2, 12_000, {}, { begun: "update-shard-count" })).toThrow(/takes at least 11998 operations/);
  });

  test("are refused without a plan only where making one would take long; else the refusal tells what it takes", () => {
    expect(plan(4, 7, { maxOperations: 2 }).operations).toHaveLength(7);
    expect(plan(3_000, 5_000, { strategy: "auto" })).toMatchObject({ strategy: "update-shard-count" });
  });
});
