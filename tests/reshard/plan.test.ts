import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { applyStep, carryLoads } from "../../provider/reshard/apply";
import { cutsOf, KEY_SPACE, parseRanges, tiles } from "../../provider/reshard/keyspace";
import { hotMergeNeeded } from "../../provider/reshard/order";
import type { ReshardRequest } from "../../provider/reshard/plan";
import { isAdmissible, planReshard } from "../../provider/reshard/plan";
import type { ReshardTarget } from "../../provider/reshard/target";
import { evenCuts, evenShards, Random, randomCuts, shardsOf, unevenCuts } from "./shards";

const tolerances = fc.constantFrom(0, 0.05, 0.1, 0.25, 0.5, { over: 0.1, under: 0.25 }, { over: 1, under: 0 });

const requests: fc.Arbitrary<ReshardRequest> = fc
  .record({
    seed: fc.integer(),
    n: fc.integer({ min: 1, max: 30 }),
    shardCount: fc.integer({ min: 1, max: 30 }),
    kind: fc.constantFrom("even", "weights", "loads"),
    tolerance: tolerances,
    prefer: fc.constantFrom("balance" as const, "stay" as const),
  })
  .map(({ seed, n, shardCount, kind, tolerance, prefer }) => {
    const random = new Random(seed);
    const shards = shardsOf(randomCuts(random, n));
    const target =
      kind === "weights"
        ? { shardCount, weights: Array.from({ length: shardCount }, () => 0.5 + 3 * random.next()) }
        : kind === "loads"
          ? {
              shardCount,
              loads: Array.from({ length: n }, (_, i) => (i === 0 ? 1 : Math.max(0, random.below(50) - 20))),
            }
          : { shardCount };
    return { shards, target, tolerance, prefer };
  });

const widest = (shards: ReshardRequest["shards"]) => {
  const cuts = cutsOf(parseRanges(shards));
  return cuts.slice(1).reduce((most, cut, i) => (cut - (cuts[i] ?? 0n) > most ? cut - (cuts[i] ?? 0n) : most), 0n);
};

