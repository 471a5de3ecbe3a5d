import type { Platform } from "../platform";

const FIRST_MS = 60_000;
const LONGEST_MS = 5 * 60_000;

/** When a person who waits is due another line: after 1, 2, 4 and 8 minutes, then every five. */
export class Cadence {
  readonly #beganMs: number;
  #nextMs: number;

  constructor(readonly platform: Platform) {
    this.#beganMs = platform.monotonicMs();
    this.#nextMs = this.#beganMs + FIRST_MS;
  }

  isDue(): boolean {
    const now = this.platform.monotonicMs();
    if (now < this.#nextMs) return false;
    this.#nextMs = now + Math.min(now - this.#beganMs, LONGEST_MS);
    return true;
  }
}

/** What a second Ctrl-C does, for a line about the first. It and the time come first: a terminal shows the beginning of a line. */
export const SECOND_CTRL_C = "a second one ends at once, as a kill does";

/** Does `work`, and prints what `tell` says if the person presses Ctrl-C meanwhile. */
export async function tellingOfInterrupt<T>(
  { interrupted, log }: Platform,
  tell: () => string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const onAbort = () => {
    const line = tell();
    if (line !== undefined) log(line);
  };
  interrupted.addEventListener("abort", onAbort);
  try {
    return await work();
  } finally {
    interrupted.removeEventListener("abort", onAbort);
  }
}
