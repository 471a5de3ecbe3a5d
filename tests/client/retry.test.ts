import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import * as standardMode from "@smithy/core/retry";
import type { Circumstances, Failure, Verdict } from "../../provider/client/retry";
import { classify, delayMs, isQuota, RetryQuota } from "../../provider/client/retry";

const answered = (status: number, code: string, message = "", isCutShort = false): Failure => ({
  kind: "answered",
  error: { status, code, message, isCutShort },
});
const lost = (reason: string, sent: boolean): Failure => ({ kind: "lost", reason, sent });
const minutes = (count: number) => count * 60_000;

// failure, circumstances, verdict where repeating is safe, verdict where it isn't (the same where absent)
const table: Array<[string, Failure, Partial<Circumstances>, Verdict, Verdict?]> = [
  ["a busy shard", answered(400, "ProvisionedThroughputExceededException"), {}, "throttled"],
  ["throttling by another name", answered(400, "ThrottlingException"), {}, "throttled"],
  ["KMS too busy", answered(400, "KMSThrottlingException"), {}, "throttled"],
  ["429 without a code", answered(429, "HTTP_429"), {}, "throttled"],
  ["a rate", answered(400, "LimitExceededException", "Rate exceeded for stream x under account 1."), {}, "throttled"],
  ["a limit without words", answered(400, "LimitExceededException"), {}, "throttled"],
  [
    "the shard quota",
    answered(
      400,
      "LimitExceededException",
      "This request would exceed the shard limit for the account 1 in us-east-1.",
    ),
    {},
    "final",
  ],
  ["the stream exists", answered(400, "ResourceInUseException"), {}, "final"],
  ["no permission", answered(400, "AccessDeniedException"), {}, "final"],
  ["an internal failure", answered(500, "InternalFailure"), {}, "transient", "ambiguous"],
  ["an internal failure with 400", answered(400, "InternalFailureException"), {}, "transient", "ambiguous"],
  ["503 from a load balancer", answered(503, "HTTP_503"), {}, "transient", "ambiguous"],
  ["503 that says it throttles", answered(503, "SlowDown"), {}, "throttled"],
  ["502", answered(502, "HTTP_502"), {}, "transient", "ambiguous"],
  ["504", answered(504, "HTTP_504"), {}, "transient", "ambiguous"],
  ["501: certainly without effect", answered(501, "HTTP_501"), {}, "final"],
  ["another 5xx: the standard mode asks no second time", answered(507, "HTTP_507"), {}, "final", "ambiguous"],
  ["a busy shard without the suffix", answered(400, "ProvisionedThroughputExceeded"), {}, "throttled"],
  ["KMS too busy without the suffix", answered(400, "KMSThrottling"), {}, "throttled"],
  ["a rate without the suffix", answered(400, "LimitExceeded", "Rate exceeded"), {}, "throttled"],
  ["a quota without the suffix", answered(400, "LimitExceeded", "would exceed the shard limit"), {}, "final"],
  ["expired credentials without the suffix", answered(400, "ExpiredToken"), {}, "expired-credentials"],
  ["a closed client's connections", lost("UND_ERR_CLOSED", false), {}, "final"],
  ["a refusal whose reason is cut off", answered(400, "HTTP_400", "", true), {}, "transient"],
  ["a failure whose reason is cut off", answered(507, "HTTP_507", "", true), {}, "final", "ambiguous"],
  ["not reached in ten attempts", lost("UND_ERR_CONNECT_TIMEOUT", false), { unreached: 10 }, "final"],
  ["a redirect", answered(301, "HTTP_301"), {}, "final"],
  ["expired credentials", answered(400, "ExpiredTokenException"), { renewable: true }, "expired-credentials"],
  ["expired constants", answered(400, "ExpiredTokenException"), { renewable: false }, "final"],
  ["a bad signature, clocks agree", answered(400, "InvalidSignatureException"), { clockOffMs: minutes(1) }, "final"],
  ["a bad signature, no date", answered(400, "InvalidSignatureException"), {}, "final"],
  [
    "a bad signature, we are late",
    answered(400, "InvalidSignatureException"),
    { clockOffMs: minutes(20) },
    "skewed-clock",
  ],
  [
    "a bad signature, we are early",
    answered(400, "RequestTimeTooSkewed"),
    { clockOffMs: -minutes(20) },
    "skewed-clock",
  ],
  ["a truncated answer", { kind: "unreadable" }, {}, "transient", "ambiguous"],
  ["reset after sending", lost("ECONNRESET", true), {}, "transient", "ambiguous"],
  ["no answer in time", lost("ERR_TIMEOUT", true), {}, "transient", "ambiguous"],
  ["TLS broke off in the middle", lost("EPROTO", true), {}, "transient", "ambiguous"],
  ["no connection in time", lost("UND_ERR_CONNECT_TIMEOUT", false), {}, "transient"],
  ["DNS is busy", lost("EAI_AGAIN", false), {}, "transient"],
  ["an unknown host, first", lost("ENOTFOUND", false), {}, "transient"],
  ["an unknown host, third", lost("ENOTFOUND", false), { unreached: 3 }, "final"],
  ["nobody listens, third", lost("ECONNREFUSED", false), { unreached: 3 }, "final"],
  ["a proxy that wants a password", lost("PROXY_407", false), {}, "final"],
  ["a proxy that is broken", lost("PROXY_502", false), {}, "transient"],
  ["an unknown CA", lost("UNABLE_TO_VERIFY_LEAF_SIGNATURE", false), {}, "final"],
  ["a self-signed certificate", lost("DEPTH_ZERO_SELF_SIGNED_CERT", false), {}, "final"],
];

