/**
 * The packed package with everything that docs/install.md says it works with, installed from npm: `npm run test:soak -- tests/compat`.
 * Prints the tables that the page quotes.
 */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ensureEngine } from "../../scripts/engine";
import { useKinesis } from "../pulumi/kinesis-project";
import { emulatorEnv } from "../support/emulator-env";
import { installedSize, node, npmInstall, pack, pnpm, yarnBerry, yarnClassic } from "./installations";
import {
  CLIENT,
  CLIENT_SAYS,
  CLOSURES,
  CLOSURES_SAY,
  COMMONJS,
  ENTRIES,
  ENTRIES_SAY,
  ES_MODULE,
  INTERRUPTED,
  INTERRUPTED_SAYS,
  PROGRAM_SAYS,
  TYPED,
} from "./programs";
import { ask, run } from "./run";

const kinesis = useKinesis();
const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-compat-"));
let tarball = "";
const rows: string[][] = [];
const row = (...cells: string[]) => rows.push(cells);

beforeAll(async () => {
  tarball = await pack(directory);
}, 120_000);

afterAll(async () => {
  const width = (at: number) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0));
  const lines = rows.map((cells) => `| ${cells.map((cell, at) => cell.padEnd(width(at))).join(" | ")} |`);
  process.stderr.write(`\n${lines.join("\n")}\n\n`);
  await rm(directory, { recursive: true, force: true });
}, 120_000);

function folder(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

const versionOf = (cwd: string, name: string): string =>
  require(join(cwd, "node_modules", name, "package.json")).version;

/** What needs no engine: the client, the command, the SDK with mocks, every entry, both module systems. */
async function tryPrograms(program: string, cwd: string): Promise<void> {
  const where = { cwd, env: emulatorEnv(kinesis.proxy.url) };
  expect(await ask(program, CLIENT, where)).toEqual(CLIENT_SAYS);
  expect(await ask(program, COMMONJS, where)).toEqual(PROGRAM_SAYS);
  expect(await ask(program, ES_MODULE, where, "module")).toEqual(PROGRAM_SAYS);
  expect(await ask(program, ENTRIES, where)).toEqual(ENTRIES_SAY);
  expect(await ask(program, CLOSURES, where)).toEqual(CLOSURES_SAY);
  const cli = join(cwd, "node_modules", "pulumi-kinesis", "dist", "provider", "cli.js");
  expect(await run(program, [cli, "plan", "--from", "2", "--to", "3"], where)).toMatch(/^reshard 2 -> 3 shards/);
}

/** It refuses the `moduleResolution` of Pulumi's template, and looks for no types that are not named. */
const forTypeScript6 = {
  compilerOptions: { strict: true, target: "es2022", module: "node16", moduleResolution: "node16", types: ["node"] },
  files: ["index.ts"],
};

/** The oldest of the range, the one that we develop with, and the newest, which no longer runs on Node.js 20. */
describe.each([
  { pulumi: "3.216.0", nodes: ["20", "24"], others: ["typescript@~5.9.3", "@types/node@^20"] },
  { pulumi: "~3.245.0", nodes: ["20.18.1", "20", "22", "24"], others: ["typescript@~5.9.3", "@types/node@^20"] },
  // What npm picks for this Node.js. Without a TypeScript, Pulumi takes the 3.8.3 that it carries.
  { pulumi: "3", nodes: [String(Number.parseInt(process.versions.node, 10))], others: [] },
  { pulumi: "latest", nodes: ["22", "24"], others: ["typescript@~6.0.3", "@types/node@^22"] },
])("@pulumi/pulumi $pulumi with $others", ({ pulumi, nodes, others }) => {
  const installed = join(directory, `pulumi ${pulumi} ${others.length}`.replace(/\W+/g, "-"));
  beforeAll(async () => {
    mkdirSync(installed);
    await npmInstall(installed, [tarball, `@pulumi/pulumi@${pulumi}`, ...others]);
  }, 300_000);

  test.each(nodes)(
    "on Node.js %s every part works, and pulumi up and destroy",
    async (version) => {
      const program = await node(version);
      await tryPrograms(program, installed);
      expect(await ask(program, INTERRUPTED, { cwd: installed })).toEqual(INTERRUPTED_SAYS);

      const { binDir } = await ensureEngine();
      const project = await kinesis.project(TYPED, {
        typeCheck: true,
        env: { PATH: [dirname(program), binDir, process.env.PATH].join(delimiter) },
        install: async (cwd) => {
          symlinkSync(join(installed, "node_modules"), join(cwd, "node_modules"), "dir");
          if (others.includes("typescript@~6.0.3"))
            writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify(forTypeScript6));
        },
      });
      const up = await project.up();
      expect(up.output).not.toMatch(/\berror\b/i);
      expect(up.changes).toEqual({ create: 5 });
      const running = (await run(program, ["--version"], { cwd: installed })).trim();
      expect(await project.outputs()).toEqual({
        node: running,
        missing: "ResourceNotFoundException",
        absent: "ERR_KINESIS_NOT_FOUND",
        openShards: ["shardId-000000000000", "shardId-000000000001"],
        kinds: ["lookUps", "resourcePolicy", "stream", "streamConsumer", "streamTags"],
      });
      expect((await project.refresh()).changes).toEqual({ same: 5 });
      expect((await project.destroy()).changes).toEqual({ delete: 5 });
      const compiler = others.length === 0 ? "3.8.3, Pulumi's own" : versionOf(installed, "typescript");
      row(
        `Node.js ${running}`,
        `@pulumi/pulumi ${versionOf(installed, "@pulumi/pulumi")}`,
        `TypeScript ${compiler}`,
        "programs, up, refresh, destroy",
      );
    },
    300_000,
  );
});

