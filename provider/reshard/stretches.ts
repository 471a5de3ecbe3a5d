/**
 * The longest chain again, for even targets with very many candidates: 10,000 -> 7,000 shards has four million.
 *
 * Where all ranges have the same bounds L … H, whether p new ranges fit between cuts j < i depends on p and on the two
 * cuts alone, not on how many ranges lie before them: pL <= size <= pH. Call such a (j, p) a *stretch* ending at i. A
 * chain is a path of stretches. Stretches that another chain through a cut in between could replace are left out, which leaves a handful
 * for each cut, so that a table over (cut, number) costs a few additions an entry.
 *
 * Two shortcuts keep the table small, and a certificate says whether they cost anything:
 * - only numbers near the straight line from (0, 0) to (N, M) are looked at, in a band that widens when needed;
 * - only stretches of up to `longest` ranges are listed.
 * The certificate is a Lagrangian bound. Drop the demand for exactly M ranges and pay a price for each range instead:
 * for every price, (best path at that price) + price · M is no less than any chain. Stretches that are not listed enter with
 * as many or as few ranges as their size admits at all. If the chain found is as long as the least such bound, it is longest.
 */
import type { CandidateWindows, KeptCut } from "./chain";
import type { Bounds } from "./target";

/** All stretches, those ending at cut i being entries from[i] … from[i + 1] - 1. */
interface Stretches {
  readonly from: Int32Array;
  /** The cut where it starts. */
  readonly start: readonly number[];
  /** How many ranges it holds. */
  readonly ranges: readonly number[];
  /** Stretches of more ranges than this may be missing. */
  readonly longest: number;
}

export interface CertifiedChain {
  readonly chain: KeptCut[];
  /** No chain has more members; equal to chain.length where the chain is proven longest. */
  readonly upperBound: number;
}

/** Entries of the table (8 bytes each) at which the band stops widening: 64 MB. */
const MAX_ENTRIES = 8_000_000;
const FIRST_BAND = 16;
const FIRST_DEPTH = 6;

/**
 * A longest chain for an even target, both ends included, with a proven upper bound on its length; among the longest
 * it finds, one that leaves most key space unchanged.
 *
 * @param atLeast Give up, with an empty chain, as soon as none of this length can exist.
 */
export function longestEvenChain(
  sizes: readonly bigint[],
  bounds: Bounds,
  windows: CandidateWindows,
  unchanged: readonly number[],
  atLeast = 0,
): CertifiedChain {
  let chain: KeptCut[] = [];
  let upperBound = Number.POSITIVE_INFINITY;
  for (let round = 1; ; round *= 4) {
    const table = narrow(windows, sizes, bounds, FIRST_BAND * round);
    if (chain.length > 0 && table.count > MAX_ENTRIES) break;
    const stretches = listStretches(sizes, bounds, FIRST_DEPTH * round);
    upperBound = Math.min(upperBound, lagrangianBound(sizes, bounds, stretches));
    if (upperBound < atLeast) return { chain: [], upperBound };
    const found = longestPath(stretches, table, unchanged, bounds.shardCount);
    if (found.length > chain.length) chain = found;
    const complete = table.count === windows.count && stretches.longest === bounds.shardCount;
    if (complete) upperBound = Math.min(upperBound, chain.length);
    if (chain.length >= upperBound || complete) break;
  }
  return { chain, upperBound };
}

/**
 * Doubles do the looking, in units of an ideal range; whatever is too close for them to tell is settled in exact arithmetic.
 */
function listStretches(sizes: readonly bigint[], bounds: Bounds, depth: number): Stretches {
  const { shardCount, leastSum, greatestSum, total } = bounds;
  const unit = Number(total) / shardCount;
  const x = Float64Array.from(sizes, (size) => Number(size) / unit);
  const least = Number(leastSum[1] ?? 0n) / unit;
  const greatest = Number(greatestSum[1] ?? 0n) / unit;
  const doubt = shardCount * 2 ** -49; // more than all rounding errors of the above together
  const meanWidth = shardCount / (sizes.length - 1);
  const longest = Math.min(shardCount, 2 + Math.ceil((depth * meanWidth) / (greatest - least)));

  const fits = (j: number, i: number, p: number): boolean => {
    const size = (x[i] ?? 0) - (x[j] ?? 0);
    if (size < p * least - doubt || size > p * greatest + doubt) return false;
    if (size > p * least + doubt && size < p * greatest - doubt) return true;
    const exact = (sizes[i] ?? 0n) - (sizes[j] ?? 0n);
    return exact >= (leastSum[p] ?? 0n) && exact <= (greatestSum[p] ?? 0n);
  };

  const spread = greatest - least;
  const from = new Int32Array(sizes.length + 1);
  const start: number[] = [];
  const ranges: number[] = [];
  const known = new Staircase(doubt);
  const consider = (j: number, i: number, p: number) => {
    const size = (x[i] ?? 0) - (x[j] ?? 0);
    const above = size - p * least;
    const below = p * greatest - size;
    if (known.covers(above, below) || !fits(j, i, p)) return;
    known.add(above, below);
    start.push(j);
    ranges.push(p);
  };
  for (let i = 0; i < sizes.length; i++) {
    from[i] = start.length;
    const here = x[i] ?? 0;
    known.clear();
    let near = i - 1; // the cuts far … near are at a distance that p ranges can have
    let far = i;
    for (let p = 1; p <= longest; p++) {
      while (near >= 0 && here - (x[near] ?? 0) < p * least - doubt) near--;
      if (near < 0) break;
      while (far > 0 && here - (x[far - 1] ?? 0) <= p * greatest + doubt) far--;
      // Once the steps of the staircase close, only what hugs one of the two extremes can be new. Stretches of equally many
      // ranges never cover each other, so what is found at this p must not narrow the search at this p.
      const closed = known.closedBeyond(p * spread);
      const { leastAbove, leastBelow } = known;
      let j = near;
      while (j >= far && !(closed && here - (x[j] ?? 0) - p * least > leastAbove)) consider(j--, i, p);
      for (let k = far; k <= j && p * greatest - (here - (x[k] ?? 0)) <= leastBelow; k++) consider(k, i, p);
    }
  }
  from[sizes.length] = start.length;
  return { from, start, ranges, longest };
}

