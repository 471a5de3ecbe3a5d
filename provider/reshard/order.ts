/**
 * The safe order of the steps between two partitions: which cut to add or remove next.
 *
 * **Promises.** With N shards before and M after, at every moment min(N, M) <= open <= max(N, M) + 1, and every shard
 * that is ever open lies inside a shard from before or inside one from after, so none is wider, or hotter, than the
 * widest, or hottest, of those.
 *
 * **The rule.** List all cuts, present and wanted, in key order: K is kept, P is pending (still to be added), R is still
 * to be removed. Adding is always safe: children are narrower. Removing an R is safe if neither neighbour in the list is
 * a P: then what the merge makes has no wanted cut inside, so it lies inside one wanted range. Safe stays safe:
 * removing a safe R gives its neighbours a neighbour that is no P.
 *
 * **The order.** Remove the first safe R if more than min(N, M) are open; else add a P, by preference one whose adding
 * makes an R safe at once, then one beside an R, then any, the widest shard first. When all R are gone, add the rest.
 *
 * **Why the cap holds.** Let x be the number of P left, y of R, c of open shards: c + x - y = M. Claim: whenever a P is
 * added, c <= max(N, M). True at the start. If no R is safe and one is left, every R has a P beside it. If some R has a P
 * on one side only, adding that P makes it safe: c rises by one, and the next step takes it back. Otherwise every R
 * stands between two P, and between two K there is one P more than R: x > y, so c < M and adding is within
 * the claim. If an R is safe but c = min(N, M), adding one and removing the safe R comes back to c. If no R is left,
 * c = M - x < M. So c <= max(N, M) before every adding, and <= max(N, M) + 1 after it.
 *
 * **The peak is the least there is.** N = M needs one shard more. For N > M the peak is N exactly if some R is safe at the start (else
 * the first step has to add). The rule is the same read backwards with P and R exchanged, so for N < M the peak is M
 * exactly if some P has no R beside it at the start; such a P is added last.
 *
 * **At a cap of max(N, M)** the first step must be a merge where N is the cap, the last one a split where M is: so says
 * `endsUnder`, and `fits` whether two partitions admit it. With N = M = cap both must be, and N - 1 are open in between:
 * one below min(N, M), the only exception to it. After the first merge this is the case of N - 1 to M, whose free P it
 * has left alone.
 */
import { entry, int } from "./entries";
import { OptionError, ReshardError } from "./errors";
import { MIN_RANGE_KEYS } from "./keyspace";
import type { Gap } from "./widest-first";
import { widestFirst } from "./widest-first";

/**
 * A step on cuts, with the neighbours it happens between: a split of below…above-1 at cut, or the merge that undoes it.
 * All three are places in {@link Order.cuts}.
 */
export interface CutStep {
  readonly action: "add" | "remove";
  readonly below: number;
  readonly cut: number;
  readonly above: number;
  /** A merge across a wanted cut, so that its range may be wider than any before or after: only with `allowHotMerge`. */
  readonly hot: boolean;
}

export interface Order {
  /** The cuts of both partitions, ascending, each once. */
  readonly cuts: readonly bigint[];
  readonly steps: readonly CutStep[];
}

/** What the first and the last step must be for a safe order to keep to a cap. */
export interface Ends {
  readonly mergeFirst: boolean;
  readonly splitLast: boolean;
}

export function endsUnder(shardsBefore: number, shardsAfter: number, maxOpenShards: number): Ends {
  return {
    mergeFirst: shardsBefore >= shardsAfter && maxOpenShards <= shardsBefore,
    splitLast: shardsAfter >= shardsBefore && maxOpenShards <= shardsAfter,
  };
}

/** Whether a safe order between two partitions can begin and end so. */
export function fits(before: readonly bigint[], after: readonly bigint[], { mergeFirst, splitLast }: Ends): boolean {
  return (!mergeFirst || holdsPairOf(after, before)) && (!splitLast || holdsPairOf(before, after));
}

/** Whether two neighbouring ranges of `fine` lie inside one range of `coarse`: a merge of them is safe at once. */
function holdsPairOf(coarse: readonly bigint[], fine: readonly bigint[]): boolean {
  let above = 0;
  for (let i = 2; i < fine.length; i++) {
    while (entry(coarse, above) <= entry(fine, i - 2)) above++;
    if (entry(coarse, above) >= entry(fine, i)) return true;
  }
  return false;
}

export interface OrderOptions {
  readonly maxOpenShards?: number | undefined;
  readonly allowHotMerge?: boolean | undefined;
}

const KEPT = 0;
const PENDING = 1;
const REMOVE = 2;
const GONE = 3;

/**
 * The steps from one partition to another, fewest possible, in safe order.
 *
 * Errors: ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED where `maxOpenShards` is below what is open before or after;
 * ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED where no safe order fits under it.
 */
