import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { pages } from "../house/pages";
import { cli } from "./cli";

const COMMANDS = ["plan", "doctor", "adopt", "iam-policy"];
const helps: Record<string, string> = {};

beforeAll(async () => {
  for (const command of COMMANDS) helps[command] = (await cli([command, "--help"])).stdout;
});

test("the command tells its commands, its version and its exit codes", async () => {
  const { code, stdout } = await cli(["--help"]);
  expect(code).toBe(0);
  expect([...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name)).toEqual([...COMMANDS, "help"]);
  expect(await cli(["--version"])).toMatchObject({ code: 0, stdout: `${require("../../package.json").version}\n` });
});

test.each(COMMANDS)("%s --help has its exit codes, and no line that a terminal of 80 columns breaks", (command) => {
  const help = helps[command] ?? "";
  expect(help).toMatch(/\nExit codes:\n {2}0 {2}done\n {2}1 {2}.*\n {2}2 {2}/);
  // Commander leaves the usage in one line.
  expect(help.split("\n").filter((line) => line.length > 80 && !line.startsWith("Usage:"))).toEqual([]);
});

test("what the pages for users and the helps themselves call has these options", () => {
  const text = [...pages.map((page) => page.text), ...Object.values(helps)].join("\n");
  const calls = [...text.matchAll(/(?:\$ |npx |^)pulumi-kinesis ([a-z-]+)([^`\n#|]*)/gm)];
  expect(new Set(calls.map(([, command]) => command))).toEqual(new Set(COMMANDS));
  const wrong = calls.flatMap(([call, command = "", rest = ""]) =>
    [...rest.matchAll(/--[a-z-]+/g)].filter(([option]) => !helps[command]?.includes(`${option} `)).map(() => call),
  );
  expect(wrong).toEqual([]);
});

test.each([["plan", "--from", "2", "--to", "3"], ["doctor"]])(
  "output of %s that can't be written is said, and is no success",
  (...args) => {
    // Opened for reading only: as good as a full disk, and on every system.
    const unwritable = openSync(__filename, "r");
    const command = [join(__dirname, "../../dist/provider/cli.js"), ...args];
    const { status, stderr } = spawnSync(process.execPath, command, {
      stdio: ["ignore", unwritable, "pipe"],
      encoding: "utf8",
    });
    closeSync(unwritable);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "standard output: bad file descriptor\n" });
  },
);
