/**
 * `npm run bench` measures everything beside its peers and writes one report; `npm run bench -- <name>` one part of it. Each part
 * is a file of tests/bench. Always printed, and written to bench-report/ as Markdown and JSON. --quick: a short one.
 * `npm run bench -- --write-docs` measures nothing: it puts the head of the last whole run's report into docs/speed.md.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bench as account } from "../tests/bench/account";
import type { BenchOptions, Measured } from "../tests/bench/bench";
import { load, machine, run } from "../tests/bench/bench";
import { bench as client } from "../tests/bench/client";
import { bench as planner } from "../tests/bench/planner";
import { quoteHead, renderReport } from "../tests/bench/report";
import { bench as streams } from "../tests/bench/streams";
import { findDescendants, killAll } from "../tests/support/process-tree";
import { onInterrupt } from "./engine/interrupt";

const root = join(__dirname, "..");
const folder = join(root, "bench-report");

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Measured>>> = {
  client: (options) => run(client, options),
  planner: (options) => run(planner, options),
  streams: (options) => run(streams, options),
  account: (options) => run(account, options),
};

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 1 && args[0] === "--write-docs") return writeDocs();
  const names = args.filter((arg) => arg !== "--quick");
  const parts = Object.entries(PARTS).filter(([part]) => names.length === 0 || names.includes(part));
  if (names.length > 1 || parts.length === 0) {
    console.error(`Say what to time: npm run bench [-- [${Object.keys(PARTS).join(" | ")}] [--quick] | --write-docs]`);
    process.exitCode = 2;
    return;
  }
  const startedMs = performance.now();
  const time = () => `${((performance.now() - startedMs) / 1_000).toFixed(0).padStart(4)} s`;
  const options = {
    quick: args.includes("--quick"),
    log: (line: string) => process.stderr.write(`${time()}  ${line}\n`),
  };
  const before = load();
  const sections: Measured[] = [];
  for (const [, measure] of parts) sections.push(await measure(options));
  const report = {
    command: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    date: new Date().toISOString(),
    minutes: (performance.now() - startedMs) / 60_000,
    machine: machine(),
    load: { before, after: load() },
    sections,
  };

  const name = names[0] ?? "report";
  const markdown = renderReport(report);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), markdown);
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ ...report, sections: sections.map(({ title, data, wrong }) => ({ title, data, wrong })) }, undefined, 2)}\n`,
  );
  console.log(markdown);
  options.log(`written to bench-report/${name}.md and bench-report/${name}.json`);
  if (sections.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

/** So that what the document says was measured is what a report says, to the letter. */
function writeDocs(): void {
  const [report, document] = [join(folder, "report.md"), join(root, "docs/speed.md")];
  if (!existsSync(report)) {
    console.error("There is no bench-report/report.md yet: npm run bench writes it.");
    process.exitCode = 1;
    return;
  }
  writeFileSync(document, quoteHead(readFileSync(document, "utf8"), readFileSync(report, "utf8")));
  execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", document], { cwd: root, stdio: "inherit" });
}

/** Whatever a part makes is in here or is a child of ours, so that an interrupted run leaves neither behind. */
async function cleanly(work: () => Promise<void>): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-kinesis-bench-"));
  process.env.TMPDIR = temporary;
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  const done = onInterrupt(() => {
    killAll(findDescendants(process.pid));
    remove();
  });
  await work().finally(() => {
    done();
    remove();
  });
}

void cleanly(() => main(process.argv.slice(2)));
