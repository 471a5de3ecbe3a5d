import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { endsUnder, fits, orderSteps } from "../../provider/reshard/order";
import { allPartitions } from "./brute-force";

interface Walk {
  operations: number;
  peak: number;
  lowest: number;
  hot: number;
  end: bigint[];
}

/** Carries the steps out on a set of cuts and checks what every moment must keep to. */
function walk(
  before: readonly bigint[],
  { cuts, steps }: ReturnType<typeof orderSteps>,
  after: readonly bigint[],
): Walk {
  const open = new Set(before);
  let [peak, lowest, hot] = [open.size - 1, open.size - 1, 0];
  for (const { action, hot: admitted, ...places } of steps) {
    const [below = -1n, cut = -1n, above = -1n] = [cuts[places.below], cuts[places.cut], cuts[places.above]];
    expect(open.has(below) && open.has(above)).toBe(true);
    expect(open.has(cut)).toBe(action === "remove");
    expect([...open].some((other) => other > below && other < above && other !== cut)).toBe(false);
    if (action === "add") open.add(cut);
    else {
      open.delete(cut);
      const inside = (cuts: readonly bigint[]) => !cuts.some((other) => other > below && other < above);
      const isHot = !inside(before) && !inside(after);
      expect(isHot).toBe(admitted);
      if (isHot) hot++;
    }
    peak = Math.max(peak, open.size - 1);
    lowest = Math.min(lowest, open.size - 1);
  }
  return { operations: steps.length, peak, lowest, hot, end: [...open].sort((a, b) => (a < b ? -1 : 1)) };
}

/** The least peak of all safe orders that keep to the floor (or to one below it), by trying all; for very small partitions. */
function leastPeak(before: readonly bigint[], after: readonly bigint[], below = 0): number {
  const floor = Math.min(before.length, after.length) - 1 - below;
  const goal = after.join();
  const reaches = (cap: number): boolean => {
    const seen = new Set<string>();
    const visit = (open: readonly bigint[]): boolean => {
      const key = open.join();
      if (key === goal) return true;
      if (seen.has(key) || open.length - 1 > cap || open.length - 1 < floor) return false;
      seen.add(key);
      for (const cut of after) {
        if (!open.includes(cut) && visit([...open, cut].sort((a, b) => (a < b ? -1 : 1)))) return true;
      }
      for (const [i, cut] of open.entries()) {
        if (after.includes(cut)) continue;
        const [below, above] = [open[i - 1] ?? 0n, open[i + 1] ?? 0n];
        const inside = (cuts: readonly bigint[]) => !cuts.some((other) => other > below && other < above);
        if ((inside(before) || inside(after)) && visit(open.filter((other) => other !== cut))) return true;
      }
      return false;
    };
    return visit(before);
  };
  let cap = Math.max(before.length, after.length) - 1;
  while (!reaches(cap)) cap++;
  return cap;
}

/** Cuts 10 keys apart, so that two keys on either side are always there. */
const spaced = (cuts: readonly number[]) => cuts.map((cut) => BigInt(cut) * 10n);

