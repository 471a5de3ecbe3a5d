/**
 * In which order to add cuts so that capacity comes early and a key passes through few generations of shards: always the
 * cut nearest the middle of the widest shard. The number of splits is the same in any order, but peeled off from one
 * end, 4 -> 64 shards would keep a shard of the first width until the last of 60 splits: half an hour without any gain.
 */
import { entry } from "./entries";

export interface Gap {
  /** The shard that is to be split: places in the list of all cuts. */
  readonly below: number;
  readonly above: number;
}

/**
 * @param keys All cuts in ascending order.
 * @param gaps Ranges between cuts that are there; every place inside of one is a cut to add.
 * @returns The places inside, in the order of adding.
 */
export function widestFirst(keys: readonly bigint[], gaps: readonly Gap[]): number[] {
  const key = (place: number): bigint => entry(keys, place);
  const splits: { readonly place: number; readonly width: number }[] = [];
  const open = [...gaps].reverse();
  for (let gap = open.pop(); gap !== undefined; gap = open.pop()) {
    const { below, above } = gap;
    if (above - below < 2) continue;
    const place = nearest(keys, below, above, (key(below) + key(above)) >> 1n);
    // As doubles: where widths are too close to tell, either order serves.
    splits.push({ place, width: Number(key(above) - key(below)) });
    open.push({ below: place, above }, { below, above: place });
  }
  // A stable sort: a shard is never wider than the one that it is split from, and comes after it.
  return splits.sort((a, b) => b.width - a.width).map(({ place }) => place);
}

/** The place strictly between two others whose cut is nearest to a key. */
function nearest(keys: readonly bigint[], below: number, above: number, wanted: bigint): number {
  let low = below + 1;
  let high = above - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entry(keys, middle) < wanted) low = middle + 1;
    else high = middle;
  }
  if (low === below + 1) return low;
  return wanted - entry(keys, low - 1) < entry(keys, low) - wanted ? low - 1 : low;
}
