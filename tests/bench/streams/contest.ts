/**
 * The life of some streams (created, resharded from one shard to three, destroyed) by one tool after the other, each with an
 * emulator of its own behind a proxy that counts its calls. After each step Kinesis itself is asked whether it is true.
 */
import type { EmulatorOptions } from "../../../scripts/emulator";
import { startEmulator } from "../../../scripts/emulator";
import { AccountView } from "../../support/account-view";
import { actAsAccount } from "../../support/aws-account";
import type { RecordedCall } from "../../support/counting-proxy";
import { startCountingProxy } from "../../support/counting-proxy";
import { load } from "../bench";
import { limitCreating } from "./creating-limit";

/** In the order in which they are done. "start" is the tool at work on no stream, "again" what it does where all is true already. */
export const WORKS = ["start", "create", "again", "reshard", "destroy"] as const;
export type Work = (typeof WORKS)[number];

export interface Arena {
  readonly url: string;
  readonly streams: number;
}

/** A tool that has made itself ready. */
export interface Entry {
  readonly works: Partial<Record<Work, () => Promise<void>>>;
  leave(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** What it does, and what stands beside its figures. */
  readonly how: string;
  /** Its times say nothing beside the others', and `how` says why. */
  readonly incomparable?: true;
  /** Throws `NotHere` where the machine lacks it. */
  version(): Promise<string>;
  enter(arena: Arena): Promise<Entry>;
  /** What it works on instead of the emulator. */
  readonly upstream?: () => Promise<{ readonly url: string; stop(): Promise<void> }>;
}

/** Why a tool is not measured, and what to do about it. */
export class NotHere extends Error {}

export interface Step {
  readonly work: Work;
  readonly seconds: number;
  /** By operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** Of these, how many were refused because of a limit. */
  readonly throttled: number;
}

export interface Performed {
  readonly name: string;
  readonly how: string;
  readonly incomparable: boolean;
  readonly version?: string;
  readonly notMeasured?: string;
  readonly failed?: string;
  readonly load: number;
  readonly steps: readonly Step[];
}

export interface Setting {
  /** What stands above its table. */
  readonly title: string;
  readonly streams: number;
  readonly emulator: EmulatorOptions & { readonly createMs: number };
  /** With AWS's rates and lag, which the emulator has not. */
  readonly account: boolean;
  readonly contenders: readonly Contender[];
}

export interface Contest extends Omit<Setting, "contenders"> {
  readonly performed: readonly Performed[];
}

export async function hold(setting: Setting, log: (line: string) => void): Promise<Contest> {
  const { contenders, ...rest } = setting;
  const performed: Performed[] = [];
  for (const contender of contenders) performed.push(await perform(contender, rest, log));
  return { ...rest, performed };
}

async function perform(
  contender: Contender,
  { title, streams, emulator, account }: Omit<Setting, "contenders">,
  log: (line: string) => void,
): Promise<Performed> {
  const { name, how, incomparable = false } = contender;
  const steps: Step[] = [];
  const performed = { name, how, incomparable, load: load(), steps };
  let version: string;
  try {
    version = await contender.version();
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    log(`${title}: ${name} not measured: ${error.message}`);
    return { ...performed, notMeasured: error.message };
  }
  const upstream = await (contender.upstream?.() ?? startEmulator(emulator));
  const proxy = await startCountingProxy(upstream.url);
  if (account) actAsAccount(proxy);
  else limitCreating(proxy, emulator.createMs);
  const view = new AccountView(upstream.url, "test");
  let entry: Entry | undefined;
  try {
    entry = await contender.enter({ url: proxy.url, streams });
    for (const work of WORKS) {
      const act = entry.works[work];
      if (act === undefined) continue;
      proxy.reset();
      const startedMs = performance.now();
      await act();
      const seconds = (performance.now() - startedMs) / 1_000;
      steps.push({ work, seconds, ...count(proxy.calls) });
      log(`${title}: ${name}: ${work} ${seconds.toFixed(1)} s, ${proxy.count()} calls`);
      await check(view, work, streams);
    }
    return { ...performed, version };
  } catch (error) {
    // The other tools are measured all the same, and the report says what has failed.
    const failed = error instanceof Error ? error.message : String(error);
    log(`${title}: ${name} failed: ${failed}`);
    return { ...performed, version, failed };
  } finally {
    await entry?.leave();
    await proxy.stop();
    await upstream.stop();
  }
}

/** What is measured is worth nothing unless it was done. */
async function check(view: AccountView, work: Work, streams: number): Promise<void> {
  const expected = { start: 0, create: 1, again: 1, reshard: 3, destroy: 0 }[work];
  const names = Array.from({ length: streams }, (_, n) => `stream-${n}`);
  if (expected === 0) {
    const { StreamNames } = await view.ask<{ StreamNames: string[] }>("ListStreams", {});
    if (StreamNames.length > 0) throw new Error(`after ${work} there are streams: ${StreamNames}`);
    return;
  }
  for (const name of names) {
    const { StreamStatus } = await view.summary(name);
    const open = (await view.openShards(name)).length;
    if (StreamStatus !== "ACTIVE" || open !== expected) {
      throw new Error(`after ${work} ${name} is ${StreamStatus} with ${open} open shards`);
    }
  }
}

function count(calls: readonly RecordedCall[]): Pick<Step, "calls" | "throttled"> {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[operationOf(call)] = (counts[operationOf(call)] ?? 0) + 1;
  const throttled = calls.filter(
    ({ answer }) => (answer as { __type?: string } | undefined)?.__type?.endsWith("LimitExceededException") ?? false,
  );
  return { calls: counts, throttled: throttled.length };
}

/** CloudFormation speaks AWS's older protocol, with the operation in a form. */
function operationOf({ target, body }: RecordedCall): string {
  if (target.includes(" ") && typeof body === "string") return new URLSearchParams(body).get("Action") ?? target;
  return target;
}
