/**
 * Five places for streams that are CREATING. Who finds them taken waits in line; while somebody waits, the streams that
 * hold places are looked at every second, so that a place is free as soon as its stream is ACTIVE, whoever created it.
 */
import type { Clock, Patience, Waiter } from "./waiting";
import { Alarm, inLine } from "./waiting";

/** How many streams AWS lets be CREATING at once, in an account and region. */
export const CREATING_AT_ONCE = 5;
/** A stream that nobody has looked at for so long has no claim on a place any more. */
const FORGET_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 1_000;
/** A look that takes longer tells less than the next one would. */
const LOOK_FOR_MS = 5_000;

/** Tells within `allowedMs` whether a stream is still CREATING; asked only while somebody waits for a place. */
export type IsCreating = (stream: string, allowedMs: number) => Promise<boolean>;

interface WaitsForPlace extends Waiter {
  readonly stream: string;
  readonly isCreating: IsCreating;
}

export class CreatingGate {
  readonly #places = new Map<string, number>();
  /** First come, first served. */
  #line: WaitsForPlace[] = [];
  #serving = false;
  readonly #alarm: Alarm;

  constructor(readonly clock: Clock) {
    this.#alarm = new Alarm(clock);
  }

  /** Resolves when the stream may be created. Rejects with the signal's reason, or with `late` at the deadline. */
  enter(stream: string, isCreating: IsCreating, patience: Patience): Promise<void> {
    if (!patience.signal?.aborted && this.#line.length === 0 && this.#tryEnter(stream)) return Promise.resolve();
    let joined: WaitsForPlace | undefined;
    return inLine(
      patience,
      (waiter) => {
        joined = { ...waiter, stream, isCreating };
        this.#line.push(joined);
        // Its deadline may come before those that the alarm is set for.
        this.#alarm.wake();
        void this.#serve();
      },
      () => {
        this.#line = this.#line.filter((other) => other !== joined);
        this.#alarm.wake();
      },
    );
  }

  /** The stream is no longer CREATING, or never was. */
  left(stream: string): void {
    this.#places.delete(stream);
  }

  #tryEnter(stream: string): boolean {
    const now = this.clock.monotonicMs();
    for (const [held, since] of this.#places) if (now - since > FORGET_MS) this.#places.delete(held);
    if (this.#places.size >= CREATING_AT_ONCE && !this.#places.has(stream)) return false;
    this.#places.set(stream, now);
    return true;
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    let lookAtMs = this.clock.monotonicMs() + LOOK_AGAIN_MS;
    let looking = false;
    const look = async () => {
      looking = true;
      await this.#look();
      looking = false;
      lookAtMs = this.clock.monotonicMs() + LOOK_AGAIN_MS;
      this.#alarm.wake();
    };
    try {
      for (;;) {
        this.#admit();
        if (this.#line.length === 0) break;
        const now = this.clock.monotonicMs();
        // Not waited for: an endpoint that doesn't answer must not hold anybody beyond the deadline.
        if (!looking && now >= lookAtMs) void look();
        const deadlinesMs = this.#line.map(({ deadlineMs }) => deadlineMs);
        await this.#alarm.sleep(Math.min(...deadlinesMs, looking ? Number.POSITIVE_INFINITY : lookAtMs) - now);
      }
    } catch (reason) {
      // The clock itself failed (a test's, at its end): nobody may wait for ever.
      for (const waiter of this.#line) waiter.stop(reason);
      this.#line = [];
    } finally {
      this.#serving = false;
    }
  }

  /** Lets those go for whom there are places, and sends those away whose time is over. */
  #admit(): void {
    for (let first = this.#line[0]; first && this.#tryEnter(first.stream); first = this.#line[0]) {
      this.#line.shift();
      first.go();
    }
    const now = this.clock.monotonicMs();
    const late = this.#line.filter(({ deadlineMs }) => deadlineMs <= now);
    this.#line = this.#line.filter(({ deadlineMs }) => deadlineMs > now);
    for (const waiter of late) waiter.stop(waiter.late());
  }

  /** A look that fails tells nothing: the place stays taken. */
  async #look(): Promise<void> {
    const isCreating = this.#line[0]?.isCreating ?? (async () => true);
    const lookAt = async (held: string) => {
      if (!(await isCreating(held, LOOK_FOR_MS).catch(() => true))) this.left(held);
    };
    await Promise.all([...this.#places.keys()].map(lookAt));
  }
}
