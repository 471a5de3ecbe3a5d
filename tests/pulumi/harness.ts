/**
 * Runs the real Pulumi engine on a project of its own: its own directory, file backend, PULUMI_HOME and HOME, and no
 * AWS settings but those that the test gives. A run that hangs is killed at its deadline with everything it started.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "../../scripts/engine";
import { ensureEngine } from "../../scripts/engine";
import type { ProcessReference } from "../support/process-tree";
import { findDescendants, killAll, killTree } from "../support/process-tree";

const repository = join(__dirname, "..", "..");
const defaultDeadlineMs = 120_000;

/** What the engine did with resources: `create`, `update`, `replace`, `delete`, `same`, … and how often. */
export type Changes = Readonly<Partial<Record<string, number>>>;

export interface EngineEvent {
  readonly summaryEvent?: { readonly resourceChanges?: Changes; readonly maybeCorrupt?: boolean };
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: { readonly message: string; readonly severity: string; readonly urn?: string };
}

export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly detailedDiff?: Readonly<Record<string, { readonly diffKind: string; readonly inputDiff: boolean }>>;
}

export interface RunResult {
  /** Null if it was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both as they came: for messages and for looking for something that may be on either. */
  readonly output: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
}

export interface OperationResult extends RunResult {
  /** From the engine's last summary; empty if it didn't come so far. */
  readonly changes: Changes;
  /** Everything that the engine reported, in order. */
  readonly events: readonly EngineEvent[];
}

export interface RunOptions {
  /** Kills the run, and whatever it started, after this long. @default 120000 */
  readonly deadlineMs?: number;
  readonly onOutput?: (text: string) => void;
  /** On top of the project's environment, for this run only. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface OperationOptions extends RunOptions {
  /** Further arguments for this operation (`--target`, `--diff`, …). */
  readonly args?: readonly string[];
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
  readonly [other: string]: unknown;
}

export interface State {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly unknown[];
    readonly [other: string]: unknown;
  };
}

export interface ProjectOptions {
  /** The TypeScript program, index.ts, around which a project is made; or the folder of a whole project, which is copied. */
  readonly program: string | { readonly folder: string };
  /** @default "test" */
  readonly name?: string;
  /** `main` in Pulumi.yaml: the folder of the program inside the project. @default the project's own directory */
  readonly main?: string;
  /** AWS and any other variables that the engine, the program and the provider see. */
  readonly env?: Readonly<Record<string, string>>;
  /** Puts the program's packages into its directory. @default links into the repository */
  readonly install?: (programDirectory: string) => Promise<void>;
  /** Has Pulumi check the program's types before each run, as it does for users; takes seconds. @default false */
  readonly typeCheck?: boolean;
}

/** A run of `pulumi` that a test watches or kills while it goes on. */
export class RunningPulumi {
  readonly result: Promise<RunResult>;
  private printed = "";
  private orphans: readonly ProcessReference[] = [];

  constructor(
    private readonly child: ChildProcess,
    options: RunOptions,
  ) {
    const started = performance.now();
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      this.printed += text;
      options.onOutput?.(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      this.printed += text;
      options.onOutput?.(text);
    });
    const deadline = setTimeout(() => {
      timedOut = true;
      this.killAll();
    }, options.deadlineMs ?? defaultDeadlineMs);
    this.result = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => {
        clearTimeout(deadline);
        const durationMs = Math.round(performance.now() - started);
        resolve({ exitCode, stdout, stderr, output: this.printed, durationMs, timedOut });
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has printed so far, on both outputs. */
  get output(): string {
    return this.printed;
  }

  /** As Ctrl-C in a terminal: the engine finishes the step under way. A second one makes it give up. */
  interrupt(): void {
    this.child.kill("SIGINT");
  }

  /** A crash of the engine alone. What it had started has to notice by itself; the stack stays locked. */
  kill(): void {
    this.orphans = findDescendants(this.pid);
    this.child.kill("SIGKILL");
  }

  /** The engine and everything that it started, also before it was killed alone. */
  killAll(): void {
    const running = this.child.exitCode === null && this.child.signalCode === null;
    if (running) killTree(this.pid);
    killAll(this.orphans);
  }
}

let engineOfAll: Promise<Engine> | undefined;

export class PulumiProject {
  private readonly started: RunningPulumi[] = [];

