/** The pages that tell users of the package: README.md and docs/, without what is generated. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(__dirname, "..", "..");

export interface Page {
  /** From the root of the repository: "docs/install.md". */
  readonly path: string;
  readonly text: string;
}

/** One page, by its path from the root of the repository. */
export const page = (path: string): Page => ({ path, text: readFileSync(join(root, path), "utf8") });

/** README.md and every page written by hand under docs/. */
export const pages: readonly Page[] = [
  page("README.md"),
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => page(`docs/${file}`)),
];

/** What stands in the code blocks of a language; of "" in those without one. */
export const blocksOf = ({ text }: Page, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => String(block));

/** The first table under a heading, row by row and cell by cell, without its head. */
export function rows({ path, text }: Page, heading: string): string[][] {
  const [, section] = text.split(`\n${heading}\n`);
  if (section === undefined) throw new Error(`${path} has no ${heading}`);
  const [table = ""] = /(^\|.*\n)+/m.exec(section) ?? [];
  return table
    .trim()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
