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
  | { readonly kind: "answered"; readonly error: Pick<ErrorAnswer, "status" | "code" | "message" | "isCutShort"> }
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

/** Codes as AWS's layers write them, some with "Exception" behind them and some without: compared without it. */
const bare = (code: string): string => code.replace(/Exception$/, "");

/** The standard mode's, and Kinesis's own for KMS. A test compares them with the AWS SDK's list. */
const THROTTLED = new Set([
  "BandwidthLimitExceeded",
  "EC2Throttled",
  "KMSThrottling",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceeded",
  "RequestLimitExceeded",
  "RequestThrottled",
  "SlowDown",
  "Throttled",
  "Throttling",
  "TooManyRequests",
  "TransactionInProgress",
]);

const TRANSIENT = new Set(["InternalFailure", "RequestTimeout", "TimeoutError"]);

/** The standard mode's: of the others a second try is not expected to help. */
const TRANSIENT_STATUS = new Set([500, 502, 503, 504]);
/** "Not implemented" and "HTTP version not supported": the request certainly had no effect. */
const WITHOUT_EFFECT = new Set([501, 505]);

const EXPIRED = "ExpiredToken";

const SKEWED = new Set([
  "InvalidSignature",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Clocks this far apart explain a refused signature: AWS tolerates five minutes. */
const SKEW_MS = 4 * 60_000;

/**
 * A quota says what is full; a rate says that it was too fast, and so does "five streams are CREATING", which passes. All
 * come as LimitExceededException, and only their words tell them apart. "Try again later" tells nothing: AWS says it of
 * its quotas of 24 hours, too.
 */
const QUOTA_WORDS =
  /\b(shard limit|limit for the account|would exceed|exceeds? the (maximum|limit|number)|maximum number of|24[- ]?hours?|per day|(reached|exceeded) (its|the|your) (limit|maximum|quota)|limit of \d+|quota|consumers?|on-demand (data )?streams?|tags? (limit|per)|(more than|above|below) (double|twice|half))\b/i;
const RATE_WORDS = /\b(rate (limit )?exceeded|too (fast|many requests)|per second|tps|slow down)\b/i;
/** As AWS writes the state; "before creating another stream" is of quotas. */
const STATE_WORD = /\bCREATING\b/;

/** Whether a LimitExceededException names a quota (waiting doesn't help) and not a rate. */
export const isQuota = (message: string): boolean =>
  QUOTA_WORDS.test(message) && !RATE_WORDS.test(message) && !STATE_WORD.test(message);

/** Failures that a second try a moment later hardly ever mends: the person waits for nothing. */
const HOPELESS =
  /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO|ERR_SSL_|UND_ERR_(INVALID|CLOSED|DESTROYED)|PROXY_4)/;
/** Failures that a moment may mend (a network that wakes up, an emulator that starts), but seldom minutes. */
const SELDOM_PASSING = new Set(["ENOTFOUND", "ECONNREFUSED"]);
const SELDOM_PASSING_ATTEMPTS = 3;
/** However patient a call is with a busy service: who is not reached in so many attempts has another problem. */
const UNREACHED_ATTEMPTS = 10;

export interface Circumstances {
  /** How often in a row the request could not be sent, this time included. */
  readonly unreached: number;
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
    const most = SELDOM_PASSING.has(failure.reason) ? SELDOM_PASSING_ATTEMPTS : UNREACHED_ATTEMPTS;
    if (now.unreached >= most) return "final";
    return "transient";
  }
  const { status, message, isCutShort } = failure.error;
  const code = bare(failure.error.code);
  if (THROTTLED.has(code)) return "throttled";
  if (code === "LimitExceeded") return isQuota(message) ? "final" : "throttled";
  if (code === EXPIRED) return now.renewable ? "expired-credentials" : "final";
  if (SKEWED.has(code)) return Math.abs(now.clockOffMs ?? 0) > SKEW_MS ? "skewed-clock" : "final";
  if (status === 429) return "throttled";
  // Refused, and only AWS's reason is lost: it had no effect, and the next answer tells whether waiting helps.
  if (isCutShort && status < 500) return "transient";
  if (TRANSIENT_STATUS.has(status) || TRANSIENT.has(code)) return unlessUnsafe("transient");
  return status >= 500 && !WITHOUT_EFFECT.has(status) ? unlessUnsafe("final") : "final";
}

const BASE_MS = { transient: 100, throttled: 500 };
const CAP_MS = 20_000;

/**
 * How long to wait after the `attempt`-th attempt (counted from one) failed: never less than the server asks for, however
 * long that is. The call's deadline decides whether it is waited at all.
 */
export function delayMs(verdict: "transient" | "throttled", attempt: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(CAP_MS, BASE_MS[verdict] * 2 ** (attempt - 1));
  return Math.max(random * ceiling, retryAfterMs);
}

/**
 * Retries are paid from a purse that only successes fill: when a service is down for everybody, a process that makes
 * many calls stops multiplying them by ten, and a single call still gets all its attempts. A time-out costs twice as much:
 * it held a connection all the while. The numbers are the standard mode's; a test compares them with the AWS SDK's.
 */
export class RetryQuota {
  static readonly CAPACITY = 500;
  static readonly COST = 5;
  static readonly TIMEOUT_COST = 10;
  #left = RetryQuota.CAPACITY;

  /** What a retry after this failure costs. */
  static costOf(failure: Failure): number {
    const timedOut = failure.kind === "lost" && /TIMEOUT|TIMEDOUT/.test(failure.reason);
    return timedOut ? RetryQuota.TIMEOUT_COST : RetryQuota.COST;
  }

  /** False: no retry, the purse is empty. */
  take(cost: number): boolean {
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }

  /** A success gives back what its last retry cost, or one where it needed none. */
  succeeded(lastCost = 1): void {
    this.#left = Math.min(RetryQuota.CAPACITY, this.#left + lastCost);
  }
}