describe("types", () => {
  /** Each with the types of Node.js that it can read. */
  const compilers = [
    ["14", ["3.8.3", "4.0", "4.9"]],
    ["20", ["5.0", "5.9", "6.0"]],
  ] as const;

  test.each(compilers)(
    "with @types/node %s: TypeScript %j has no complaint, the declarations of all packages checked",
    async (types, versions) => {
      const cwd = folder(`types-${types}`);
      const aliases = versions.map((version) => `ts-${version}@npm:typescript@${version}`);
      await npmInstall(cwd, [tarball, "@pulumi/pulumi@~3.245.0", `@types/node@${types}`, ...aliases]);
      writeFileSync(join(cwd, "program.ts"), TYPED);
      for (const version of versions) {
        const isNew = Number.parseFloat(version) >= 6;
        const options = [
          [
            "--module",
            "commonjs",
            "--moduleResolution",
            "node",
            ...(isNew ? ["--ignoreDeprecations", "6.0", "--types", "node"] : []),
          ],
          ...(Number.parseFloat(version) >= 5 ? [["--module", "node16", "--moduleResolution", "node16"]] : []),
        ];
        for (const one of options) {
          const args = [
            "--noEmit",
            "--strict",
            "--target",
            "es2018",
            "--lib",
            "es2020",
            "--skipLibCheck",
            "false",
            ...one,
          ];
          const tsc = join(cwd, "node_modules", `ts-${version}`, "lib", "tsc.js");
          expect(await run(process.execPath, [tsc, ...args, "program.ts"], { cwd })).toBe("");
        }
        const exact = versionOf(cwd, `ts-${version}`);
        row(
          `TypeScript ${exact}`,
          `@pulumi/pulumi ${versionOf(cwd, "@pulumi/pulumi")}`,
          `@types/node ${versionOf(cwd, "@types/node")}`,
          `tsc --skipLibCheck false (${options.map((one) => one[3]).join(", ")})`,
        );
      }
    },
    300_000,
  );
});

