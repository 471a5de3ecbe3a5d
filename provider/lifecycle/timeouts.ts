import type { Platform } from "../platform";

export type TimeoutKind = "create" | "update" | "delete";

/** Defaults in milliseconds. A reshard takes about 30 s an operation, so an update may be long. */
const DEFAULT_MS: Record<TimeoutKind, number> = {
  create: 10 * 60_000,
  update: 120 * 60_000,
  delete: 20 * 60_000,
};

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Pulumi's `customTimeouts` writes it ("90s", "10m", "1h30m"); undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return total;
}

/** The moment at which we stop waiting, and how to tell a person which limit that was. */
export interface Deadline {
  /** On the platform's monotonic clock. */
  readonly atMs: number;
  /** For example "10 m (customTimeouts.create)". */
  readonly limit: string;
}

export function deadlineFor(platform: Platform, kind: TimeoutKind, custom: unknown): Deadline {
  const given = (custom as Partial<Record<TimeoutKind, unknown>> | undefined)?.[kind];
  const givenMs = typeof given === "string" ? parseDuration(given) : undefined;
  const ms = givenMs ?? DEFAULT_MS[kind];
  return { atMs: platform.monotonicMs() + ms, limit: `${formatDuration(ms)} (customTimeouts.${kind})` };
}

export function hasPassed(deadline: Deadline, platform: Platform): boolean {
  return platform.monotonicMs() >= deadline.atMs;
}

/** "45 s", "10 m", "1 h 30 m": the two largest units that matter. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 || minutes >= 10 ? `${minutes} m` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`;
}
