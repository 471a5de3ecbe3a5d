/** An account with AWS's limits, which others may use up all the time: one `up` is enough all the same. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { actAsAccount } from "../support/aws-account";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import type { Declared } from "../support/engine-imitation";
import { EngineImitation } from "../support/engine-imitation";
import { fasterPlatform } from "../support/faster-platform";

const STREAMS = 20;
/** Minutes of waiting pass in as many half seconds. */
const SPEED = 120;

let emulator: Emulator;
let proxy: CountingProxy;

beforeEach(async () => {
  emulator = await startEmulator({ createMs: 1, deleteMs: 1, splitMs: 1, mergeMs: 1, shardLimit: 1_000 });
  proxy = await startCountingProxy(emulator.url);
}, 60_000);

afterEach(async () => {
  await proxy.stop();
  await emulator.stop();
});

const program = (shardCount: number, team: string): Declared[] =>
  Array.from({ length: STREAMS }, (_, n) => {
    const name = `stream-${n}`;
    return { kind: "Stream", name, args: { name, shardCount, tags: { team } } };
  });

test.each([
  ["all of AWS's rates", 1],
  ["a fifth of them and less, as others use up the rest", 0.1],
])(
  "with %s, streams are created, resharded, tagged and destroyed by one run each",
  async (_name, share) => {
    const machine = fasterPlatform(SPEED);
    const account = actAsAccount(proxy, { share, now: machine.monotonicMs });
    const env = emulatorEnv(proxy.url);
    const engine = new EngineImitation(() => ({ ...machine, env, log: () => {} }));
    const times = (target: string) =>
      proxy.calls.filter((call) => call.target === target && call.status === 200).length;
    const runs = [() => engine.up(program(1, "a")), () => engine.up(program(3, "b")), () => engine.destroy()];
    for (const run of runs) expect((await run()).errors).toEqual([]);
    // Without it there would be nothing to outlive.
    if (share < 1) expect(account.throttled).toBeGreaterThan(STREAMS);
    expect([times("CreateStream"), times("SplitShard"), times("DeleteStream")]).toEqual([
      STREAMS,
      2 * STREAMS,
      STREAMS,
    ]);
  },
  300_000,
);
