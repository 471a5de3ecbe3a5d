import { execFile } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Platform } from "../../platform";
import { ownManifest } from "../manifest";
import type { Finding } from "./finding";
import { ok, problem, warning } from "./finding";
import { admits } from "./versions";

const INSTALL = "https://www.pulumi.com/docs/install/";

/** `pulumi` on the PATH: the engine and the SDK speak one protocol, so the range of the SDK is the engine's as well. */
export async function checkEngine(env: Platform["env"], withinMs: number): Promise<Finding> {
  const needed = ownManifest.peerDependencies["@pulumi/pulumi"];
  const answer = await run("pulumi", ["version"], { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, withinMs);
  if (typeof answer !== "string") {
    const found =
      answer.code === "ENOENT" ? "there is no `pulumi` on the PATH" : `\`pulumi version\` fails: ${answer.message}`;
    return problem("engine", found, `Install Pulumi, ${needed}: ${INSTALL}`);
  }
  const found = `pulumi ${answer.trim()}, and ${needed} is needed`;
  if (admits(needed, answer) !== true) return problem("engine", found, `Install another: ${INSTALL}`);
  return checkBundled(found, env.PATH);
}

/** Pulumi's releases carry both beside `pulumi`: what runs Node.js programs, and what runs dynamic providers. */
const BUNDLED = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Whether the engine finds its own programs: beside the file that it really is, or on the PATH. */
export function checkBundled(found: string, path: string | undefined, platform = process.platform): Finding {
  const extensions = platform === "win32" ? [".exe", ".cmd"] : [""];
  const find = (program: string, folders: readonly string[]) =>
    folders
      .flatMap((folder) => extensions.map((extension) => join(folder, `${program}${extension}`)))
      .find((file) => isProgram(file));
  const onPath = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  const pulumi = find("pulumi", onPath);
  if (pulumi === undefined) return ok("engine", found);
  const engine = realpathSync(pulumi);
  const missing = BUNDLED.filter((program) => find(program, [dirname(engine), ...onPath]) === undefined);
  if (missing.length === 0) return ok("engine", found);
  const lacking = `${found}; not beside ${engine} and not on the PATH: ${missing.join(", ")}`;
  const advice = `Install Pulumi whole: ${INSTALL} (a \`pulumi\` that was built with Go alone has neither).`;
  // A version manager's `pulumi` starts another, which has them beside it.
  if (platform === "win32" || basename(engine) !== "pulumi" || isScript(engine)) {
    return warning("engine", lacking, `${advice} If this \`pulumi\` only starts another one, they may be beside that.`);
  }
  return problem("engine", lacking, advice);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isScript(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    // The engine itself has a hundred megabytes.
    const begin = Buffer.alloc(2);
    readSync(descriptor, begin);
    return begin.toString() === "#!";
  } finally {
    closeSync(descriptor);
  }
}

interface Failed {
  readonly code: unknown;
  readonly message: string;
}

function run(
  program: string,
  args: string[],
  env: Record<string, string | undefined>,
  timeout: number,
): Promise<string | Failed> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout, killSignal: "SIGKILL" }, (error, stdout) => {
      if (error === null) return resolve(stdout);
      const message = error.killed ? `no answer within ${timeout / 1000} s` : `exit code ${error.code}`;
      resolve({ code: error.code, message });
    });
  });
}
