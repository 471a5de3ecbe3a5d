/**
 * When to ask again, and after how long; pure. AWS's "standard" mode: full-jitter backoff, a retry quota, throttling
 * recognised by its code (Kinesis answers it with status 400), one correction of a skewed clock.
 *
 *   delay = random(0, 1) * min(CAP, BASE * 2^(attempt - 1))
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import type { ErrorAnswer } from "./protocol";

export type Failure =
  /** AWS answered with an error. */
  | { readonly kind: "answered"; readonly error: Pick<ErrorAnswer, "status" | "code" | "message"> }
  /** No usable answer; `sent` is false where the request certainly never left. */
  | { readonly kind: "lost"; readonly reason: string; readonly sent: boolean }
  /** Success, but the answer couldn't be read. */
  | { readonly kind: "unreadable" };

export type Verdict =
  /** Too fast: wait longer, and let the rate limits learn from it. */
  | "throttled"
  /** A passing fault. */
  | "transient"
  /** The credentials have run out: renew them, then at once. */
  | "expired-credentials"
  /** The server's clock and ours disagree: correct it, then at once. */
  | "skewed-clock"
  /** It may have taken effect, and repeating isn't safe. */
  | "ambiguous"
  /** Asking again can't help. */
  | "final";

const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "KMSThrottlingException",
  "BandwidthLimitExceeded",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

const TRANSIENT = new Set(["InternalFailure", "InternalFailureException", "RequestTimeout", "RequestTimeoutException"]);

const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException"]);

const SKEWED = new Set([
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Clocks this far apart explain a refused signature: AWS tolerates five minutes. */
const SKEW_MS = 4 * 60_000;

/** A quota says what is full; a rate says that it was too fast. Both come as LimitExceededException. */
const QUOTA_WORDS =
  /\b(shard limit|limit for the account|would exceed|exceeds? the (maximum|limit|number)|maximum number of|24[- ]?hours?|per day|on-demand (data )?streams?|tags? (limit|per)|more than (double|twice|half))\b/i;
const RATE_WORDS = /\b(rate (limit )?exceeded|too (fast|many requests)|per second|try again|slow down|creating)\b/i;

/** Whether a LimitExceededException names a quota (waiting doesn't help) and not a rate. */
export const isQuota = (message: string): boolean => QUOTA_WORDS.test(message) && !RATE_WORDS.test(message);

/** Failures that a second try a moment later hardly ever mends: the person waits for nothing. */
const HOPELESS =
  /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO|ERR_SSL_|UND_ERR_INVALID|PROXY_4)/;
/** Failures that a moment may mend (a network that wakes up, an emulator that starts), but seldom minutes. */
const SELDOM_PASSING = new Set(["ENOTFOUND", "ECONNREFUSED"]);
const SELDOM_PASSING_ATTEMPTS = 3;

export interface Circumstances {
  readonly attempt: number;
  readonly retryAfterAmbiguity: boolean;
  /** The server's clock minus ours as used for the signature; undefined where the answer had no date. */
  readonly clockOffMs: number | undefined;
  /** Whether new credentials can be had (not from a constant). */
  readonly renewable: boolean;
}

export function classify(failure: Failure, now: Circumstances): Verdict {
  const unlessUnsafe = (verdict: Verdict): Verdict => (now.retryAfterAmbiguity ? verdict : "ambiguous");
  if (failure.kind === "unreadable") return unlessUnsafe("transient");
  if (failure.kind === "lost") {
    if (failure.sent) return unlessUnsafe("transient");
    if (HOPELESS.test(failure.reason)) return "final";
    if (SELDOM_PASSING.has(failure.reason) && now.attempt >= SELDOM_PASSING_ATTEMPTS) return "final";
    return "transient";
  }
  const { status, code, message } = failure.error;
  if (THROTTLED.has(code)) return "throttled";
  if (code === "LimitExceededException") return isQuota(message) ? "final" : "throttled";
  if (EXPIRED.has(code)) return now.renewable ? "expired-credentials" : "final";
  if (SKEWED.has(code)) return Math.abs(now.clockOffMs ?? 0) > SKEW_MS ? "skewed-clock" : "final";
  if (status === 429) return "throttled";
  if (status >= 500 || TRANSIENT.has(code)) return unlessUnsafe("transient");
  return "final";
}

const BASE_MS = { transient: 100, throttled: 500 };
const CAP_MS = 20_000;

/** How long to wait after the `attempt`-th attempt (counted from one) failed. */
export function delayMs(verdict: "transient" | "throttled", attempt: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(CAP_MS, BASE_MS[verdict] * 2 ** (attempt - 1));
  return Math.max(random * ceiling, Math.min(retryAfterMs, CAP_MS));
}

/**
 * Retries are paid from a purse that only successes fill: when a service is down for everybody, a process that makes
 * many calls stops multiplying them by ten, and a single call still gets all its attempts.
 */
export class RetryQuota {
  static readonly CAPACITY = 500;
  static readonly COST = 5;
  #left = RetryQuota.CAPACITY;

  /** False: no retry, the purse is empty. */
  take(): boolean {
    if (this.#left < RetryQuota.COST) return false;
    this.#left -= RetryQuota.COST;
    return true;
  }

  /** A success gives back what its last retry cost, or one where it needed none. */
  succeeded(retried: boolean): void {
    this.#left = Math.min(RetryQuota.CAPACITY, this.#left + (retried ? RetryQuota.COST : 1));
  }
}
