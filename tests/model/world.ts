/**
 * One story in an account of its own: what is drawn happens to a stack, and after every `up` that succeeded the account is compared
 * with what the program says, and with what everybody else has in it. A person stands by who does what an error says, as long as
 * the error is one that the story explains.
 */
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { AccountView } from "../support/account-view";
import type { Call, CountingProxy } from "../support/counting-proxy";
import { accountOf, isWrite, startCountingProxy, tookEffect } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import type { Run, RunOptions } from "../support/engine-imitation";
import { EngineImitation } from "../support/engine-imitation";
import { eventually } from "../support/eventually";
import { fasterPlatform } from "../support/faster-platform";
import { mulberry32 } from "../support/mulberry32";
import type { Kill, LogicalName, Meddling, Spec, Step, Story, StreamSpec } from "./programs";
import { consumerName, declaredBy, KEYS, LOGICAL_NAMES } from "./programs";

const SPEED = 20;
/** The tag that a create carries until its last call. */
const MARK = "pulumi-kinesis:creating";
/** `up`s in a row that a person tries, each after doing what the last one said. */
const MOST_UPS = 8;
/** Another creation timestamp tells another stream, which AWS can't make within a second of deleting the first. */
const BETWEEN_STREAMS_MS = 1_100;

const isAutomatic = (name: string) => /-[0-9a-f]{7}$/.test(name);

export class Worlds {
  #accounts = 300_000_000_000;
  /** What happened in all stories: "up", "killed", … */
  readonly counts: Record<string, number> = {};

  private constructor(
    readonly emulator: Emulator,
    readonly proxy: CountingProxy,
  ) {}