/**
 * The stretches known for one cut, each by how far its size is above the least and below the greatest that its ranges
 * admit. A stretch with both distances no less than those of a known one can be replaced by a chain through it.
 */
class Staircase {
  private readonly above: number[] = []; // ascending
  private readonly below: number[] = []; // descending, for nothing known covers another
  private widestStep = Number.POSITIVE_INFINITY;

  constructor(private readonly doubt: number) {}

  clear(): void {
    this.above.length = 0;
    this.below.length = 0;
    this.widestStep = Number.POSITIVE_INFINITY;
  }

  /** Nothing with more than this above its least is new on that side. */
  get leastAbove(): number {
    return (this.above[0] ?? Number.POSITIVE_INFINITY) + this.doubt;
  }

  get leastBelow(): number {
    return (this.below[this.below.length - 1] ?? Number.POSITIVE_INFINITY) + this.doubt;
  }

  covers(above: number, below: number): boolean {
    const { doubt } = this;
    for (let i = 0; i < this.above.length; i++) {
      if ((this.above[i] ?? 0) + doubt > above) return false;
      if ((this.below[i] ?? 0) + doubt <= below) return true;
    }
    return false;
  }

  add(above: number, below: number): void {
    let at = this.above.length;
    while (at > 0 && (this.above[at - 1] ?? 0) > above) at--;
    this.above.splice(at, 0, above);
    this.below.splice(at, 0, below);
    this.widestStep = Number.NaN; // to be measured
  }

  /** Whether everything with above + below >= sum that is between the two extremes is covered. */
  closedBeyond(sum: number): boolean {
    if (Number.isNaN(this.widestStep)) {
      this.widestStep = 0;
      for (let i = 1; i < this.above.length; i++) {
        this.widestStep = Math.max(this.widestStep, (this.above[i] ?? 0) + (this.below[i - 1] ?? 0));
      }
    }
    return sum > this.widestStep + 4 * this.doubt;
  }
}

/** The best path at a price, as the line through its points: kept cuts - price · (ranges it uses). */
interface Line {
  readonly kept: number;
  readonly ranges: number;
}

/** The least of the bounds over all prices, rounded down, both ends counted. */
function lagrangianBound(sizes: readonly bigint[], bounds: Bounds, stretches: Stretches): number {
  const { shardCount } = bounds;
  const unit = Number(bounds.total) / shardCount;
  const x = Float64Array.from(sizes, (size) => Number(size) / unit);
  const least = Number(bounds.leastSum[1] ?? 0n) / unit;
  const greatest = Number(bounds.greatestSum[1] ?? 0n) / unit;
  const best = (price: number) => bestAtPrice(x, least, greatest, stretches, price);

  // The bound is convex in the price: two lines, one with too many ranges and one with too few, meet where to look next.
  const dear = 2 * (sizes.length + shardCount);
  let few = best(dear);
  let many = best(-dear);
  let lowest = Math.min(few.kept + dear * (shardCount - few.ranges), many.kept - dear * (shardCount - many.ranges));
  for (let round = 0; round < 60 && many.ranges - few.ranges > 1e-9; round++) {
    const price = (many.kept - few.kept) / (many.ranges - few.ranges);
    const line = best(price);
    const bound = line.kept + price * (shardCount - line.ranges);
    lowest = Math.min(lowest, bound);
    if (bound <= few.kept + price * (shardCount - few.ranges) + 1e-7) break; // no path beats the two at this price
    if (line.ranges >= shardCount) many = line;
    else few = line;
  }
  return Math.floor(lowest + 1e-4) + 1;
}

