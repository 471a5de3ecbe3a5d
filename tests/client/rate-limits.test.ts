import { describe, expect, test } from "@jest/globals";
import { CreatingGate } from "../../provider/client/creating-gate";
import { TokenBucket } from "../../provider/client/rate-limits";
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
});

describe("CreatingGate", () => {
  test("five at once; a place is free when its stream is seen ACTIVE", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    const creating = new Set<string>();
    let most = 0;
    const create = async (name: string) => {
      await gate.enter(name, async (stream) => creating.has(stream), patiently);
      creating.add(name);
      most = Math.max(most, creating.size);
      void clock.sleep(3000).then(() => creating.delete(name));
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => create(`s${index}`)));
    expect(most).toBe(5);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(6000);
  });

  test("first come, first served; who gives up lets nobody overtake", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    const busy = new Set(["0", "1", "2", "3", "4"]);
    for (const name of busy) await gate.enter(name, async () => true, patiently);
    const order: string[] = [];
    const abort = new AbortController();
    const enter = (name: string, signal?: AbortSignal) =>
      gate
        .enter(name, async (stream) => busy.has(stream), until(Number.POSITIVE_INFINITY, signal))
        .then(() => order.push(name));
    const first = enter("first");
    const leaves = enter("leaves", abort.signal);
    const last = enter("last");
    abort.abort(new Error("enough"));
    await expect(leaves).rejects.toThrow("enough");
    busy.delete("3");
    await first;
    busy.delete("1");
    await last;
    expect(order).toEqual(["first", "last"]);
  });

  test("a look that fails keeps the place taken", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    for (const name of ["0", "1", "2", "3", "4"]) await gate.enter(name, async () => true, patiently);
    let looks = 0;
    const look = async () => {
      looks++;
      if (looks < 12) throw new Error("no answer");
      return false;
    };
    await gate.enter("5", look, patiently);
    expect(looks).toBeGreaterThanOrEqual(12);
  });

  test("nobody waits beyond the deadline, even while a look has no answer", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    for (const name of ["0", "1", "2", "3", "4"]) await gate.enter(name, async () => true, patiently);
    const silent = () => new Promise<boolean>(() => {});
    const long = gate.enter("long", silent, until(5_000)).catch(() => clock.monotonicMs());
    // Comes later and has less time: the timer that runs already is not its own.
    const short = gate.enter("short", silent, until(300)).catch(() => clock.monotonicMs());
    expect([await short, await long]).toEqual([300, 5_000]);
  });

  test("who leaves the line leaves no timer behind", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    for (const name of ["0", "1", "2", "3", "4"]) await gate.enter(name, async () => true, patiently);
    const abort = new AbortController();
    const waiting = gate.enter("5", async () => true, until(60_000, abort.signal));
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await new Promise(setImmediate);
    expect(clock.monotonicMs()).toBe(0);
  });
});
