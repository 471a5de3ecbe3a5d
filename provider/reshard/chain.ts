/**
 * The most cuts that can be kept, as a longest chain. The argument is in the header of plan.ts; this file is the
 * algorithm: candidates sorted by (u, v), then the heaviest chain of non-decreasing v over a Fenwick tree of prefix
 * maxima. Exact for every target; O(P log P) for P candidates.
 */
import type { Bounds } from "./target";

/** Cut number `from` of the partition as it is becomes cut number `to` of the wanted one. */
export interface KeptCut {
  readonly from: number;
  readonly to: number;
}

interface Candidate extends KeptCut {
  readonly u: bigint;
  readonly v: bigint;
}

/** For each present cut, the wanted cut numbers it could become: inclusive, empty where first > last. */
export interface CandidateWindows {
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** How many candidates there are in all. */
  readonly count: number;
}

/**
 * Which (cut, number) pairs lie between both ends, that is 0 <= u <= U and 0 <= v <= V.
 *
 * @param sizes Measure of the key space below each present cut; first 0, last the whole.
 */
export function candidateWindows(sizes: readonly bigint[], bounds: Bounds): CandidateWindows {
  const { shardCount: wanted, leastSum, greatestSum, total } = bounds;
  const mostU = total - (leastSum[wanted] ?? 0n);
  const mostV = (greatestSum[wanted] ?? 0n) - total;
  const first: number[] = [];
  const last: number[] = [];
  let count = 0;
  let low = 0;
  let high = 0;
  for (const size of sizes) {
    // Both ends of the window only move right as the cut does, so this is linear.
    while (low < wanted && ((greatestSum[low] ?? 0n) < size || size - (leastSum[low] ?? 0n) > mostU)) low++;
    while (high < wanted && (leastSum[high + 1] ?? 0n) <= size && (greatestSum[high + 1] ?? 0n) - size <= mostV) high++;
    first.push(low);
    last.push(high);
    if (high >= low) count += high - low + 1;
  }
  return { first, last, count };
}

/**
 * A longest chain of kept cuts, both ends included; among the longest, one that leaves the most key space in ranges
 * that stay exactly as they are.
 *
 * @param unchanged For range i of the present partition, its share of the key space (the shares sum to 1).
 */
export function longestChain(
  sizes: readonly bigint[],
  bounds: Bounds,
  windows: CandidateWindows,
  unchanged: readonly number[],
): KeptCut[] {
  const candidates = sortedCandidates(sizes, bounds, windows);
  const rank = ranksOfV(candidates);

  // The value of a chain is its length, plus at most 0.5 for what it leaves unchanged: length first, then key space.
  const value = new Float64Array(candidates.length);
  const before = new Int32Array(candidates.length).fill(-1);
  const tree = new PrefixMaxima(candidates.length, value);
  const indexOf = new Map<number, number>();
  const key = (from: number, to: number) => from * (bounds.shardCount + 1) + to;
  candidates.forEach((candidate, index) => {
    const { from, to } = candidate;
    let best = tree.best(rank[index] ?? 0);
    let bestValue = best < 0 ? 0 : (value[best] ?? 0);
    // A range stays as it is if both its cuts are kept side by side.
    const neighbour = indexOf.get(key(from - 1, to - 1));
    const neighbourCandidate = neighbour === undefined ? undefined : candidates[neighbour];
    if (neighbour !== undefined && neighbourCandidate !== undefined && neighbourCandidate.v <= candidate.v) {
      const staying = (value[neighbour] ?? 0) + 0.5 * (unchanged[from - 1] ?? 0);
      if (staying > bestValue) [best, bestValue] = [neighbour, staying];
    }
    value[index] = bestValue + 1;
    before[index] = best;
    indexOf.set(key(from, to), index);
    tree.add(rank[index] ?? 0, index);
  });

  const chain: KeptCut[] = [];
  // (last cut, last number) has the largest u and v of all candidates, so it is the end of a longest chain.
  let at = indexOf.get(key(sizes.length - 1, bounds.shardCount)) ?? -1;
  while (at >= 0) {
    const candidate = candidates[at];
    if (candidate !== undefined) chain.push({ from: candidate.from, to: candidate.to });
    at = before[at] ?? -1;
  }
  return chain.reverse();
}

function sortedCandidates(sizes: readonly bigint[], bounds: Bounds, windows: CandidateWindows): Candidate[] {
  const { leastSum, greatestSum } = bounds;
  const candidates: Candidate[] = [];
  sizes.forEach((size, from) => {
    for (let to = windows.first[from] ?? 0; to <= (windows.last[from] ?? -1); to++) {
      candidates.push({ from, to, u: size - (leastSum[to] ?? 0n), v: (greatestSum[to] ?? 0n) - size });
    }
  });
  // With equal u and v (only where least = greatest) the order of the cuts decides.
  return candidates.sort((a, b) => (a.u < b.u ? -1 : a.u > b.u ? 1 : a.v < b.v ? -1 : a.v > b.v ? 1 : a.to - b.to));
}

function ranksOfV(candidates: readonly Candidate[]): Int32Array {
  const order = candidates.map(({ v }, index) => ({ v, index }));
  order.sort((a, b) => (a.v < b.v ? -1 : a.v > b.v ? 1 : 0));
  const rank = new Int32Array(candidates.length);
  let current = 0;
  let previous: bigint | undefined;
  for (const { v, index } of order) {
    if (v !== previous) current++;
    previous = v;
    rank[index] = current;
  }
  return rank;
}

/** Fenwick tree: the index of the greatest value among all ranks up to a given one. */
class PrefixMaxima {
  private readonly node: Int32Array;
  constructor(
    size: number,
    private readonly value: Float64Array,
  ) {
    this.node = new Int32Array(size + 1).fill(-1);
  }

  /** Ranks count from 1. Returns -1 where there is nothing yet. */
  best(rank: number): number {
    let best = -1;
    for (let at = rank; at > 0; at -= at & -at) best = this.better(best, this.node[at] ?? -1);
    return best;
  }

  add(rank: number, index: number): void {
    for (let at = rank; at < this.node.length; at += at & -at) this.node[at] = this.better(this.node[at] ?? -1, index);
  }

  private better(a: number, b: number): number {
    if (a < 0 || b < 0) return Math.max(a, b);
    return (this.value[b] ?? 0) > (this.value[a] ?? 0) ? b : a;
  }
}
