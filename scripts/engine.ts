/**
 * Gets a Pulumi engine: the one on the PATH, else ours from an earlier run, else Pulumi's release, else a build from its
 * Go module. The quickstart and the tests call this and nothing else in `engine/`.
 */
import { delimiter, dirname, join } from "node:path";
import { cacheRoot, engineDirectory, fileErrorCode, removeAbandonedWork, withLock } from "./engine/cache";
import { downloadStep } from "./engine/download";
import { goBuildStep } from "./engine/go-build";
import { cacheStep, pathStep } from "./engine/installed";
import { withStandIns } from "./engine/stand-ins";
import type { EngineBinary, EngineSource, Log } from "./engine/step";
import { firstThatWorks } from "./engine/step";
import { pinnedVersion, platformName } from "./engine/versions";

export type { EngineSource };

/** Its message is one sentence for the person; what each step had to say was logged before. */
export class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

export interface Engine {
  /** The program to start. */
  readonly pulumi: string;
  readonly binDir: string;
  readonly version: string;
  readonly source: EngineSource;
  /** Whether our stand-ins run Node.js programs and dynamic providers because the official ones are missing. */
  readonly standIn: boolean;
  /** To be merged into the environment in which `pulumi` is started: PATH, and no look-up of newer versions. */
  readonly env: { readonly PATH: string } & Readonly<Record<string, string>>;
}

export interface EngineOptions {
  /** Gets one clear sentence for each step that was tried, and a line every 20 seconds while a step takes long. */
  readonly log?: Log;
  readonly env?: NodeJS.ProcessEnv;
}

export async function ensureEngine(options: EngineOptions = {}): Promise<Engine> {
  const { log = () => undefined, env = process.env } = options;
  const platform = platformName(process.platform, process.arch);
  if (!platform) {
    throw new NoEngineError(
      `These scripts run on Linux and macOS on x64 and arm64, not on ${process.platform}-${process.arch}. On Windows, use WSL.`,
    );
  }
  const root = cacheRoot(env);
  const engineDir = engineDirectory(root, pinnedVersion, platform);
  const binary = await find(engineDir, env, log).then(
    (found) => found ?? withinCache(root, make(engineDir, platform, env, log)),
  );
  if (!binary) {
    throw new NoEngineError(
      "There is no Pulumi engine here and none could be fetched or built, for the reasons above. " +
        "Install Pulumi from https://www.pulumi.com/docs/install/ or Go from https://go.dev/dl/, then run this again.",
    );
  }
  const standIns = withStandIns(binary.pulumi, env.PATH, (suffix) => `${engineDir}+${suffix}`);
  const { pulumi, standIn } = await withinCache(root, standIns);

  const binDir = dirname(pulumi);
  if (standIn)
    log(`Its language host comes from this repository; whole, for a project of your own: export PATH=${binDir}:$PATH`);
  // The engine's helpers start `node`: let it be the one that runs us, whatever else the PATH holds.
  const path = [binDir, dirname(process.execPath), env.PATH ?? ""].join(delimiter);
  return {
    pulumi,
    binDir,
    version: binary.version,
    source: binary.source,
    standIn,
    // The last one is where our language host finds the SDK when it is asked outside of any program (`pulumi about`).
    env: { PATH: path, PULUMI_SKIP_UPDATE_CHECK: "1", PULUMI_KINESIS_SDK: join(__dirname, "..") },
  };
}

function find(engineDir: string, env: NodeJS.ProcessEnv, log: Log): Promise<EngineBinary | undefined> {
  return firstThatWorks([pathStep(env.PATH), cacheStep(engineDir)], log);
}

async function make(
  engineDir: string,
  platform: string,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<EngineBinary | undefined> {
  return withLock(`${engineDir}.lock`, log, async () => {
    await removeAbandonedWork(dirname(engineDir));
    // While we waited for the lock, its holder may have put an engine there.
    const cached = cacheStep(engineDir);
    const justMade = await cached.attempt();
    if (justMade.worked) return { source: cached.source, pulumi: justMade.pulumi, version: justMade.version };
    const plan = { version: pinnedVersion, platform, engineDir, env, log };
    return firstThatWorks([downloadStep(plan), goBuildStep(plan)], log);
  });
}

/** What goes wrong with files there is about the cache's place: read-only, full, somebody else's. */
async function withinCache<T>(root: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = fileErrorCode(error);
    if (!code) throw error;
    throw new NoEngineError(
      `Our cache ${root} can't be used (${code}): set PULUMI_KINESIS_CACHE to a folder that can be written.`,
    );
  }
}
