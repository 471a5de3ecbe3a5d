#!/usr/bin/env node
/**
 * Stands in for Pulumi's own `pulumi-language-nodejs`: the gRPC server through which the engine runs Node.js programs.
 * It prints its port, takes the engine's address as its last argument, and runs each program with `@pulumi/pulumi/cmd/run`
 * of the program's own `@pulumi/pulumi`, as the official one does. What only `pulumi convert`, `pulumi package` and the
 * like need is left unimplemented, which the engine reports by name.
 *
 * This file is turned into one JavaScript file beside the engine, so it imports nothing of the repository.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as Grpc from "@grpc/grpc-js";
import type * as Language from "@pulumi/pulumi/proto/language_pb";
import type * as Plugin from "@pulumi/pulumi/proto/plugin_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** `@pulumi/pulumi/cmd/run` ends with it after it has told the person what is wrong: nothing is to be added. */
const alreadyExplained = 32;

// The protocol comes with the SDK of the program at hand; where there is no program yet (`pulumi about`), with ours.
const sdk = findSdk([process.cwd(), process.env.PULUMI_KINESIS_SDK]);
const grpc = sdk("@grpc/grpc-js") as typeof Grpc;
const language = sdk("./proto/language_pb.js") as typeof Language;
const plugin = sdk("./proto/plugin_pb.js") as typeof Plugin;
const { LanguageRuntimeService } = sdk("./proto/language_grpc_pb.js") as {
  LanguageRuntimeService: Grpc.ServiceDefinition;
};

const engineFromArguments = process.argv.slice(2).at(-1) ?? "";
let engine = engineFromArguments;
const running = new Set<ChildProcess>();

/** A `require` that starts in the `@pulumi/pulumi` that the first of these directories sees. */
function findSdk(directories: readonly (string | undefined)[]): NodeJS.Require {
  for (const directory of directories) {
    const manifest = directory && resolveFrom(directory, "@pulumi/pulumi/package.json");
    if (manifest) return createRequire(manifest);
  }
  return endWith(`@pulumi/pulumi is not installed for the program in ${process.cwd()}: run npm install there.`);
}

function resolveFrom(directory: string, module: string): string | undefined {
  try {
    return createRequire(join(directory, "package.json")).resolve(module);
  } catch {
    return undefined;
  }
}

function endWith(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

type Answer<Response> = (error: { code: Grpc.status; details: string } | null, response?: Response) => void;

/** Answers with what `make` returns, and with its error's message if it throws. */
function unary<Request, Response>(make: (request: Request) => Response | Promise<Response>) {
  return async (call: { request: Request }, answer: Answer<Response>) => {
    try {
      answer(null, await make(call.request));
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      answer({ code: grpc.status.UNKNOWN, details });
    }
  };
}

const implementation = {
  handshake: unary((request: Language.LanguageHandshakeRequest) => {
    engine = request.getEngineAddress() || engineFromArguments;
    return new language.LanguageHandshakeResponse();
  }),

  getPluginInfo: unary((_: Empty) => new plugin.PluginInfo().setVersion(sdkVersion())),

  // The engine fetches any plugin when the program first registers a resource of it, at the version that the SDK names.
  getRequiredPackages: unary((_: unknown) => new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: unary((_: unknown) => new language.GetRequiredPluginsResponse()),

  run: unary(runProgram),

  about: unary((_: unknown) => {
    return new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
  }),

  getProgramDependencies: unary(listDependencies),

  runtimeOptionsPrompts: unary((_: unknown) => new language.RuntimeOptionsResponse()),

  installDependencies,
};

async function runProgram(request: Language.RunRequest): Promise<Language.RunResponse> {
  const response = new language.RunResponse();
  const info = request.getInfo();
  const programDirectory = info?.getProgramDirectory() || request.getPwd();
  const runner = resolveFrom(programDirectory, "@pulumi/pulumi/cmd/run");
  if (!runner) {
    // An error in the response would be shown as "an unhandled error occurred"; this is plain and has a way out.
    console.error(`@pulumi/pulumi is not installed for the program in ${programDirectory}: run npm install there.`);
    return response.setBail(true);
  }

  const options = info?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [];
  const entry = info?.getEntryPoint() || request.getProgram() || ".";
  const args = [...nodeArguments, runner, ...runnerFlags(request), entry, ...request.getArgsList()];
  const env = { ...process.env, ...runnerEnvironment(request, options) };

  // The program's output is ours, and the engine shows ours.
  const child = spawn(process.execPath, args, { cwd: request.getPwd(), env, stdio: ["ignore", "inherit", "inherit"] });
  running.add(child);
  const end = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code ?? `signal ${signal}`));
  });
  running.delete(child);

  if (end === 0) return response;
  if (end === alreadyExplained) return response.setBail(true);
  return response.setError(
    typeof end === "number" ? `Program exited with non-zero exit code: ${end}` : `Program exited unexpectedly: ${end}`,
  );
}

