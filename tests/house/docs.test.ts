/** What the pages for users say is so: their code compiles, their commands run, their links lead somewhere. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";
import type { RateLimit, RecordLimit } from "../../provider/client/operations";
import { operations } from "../../provider/client/operations";
import { DEFAULT_MAX_OPERATIONS } from "../../provider/lifecycle/resharding";
import { timeoutMs } from "../../provider/lifecycle/timeouts";
import { MOST_SHARDS } from "../../provider/reshard";
import { cli } from "../cli/cli";
import { blocksOf, page, pages, root, rows } from "./pages";

/** A block that imports nothing goes on from the README's first one: with its stream, and whatever it names of ours. */
const BEFORE = `import * as pulumi from "@pulumi/pulumi";
import { getStream, getStreamOutput, ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
declare const orders: Stream;
`;

test("the TypeScript of every page compiles", () => {
  const blocks = pages.flatMap((one) => blocksOf(one, "ts").map((block) => ({ path: one.path, block })));
  expect(blocks.length).toBeGreaterThan(3);
  const files = new Map(
    blocks.map(({ path, block }, index) => [
      join(root, `${path.replace(/\W/g, "-")}-${index}.ts`),
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

test("a code block says its language, or shows what a command prints", () => {
  const others = pages.flatMap((one) =>
    [...one.text.matchAll(/^```(.*)\n(.*)/gm)]
      // Every second fence closes a block.
      .filter((_, index) => index % 2 === 0)
      .filter(
        ([, language = "", first = ""]) => !["ts", "sh"].includes(language) && !(language === "" && /^\$ /.test(first)),
      )
      .map(([fence]) => `${one.path}: ${fence}`),
  );
  expect(others).toEqual([]);
});

test("the commands of the pages are there: npm scripts, our command line, Pulumi's", () => {
  const { scripts } = require("../../package.json") as { scripts: Record<string, string> };
  const lines = pages.flatMap((one) => blocksOf(one, "sh").flatMap((block) => block.trim().split("\n")));
  const unknown = lines.filter((line) => {
    const [, script = ""] = /^npm run (\S+)/.exec(line) ?? [];
    if (script !== "") return !(script in scripts);
    return !/^(#|npm test$|npm install |pulumi (up|preview|refresh|cancel|config set|stack (ex|im)port|stack init|login --local)\b|npx pulumi-kinesis |KINESIS_MOCK_CERT_PATH=\S+ npx kinesis-local$)/.test(
      line,
    );
  });
  expect(unknown).toEqual([]);
});

test("what a page shows of a command is what it prints", async () => {
  const shown = pages
    .flatMap((one) => blocksOf(one, ""))
    .map((block) => /^\$ npx pulumi-kinesis (.*)\n([\s\S]*)$/.exec(block));
  expect(shown.length).toBeGreaterThan(0);
  for (const [, args = "", output] of shown.map((found) => found ?? [])) {
    expect({ args, output: (await cli(args.split(" "))).stdout }).toEqual({ args, output });
  }
});

test("every picture is what the command above it draws", async () => {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-pictures-"));
  try {
    const commands = pages.flatMap((one) => [
      ...one.text.matchAll(/^npx pulumi-kinesis (plan .*) --svg (docs\/pictures\/\S+)\n```\n\n!\[[^\]]+\]\((\S+)\)$/gm),
    ]);
    const drawn = commands.map(async ([, args = "", file = "", link = ""]) => {
      expect(link).toBe(file.replace(/^docs\//, ""));
      const copy = join(directory, posix.basename(file));
      expect(await cli([...args.split(" "), "--svg", copy])).toMatchObject({ code: 0 });
      expect(readFileSync(join(root, file), "utf8")).toBe(readFileSync(copy, "utf8"));
      return posix.basename(file);
    });
    expect((await Promise.all(drawn)).sort()).toEqual(readdirSync(join(root, "docs", "pictures")).sort());
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/** The anchors of a page; of equal ones GitHub numbers all but the first. */
function anchorsIn(text: string): Set<string> {
  const found = new Map<string, number>();
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => {
    const anchor = anchorOf(heading);
    const seen = found.get(anchor) ?? 0;
    found.set(anchor, seen + 1);
    return seen === 0 ? anchor : `${anchor}-${seen}`;
  });
  return new Set([...headings, ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)]);
}

test("links between pages lead to a page, and to a heading of it", () => {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (path: string): Set<string> => {
    const found = anchors.get(path) ?? anchorsIn(page(path).text);
    anchors.set(path, found);
    return found;
  };
  const all = [
    ...pages,
    ...["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(page),
    ...generated(),
  ];
  const broken = all.flatMap((one) =>
    [...one.text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^https:\/\//.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? one.path : posix.join(posix.dirname(one.path), file);
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && !anchorsOf(target).has(anchor);
      })
      .map((link) => `${one.path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("every page is reached from the README", () => {
  const { text } = page("README.md");
  const links = new Set([...text.matchAll(/\]\(([^)\s#]+)/g)].map(([, link = ""]) => link));
  expect(
    [...pages, ...generated()].map(({ path }) => path).filter((path) => path !== "README.md" && !links.has(path)),
  ).toEqual([]);
});

function generated() {
  return (readdirSync(join(root, "docs", "api"), { recursive: true }) as string[])
    .filter((file) => file.endsWith(".md"))
    .map((file) => page(posix.join("docs/api", file.replaceAll("\\", "/"))));
}

test("the table of rates has each operation once, with the rate that the client keeps", () => {
  const written = rows(page("docs/limits.md"), "## Calls a second").flatMap(
    ([number = "", per, source = "", names = ""]) =>
      names
        .split(", ")
        .map((operation) => ({ operation, number, per, source: /\((.*)\)/.exec(source)?.[1] ?? source })),
  );
  const kept = Object.entries(operations).map(([operation, row]) => {
    const rate: RateLimit | RecordLimit = row.rate;
    const number = "calls" in rate ? String(rate.calls) : `${rate.records} records`;
    return { operation, number, per: rate.per, source: rate.source };
  });
  const byName = (left: { operation: string }, right: { operation: string }) =>
    left.operation.localeCompare(right.operation);
  expect(written.sort(byName)).toEqual(kept.sort(byName));
});

test("the limits of ours are those of the code", () => {
  const minutes = (["create", "update", "delete"] as const).map((kind) => timeoutMs(kind, undefined) / 60_000);
  const written = rows(page("docs/limits.md"), "## Ours").map(([limit, number]) => [limit, number]);
  expect(written.slice(0, 3)).toEqual([
    ["operations of one reshard", String(DEFAULT_MAX_OPERATIONS)],
    ["shards of a stream", MOST_SHARDS.toLocaleString("en")],
    ["time of a create, an update, a delete", `${minutes.join(", ")} minutes`],
  ]);
});
