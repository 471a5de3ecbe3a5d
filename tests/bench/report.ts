/** All that is measured in one run, as one text, whose head documents quote whole. */
import type { Machine, Measured } from "./bench";

export interface Report {
  readonly command: string;
  readonly date: string;
  readonly minutes: number;
  readonly machine: Machine;
  readonly load: { readonly before: number; readonly after: number };
  readonly sections: readonly Measured[];
}

const HEAD = { begin: "<!-- in short -->", end: "<!-- end -->" };

/** Above this, what is measured says more of the machine's other work than of anything here. */
const QUIET = 1.5;

const BUSY = "**The machine was busy with other things: don't quote these times.**";
const WRONG = "**WRONG:";

export function renderReport({ command, date, minutes, machine, load, sections }: Report): string {
  const { cpu, cores, memoryGB, platform, node } = machine;
  return [
    "# What it takes",
    HEAD.begin,
    [
      `- \`${command}\`, ${date}, ${minutes.toFixed(1)} minutes`,
      `- ${cores} × ${cpu}, ${memoryGB} GB, ${platform}, Node ${node}`,
      `- load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after (its own work is in the latter)`,
    ].join("\n"),
    ...(load.before >= QUIET ? [BUSY] : []),
    ...sections.flatMap(({ wrong }) => wrong.map((line) => `${WRONG} ${line}**`)),
    ...sections.map(({ inShort }) => inShort),
    ...missed(sections),
    HEAD.end,
    ...sections.flatMap(({ title, markdown }) => [`## ${title}`, markdown]),
  ]
    .join("\n\n")
    .concat("\n");
}

/** An aim is as much of the result where it is missed: who quotes the tables quotes that too. */
function missed(sections: readonly Measured[]): string[] {
  const lines = sections
    .flatMap(({ markdown }) => markdown.split("\n"))
    .filter((line) => /^- .*\*\*missed\*\*$/.test(line));
  if (lines.length === 0) return [];
  return [
    "Aims that this run missed, of those that we have set ourselves (the report has the reached ones too):",
    lines.join("\n"),
  ];
}

/** The document with the head of the report in the place of the one it has. Throws where nobody should quote the report. */
export function quoteHead(document: string, report: string): string {
  const [from, to] = [headOf(report), headOf(document)];
  const head = report.slice(from.begin, from.end);
  for (const reason of [BUSY, WRONG]) {
    if (head.includes(reason)) throw new Error(`this report is not to be quoted: it says ${reason} …`);
  }
  return document.slice(0, to.begin) + head + document.slice(to.end);
}

function headOf(text: string): { readonly begin: number; readonly end: number } {
  const begin = text.indexOf(HEAD.begin);
  const end = text.indexOf(HEAD.end, begin);
  if (begin === -1 || end === -1) throw new Error(`there are no lines ${HEAD.begin} and ${HEAD.end} in it`);
  return { begin, end };
}
