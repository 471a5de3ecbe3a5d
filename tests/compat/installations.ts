/** What is installed from npm to try the package with: Node.js, package managers, projects. */
import { access, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, makeDirectory } from "../../scripts/engine/cache";
import { run } from "./run";

const root = join(__dirname, "..", "..");

/** `npm install` in an empty folder. Nothing is skipped where it fails: what is promised is not proved then. */
export async function npmInstall(cwd: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(cwd, "package.json"), JSON.stringify({ name: "compat", private: true }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages];
  await run("npm", args, { cwd }).catch((error: Error) => {
    throw new Error(
      `npm can't install ${packages.join(" ")}: this test needs a registry (see \`npm config get registry\`), or npm's cache from an earlier run.\n${error.message}`,
    );
  });
}

/** A tool that stays as it is: kept beside the engine, outside of the repository. */
async function kept(specification: string, file: string): Promise<string> {
  const folder = join(cacheRoot(process.env), "compat", specification.replace(/[^\w.-]+/g, "-"));
  const wanted = join(folder, "node_modules", file);
  await access(wanted).catch(() => makeDirectory(folder, (work) => npmInstall(work, [specification])));
  return wanted;
}

/** npm has each release of Node.js as a package. */
export function node(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  return kept(`${name}@${version}`, `${name}/bin/node`);
}

export const yarnClassic = () => kept("yarn@1.22.22", "yarn/bin/yarn.js");
export const yarnBerry = () => kept("@yarnpkg/cli-dist@4.18.1", "@yarnpkg/cli-dist/bin/yarn.js");
export const pnpm = join(root, "node_modules", "pnpm", "bin", "pnpm.cjs");

/** The package as it would be published. dist/ is there already: npm's own lifecycle would build it once more. */
export async function pack(directory: string): Promise<string> {
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], { cwd: root });
  const name = (await readdir(directory)).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error(`npm pack has put no tarball into ${directory}`);
  return join(directory, name);
}

/** Bytes of the files, and how many packages there are, in a node_modules that npm has laid out. */
export async function installedSize(cwd: string): Promise<{ megabytes: number; packages: number }> {
  const folder = join(cwd, "node_modules");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  const lock = require(join(folder, ".package-lock.json")) as { packages: Record<string, unknown> };
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { megabytes: bytes / 1e6, packages: Object.keys(lock.packages).length };
}
