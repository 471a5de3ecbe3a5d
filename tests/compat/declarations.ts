import { join } from "node:path";
import type * as ts from "typescript";
import { TYPED } from "./programs";

/**
 * Checks the program and every declaration of ours that it leads to. What the compiler thinks of others' is left out: the
 * types of Node.js 20 that are installed here need TypeScript 5.
 */
export function oldCompilerSays(compiler: string, cwd: string): { complaints: string[]; packages: string[] } {
  const old = require(compiler) as typeof ts;
  const options = {
    noEmit: true,
    strict: true,
    // Below ES2020, where a declaration may hold no literal of a bigint.
    target: old.ScriptTarget.ES2018,
    lib: ["lib.es2020.d.ts"],
    module: old.ModuleKind.CommonJS,
    moduleResolution: 2,
    types: [],
  };
  const name = join(cwd, "compat-program.ts");
  const host = old.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.readFile = (path) => (path === name ? TYPED : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === name ? old.createSourceFile(path, TYPED, rest[0]) : getSourceFile(path, ...rest);
  const program = old.createProgram([name], options, host);
  const files = program.getSourceFiles().map((file) => ({ file, from: packageOf(file.fileName) }));
  const complaints = files
    .filter(({ from }) => from === undefined || from === "pulumi-kinesis")
    .flatMap(({ file }) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => `${file?.fileName}: ${old.flattenDiagnosticMessageText(messageText, " ")}`);
  const reached = new Set<string>();
  for (const { file } of files.filter(({ from }) => from === undefined || from === "pulumi-kinesis")) {
    for (const { fileName } of old.preProcessFile(file.text).importedFiles) {
      if (!fileName.startsWith("."))
        reached.add(
          fileName
            .split("/")
            .slice(0, fileName.startsWith("@") ? 2 : 1)
            .join("/"),
        );
    }
  }
  return { complaints, packages: [...reached].sort() };
}

/** Links are followed: ours is the repository itself, whose built declarations the program leads to. */
function packageOf(file: string): string | undefined {
  if (/[\\/]dist[\\/](sdk|provider)[\\/]/.test(file)) return "pulumi-kinesis";
  return (
    /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ??
    (file.endsWith("compat-program.ts") ? undefined : "lib")
  );
}
