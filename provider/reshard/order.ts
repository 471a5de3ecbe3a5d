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
 * makes an R safe at once, then one beside an R, then any. When all R are gone, add the rest.
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
 */
import { ReshardError } from "./errors";
import { MIN_RANGE_KEYS } from "./keyspace";

/** A step on cuts, with the neighbours it happens between: a split of below…above-1 at cut, or the merge that undoes it. */
export interface CutStep {
  readonly action: "add" | "remove";
  readonly below: bigint;
  readonly cut: bigint;
  readonly above: bigint;
  /** A merge across a wanted cut, so that its range may be wider than any before or after: only with `allowHotMerge`. */
  readonly hot: boolean;
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
export function orderSteps(before: readonly bigint[], after: readonly bigint[], options: OrderOptions = {}): CutStep[] {
  const shardsBefore = before.length - 1;
  const shardsAfter = after.length - 1;
  const { allowHotMerge = false } = options;
  const list = new CutList(before, after);
  if (list.pending + list.removable === 0) return [];
  const asked = options.maxOpenShards ?? Infinity;
  if (asked < shardsAfter) {
    throw new ReshardError(
      "ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED",
      `${shardsAfter} shards are wanted, but maxOpenShards allows ${asked} only`,
    );
  }
  const maxOpenShards = Math.max(asked, shardsBefore); // what is open already is open

  const floor = Math.min(shardsBefore, shardsAfter);
  const steps: CutStep[] = [];
  let open = shardsBefore;
  let wakeOf: number | undefined; // the place of a hot merge: split there next, so that the hot shard lives one step
  while (list.pending + list.removable > 0) {
    if (wakeOf !== undefined) {
      steps.push(list.add(wakeOf));
      wakeOf = undefined;
      open++;
      continue;
    }
    // At the cap, and only then, dropping below the floor for one step is the lesser evil to a hot merge.
    const mayRemove = open > floor || (open === maxOpenShards && allowHotMerge);
    const safe = mayRemove ? list.safeRemoval() : undefined;
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
      throw new ReshardError(
        "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED",
        `no order of the steps from ${shardsBefore} to ${shardsAfter} shards keeps to maxOpenShards ${maxOpenShards} without ` +
          `a merge across a cut that is still to be added, whose shard may be hotter for a while than any before or after: raise maxOpenShards to ${maxOpenShards + 1}, or set allowHotMerge`,
      );
    }
  }
  return steps;
}

/** The cuts of both partitions as a doubly linked list in key order, gone ones unlinked. */
class CutList {
  pending = 0;
  removable = 0;
  private readonly keys: bigint[] = [];
  private readonly kinds: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  // Candidates by place, leftmost first; looked at again when taken, since the list moves on.
  private readonly safe = new LowestFirst();
  private readonly freeing = new LowestFirst();
  private readonly beside = new LowestFirst();
  private nextPending = 0;
  private readonly open: PlaceSet;

  constructor(before: readonly bigint[], after: readonly bigint[]) {
    let a = 0;
    let b = 0;
    while (a < before.length || b < after.length) {
      const present = before[a];
      const wanted = after[b];
      if (present !== undefined && (wanted === undefined || present < wanted)) {
        this.append(present, REMOVE);
        a++;
      } else if (wanted !== undefined && (present === undefined || wanted < present)) {
        this.append(wanted, PENDING);
        b++;
      } else if (present !== undefined) {
        this.append(present, KEPT);
        a++;
        b++;
      }
    }
    this.open = new PlaceSet(this.keys.length);
    this.kinds.forEach((kind, at) => {
      if (kind !== PENDING) this.open.add(at);
      this.review(at);
    });
  }

  safeRemoval(): number | undefined {
    return this.safe.take((at) => this.isSafe(at));
  }

  bestPending(): number {
    const best = this.freeing.take((at) => this.isFreeing(at)) ?? this.beside.take((at) => this.isBesideRemovable(at));
    if (best !== undefined) return best;
    while (this.kinds[this.nextPending] !== PENDING) this.nextPending++;
    return this.nextPending;
  }

  /** The removal that makes the narrowest range of those that are left, and a pending cut inside that range. */
  leastHotRemoval(): { removal: number; pending: number } {
    let removal = -1;
    let narrowest: bigint | undefined;
    for (let at = 0; at < this.keys.length; at++) {
      if (this.kinds[at] !== REMOVE) continue;
      const { below, above } = this.present(at);
      if (narrowest === undefined || above - below < narrowest) [removal, narrowest] = [at, above - below];
    }
    const left = this.left[removal] ?? 0;
    return { removal, pending: this.kinds[left] === PENDING ? left : (this.right[removal] ?? 0) };
  }

  add(at: number): CutStep {
    const step = this.step("add", at, false);
    this.kinds[at] = KEPT;
    this.open.add(at);
    this.pending--;
    this.reviewAround(at);
    return step;
  }