  static async start(): Promise<Worlds> {
    const ms = { createMs: 5, deleteMs: 5, splitMs: 5, mergeMs: 5, updateStreamModeMs: 5 };
    const consumers = { registerConsumerMs: 5, deregisterConsumerMs: 5 };
    const emulator = await startEmulator({ ...ms, ...consumers, shardLimit: 100_000, onDemandStreamLimit: 1_000 });
    return new Worlds(emulator, await startCountingProxy(emulator.url));
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.emulator.stop();
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  async live(story: Story): Promise<void> {
    const world = new World(this, String(this.#accounts++), story.seed);
    try {
      await world.live(story.steps);
    } finally {
      this.count("stories");
      this.counts.calls = this.proxy.count();
      world.leave();
    }
  }
}

/** A stream that a killed run has made, and that no resource has in the state. */
interface Candidate {
  readonly logicalName: LogicalName;
  /** Killed between create's last call, which takes the mark away, and the save: nothing tells it from somebody else's. */
  readonly isUnmarked: boolean;
  /** A later program has not asked for it. */
  readonly isGivenUp: boolean;
}

interface CurrentRun {
  readonly token: string;
  readonly kill: Kill | undefined;
  readonly die: () => void;
  calls: number;
}

class World {
  readonly #view: AccountView;
  readonly #engine: EngineImitation;
  readonly #unhook: () => void;
  #program: Spec = {};
  #runs = 0;
  #current: CurrentRun | undefined;
  readonly #dead = new Set<string>();
  /** Streams of others by name, with the tags that must stay. */
  readonly #theirs = new Map<string, Record<string, string>>();
  /** Tags of others on streams of ours, by the stream's name and creation. */
  readonly #theirTags = new Map<string, Record<string, string>>();
  /** Streams of ours that somebody has changed: not seen until a refresh, and not mended until the next `up`. */
  readonly #drifted = new Map<LogicalName, "unseen" | "seen">();
  #killedGoal: string | undefined;
  readonly #candidates = new Map<string, Candidate>();
  /** Left behind where that is documented, or where the program has given up what was killed. */
  readonly #left = new Set<string>();
  /** Keys under our names on a stream that no resource answers for: "stream key". */
  readonly #strays = new Set<string>();

  constructor(
    private readonly worlds: Worlds,
    private readonly account: string,
    seed: number,
  ) {
    this.#view = new AccountView(worlds.emulator.url, account);
    const random = mulberry32(seed);
    this.#engine = new EngineImitation(() => this.#machine(random));
    this.#unhook = worlds.proxy.hook((call) => (accountOf(call) === account ? this.#decide(call) : undefined));
  }

  leave(): void {
    this.#unhook();
  }

  async live(steps: readonly Step[]): Promise<void> {
    await this.#view.ask("CreateStream", { StreamName: "theirs", ShardCount: 1, Tags: { k1: "theirs" } });
    await this.#view.untilActive("theirs");
    this.#theirs.set("theirs", { k1: "theirs" });
    for (const step of steps) await this.#take(step);
    await this.#up({ refresh: true });
    await this.#expectTheirsUntouched();
    await this.#destroy(undefined);
    const streams = await this.#view.streamNames();
    expectNone(
      "left by a destroy",
      streams.filter((name) => !this.#theirs.has(name) && !this.#left.has(name)),
    );
    await this.#expectTheirsUntouched();
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case "up": {
        this.#setProgram(step.program ?? this.#program);
        return this.#up(step, step.kill);
      }
      case "refresh": {
        const { run } = await this.#run((options) => this.#engine.refresh(options), undefined);
        expectNone("errors of a refresh", run.errors);
        this.#seen();
        return;
      }
      case "meddle":
        return this.#meddle(step.stream, step.how);
      case "destroy":
        return this.#destroy(step.kill);
    }
  }

  // -- runs ---------------------------------------------------------------------------------------------------------

  #setProgram(program: Spec): void {
    this.#program = program;
    for (const [name, candidate] of this.#candidates) {
      const spec = program[candidate.logicalName];
      const isAskedFor = spec?.name === "auto" ? isAutomatic(name) : name === `${candidate.logicalName}-${spec?.name}`;
      if (!isAskedFor) this.#candidates.set(name, { ...candidate, isGivenUp: true });
    }
  }

  /**
   * What a killed run has done is not in the state. The next run of the same goal does all of it again; one of another goal finds
   * in the state what it wants, and does not look.
   */
  #begin(goal: string): void {
    if (this.#killedGoal === undefined || this.#killedGoal === goal) return;
    for (const name of LOGICAL_NAMES) this.#drifted.set(name, "unseen");
  }

  /** `up` until it works, or is killed. */
  async #up({ refresh = false, oneByOne = false }: RunOptions, kill?: Kill): Promise<void> {
    const program = () => declaredBy(this.#program, this.account);
    const goal = JSON.stringify(this.#program);
    this.#begin(goal);
    const isKilled = await this.#untilDone(
      (isTold, options) => this.#engine.up(program(), { ...options, refresh: refresh || isTold, oneByOne }),
      kill,
    );
    this.#killedGoal = isKilled ? goal : undefined;
    if (isKilled) return;
    if (refresh) this.#seen();
    for (const [name, drift] of this.#drifted) if (drift === "seen") this.#drifted.delete(name);
    await this.#expectTruth();
    // What has been done needs nothing more, whether the state is as AWS has it or not.
    const from = this.#calls().length;
    const withRefresh = { refresh: this.#drifted.size === 0 };
    const { run } = await this.#run((options) => this.#engine.up(program(), { ...options, ...withRefresh }), undefined);
    expectNone("errors of an up that changes nothing", run.errors);
    expectNone("operations of an up that changes nothing", run.operations);
    const writes = this.#calls()
      .slice(from)
      .map(({ target }) => target);
    expectNone("writes of an up that changes nothing", writes.filter(isWrite));
  }

  async #destroy(kill: Kill | undefined): Promise<void> {
    const isKilled = await this.#untilDone((_, options) => this.#engine.destroy(options), kill);
    this.#killedGoal = isKilled ? "destroy" : undefined;
    if (isKilled) return;
    expectNone("in the state after a destroy", this.#engine.state);
    this.#setProgram({});
    this.#drifted.clear();
    await this.#expectNoneLeft();
  }

  async #untilDone(begin: (isTold: boolean, options: RunOptions) => Promise<Run>, kill: Kill | undefined) {
    let isTold = false;
    for (let ups = 0; ups < MOST_UPS; ups++) {
      const { run, isKilled } = await this.#run((options) => begin(isTold, options), ups === 0 ? kill : undefined);
      if (isKilled) return true;
      if (run.errors.length === 0) return false;
      isTold = false;
      for (const error of run.errors) isTold = (await this.#doWhatItSays(error)) === "refresh" || isTold;
    }
    throw new Error(`not done after ${MOST_UPS} runs`);
  }

  async #run(begin: (options: RunOptions) => Promise<Run>, kill: Kill | undefined) {
    const token = `run-${++this.#runs}`;
    let die = () => {};
    const killed = new Promise<void>((resolve) => {
      die = resolve;
    });
    this.#current = { token, kill, die, calls: 0 };
    const from = this.#calls().length;
    const run = await begin({ killed });
    const isKilled = this.#dead.has(token);
    this.worlds.count(isKilled ? "runs killed" : "runs");
    if (isKilled) {
      // What it had sent is carried out, whoever hears of it.
      await eventually("the calls of a killed run end", () =>
        this.#calls().every(({ status, cut }) => status !== undefined || cut !== undefined),
      );
      this.#afterKill(from);
    }
    return { run, isKilled };
  }

  #machine(random: () => number) {
    const machine = fasterPlatform(SPEED);
    const token = String(this.#current?.token);
    const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
      const result = await work;
      return this.#dead.has(token) ? new Promise<never>(() => {}) : result;
    };
    return {
      ...machine,
      random,
      // Killed, it does nothing any more; the proxy cuts what it still sends.
      sleep: (ms: number, signal?: AbortSignal) => whileAlive(machine.sleep(ms, signal)),
      env: { ...emulatorEnv(this.worlds.proxy.url), AWS_ACCESS_KEY_ID: this.account, AWS_SESSION_TOKEN: token },
      log: () => {},
    };
  }

  #decide({ headers }: Call) {
    const token = String(headers["x-amz-security-token"]);
    if (this.#dead.has(token)) return { cut: "before" as const };
    const run = this.#current;
    if (run?.kill === undefined || run.token !== token || run.calls++ !== run.kill.at) return undefined;
    this.#dead.add(token);
    run.die();
    return { cut: run.kill.when };
  }

  #calls() {
    return this.worlds.proxy.calls.filter((call) => accountOf(call) === this.account);
  }

  /** What a killed run has done and nobody has saved. */
  #afterKill(from: number): void {
    const done = this.#calls().slice(from).filter(tookEffect);
    for (const { target, body } of done) {
      const {
        StreamName,
        Tags = {},
        TagKeys = [],
      } = body as {
        StreamName: string;
        Tags?: Record<string, string>;
        TagKeys?: string[];
      };
      const isSaved = this.#engine.state.some(({ kind, outputs }) => kind === "Stream" && outputs.name === StreamName);
      const logicalName = LOGICAL_NAMES.find((name) => StreamName?.startsWith(`${name}-`));
      if (target === "CreateStream" && !isSaved && logicalName !== undefined) {
        this.#candidates.set(StreamName, { logicalName, isUnmarked: false, isGivenUp: false });
      }
      const candidate = this.#candidates.get(StreamName);
      if (target === "RemoveTagsFromStream" && TagKeys.includes(MARK) && candidate) {
        this.#candidates.set(StreamName, { ...candidate, isUnmarked: true });
      }
      if (target === "AddTagsToStream" || target === "CreateStream") {
        for (const key of Object.keys(Tags)) this.#strays.add(`${StreamName} ${key}`);
      }
    }
  }