describe("classify", () => {
  for (const [name, failure, circumstances, safe, unsafe = safe] of table) {
    test(name, () => {
      const base: Circumstances = {
        unreached: 1,
        retryAfterAmbiguity: true,
        clockOffMs: undefined,
        renewable: true,
        ...circumstances,
      };
      expect(classify(failure, base)).toBe(safe);
      expect(classify(failure, { ...base, retryAfterAmbiguity: false })).toBe(unsafe);
    });
  }
});

test.each([
  ["Rate exceeded for stream orders under account 1.", false],
  ["Rate limit exceeded for CreateStream", false],
  ["Too many streams are in the CREATING state. Limit for the account: 5", false],
  ["", false],
  ["Request would exceed the shard limit of 5", true],
  [
    "This request would exceed the shard limit for the account 1 in us-east-1. Current shard count for the account: 4. Limit: 3.",
    true,
  ],
  ["Stream orders has reached its limit of enhanced fan-out consumers", true],
  ["You have reached the limit of 20 consumers registered with the stream", true],
  ["Rate exceeded for consumer a of stream orders", false],
  ["5 consumers of stream orders are in the CREATING state", false],
  ["UpdateShardCount can be called 10 times per rolling 24-hour period. Please try again later", true],
  ["Limit of 5 TPS exceeded, try again later", false],
  ["Limit exceeded, try again later", false],
  ["You have exceeded the maximum number of UpdateShardCount calls in 24 hours.", true],
])("isQuota(%j) is %p", (message, quota) => {
  expect(isQuota(message)).toBe(quota);
});

describe("delayMs is full jitter under a ceiling that doubles", () => {
  const ceilings = (verdict: "transient" | "throttled") =>
    Array.from({ length: 10 }, (_, index) => delayMs(verdict, index + 1, 1));
  test("transient", () => {
    expect(ceilings("transient")).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000]);
  });
  test("throttled", () => {
    expect(ceilings("throttled")).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, 20_000]);
  });
  test("chance goes down to nothing", () => {
    expect(delayMs("transient", 5, 0)).toBe(0);
    expect(delayMs("transient", 5, 0.5)).toBe(800);
  });
  test("never before the server wants it", () => {
    expect(delayMs("transient", 1, 0, 3000)).toBe(3000);
    expect(delayMs("transient", 1, 0, 60_000)).toBe(60_000);
    expect(delayMs("transient", 10, 1, 3000)).toBe(20_000);
  });
});

describe("RetryQuota", () => {
  const granted = (cost: number) => {
    const quota = new RetryQuota();
    let count = 0;
    while (count < 1000 && quota.take(cost)) count++;
    return { quota, count };
  };

  test("a hundred retries without a success, then none; successes fill it again", () => {
    const { quota, count } = granted(RetryQuota.COST);
    expect(count).toBe(100);
    quota.succeeded();
    expect(quota.take(RetryQuota.COST)).toBe(false);
    quota.succeeded(RetryQuota.COST);
    expect(quota.take(RetryQuota.COST)).toBe(true);
  });

  test("half as many where each is a time-out", () => {
    expect(granted(RetryQuota.costOf(lost("ERR_TIMEOUT", true))).count).toBe(50);
    expect(granted(RetryQuota.costOf(lost("UND_ERR_CONNECT_TIMEOUT", false))).count).toBe(50);
    expect(granted(RetryQuota.costOf(lost("ECONNRESET", true))).count).toBe(100);
    expect(granted(RetryQuota.costOf(answered(503, "SlowDown"))).count).toBe(100);
  });
});

describe("as AWS's own standard mode has it", () => {
  const now: Circumstances = { unreached: 1, retryAfterAmbiguity: true, clockOffMs: undefined, renewable: true };
  const named = (name: string) => Object.assign(new Error(), { name, $metadata: {} }) as never;

  test("its costs", () => {
    expect([RetryQuota.CAPACITY, RetryQuota.COST, RetryQuota.TIMEOUT_COST]).toEqual([
      standardMode.INITIAL_RETRY_TOKENS,
      standardMode.RETRY_COST,
      standardMode.TIMEOUT_RETRY_COST,
    ]);
  });

  test("every code that it takes for throttling", () => {
    const source = readFileSync(require.resolve("@smithy/core/retry"), "utf8");
    const [, list = ""] = /THROTTLING_ERROR_CODES = \[([^\]]+)\]/.exec(source) ?? [];
    const codes = [...list.matchAll(/"(\w+)"/g)].map(([, code]) => String(code));
    expect(codes).toContain("ProvisionedThroughputExceededException");
    for (const code of codes) {
      expect(standardMode.isThrottlingError(named(code))).toBe(true);
      expect([code, classify(answered(400, code), now)]).toEqual([code, "throttled"]);
    }
  });

  test("every status that it takes for passing", () => {
    for (let status = 500; status < 600; status++) {
      const passing = standardMode.isTransientError(
        Object.assign(new Error(), { $metadata: { httpStatusCode: status } }) as never,
      );
      expect([status, classify(answered(status, `HTTP_${status}`), now)]).toEqual([
        status,
        passing ? "transient" : "final",
      ]);
    }
  });
});
