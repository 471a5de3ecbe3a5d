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

/** An even target in doubles, in units of an ideal range: good enough to look around, settled exactly where it is close. */
interface Scaled {
  /** Place of each present cut. */
  readonly x: Float64Array;
  readonly least: number;
  readonly greatest: number;
  /** More than all rounding errors of the above together. */
  readonly doubt: number;
}

/** All stretches, those ending at cut i being entries from[i] … from[i + 1] - 1. */
interface Stretches {
  readonly from: Int32Array;
  /** The cut where it starts. */
  readonly start: Int32Array;
  /** How many ranges it holds. */
  readonly ranges: Int32Array;
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
const FIRST_BAND = 8;
const FIRST_DEPTH = 6;

/**
 * A longest chain for an even target, both ends included, with a proven upper bound on its length; among the longest
 * it finds, one that leaves most key space unchanged.
 *
 * @param atLeast Not the longest is asked for but one of this length: give up, with an empty chain, as soon as there can be none.
 */
export function longestEvenChain(
  sizes: readonly bigint[],
  bounds: Bounds,
  windows: CandidateWindows,
  unchanged: readonly number[],
  atLeast = 0,
): CertifiedChain {
  const scaled = scale(sizes, bounds);
  let chain: KeptCut[] = [];
  let upperBound = Number.POSITIVE_INFINITY;
  for (let round = 1; ; round *= 4) {
    const table = narrow(windows, scaled.x, FIRST_BAND * round);
    if (chain.length > 0 && table.count > MAX_ENTRIES) break;
    const stretches = listStretches(sizes, bounds, scaled, FIRST_DEPTH * round);
    const bound = (enough: number) => {
      upperBound = Math.min(upperBound, lagrangianBound(scaled, bounds.shardCount, stretches, enough));
    };
    if (atLeast > 0) bound(atLeast - 1);
    if (upperBound < atLeast) return { chain: [], upperBound };
    const found = longestPath(stretches, table, unchanged, bounds.shardCount);
    if (found.length > chain.length) chain = found;
    if (atLeast === 0) bound(chain.length);
    const complete = table.count === windows.count && stretches.longest === bounds.shardCount;
    if (complete) upperBound = Math.min(upperBound, chain.length);
    if (chain.length >= Math.min(upperBound, atLeast || upperBound) || complete) break;
  }
  return { chain, upperBound };
}

function scale(sizes: readonly bigint[], { shardCount, leastSum, greatestSum, total }: Bounds): Scaled {
  const unit = Number(total) / shardCount;
  return {
    x: Float64Array.from(sizes, (size) => Number(size) / unit),
    least: Number(leastSum[1] ?? 0n) / unit,
    greatest: Number(greatestSum[1] ?? 0n) / unit,
    doubt: shardCount * 2 ** -49,
  };
}

/**
 * Stretches are listed in ascending number of ranges. One is left out if a known one that ends at the same cut is no
 * further above its least size and no further below its greatest: a chain through the start of that one replaces it.
 */
function listStretches(sizes: readonly bigint[], bounds: Bounds, scaled: Scaled, depth: number): Stretches {
  const { shardCount, leastSum, greatestSum } = bounds;
  const { x, least, greatest, doubt } = scaled;
  const cuts = x.length;
  const spread = greatest - least;
  const meanWidth = shardCount / (cuts - 1);
  const longest = Math.min(shardCount, 2 + Math.ceil((depth * meanWidth) / spread));
  const from = new Int32Array(cuts + 1);
  const start: number[] = [];
  const ranges: number[] = [];

  // The stretches known for one cut, none of which covers another: how far above its least size each is, ascending, and
  // how far below its greatest, descending.
  const above: number[] = [];
  const below: number[] = [];
  let known = 0;
  let widestStep = 0; // of the staircase that they make
  let measured = true; // whether that is up to date

  const consider = (j: number, i: number, p: number): void => {
    const size = (x[i] ?? 0) - (x[j] ?? 0);
    const aboveLeast = size - p * least;
    const belowGreatest = p * greatest - size;
    let at = 0;
    for (; at < known && (above[at] ?? 0) + doubt <= aboveLeast; at++) {
      if ((below[at] ?? 0) + doubt <= belowGreatest) return;
    }
    if (aboveLeast <= doubt || belowGreatest <= doubt) {
      const exact = (sizes[i] ?? 0n) - (sizes[j] ?? 0n);
      if (exact < (leastSum[p] ?? 0n) || exact > (greatestSum[p] ?? 0n)) return;
    }
    while (at < known && (above[at] ?? 0) <= aboveLeast) at++;
    for (let place = known++; place > at; place--) {
      above[place] = above[place - 1] ?? 0;
      below[place] = below[place - 1] ?? 0;
    }
    above[at] = aboveLeast;
    below[at] = belowGreatest;
    measured = false;
    start.push(j);
    ranges.push(p);
  };

  for (let i = 0; i < cuts; i++) {
    from[i] = start.length;
    const here = x[i] ?? 0;
    known = 0;
    measured = false;
    let near = i - 1; // the cuts far … near are at a distance that p ranges can have
    let far = i;
    for (let p = 1; p <= longest; p++) {
      const shortest = here - p * least + doubt;
      const farthest = here - p * greatest - doubt;
      while (near >= 0 && (x[near] ?? 0) > shortest) near--;
      if (near < 0) break;
      while (far > 0 && (x[far - 1] ?? 0) >= farthest) far--;
      // Once the steps of the staircase close, only what hugs one of the two extremes can be new. Stretches of equally many
      // ranges never cover each other, so what is found at this p must not narrow the search at this p.
      if (!measured) {
        widestStep = 0;
        for (let at = 1; at < known; at++) widestStep = Math.max(widestStep, (above[at] ?? 0) + (below[at - 1] ?? 0));
        measured = true;
      }
      const closed = known > 0 && p * spread > widestStep + 4 * doubt;
      const leastAbove = closed ? (above[0] ?? 0) + 2 * doubt : Number.POSITIVE_INFINITY;
      const leastBelow = closed ? (below[known - 1] ?? 0) + 2 * doubt : 0;
      let j = near;
      for (; j >= far && shortest - (x[j] ?? 0) <= leastAbove; j--) consider(j, i, p);
      for (let k = far; k <= j && (x[k] ?? 0) - farthest <= leastBelow; k++) consider(k, i, p);
    }
  }
  from[cuts] = start.length;
  return { from, start: Int32Array.from(start), ranges: Int32Array.from(ranges), longest };
}

/** The best path at a price, as the line through its points: kept cuts - price · (ranges it uses). */
interface Line {
  readonly price: number;
  readonly kept: number;
  readonly ranges: number;
}

/**
 * The least of the bounds over all prices, rounded down, both ends counted.
 *
 * The best price is nearly always a small whole number: it says how many kept cuts one range more or less is worth.
 *
 * @param enough Look no further once the bound is as low as this.
 */
function lagrangianBound(scaled: Scaled, shardCount: number, stretches: Stretches, enough: number): number {
  const dearest = 2 * (scaled.x.length + shardCount);
  const rounded = (bound: number) => Math.floor(bound + 1e-4) + 1;
  // The bound is convex in the price: a line with too many ranges and one with too few meet where to look next.
  let many: Line | undefined;
  let few: Line | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  let price = 1;
  for (let round = 0; round < 60 && Math.abs(price) <= dearest; round++) {
    const line = bestAtPrice(scaled, stretches, price);
    const bound = line.kept + price * (shardCount - line.ranges);
    lowest = Math.min(lowest, bound);
    if (rounded(lowest) <= enough) break;
    // Where two lines met and no path is better than both, the bound is at its least.
    if (few !== undefined && many !== undefined && bound <= few.kept + price * (shardCount - few.ranges) + 1e-7) break;
    if (line.ranges >= shardCount) many = line;
    else few = line;
    if (few === undefined) price = price < 1 ? price + 1 : price * 2;
    else if (many === undefined) price = price > -1 ? price - 1 : price * 2;
    else {
      price = (many.kept - few.kept) / (many.ranges - few.ranges);
      const whole = Math.round(price);
      if (whole > many.price && whole < few.price) price = whole;
    }
  }
  return rounded(lowest);
}

function bestAtPrice({ x, least, greatest }: Scaled, stretches: Stretches, price: number): Line {
  const { from, start, ranges, longest } = stretches;
  const cuts = x.length;
  const kept = new Float64Array(cuts);
  const used = new Float64Array(cuts);
  const value = new Float64Array(cuts).fill(Number.NEGATIVE_INFINITY);
  value[0] = 0;
  // A stretch that is not listed, of size d, has at least d / greatest and at most d / least ranges.
  const extreme = price >= 0 ? greatest : least;
  const unlisted = (longest + 1) * least - 1e-9;
  let far = 0; // the cuts before this one are far enough away for a stretch that is not listed
  let bestFar = -1;
  let bestFarValue = Number.NEGATIVE_INFINITY;
  let s = 0;
  for (let i = 1; i < cuts; i++) {
    const here = x[i] ?? 0;
    let best = Number.NEGATIVE_INFINITY;
    let bestAt = -1;
    for (const end = from[i + 1] ?? 0; s < end; s++) {
      const candidate = (value[start[s] ?? 0] ?? 0) - price * (ranges[s] ?? 0);
      if (candidate > best) {
        best = candidate;
        bestAt = s;
      }
    }
    for (; far < i && here - (x[far] ?? 0) >= unlisted; far++) {
      const farValue = (value[far] ?? 0) + (price * (x[far] ?? 0)) / extreme;
      if (farValue > bestFarValue) {
        bestFarValue = farValue;
        bestFar = far;
      }
    }
    if (bestFar >= 0 && bestFarValue - (price * here) / extreme > best) {
      value[i] = bestFarValue + 1 - (price * here) / extreme;
      kept[i] = (kept[bestFar] ?? 0) + 1;
      used[i] = (used[bestFar] ?? 0) + (here - (x[bestFar] ?? 0)) / extreme;
    } else if (bestAt >= 0) {
      const j = start[bestAt] ?? 0;
      value[i] = best + 1;
      kept[i] = (kept[j] ?? 0) + 1;
      used[i] = (used[j] ?? 0) + (ranges[bestAt] ?? 0);
    }
  }
  return { price, kept: kept[cuts - 1] ?? 0, ranges: used[cuts - 1] ?? 0 };
}

/** The part of the windows within `band` of the straight line. */
function narrow(windows: CandidateWindows, x: Float64Array, band: number): CandidateWindows {
  const first: number[] = [];
  const last: number[] = [];
  let count = 0;
  x.forEach((place, i) => {
    const middle = Math.round(place);
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
