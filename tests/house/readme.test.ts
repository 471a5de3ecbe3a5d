import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";

const root = join(__dirname, "../..");
const text = readFileSync(join(root, "README.md"), "utf8");

/** A block that imports nothing goes on from the first one: with its stream, and whatever it names of ours. */
const BEFORE = `import * as pulumi from "@pulumi/pulumi";
import { getStream, getStreamOutput, ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
declare const orders: Stream;
`;

test("the TypeScript in the README compiles", () => {
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block));
  expect(blocks.length).toBeGreaterThan(3);
  const files = new Map(
    blocks.map((block, index) => [
      join(root, `readme-${index}.ts`),
      /^import /m.test(block) ? block : `${BEFORE}${block}\nexport {};\n`,
    ]),
  );
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
    noEmit: true,
    noUnusedLocals: false,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    verbatimModuleSyntax: false,
    paths: {
      "pulumi-kinesis": [join(root, "sdk/index.ts")],
      "pulumi-kinesis/*": [join(root, "provider/*/index.ts")],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const block = files.get(name);
    return block === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, block, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const problems = [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name.replace(root, "")}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
  expect(problems).toEqual([]);
}, 60_000);
