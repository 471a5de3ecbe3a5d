/**
 * Longest chains whose partition has a safe order under a tight cap (see the end of the header of order.ts).
 *
 * **Wanted.** For a merge at the start: two present shards side by side inside one wanted range. For a split at the end: two
 * wanted ranges side by side inside one present shard. Either is a demand on two wanted cuts ("not above this key", "not
 * below that one"), and both of them lie in one *stretch*, from a kept cut to the next kept one, so stretches can be
 * looked at one by one.
 *
 * **Exactly.** Say how many members the longest chain up to a candidate has, and how many the longest one from it on. Candidates
 * where the two add up to the whole are the members of all longest chains there are, and a longest chain goes from each
 * such number to the next. Over these links runs a table: the most key space that stays, for each set of demands met so
 * far. What it does not find is not there, unless it gives up (`undecided`): over {@link MOST_CANDIDATES} or {@link MOST_TRIALS}.
 */
import type { Pin } from "./balance";
import { reachOf } from "./balance";
import type { CandidateWindows, KeptCut } from "./chain";
import { Candidates, PrefixMaxima } from "./chain";
import { double, entry, int } from "./entries";
import { max, min } from "./exact";
import type { Ends } from "./order";
import type { Bounds } from "./target";

/** Beyond these a search would take longer than a preview may: about a second. */
const MOST_CANDIDATES = 100_000;
const MOST_TRIALS = 300_000;
const MOST_LINKS = 30_000_000;

/** A chain, and where some of the cuts that it does not keep must be placed. */
export interface PinnedChain {
  readonly chain: readonly KeptCut[];
  readonly pins: readonly Pin[];
}

export type CappedChain = PinnedChain | "none" | "undecided";

const MERGE_FIRST = 1;
const SPLIT_LAST = 2;

/** A way to meet a demand: the present cuts it lies between, and the wanted cuts it pins. */
interface Pair {
  readonly firstCut: number;
  readonly lastCut: number;
  readonly pins: readonly [Pin, Pin];
}

/** What is known of the best chain up to a candidate that meets some of the demands. */
interface Partial {
  readonly at: number;
  readonly staying: number;
  readonly pins: readonly Pin[];
  readonly before: Partial | undefined;
}

/**
 * Of the chains with `length` members, which is the most there are, one that has such ends and leaves the most key space
 * unchanged.
 */
export function longestCappedChain(
  sizes: readonly bigint[],
  bounds: Bounds,
  windows: CandidateWindows,
  unchanged: readonly number[],
  length: number,
  { mergeFirst, splitLast }: Ends,
): CappedChain {
  const merges = mergeFirst ? mergePairs(sizes, bounds) : undefined;
  const splits = splitLast ? splitPairs(sizes, bounds) : undefined;
  if (merges?.count === 0 || splits?.count === 0) return "none";
  if (windows.count > MOST_CANDIDATES) return "undecided";
  const candidates = new Candidates(sizes, bounds, windows);
  const levels = criticalLevels(candidates, length);
  if (levels === undefined) return "none";

  const { from, to } = candidates;
  const precedes = candidates.precedence();
  const all = (mergeFirst ? MERGE_FIRST : 0) | (splitLast ? SPLIT_LAST : 0);
  const best = new Map<number, Array<Partial | undefined>>();
  const [origin] = entry(levels, 0);
  if (origin === undefined) return "none";
  best.set(origin, [{ at: origin, staying: 0, pins: [], before: undefined }]);
  let trials = 0;
  let links = 0;

  /** The sets of demands that a stretch can meet, each with its pins. */
  const optionsOf = (a: number, b: number): [number, readonly Pin[]][] => {
    const start = { to: int(to, a), size: entry(sizes, int(from, a)) };
    const end = { to: int(to, b), size: entry(sizes, int(from, b)) };
    const options: [number, readonly Pin[]][] = [[0, []]];
    const meets = (pins: readonly Pin[]) => {
      trials++;
      return reachOf(start, pins, end, bounds) !== undefined;
    };
    const inside = (pairs: Pairs | undefined) =>
      pairs === undefined ? [] : pairs.between(int(from, a), int(from, b), start.to, end.to);
    const possibleMerges = inside(merges).filter(({ pins }) => meets(pins));
    const possibleSplits = inside(splits).filter(({ pins }) => meets(pins));
    const [merge] = possibleMerges;
    const [split] = possibleSplits;
    if (merge !== undefined) options.push([MERGE_FIRST, merge.pins]);
    if (split !== undefined) options.push([SPLIT_LAST, split.pins]);
    for (const one of possibleMerges) {
      const other = possibleSplits.find(({ pins }) => meets([...one.pins, ...pins]));
      if (other !== undefined) {
        options.push([MERGE_FIRST | SPLIT_LAST, [...one.pins, ...other.pins]]);
        break;
      }
    }
    return options;
  };

  for (let level = 1; level < levels.length; level++) {
    for (const b of entry(levels, level)) {
      const reached: Array<Partial | undefined> = [];
      for (const a of entry(levels, level - 1)) {
        if (++links > MOST_LINKS || trials > MOST_TRIALS) return "undecided";
        const known = best.get(a);
        if (known === undefined || !precedes(a, b)) continue;
        const neighbours = int(from, b) - int(from, a) === 1 && int(to, b) - int(to, a) === 1;
        const stays = neighbours ? entry(unchanged, int(from, a)) : 0;
        for (const [met, pins] of optionsOf(a, b)) {
          known.forEach((partial, before) => {
            if (partial === undefined) return;
            const staying = partial.staying + stays;
            const now = before | met;
            const other = reached[now];
            if (other === undefined || staying > other.staying)
              reached[now] = { at: b, staying, pins, before: partial };
          });
        }
      }
      if (reached.length > 0) best.set(b, reached);
    }
  }

  const [last] = entry(levels, length - 1);
  const found = last === undefined ? undefined : best.get(last)?.[all];
  if (found === undefined) return "none";
  const chain: KeptCut[] = [];
  const pins: Pin[] = [];
  for (let partial: Partial | undefined = found; partial !== undefined; partial = partial.before) {
    chain.push({ from: int(from, partial.at), to: int(to, partial.at) });
    pins.push(...partial.pins);
  }
  return { chain: chain.reverse(), pins };
}

