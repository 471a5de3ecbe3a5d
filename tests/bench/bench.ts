/** What a bench is: it measures, and what it has measured is rendered without measuring again. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

export interface BenchOptions {
  /** A short run: fewer rounds and smaller sizes, which the rendered text names. */
  readonly quick: boolean;
  /** Says what goes on, as a run takes minutes. */
  readonly log: (line: string) => void;
}

export interface Bench<Data> {
  readonly title: string;
  measure(options: BenchOptions): Promise<Data>;
  /** Markdown, without the title. Pure: the figures are all in the data. */
  render(data: Data): string;
  /** The few figures of it that documents quote, as a table; empty where there are none. */
  inShort(data: Data): string;
  /** What no run may show, however slow the machine is. Times are never among it. */
  wrong(data: Data): string[];
}

/** A bench with what it has measured. */
export interface Measured {
  readonly title: string;
  readonly data: unknown;
  readonly markdown: string;
  readonly inShort: string;
  readonly wrong: readonly string[];
}

export async function run<Data>(bench: Bench<Data>, options: BenchOptions): Promise<Measured> {
  const data = await bench.measure(options);
  const { title } = bench;
  return { title, data, markdown: bench.render(data), inShort: bench.inShort(data), wrong: bench.wrong(data) };
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly platform: string;
  readonly node: string;
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 1e9),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
});

/** Processes that wanted to run, on average over the last minute. */
export const load = (): number => loadavg()[0] ?? Number.NaN;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export function installedVersion(npmPackage: string): string {
  const file = join(__dirname, "../../node_modules", npmPackage, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
