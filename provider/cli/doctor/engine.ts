import { execFile } from "node:child_process";
import type { Platform } from "../../platform";
import { ownManifest } from "../manifest";
import type { Finding } from "./finding";
import { ok, problem } from "./finding";
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
  const version = answer.trim();
  if (admits(needed, version) === true) return ok("engine", `pulumi ${version}, and ${needed} is needed`);
  return problem("engine", `pulumi ${version}, and ${needed} is needed`, `Install another: ${INSTALL}`);
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