describe("installed by", () => {
  const peers = ["@pulumi/pulumi@~3.245.0"];
  /** Yarn and pnpm take a project's own folder, not one above it, only where it looks like one. */
  const project = (name: string) => {
    const cwd = folder(name);
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ name, private: true }));
    return cwd;
  };

  test("npm", async () => {
    const cwd = folder("npm");
    await npmInstall(cwd, [tarball, ...peers]);
    await tryPrograms(process.execPath, cwd);
    row(`npm ${(await run("npm", ["--version"], { cwd })).trim()}`, "@pulumi/pulumi 3.245", "", "programs");
  }, 300_000);

  test("pnpm", async () => {
    const cwd = project("pnpm");
    await run(process.execPath, [pnpm, "add", "--ignore-scripts", tarball, ...peers], { cwd });
    await tryPrograms(process.execPath, cwd);
    row(
      `pnpm ${(await run(process.execPath, [pnpm, "--version"], { cwd })).trim()}`,
      "@pulumi/pulumi 3.245",
      "",
      "programs",
    );
  }, 300_000);

  test("yarn classic", async () => {
    const cwd = project("yarn-classic");
    const yarn = await yarnClassic();
    const own = ["--cache-folder", join(directory, "yarn-cache"), "--ignore-scripts", "--no-lockfile"];
    await run(process.execPath, [yarn, "add", ...own, tarball, ...peers], { cwd });
    await tryPrograms(process.execPath, cwd);
    row(
      `yarn ${(await run(process.execPath, [yarn, "--version"], { cwd })).trim()}`,
      "@pulumi/pulumi 3.245",
      "",
      "programs",
    );
  }, 300_000);

  test("yarn with node_modules", async () => {
    const cwd = project("yarn-berry");
    writeFileSync(join(cwd, "yarn.lock"), "");
    const npm = (await run("npm", ["config", "get", "registry"], { cwd })).trim();
    const env = {
      YARN_NODE_LINKER: "node-modules",
      YARN_ENABLE_SCRIPTS: "false",
      YARN_ENABLE_TELEMETRY: "false",
      YARN_GLOBAL_FOLDER: join(directory, "yarn-berry-global"),
      YARN_NPM_REGISTRY_SERVER: npm,
      YARN_UNSAFE_HTTP_WHITELIST: new URL(npm).hostname,
    };
    const yarn = await yarnBerry();
    await run(process.execPath, [yarn, "add", `pulumi-kinesis@file:${tarball}`, ...peers], { cwd, env });
    await tryPrograms(process.execPath, cwd);
    row(
      `yarn ${(await run(process.execPath, [yarn, "--version"], { cwd, env })).trim()} (node-modules)`,
      "@pulumi/pulumi 3.245",
      "",
      "programs",
    );
  }, 300_000);
});

test("what is installed is smaller than @pulumi/aws, even without its plugin", async () => {
  const pulumi = "@pulumi/pulumi@~3.245.0";
  const sizeWith = async (name: string, ...more: string[]) => {
    const cwd = folder(`size-${name.replace(/\W/g, "-")}`);
    await npmInstall(cwd, [pulumi, ...more]);
    const { megabytes, packages } = await installedSize(cwd);
    const version = `${name} ${versionOf(cwd, name)}`;
    return { version, packages, megabytes };
  };
  const alone = await sizeWith("@pulumi/pulumi");
  const ours = await sizeWith("pulumi-kinesis", tarball);
  const theirs = await sizeWith("@pulumi/aws", "@pulumi/aws@7");
  for (const { version, packages, megabytes } of [alone, ours, theirs]) {
    const beyond = `${(megabytes - alone.megabytes).toFixed(1)} MB beyond Pulumi's`;
    row(`installed: ${version}`, `${packages} packages`, `${megabytes.toFixed(1)} MB`, beyond);
  }
  expect(ours.megabytes).toBeLessThan(theirs.megabytes);
}, 600_000);
