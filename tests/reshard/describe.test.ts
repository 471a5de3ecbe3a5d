import { describe, expect, test } from "@jest/globals";
import { describePlan, describeStep, findCheaperTarget } from "../../provider/reshard/describe";
import { planReshard } from "../../provider/reshard/plan";
import { evenShards } from "./shards";

const even = (before: number, target: number, tolerance?: number) =>
  planReshard({ shards: evenShards(before), target, tolerance });

describe("plans as text (the wording itself is in golden/)", () => {
  test("the first line stands alone and counts right", () => {
    expect(describePlan(even(2, 3)).split("\n")[0]).toBe(
      "reshard 2 -> 3 shards: 3 operations (2 splits, 1 merge), about 1 min 30 s if one takes 30 s",
    );
    expect(describePlan(even(2, 1)).split("\n")[0]).toBe(
      "reshard 2 -> 1 shard: 1 operation (0 splits, 1 merge), about 30 s if one takes 30 s",
    );
    expect(describePlan(even(100, 101, 0))).toContain("about 1 h 40 min");
  });

  test("a long list of steps is elided in the middle", () => {
    const lines = describePlan(even(100, 150), { maxSteps: 5 }).split("\n");
    expect(lines.filter((line) => /^ +\d+\. /.test(line))).toHaveLength(4);
    expect(lines).toContain("       … 146 more …");
    expect(describePlan(even(100, 150), { maxSteps: 1000 }).split("\n").length).toBeGreaterThan(150);
  });

  test("names a cheaper neighbour where there is one", () => {
    expect(findCheaperTarget(even(100, 150))).toEqual({ shardCount: 200, operations: 100, effectiveShards: 200 });
    expect(findCheaperTarget(even(100, 101))).toMatchObject({ shardCount: 100, operations: 0 });
    expect(findCheaperTarget(even(100, 200))).toBeUndefined();
    expect(findCheaperTarget(even(4, 3))).toBeUndefined(); // who shrinks wants fewer
    expect(describePlan(even(100, 150))).toContain(
      "cheaper: 200 shards would take 100 operations instead of 150, with capacity for 200",
    );
    expect(describePlan(even(100, 150), { suggest: false })).not.toContain("cheaper");
  });

  test("never advises more open shards than maxOpenShards allows", () => {
    const capped = planReshard({ shards: evenShards(100), target: 150, maxOpenShards: 151 });
    expect(findCheaperTarget(capped)?.shardCount).not.toBe(200);
    expect(findCheaperTarget(planReshard({ shards: evenShards(100), target: 150, maxOpenShards: 200 }))).toMatchObject({
      shardCount: 200,
    });
  });

  test("never advises more shards than a plan may have", () => {
    // docs/limits.md, "shards of a stream".
    expect(() => findCheaperTarget(even(1, 100_000))).not.toThrow();
  });

  test("gives places as many digits as tell the ends of a shard apart", () => {
    const { steps } = planReshard({ shards: evenShards(20_000), target: 20_001 });
    for (const step of steps) {
      const shown = [...describeStep(step).matchAll(/([\d.]+) %-([\d.]+) %/g)];
      expect(shown.length).toBeGreaterThan(0);
      for (const [, start, end] of shown) expect(start).not.toBe(end);
    }
    const shard = { startingHashKey: "0", endingHashKey: "4" };
    expect(describeStep({ action: "split", shard, newStartingHashKey: "2" })).toMatch(
      /0 %-0\.0+1 %\) at|0 %-0\.0+\d+ % at/,
    );
  });

  test("says where more shards bring no more capacity", () => {
    expect(describePlan(even(100, 101))).toContain("100 -> 100 shards' worth (nothing gained");
    expect(describePlan(even(100, 200))).toContain("100 -> 200 shards' worth");
  });
});
