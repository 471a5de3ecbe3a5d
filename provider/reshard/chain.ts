/**
 * The most cuts that can be kept, as a longest chain. The argument is in the header of plan.ts; this file is the
 * algorithm: candidates sorted by (u, v), then the heaviest chain of non-decreasing v over a Fenwick tree of prefix
 * maxima. Exact for every target; O(P log P) for P candidates: with 1,000 weights about 72,000, with 10,000 a hundred times
 * as many.
 */
import { double, entry, int } from "./entries";
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
  const mostU = total - entry(leastSum, wanted);
  const mostV = entry(greatestSum, wanted) - total;
  const first: number[] = [];
  const last: number[] = [];
  let count = 0;
  let low = 0;
  let high = 0;
  for (const size of sizes) {
    // Both ends of the window only move right as the cut does, so this is linear.
    while (low < wanted && (entry(greatestSum, low) < size || size - entry(leastSum, low) > mostU)) low++;
    while (high < wanted && entry(leastSum, high + 1) <= size && entry(greatestSum, high + 1) - size <= mostV) high++;
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
    const rankHere = int(rank, index);
    let best = tree.best(rankHere);
    let bestValue = best < 0 ? 0 : double(value, best);
    // A range stays as it is if both its cuts are kept side by side.
    const neighbour = candidates.indexOf(int(from, index) - 1, int(to, index) - 1);
    if (neighbour >= 0 && double(value, neighbour) > 0 && int(rank, neighbour) <= rankHere) {
      const staying = double(value, neighbour) + 0.5 * entry(unchanged, int(from, index) - 1);
      if (staying > bestValue) {
        best = neighbour;
        bestValue = staying;
      }
    }
    value[index] = bestValue + 1;
    before[index] = best;
    tree.add(rankHere, index);
  }

  const chain: KeptCut[] = [];
  // (last cut, last number) has the largest u and v of all candidates, so it is the end of a longest chain.
  for (let at = candidates.indexOf(sizes.length - 1, bounds.shardCount); at >= 0; at = int(before, at)) {
    chain.push({ from: int(from, at), to: int(to, at) });
  }
  return chain.reverse();
}

/**
 * The points (u, v) by number, in order of `from`, then `to`. They are compared as doubles, and exactly where doubles are
 * too close to tell: bigint for each of them would be most of the time and the memory that a plan takes.
 */
export class Candidates {
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
    this.doubt = (Number(bounds.total) + double(greatestSum, bounds.shardCount)) * 2 ** -50;
    let next = 0;
    sizes.forEach((exact, from) => {
      const size = Number(exact);
      const low = entry(first, from);
      const high = entry(last, from);
      this.offset[from] = next - low;
      for (let to = low; to <= high; to++) {
        this.from[next] = from;
        this.to[next] = to;
        this.u[next] = size - double(leastSum, to);
        this.v[next] = double(greatestSum, to) - size;
        next++;
      }
    });
  }

  /** The number of a candidate, or -1 where (from, to) is none. */
  indexOf(from: number, to: number): number {
    if (from < 0 || to < entry(this.windows.first, from) || to > entry(this.windows.last, from)) return -1;
    return int(this.offset, from) + to;
  }

  /** All candidates by u, then v; with both equal (only where least = greatest) the order of the cuts decides. */
  byU(): Int32Array {
    const { to } = this;
    return sorted(this.u, (a, b) => this.compareU(a, b) || this.compareV(a, b) || int(to, a) - int(to, b));
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

  /** Which candidates can stand before which in a chain. Sorts all of them, so ask for it once. */
  precedence(): (a: number, b: number) => boolean {
    const rank = this.ranksOfV();
    const place = new Int32Array(this.count);
    this.byU().forEach((index, at) => {
      place[index] = at;
    });
    return (a, b) => int(place, a) < int(place, b) && int(rank, a) <= int(rank, b);
  }

  private compareU(a: number, b: number): number {
    const apart = double(this.u, a) - double(this.u, b);
    if (apart > this.doubt || apart < -this.doubt) return apart;
    const exact = (index: number) => this.sizeOf(index) - entry(this.bounds.leastSum, int(this.to, index));
    return compare(exact(a), exact(b));
  }

  private compareV(a: number, b: number): number {
    const apart = double(this.v, a) - double(this.v, b);
    if (apart > this.doubt || apart < -this.doubt) return apart;
    const exact = (index: number) => entry(this.bounds.greatestSum, int(this.to, index)) - this.sizeOf(index);
    return compare(exact(a), exact(b));
  }

  private sizeOf(index: number): bigint {
    return entry(this.sizes, int(this.from, index));
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
  const bucketOf = (index: number) => Math.floor((double(keys, index) - low) * scale);
  const ends = new Int32Array(count + 2);
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(index) + 2;
    ends[bucket] = int(ends, bucket) + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) ends[bucket] = int(ends, bucket) + int(ends, bucket - 1);
  const order = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(index) + 1;
    const place = int(ends, bucket);
    order[place] = index;
    ends[bucket] = place + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) {
    const start = int(ends, bucket - 1);
    const end = int(ends, bucket);
    if (end - start > MANY_IN_A_BUCKET) order.subarray(start, end).sort(compare);
  }
  for (let at = 1; at < count; at++) {
    const index = int(order, at);
    let place = at;
    for (; place > 0 && compare(int(order, place - 1), index) > 0; place--) order[place] = int(order, place - 1);
    order[place] = index;
  }
  return order;
}

/** Fenwick tree: the index of the greatest value among all ranks up to a given one. */
export class PrefixMaxima {
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
    for (let at = rank; at > 0; at -= at & -at) best = this.better(best, int(this.node, at));
    return best;
  }

  add(rank: number, index: number): void {
    for (let at = rank; at < this.node.length; at += at & -at) this.node[at] = this.better(int(this.node, at), index);
  }

  private better(a: number, b: number): number {
    if (a < 0 || b < 0) return Math.max(a, b);
    return double(this.value, b) > double(this.value, a) ? b : a;
  }
}