describe("a plan", () => {
  test("carried out, it is legal throughout, never wider than before or after, and ends admissible", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plan = planReshard(request);
        const target = plan.request.target;
        const limit = [widest(plan.initial), widest(plan.result)].sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n;
        let open = plan.initial;
        let peak = open.length;
        for (const step of plan.steps) {
          open = applyStep(open, step); // throws where Kinesis would refuse
          peak = Math.max(peak, open.length);
          expect(widest(open) <= limit).toBe(true);
          expect(open.length).toBeGreaterThanOrEqual(Math.min(plan.initial.length, target.shardCount));
        }
        expect(open.map(({ startingHashKey, endingHashKey }) => ({ startingHashKey, endingHashKey }))).toEqual(
          plan.result,
        );
        expect(plan.minimumOperations).toBe(plan.steps.length);
        expect(plan.splits + plan.merges).toBe(plan.steps.length);
        expect(plan.splits - plan.merges).toBe(target.shardCount - plan.initial.length);
        expect(peak).toBe(plan.peakOpenShards);
        expect(peak).toBeLessThanOrEqual(Math.max(plan.initial.length, target.shardCount) + 1);
        expect(plan.hotMerges).toBe(0);
        expect(plan.estimatedSeconds).toBe(30 * plan.steps.length);
        const loads = target.loads && carryLoads(plan.initial, target.loads, open);
        expect(isAdmissible(open, loads ? { ...target, loads } : target, request.tolerance)).toBe(true);
      }),
      { numRuns: 250, seed: 7 },
    );
  });

  test("cut short at any step and planned anew, it costs no operation more", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const first = planReshard(request);
        const { target } = first.request;
        let open = first.initial;
        let plan = first;
        for (let left = first.steps.length; left > 0; left--) {
          expect(plan.steps).toHaveLength(left);
          const [step] = plan.steps;
          if (step === undefined) throw new Error("no step left");
          open = applyStep(open, step);
          const loads = target.loads && carryLoads(first.initial, target.loads, open);
          plan = planReshard({ ...request, shards: open, target: loads ? { ...target, loads } : target });
        }
        expect(plan.steps).toEqual([]);
      }),
      { numRuns: 60, seed: 8 },
    );
  });

  test("has no steps exactly where the shards are admissible, for widths, weights and loads", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(requests, fc.boolean(), ({ prefer, ...request }, nearly) => {
        const widths = request.shards.map((shard) =>
          Number(BigInt(shard.endingHashKey) - BigInt(shard.startingHashKey)),
        );
        const { weights, loads } = request.target as ReshardTarget;
        // As many as there are; weights half of the time as the shards are, loads as even as they come.
        const target: ReshardTarget = {
          shardCount: widths.length,
          weights: weights && widths.map((width, i) => (nearly ? width : (weights[i] ?? 1))),
          loads: loads && (nearly ? widths.map(() => 1) : loads),
        };
        const done = isAdmissible(request.shards, target, request.tolerance);
        expect(planReshard({ ...request, target }).steps.length === 0).toBe(done);
        if (widths.length > 1) seen.add(`${weights ? "weights" : loads ? "loads" : "even"} ${done}`);
      }),
      { numRuns: 300, seed: 9 },
    );
    expect([...seen].sort()).toEqual([
      "even false",
      "even true",
      "loads false",
      "loads true",
      "weights false",
      "weights true",
    ]);
  });

  test("a kill inside 2 -> 3 leaves three shards that are not done", () => {
    const [first] = planReshard({ shards: evenShards(2), target: 3 }).steps;
    if (first === undefined) throw new Error("no step");
    const left = applyStep(evenShards(2), first);
    expect(left).toHaveLength(3);
    expect(isAdmissible(left, 3)).toBe(false);
    expect(planReshard({ shards: left, target: 3 }).steps).toHaveLength(2);
  });

  test("takes shards in any order and keys as bigint, and sorts numerically", () => {
    const cuts = evenCuts(12);
    const shards = cuts.slice(1).map((cut, i) => ({ startingHashKey: cuts[i] ?? 0n, endingHashKey: cut - 1n }));
    const plan = planReshard({ shards: [...shards].reverse(), target: 5 });
    expect(plan.steps.length).toBe(planReshard({ shards: evenShards(12), target: 5 }).steps.length);
    expect(plan.initial.map(({ startingHashKey }) => startingHashKey)).toEqual(cuts.slice(0, -1).map(String));
  });

  test("AWS's rounding of an even creation is admissible at tolerance 0", () => {
    for (const n of [3, 7, 24, 101]) expect(isAdmissible(evenShards(n), n, 0)).toBe(true);
    const step = KEY_SPACE / 7n + 1n; // rounded up instead of down
    const cuts = Array.from({ length: 8 }, (_, i) => (i === 7 ? KEY_SPACE : BigInt(i) * step));
    expect(planReshard({ shards: shardsOf(cuts), target: 7, tolerance: 0 }).steps).toEqual([]);
  });

  test("promises capacity: at least M / 1.1 at the default tolerance", () => {
    const random = new Random(3);
    for (let round = 0; round < 50; round++) {
      const target = 1 + random.below(60);
      const shards = shardsOf(unevenCuts(random, 1 + random.below(60), 0.5));
      const { balance } = planReshard({ shards, target });
      expect(balance.effectiveShards).toBeGreaterThanOrEqual(target / 1.1 - 1e-6);
      expect(balance.narrowest).toBeGreaterThanOrEqual(0.75 - 1e-6);
    }
  });

  test("loads: a hot quarter gets the shards", () => {
    const plan = planReshard({ shards: evenShards(4), target: { shardCount: 4, loads: [10, 1, 1, 1] }, tolerance: 0 });
    expect(plan.initialEffectiveShards).toBeCloseTo(1.3);
    expect(plan.balance.effectiveShards).toBeCloseTo(4);
    const starts = plan.result.map(({ startingHashKey }) => Number(BigInt(startingHashKey)) / 2 ** 128);
    expect(starts[1]).toBeCloseTo(0.25 * 0.325, 6);
    expect(starts[3]).toBeCloseTo(0.25 * 0.975, 6);
  });
});

