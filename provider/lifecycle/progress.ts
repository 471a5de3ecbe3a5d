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

/** What a second Ctrl-C does, for the end of a line about the first. */
export const SECOND_CTRL_C = "A second Ctrl-C ends at once, as a kill does.";

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
