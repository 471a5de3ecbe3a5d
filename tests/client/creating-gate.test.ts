import { describe, expect, test } from "@jest/globals";
import type { IsCreating } from "../../provider/client/creating-gate";
import { CreatingGate } from "../../provider/client/creating-gate";
import type { Patience } from "../../provider/client/waiting";
import { fakePlatform } from "./fake-platform";

const until = (deadlineMs: number, signal?: AbortSignal): Patience => ({
  deadlineMs,
  late: () => new Error("late"),
  signal,
});
const patiently = until(Number.POSITIVE_INFINITY);
const MINUTE_MS = 60_000;

const FIVE = ["0", "1", "2", "3", "4"];
/** Five streams that have been created, and nobody has seen since. */
async function full(clock = fakePlatform()) {
  const gate = new CreatingGate(clock);
  for (const name of FIVE) (await gate.enter(name, async () => true, patiently)).keep();
  return { clock, gate };
}

describe("CreatingGate", () => {
  test("five at once; a place is free when its stream is seen ACTIVE", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    const creating = new Set<string>();
    let most = 0;
    const create = async (name: string) => {
      const place = await gate.enter(name, async (stream) => creating.has(stream), patiently);
      creating.add(name);
      place.keep();
      most = Math.max(most, creating.size);
      void clock.sleep(3000).then(() => creating.delete(name));
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => create(`s${index}`)));
    expect(most).toBe(5);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(6000);
  });

  test("first come, first served; who gives up lets nobody overtake", async () => {
    const { gate } = await full();
    const busy = new Set(FIVE);
    const order: string[] = [];
    const abort = new AbortController();
    const enter = (name: string, signal?: AbortSignal) =>
      gate
        .enter(name, async (stream) => busy.has(stream), until(Number.POSITIVE_INFINITY, signal))
        .then((place) => {
          order.push(name);
          place.keep();
        });
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
    const { gate } = await full();
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
    const { clock, gate } = await full();
    const silent = () => new Promise<boolean>(() => {});
    const long = gate.enter("long", silent, until(5_000)).catch(() => clock.monotonicMs());
    // Comes later and has less time: the timer that runs already is not its own.
    const short = gate.enter("short", silent, until(300)).catch(() => clock.monotonicMs());
    expect([await short, await long]).toEqual([300, 5_000]);
  });

  test("who leaves the line leaves no timer behind", async () => {
    const { clock, gate } = await full();
    const abort = new AbortController();
    const waiting = gate.enter("5", async () => true, until(60_000, abort.signal));
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await new Promise(setImmediate);
    expect(clock.monotonicMs()).toBe(0);
  });

  test("where nobody may look, AWS decides: each is asked once, and the create is sent", async () => {
    const { clock, gate } = await full();
    const asked: string[] = [];
    const mayNot: IsCreating = async (stream) => {
      asked.push(stream);
      return undefined;
    };
    await gate.enter("5", mayNot, patiently);
    expect(asked).toEqual(FIVE);
    expect(clock.monotonicMs()).toBe(1_000);
  });

  test("whoever in the line can tell is asked, not only the first", async () => {
    const { clock, gate } = await full();
    const busy = new Set(FIVE);
    const enter = async (name: string, isCreating: IsCreating) => {
      await gate.enter(name, isCreating, patiently);
      return clock.monotonicMs();
    };
    const times = Promise.all([
      enter("may not", async () => undefined),
      enter("fails", () => Promise.reject(new Error("no answer"))),
      enter("knows", async (stream) => busy.has(stream)),
    ]);
    await clock.sleep(5_500);
    busy.clear();
    for (const time of await times) {
      expect(time).toBeGreaterThanOrEqual(5_500);
      expect(time).toBeLessThan(8_000);
    }
  });

  test("a place is not looked at while its create is on the way: AWS may not know the stream yet", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    const places = await Promise.all(FIVE.map((name) => gate.enter(name, async () => true, patiently)));
    const asked: string[] = [];
    const entered = gate.enter(
      "5",
      async (stream) => {
        asked.push(stream);
        return false;
      },
      patiently,
    );
    await clock.sleep(3_500);
    expect(asked).toEqual([]);
    places[2]?.keep();
    await entered;
    expect(asked).toEqual(["2"]);
  });

  test("what created nothing gives its place back at once, unless another call creates the same stream", async () => {
    const clock = fakePlatform();
    const gate = new CreatingGate(clock);
    const [first, ...others] = await Promise.all(FIVE.map((name) => gate.enter(name, async () => true, patiently)));
    for (const place of others) place.keep();
    const again = await gate.enter("0", async () => true, patiently);
    again.giveBack();
    await expect(gate.enter("5", async () => true, until(clock.monotonicMs() + 3_000))).rejects.toThrow("late");
    const waiting = gate.enter("5", async () => true, patiently);
    const beforeMs = clock.monotonicMs();
    first?.giveBack();
    await waiting;
    expect(clock.monotonicMs()).toBe(beforeMs);
  });

  test("a place whose stream was seen frees it for who waits, at once", async () => {
    const { clock, gate } = await full();
    const waiting = gate.enter("5", async () => true, patiently);
    gate.left("3");
    await waiting;
    expect(clock.monotonicMs()).toBe(0);
  });

  test("a stream that stays CREATING for long keeps its place as long as it is seen", async () => {
    const { gate } = await full();
    await expect(gate.enter("5", async () => true, until(25 * MINUTE_MS))).rejects.toThrow("late");
  });

  test("a stream that nobody has seen for ten minutes loses it", async () => {
    const { clock, gate } = await full();
    expect(gate.idle).toBe(false);
    clock.advance(10 * MINUTE_MS + 1);
    expect(gate.idle).toBe(true);
    await gate.enter("5", async () => true, patiently);
    expect(gate.idle).toBe(false);
  });
});