  remove(at: number, hot: boolean): CutStep {
    const step = this.step("remove", at, hot);
    const left = this.left[at] ?? 0;
    const right = this.right[at] ?? 0;
    this.kinds[at] = GONE;
    this.open.delete(at);
    this.right[left] = right;
    this.left[right] = left;
    this.removable--;
    this.reviewAround(left);
    this.reviewAround(right);
    return step;
  }

  private append(key: bigint, kind: number): void {
    const at = this.keys.length;
    this.keys.push(key);
    this.kinds.push(kind);
    this.left.push(at - 1);
    this.right.push(at + 1);
    if (kind === PENDING) this.pending++;
    if (kind === REMOVE) this.removable++;
  }

  private reviewAround(at: number): void {
    const left = this.left[at] ?? 0;
    const right = this.right[at] ?? 0;
    for (const place of [this.left[left] ?? 0, left, at, right, this.right[right] ?? 0]) this.review(place);
  }

  private review(at: number): void {
    if (this.isSafe(at)) this.safe.put(at);
    else if (this.isFreeing(at)) this.freeing.put(at);
    else if (this.isBesideRemovable(at)) this.beside.put(at);
  }

  private isSafe(at: number): boolean {
    return this.kinds[at] === REMOVE && this.leftKind(at) !== PENDING && this.rightKind(at) !== PENDING;
  }

  private isFreeing(at: number): boolean {
    if (this.kinds[at] !== PENDING) return false;
    const left = this.left[at] ?? 0;
    const right = this.right[at] ?? 0;
    return (
      (this.kinds[left] === REMOVE && this.leftKind(left) !== PENDING) ||
      (this.kinds[right] === REMOVE && this.rightKind(right) !== PENDING)
    );
  }

  private isBesideRemovable(at: number): boolean {
    return this.kinds[at] === PENDING && (this.leftKind(at) === REMOVE || this.rightKind(at) === REMOVE);
  }

  private leftKind(at: number): number | undefined {
    return this.kinds[this.left[at] ?? -1];
  }

  private rightKind(at: number): number | undefined {
    return this.kinds[this.right[at] ?? -1];
  }

  private step(action: "add" | "remove", at: number, hot: boolean): CutStep {
    const { below, above } = this.present(at);
    const cut = this.keys[at] ?? 0n;
    if (action === "add" && (cut - below < MIN_RANGE_KEYS || above - cut < MIN_RANGE_KEYS)) {
      throw new ReshardError(
        "ERR_KINESIS_RESHARD_TOO_NARROW",
        `shard ${below} … ${above - 1n} cannot be split at ${cut}: Kinesis wants two keys on either side`,
      );
    }
    return { action, below, cut, above, hot };
  }

  /** The nearest present cuts on either side. */
  private present(at: number): { below: bigint; above: bigint } {
    return { below: this.keys[this.open.before(at)] ?? 0n, above: this.keys[this.open.after(at)] ?? 0n };
  }
}

/** A set of places as bits, which looks for neighbours 32 places at a time. */
class PlaceSet {
  private readonly words: Int32Array;

  constructor(size: number) {
    this.words = new Int32Array((size >> 5) + 1);
  }

  add(place: number): void {
    this.words[place >> 5] = (this.words[place >> 5] ?? 0) | (1 << (place & 31));
  }

  delete(place: number): void {
    this.words[place >> 5] = (this.words[place >> 5] ?? 0) & ~(1 << (place & 31));
  }

  /** The last member below a place. There must be one. */
  before(place: number): number {
    let word = place >> 5;
    let bits = (this.words[word] ?? 0) & ((1 << (place & 31)) - 1);
    while (bits === 0 && word > 0) bits = this.words[--word] ?? 0;
    return (word << 5) + 31 - Math.clz32(bits);
  }

  /** The first member above a place. There must be one. */
  after(place: number): number {
    let word = place >> 5;
    let bits = (this.words[word] ?? 0) & (-2 << (place & 31));
    while (bits === 0 && word < this.words.length) bits = this.words[++word] ?? 0;
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}

/** A heap of places whose lowest comes first; what no longer qualifies is dropped when it comes up. */
class LowestFirst {
  private readonly heap: number[] = [];

  put(place: number): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] ?? 0;
      if (above <= place) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = place;
  }

  take(qualifies: (place: number) => boolean): number | undefined {
    for (;;) {
      const place = this.pop();
      if (place === undefined || qualifies(place)) return place;
    }
  }

  private pop(): number | undefined {
    const { heap } = this;
    const lowest = heap[0];
    const moved = heap.pop();
    if (heap.length === 0 || moved === undefined) return lowest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
      const below = heap[child] ?? 0;
      if (below >= moved) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = moved;
    return lowest;
  }
}
