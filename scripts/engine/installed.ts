/** The engines that are there already: on the PATH, or in our cache from an earlier run. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command";
import type { EngineStep } from "./step";
import { pinnedVersion, whyUnsuitable } from "./versions";

/** The first executable of that name on the PATH, as a shell would find it. */
export async function findOnPath(name: string, path: string | undefined): Promise<string | undefined> {
  for (const directory of (path ?? "").split(delimiter)) {
    if (directory === "") continue;
    const candidate = join(directory, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What `pulumi version` prints, or undefined if the program doesn't run. */
export async function askVersion(pulumi: string): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const result = await runCommand(pulumi, ["version"], { env, timeoutMs: 30_000 });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

export function pathStep(path: string | undefined): EngineStep {
  return {
    source: "PATH",
    async attempt() {
      const pulumi = await findOnPath("pulumi", path);
      if (!pulumi) return { worked: false, sentence: "There is no pulumi on the PATH." };
      const version = await askVersion(pulumi);
      if (version === undefined) return { worked: false, sentence: `${pulumi} on the PATH does not run; leaving it.` };
      const problem = whyUnsuitable(version);
      if (problem) return { worked: false, sentence: `${pulumi} on the PATH ${problem}; leaving it.` };
      return { worked: true, pulumi, version, sentence: `Using pulumi ${version} from the PATH (${pulumi}).` };
    },
  };
}

export function cacheStep(engineDir: string): EngineStep {
  return {
    source: "cache",
    async attempt() {
      const pulumi = join(engineDir, "pulumi");
      if (!(await isExecutable(pulumi)))
        return { worked: false, sentence: `There is none in our cache (${engineDir}).` };
      const version = await askVersion(pulumi);
      // A cached engine is put there whole, by a rename, so this is a broken disk or a strange machine, not a half-made file.
      if (version !== pinnedVersion)
        return { worked: false, sentence: `${pulumi} in our cache does not run; replacing it.` };
      return { worked: true, pulumi, version, sentence: `Using pulumi ${version} from our cache (${engineDir}).` };
    },
  };
}