  // -- a person -----------------------------------------------------------------------------------------------------

  /** @throws where the story does not explain the error */
  async #doWhatItSays(error: string): Promise<"refresh" | "again"> {
    this.worlds.count(`told: ${toldBy(error)}`);
    const exists = /stream (\S+) exists already/.exec(error)?.[1];
    if (exists !== undefined && !error.includes("consumer ") && (await this.#isKnown(exists))) {
      await this.#remove(exists);
      return "again";
    }
    const [, registered] = /consumer \S+ of stream \S+ exists already \((\S+)\)/.exec(error) ?? [];
    if (registered !== undefined && !this.#engine.state.some(({ id }) => id === registered)) {
      await this.#deregister(registered);
      return "again";
    }
    const [, blocked = "", names] =
      /stream (\S+) was not deleted: these consumers are registered with it: ([^ ]+(?:, [^ ]+)*)\. /.exec(error) ?? [];
    if (names !== undefined) {
      // A moment after it has refused to, the emulator deletes the stream all the same.
      await this.#remove(blocked);
      return "again";
    }
    const [, tagged = "", keys] = /stream (\S+) has other values for (.+) already/.exec(error) ?? [];
    if (
      keys?.split(", ").every((key) => this.#strays.has(`${tagged} ${key}`) || this.#isOfOneThatLeaves(tagged, key))
    ) {
      await this.#view.ask("RemoveTagsFromStream", { StreamName: tagged, TagKeys: keys.split(", ") });
      return "again";
    }
    if (error.includes("Run `pulumi refresh`") && this.#drifted.size > 0) return "refresh";
    throw new Error(`what the story does not explain: ${error}`);
  }

  /** A StreamTags that is not in the program any more is deleted last, and until then nobody is told that its keys are free. */
  #isOfOneThatLeaves(streamName: string, key: string): boolean {
    const names = declaredBy(this.#program, this.account).map(({ name }) => name);
    return this.#engine.state.some(
      ({ kind, name, id, outputs }) =>
        kind === "StreamTags" &&
        !names.includes(name) &&
        id.includes(`:stream/${streamName}/`) &&
        key in (outputs.tags as object),
    );
  }

  /** Whether somebody else, a killed run or a replacement that is not over has the name. */
  async #isKnown(name: string): Promise<boolean> {
    if (this.#theirs.has(name)) await this.#expectTheirsUntouched();
    const isReplaced = this.#engine.state.some((saved) => saved.isReplaced && saved.outputs.name === name);
    return (
      this.#theirs.has(name) || this.#left.has(name) || this.#candidates.get(name)?.isUnmarked === true || isReplaced
    );
  }

  async #remove(StreamName: string): Promise<void> {
    const names = await this.#view.streamNames();
    if (names.includes(StreamName)) await this.#deleteByHand(StreamName);
    this.#theirs.delete(StreamName);
    this.#left.delete(StreamName);
    this.#candidates.delete(StreamName);
  }