function bestAtPrice(x: Float64Array, least: number, greatest: number, stretches: Stretches, price: number): Line {
  const { from, start, ranges, longest } = stretches;
  const cuts = x.length;
  const kept = new Float64Array(cuts);
  const used = new Float64Array(cuts);
  const value = new Float64Array(cuts).fill(Number.NEGATIVE_INFINITY);
  value[0] = 0;
  // A stretch that is not listed, of size d, has at least d / greatest and at most d / least ranges.
  const extreme = price >= 0 ? greatest : least;
  let far = 0; // the cuts before this one are far enough away for a stretch that is not listed
  let bestFar = -1;
  let bestFarValue = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < cuts; i++) {
    const here = x[i] ?? 0;
    let best = Number.NEGATIVE_INFINITY;
    let bestAt = -1;
    const end = from[i + 1] ?? 0;
    for (let s = from[i] ?? 0; s < end; s++) {
      const candidate = (value[start[s] ?? 0] ?? 0) + 1 - price * (ranges[s] ?? 0);
      if (candidate > best) {
        best = candidate;
        bestAt = s;
      }
    }
    for (; far < i && here - (x[far] ?? 0) >= (longest + 1) * least - 1e-9; far++) {
      const farValue = (value[far] ?? 0) + (price * (x[far] ?? 0)) / extreme;
      if (farValue > bestFarValue) [bestFarValue, bestFar] = [farValue, far];
    }
    if (bestFar >= 0 && bestFarValue + 1 - (price * here) / extreme > best) {
      value[i] = bestFarValue + 1 - (price * here) / extreme;
      kept[i] = (kept[bestFar] ?? 0) + 1;
      used[i] = (used[bestFar] ?? 0) + (here - (x[bestFar] ?? 0)) / extreme;
    } else if (bestAt >= 0) {
      value[i] = best;
      kept[i] = (kept[start[bestAt] ?? 0] ?? 0) + 1;
      used[i] = (used[start[bestAt] ?? 0] ?? 0) + (ranges[bestAt] ?? 0);
    }
  }
  return { kept: kept[cuts - 1] ?? 0, ranges: used[cuts - 1] ?? 0 };
}

/** The part of the windows within `band` of the straight line. */
function narrow(windows: CandidateWindows, sizes: readonly bigint[], bounds: Bounds, band: number): CandidateWindows {
  const first: number[] = [];
  const last: number[] = [];
  let count = 0;
  const perRange = Number(bounds.total) / bounds.shardCount;
  sizes.forEach((size, i) => {
    const middle = Math.round(Number(size) / perRange);
    const low = Math.max(windows.first[i] ?? 0, middle - band);
    const high = Math.min(windows.last[i] ?? -1, middle + band);
    first.push(low);
    last.push(high);
    if (high >= low) count += high - low + 1;
  });
  return { first, last, count };
}

function longestPath(
  { from, start, ranges }: Stretches,
  { first, last, count }: CandidateWindows,
  unchanged: readonly number[],
  shardCount: number,
): KeptCut[] {
  const cuts = first.length;
  const offset = new Int32Array(cuts); // entry of (i, k) is offset[i] + k
  const value = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  for (let i = 0; i < cuts; i++) {
    const low = first[i] ?? 0;
    offset[i] = next - low;
    next += Math.max(0, (last[i] ?? -1) - low + 1);
  }
  /** Length, plus at most 0.5 for what stays: length first, then key space. */
  const gain = (i: number, j: number, p: number) => (p === 1 && j === i - 1 ? 1 + 0.5 * (unchanged[j] ?? 0) : 1);

  value[offset[0] ?? 0] = 0;
  for (let i = 1; i < cuts; i++) {
    const end = from[i + 1] ?? 0;
    const here = offset[i] ?? 0;
    for (let s = from[i] ?? 0; s < end; s++) {
      const j = start[s] ?? 0;
      const p = ranges[s] ?? 0;
      const won = gain(i, j, p);
      const low = Math.max(first[i] ?? 0, (first[j] ?? 0) + p);
      const high = Math.min(last[i] ?? -1, (last[j] ?? -1) + p);
      const back = (offset[j] ?? 0) - p;
      for (let k = low; k <= high; k++) {
        const candidate = (value[back + k] ?? 0) + won;
        if (candidate > (value[here + k] ?? 0)) value[here + k] = candidate;
      }
    }
  }

  const chain: KeptCut[] = [];
  let i = cuts - 1;
  let k = shardCount;
  if (!((value[(offset[i] ?? 0) + k] ?? 0) > 0)) return chain;
  while (i > 0) {
    chain.push({ from: i, to: k });
    const reached = value[(offset[i] ?? 0) + k] ?? 0;
    const end = from[i + 1] ?? 0;
    let previous = -1;
    for (let s = from[i] ?? 0; s < end && previous < 0; s++) {
      const j = start[s] ?? 0;
      const l = k - (ranges[s] ?? 0);
      if (l < (first[j] ?? 0) || l > (last[j] ?? -1)) continue;
      if ((value[(offset[j] ?? 0) + l] ?? 0) + gain(i, j, ranges[s] ?? 0) === reached) previous = s;
    }
    k -= ranges[previous] ?? 0;
    i = start[previous] ?? 0;
  }
  chain.push({ from: 0, to: 0 });
  return chain.reverse();
}
