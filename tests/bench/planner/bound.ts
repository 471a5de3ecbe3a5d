/**
 * A lower bound on the operations to an even target that shares neither code nor method with the planner: all candidates of
 * the argument in the header of provider/reshard/plan.ts, not only those near the straight line, sorted by u, and the longest
 * non-decreasing subsequence of v by patience sorting. In doubles, with the tolerance widened by more than they
 * round: what it finds can only be too low, so a plan with so many operations is a shortest one.
 */
// The planner's own slack, 1e-9, and twice what doubles may round u and v by at 10,000 shards (five roundings of 1e-12 each).
// No more: at tolerance 0 a random cut that is that near to an even one, at k ranges within k times as much, counts as kept.
const WIDENED = 1e-9 + 1e-11;
const ROUNDING = 1e-7; // of the bounds on k below: the ends of the key space must not fall out

export function lowerBound(cuts: readonly bigint[], wanted: number, over: number, under: number): number {
  const unit = Number(cuts[cuts.length - 1] ?? 1n) / wanted;
  const x = cuts.map((cut) => Number(cut) / unit);
  const least = 1 - under - WIDENED;
  const greatest = 1 + over + WIDENED;
  const mostU = wanted * (1 - least);
  const mostV = wanted * (greatest - 1);
  const u: number[] = [];
  const v: number[] = [];
  for (const place of x) {
    const lowest = Math.max(place / greatest, (place - mostU) / least);
    const highest = Math.min(place / least, (place + mostV) / greatest);
    const first = Math.max(Math.ceil(lowest - ROUNDING), 0);
    const last = Math.min(Math.floor(highest + ROUNDING), wanted);
    for (let k = first; k <= last; k++) {
      u.push(place - k * least);
      v.push(k * greatest - place);
    }
  }
  const order = Uint32Array.from(u, (_, index) => index).sort(
    (a, b) => (u[a] ?? 0) - (u[b] ?? 0) || (v[a] ?? 0) - (v[b] ?? 0),
  );
  /** tails[n]: the least v that a subsequence of n + 1 points can end in. */
  const tails: number[] = [];
  for (const index of order) {
    const here = v[index] ?? 0;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) <= here) low = middle + 1;
      else high = middle;
    }
    tails[low] = here;
  }
  const kept = tails.length - 2; // both ends of the key space are in every chain
  return cuts.length - 2 + wanted - 1 - 2 * kept;
}
