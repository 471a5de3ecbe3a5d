/**
 * Our cache lies outside the repository, so that a fresh clone finds the engine that an earlier one built.
 *
 *   <root>/pulumi/v3.245.0-linux-x64/                    the engine as downloaded or built
 *   <root>/pulumi/v3.245.0-linux-x64+stand-ins-1a2b3c4d/  the same binary with the stand-ins of one version beside it
 *   <root>/pulumi/v3.245.0-linux-x64.lock                held while it is downloaded or built
 *   <root>/pulumi/making-XXXXXX/                         where it is made; renamed when whole, so nothing half-made is ever seen
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "./interrupt";
import type { Log } from "./step";

const workPrefix = "making-";
const heartbeatMs = 2_000;
/** Far above the heartbeat: a machine under load misses a few. Wrong guesses cost a second build, never a broken engine. */
const staleAfterMs = 30_000;
const abandonedAfterMs = 60 * 60_000;

export function cacheRoot(env: NodeJS.ProcessEnv): string {
  return env.PULUMI_KINESIS_CACHE || join(homedir(), ".cache", "pulumi-kinesis");
}

export function engineDirectory(root: string, version: string, platform: string): string {
  return join(root, "pulumi", `${version}-${platform}`);
}

/** Makes a directory's content in a place of its own and puts it at `target` whole. The last one to finish wins. */
export async function makeDirectory(target: string, fill: (work: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), workPrefix));
  const done = onInterrupt(() => rmSync(work, { recursive: true, force: true }));
  try {
    await fill(work);
    await replaceDirectory(work, target);
  } finally {
    done();
    await rm(work, { recursive: true, force: true });
  }
}

async function replaceDirectory(work: string, target: string): Promise<void> {
  // A directory can't be renamed over another: the old one steps aside first. Programs that run from it keep running.
  const aside = join(dirname(target), `${workPrefix}old-${randomUUID()}`);
  const hadOne = await rename(target, aside).then(
    () => true,
    () => false,
  );
  try {
    await rename(work, target);
  } catch (error) {
    // Somebody put theirs there in between: it is as good as ours.
    const code = fileErrorCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
  if (hadOne) await rm(aside, { recursive: true, force: true });
}

/**
 * Runs `work` while holding the lock file. Whoever waits looks at the file's modification time, which the holder keeps
 * fresh; so a holder that was killed is noticed, in whichever container it ran.
 */
export async function withLock<T>(lockFile: string, log: Log, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const token = randomUUID();
  let waiting = false;
  while (!(await take(lockFile, token))) {
    if (await isStale(lockFile)) {
      await rm(lockFile, { force: true });
      continue;
    }
    if (!waiting) log("Another run is fetching or building the engine; waiting for it to finish.");
    waiting = true;
    await sleep(500);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lockFile, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  const done = onInterrupt(() => rmSync(lockFile, { force: true }));
  try {
    return await work();
  } finally {
    done();
    clearInterval(heartbeat);
    const holder = await readFile(lockFile, "utf8").catch(() => "");
    if (holder === token) await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string, token: string): Promise<boolean> {
  try {
    await writeFile(lockFile, token, { flag: "wx" });
    return true;
  } catch (error) {
    if (fileErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isStale(lockFile: string): Promise<boolean> {
  const { mtimeMs } = await stat(lockFile).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > staleAfterMs;
}

/** Removes what killed runs left half made. Young ones stay: another run may be at work in them. */
export async function removeAbandonedWork(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(workPrefix)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

/** `ENOENT`, … of what node:fs throws. Not by `instanceof`: in Jest, Node's errors are of another class than ours. */
export function fileErrorCode(error: unknown): string | undefined {
  const isFileError = typeof error === "object" && error !== null && "syscall" in error && "code" in error;
  return isFileError ? String(error.code) : undefined;
}
