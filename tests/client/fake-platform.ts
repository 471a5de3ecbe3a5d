import type { Platform } from "../../provider/platform";

/** Time that passes only where somebody sleeps: it takes no time, and every sleep that went to its end is recorded. */
export interface FakePlatform extends Platform {
  readonly sleeps: number[];
  readonly lines: string[];
  advance(ms: number): void;
}

export function fakePlatform(overrides: Partial<Platform> = {}): FakePlatform {
  let elapsedMs = 0;
  const began = Date.now();
  const sleeps: number[] = [];
  const lines: string[] = [];
  // Sleepers wake in the order of their time, not of their asking: two that overlap don't add up.
  const sleepers: Array<{ at: number; wake: () => void }> = [];
  let pumping = false;
  const pump = () => {
    const next = sleepers.sort((a, b) => a.at - b.at).shift();
    if (!next) {
      pumping = false;
      return;
    }
    elapsedMs = Math.max(elapsedMs, next.at);
    next.wake();
    setImmediate(pump);
  };
  return {
    now: () => began + elapsedMs,
    monotonicMs: () => elapsedMs,
    random: () => 1,
    hostname: "test",
    env: {},
    log: (line) => lines.push(line),
    interrupted: new AbortController().signal,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const wake = () => {
          sleeps.push(ms);
          resolve();
        };
        const sleeper = { at: elapsedMs + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          const index = sleepers.indexOf(sleeper);
          if (index >= 0) sleepers.splice(index, 1);
          reject(signal.reason);
        });
        if (!pumping) {
          pumping = true;
          setImmediate(pump);
        }
      }),
    sleeps,
    lines,
    advance: (ms) => {
      elapsedMs += ms;
    },
    ...overrides,
  };
}
