import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";

const root = join(__dirname, "..", "..");

/** Which part of the house a file is in, and what each part may import besides itself and the packages it is given. */
const PARTS = [
  { part: "errors", files: /^provider\/errors\.ts$/, mayUse: [], packages: [] },
  { part: "nearest", files: /^provider\/nearest\.ts$/, mayUse: [], packages: [] },
  { part: "permissions", files: /^provider\/permissions\.ts$/, mayUse: [], packages: [] },
  { part: "platform", files: /^provider\/platform\.ts$/, mayUse: [], packages: ["node:events", "node:os"] },
  {
    part: "client",
    files: /^provider\/client\//,
    mayUse: ["errors", "nearest", "platform"],
    packages: [/^node:/, /^undici/, /^zod/, /^@smithy\//, /^@aws-sdk\//],
  },
  { part: "reshard", files: /^provider\/reshard\//, mayUse: [], packages: [] },
  {
    part: "lifecycle",
    files: /^provider\/lifecycle\//,
    mayUse: ["errors", "nearest", "platform", "client", "reshard"],
    packages: ["zod", "node:crypto", "node:util"],
  },
  { part: "moving", files: /^provider\/moving\//, mayUse: ["errors"], packages: ["zod"] },
  {
    part: "command line",
    files: /^provider\/cli(\.ts$|\/)/,
    // The text of a provider, because moving a stack writes it into the state as a program does. The lifecycle, because what a
    // command says of a stream must be what an `up` sees in it.
    mayUse: [
      "errors",
      "nearest",
      "platform",
      "client",
      "reshard",
      "lifecycle",
      "moving",
      "permissions",
      "provider text",
    ],
    packages: ["commander", "pulumi-kinesis/package.json", /^node:/],
  },
  { part: "provider", files: /^provider\/index\.ts$/, mayUse: ["lifecycle", "platform"], packages: [] },
  { part: "provider text", files: /^sdk\/provider-closure\.ts$/, mayUse: [], packages: [] },
  {
    part: "sdk",
    files: /^sdk\/(?!provider-closure)/,
    mayUse: ["provider text"],
    // By its name, as the texts in users' states do, and inside a function: a program that looks nothing up loads no provider.
    packages: ["@pulumi/pulumi", "pulumi-kinesis/provider"],
  },
  {
    part: "examples",
    files: /^examples\//,
    mayUse: [],
    packages: [/^@pulumi\/pulumi(\/automation)?$/, /^pulumi-kinesis/, /^node:/],
  },
] as const;

interface Import {
  from: string;
  /** The file it leads to, or a package's name. */
  to: string;
  typeOnly: boolean;
}

const files = ["provider", "sdk", "examples"].flatMap((folder) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules/")),
);
const sources = PARTS.flatMap((part) => files.filter((file) => part.files.test(file)));

test("every source file belongs to exactly one part of the house", () => {
  const homeless = files.filter((file) => PARTS.filter((part) => part.files.test(file)).length !== 1);
  expect(homeless).toEqual([]);
});

test("dependencies point one way", () => {
  const broken = sources.flatMap((file) => {
    const home = partOf(file);
    return importsOf(file).flatMap(({ to, typeOnly }) => {
      const target = /^(provider|sdk|examples)\//.test(to) ? partOf(to) : undefined;
      if (target) {
        const allowed = target.part === home.part || (home.mayUse as readonly string[]).includes(target.part);
        return allowed
          ? []
          : [`${file} imports ${to}: ${home.part} may use only ${home.mayUse.join(", ") || "itself"}`];
      }
      if (typeOnly && to === "@pulumi/pulumi") return [];
      const allowed = home.packages.some((rule) => (typeof rule === "string" ? rule === to : rule.test(to)));
      return allowed
        ? []
        : [`${file} imports the package ${to}: it belongs into another part (see PARTS in this test)`];
    });
  });
  expect(broken).toEqual([]);
});

test("undici is imported in one place, and the environment read in one", () => {
  const users = sources.filter((file) =>
    importsOf(file).some(({ to, typeOnly }) => to.startsWith("undici") && !typeOnly),
  );
  expect(users).toEqual(["provider/client/transport.ts"]);
  const readers = sources.filter(
    (file) => /\bprocess\.env\b/.test(readFileSync(join(root, file), "utf8")) && !file.startsWith("examples/"),
  );
  expect(readers).toEqual(["provider/platform.ts"]);
});

test("there are no cycles", () => {
  const edges = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ to }) => to),
    ]),
  );
  const finished = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (finished.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    finished.add(file);
  };
  for (const file of sources) visit(file, []);
});

function partOf(file: string) {
  const part = PARTS.find((one) => one.files.test(file));
  if (!part) throw new Error(`${file} is in no part of the house`);
  return part;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const typeOnly = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly === true : node.isTypeOnly;
      add((node.moduleSpecifier as ts.StringLiteral).text, typeOnly);
    }
    const called = ts.isCallExpression(node) ? node : undefined;
    const argument = called?.arguments[0];
    if (called && argument && ts.isStringLiteral(argument)) {
      const isImport = called.expression.kind === ts.SyntaxKind.ImportKeyword;
      if (isImport || (ts.isIdentifier(called.expression) && called.expression.text === "require"))
        add(argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  const add = (specifier: string, typeOnly: boolean): void => {
    if (!specifier.startsWith(".")) found.push({ from: file, to: specifier, typeOnly });
    else found.push({ from: file, to: fileAt(resolve(root, dirname(file), specifier)), typeOnly });
  };
  visit(source);
  return found;
}

function fileAt(path: string): string {
  const base = relative(root, path).replaceAll("\\", "/");
  return [`${base}.ts`, `${base}/index.ts`, base].find((candidate) => files.includes(candidate)) ?? base;
}
