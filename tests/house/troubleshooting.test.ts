/** Keeps docs/troubleshooting.md equal to the errors that there are. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";
import { page, root } from "./pages";

const { text } = page("docs/troubleshooting.md");

/** Every text that the source makes, with "…" for what is put into it. */
const texts = ["provider", "sdk"].flatMap((folder) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => textsIn(join(root, folder, file))),
);

function textsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const made = textOf(node);
    if (made !== "…") found.push(made);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022));
  return found;
}

function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(({ literal }) => `…${literal.text}`)].join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  return "…";
}

/** Blanks around what is put in are sometimes part of it. */
const plain = (words: string): string => words.replace(/\s*…[\s…]*/g, "…");

test("each heading is what a message says", () => {
  const headings = [...text.matchAll(/^### (.*)$/gm)].map(([, heading = ""]) => heading);
  expect(headings.length).toBeGreaterThan(50);
  const said = texts.map(plain);
  expect(headings.filter((heading) => !said.some((words) => words.includes(plain(heading))))).toEqual([]);
});

test("no heading is there twice", () => {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  expect(headings.filter((heading, place) => headings.indexOf(heading) !== place)).toEqual([]);
});

test("every code is on the page, ours and those of AWS that have a class or advice of their own", () => {
  const source = (file: string) => readFileSync(join(root, "provider", file), "utf8");
  const ours = ["errors.ts", "reshard/errors.ts"].flatMap((file) => source(file).match(/"ERR_KINESIS_\w+"/g) ?? []);
  const [, classes = ""] = /serviceErrors: [^{]*\{[^}]*\} = \{([^}]*)\}/.exec(source("errors.ts")) ?? [];
  const [, advised = ""] = /const NEXT: [^=]*= \{([\s\S]*?)\n\};/.exec(source("client/explain.ts")) ?? [];
  const theirs = [
    ...(classes.match(/\w+/g) ?? []),
    ...[...advised.matchAll(/^ {2}(\w+):/gm)].map(([, code = ""]) => code),
  ];
  expect(ours.length).toBeGreaterThan(30);
  expect(theirs.length).toBeGreaterThan(30);
  const codes = [...ours.map((code) => code.slice(1, -1)), ...theirs];
  expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

test("every code on the page is one that there is", () => {
  const source = texts.join("\n");
  const codes = [...text.matchAll(/`(ERR_KINESIS_\w+)`/g)].map(([, code = ""]) => code);
  expect(codes.filter((code) => !source.split("\n").includes(code))).toEqual([]);
});