export function orderSteps(before: readonly bigint[], after: readonly bigint[], options: OrderOptions = {}): Order {
  const shardsBefore = before.length - 1;
  const shardsAfter = after.length - 1;
  const { allowHotMerge = false } = options;
  const list = new CutList(before, after);
  const steps: CutStep[] = [];
  const order = { cuts: list.keys, steps };
  if (list.pending + list.removable === 0) return order;
  const asked = options.maxOpenShards ?? Infinity;
  if (asked < shardsAfter) {
    throw new OptionError(
      "ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED",
      (names) => `${shardsAfter} shards are wanted, but ${names.maxOpenShards} allows ${asked} only`,
    );
  }
  const maxOpenShards = Math.max(asked, shardsBefore); // what is open already is open

  const { mergeFirst, splitLast } = endsUnder(shardsBefore, shardsAfter, maxOpenShards);
  const floor = Math.min(shardsBefore, shardsAfter) - (mergeFirst && splitLast ? 1 : 0);
  let open = shardsBefore;
  let wakeOf: number | undefined; // the place of a hot merge: split there next, so that the hot shard lives one step
  while (list.pending + list.removable > 0) {
    if (wakeOf !== undefined) {
      steps.push(list.add(wakeOf));
      wakeOf = undefined;
      open++;
      continue;
    }
    const safe = open > floor ? list.safeRemoval() : undefined;
    if (safe !== undefined) {
      steps.push(list.remove(safe, false));
      open--;
    } else if (open < maxOpenShards) {
      steps.push(list.add(list.bestPending()));
      open++;
    } else if (allowHotMerge) {
      const { removal, pending } = list.leastHotRemoval();
      steps.push(list.remove(removal, true));
      wakeOf = pending;
      open--;
    } else {
      throw hotMergeNeeded("no order of the steps", shardsBefore, shardsAfter, maxOpenShards);
    }
  }
  return order;
}

/** @param what What it is of which none keeps to the cap. */
export function hotMergeNeeded(what: string, shardsBefore: number, shardsAfter: number, cap: number): OptionError {
  return new OptionError(
    "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED",
    ({ maxOpenShards, allowHotMerge }) =>
      `${what} from ${shardsBefore} to ${shardsAfter} shards keeps to ${maxOpenShards} ${cap} without a merge across a cut that ` +
      "is still to be added, whose shard may be hotter for a while than any before or after: " +
      `raise ${maxOpenShards} to ${cap + 1}, or set ${allowHotMerge}`,
  );
}

/** The cuts of both partitions as a doubly linked list in key order, gone ones unlinked. */
class CutList {
  pending = 0;
  removable = 0;
  readonly keys: bigint[];
  private readonly kinds: Uint8Array;
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly present: PlaceSet;
  // The places that a step may choose.
  private readonly safe: PlaceSet;
  private readonly freeing: PlaceSet;
  private readonly beside: PlaceSet;
  /** All pending cuts, the widest shard's first, and how many of them have been looked at. */
  private readonly widestFirst: readonly number[];
  private looked = 0;

  constructor(before: readonly bigint[], after: readonly bigint[]) {
    const { keys, kinds } = union(before, after);
    const size = keys.length;
    this.keys = keys;
    this.kinds = kinds;
    this.left = Int32Array.from(kinds, (_, at) => Math.max(at - 1, 0));
    this.right = Int32Array.from(kinds, (_, at) => Math.min(at + 1, size - 1));
    this.present = new PlaceSet(size);
    this.safe = new PlaceSet(size);
    this.freeing = new PlaceSet(size);
    this.beside = new PlaceSet(size);
    for (let at = 0; at < size; at++) {
      if (kinds[at] === PENDING) this.pending++;
      else this.present.add(at);
      if (kinds[at] === REMOVE) this.removable++;
      this.review(at);
    }
    this.widestFirst = widestFirst(keys, gaps(kinds));
  }

  safeRemoval(): number | undefined {
    return this.safe.first();
  }

  bestPending(): number {
    const best = this.freeing.first() ?? this.beside.first();
    if (best !== undefined) return best;
    while (this.kinds[entry(this.widestFirst, this.looked)] !== PENDING) this.looked++;
    return entry(this.widestFirst, this.looked);
  }

  /** The removal that makes the narrowest range of those that are left, and a pending cut inside that range. */
  leastHotRemoval(): { removal: number; pending: number } {
    let removal = -1;
    let narrowest: bigint | undefined;
    for (let at = 0; at < this.keys.length; at++) {
      if (this.kinds[at] !== REMOVE) continue;
      const width = this.key(this.present.after(at)) - this.key(this.present.before(at));
      if (narrowest === undefined || width < narrowest) [removal, narrowest] = [at, width];
    }
    const left = int(this.left, removal);
    return { removal, pending: this.kinds[left] === PENDING ? left : int(this.right, removal) };
  }

