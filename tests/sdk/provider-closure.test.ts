import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import type { ProviderKind } from "../../sdk/provider-closure";
import { providerClosure } from "../../sdk/provider-closure";

/** Every text that a release has written into users' state. Files are added here and never changed. */
const published = readdirSync(join(__dirname, "published")).map((file) => ({
  file,
  kind: file.split("-")[0] as ProviderKind,
  text: readFileSync(join(__dirname, "published", file), "utf8"),
}));

/** Evaluates a text as Pulumi's dynamic provider does, in a process of its own, and calls `check` with bad input. */
const EVALUATE = `
  (async () => {
    const provider = require(process.argv[1])(process.argv[2]).handler();
    await provider.configure({ config: { rawConfig: {} } });
    const { failures } = await provider.check({}, { shardCount: 0, tags: 1, __logicalName: "x" });
    console.log(JSON.stringify({ failures, methods: Object.keys(provider).sort() }));
  })().catch((error) => {
    console.error(String(error));
    process.exitCode = 1;
  });
`;

async function evaluate(text: string, cwd: string): Promise<string> {
  const args = ["-e", EVALUATE, require.resolve("require-from-string"), text];
  return (await promisify(execFile)(process.execPath, args, { cwd })).stdout;
}

describe.each(published)("the published provider text $file", ({ text, kind }) => {
  test("still finds its code and all of its methods in a fresh process", async () => {
    const example = join(__dirname, "..", "..", "examples", "quickstart");
    const { failures, methods } = JSON.parse(await evaluate(text, example));
    expect(methods).toEqual(["check", "configure", "create", "delete", "diff", "read", "update"]);
    expect(failures).not.toEqual([]);
  });

  test("says what to run where the package is not installed", async () => {
    const empty = realpathSync(mkdtempSync(join(tmpdir(), "nothing-installed-")));
    try {
      const failed = await evaluate(text, empty).catch((error) => (error as { stderr: string }).stderr);
      expect(failed).toContain(
        `the package pulumi-kinesis is not installed: run \`npm install pulumi-kinesis\` in ${empty}`,
      );
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test("is what this version writes, or an older one's", () => {
    const current = published.filter((one) => one.kind === kind).map((one) => one.text);
    expect(current).toContain(providerClosure(kind));
  });
});

test("a provider text stays small: it is in the state twice for every resource", () => {
  expect(providerClosure("stream").length).toBeLessThan(500);
});
