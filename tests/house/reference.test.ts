import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const root = join(__dirname, "..", "..");

test("the API reference is what the docstrings say, and everything that is exported has one (`npm run docs`)", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-reference-"));
  try {
    const args = [join(root, "node_modules/typedoc/bin/typedoc"), "--out", directory];
    // typedoc.json makes an error of whatever is exported without a docstring, and of links that lead nowhere.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch((error) => error);
    expect(stdout + stderr).toBe("");
    expect(filesIn(join(root, "docs", "api"))).toEqual(filesIn(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);

/** Every file's path and text. */
function filesIn(directory: string): Record<string, string> {
  const files = (readdirSync(directory, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(directory, file)).isFile())
      .map((file) => [file, readFileSync(join(directory, file), "utf8")]),
  );
}
