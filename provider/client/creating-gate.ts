/**
 * Five places for streams that are CREATING. Who finds them taken waits in line; while somebody waits, the streams that
 * hold places are looked at every second, so that a place is free as soon as its stream is ACTIVE, whoever created it.
 *
 * Where nobody in the line may look (no permission for it, an emulator that can't), places are no longer kept: the create
 * is sent, and AWS decides.
 */
import type { Clock, Patience, Waiter } from "./waiting";
import { Alarm, inLine } from "./waiting";

/** How many streams AWS lets be CREATING at once, in an account and region. */
export const CREATING_AT_ONCE = 5;
/** A stream that nobody has seen CREATING for so long has no claim on a place any more. */
const FORGET_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 1_000;
/** A look that takes longer tells less than the next one would. */
const LOOK_FOR_MS = 5_000;

/**
 * Tells within `allowedMs` whether a stream is still CREATING; asked only while somebody waits for a place. `undefined`:
 * whoever asks will never be told. Rejects where the next look may tell. Each is asked once for all its waiters.
 */
export type IsCreating = (stream: string, allowedMs: number) => Promise<boolean | undefined>;

/** What a call that was let in owes the gate at its end: one of the two, once. */
export interface Place {
  /** The stream is CREATING, or may be. */
  keep(): void;
  /** The call created nothing. */
  giveBack(): void;
}

interface Held {
  /** How many calls are on their way to create it: AWS may not know it yet, so a look would tell nothing. */
  underWay: number;
  /** One of them has created it, as far as is known. */
  mayExist: boolean;
  sinceMs: number;
}

interface AskedFor {
  readonly stream: string;
  readonly isCreating: IsCreating;
}

export class CreatingGate {
  readonly #held = new Map<string, Held>();
  /** First come, first served. */
  #line: (AskedFor & Waiter)[] = [];
  #serving = false;
  readonly #alarm: Alarm;

  constructor(readonly clock: Clock) {
    this.#alarm = new Alarm(clock);
  }

  /** Nobody waits and no place is taken. */
  get idle(): boolean {
    this.#forget();
    return this.#line.length === 0 && this.#held.size === 0;
  }

  /** Resolves when the stream may be created. Rejects with the signal's reason, or with `late` at the deadline. */
  async enter(stream: string, isCreating: IsCreating, patience: Patience): Promise<Place> {
    const free = !patience.signal?.aborted && this.#line.length === 0 && this.#tryEnter(stream);
    if (!free) await this.#wait({ stream, isCreating }, patience);
    return {
      keep: () => this.#end(stream, true),
      giveBack: () => this.#end(stream, false),
    };
  }

  /** The stream was seen, and isn't CREATING; or it was not found. */
  left(stream: string): void {
    const held = this.#held.get(stream);
    if (!held) return;
    held.mayExist = false;
    if (held.underWay > 0) return;
    this.#held.delete(stream);
    this.#alarm.wake();
  }

  #wait(asked: AskedFor, patience: Patience): Promise<void> {
    return inLine(
      asked,
      patience,
      (waiter) => {
        this.#line.push(waiter);
        // Its deadline may come before those that the alarm is set for.
        this.#alarm.wake();
        void this.#serve();
      },
      (waiter) => {
        this.#line = this.#line.filter((other) => other !== waiter);
        this.#alarm.wake();
      },
    );
  }

  #tryEnter(stream: string): boolean {
    this.#forget();
    const sinceMs = this.clock.monotonicMs();
    const held = this.#held.get(stream);
    if (held) held.underWay++;
    else if (this.#held.size >= CREATING_AT_ONCE) return false;
    else this.#held.set(stream, { underWay: 1, mayExist: false, sinceMs });
    return true;
  }

  #end(stream: string, mayExist: boolean): void {
    const held = this.#held.get(stream);
    if (!held) return;
    held.underWay--;
    if (mayExist) {
      held.mayExist = true;
      held.sinceMs = this.clock.monotonicMs();
    }
    if (!held.mayExist) this.left(stream);
  }

  #forget(): void {
    const now = this.clock.monotonicMs();
    for (const [stream, { underWay, sinceMs }] of this.#held) {
      if (underWay === 0 && now - sinceMs > FORGET_MS) this.#held.delete(stream);
    }
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
    for (;;) {
      this.#admit();
      if (this.#line.length === 0) break;
      const now = this.clock.monotonicMs();
      // Not waited for: an endpoint that doesn't answer must not hold anybody beyond the deadline.
      if (!looking && now >= lookAtMs) void look();
      const deadlinesMs = this.#line.map(({ deadlineMs }) => deadlineMs);
      await this.#alarm.sleep(Math.min(...deadlinesMs, looking ? Number.POSITIVE_INFINITY : lookAtMs) - now);
    }
    this.#serving = false;
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

  async #look(): Promise<void> {
    const lookers = new Set(this.#line.map(({ isCreating }) => isCreating));
    const lookAt = async ([stream, held]: readonly [string, Held]) => {
      const seen = await see(stream, lookers);
      // Another call for the same stream may have set out meanwhile.
      if (held.underWay > 0 || this.#held.get(stream) !== held) return;
      if (seen === "creating") held.sinceMs = this.clock.monotonicMs();
      if (seen === "over") this.left(stream);
    };
    await Promise.all([...this.#held].filter(([, { underWay }]) => underWay === 0).map(lookAt));
  }
}

/** Asks one after the other until one can tell. */
async function see(stream: string, lookers: Iterable<IsCreating>): Promise<"creating" | "over" | "unknown"> {
  let mayTellLater = false;
  for (const isCreating of lookers) {
    try {
      const creating = await isCreating(stream, LOOK_FOR_MS);
      if (creating !== undefined) return creating ? "creating" : "over";
    } catch {
      mayTellLater = true;
    }
  }
  return mayTellLater ? "unknown" : "over";
}
