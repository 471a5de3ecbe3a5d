/** Waiting in line for what only so many may have at once: until one's turn, one's deadline, or one's AbortSignal. */
import type { Platform } from "../platform";

export type Clock = Pick<Platform, "monotonicMs" | "sleep">;

/** How long somebody waits for a turn. */
export interface Patience {
  /** Monotonic. */
  readonly deadlineMs: number;
  /** What to reject with when the turn doesn't come in time. */
  readonly late: () => Error;
  /** Ends the waiting at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Waiter extends Patience {
  readonly go: () => void;
  readonly stop: (reason: unknown) => void;
}

/** Resolves when the waiter that `join` was given may go; one whose signal aborts is given to `leave`. */
export function inLine(
  patience: Patience,
  join: (waiter: Waiter) => void,
  leave: (waiter: Waiter) => void,
): Promise<void> {
  const { signal } = patience;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      leave(waiter);
      reject(signal?.reason);
    };
    const deaf = () => signal?.removeEventListener("abort", onAbort);
    const waiter: Waiter = {
      ...patience,
      go: () => {
        deaf();
        resolve();
      },
      stop: (reason) => {
        deaf();
        reject(reason);
      },
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    join(waiter);
  });
}

/** The one timer of a line: woken when nobody waits any more, because a timer for nobody keeps a process from ending. */
export class Alarm {
  #asleep: AbortController | undefined;

  constructor(readonly clock: Clock) {}

  /** Ends the sleep under way. */
  wake(): void {
    this.#asleep?.abort();
  }

  /** Sleeps until `ms` are over or somebody wakes it. Rejects only where the clock itself fails. */
  async sleep(ms: number): Promise<void> {
    this.#asleep = new AbortController();
    const { signal } = this.#asleep;
    await this.clock.sleep(Math.max(1, ms), signal).catch((reason) => {
      if (!signal.aborted) throw reason;
    });
  }
}

/** The promise, or the signal's reason if that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // Heard before the signal is looked at: of a promise that nobody waits for any more, a rejection is no error.
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
