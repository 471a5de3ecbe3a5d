import { afterAll, beforeAll } from "@jest/globals";
import type { Malformed, Source } from "./malformed";
import { malformed } from "./malformed";

const isSoak = Boolean(process.env.PULUMI_KINESIS_SOAK);

/** How many malformed inputs each resource, look-up and operation gets at least, all of them in the soak. */
const COUNT = 2_000;
/** So many of them in `npm test`, spread over all. */
const SAMPLE = 400;
/** Each so many goes through an operation's own method as well, which hands on what it gets. */
export const EVERY = isSoak ? 1 : 10;

const table: string[] = [];

/** The malformed inputs for one of them. @throws where there are too few different ones */
export function inputsFor(name: string, source: Source): Malformed[] {
  const all = malformed(source, COUNT);
  if (all.length < COUNT) throw new Error(`${name} gets ${all.length} different malformed inputs only`);
  const inputs = isSoak ? all : all.filter((_, index) => index % Math.floor(all.length / SAMPLE) === 0);
  table.push(`${String(inputs.length).padStart(6)}  ${name}`);
  return inputs;
}

/** Prints in the soak how many there were; of so many errors nobody looks where they came from, and noting it takes long. */
export function useManyErrors(): void {
  const traced = Error.stackTraceLimit;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = traced;
    if (isSoak) process.stderr.write(`malformed inputs, each refused with a clear error:\n${table.join("\n")}\n`);
  });
}
