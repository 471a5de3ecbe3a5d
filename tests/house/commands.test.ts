/** What the pages tell people to type: our commands are run as they stand there, npm's and Pulumi's are looked up. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../scripts/emulator";
import { ensureEngine } from "../../scripts/engine";
import { cli } from "../cli/cli";
import { emulatorEnv } from "../support/emulator-env";
import { blocksOf, pages, root } from "./pages";

/** The lines of the blocks for a shell, without what a comment says. */
const lines = pages
  .flatMap((one) => blocksOf(one, "sh").flatMap((block) => block.trim().split("\n")))
  .map((line) => line.replace(/(^|\s+)# .*/, ""))
  .filter((line) => line !== "");
const ours = lines.filter((line) => line.startsWith("npx pulumi-kinesis "));
const npms = lines.filter((line) => line.startsWith("npm "));
const pulumis = lines.filter((line) => line.startsWith("pulumi "));
/** Run by tests/emulator/embedded.test.ts. */
const emulators = lines.filter((line) => /^\w+=\S+ npx kinesis-local$/.test(line));
const folders = lines.filter((line) => line.startsWith("cd "));

test("every command of the pages is ours, npm's, Pulumi's or the emulator", () => {
  const known = [...ours, ...npms, ...pulumis, ...emulators, ...folders];
  expect(lines.filter((line) => !known.includes(line))).toEqual([]);
});

test("the folders that the pages go to are projects of Pulumi's", () => {
  expect(folders.filter((line) => !existsSync(join(root, line.slice("cd ".length), "Pulumi.yaml")))).toEqual([]);
});

test("npm's scripts are there, and the tests that they are given", () => {
  const { scripts, version, devDependencies } = require("../../package.json") as {
    scripts: Record<string, string>;
    version: string;
    devDependencies: Record<string, string>;
  };
  const wrong = npms.filter((line) => {
    if (line === "npm test" || line === "npm ci") return false;
    const [, script = "", test] = /^npm run (\S+)(?: -- (tests\/\S+))?$/.exec(line) ?? [];
    if (script !== "") return !(script in scripts) || (test !== undefined && !existsSync(join(root, test)));
    const [, tool = ""] = /^npm install --save-dev (\S+)$/.exec(line) ?? [];
    if (tool !== "") return !(tool in devDependencies);
    return line !== `npm install <path to>/pulumi-kinesis-${version}.tgz @pulumi/pulumi@3`;
  });
  expect(wrong).toEqual([]);
});

/** A stream as `pulumi stack export` writes it. */
const OF_AWS = {
  urn: "urn:pulumi:dev::shop::aws:kinesis/stream:Stream::orders",
  custom: true,
  id: "arn:aws:kinesis:eu-west-1:111122223333:stream/orders",
  type: "aws:kinesis/stream:Stream",
  inputs: { shardCount: 1 },
};

describe("our commands, run in a shell as they stand there", () => {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-pages-"));
  const ended: { line: string; code: number; stderr: string }[] = [];

  beforeAll(async () => {
    // What they name.
    const emulator = await startEmulator({ env: { INITIALIZE_STREAMS: "orders:1:eu-west-1,bills-1:1:eu-west-1" } });
    const stack = { version: 3, deployment: { resources: [OF_AWS] } };
    writeFileSync(join(directory, "before.json"), JSON.stringify(stack));
    mkdirSync(join(directory, "docs", "pictures"), { recursive: true });
    try {
      // What npx would start.
      const npx = `npx() { shift; "${process.execPath}" "${join(root, "dist", "provider", "cli.js")}" "$@"; }`;
      const options = {
        cwd: directory,
        env: { ...emulatorEnv(emulator.url), PATH: process.env.PATH, HOME: directory },
      };
      const run = (line: string) =>
        promisify(execFile)("bash", ["-c", `${npx}\n${line}`], options).then(
          ({ stderr }) => ended.push({ line, code: 0, stderr }),
          ({ code, stderr }) => ended.push({ line, code, stderr }),
        );
      await Promise.all(ours.map(run));
    } finally {
      await emulator.stop();
    }
  }, 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("do what they are there for", () => {
    // The doctor finds no project to look at.
    const failed = ended.filter(({ line, code }) => code !== (/ doctor\b/.test(line) ? 1 : 0));
    expect(failed).toEqual([]);
    expect(ended).toHaveLength(ours.length);
    const program = readFileSync(join(directory, "index.ts"), "utf8");
    expect([...program.matchAll(/name: "(.*)"/g)].map(([, name]) => name).sort()).toEqual(["bills-1", "orders"]);
    expect(JSON.parse(readFileSync(join(directory, "after.json"), "utf8"))).toMatchObject({
      deployment: { resources: [{}, { type: "pulumi-nodejs:dynamic/kinesis:Stream" }] },
    });
  });

  test("draw every picture, each below its command", () => {
    const shown = pages.flatMap(({ text }) => [
      ...text.matchAll(/^npx pulumi-kinesis plan .* --svg docs\/(pictures\/\S+)\n```\n\n!\[[^\]]+\]\(\1\)$/gm),
    ]);
    const pictures = readdirSync(join(root, "docs", "pictures")).map((file) => posix.join("pictures", file));
    expect(shown.map(([, file]) => file).sort()).toEqual(pictures.sort());
    for (const file of pictures) {
      expect(readFileSync(join(directory, "docs", file), "utf8")).toBe(readFileSync(join(root, "docs", file), "utf8"));
    }
  });
});

test("Pulumi has each command that the pages name, with these options and as many values", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-pulumi-"));
  try {
    const { pulumi, env } = await ensureEngine();
    // The helps of all commands, a file each.
    await promisify(execFile)(pulumi, ["gen-markdown", directory], { env: { ...process.env, ...env } });
    const inSentences = pages.flatMap(({ text }) =>
      [...text.matchAll(/`(pulumi [a-z][^`]*)`/g)].map(([, line]) => line),
    );
    const all = [
      ...pulumis.map((line) => faultOf(line, directory)),
      ...inSentences.map((line = "") => faultOf(line, directory, true)),
    ];
    expect(all.filter((fault) => fault !== undefined)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);

/** The name under which the engine's help has a command, where that is another one. */
const RENAMED: Record<string, string> = { "pulumi stack init": "pulumi stack new" };

/** What is wrong with a command of Pulumi's. In a sentence it may leave out what it is about. */
function faultOf(line: string, helps: string, isInSentence = false): string | undefined {
  const words = line.replace(/^pulumi \w+ \w+/, (name) => RENAMED[name] ?? name).split(" ");
  const helpOf = (length: number) => join(helps, `${words.slice(0, length).join("_")}.md`);
  const length = [3, 2].find((count) => existsSync(helpOf(count)));
  if (length === undefined) return `${line}: no such command`;
  const help = readFileSync(helpOf(length), "utf8");
  // "--file string   What it is", "--path   What it is"
  const options = new Map(
    [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)(?: (\S+))? {2}/gm)].map(([, option = "", value]) => [option, value]),
  );
  const values: string[] = [];
  for (let at = length; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) values.push(word);
    else if (!options.has(word)) return `${line}: no option ${word}`;
    else if (options.get(word) !== undefined) at++;
  }
  const [, usage = ""] = /^```\n(pulumi .*)\n```$/m.exec(help) ?? [];
  const places = usage.split(" ").filter((place) => /^[[<](?!flags|--|command)/.test(place));
  const needed = isInSentence ? 0 : places.filter((place) => place.startsWith("<")).length;
  return values.length < needed || values.length > places.length ? `${line}: not as in ${usage}` : undefined;
}

test("what a page shows of a command is what it prints", async () => {
  const shown = pages
    .flatMap((one) => blocksOf(one, ""))
    .map((block) => /^\$ npx pulumi-kinesis (.*)\n([\s\S]*)$/.exec(block));
  expect(shown.length).toBeGreaterThan(0);
  for (const [, args = "", output] of shown.map((found) => found ?? [])) {
    expect({ args, output: (await cli(args.split(" "))).stdout }).toEqual({ args, output });
  }
});
