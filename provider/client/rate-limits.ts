/**
 * The documented rates and the five streams that may be CREATING, kept by waiting in line: a call that is refused for
 * its rate costs the others of the account too. No timers run while nobody waits.
 *
 * A bucket holds as many tokens as the rate admits calls a second, and each token comes back a second after it was
 * taken. So no second ever sees more calls than AWS admits, and the first few calls never wait. Other processes use the
 * same allowance: when AWS throttles us all the same, tokens take longer to come back, and each success shortens that
 * again (multiplicative decrease, additive increase).
 *
 * Who waits is served in turn by stream, not by arrival: one stream with a thousand calls in line doesn't hold up the
 * others.
 */
import { CreatingGate } from "./creating-gate";
import { ForgetfulMap } from "./forgetful-map";
import type { RateLimit } from "./operations";
import { Scopes } from "./scopes";
import type { Clock, Patience, Waiter } from "./waiting";
import { Alarm, inLine } from "./waiting";

/** A little over a second: calls leave us at even intervals and arrive at uneven ones. */
const RETURN_MS = 1_050;
const SLOWEST_RETURN_MS = 20_000;
const SLOWER = 1.6;
/** Each success takes this off; about twenty successes undo one throttling. */
const FASTER_MS = 50;
/** A bucket is kept for so long after its last call: longer than an attempt takes, whose end it must hear of. */
const KEEP_MS = 120_000;

interface OfStream {
  readonly stream: string;
}

export class TokenBucket {
  /** When each token that is out comes back, soonest first. */
  #out: number[] = [];
  #returnMs = RETURN_MS;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #usedAt: number;
  /** Streams in the order of their next turn; a Map keeps insertion order, so the first key is the next. */
  readonly #lines = new Map<string, (OfStream & Waiter)[]>();
  /** No deadline in the lines comes before it. */
  #soonestMs = Number.POSITIVE_INFINITY;
  #serving = false;
  readonly #alarm: Alarm;

  constructor(
    readonly capacity: number,
    readonly clock: Clock,
  ) {
    this.#alarm = new Alarm(clock);
    this.#usedAt = clock.monotonicMs();
  }

  /** Nobody waits, every token is in, and what it has learned is old: it can be forgotten. */
  get idle(): boolean {
    return this.#lines.size === 0 && this.clock.monotonicMs() - this.#usedAt > KEEP_MS;
  }

  /** True: the call may go at once. */
  tryTake(): boolean {
    return this.#lines.size === 0 && this.#tryTake();
  }

  /**
   * Resolves when the call may go. Rejects with the signal's reason if that comes first, and with `late` at the deadline;
   * at once, where even the next token comes too late.
   */
  take(stream: string, patience: Patience): Promise<void> {
    if (!patience.signal?.aborted && this.tryTake()) return Promise.resolve();
    return inLine(
      { stream },
      patience,
      (waiter) => this.#join(waiter),
      (waiter) => this.#leave(waiter),
    );
  }

  throttled(): void {
    const now = this.clock.monotonicMs();
    // Calls that were under way together are refused together; they are one piece of news.
    if (now - this.#throttledAt < RETURN_MS) return;
    this.#throttledAt = now;
    this.#usedAt = now;
    this.#returnMs = Math.min(SLOWEST_RETURN_MS, this.#returnMs * SLOWER);
    // AWS counted more calls than we had: no token is at hand until the time is over, whenever it was taken.
    const back = now + this.#returnMs;
    this.#out = Array.from({ length: this.capacity }, (_, index) => Math.max(this.#out[index] ?? 0, back));
    // The next turn comes later now: some deadlines don't last until then.
    this.#alarm.wake();
  }

  succeeded(): void {
    this.#returnMs = Math.max(RETURN_MS, this.#returnMs - FASTER_MS);
  }

  #tryTake(): boolean {
    const now = this.clock.monotonicMs();
    while (this.#out[0] !== undefined && this.#out[0] <= now) this.#out.shift();
    if (this.#out.length >= this.capacity) return false;
    this.#usedAt = now;
    const back = now + this.#returnMs;
    // After a success tokens come back sooner than ones taken before it: keep the order.
    const at = this.#out.findLastIndex((other) => other <= back);
    this.#out.splice(at + 1, 0, back);
    return true;
  }

  #join(waiter: OfStream & Waiter): void {
    // The alarm is set for the next token: nobody would look at a deadline before it.
    if (waiter.deadlineMs <= this.#nextAtMs()) {
      waiter.stop(waiter.late());
      return;
    }
    this.#soonestMs = Math.min(this.#soonestMs, waiter.deadlineMs);
    const line = this.#lines.get(waiter.stream);
    if (line) line.push(waiter);
    else this.#lines.set(waiter.stream, [waiter]);
    void this.#serve();
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    while (this.#lines.size > 0) {
      if (this.#tryTake()) {
        this.#next()?.go();
        continue;
      }
      this.#sendAway();
      if (this.#lines.size > 0) await this.#alarm.sleep(this.#nextAtMs() - this.clock.monotonicMs());
    }
    this.#serving = false;
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

  /** Where every token is out: when the first comes back. */
  #nextAtMs(): number {
    return this.#out[0] ?? 0;
  }

  /** Whoever must be gone before the next token comes needn't wait for it. */
  #sendAway(): void {
    const nextAtMs = this.#nextAtMs();
    if (this.#soonestMs > nextAtMs) return;
    this.#soonestMs = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#lines.values()].flat()) {
      if (waiter.deadlineMs > nextAtMs) {
        this.#soonestMs = Math.min(this.#soonestMs, waiter.deadlineMs);
        continue;
      }
      this.#leave(waiter);
      waiter.stop(waiter.late());
    }
  }

  #leave(waiter: OfStream & Waiter): void {
    const rest = this.#lines.get(waiter.stream)?.filter((other) => other !== waiter) ?? [];
    if (rest.length > 0) this.#lines.set(waiter.stream, rest);
    else this.#lines.delete(waiter.stream);
    if (this.#lines.size === 0) this.#alarm.wake();
  }
}

/** Fewer buckets than these aren't worth looking through. */
const SWEEP_FROM = 1_000;

/** Everything that the calls of one account share in one region. */
export class RateLimits {
  readonly creating: CreatingGate;
  readonly scopes: Scopes;
  /** Limits of a shard make a bucket for each of thousands of shards. */
  readonly #buckets = new ForgetfulMap<TokenBucket>(({ idle }) => idle, SWEEP_FROM);

  constructor(readonly clock: Clock) {
    this.creating = new CreatingGate(clock);
    this.scopes = new Scopes(clock);
  }

  /** Nobody waits, nothing is CREATING, and no rate has been used lately: a new one would do as well. */
  get idle(): boolean {
    this.#buckets.sweep();
    return this.#buckets.size === 0 && this.creating.idle;
  }

  /** `scope` names the stream or shard where the limit is theirs. */
  bucket(operation: string, rate: RateLimit, scope: string): TokenBucket {
    const key = rate.per === "account" ? operation : `${operation} ${scope}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(rate.calls, this.clock);
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}
