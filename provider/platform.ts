import { setMaxListeners } from "node:events";
import { hostname } from "node:os";

/**
 * What the provider needs from the machine it runs on: time, chance, the environment and a place to talk to the
 * person. Everything below `lifecycle/` and `client/` gets it as an argument, so that tests own the clock; this is the
 * only file that reads `process.env`.
 */
export interface Platform {
  /** Milliseconds since the Unix epoch, as the wall clock has it (signatures need it). */
  now(): number;
  /** Milliseconds that never go backwards; deadlines and rate limits are measured with it. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  /** The machine's name. */
  readonly hostname: string;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for the person who runs `pulumi up`: the engine shows what a provider prints on the stack's row. */
  log(line: string): void;
  /** Aborts when the person presses Ctrl-C: the engine begins nothing new then, and waits for what it has begun. */
  readonly interrupted: AbortSignal;
}

/** Of this process: whoever hears of Ctrl-C aborts it. */
export const interruption = new AbortController();
// Each of hundreds of streams that are waited for listens, and Node would warn of more than ten.
setMaxListeners(0, interruption.signal);

export const realPlatform: Platform = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
  random: () => Math.random(),
  hostname: hostname(),
  env: process.env,
  log: (line) => console.log(line),
  interrupted: interruption.signal,
};
