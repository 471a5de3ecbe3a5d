import type { Platform } from "../platform";
import { formatDuration } from "../reshard/duration";

export type TimeoutKind = "create" | "update" | "delete";

/** Durations as `parseDuration` takes them. */
export type Timeouts = Partial<Record<TimeoutKind, string>>;

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
  /** For example "10 min (customTimeouts.create)". */
  readonly limit: string;
}

/** How long an operation may take: what the program says in `customTimeouts`, or our default. */
export function timeoutMs(kind: TimeoutKind, custom: unknown): number {
  const given = (custom as Partial<Record<TimeoutKind, unknown>> | undefined)?.[kind];
  const givenMs = typeof given === "string" ? parseDuration(given) : undefined;
  return givenMs ?? DEFAULT_MS[kind];
}

/** `argument` is the resource's own argument `timeouts`, which is in `custom` already. */
export function deadlineFor(platform: Platform, kind: TimeoutKind, custom: unknown, argument?: Timeouts): Deadline {
  const ms = timeoutMs(kind, custom);
  return {
    atMs: platform.monotonicMs() + ms,
    limit: `${formatDuration(ms)} (${timeoutName(kind, argument)})`,
  };
}

/** Where a person finds the limit, or would set it: in the argument where that says it, else in Pulumi's option. */
export function timeoutName(kind: TimeoutKind, argument: Timeouts | undefined): string {
  return `${argument?.[kind] === undefined ? "customTimeouts" : "timeouts"}.${kind}`;
}

export function hasPassed(deadline: Deadline, platform: Platform): boolean {
  return platform.monotonicMs() >= deadline.atMs;
}
