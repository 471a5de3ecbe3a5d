import { describe, expect, test } from "@jest/globals";
import type { Circumstances, Failure, Verdict } from "../../provider/client/retry";
import { classify, delayMs, isQuota, RetryQuota } from "../../provider/client/retry";

const answered = (status: number, code: string, message = ""): Failure => ({
  kind: "answered",
  error: { status, code, message },
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
  ["an unknown host, third", lost("ENOTFOUND", false), { attempt: 3 }, "final"],
  ["nobody listens, third", lost("ECONNREFUSED", false), { attempt: 3 }, "final"],
  ["a proxy that wants a password", lost("PROXY_407", false), {}, "final"],
  ["a proxy that is broken", lost("PROXY_502", false), {}, "transient"],
  ["an unknown CA", lost("UNABLE_TO_VERIFY_LEAF_SIGNATURE", false), {}, "final"],
  ["a self-signed certificate", lost("DEPTH_ZERO_SELF_SIGNED_CERT", false), {}, "final"],
];

describe("classify", () => {
  for (const [name, failure, circumstances, safe, unsafe = safe] of table) {
    test(name, () => {
      const base: Circumstances = {
        attempt: 1,
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
  test("the server's wish is the least, within reason", () => {
    expect(delayMs("transient", 1, 0, 3000)).toBe(3000);
    expect(delayMs("transient", 1, 0, 3_600_000)).toBe(20_000);
  });
});

test("RetryQuota: a hundred retries without a success, then none; successes fill it again", () => {
  const quota = new RetryQuota();
  let granted = 0;
  while (quota.take()) granted++;
  expect(granted).toBe(100);
  quota.succeeded(false);
  expect(quota.take()).toBe(false);
  quota.succeeded(true);
  expect(quota.take()).toBe(true);
});
