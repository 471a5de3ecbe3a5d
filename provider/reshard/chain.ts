/**
 * The most cuts that can be kept, as a longest chain. The argument is in the header of plan.ts; this file is the
 * algorithm: candidates sorted by (u, v), then the heaviest chain of non-decreasing v over a Fenwick tree of prefix
 * maxima. Exact for every target; O(P log P) for P candidates: with 1,000 weights about 72,000, with 10,000 a hundred times
 * as many.
 */
import type { Bounds } from "./target";

/** Cut number `from` of the partition as it is becomes cut number `to` of the wanted one. */
export interface KeptCut {
  readonly from: number;
  readonly to: number;
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
  const candidates = new Candidates(sizes, bounds, windows);
  const { from, to, count } = candidates;
  const rank = candidates.ranksOfV();

  // The value of a chain is its length, plus at most 0.5 for what it leaves unchanged: length first, then key space.
  const value = new Float64Array(count);
  const before = new Int32Array(count).fill(-1);
  const tree = new PrefixMaxima(count, value);
  for (const index of candidates.byU()) {
    let best = tree.best(rank[index] ?? 0);
    let bestValue = best < 0 ? 0 : (value[best] ?? 0);
    // A range stays as it is if both its cuts are kept side by side.
    const neighbour = candidates.indexOf((from[index] ?? 0) - 1, (to[index] ?? 0) - 1);
    if (neighbour >= 0 && (value[neighbour] ?? 0) > 0 && (rank[neighbour] ?? 0) <= (rank[index] ?? 0)) {
      const staying = (value[neighbour] ?? 0) + 0.5 * (unchanged[(from[index] ?? 0) - 1] ?? 0);
      if (staying > bestValue) {
        best = neighbour;
        bestValue = staying;
      }
    }
    value[index] = bestValue + 1;
    before[index] = best;
    tree.add(rank[index] ?? 0, index);
  }

  const chain: KeptCut[] = [];
  // (last cut, last number) has the largest u and v of all candidates, so it is the end of a longest chain.
  for (let at = candidates.indexOf(sizes.length - 1, bounds.shardCount); at >= 0; at = before[at] ?? -1) {
    chain.push({ from: from[at] ?? 0, to: to[at] ?? 0 });
  }
  return chain.reverse();
}

/**
 * The points (u, v) by number, in order of `from`, then `to`. They are compared as doubles, and exactly where doubles are
 * too close to tell: bigint for each of them would be most of the time and the memory that a plan takes.
 */
class Candidates {
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  private readonly u: Float64Array;
  private readonly v: Float64Array;
  /** More than all rounding errors of u and v. */
  private readonly doubt: number;
  /** Candidate (from, to) has the number offset[from] + to. */
  private readonly offset: Int32Array;

  constructor(
    private readonly sizes: readonly bigint[],
    private readonly bounds: Bounds,
    private readonly windows: CandidateWindows,
  ) {
    const { first, last, count } = windows;
    this.count = count;
    this.from = new Int32Array(count);
    this.to = new Int32Array(count);
    this.u = new Float64Array(count);
    this.v = new Float64Array(count);
    this.offset = new Int32Array(sizes.length);
    const leastSum = Float64Array.from(bounds.leastSum, Number);
    const greatestSum = Float64Array.from(bounds.greatestSum, Number);
    this.doubt = (Number(bounds.total) + (greatestSum[bounds.shardCount] ?? 0)) * 2 ** -50;
    let next = 0;
    sizes.forEach((exact, from) => {
      const size = Number(exact);
      const low = first[from] ?? 0;
      const high = last[from] ?? -1;
      this.offset[from] = next - low;
      for (let to = low; to <= high; to++) {
        this.from[next] = from;
        this.to[next] = to;
        this.u[next] = size - (leastSum[to] ?? 0);
        this.v[next] = (greatestSum[to] ?? 0) - size;
        next++;
      }
    });
  }

  /** The number of a candidate, or -1 where (from, to) is none. */
  indexOf(from: number, to: number): number {
    const { first, last } = this.windows;
    const isOne = to >= (first[from] ?? 0) && to <= (last[from] ?? -1);
    return isOne ? (this.offset[from] ?? 0) + to : -1;
  }

  /** All candidates by u, then v; with both equal (only where least = greatest) the order of the cuts decides. */
  byU(): Int32Array {
    const { to } = this;
    return sorted(this.u, (a, b) => this.compareU(a, b) || this.compareV(a, b) || (to[a] ?? 0) - (to[b] ?? 0));
  }

  /** For each candidate the rank of its v among all, from 1, equal for equal ones. */
  ranksOfV(): Int32Array {
    const rank = new Int32Array(this.count);
    let current = 0;
    let previous = -1;
    for (const index of sorted(this.v, (a, b) => this.compareV(a, b))) {
      if (previous < 0 || this.compareV(previous, index) !== 0) current++;
      previous = index;
      rank[index] = current;
    }
    return rank;
  }

  private compareU(a: number, b: number): number {
    const apart = (this.u[a] ?? 0) - (this.u[b] ?? 0);
    if (apart > this.doubt || apart < -this.doubt) return apart;
    const exact = (index: number) => this.sizeOf(index) - (this.bounds.leastSum[this.to[index] ?? 0] ?? 0n);
    return compare(exact(a), exact(b));
  }

  private compareV(a: number, b: number): number {
    const apart = (this.v[a] ?? 0) - (this.v[b] ?? 0);
    if (apart > this.doubt || apart < -this.doubt) return apart;
    const exact = (index: number) => (this.bounds.greatestSum[this.to[index] ?? 0] ?? 0n) - this.sizeOf(index);
    return compare(exact(a), exact(b));
  }

  private sizeOf(index: number): bigint {
    return this.sizes[this.from[index] ?? 0] ?? 0n;
  }
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** Buckets with more members than this are sorted by themselves. */
const MANY_IN_A_BUCKET = 16;

/**
 * The numbers 0 … keys.length-1 in the order of `compare`, which agrees with `keys` but for rounding: each goes into the
 * bucket that its key says, and what is then out of place is so by a few places only.
 */
function sorted(keys: Float64Array, compare: (a: number, b: number) => number): Int32Array {
  const count = keys.length;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const key of keys) {
    if (key < low) low = key;
    if (key > high) high = key;
  }
  const scale = high > low ? (count - 1) / (high - low) : 0;
  const bucketOf = (index: number) => Math.floor(((keys[index] ?? 0) - low) * scale);
  const ends = new Int32Array(count + 2);
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(index) + 2;
    ends[bucket] = (ends[bucket] ?? 0) + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) ends[bucket] = (ends[bucket] ?? 0) + (ends[bucket - 1] ?? 0);
  const order = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(index) + 1;
    const place = ends[bucket] ?? 0;
    order[place] = index;
    ends[bucket] = place + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) {
    const start = ends[bucket - 1] ?? 0;
    const end = ends[bucket] ?? 0;
    if (end - start > MANY_IN_A_BUCKET) order.subarray(start, end).sort(compare);
  }
  for (let at = 1; at < count; at++) {
    const index = order[at] ?? 0;
    let place = at;
    for (; place > 0 && compare(order[place - 1] ?? 0, index) > 0; place--) order[place] = order[place - 1] ?? 0;
    order[place] = index;
  }
  return order;
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
