/** Partitions to plan from. */
import type { HashKeyRange } from "../../provider/reshard/keyspace";
import { KEY_SPACE } from "../../provider/reshard/keyspace";
import { mulberry32 } from "../support/mulberry32";

/** A small seeded generator, so that every run sees the same partitions. */
export class Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = mulberry32(seed);
  }

  /** A whole number in 0 … n-1. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
}

export function evenCuts(count: number): bigint[] {
  return Array.from({ length: count + 1 }, (_, i) => (KEY_SPACE * BigInt(i)) / BigInt(count));
}

/** Ranges whose widths differ by up to ±spread (0 … 1) of the mean. */
export function unevenCuts(random: Random, count: number, spread: number): bigint[] {
  const widths = Array.from({ length: count }, () => BigInt(Math.round((1 + spread * (2 * random.next() - 1)) * 1e12)));
  const sum = widths.reduce((a, b) => a + b, 0n);
  let running = 0n;
  const cuts = [0n];
  for (const width of widths) {
    running += width;
    cuts.push((running * KEY_SPACE) / sum);
  }
  return cuts;
}

/** Half of the time uneven, half of the time cuts of some even grid, so that cuts coincide with wanted ones. */
export function randomCuts(random: Random, count: number): bigint[] {
  if (random.below(2) === 0) return unevenCuts(random, count, 0.9);
  const grid = count + random.below(2 * count + 1);
  const places = Array.from({ length: grid - 1 }, (_, i) => i + 1);
  while (places.length > count - 1) places.splice(random.below(places.length), 1);
  return [0, ...places, grid].map((place) => (KEY_SPACE * BigInt(place)) / BigInt(grid));
}

export interface NamedShard extends HashKeyRange {
  readonly shardId: string;
}

export function shardsOf(cuts: readonly bigint[]): NamedShard[] {
  return cuts.slice(1).map((cut, i) => ({
    shardId: `shardId-${String(i).padStart(12, "0")}`,
    startingHashKey: String(cuts[i]),
    endingHashKey: String(cut - 1n),
  }));
}

export const evenShards = (count: number): NamedShard[] => shardsOf(evenCuts(count));
