import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as ts from "typescript";

/**
 * Projects without a TypeScript of their own get the 3.8 that Pulumi carries. It must be able to parse every
 * declaration that `pulumi-kinesis/client` leads to, and none of them may lead to a library's types.
 */
const root = join(__dirname, "../..");
const old: { version: string } & typeof ts = require(
  join(dirname(require.resolve("@pulumi/pulumi/package.json")), "vendor/typescript@3.8.3/typescript.js"),
);

let declarations: Map<string, string>;
beforeAll(() => {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram([join(root, "provider/client/index.ts")], {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: "/out",
    rootDir: root,
  });
  declarations = new Map();
  program.emit(undefined, (name, text) => declarations.set(name.replace("/out/", ""), text));
}, 60_000);

/** The files that the entry point leads to, by the imports that its declarations really have. */
function reached(): string[] {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const text = declarations.get(name);
    if (text === undefined) throw new Error(`${name} is no declaration of ours`);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (!fileName.startsWith(".")) throw new Error(`${name} leads to ${fileName}`);
      visit(`${join(dirname(name), fileName)}.d.ts`);
    }
  };
  visit("provider/client/index.d.ts");
  return [...seen].sort();
}

describe(`the client's declarations under TypeScript ${old.version}`, () => {
  test("lead to these files and to no library", () => {
    expect(reached()).toEqual([
      "provider/client/client.d.ts",
      "provider/client/credentials.d.ts",
      "provider/client/index.d.ts",
      "provider/client/methods.d.ts",
      "provider/client/options.d.ts",
      "provider/client/shapes.d.ts",
      "provider/errors.d.ts",
      "provider/platform.d.ts",
    ]);
  });

  test("parse", () => {
    for (const name of reached()) {
      const text = declarations.get(name) ?? "";
      const file = old.createSourceFile(name, text, old.ScriptTarget.ES2020, true);
      const problems = (file as unknown as { parseDiagnostics: ts.Diagnostic[] }).parseDiagnostics;
      expect([name, problems.map(({ messageText }) => messageText)]).toEqual([name, []]);
    }
  });
});
