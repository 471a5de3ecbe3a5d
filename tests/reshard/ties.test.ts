/**
 * Which of the nearest partitions is taken, against all ways to keep cuts of small partitions of the whole key space. There
 * what lies between two kept cuts is best cut in proportion, so a way to keep cuts is all there is to choose.
 */
import { describe, expect, test } from "@jest/globals";
import { KEY_SPACE } from "../../provider/reshard/keyspace";
import { planReshard } from "../../provider/reshard/plan";
import type { Tolerance } from "../../provider/reshard/target";
import { evenCuts, Random, randomCuts, shardsOf, unevenCuts } from "./shards";

interface Way {
  readonly kept: number;
  readonly widest: number;
  readonly narrowest: number;
  readonly staying: number;
}

const SLACK = 1e-9;
/** What the planner promises for both halves of the balance, and doubles for the rest. */
const GRAIN = 3e-9;

/** All ways to keep cuts as wanted ones. @param loads One for each present range, or its width. */
function waysToKeep(
  cuts: readonly bigint[],
  loads: readonly number[],
  weights: readonly number[],
  tolerance: Tolerance,
) {
  const count = weights.length;
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const [load, weight] = [sum(loads), sum(weights)];
  const ways: Way[] = [];
  const extend = (from: number, to: number, way: Way) => {
    if (from === loads.length) {
      if (to === count) ways.push(way);
      return;
    }
    for (let next = from + 1; next <= loads.length; next++) {
      for (let k = to + 1; k <= count; k++) {
        if ((next === loads.length) !== (k === count)) continue;
        const share = (sum(loads.slice(from, next)) / load) * (weight / sum(weights.slice(to, k)));
        if (share > 1 + tolerance.over + SLACK || share < 1 - tolerance.under - SLACK) continue;
        const stays = next === from + 1 && k === to + 1;
        extend(next, k, {
          kept: way.kept + 1,
          widest: Math.max(way.widest, share),
          narrowest: Math.min(way.narrowest, share),
          staying: way.staying + (stays ? Number((cuts[next] ?? 0n) - (cuts[from] ?? 0n)) / Number(KEY_SPACE) : 0),
        });
      }
    }
  };
  extend(0, 0, { kept: 0, widest: 0, narrowest: Number.POSITIVE_INFINITY, staying: 0 });
  return ways;
}

const TOLERANCES: Tolerance[] = [
  { over: 0.1, under: 0.25 },
  { over: 0.5, under: 0.5 },
  { over: 0, under: 0 },
  { over: 0.3, under: 0.6 },
  { over: 1, under: 1 },
];

function check(kind: "even" | "weights" | "loads", rounds: number) {
  const random = new Random(kind.length);
  for (let round = 0; round < rounds; round++) {
    const n = 1 + random.below(6);
    const count = 1 + random.below(6);
    const cuts = [evenCuts(n), randomCuts(random, n), unevenCuts(random, n, 0.6)][random.below(3)] ?? [];
    const weights = Array.from({ length: count }, () => (kind === "weights" ? 1 + random.below(4) : 1));
    const busy = random.below(n);
    const loads = Array.from({ length: n }, (_, i) => (i === busy ? 1 : Math.max(0, random.below(6) - 2)));
    const tolerance = TOLERANCES[random.below(TOLERANCES.length)] ?? { over: 0, under: 0 };
    const widths = cuts.slice(1).map((cut, i) => Number(cut - (cuts[i] ?? 0n)));
    const ways = waysToKeep(cuts, kind === "loads" ? loads : widths, weights, tolerance);
    const kept = Math.max(...ways.map((way) => way.kept));
    const nearest = ways.filter((way) => way.kept === kept);
    const widest = Math.min(...nearest.map((way) => way.widest));
    const even = nearest.filter((way) => way.widest <= widest + SLACK / 2);
    const narrowest = Math.max(...even.map((way) => way.narrowest));
    const best = even.filter((way) => way.narrowest >= narrowest - SLACK / 2);
    const context = JSON.stringify({ cuts: cuts.map(String), loads, weights, tolerance, kind });
    const target = { shardCount: count, ...(kind === "weights" ? { weights } : kind === "loads" ? { loads } : {}) };
    for (const prefer of ["balance", "stay"] as const) {
      const plan = planReshard({ shards: shardsOf(cuts), target, tolerance, prefer });
      const operations = n + count - 2 * kept;
      if (plan.steps.length !== operations || plan.minimumOperations !== operations || plan.result.length !== count) {
        throw new Error(`${plan.steps.length} operations, not ${operations}: ${context}`);
      }
      const staying = Math.max(...(prefer === "stay" ? nearest : best).map((way) => way.staying));
      if (1 - plan.movedFraction < staying - GRAIN) throw new Error(`more could stay (${prefer}): ${context}`);
      if (prefer === "stay") continue;
      if (plan.balance.widest > widest + GRAIN) throw new Error(`not ${widest} wide: ${context}`);
      if (plan.balance.narrowest < narrowest - GRAIN) throw new Error(`not ${narrowest} narrow: ${context}`);
    }
  }
}

describe("fewest operations, then widest, narrowest and staying, against all ways to keep cuts", () => {
  test("even targets", () => check("even", 1500));
  test("weights", () => check("weights", 1500));
  test("loads, idle shards among them", () => check("loads", 1500));
});

test("what ties to the last digit does not decide: 5 even shards for weights 2 and 1", () => {
  const target = { shardCount: 2, weights: [2, 1] };
  const plan = planReshard({ shards: shardsOf(evenCuts(5)), target, tolerance: { over: 0.5, under: 0.5 } });
  expect(plan.balance).toMatchObject({ widest: 1.2, narrowest: 0.9 });
});

test.each([
  [[1, 0, 1], 2, 1],
  [[1, 0, 0, 0, 1], 2, 3],
  [[0, 0, 1], 2, 3],
  [[1, 0], 1, 1],
])("idle shards: loads %p for %i shards take %i operations", (loads, shardCount, operations) => {
  const plan = planReshard({ shards: shardsOf(evenCuts(loads.length)), target: { shardCount, loads } });
  expect(plan.steps).toHaveLength(operations);
  expect(plan.minimumOperations).toBe(operations);
  expect(plan.result).toHaveLength(shardCount);
});
