/**
 * The planner's dumb alternative: over a small key space, look at every admissible partition. Shares no code with the
 * planner but the definition of admissible, which is written out once more here, in doubles and plainly.
 */

/** All sets of cuts of 0 … width with ranges of at least two keys, as bit masks (bit c set: a cut at c). */
export function allPartitions(width: number, leastRange: number): number[][] {
  const found: number[][] = [];
  const extend = (cuts: number[]) => {
    const last = cuts[cuts.length - 1] ?? 0;
    if (width - last >= leastRange) found.push([...cuts, width]);
    for (let next = last + leastRange; next <= width - leastRange; next++) extend([...cuts, next]);
  };
  extend([0]);
  return found;
}

export function admissible(cuts: readonly number[], weights: readonly number[], over: number, under: number): boolean {
  if (cuts.length - 1 !== weights.length) return false;
  const width = cuts[cuts.length - 1] ?? 0;
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.every((weight, k) => {
    const ideal = (width * weight) / total;
    const size = (cuts[k + 1] ?? 0) - (cuts[k] ?? 0);
    const least = Math.max(2, Math.min(Math.floor(ideal), Math.ceil(ideal * (1 - under - 1e-9))));
    const greatest = Math.max(2, Math.ceil(ideal), Math.floor(ideal * (1 + over + 1e-9)));
    return size >= least && size <= greatest;
  });
}

export function distance(a: readonly number[], b: readonly number[]): number {
  const inA = new Set(a);
  const shared = b.filter((cut) => inA.has(cut)).length;
  return a.length + b.length - 2 * shared;
}

/** Widest and narrowest range, each against its ideal. */
export function balance(cuts: readonly number[], weights: readonly number[]): { widest: number; narrowest: number } {
  const width = cuts[cuts.length - 1] ?? 0;
  const total = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((weight, k) => (((cuts[k + 1] ?? 0) - (cuts[k] ?? 0)) * total) / (width * weight));
  return { widest: Math.max(...shares), narrowest: Math.min(...shares) };
}