describe("what it refuses", () => {
  const code = (code: string) => expect.objectContaining({ code, name: "ReshardError" });
  const plan = (request: Partial<ReshardRequest>) => () =>
    planReshard({ shards: evenShards(2), target: 2, ...request });

  test.each([0, -1, 1.5, Number.NaN])("shard count %p", (target) => {
    expect(plan({ target })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
  });

  test.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])("maxOpenShards %p", (maxOpenShards) => {
    expect(plan({ maxOpenShards })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
  });

  test("maxOpenShards below what is wanted, or too low for a safe order, naming the way out", () => {
    expect(plan({ target: 4, maxOpenShards: 3 })).toThrow(code("ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED"));
    const tight = { target: 3, maxOpenShards: 3 };
    expect(plan(tight)).toThrow(code("ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED"));
    expect(plan(tight)).toThrow("raise maxOpenShards to 4, or set allowHotMerge");
    const flags = { maxOpenShards: "--max-open-shards", allowHotMerge: "--allow-hot-merge" };
    expect(hotMergeNeeded("no order", 2, 3, 3).withNames(flags).message).toMatch(
      /keeps to --max-open-shards 3 .* raise --max-open-shards to 4, or set --allow-hot-merge$/,
    );
    expect(plan({ ...tight, allowHotMerge: true })()).toMatchObject({ peakOpenShards: 3, hotMerges: 1 });
  });

  test("a preference that is none", () => {
    expect(plan({ prefer: "balanced" as "balance" })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
  });

  test("weights, loads and tolerances that make no sense", () => {
    for (const target of [
      { shardCount: 2, weights: [1] },
      { shardCount: 2, weights: [1, 0] },
      { shardCount: 2, weights: [1, Number.POSITIVE_INFINITY] },
      { shardCount: 2, loads: [1] },
      { shardCount: 2, loads: [0, 0] },
      { shardCount: 2, loads: [1, -1] },
    ]) {
      expect(plan({ target })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
    }
    for (const tolerance of [-0.1, Number.NaN, { over: 0, under: 1.1 }]) {
      expect(plan({ tolerance })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
    }
  });

  test("shards that do not tile the key space, saying where", () => {
    const [first, second] = evenShards(2);
    if (first === undefined || second === undefined) throw new Error("no shards");
    expect(tiles([second, first])).toBe(true);
    expect(tiles([first])).toBe(false);
    expect(tiles([])).toBe(false);
    for (const shards of [[], [first], [second], [first, first, second], [first, ...evenShards(4).slice(1)]]) {
      expect(plan({ shards })).toThrow(code("ERR_KINESIS_RESHARD_NOT_TILING"));
    }
  });

  test.each(["007", "-1", "", " 1", "1e3", (1n << 128n).toString()])("hash key %p", (startingHashKey) => {
    const shards = [{ startingHashKey, endingHashKey: "5" }];
    expect(plan({ shards })).toThrow(code("ERR_KINESIS_RESHARD_INVALID_INPUT"));
  });
});

describe("applyStep", () => {
  const shards = evenShards(2);
  const [lower, upper] = shards;
  if (lower === undefined || upper === undefined) throw new Error("no shards");

  test("refuses what Kinesis refuses", () => {
    const illegal = expect.objectContaining({ code: "ERR_KINESIS_RESHARD_ILLEGAL_STEP" });
    const split = (newStartingHashKey: string) => () =>
      applyStep(shards, { action: "split", shard: lower, newStartingHashKey });
    expect(split("0")).toThrow(illegal);
    expect(split("1")).toThrow(illegal);
    expect(split(lower.endingHashKey)).toThrow(illegal);
    expect(split(upper.startingHashKey)).toThrow(illegal);
    expect(split("2")()).toHaveLength(3);
    expect(split((BigInt(lower.endingHashKey) - 1n).toString())()).toHaveLength(3);
    expect(() => applyStep(shards, { action: "merge", shard: upper, adjacentShard: lower })).toThrow(illegal);
  });

  test("leaves other shards with their ids and the given list unchanged", () => {
    const after = applyStep(shards, { action: "split", shard: lower, newStartingHashKey: "5" });
    expect(after.map(({ shardId }) => shardId)).toEqual([undefined, undefined, upper.shardId]);
    expect(shards).toEqual(evenShards(2));
  });
});
