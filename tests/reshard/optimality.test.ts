import { describe, expect, test } from "@jest/globals";
import { candidateWindows, longestChain } from "../../provider/reshard/chain";
import { choosePartition } from "../../provider/reshard/choose";
import { planReshard } from "../../provider/reshard/plan";
import { longestEvenChain } from "../../provider/reshard/stretches";
import type { Tolerance } from "../../provider/reshard/target";
import { bandOf, boundsOf, widthMeasure } from "../../provider/reshard/target";
import { admissible, allPartitions, distance } from "./brute-force";
import { evenCuts, evenShards, Random, randomCuts, unevenCuts } from "./shards";
import { fewestOperations } from "./slow-programme";

const BANDS: Tolerance[] = [
  { over: 0, under: 0 },
  { over: 0.1, under: 0.25 },
  { over: 0.1, under: 0.1 },
  { over: 0.25, under: 0.25 },
  { over: 0.5, under: 0.5 },
  { over: 1, under: 0 },
  { over: 0, under: 0.9 },
  { over: 2, under: 1 },
];

function choose(cuts: readonly number[], weights: readonly number[], tolerance: Tolerance) {
  const { after, minimumOperations } = choosePartition({
    cuts: cuts.map(BigInt),
    measure: widthMeasure(BigInt(cuts[cuts.length - 1] ?? 0)),
    target: { shardCount: weights.length, weights },
    band: bandOf(tolerance),
  });
  return { after: after.map(Number), minimumOperations };
}

function checkAgainstAll(width: number, weightsOf: (count: number) => number[]) {
  const goals = allPartitions(width, 2);
  let cases = 0;
  for (let count = 1; count <= width / 2; count++) {
    const weights = weightsOf(count);
    for (const tolerance of BANDS) {
      const reachable = goals.filter((goal) => admissible(goal, weights, tolerance.over, tolerance.under));
      if (reachable.length === 0) continue;
      // Start from every partition, even from those with ranges of one key, which Kinesis would not have made.
      for (const start of allPartitions(width, 1)) {
        cases++;
        const nearest = Math.min(...reachable.map((goal) => distance(start, goal)));
        const { after, minimumOperations } = choose(start, weights, tolerance);
        const context = JSON.stringify({ start, weights, tolerance, after });
        if (minimumOperations !== nearest) throw new Error(`${minimumOperations} instead of ${nearest}: ${context}`);
        if (distance(start, after) !== nearest) throw new Error(`not nearest: ${context}`);
        if (!admissible(after, weights, tolerance.over, tolerance.under)) throw new Error(`inadmissible: ${context}`);
      }
    }
  }
  return cases;
}

describe("the fewest operations, against every admissible partition of a small key space", () => {
  test("even targets", () => {
    let cases = 0;
    for (const width of [6, 7, 8, 9, 10, 11]) cases += checkAgainstAll(width, (count) => new Array(count).fill(1));
    expect(cases).toBeGreaterThan(30_000);
  });

  test("weighted targets", () => {
    let cases = 0;
    for (const width of [8, 9]) {
      cases += checkAgainstAll(width, (count) => Array.from({ length: count }, (_, k) => 1 + (k % 2)));
      cases += checkAgainstAll(width, (count) => Array.from({ length: count }, (_, k) => (k === 0 ? 2.5 : 1)));
    }
    expect(cases).toBeGreaterThan(5_000);
  });
});

