/**
 * Kills the provider before and after a call of an `up`, has the next `up` go on, and compares what there is then, and every
 * write that took effect, with an `up` that nobody disturbed. Each case has an account of its own at the emulator, so that what
 * else is left behind in one is seen.
 */
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { AccountView } from "../support/account-view";
import type { CountingProxy } from "../support/counting-proxy";
import { accountOf, isWrite, startCountingProxy, tookEffect } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import type { Json, Outcome, Run, Saved } from "./provider-process";
import { ProviderProcess } from "./provider-process";

export interface Scenario {
  readonly name: string;
  readonly resource: Run["resource"];
  /** The program of an `up` that is over; undefined: the resource is new. */
  readonly before?: Json;
  /** The program of the `up` that is killed; undefined: the resource is removed. */
  readonly after: Json | undefined;
  /** Made by somebody else beforehand. */
  readonly stream?: Json;
  /** The fewest splits and merges that there are, as tests/reshard proves them. */
  readonly operations?: number;
}

/** A call of the `up` at which it is killed: so many of its target came before. */
interface Kill {
  readonly target: string;
  readonly nth: number;
  readonly when: "before" | "after";
}

/** What the case was, and how the account looks after it. */
export interface Ending {
  readonly kill: string;
  readonly error: string | undefined;
  /** By stream: what a person would look at. */
  readonly streams: Json;
  /** The writes that took effect, sorted. */
  readonly writes: readonly string[];
  /** The writes of one more `up`. */
  readonly writesOfNext: readonly string[];
}

/** Cases at a time: their processes wait most of the time. The emulator lets five streams be CREATING in all accounts together. */
const AT_A_TIME = 5;

export class Crashes {
  #accounts = 100_000_000_000;

  private constructor(
    private readonly emulator: Emulator,
    private readonly proxy: CountingProxy,
  ) {}

  static async start(): Promise<Crashes> {
    const ms = { createMs: 20, deleteMs: 20, splitMs: 20, mergeMs: 20, startEncryptionMs: 20, stopEncryptionMs: 20 };
    const limits = { shardLimit: 100_000, onDemandStreamLimit: 1_000 };
    const emulator = await startEmulator({ ...ms, updateStreamModeMs: 20, ...limits });
    return new Crashes(emulator, await startCountingProxy(emulator.url));
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.emulator.stop();
  }

  /** The undisturbed ending, and one for each kill: before and after every call that `isInteresting`. */
  async endings(scenario: Scenario, isInteresting: (target: string) => boolean): Promise<[Ending, ...Ending[]]> {
    const { ending: undisturbed, targets } = await this.#play(scenario, undefined);
    const kills = targets.flatMap((target, index) => {
      const nth = targets.slice(0, index).filter((one) => one === target).length;
      return isInteresting(target) ? (["before", "after"] as const).map((when) => ({ target, nth, when })) : [];
    });
    const endings: Ending[] = [];
    const left = [...kills];
    const work = async () => {
      for (let kill = left.shift(); kill !== undefined; kill = left.shift()) {
        endings.push((await this.#play(scenario, kill)).ending);
      }
    };
    await Promise.all([...Array(AT_A_TIME)].map(work));
    return [undisturbed, ...endings];
  }

  async #play(scenario: Scenario, kill: Kill | undefined): Promise<{ ending: Ending; targets: string[] }> {
    const account = String(this.#accounts++);
    const view = new AccountView(this.emulator.url, account);
    const env = { ...emulatorEnv(this.proxy.url), AWS_ACCESS_KEY_ID: account };
    const up = (saved: Saved | undefined, program: Json | undefined) =>
      new ProviderProcess({ resource: scenario.resource, saved, program, env });
    if (scenario.stream !== undefined) {
      await view.ask("CreateStream", scenario.stream);
      await view.untilActive(String(scenario.stream.StreamName));
    }
    let saved: Saved | undefined;
    if (scenario.before !== undefined) saved = must((await up(undefined, scenario.before).outcome) ?? {});

    const calls = () => this.proxy.calls.filter((call) => accountOf(call) === account);
    const from = calls().length;
    const process = up(saved, scenario.after);
    let seen = 0;
    const unhook = this.proxy.hook(async (call) => {
      if (accountOf(call) !== account || call.target !== kill?.target || seen++ !== kill.nth) return undefined;
      await process.kill();
      return { cut: kill.when };
    });
    let outcome = await process.outcome;
    unhook();
    const targets = calls()
      .slice(from)
      .map(({ target }) => target);
    if (kill !== undefined && outcome !== undefined) {
      // How often is looked at a stream differs from run to run; what is written does not.
      if (!isWrite(kill.target) && kill.nth > 0) return this.#play(scenario, { ...kill, nth: kill.nth - 1 });
      throw new Error(`${scenario.name}: there was no call ${kill.nth + 1} of ${kill.target} to be killed at`);
    }
    // The engine keeps what it had before: an operation that was under way changes nothing in its state.
    if (outcome === undefined) outcome = await up(saved, scenario.after).outcome;
    const writes = calls()
      .slice(from)
      .filter((call) => isWrite(call.target) && tookEffect(call));
    const until = calls().length;
    const streams = await view.look();
    if (outcome?.error === undefined) await up(outcome?.saved, scenario.after).outcome;
    const next = calls()
      .slice(until)
      .filter(({ target }) => isWrite(target));
    const ending: Ending = {
      kill: kill === undefined ? "none" : `${kill.when} ${kill.target} ${kill.nth + 1}`,
      error: outcome?.error,
      streams,
      writes: writes.map(({ target }) => target).sort(),
      writesOfNext: next.map(({ target }) => target),
    };
    return { ending, targets };
  }
}

function must({ saved, error }: Outcome): Saved {
  if (saved === undefined || error !== undefined) throw new Error(`the up before the crash failed: ${error}`);
  return saved;
}
