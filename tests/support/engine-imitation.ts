/**
 * Pulumi's engine, as far as a dynamic provider can tell: which methods it calls with what and in which order, and what it saves
 * when. For tests that go through more `up`s than the real engine (4 CPU seconds each) has time for. As read in pulumi 3.245,
 * `pkg/resource/deploy/step_generator.go` and `step.go`, and in `@pulumi/pulumi/cmd/dynamic-provider/index.js`.
 */
import { isDeepStrictEqual } from "node:util";
import { isPresentable, KinesisError, PartialStateError } from "../../provider/errors";
import { ProviderContext } from "../../provider/lifecycle/context";
import type { Properties, Resource } from "../../provider/lifecycle/resource";
import { resourcePolicyResource } from "../../provider/lifecycle/resource-policy";
import { streamResource } from "../../provider/lifecycle/stream";
import { streamConsumerResource } from "../../provider/lifecycle/stream-consumer";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import type { Platform } from "../../provider/platform";

const KINDS = {
  Stream: streamResource,
  StreamTags: streamTagsResource,
  StreamConsumer: streamConsumerResource,
  ResourcePolicy: resourcePolicyResource,
} as const;
export type Kind = keyof typeof KINDS;

/** A resource as a program writes it. */
export interface Declared {
  readonly kind: Kind;
  /** The logical name; no two resources of a program have one. */
  readonly name: string;
  /** A function where they hold outputs of resources before it, which `of` answers. */
  readonly args: Properties | ((of: (name: string) => Properties) => Properties);
}

/** A resource in the state. */
export interface Saved {
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Why its last create or update did not come to its end: the next `up` calls update, whether or not anything differs. */
  readonly initErrors?: readonly string[];
  /** It was replaced, and its delete comes at the end of this run or of a later one. */
  readonly isReplaced?: boolean;
  /** The names of the resources whose outputs it uses. */
  readonly uses: readonly string[];
}

export interface Run {
  /** What was begun, in order: "create orders". */
  readonly operations: readonly string[];
  /** The sentences that a person sees; none: the run has succeeded. */
  readonly errors: readonly string[];
}

export interface RunOptions {
  /** Reads all that is in the state first. */
  readonly refresh?: boolean;
  /** Operations that could go on at the same time come one after the other, in the order of the program. */
  readonly oneByOne?: boolean;
  /** Ends the run as a kill does: at once, and nothing that is under way gets into the state. */
  readonly killed?: Promise<unknown>;
}

/** A stack: its state, and what may be done with it. Each run has a provider process of its own. */
export class EngineImitation {
  #state: readonly Saved[] = [];

  /** `machine` is asked for at the start of each run. */
  constructor(private readonly machine: () => Platform) {}

  get state(): readonly Saved[] {
    return this.#state;
  }

  /** What is in the state, not replaced, under this name. */
  saved(name: string): Saved | undefined {
    return this.#state.find((saved) => saved.name === name && !saved.isReplaced);
  }

  up(program: readonly Declared[], options: RunOptions = {}): Promise<Run> {
    return this.#run(options, async (run) => {
      if (options.refresh) await run.refresh();
      await run.carryOut(program);
      await run.deleteAll((saved) => saved.isReplaced || !program.some((declared) => isSame(declared, saved)));
    });
  }

  refresh(options: RunOptions = {}): Promise<Run> {
    return this.#run(options, (run) => run.refresh());
  }

  /** Checks nothing and asks no program. */
  destroy(options: RunOptions = {}): Promise<Run> {
    return this.#run(options, (run) => run.deleteAll(() => true));
  }

  async #run(options: RunOptions, work: (run: OneRun) => Promise<void>): Promise<Run> {
    let isAlive = true;
    const run = new OneRun(new ProviderContext(this.machine()), options.oneByOne === true, this.#state, (state) => {
      if (isAlive) this.#state = state;
    });
    const done = work(run).catch((error) => {
      if (!(error instanceof Stopped)) throw error;
    });
    await Promise.race([done, ...(options.killed ? [options.killed] : [])]);
    isAlive = false;
    done.catch(() => {});
    return { operations: [...run.operations], errors: [...run.errors] };
  }
}

/** What the provider refuses before anything is called. */
class CheckFailed extends KinesisError {
  readonly code = "ERR_KINESIS_CHECK_FAILED";
}
/** After an error the engine begins nothing more. */
class Stopped extends Error {}
/** An output of a resource that this run has not come to yet. */
class NotKnownYet extends Error {}

