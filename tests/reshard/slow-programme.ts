import type { Bounds } from "../../provider/reshard/target";

/**
 * The fewest operations by an exact dynamic programme that uses none of the planner's argument but its first line (a
 * partition is a set): best[i][k] = most cuts kept when present cut i becomes wanted cut k. Cubic and more; for tests.
 */
export function fewestOperations(cuts: readonly bigint[], bounds: Bounds): number {
  const { shardCount, leastSum, greatestSum } = bounds;
  const best = cuts.map(() => new Array<number>(shardCount + 1).fill(Number.NEGATIVE_INFINITY));
  const at = (i: number, k: number) => best[i]?.[k] ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < cuts.length; i++) {
    for (let k = 0; k <= shardCount; k++) {
      let most = i === 0 && k === 0 ? 0 : Number.NEGATIVE_INFINITY;
      for (let j = 0; j < i; j++) {
        const size = (cuts[i] ?? 0n) - (cuts[j] ?? 0n);
        for (let l = 0; l < k; l++) {
          const fits =
            size >= (leastSum[k] ?? 0n) - (leastSum[l] ?? 0n) &&
            size <= (greatestSum[k] ?? 0n) - (greatestSum[l] ?? 0n);
          if (fits) most = Math.max(most, at(j, l) + 1);
        }
      }
      const row = best[i];
      if (row !== undefined) row[k] = most;
    }
  }
  const interior = at(cuts.length - 1, shardCount) - 1;
  return cuts.length - 2 + shardCount - 1 - 2 * interior;
}