function runnerFlags(request: Language.RunRequest): string[] {
  const values: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const flags = Object.entries(values).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  if (request.getDryrun()) flags.push("--dry-run");
  return flags;
}

function runnerEnvironment(request: Language.RunRequest, options: Record<string, unknown>): Record<string, string> {
  const config = Object.fromEntries(request.getConfigMap().toObject(true));
  const env: Record<string, string> = {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
  };
  if (typeof options.tsconfig === "string") env.PULUMI_NODEJS_TSCONFIG_PATH = options.tsconfig;
  return env;
}

function listDependencies(request: Language.GetProgramDependenciesRequest): Language.GetProgramDependenciesResponse {
  const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const manifest = findManifest(directory);
  const response = new language.GetProgramDependenciesResponse();
  if (!manifest) return response;
  const { dependencies = {}, devDependencies = {} } = readManifest(manifest);
  const found = Object.entries({ ...devDependencies, ...dependencies }).map(([name, range]) => {
    const installed = join(dirname(manifest), "node_modules", name, "package.json");
    const version = existsSync(installed) ? readManifest(installed).version : undefined;
    return new language.DependencyInfo().setName(name).setVersion(version ?? range);
  });
  return response.setDependenciesList(found);
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

function findManifest(directory: string): string | undefined {
  const manifest = join(directory, "package.json");
  if (existsSync(manifest)) return manifest;
  return dirname(directory) === directory ? undefined : findManifest(dirname(directory));
}

function sdkVersion(): string {
  return (sdk("./package.json") as { version: string }).version;
}

function installDependencies(
  call: Grpc.ServerWritableStream<Language.InstallDependenciesRequest, Language.InstallDependenciesResponse>,
): void {
  const directory = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const child = spawn("npm", ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.stdout.on("data", (bytes: Buffer) => call.write(new language.InstallDependenciesResponse().setStdout(bytes)));
  child.stderr.on("data", (bytes: Buffer) => call.write(new language.InstallDependenciesResponse().setStderr(bytes)));
  const fail = (details: string) => call.emit("error", { code: grpc.status.UNKNOWN, details });
  child.once("error", (error) => fail(`npm could not be started: ${error.message}`));
  child.once("close", (code) => {
    running.delete(child);
    if (code === 0) call.end();
    else fail(`npm install failed in ${directory} with exit code ${code}`);
  });
}

function end(): void {
  for (const child of running) child.kill("SIGTERM");
  process.exit(0);
}

// The engine interrupts us when it is done. If it is killed, our standard input closes: it holds the other end.
process.on("SIGINT", end).on("SIGTERM", end);
process.stdin.once("end", end).once("error", end);
process.stdin.resume();

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const server = new grpc.Server(unlimited);
// A method that is missing here is answered with UNIMPLEMENTED by grpc-js itself.
server.addService(LanguageRuntimeService, implementation as unknown as Grpc.UntypedServiceImplementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) endWith(`The language host can't listen on 127.0.0.1: ${error.message}`);
  console.log(String(port));
});