  add(at: number): CutStep {
    const below = this.present.before(at);
    const above = this.present.after(at);
    const cut = this.key(at);
    if (cut - this.key(below) < MIN_RANGE_KEYS || this.key(above) - cut < MIN_RANGE_KEYS) {
      throw new ReshardError(
        "ERR_KINESIS_RESHARD_TOO_NARROW",
        `shard ${this.key(below)} … ${this.key(above) - 1n} cannot be split at ${cut}: Kinesis wants two keys on either side`,
      );
    }
    this.kinds[at] = KEPT;
    this.present.add(at);
    this.freeing.delete(at);
    this.beside.delete(at);
    this.pending--;
    this.reviewBeside(int(this.left, at), int(this.right, at));
    return { action: "add", below, cut: at, above, hot: false };
  }

  remove(at: number, hot: boolean): CutStep {
    const step: CutStep = {
      action: "remove",
      below: this.present.before(at),
      cut: at,
      above: this.present.after(at),
      hot,
    };
    const left = int(this.left, at);
    const right = int(this.right, at);
    this.kinds[at] = GONE;
    this.present.delete(at);
    this.right[left] = right;
    this.left[right] = left;
    this.safe.delete(at);
    this.removable--;
    this.reviewBeside(left, right);
    return step;
  }

  private key(at: number): bigint {
    return entry(this.keys, at);
  }

  /** What a place qualifies for depends on its neighbours and on theirs. */
  private reviewBeside(left: number, right: number): void {
    this.review(int(this.left, left));
    this.review(left);
    this.review(right);
    this.review(int(this.right, right));
  }

  private review(at: number): void {
    const { kinds } = this;
    const kind = kinds[at];
    if (kind !== REMOVE && kind !== PENDING) return;
    const left = int(this.left, at);
    const right = int(this.right, at);
    const leftKind = kinds[left];
    const rightKind = kinds[right];
    if (kind === REMOVE) {
      this.safe.set(at, leftKind !== PENDING && rightKind !== PENDING);
      return;
    }
    const frees =
      (leftKind === REMOVE && kinds[int(this.left, left)] !== PENDING) ||
      (rightKind === REMOVE && kinds[int(this.right, right)] !== PENDING);
    this.freeing.set(at, frees);
    this.beside.set(at, leftKind === REMOVE || rightKind === REMOVE);
  }
}

/** The shards that pending cuts lie in: the ranges between the cuts that are there. */
function gaps(kinds: Uint8Array): Gap[] {
  const found: Gap[] = [];
  let below = 0;
  for (let at = 1; at < kinds.length; at++) {
    if (kinds[at] === PENDING) continue;
    if (at - below > 1) found.push({ below, above: at });
    below = at;
  }
  return found;
}

/** The cuts of both partitions in key order, and whether each is kept, pending or to be removed. */
function union(before: readonly bigint[], after: readonly bigint[]): { keys: bigint[]; kinds: Uint8Array } {
  const keys: bigint[] = [];
  const kinds = new Uint8Array(before.length + after.length);
  let a = 0;
  let b = 0;
  for (;;) {
    const present = before[a];
    const wanted = after[b];
    if (present !== undefined && (wanted === undefined || present < wanted)) {
      kinds[keys.length] = REMOVE;
      keys.push(present);
      a++;
    } else if (wanted !== undefined && (present === undefined || wanted < present)) {
      kinds[keys.length] = PENDING;
      keys.push(wanted);
      b++;
    } else if (present !== undefined) {
      kinds[keys.length] = KEPT;
      keys.push(present);
      a++;
      b++;
    } else {
      return { keys, kinds: kinds.subarray(0, keys.length) };
    }
  }
}

/** A set of places as bits, which looks for members 32 places at a time. */
class PlaceSet {
  private readonly words: Int32Array;
  private lowest = 0; // no word before this one has a member

  constructor(size: number) {
    this.words = new Int32Array((size >> 5) + 1);
  }

  add(place: number): void {
    const word = place >> 5;
    this.words[word] = int(this.words, word) | (1 << (place & 31));
    if (word < this.lowest) this.lowest = word;
  }

  set(place: number, member: boolean): void {
    if (member) this.add(place);
    else this.delete(place);
  }

  delete(place: number): void {
    this.words[place >> 5] = int(this.words, place >> 5) & ~(1 << (place & 31));
  }

  first(): number | undefined {
    while (this.lowest < this.words.length && this.words[this.lowest] === 0) this.lowest++;
    return this.lowest < this.words.length ? this.lowestIn(this.lowest, int(this.words, this.lowest)) : undefined;
  }

  /** The last member below a place. There must be one. */
  before(place: number): number {
    let word = place >> 5;
    let bits = int(this.words, word) & ((1 << (place & 31)) - 1);
    while (bits === 0) bits = int(this.words, --word);
    return (word << 5) + 31 - Math.clz32(bits);
  }

  /** The first member above a place. There must be one. */
  after(place: number): number {
    let word = place >> 5;
    let bits = int(this.words, word) & (-2 << (place & 31));
    while (bits === 0) bits = int(this.words, ++word);
    return this.lowestIn(word, bits);
  }

  private lowestIn(word: number, bits: number): number {
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}
