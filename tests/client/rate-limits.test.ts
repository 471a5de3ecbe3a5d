import { describe, expect, test } from "@jest/globals";
import { ForgetfulMap } from "../../provider/client/forgetful-map";
import type { RateLimit } from "../../provider/client/operations";
import { RateLimits, TokenBucket } from "../../provider/client/rate-limits";
import type { Patience } from "../../provider/client/waiting";
import { fakePlatform } from "./fake-platform";

const until = (deadlineMs: number, signal?: AbortSignal): Patience => ({
  deadlineMs,
  late: () => new Error("late"),
  signal,
});
const patiently = until(Number.POSITIVE_INFINITY);

describe("TokenBucket", () => {
  test("no second sees more calls than the rate, and the first few never wait", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(5, clock);
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: 23 }, async () => {
        await bucket.take("a", patiently);
        times.push(clock.monotonicMs());
      }),
    );
    expect(times.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(times).toHaveLength(23);
    for (const time of times) {
      expect(times.filter((other) => other >= time && other < time + 1000).length).toBeLessThanOrEqual(5);
    }
    expect(times.at(-1)).toBeLessThan(4 * 1100);
  });

  test("streams take turns: one with many calls in line doesn't hold up the others", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    const order: string[] = [];
    const go = async (stream: string) => {
      await bucket.take(stream, patiently);
      order.push(stream);
    };
    await Promise.all([go("busy"), go("busy"), go("busy"), go("busy"), go("other"), go("third"), go("other")]);
    expect(order).toEqual(["busy", "busy", "other", "third", "busy", "other", "busy"]);
  });

  test("throttling makes it slower, successes fast again", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    const paceMs = async () => {
      await bucket.take("a", patiently);
      const before = clock.monotonicMs();
      await bucket.take("a", patiently);
      return Math.round(clock.monotonicMs() - before);
    };
    expect(await paceMs()).toBe(1050);
    bucket.throttled();
    bucket.throttled(); // refused together with the first: the same news
    expect(await paceMs()).toBe(1680);
    for (let count = 0; count < 20; count++) bucket.succeeded();
    await paceMs();
    expect(await paceMs()).toBe(1050);
  });

  test("who leaves frees the line, and nobody's timer is left behind", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", patiently);
    const abort = new AbortController();
    const waiting = bucket.take("a", until(Number.POSITIVE_INFINITY, abort.signal));
    const after = bucket.take("b", patiently);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await after;
    expect(clock.monotonicMs()).toBe(1050);
  });

  test("who can't be served in time learns it at once", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", patiently);
    await expect(bucket.take("a", until(500))).rejects.toThrow("late");
    expect(clock.monotonicMs()).toBe(0);
  });

  test("who joins a line that already waits for its token learns at once that it comes too late", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", patiently);
    const before = bucket.take("a", patiently);
    await expect(bucket.take("b", until(1_050))).rejects.toThrow("late");
    expect(clock.monotonicMs()).toBe(0);
    await before;
  });

  test("who waits learns at once when throttling moves its turn behind its deadline", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", patiently);
    const waiting = bucket.take("a", until(1_500));
    const patient = bucket.take("b", until(2_000));
    bucket.throttled();
    await expect(waiting).rejects.toThrow("late");
    expect(clock.monotonicMs()).toBe(0);
    await patient;
    expect(clock.monotonicMs()).toBe(1_680);
  });

  test("throttling holds back the tokens that are out already", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(5, clock);
    for (let count = 0; count < 3; count++) await bucket.take("a", patiently);
    clock.advance(500);
    bucket.throttled();
    await bucket.take("a", patiently);
    expect(clock.monotonicMs()).toBe(500 + 1_680);
  });

  test("a thousand calls of one stream don't starve the one call of another", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(5, clock);
    const order: string[] = [];
    const go = async (stream: string) => {
      await bucket.take(stream, patiently);
      order.push(stream);
    };
    const busy = Array.from({ length: 1_000 }, () => go("busy"));
    await go("other");
    // Five had gone before it came; of the next second's five calls it gets one.
    expect(clock.monotonicMs()).toBe(1_050);
    expect(order.indexOf("other")).toBeLessThanOrEqual(6);
    await Promise.all(busy);
    expect(order).toHaveLength(1_001);
  });
});

describe("what is remembered", () => {
  const rate: RateLimit = { calls: 5, per: "shard", source: "assumed" };

  test("entries are looked through so seldom that adding one costs the same however many there are", () => {
    let looks = 0;
    const map = new ForgetfulMap<{ over: boolean }>(({ over }) => {
      looks++;
      return over;
    }, 100);
    const entries = Array.from({ length: 50_000 }, () => ({ over: false }));
    for (const [index, entry] of entries.entries()) map.set(String(index), entry);
    expect(looks).toBeLessThan(2 * entries.length);
    expect(map.size).toBe(entries.length);
    // At most twice what is needed stays, and the first hundred.
    for (const entry of entries) entry.over = true;
    for (let index = 0; index < 100_000; index++) map.set(`later ${index}`, { over: true });
    expect(map.size).toBeLessThanOrEqual(100);
  });

  test("a slow-down that was learned outlives thousands of other shards' buckets; two minutes of silence end it", async () => {
    const clock = fakePlatform();
    const limits = new RateLimits(clock);
    const slowed = limits.bucket("GetRecords", rate, "orders shard-0");
    slowed.throttled();
    clock.advance(100_000);
    for (let shard = 1; shard < 5_000; shard++) limits.bucket("GetRecords", rate, `orders shard-${shard}`);
    expect(limits.bucket("GetRecords", rate, "orders shard-0")).toBe(slowed);
    clock.advance(21_000);
    expect(limits.idle).toBe(false);
    expect(limits.bucket("GetRecords", rate, "orders shard-0")).not.toBe(slowed);
    clock.advance(121_000);
    expect(limits.idle).toBe(true);
  });

  test("a bucket that somebody waits for is never forgotten", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", patiently);
    const waiting = bucket.take("a", patiently);
    clock.advance(500_000);
    expect(bucket.idle).toBe(false);
    await waiting;
    clock.advance(121_000);
    expect(bucket.idle).toBe(true);
  });
});