/** The members of all chains of this length, by their place in the chain; undefined where no chain is as long. */
function criticalLevels(candidates: Candidates, length: number): number[][] | undefined {
  const { count } = candidates;
  const order = candidates.byU();
  const rank = candidates.ranksOfV();
  const upTo = chainLengths(order, rank, count);
  const fromOn = chainLengths(
    order.slice().reverse(),
    rank.map((v) => count + 1 - v),
    count,
  );
  if (double(upTo, count - 1) < length) return undefined;
  const levels = Array.from({ length }, (): number[] => []);
  for (const index of order) {
    const place = double(upTo, index);
    if (place + double(fromOn, index) - 1 === length) entry(levels, place - 1).push(index);
  }
  return levels;
}

/** For each candidate the length of the longest chain that ends there. */
function chainLengths(order: Int32Array, rank: Int32Array, count: number): Float64Array {
  const value = new Float64Array(count);
  const tree = new PrefixMaxima(count, value);
  for (const index of order) {
    const before = tree.best(int(rank, index));
    value[index] = 1 + (before < 0 ? 0 : double(value, before));
    tree.add(int(rank, index), index);
  }
  return value;
}

/** Pairs by the present cut they begin at. */
class Pairs {
  count = 0;
  private readonly byCut = new Map<number, Pair[]>();

  add(pair: Pair): void {
    this.count++;
    const known = this.byCut.get(pair.firstCut);
    if (known === undefined) this.byCut.set(pair.firstCut, [pair]);
    else known.push(pair);
  }

  /** Those within a stretch. */
  between(firstCut: number, lastCut: number, firstNumber: number, lastNumber: number): Pair[] {
    const found: Pair[] = [];
    for (let cut = firstCut; cut < lastCut; cut++) {
      for (const pair of this.byCut.get(cut) ?? []) {
        const [low, high] = pair.pins;
        if (pair.lastCut <= lastCut && low.to >= firstNumber && high.to <= lastNumber) found.push(pair);
      }
    }
    return found;
  }
}

/** Two present shards inside one wanted range: where that can be at all. */
function mergePairs(sizes: readonly bigint[], bounds: Bounds): Pairs {
  const { shardCount, greatestSum } = bounds;
  const { lowest, highest } = extremes(bounds);
  const pairs = new Pairs();
  let first = 0;
  for (let cut = 0; cut + 2 < sizes.length; cut++) {
    const [low, high] = [entry(sizes, cut), entry(sizes, cut + 2)];
    while (first < shardCount && entry(highest, first + 1) < high) first++;
    for (let k = first; k < shardCount && entry(lowest, k) <= low; k++) {
      if (high - low > entry(greatestSum, k + 1) - entry(greatestSum, k)) continue;
      const pins = [
        { to: k, atMost: low },
        { to: k + 1, atLeast: high },
      ] as const;
      pairs.add({ firstCut: cut, lastCut: cut + 2, pins });
    }
  }
  return pairs;
}

/** Two wanted ranges inside one present shard: where that can be at all. */
function splitPairs(sizes: readonly bigint[], bounds: Bounds): Pairs {
  const { shardCount, leastSum } = bounds;
  const { lowest, highest } = extremes(bounds);
  const pairs = new Pairs();
  let first = 0;
  for (let cut = 0; cut + 1 < sizes.length; cut++) {
    const [low, high] = [entry(sizes, cut), entry(sizes, cut + 1)];
    while (first < shardCount && entry(highest, first) < low) first++;
    for (let k = first; k + 2 <= shardCount && entry(lowest, k + 2) <= high; k++) {
      if (high - low < entry(leastSum, k + 2) - entry(leastSum, k)) continue;
      const pins = [
        { to: k, atLeast: low },
        { to: k + 2, atMost: high },
      ] as const;
      pairs.add({ firstCut: cut, lastCut: cut + 1, pins });
    }
  }
  return pairs;
}

/** The lowest and the highest place that each wanted cut can have at all. */
function extremes({ shardCount, leastSum, greatestSum, total }: Bounds): { lowest: bigint[]; highest: bigint[] } {
  const mostU = total - entry(leastSum, shardCount);
  const mostV = entry(greatestSum, shardCount) - total;
  return {
    lowest: leastSum.map((least, k) => max(least, entry(greatestSum, k) - mostV)),
    highest: greatestSum.map((greatest, k) => min(greatest, entry(leastSum, k) + mostU)),
  };
}
