/**
 * Pulumi's CLI built from its Go module. `scripts/engine-build/go.mod` names the module as a tool, and its `go.sum` pins
 * the checksum of every module, so the build is the same everywhere and a changed module is refused by Go itself.
 * (Its `replace` line is Pulumi's own: Go ignores a dependency's replacements, so they are repeated there.)
 */
import { join } from "node:path";
import { makeDirectory } from "./cache";
import { askVersion } from "./installed";
import type { CommandOptions } from "./run-command";
import { runCommand } from "./run-command";
import type { Attempt, EngineStep, Log } from "./step";

const moduleDirectory = join(__dirname, "..", "engine-build");
const mainPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const oldestGo = "1.25.8";
const progressEveryMs = 20_000;

export interface GoBuildPlan {
  readonly version: string;
  readonly engineDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

export function goBuildStep(plan: GoBuildPlan): EngineStep {
  return { source: "go build", attempt: () => build(plan) };
}

async function build({ version, engineDir, env, log }: GoBuildPlan): Promise<Attempt> {
  const inModule = moduleOptions(env);
  const go = await askGo(inModule);
  if (!go.usable) return { worked: false, sentence: go.sentence };

  log(
    `Building pulumi ${version} with ${go.version}: 5 to 15 minutes and 3 GB in Go's own caches, once for this machine.`,
  );
  try {
    await makeDirectory(engineDir, async (work) => {
      const packages = await listPackages(inModule, log);
      await compile(inModule, version, join(work, "pulumi"), packages, log);
      if ((await askVersion(join(work, "pulumi"))) !== version) throw new Error("the pulumi it made does not run");
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { worked: false, sentence: `Building pulumi with Go failed: ${why}` };
  }
  return {
    worked: true,
    pulumi: join(engineDir, "pulumi"),
    version,
    sentence: `Built pulumi ${version} into our cache (${engineDir}).`,
  };
}

type GoAnswer = { usable: true; version: string } | { usable: false; sentence: string };

/** Asked in the module's directory, Go either fetches the toolchain that the module needs or says that it can't. */
async function askGo(inModule: CommandOptions): Promise<GoAnswer> {
  const answer = await runCommand("go", ["env", "GOVERSION"], inModule);
  const whatToDo = `Install Go ${oldestGo} or newer from https://go.dev/dl/.`;
  if (answer.exitCode === undefined)
    return { usable: false, sentence: `Go is not installed, so pulumi can't be built. ${whatToDo}` };
  if (answer.exitCode !== 0) {
    return { usable: false, sentence: `This Go can't build pulumi (${lastLine(answer.stderr)}). ${whatToDo}` };
  }
  return { usable: true, version: answer.stdout.trim() };
}

/** Downloads what the build needs and nothing more, and learns how many packages there are to compile. */
async function listPackages(inModule: CommandOptions, log: Log): Promise<number> {
  let modules = 0;
  const progress = every(progressEveryMs, () => log(`Still downloading Go modules: ${modules} so far.`));
  const onStderrLine = (line: string) => {
    if (line.startsWith("go: downloading ")) modules += 1;
  };
  const listed = await runCommand("go", ["list", "-mod=readonly", "-deps", mainPackage], {
    ...inModule,
    onStderrLine,
  });
  progress.stop();
  if (listed.exitCode !== 0) throw new Error(`Go could not get the modules: ${lastLine(listed.stderr)}`);
  return listed.stdout.trim().split("\n").length;
}

async function compile(
  inModule: CommandOptions,
  version: string,
  output: string,
  packages: number,
  log: Log,
): Promise<void> {
  let compiled = 0;
  const progress = every(progressEveryMs, () => log(`Still building: ${compiled} of ${packages} packages compiled.`));
  // With -v Go names each package when it is done with it.
  const onStderrLine = (line: string) => {
    if (!line.includes(" ")) compiled += 1;
  };
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-trimpath"];
  args.push("-ldflags", `-s -w -X ${versionVariable}=${version}`, "-o", output, mainPackage);
  const built = await runCommand("go", args, { ...inModule, onStderrLine });
  progress.stop();
  if (built.exitCode !== 0) throw new Error(`go build said: ${lastLine(built.stderr)}`);
}

function moduleOptions(env: NodeJS.ProcessEnv): CommandOptions {
  // No C compiler needed, and no workspace of the person's own around us: as Pulumi builds its releases.
  return { cwd: moduleDirectory, env: { ...env, CGO_ENABLED: "0", GOWORK: "off" } };
}

function every(ms: number, report: () => void): { stop(): void } {
  const timer = setInterval(report, ms);
  return { stop: () => clearInterval(timer) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