const isSame = (left: Pick<Saved, "kind" | "name">, right: Pick<Saved, "kind" | "name">) =>
  left.kind === right.kind && left.name === right.name;

/** What goes through the engine goes over a wire and into a file. */
const asJson = (properties: Properties): Properties => JSON.parse(JSON.stringify(properties));

type Step = () => Promise<void>;

class OneRun {
  readonly operations: string[] = [];
  readonly errors: string[] = [];
  readonly #resources: Readonly<Record<Kind, Resource>>;

  constructor(
    context: ProviderContext,
    private readonly oneByOne: boolean,
    private state: readonly Saved[],
    private readonly save: (state: readonly Saved[]) => void,
  ) {
    const kinds = Object.entries(KINDS).map(([kind, resource]) => [kind, resource(context)]);
    this.#resources = Object.fromEntries(kinds) as Record<Kind, Resource>;
  }

  async refresh(): Promise<void> {
    await this.#all(this.state.map((saved) => () => this.#read(saved)));
  }

  async #read(old: Saved): Promise<void> {
    const resource = this.#resources[old.kind];
    const { id, props, inputs } = await resource.read(old.id, asJson(old.outputs));
    if (id === undefined || props === undefined) return this.#put(old, undefined);
    const { initErrors: _, ...kept } = old;
    const read: Saved = { ...kept, id, inputs: asJson(inputs ?? old.inputs), outputs: asJson(props) };
    this.#put(old, read);
    // What a person is shown of the refresh: as if the old inputs were the program's.
    await resource.diff(id, asJson(props), asJson(old.inputs));
  }

  /** All resources of the program, each as soon as those whose outputs it uses are done. */
  async carryOut(program: readonly Declared[]): Promise<void> {
    const done = new Set<string>();
    for (let left = program; left.length > 0; left = left.filter(({ name }) => !done.has(name))) {
      const steps: Step[] = [];
      const ready = left.flatMap((declared) => {
        const written = this.#evaluate(declared, done);
        return written === undefined ? [] : [{ declared, ...written }];
      });
      if (ready.length === 0) throw new TypeError(`nobody declares what ${left[0]?.name} uses`);
      // Checks and diffs come in the order of the program, and what was begun before one fails goes on.
      for (const { declared, args, uses } of ready) {
        const step = await this.#tried(declared.name, () => this.#plan(declared, args, uses));
        if (this.errors.length > 0) break;
        if (step) steps.push(step);
      }
      await this.#all(steps);
      for (const { declared } of ready) done.add(declared.name);
    }
  }

  #evaluate({ kind, name, args }: Declared, done: ReadonlySet<string>) {
    const uses: string[] = [];
    const of = (used: string): Properties => {
      const saved = this.state.find((one) => one.name === used && !one.isReplaced);
      if (saved === undefined || !done.has(used)) throw new NotKnownYet();
      uses.push(used);
      return { ...saved.outputs, id: saved.id, arn: saved.id };
    };
    // As sdk/dynamic-resource.ts, sdk/stream.ts and sdk/stream-consumer.ts.
    const hidden = {
      __logicalName: name,
      __urn: `urn:pulumi:dev::test::pulumi-nodejs:dynamic/kinesis:${kind}::${name}`,
    };
    const ofStack = kind === "Stream" || kind === "StreamConsumer" ? { __stack: "acme/test/dev" } : {};
    try {
      return { args: asJson({ ...(typeof args === "function" ? args(of) : args), ...hidden, ...ofStack }), uses };
    } catch (error) {
      if (error instanceof NotKnownYet) return undefined;
      throw error;
    }
  }

  /** Checks and diffs; what is to be done then. */
  async #plan(declared: Declared, args: Properties, uses: readonly string[]): Promise<Step | undefined> {
    const { kind, name } = declared;
    const resource = this.#resources[kind];
    const old = this.state.find((saved) => isSame(saved, declared) && !saved.isReplaced);
    const inputs = await this.#check(resource, old?.inputs ?? {}, args);
    const fresh = { kind, name, uses };
    if (old === undefined) return () => this.#create(fresh, inputs, undefined);
    const { changes, replaces = [] } = await resource.diff(old.id, asJson(old.outputs), asJson(inputs));
    if (changes !== false && replaces.length > 0) {
      // Once more, and as if it were new: what was carried over from the old one, a name for example, is made anew.
      const anew = await this.#check(resource, {}, args);
      return () => this.#create(fresh, anew, old);
    }
    const isChanged = changes ?? !isDeepStrictEqual(old.inputs, inputs);
    if (isChanged || old.initErrors !== undefined) return () => this.#update({ ...old, uses }, old, inputs);
    this.#put(old, { ...old, inputs, uses });
    return undefined;
  }

  async #check(resource: Resource, olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, failures } = await resource.check(asJson(olds), asJson(news));
    const [failure] = failures;
    if (failure) throw new CheckFailed(`${failure.property} ${failure.reason}`);
    return asJson(inputs);
  }

  async #create(fresh: Pick<Saved, "kind" | "name" | "uses">, inputs: Properties, replaced: Saved | undefined) {
    this.operations.push(`${replaced ? "replace" : "create"} ${fresh.name}`);
    const keep = (created: Pick<Saved, "id" | "outputs" | "initErrors">) => {
      if (replaced) this.#put(replaced, { ...replaced, isReplaced: true });
      this.#put(undefined, { ...fresh, inputs, ...created });
    };
    try {
      const { id, outs } = await this.#resources[fresh.kind].create(asJson(inputs));
      keep({ id, outputs: asJson(outs) });
    } catch (error) {
      const partial = asPartial(error);
      if (partial) keep(partial);
      throw error;
    }
  }

  async #update(saved: Saved, old: Saved, inputs: Properties): Promise<void> {
    this.operations.push(`update ${saved.name}`);
    const { initErrors: _, ...kept } = saved;
    try {
      const { outs } = await this.#resources[saved.kind].update(saved.id, asJson(old.outputs), asJson(inputs));
      this.#put(old, { ...kept, inputs, outputs: asJson(outs) });
    } catch (error) {
      const partial = asPartial(error);
      // The engine lets an update change the state and never the id.
      if (partial) this.#put(old, { ...kept, inputs, outputs: partial.outputs, initErrors: partial.initErrors });
      throw error;
    }
  }

  /** Whoever uses another one is deleted before it. */
  async deleteAll(isWanted: (saved: Saved) => boolean | undefined): Promise<void> {
    for (let left = this.state.filter(isWanted); left.length > 0; left = this.state.filter(isWanted)) {
      const free = left.filter(({ name }) => !left.some(({ uses }) => uses.includes(name)));
      await this.#all(free.map((saved) => () => this.#delete(saved)));
    }
  }

  async #delete(saved: Saved): Promise<void> {
    this.operations.push(`delete ${saved.name}`);
    await this.#resources[saved.kind].delete(saved.id, asJson(saved.outputs));
    this.#put(saved, undefined);
  }

  /** After each operation, as Pulumi does. */
  #put(before: Saved | undefined, after: Saved | undefined): void {
    const added = after === undefined ? [] : [after];
    if (before === undefined) this.state = [...this.state, ...added];
    else this.state = this.state.flatMap((saved) => (saved === before ? added : [saved]));
    this.save(this.state);
  }

  /** @throws Stopped where one of them fails; the others of them go on to their end */
  async #all(steps: readonly Step[]): Promise<void> {
    const names = steps.map((step) => () => this.#tried("", step));
    if (!this.oneByOne) await Promise.all(names.map((step) => step()));
    else for (const step of names) if (this.errors.length === 0) await step();
    if (this.errors.length > 0) throw new Stopped();
  }

  async #tried<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      // What is no sentence for a person is a bug, wrapped in a partial state or not.
      const reason = error instanceof PartialStateError ? error.cause : error;
      if (!isPresentable(error) || !isPresentable(reason)) throw reason;
      this.errors.push(`${name}${name ? ": " : ""}${error.message}`);
      return undefined;
    }
  }
}

/** As the dynamic provider tells the engine: an error with an id is a resource that exists and did not come to its end. */
function asPartial(error: unknown): (Pick<Saved, "id" | "outputs"> & { initErrors: readonly string[] }) | undefined {
  const { id, properties = {}, reasons = [] } = error as { id?: string; properties?: Properties; reasons?: string[] };
  return id ? { id, outputs: asJson(properties), initErrors: reasons } : undefined;
}