  private constructor(
    /** The project: Pulumi.yaml, the program, node_modules. */
    readonly directory: string,
    readonly engine: Engine,
    private readonly root: string,
    private readonly programDirectory: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Writes the project. Call `init()` next, and `dispose()` in the end. */
  static async create(options: ProjectOptions): Promise<PulumiProject> {
    engineOfAll ??= ensureEngine({ log: (line) => process.stderr.write(`${line}\n`) });
    const engine = await engineOfAll;
    const root = await mkdtemp(join(tmpdir(), "pulumi kinesis-"));
    const directory = join(root, "project");
    const programDirectory = join(directory, options.main ?? ".");
    await Promise.all(
      [programDirectory, join(root, "home"), join(root, "state")].map((path) => mkdir(path, { recursive: true })),
    );

    const { program, typeCheck = false } = options;
    if (typeof program === "string") await writeProject(directory, programDirectory, program, options);
    else {
      const filter = (path: string) => !path.includes("node_modules");
      await cp(program.folder, directory, { recursive: true, filter });
    }
    await (options.install ?? linkPackages)(programDirectory);

    const env = { ...cleanEnvironment(root), ...engine.env, ...options.env };
    if (!typeCheck) env.PULUMI_NODEJS_TRANSPILE_ONLY = "true";
    return new PulumiProject(directory, engine, root, programDirectory, env);
  }

  async writeProgram(program: string): Promise<void> {
    await writeFile(join(this.programDirectory, "index.ts"), program);
  }

  async init(stack = "dev"): Promise<void> {
    mustSucceed("pulumi stack init", await this.run(["stack", "init", stack]));
  }

  async config(key: string, value: string, options: { secret?: boolean } = {}): Promise<void> {
    const kind = options.secret ? "--secret" : "--plaintext";
    mustSucceed(`pulumi config set ${key}`, await this.run(["config", "set", kind, key, "--", value]));
  }

  preview(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["preview"], options);
  }

  /** Without a preview of its own: tests that want one call `preview()`. */
  up(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["up", "--yes", "--skip-preview"], options);
  }

  refresh(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["refresh", "--yes", "--skip-preview"], options);
  }

  destroy(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["destroy", "--yes", "--skip-preview"], options);
  }

  async exportState(): Promise<State> {
    const exported = mustSucceed("pulumi stack export", await this.run(["stack", "export"]));
    return JSON.parse(exported.stdout) as State;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", "--show-secrets"];
    return JSON.parse(mustSucceed("pulumi stack output", await this.run(args)).stdout) as Record<string, unknown>;
  }

  /** Any `pulumi` command, to its end. Never rejects because of an exit code. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.start(args, options).result;
  }

  /** Any `pulumi` command, left running. */
  start(args: readonly string[], options: RunOptions = {}): RunningPulumi {
    return this.spawn(this.engine.pulumi, ["--non-interactive", "--color", "never", ...args], options);
  }

  /** Commands that call `pulumi`, as a pipeline does: GitHub's own way to start bash, whose options are GitLab's too. */
  startShell(commands: string, options: RunOptions = {}): RunningPulumi {
    return this.spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", commands], options);
  }

  /** The project's program without the engine, as one that starts the engine by itself. */
  runProgram(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const program = join(this.programDirectory, "index.ts");
    return this.spawn(process.execPath, ["--import", require.resolve("tsx"), program, ...args], options).result;
  }

  private spawn(command: string, args: readonly string[], options: RunOptions): RunningPulumi {
    const child = spawn(command, args, {
      cwd: this.directory,
      env: { ...this.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const running = new RunningPulumi(child, options);
    this.started.push(running);
    return running;
  }

  /** Kills what still runs and removes the directory. */
  async dispose(): Promise<void> {
    for (const run of this.started) run.killAll();
    await Promise.allSettled(this.started.map((run) => run.result));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private async operate(command: readonly string[], options: OperationOptions = {}): Promise<OperationResult> {
    const eventLog = join(this.root, `events-${Date.now()}-${Math.random().toString(36).slice(2)}.json`);
    const result = await this.run([...command, "--event-log", eventLog, ...(options.args ?? [])], options);
    const events = await readEvents(eventLog);
    const summary = events.findLast((event) => event.summaryEvent)?.summaryEvent;
    return { ...result, events, changes: summary?.resourceChanges ?? {} };
  }
}

function mustSucceed(what: string, result: RunResult): RunResult {
  if (result.exitCode === 0) return result;
  const how = result.timedOut ? `was killed after ${result.durationMs} ms` : `ended with exit code ${result.exitCode}`;
  throw new Error(`${what} ${how}:\n${result.output}`);
}

/** One JSON object a line. The last line may be cut off if the engine was killed. */
async function readEvents(file: string): Promise<EngineEvent[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line.trim() === "" ? [] : [JSON.parse(line) as EngineEvent];
    } catch {
      return [];
    }
  });
}