describe("the fewest operations at 2^128, against a slow dynamic programme", () => {
  test.each([1, 2, 3, 4])("uneven starts, seed %i", (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 60; round++) {
      const cuts = randomCuts(random, 1 + random.below(24));
      const count = 1 + random.below(24);
      const weights = random.below(2) === 0 ? undefined : Array.from({ length: count }, () => 1 + random.below(4));
      const tolerance = BANDS[random.below(BANDS.length)] ?? 0;
      const target = weights === undefined ? { shardCount: count } : { shardCount: count, weights };
      const { minimumOperations, after } = choosePartition({
        cuts,
        measure: widthMeasure(1n << 128n),
        target,
        band: bandOf(tolerance),
      });
      expect(minimumOperations).toBe(fewestOperations(cuts, boundsOf(target, bandOf(tolerance), 1n << 128n)));
      const kept = after.filter((cut) => cuts.includes(cut)).length;
      expect(cuts.length + after.length - 2 * kept).toBe(minimumOperations);
    }
  });

  test.each([
    [2000, 12],
    [150, 60],
  ])("the algorithm for many candidates finds as much as the one for few: %i cases up to %i shards", (cases, most) => {
    const random = new Random(most);
    for (let round = 0; round < cases; round++) {
      const n = 1 + random.below(most);
      const count = 1 + random.below(most);
      const cuts = [evenCuts(n), randomCuts(random, n), unevenCuts(random, n, 0.95)][random.below(3)] ?? [];
      const wide = random.below(4) === 0;
      const tolerance = { over: random.next() * (wide ? 2 : 0.3), under: random.next() * (wide ? 1 : 0.3) };
      const bounds = boundsOf({ shardCount: count }, bandOf(tolerance), 1n << 128n);
      const windows = candidateWindows(cuts, bounds);
      const unchanged = cuts.slice(1).map((cut, i) => Number(cut - (cuts[i] ?? 0n)) / 2 ** 128);
      const few = longestChain(cuts, bounds, windows, unchanged);
      const many = longestEvenChain(cuts, bounds, windows, unchanged);
      const seen = { n, count, tolerance, found: many.chain.length, bound: many.upperBound };
      expect(seen).toEqual({ n, count, tolerance, found: few.length, bound: few.length });
    }
  });
});

describe("the fewest operations where single hash keys of 2^128 decide", () => {
  // Ranges from 3/4 to 5/4 of their ideal, and cuts a few keys beside quarters of it: no double can tell them apart.
  test.each(["even", "weighted"])("%s targets", (kind) => {
    const random = new Random(11);
    const total = 1n << 128n;
    for (let round = 0; round < 400; round++) {
      const count = 2 + random.below(9);
      const bounds = {
        shardCount: count,
        total,
        even: kind === "even",
        weightSum: [0n],
        leastSum: [0n],
        greatestSum: [0n],
      };
      const next = (sums: bigint[], more: bigint) => sums.push((sums[sums.length - 1] ?? 0n) + more);
      const weights = Array.from({ length: count }, () => BigInt(kind === "even" ? 1 : 1 + random.below(3)));
      for (const weight of weights) next(bounds.weightSum, weight);
      const quarter = total / (4n * (bounds.weightSum[count] ?? 1n));
      for (const weight of weights) {
        next(bounds.leastSum, 3n * weight * quarter);
        next(bounds.greatestSum, 5n * weight * quarter);
      }
      const cuts = [0n];
      for (let place = 1n; place < total / quarter - 1n; place++) {
        if (random.below(3) === 0) cuts.push(place * quarter + BigInt(random.below(5) - 2));
      }
      cuts.push(total);
      const windows = candidateWindows(cuts, bounds);
      const unchanged = cuts.slice(1).map(() => 1 / (cuts.length - 1));
      const needed = (chain: readonly unknown[]) => cuts.length + count + 1 - 2 * chain.length;
      const fewest = fewestOperations(cuts, bounds);
      expect(needed(longestChain(cuts, bounds, windows, unchanged))).toBe(fewest);
      if (kind === "even") {
        const { chain, upperBound } = longestEvenChain(cuts, bounds, windows, unchanged);
        expect({ needed: needed(chain), upperBound }).toEqual({ needed: fewest, upperBound: chain.length });
      }
    }
  });
});

describe("known counts", () => {
  test.each([
    [2, 3, [3, 3, 3, 1]],
    [4, 3, [5, 5, 3, 1]],
    [5, 8, [11, 9, 7, 7]],
    [10, 7, [15, 11, 11, 3]],
    [16, 24, [24, 24, 24, 8]],
    [100, 101, [199, 17, 5, 1]],
    [100, 150, [150, 150, 150, 50]],
    [100, 200, [100, 100, 100, 100]],
  ])("%i -> %i at tolerance 0, 10 %, 25 %, 50 %", (before, after, counts) => {
    const planned = [0, 0.1, 0.25, 0.5].map(
      (tolerance) => planReshard({ shards: evenShards(before), target: after, tolerance }).steps.length,
    );
    expect(planned).toEqual(counts);
  });

  test("100 -> 101 at the default tolerance takes 5", () => {
    expect(planReshard({ shards: evenShards(100), target: 101 }).steps).toHaveLength(5);
  });
});
