/** The quick part, with this Node.js and what node_modules holds: `npm run test:soak -- tests/compat` runs all of it. */
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { emulatorEnv } from "../support/emulator-env";
import { oldCompilerSays } from "./declarations";
import {
  CLIENT,
  CLIENT_SAYS,
  CLOSURES,
  CLOSURES_SAY,
  COMMONJS,
  ENTRIES,
  ENTRIES_SAY,
  ES_MODULE,
  PROGRAM_SAYS,
} from "./programs";
import { ask } from "./run";

const root = join(__dirname, "..", "..");
/** A project whose node_modules has the package under its name. */
const cwd = join(root, "examples", "quickstart");

describe("with this Node.js", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ createMs: 50, splitMs: 50, deleteMs: 50 });
  });
  afterAll(() => emulator.stop());

  test("the client creates, describes and splits a stream", async () => {
    expect(await ask(process.execPath, CLIENT, { cwd, env: emulatorEnv(emulator.url) })).toEqual(CLIENT_SAYS);
  });

  test.each([["commonjs", COMMONJS] as const, ["module", ES_MODULE] as const])(
    "a program in %s makes every resource",
    async (type, program) => {
      expect(await ask(process.execPath, program, { cwd }, type)).toEqual(PROGRAM_SAYS);
    },
  );

  test("every entry has the same names for `require` and for `import`", async () => {
    expect(await ask(process.execPath, ENTRIES, { cwd })).toEqual(ENTRIES_SAY);
  });

  test("Pulumi's dynamic provider finds every provider by its text", async () => {
    expect(await ask(process.execPath, CLOSURES, { cwd })).toEqual(CLOSURES_SAY);
  });
});

test("the oldest TypeScript has no complaint about a declaration of any entry, nor about a program that uses all", () => {
  const vendored = join(
    dirname(require.resolve("@pulumi/pulumi/package.json")),
    "vendor/typescript@3.8.3/typescript.js",
  );
  const { complaints, packages } = oldCompilerSays(vendored, cwd);
  expect(complaints).toEqual([]);
  // No library's types but Pulumi's: each would have to be read by the oldest TypeScript too.
  expect(packages).toEqual(["@pulumi/pulumi", "pulumi-kinesis"]);
});