  async #deleteByHand(StreamName: string): Promise<void> {
    await this.#view.ask("DeleteStream", { StreamName, EnforceConsumerDeletion: true });
    await eventually(`${StreamName} is deleted`, async () => !(await this.#view.streamNames()).includes(StreamName));
  }

  async #deregister(ConsumerARN: string): Promise<void> {
    await this.#view.ask("DeregisterStreamConsumer", { ConsumerARN });
    const StreamARN = ConsumerARN.replace(/\/consumer\/.*$/, "");
    await eventually(
      `${ConsumerARN} is deregistered`,
      async () => (await this.#view.consumers(StreamARN)).length === 0,
    );
  }

  // -- everybody else -----------------------------------------------------------------------------------------------

  async #meddle(logicalName: LogicalName, how: Meddling): Promise<void> {
    const saved = this.#engine.saved(logicalName);
    const StreamName = String(saved?.outputs.name);
    if (saved === undefined || !(await this.#view.streamNames()).includes(StreamName) || this.#theirs.has(StreamName))
      return;
    await this.#view.untilActive(StreamName);
    const summary = await this.#view.summary(StreamName);
    const tags = await this.#view.tags(StreamName);
    const ours = KEYS.find((key) => key in tags);
    this.worlds.count(how);
    switch (how) {
      case "a tag of theirs": {
        await this.#view.ask("AddTagsToStream", { StreamName, Tags: { console: "by hand" } });
        this.#theirTags.set(identityOf(summary), { console: "by hand" });
        return;
      }
      case "our tag removed":
        if (ours !== undefined) await this.#view.ask("RemoveTagsFromStream", { StreamName, TagKeys: [ours] });
        break;
      case "our tag changed":
        if (ours !== undefined) {
          await this.#view.ask("AddTagsToStream", { StreamName, Tags: { [ours]: "by hand" } });
          // Whoever gives it up before the next refresh leaves it as somebody else's.
          this.#strays.add(`${StreamName} ${ours}`);
        }
        break;
      case "a split": {
        const [widest] = await this.#view.openShards(StreamName);
        if (modeOf(summary) === "ON_DEMAND" || widest === undefined) return;
        const { StartingHashKey: from, EndingHashKey: to } = widest.HashKeyRange;
        const NewStartingHashKey = String((BigInt(from) + BigInt(to)) / 2n);
        await this.#view.ask("SplitShard", { StreamName, ShardToSplit: widest.ShardId, NewStartingHashKey });
        await this.#view.untilActive(StreamName);
        break;
      }
      case "retention": {
        const RetentionPeriodHours = Number(summary.RetentionPeriodHours) + 24;
        await this.#view.ask("IncreaseStreamRetentionPeriod", { StreamName, RetentionPeriodHours });
        break;
      }
      case "deleted":
        await this.#deleteByHand(StreamName);
        break;
      case "re-created": {
        await this.#deleteByHand(StreamName);
        const createdMs = Date.parse(String(saved.outputs.creationTimestamp));
        await eventually("a second is over", () => Date.now() - createdMs > BETWEEN_STREAMS_MS);
        await this.#view.ask("CreateStream", { StreamName, ShardCount: 1, Tags: { theirs: "yes" } });
        await this.#view.untilActive(StreamName);
        this.#theirs.set(StreamName, { theirs: "yes" });
      }
    }
    this.#drifted.set(logicalName, "unseen");
  }

  #seen(): void {
    for (const name of this.#drifted.keys()) this.#drifted.set(name, "seen");
  }

  // -- what must be so ----------------------------------------------------------------------------------------------

  async #expectTheirsUntouched(): Promise<void> {
    for (const [name, theirs] of this.#theirs) {
      const tags = await this.#view.tags(name);
      // A StreamTags is for streams of others too: it knows a stream by ARN, which another one of the name has as well.
      const others = Object.fromEntries(
        Object.entries(tags).filter(([key]) => key in theirs || !(KEYS as readonly string[]).includes(key)),
      );
      expectSame(`the tags of their stream ${name}`, others, theirs);
      const { RetentionPeriodHours } = await this.#view.summary(name);
      const { length: shards } = await this.#view.openShards(name);
      expectSame(`their stream ${name}`, { RetentionPeriodHours, shards }, { RetentionPeriodHours: 24, shards: 1 });
    }
    for (const name of await this.#view.streamNames()) {
      const theirs = this.#theirTags.get(identityOf(await this.#view.summary(name))) ?? {};
      const tags = await this.#view.tags(name);
      for (const [key, value] of Object.entries(theirs)) expectSame(`their tag ${key} on ${name}`, tags[key], value);
    }
  }

  /** After an `up` that succeeded. */
  async #expectTruth(): Promise<void> {
    for (const logicalName of LOGICAL_NAMES) {
      const spec = this.#program[logicalName];
      if (spec === undefined) expectSame(`${logicalName} in the state`, this.#engine.saved(logicalName), undefined);
      else if (!this.#drifted.has(logicalName)) await this.#expectTrue(logicalName, spec);
    }
    await this.#expectNoneLeft();
  }

  async #expectTrue(logicalName: LogicalName, spec: StreamSpec): Promise<void> {
    const saved = this.#engine.saved(logicalName);
    const name = String(saved?.outputs.name);
    expectSame(`${logicalName} is whole`, saved?.initErrors, undefined);
    if (spec.name !== "auto") expectSame("the name", name, `${logicalName}-${spec.name}`);
    const summary = await this.#view.summary(name);
    const open = await this.#view.openShards(name);
    const isOnDemand = spec.shards === 0;
    const [metrics] = summary.EnhancedMonitoring as { ShardLevelMetrics: string[] }[];
    expectSame(
      `the settings of ${name}`,
      {
        arn: summary.StreamARN,
        status: summary.StreamStatus,
        mode: modeOf(summary),
        retention: summary.RetentionPeriodHours,
        metrics: metrics?.ShardLevelMetrics ?? [],
        shards: isOnDemand ? 0 : open.length,
        state: saved?.outputs.shardCount,
      },
      {
        arn: saved?.id,
        status: "ACTIVE",
        mode: isOnDemand ? "ON_DEMAND" : "PROVISIONED",
        retention: spec.retention,
        metrics: spec.metrics ? ["IncomingBytes"] : [],
        shards: spec.shards,
        state: isOnDemand ? saved?.outputs.shardCount : spec.shards,
      },
    );
    if (!isOnDemand) {
      // "up to 10 % wider and 25 % narrower than an even one", as docs/resharding.md has it.
      const widths = open.map(({ HashKeyRange: { StartingHashKey: from, EndingHashKey: to } }) =>
        Number(BigInt(to) - BigInt(from) + 1n),
      );
      const even = 2 ** 128 / spec.shards;
      const uneven = widths.map((width) => width / even).filter((width) => width > 1.1001 || width < 0.7499);
      expectNone(`shards of ${name} that are too wide or too narrow`, uneven);
    }
    await this.#expectTags(name, spec);
    const consumers = (await this.#view.consumers(summary.StreamARN)).map(({ ConsumerName }) => ConsumerName);
    const reader = consumerName(name, this.account);
    if (spec.consumer) expectSame(`the consumers of ${name}`, consumers, [reader]);
    else
      expectNone(
        `consumers of ${name} in the state`,
        this.#engine.state.filter(({ kind, id }) => kind === "StreamConsumer" && id.includes(`/${name}/`)),
      );
  }

  async #expectTags(name: string, spec: StreamSpec): Promise<void> {
    const tags = await this.#view.tags(name);
    expectSame(`the mark of a create on ${name}`, tags[MARK], undefined);
    for (const key of KEYS) {
      const wanted = spec.tags[key]?.value;
      if (wanted === undefined && this.#strays.has(`${name} ${key}`)) continue;
      expectSame(`tag ${key} of ${name}`, tags[key], wanted);
      this.#strays.delete(`${name} ${key}`);
    }
  }

  /** What a killed run has made is gone on with, unless that is not possible as documented, or nobody asks for it any more. */
  async #expectNoneLeft(): Promise<void> {
    const ours = this.#engine.state.filter(({ kind }) => kind === "Stream").map(({ outputs }) => outputs.name);
    for (const [name, { isUnmarked, isGivenUp }] of this.#candidates) {
      if (ours.includes(name) || !(isUnmarked || isGivenUp)) continue;
      this.#left.add(name);
      this.worlds.count(isUnmarked ? "left without a mark" : "left by a program that asks for it no more");
    }
    this.#candidates.clear();
    const streams = await this.#view.streamNames();
    expectNone(
      "streams left behind",
      streams.filter((name) => !ours.includes(name) && !this.#theirs.has(name) && !this.#left.has(name)),
    );
  }
}

const identityOf = ({ StreamARN, StreamCreationTimestamp }: { StreamARN: string; [other: string]: unknown }) =>
  `${StreamARN} ${StreamCreationTimestamp}`;

const modeOf = ({ StreamModeDetails }: { [other: string]: unknown }) =>
  (StreamModeDetails as { StreamMode: string } | undefined)?.StreamMode ?? "PROVISIONED";

const toldBy = (error: string) =>
  ["exists already", "consumers are registered", "has other values", "pulumi refresh"].find((words) =>
    error.includes(words),
  ) ?? "something else";

function expectSame(what: string, is: unknown, should: unknown): void {
  const [left, right] = [JSON.stringify(is), JSON.stringify(should)];
  if (left !== right) throw new Error(`${what}: is ${left} and should be ${right}`);
}

function expectNone(what: string, items: readonly unknown[]): void {
  if (items.length > 0) throw new Error(`${what}: ${JSON.stringify(items)}`);
}
