/**
 * The documented rates and the five streams that may be CREATING, kept by waiting in line: a call that is refused for
 * its rate costs the others of the account too. One instance for each account and endpoint is shared by everything in
 * the process. No timers run while nobody waits.
 *
 * A bucket holds as many tokens as the rate admits calls a second, and each token comes back a second after it was
 * taken. So no second ever sees more calls than AWS admits, and the first few calls never wait. Other processes use the
 * same allowance: when AWS throttles us all the same, tokens take longer to come back, and each success shortens that
 * again (multiplicative decrease, additive increase).
 *
 * Who waits is served in turn by stream, not by arrival: one stream with a hundred calls in line doesn't hold up the
 * others.
 */
import { CreatingGate } from "./creating-gate";
import type { RateLimit } from "./operations";
import type { Clock, Patience, Waiter } from "./waiting";
import { Alarm, inLine } from "./waiting";

/** A little over a second: calls leave us at even intervals and arrive at uneven ones. */
const RETURN_MS = 1_050;
const SLOWEST_RETURN_MS = 20_000;
const SLOWER = 1.6;
/** Each success takes this off; about twenty successes undo one throttling. */
const FASTER_MS = 50;

export class TokenBucket {
  /** When each token that is out comes back, soonest first. */
  #out: number[] = [];
  #returnMs = RETURN_MS;
  #throttledAt = Number.NEGATIVE_INFINITY;
  /** Streams in the order of their next turn; a Map keeps insertion order, so the first key is the next. */
  readonly #lines = new Map<string, Waiter[]>();
  #serving = false;
  readonly #alarm: Alarm;

  constructor(
    readonly capacity: number,
    readonly clock: Clock,
  ) {
    this.#alarm = new Alarm(clock);
  }

  /** Nobody waits and every token is in: it can be forgotten. */
  get idle(): boolean {
    return this.#lines.size === 0 && (this.#out.at(-1) ?? 0) <= this.clock.monotonicMs();
  }

  /** True: the call may go at once. */
  tryTake(): boolean {
    return this.#lines.size === 0 && this.#tryTake();
  }

  /**
   * Resolves when the call may go. Rejects with the signal's reason if that comes first, and with `late` as soon as it is
   * certain that the turn won't come before the deadline.
   */
  take(stream: string, patience: Patience): Promise<void> {
    if (!patience.signal?.aborted && this.tryTake()) return Promise.resolve();
    return inLine(
      patience,
      (waiter) => {
        const line = this.#lines.get(stream);
        if (line) line.push(waiter);
        else this.#lines.set(stream, [waiter]);
        void this.#serve();
      },
      (waiter) => this.#leave(stream, waiter),
    );
  }

  throttled(): void {
    const now = this.clock.monotonicMs();
    // Calls that were under way together are refused together; they are one piece of news.
    if (now - this.#throttledAt < RETURN_MS) return;
    this.#throttledAt = now;
    this.#returnMs = Math.min(SLOWEST_RETURN_MS, this.#returnMs * SLOWER);
    // What AWS counted, we had not: no token is at hand until the time is over.
    this.#out = Array.from({ length: this.capacity }, (_, index) => this.#out[index] ?? now + this.#returnMs).sort(
      (a, b) => a - b,
    );
  }

  succeeded(): void {
    this.#returnMs = Math.max(RETURN_MS, this.#returnMs - FASTER_MS);
  }

  #tryTake(): boolean {
    const now = this.clock.monotonicMs();
    while (this.#out[0] !== undefined && this.#out[0] <= now) this.#out.shift();
    if (this.#out.length >= this.capacity) return false;
    const back = now + this.#returnMs;
    // After a success tokens come back sooner than ones taken before it: keep the order.
    const at = this.#out.findLastIndex((other) => other <= back);
    this.#out.splice(at + 1, 0, back);
    return true;
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#lines.size > 0) {
        if (this.#tryTake()) {
          this.#next()?.go();
          continue;
        }
        const nextAtMs = this.#out[0] ?? 0;
        this.#sendAway(nextAtMs);
        if (this.#lines.size > 0) await this.#alarm.sleep(nextAtMs - this.clock.monotonicMs());
      }
    } catch (reason) {
      // The clock itself failed (a test's, at its end): nobody may wait for ever.
      for (const line of this.#lines.values()) for (const waiter of line) waiter.stop(reason);
      this.#lines.clear();
    } finally {
      this.#serving = false;
    }
  }

  #next(): Waiter | undefined {
    const [turn] = this.#lines;
    if (!turn) return undefined;
    const [stream, line] = turn;
    const waiter = line.shift();
    // To the end of the round: the other streams come first now.
    this.#lines.delete(stream);
    if (line.length > 0) this.#lines.set(stream, line);
    return waiter;
  }

  /** Whoever must be gone before the next token comes needn't wait for it. */
  #sendAway(nextAtMs: number): void {
    for (const [stream, line] of [...this.#lines]) {
      for (const waiter of [...line]) {
        if (waiter.deadlineMs > nextAtMs) continue;
        this.#leave(stream, waiter);
        waiter.stop(waiter.late());
      }
    }
  }

  #leave(stream: string, waiter: Waiter): void {
    const rest = this.#lines.get(stream)?.filter((other) => other !== waiter) ?? [];
    if (rest.length > 0) this.#lines.set(stream, rest);
    else this.#lines.delete(stream);
    if (this.#lines.size === 0) this.#alarm.wake();
  }
}

/** Limits of a shard make a bucket for each of thousands of shards; the idle ones go. */
const MOST_BUCKETS = 1_000;

/** Everything that one account shares at one endpoint. */
export class RateLimits {
  readonly creating: CreatingGate;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(readonly clock: Clock) {
    this.creating = new CreatingGate(clock);
  }

  /** `scope` names the stream or shard where the limit is theirs. */
  bucket(operation: string, rate: RateLimit, scope: string): TokenBucket {
    const key = rate.per === "account" ? operation : `${operation} ${scope}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MOST_BUCKETS) this.#forgetIdle();
      bucket = new TokenBucket(rate.calls, this.clock);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  #forgetIdle(): void {
    for (const [key, bucket] of this.#buckets) if (bucket.idle) this.#buckets.delete(key);
  }
}

const shared = new WeakMap<object, Map<string, RateLimits>>();

/**
 * The limits of one account at one endpoint; one instance for each clock, so that tests don't share the process's.
 * `before` are those of the keys that `key` replaces: an account whose number nobody told is known by its access key, and
 * temporary ones change every hour.
 */
export function sharedRateLimits(clock: Clock, key: string, before?: RateLimits): RateLimits {
  let all = shared.get(clock);
  if (!all) {
    all = new Map();
    shared.set(clock, all);
  }
  let limits = all.get(key);
  if (!limits) {
    limits = before ?? new RateLimits(clock);
    all.set(key, limits);
  }
  return limits;
}
