/** All that is measured in one run, as one text and as one object. */
import type { Machine, Measured } from "./bench";

export interface Report {
  readonly command: string;
  readonly date: string;
  readonly minutes: number;
  readonly machine: Machine;
  readonly load: { readonly before: number; readonly after: number };
  readonly sections: readonly Measured[];
}

/** Above this, what is measured says more of the machine's other work than of anything here. */
const QUIET = 1.5;

export function renderReport({ command, date, minutes, machine, load, sections }: Report): string {
  const { cpu, cores, memoryGB, platform, node } = machine;
  return [
    "# What it takes",
    [
      `- \`${command}\`, ${date}, ${minutes.toFixed(1)} minutes`,
      `- ${cores} × ${cpu}, ${memoryGB} GB, ${platform}, Node ${node}`,
      `- load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after (its own work is in the latter)`,
    ].join("\n"),
    ...(load.before >= QUIET ? ["**The machine was busy with other things: don't quote these times.**"] : []),
    "## In short",
    "What documents quote; what the tools are and do stands below.",
    ...sections.map(({ inShort }) => inShort),
    ...sections.flatMap(({ title, markdown, wrong }) => [
      `## ${title}`,
      markdown,
      ...wrong.map((line) => `**WRONG: ${line}**`),
    ]),
  ]
    .join("\n\n")
    .concat("\n");
}
