/**
 * `npm run bench` measures everything beside its peers and writes one report; `npm run bench -- <name>` one part of it. Each part
 * is a file of tests/bench. Always printed, and written to bench-report/ as Markdown and JSON. --quick: a short one.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bench as account } from "../tests/bench/account";
import type { BenchOptions, Measured } from "../tests/bench/bench";
import { load, machine, run } from "../tests/bench/bench";
import { bench as client } from "../tests/bench/client";
import { bench as planner } from "../tests/bench/planner";
import { renderReport } from "../tests/bench/report";
import { bench as streams } from "../tests/bench/streams";

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Measured>>> = {
  client: (options) => run(client, options),
  planner: (options) => run(planner, options),
  streams: (options) => run(streams, options),
  account: (options) => run(account, options),
};

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => arg !== "--quick");
  const parts = Object.entries(PARTS).filter(([part]) => names.length === 0 || names.includes(part));
  if (names.length > 1 || parts.length === 0) {
    console.error(`Say what to time: npm run bench [-- [${Object.keys(PARTS).join(" | ")}] [--quick]]`);
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

  const folder = join(__dirname, "..", "bench-report");
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

void main(process.argv.slice(2));
