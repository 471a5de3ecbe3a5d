/** Plans under the tightest cap on open shards: max(before, after). */
import { describe, expect, test } from "@jest/globals";
import { applyStep } from "../../provider/reshard/apply";
import { choosePartition } from "../../provider/reshard/choose";
import { ReshardError } from "../../provider/reshard/errors";
import { endsUnder, fits } from "../../provider/reshard/order";
import type { ReshardPlan, ReshardRequest } from "../../provider/reshard/plan";
import { planReshard } from "../../provider/reshard/plan";
import { bandOf, widthMeasure } from "../../provider/reshard/target";
import { admissible, allPartitions, balance, distance } from "./brute-force";
import { evenCuts, evenShards, Random, randomCuts, shardsOf, unevenCuts } from "./shards";

function planOrRefusal(request: ReshardRequest): ReshardPlan | undefined {
  try {
    return planReshard(request);
  } catch (error) {
    if (error instanceof ReshardError && error.code === "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED") return undefined;
    throw error;
  }
}

test.each([
  [6, 10, undefined, 12],
  [9, 15, undefined, 18],
  [4, 6, 0.25, 6],
])("%i -> %i at tolerance %p fits, by another plan of as many operations", (before, after, tolerance, operations) => {
  const cap = Math.max(before, after);
  const plan = planReshard({ shards: evenShards(before), target: after, tolerance, maxOpenShards: cap });
  expect(plan).toMatchObject({ peakOpenShards: cap, hotMerges: 0, minimumOperations: operations });
  expect(plan.steps).toHaveLength(operations);
});

describe("a nearest partition that fits is found exactly where there is one", () => {
  // Ideal sizes are whole keys here, so that the planner's balance can be compared without a grain.
  test("against every partition of twelve keys", () => {
    const width = 12;
    const random = new Random(8);
    const goals = allPartitions(width, 2);
    const starts = allPartitions(width, 1);
    const seen = { fits: 0, none: 0, otherThanFree: 0 };
    for (let round = 0; round < 5000; round++) {
      const start = starts[random.below(starts.length)] ?? [];
      const weights = [[1], [1, 1], [2, 1], [1, 1, 1], [1, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1, 1, 1]][
        random.below(7)
      ] ?? [1];
      const [over, under] = [
        [0.1, 0.25],
        [0.5, 0.5],
        [1, 0.5],
      ][random.below(3)] as [number, number];
      const reachable = goals.filter((goal) => admissible(goal, weights, over, under));
      const nearest = Math.min(...reachable.map((goal) => distance(start, goal)));
      if (nearest === 0 || reachable.length === 0) continue;
      const [n, m] = [start.length - 1, weights.length];
      const cap = Math.max(n, m);
      const ends = endsUnder(n, m, cap);
      const fitting = reachable
        .filter((goal) => distance(start, goal) === nearest)
        .filter((goal) => fits(start.map(BigInt), goal.map(BigInt), ends));
      const choice = {
        cuts: start.map(BigInt),
        measure: widthMeasure(BigInt(width)),
        target: { shardCount: m, weights },
        band: bandOf({ over, under }),
      };
      const { after, underCap } = choosePartition({ ...choice, maxOpenShards: cap });
      const context = JSON.stringify({ start, weights, over, under, cap, after: after.map(Number) });
      if (underCap !== (fitting.length > 0 ? "fits" : "none")) throw new Error(`${underCap}: ${context}`);
      seen[underCap]++;
      if (underCap !== "fits") continue;
      const chosen = after.map(Number);
      if (!fits(choice.cuts, after, ends) || distance(start, chosen) !== nearest) throw new Error(`unfit: ${context}`);
      const widest = Math.min(...fitting.map((goal) => balance(goal, weights).widest));
      const even = fitting.filter((goal) => balance(goal, weights).widest <= widest + 1e-9);
      const narrowest = Math.max(...even.map((goal) => balance(goal, weights).narrowest));
      const got = balance(chosen, weights);
      if (got.widest > widest + 3e-9 || got.narrowest < narrowest - 3e-9) throw new Error(`uneven: ${context}`);
      if (!fits(choice.cuts, choosePartition(choice).after, ends)) seen.otherThanFree++;
    }
    expect(Math.min(seen.fits, seen.none, seen.otherThanFree)).toBeGreaterThan(20);
  });
});

test("cut short anywhere and planned anew under the same cap, it costs no operation more and is never refused", () => {
  const random = new Random(99);
  let plans = 0;
  for (let round = 0; round < 500; round++) {
    const n = 1 + random.below(8);
    const m = 1 + random.below(8);
    const cuts = [evenCuts(n), randomCuts(random, n), unevenCuts(random, n, 0.6)][random.below(3)] ?? [];
    const weights = random.below(3) === 0 ? Array.from({ length: m }, () => 1 + random.below(4)) : undefined;
    const target = { shardCount: m, weights };
    const tolerance = [undefined, 0, 0.3, 0.5, { over: 0.1, under: 0.6 }][random.below(5)];
    const maxOpenShards = Math.max(n, m) + random.below(2);
    const first = planOrRefusal({ shards: shardsOf(cuts), target, tolerance, maxOpenShards });
    if (first === undefined) continue;
    plans++;
    let open = first.initial;
    first.steps.forEach((step, done) => {
      open = applyStep(open, step);
      const again = planOrRefusal({ shards: open, target, tolerance, maxOpenShards });
      expect(again?.steps.length).toBe(first.steps.length - done - 1);
      expect(again?.peakOpenShards).toBeLessThanOrEqual(maxOpenShards);
    });
  }
  expect(plans).toBeGreaterThan(300);
});
