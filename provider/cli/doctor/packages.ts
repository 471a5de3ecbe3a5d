/** What is installed: Node.js, this package, @pulumi/pulumi and its copies. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ownManifest } from "../manifest";
import type { Finding } from "./finding";
import { ok, problem, warning } from "./finding";
import { admits } from "./versions";

export function checkNode(version: string): Finding {
  const needed = ownManifest.engines.node;
  if (admits(needed, version) === true) return ok("node", `${version}, and ${needed} is needed`);
  return problem("node", `${version}, and ${needed} is needed`, "Install a newer Node.js: https://nodejs.org/.");
}

export const checkOwnVersion = (): Finding => ok("pulumi-kinesis", ownManifest.version);

/** As a program in `directory` finds it. */
export function checkPulumiPackage(directory: string): Finding {
  const check = "@pulumi/pulumi";
  const needed = ownManifest.peerDependencies[check];
  const file = resolveFrom(directory, `${check}/package.json`);
  if (file === undefined) {
    return warning(
      check,
      `not installed for programs in ${directory}, and ${needed} is needed`,
      "Run doctor in the directory of your program; if this is it: npm install @pulumi/pulumi.",
    );
  }
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  if (admits(needed, version) !== true) {
    return problem(check, `${version}, and ${needed} is needed`, `npm install "@pulumi/pulumi@${needed}"`);
  }
  const copies = copiesFor(directory);
  if (copies.length < 2) return ok(check, `${version}, and ${needed} is needed`);
  return warning(
    check,
    `${version}, and ${copies.length} copies of it: ${copies.join(", ")}`,
    "`npm ls @pulumi/pulumi` tells who brings them; `npm dedupe` lets all resources of a program share one.",
  );
}

function resolveFrom(directory: string, name: string): string | undefined {
  try {
    return createRequire(join(directory, "program.js")).resolve(name);
  } catch {
    return undefined;
  }
}

/** Every @pulumi/pulumi that something in the project loads: those further up than the first are hidden by it. */
function copiesFor(directory: string): string[] {
  const copies = new Set<string>();
  const seen = new Set<string>();
  for (let at = directory; ; at = dirname(at)) {
    collect(join(at, "node_modules"), copies, seen);
    if (existsSync(join(at, "node_modules", "@pulumi", "pulumi")) || dirname(at) === at) return [...copies];
  }
}

function collect(nodeModules: string, copies: Set<string>, seen: Set<string>): void {
  for (const name of packagesIn(nodeModules)) {
    const place = realPath(join(nodeModules, name));
    if (place === undefined || seen.has(place)) continue;
    seen.add(place);
    if (name.endsWith("@pulumi/pulumi")) copies.add(place);
    collect(join(place, "node_modules"), copies, seen);
  }
}

/** Names of packages; pnpm keeps what it installs one level deeper, in a folder for each version. */
function packagesIn(nodeModules: string): string[] {
  return list(nodeModules).flatMap((name) => {
    if (name.startsWith("@")) return list(join(nodeModules, name)).map((inner) => `${name}/${inner}`);
    if (name !== ".pnpm") return name.startsWith(".") ? [] : [name];
    const versions = list(join(nodeModules, name)).filter((version) => version.startsWith("@pulumi+pulumi@"));
    return versions.map((version) => `${name}/${version}/node_modules/@pulumi/pulumi`);
  });
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
