/**
 * Pulumi's release carries, beside `pulumi`, the program that runs Node.js programs and the one that runs dynamic
 * providers. An engine that was built from its Go module has neither. Where they are missing, ours
 * (`scripts/stand-ins/`) step in; where the official ones exist, they are used and nothing of ours is in the way.
 */
import { createHash } from "node:crypto";
import { chmod, copyFile, link, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectory } from "./cache";
import { findOnPath, isExecutable } from "./installed";

interface StandIn {
  /** What the engine looks for, beside its own binary and on the PATH. */
  readonly program: string;
  readonly source: string;
}

const sourceDirectory = join(__dirname, "..", "stand-ins");
const standIns: readonly StandIn[] = [
  { program: "pulumi-language-nodejs", source: join(sourceDirectory, "language-host.ts") },
  { program: "pulumi-resource-pulumi-nodejs", source: join(sourceDirectory, "dynamic-provider.ts") },
];

/** The programs that neither lie beside the engine's real binary nor on the PATH: the two places where the engine looks. */
async function findMissing(pulumi: string, path: string | undefined): Promise<StandIn[]> {
  const beside = dirname(await realpath(pulumi));
  const missing: StandIn[] = [];
  for (const standIn of standIns) {
    const found = (await isExecutable(join(beside, standIn.program))) || (await findOnPath(standIn.program, path));
    if (!found) missing.push(standIn);
  }
  return missing;
}

/** The `pulumi` to call: the given one where nothing is missing, else a link to it in a directory with our stand-ins. */
export async function withStandIns(
  pulumi: string,
  path: string | undefined,
  directoryFor: (suffix: string) => string,
): Promise<{ pulumi: string; standIn: boolean }> {
  const missing = await findMissing(pulumi, path);
  if (missing.length === 0) return { pulumi, standIn: false };

  const sources = await Promise.all(missing.map(async ({ source }) => readFile(source, "utf8")));
  const target = directoryFor(`stand-ins-${contentHash([await fileIdentity(pulumi), ...sources])}`);
  const linked = join(target, "pulumi");
  if (!(await isExecutable(linked))) {
    await makeDirectory(target, async (work) => {
      // The engine looks beside the file that it really is, so a symbolic link would not do.
      await linkOrCopy(await realpath(pulumi), join(work, "pulumi"));
      for (const [index, { program }] of missing.entries()) {
        const file = join(work, program);
        await writeFile(file, await toJavaScript(sources[index] ?? ""));
        await chmod(file, 0o755);
      }
    });
  }
  return { pulumi: linked, standIn: true };
}

/** Changes when the engine is replaced, so that a link never outlives a broken one. */
async function fileIdentity(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path} ${size} ${mtimeMs}`;
}

function contentHash(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 8);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // Another file system, or one without hard links.
    await copyFile(from, to);
  }
}

/** One stand-in is started for each run of the engine: as plain JavaScript it is up in a fraction of the time. */
async function toJavaScript(source: string): Promise<string> {
  const { ModuleKind, ScriptTarget, transpileModule } = await import("typescript");
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, removeComments: false };
  return transpileModule(source, { compilerOptions }).outputText;
}
