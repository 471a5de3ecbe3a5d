import { describe, expect, test } from "@jest/globals";
import { CreatingGate, TokenBucket } from "../../provider/client/rate-limits";
import { fakePlatform } from "./fake-platform";

const never = () => new Error("late");
const NEVER = Number.POSITIVE_INFINITY;

describe("TokenBucket", () => {
  test("no second sees more calls than the rate, and the first few never wait", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(5, clock);
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: 23 }, async () => {
        await bucket.take("a", NEVER, never);
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
      await bucket.take(stream, NEVER, never);
      order.push(stream);
    };
    await Promise.all([go("busy"), go("busy"), go("busy"), go("busy"), go("other"), go("third"), go("other")]);
    expect(order).toEqual(["busy", "busy", "other", "third", "busy", "other", "busy"]);
  });

  test("throttling makes it slower, successes fast again", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    const paceMs = async () => {
      await bucket.take("a", NEVER, never);
      const before = clock.monotonicMs();
      await bucket.take("a", NEVER, never);
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
    await bucket.take("a", NEVER, never);
    const abort = new AbortController();
    const waiting = bucket.take("a", NEVER, never, abort.signal);
    const after = bucket.take("b", NEVER, never);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await after;
    expect(clock.monotonicMs()).toBe(1050);
  });

  test("who can't be served in time learns it at once", async () => {
    const clock = fakePlatform();
    const bucket = new TokenBucket(1, clock);
    await bucket.take("a", NEVER, never);
    await expect(bucket.take("a", 500, never)).rejects.toThrow("late");
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
      await gate.enter(name, async (stream) => creating.has(stream));
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
    for (const name of busy) await gate.enter(name, async () => true);
    const order: string[] = [];
    const abort = new AbortController();
    const enter = (name: string, signal?: AbortSignal) =>
      gate.enter(name, async (stream) => busy.has(stream), signal).then(() => order.push(name));
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
    for (const name of ["0", "1", "2", "3", "4"]) await gate.enter(name, async () => true);
    let looks = 0;
    const entering = gate.enter("5", async () => {
      looks++;
      if (looks < 12) throw new Error("no answer");
      return false;
    });
    await entering;
    expect(looks).toBeGreaterThanOrEqual(12);
  });
});
