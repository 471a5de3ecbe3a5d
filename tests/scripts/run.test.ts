import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { makeTemporaryDirectory } from "./temporary-directory";

jest.setTimeout(30_000);

const tsx = dirname(require.resolve("tsx/package.json"));
const runner = join(__dirname, "..", "..", "scripts", "run.mjs");

/** An `npm` that installs what the lock file says without a network, and "builds" an empty file. */
const fakeNpm = `
  const { mkdirSync, writeFileSync, copyFileSync, symlinkSync, existsSync } = require("node:fs");
  console.log("npm " + process.argv.slice(2).join(" "));
  if (process.env.FAKE_NPM_FAILS) process.exit(1);
  if (process.argv[2] === "ci") {
    mkdirSync("node_modules", { recursive: true });
    if (!existsSync("node_modules/tsx")) symlinkSync(process.env.REAL_TSX, "node_modules/tsx", "dir");
    copyFileSync("package-lock.json", "node_modules/.package-lock.json");
  } else {
    mkdirSync("dist/provider/client", { recursive: true });
    writeFileSync("dist/provider/client/LICENSES.txt", "");
  }
`;

let clone: string;
let remove: () => Promise<void>;

/** A small repository with our runner in it. */
beforeEach(async () => {
  ({ path: clone, remove } = await makeTemporaryDirectory());
  await Promise.all(["scripts", "provider", "npm"].map((folder) => mkdir(join(clone, folder))));
  await copyFile(runner, join(clone, "scripts", "run.mjs"));
  await write("npm/npm-cli.js", fakeNpm);
  await write("package.json", JSON.stringify({ engines: { node: ">=20.18.1" } }));
  await write("package-lock.json", lock({ "node_modules/one": { version: "1.0.0" } }));
  await write("tsconfig.build.json", "{}");
  await write("provider/one.ts", "");
  await write("scripts/show.ts", `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;`);
});
afterEach(() => remove());

const write = (path: string, text: string) => writeFile(join(clone, path), text);
const lock = (packages: object) => JSON.stringify({ packages: { "": { name: "clone" }, ...packages } });

function run(args: readonly string[], env: Record<string, string> = {}) {
  const environment = {
    PATH: process.env.PATH ?? "",
    npm_execpath: join(clone, "npm", "npm-cli.js"),
    REAL_TSX: tsx,
    ...env,
  };
  const command = [join(clone, "scripts", "run.mjs"), ...args];
  return new Promise<{ code: number; stdout: string[]; stderr: string[] }>((resolve) => {
    execFile(process.execPath, command, { env: environment, cwd: "/" }, (error, stdout, stderr) => {
      const lines = (text: string) => text.split("\n").filter(Boolean);
      resolve({ code: Number(error?.code ?? 0), stdout: lines(stdout), stderr: lines(stderr) });
    });
  });
}

describe("scripts/run.mjs", () => {
  test("in a fresh clone installs, builds and runs; the second time it only runs", async () => {
    expect(await run(["show", "a", "b c"])).toEqual({
      code: 7,
      stdout: ["npm ci --no-audit --no-fund", "npm run --silent build", '["a","b c"]'],
      stderr: [
        "Installing dependencies with npm ci (node_modules is missing or incomplete).",
        "Building the package (dist/ is missing or incomplete).",
      ],
    });
    expect(await run(["show"])).toEqual({ code: 7, stdout: ["[]"], stderr: [] });
  });

  test("installs again when the lock file names another version, and not when it was only touched", async () => {
    await run(["show"]);
    await utimes(join(clone, "package-lock.json"), new Date(), new Date());
    expect((await run(["show"])).stderr).toEqual([]);
    await write("package-lock.json", lock({ "node_modules/one": { version: "1.0.1" } }));
    expect((await run(["show"])).stderr).toEqual([
      "Installing dependencies with npm ci (package-lock.json has another one).",
      "Building the package (node_modules/.package-lock.json is newer than dist/).",
    ]);
  });

  test("does not miss an optional package, which may be for another platform", async () => {
    await run(["show"]);
    const withOptional = {
      "node_modules/one": { version: "1.0.0" },
      "node_modules/mac": { version: "1.0.0", optional: true },
    };
    await write("package-lock.json", lock(withOptional));
    expect((await run(["show"])).stderr).toEqual([]);
  });

  test("builds again when a source is newer", async () => {
    await run(["show"]);
    const later = new Date(Date.now() + 5_000);
    await utimes(join(clone, "provider", "one.ts"), later, later);
    expect((await run(["show"])).stderr).toEqual(["Building the package (provider/one.ts is newer than dist/)."]);
  });

  test("says in one sentence what to do when npm fails", async () => {
    const failed = await run(["show"], { FAKE_NPM_FAILS: "1" });
    expect(failed.code).toBe(1);
    expect(failed.stderr.at(-1)).toBe("npm ci failed, as npm says above: mend that, then run this again.");
    await run(["show"]);
    await rm(join(clone, "dist"), { recursive: true });
    const unbuilt = await run(["show"], { FAKE_NPM_FAILS: "1" });
    expect(unbuilt.stderr.at(-1)).toBe(
      "The package does not build: mend what TypeScript says above, then run this again.",
    );
  });

  test("says in one sentence that npm is missing", async () => {
    const result = await run(["show"], { npm_execpath: "", PATH: "/nowhere" });
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr.at(-1)).toBe("npm is not on the PATH: it comes with Node, from https://nodejs.org/.");
  });

  test.each([
    [[], "<name>"],
    [["nothing"], "nothing"],
    [["../run"], "../run"],
  ])("says that there is no script for %j", async (args, name) => {
    expect(await run(args)).toEqual({
      code: 1,
      stdout: [],
      stderr: [`There is no scripts/${name}.ts: say what to run, for example "node scripts/run.mjs quickstart".`],
    });
  });

  test.each([
    [">=99.0.0", false],
    [">=20.999.0", Number(process.versions.node.split(".")[0]) > 20],
    [`>=${process.versions.node}`, true],
    [">=18.99.99", true],
  ])("with engines %s goes on: %s", async (range, goesOn) => {
    await write("package.json", JSON.stringify({ engines: { node: range } }));
    const result = await run(["show"]);
    expect(result.code).toBe(goesOn ? 7 : 1);
    if (goesOn) return;
    expect(result.stderr).toEqual([
      `Node ${range.slice(2)} or newer is needed and this is ${process.version}: install it from https://nodejs.org/.`,
    ]);
  });
});

test("package-lock.json lists the optional packages of every platform, or npm ci refuses it", async () => {
  await cp(join(__dirname, "..", "..", "package-lock.json"), join(clone, "real-lock.json"));
  const { packages } = require(join(clone, "real-lock.json")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const unlisted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  expect(unlisted).toEqual([]);
});