async function writeProject(directory: string, programDirectory: string, program: string, options: ProjectOptions) {
  const { name = "test", main, install } = options;
  await writeFile(join(directory, "Pulumi.yaml"), pulumiYaml(name, main));
  await writeFile(
    join(programDirectory, "package.json"),
    // An installer writes the dependencies itself.
    `${JSON.stringify({ name, private: true, main: "index.ts", ...(install ? {} : { dependencies }) })}\n`,
  );
  await writeFile(join(programDirectory, "tsconfig.json"), `${JSON.stringify(templateTsconfig, undefined, 2)}\n`);
  await writeFile(join(programDirectory, "index.ts"), program);
}

function pulumiYaml(name: string, main: string | undefined): string {
  return `name: ${name}\nruntime: nodejs\n${main === undefined ? "" : `main: ${main}\n`}`;
}

/** What a person's package.json names; `linkPackages` puts it there. */
const dependencies = { "@pulumi/pulumi": "*", "pulumi-kinesis": "*" };

/** As Pulumi's own TypeScript template has it. */
const templateTsconfig = {
  compilerOptions: {
    strict: true,
    outDir: "bin",
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    experimentalDecorators: true,
    pretty: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
  },
  files: ["index.ts"],
};

/** What `npm install` would put there, as links into the repository. */
async function linkPackages(programDirectory: string): Promise<void> {
  const modules = join(programDirectory, "node_modules");
  const links: Record<string, string> = {
    "pulumi-kinesis": repository,
    "@pulumi/pulumi": join(repository, "node_modules", "@pulumi", "pulumi"),
    "@types/node": join(repository, "node_modules", "@types", "node"),
    typescript: join(repository, "node_modules", "typescript"),
  };
  for (const [name, target] of Object.entries(links)) {
    if (!existsSync(target)) throw new Error(`${target} is missing: run npm ci in ${repository}.`);
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(target, join(modules, name), "dir");
  }
}

/** Nothing of the person's own AWS or Pulumi settings gets in: not from the environment, not from their home directory. */
function cleanEnvironment(root: string): Record<string, string> {
  const home = join(root, "home");
  return {
    HOME: home,
    TMPDIR: process.env.TMPDIR ?? tmpdir(),
    LANG: process.env.LANG ?? "C.UTF-8",
    PULUMI_HOME: join(home, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "tests",
    // Without it `--event-log` is no flag; Pulumi's Automation API sets it for the same reason.
    PULUMI_DEBUG_COMMANDS: "true",
    // Without it AWS's credential chain asks the network for a machine role and waits for the answer.
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