describe("the safe order", () => {
  test("every pair of partitions of a small key space: legal, fewest, within the floor and the least peak", () => {
    const all = allPartitions(6, 1).map(spaced);
    for (const before of all) {
      for (const after of all) {
        const { operations, peak, lowest, hot, end } = walk(before, orderSteps(before, after), after);
        const [n, m] = [before.length - 1, after.length - 1];
        const shared = before.filter((cut) => after.includes(cut)).length;
        expect(end).toEqual(after);
        expect(operations).toBe(before.length + after.length - 2 * shared);
        expect(hot).toBe(0);
        expect(lowest).toBeGreaterThanOrEqual(Math.min(n, m));
        expect(peak).toBe(leastPeak(before, after));
      }
    }
  });

  test("a cap of max(N, M): kept wherever any safe order keeps to it, one shard below the floor at most, and else said", () => {
    const all = allPartitions(6, 1).map(spaced);
    let [kept, refused] = [0, 0];
    for (const before of all) {
      for (const after of all) {
        const [n, m] = [before.length - 1, after.length - 1];
        const cap = Math.max(n, m);
        const possible = before.join() === after.join() || leastPeak(before, after, 1) <= cap;
        if (before.join() !== after.join()) expect(fits(before, after, endsUnder(n, m, cap))).toBe(possible);
        if (possible) {
          const { peak, lowest, hot, end } = walk(before, orderSteps(before, after, { maxOpenShards: cap }), after);
          expect({ end, peak, hot }).toEqual({ end: after, peak: cap, hot: 0 });
          expect(lowest).toBeGreaterThanOrEqual(n === m ? n - 1 : Math.min(n, m));
          kept++;
        } else {
          const capped = () => orderSteps(before, after, { maxOpenShards: cap });
          expect(capped).toThrow(expect.objectContaining({ code: "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED" }));
          refused++;
        }
      }
    }
    expect(Math.min(kept, refused)).toBeGreaterThan(100);
  });

  const partition = fc
    .uniqueArray(fc.integer({ min: 1, max: 59 }), { maxLength: 40 })
    .map((cuts) => spaced([0, ...cuts.sort((a, b) => a - b), 60]));

  test("larger partitions: never hot, within min(N, M) … max(N, M) + 1", () => {
    fc.assert(
      fc.property(partition, partition, (before, after) => {
        const { peak, lowest, hot, end } = walk(before, orderSteps(before, after), after);
        expect(end).toEqual(after);
        expect(hot).toBe(0);
        expect(lowest).toBeGreaterThanOrEqual(Math.min(before.length, after.length) - 1);
        expect(peak).toBeLessThanOrEqual(Math.max(before.length, after.length));
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test("under a cap of max(N, M): the safe order where there is one, else hot merges where allowed, else an error", () => {
    fc.assert(
      fc.property(partition, partition, (before, after) => {
        const cap = Math.max(before.length, after.length) - 1;
        const [n, m] = [before.length - 1, after.length - 1];
        const allowed = orderSteps(before, after, { maxOpenShards: cap, allowHotMerge: true });
        const { peak, end, hot } = walk(before, allowed, after);
        expect(end).toEqual(after);
        expect(peak).toBeLessThanOrEqual(cap);
        const capped = () => orderSteps(before, after, { maxOpenShards: cap });
        if (before.join() === after.join() || fits(before, after, endsUnder(n, m, cap))) {
          expect(hot).toBe(0);
          expect(capped().steps).toHaveLength(allowed.steps.length);
        } else {
          expect(capped).toThrow(expect.objectContaining({ code: "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED" }));
        }
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  test("a cap below the wanted count can't be kept; a cap below the present count leaves what is open alone", () => {
    const [two, four] = [spaced([0, 3, 6]), spaced([0, 1, 3, 4, 6])];
    expect(() => orderSteps(two, four, { maxOpenShards: 3 })).toThrow(
      expect.objectContaining({ code: "ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED" }),
    );
    expect(walk(four, orderSteps(four, two, { maxOpenShards: 3 }), two).peak).toBe(4);
  });

  test("a split that would leave a child of one key is refused", () => {
    expect(() => orderSteps([0n, 10n], [0n, 1n, 10n])).toThrow(
      expect.objectContaining({ code: "ERR_KINESIS_RESHARD_TOO_NARROW" }),
    );
  });
});

test.each([
  [1, 64],
  [4, 64],
  [8, 32],
  [3, 50],
])(
  "%d -> %d: capacity comes early, and no key passes through more generations of shards than halving takes",
  (from, to) => {
    const even = (shards: number) =>
      Array.from({ length: shards + 1 }, (_, at) => (BigInt(at) << 128n) / BigInt(shards));
    const { cuts, steps } = orderSteps(even(from), even(from).concat(even(to)).sort(ascending).filter(isFirst));
    const generation = new Map(even(from).map((cut) => [cut, 0]));
    const open = new Set(even(from));
    const splits = steps.length;
    steps.forEach(({ below, cut, above }, done) => {
      const [low = 0n, middle = 0n, high = 0n] = [cuts[below], cuts[cut], cuts[above]];
      generation.set(middle, 1 + Math.max(generation.get(low) ?? 0, generation.get(high) ?? 0));
      open.add(middle);
      const sorted = [...open].sort(ascending);
      const widest = sorted
        .slice(1)
        .reduce((most, key, at) => (key - (sorted[at] ?? 0n) > most ? key - (sorted[at] ?? 0n) : most), 0n);
      // Evenly hashed traffic fits in so many shards' worth: at least two in five of what is open.
      if (done + 1 < splits)
        expect(Number((1n << 128n) / widest)).toBeGreaterThanOrEqual(Math.floor((from + done + 1) / 2.5));
    });
    expect(Math.max(...generation.values())).toBeLessThanOrEqual(Math.ceil(Math.log2(to / from)) + 1);
  },
);

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
const isFirst = (cut: bigint, at: number, all: readonly bigint[]) => cut !== all[at - 1];
