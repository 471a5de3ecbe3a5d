import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const root = join(__dirname, "..", "..");

/** What a tool of node_modules says about the repository; empty where it has no complaint. */
async function complaints(tool: string, args: string[]): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, [require.resolve(tool), ...args], { cwd: root, maxBuffer: 1 << 26 });
    return "";
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr || String(error);
  }
}

test("TypeScript has no complaint about any file, tests and scripts included", async () => {
  expect(await complaints("typescript/lib/tsc.js", ["-p", "tsconfig.json"])).toBe("");
}, 240_000);

test("git holds sources only: nothing installed, built or cached", async () => {
  const { stdout } = await promisify(execFile)("git", ["ls-files"], { cwd: root });
  expect(stdout.split("\n").filter((file) => /^(node_modules|dist|\.cache)(\/|$)|\.tgz$/.test(file))).toEqual([]);
});

test("the formatter and the linter have no complaint", async () => {
  expect(await complaints("@biomejs/biome/bin/biome", ["check", "--error-on-warnings"])).toBe("");
}, 120_000);
