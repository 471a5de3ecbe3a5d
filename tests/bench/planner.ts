/**
 * The planner at Kinesis' largest sizes, each plan in a fresh process of its own (planner/once.cjs): time and memory of the
 * one call, before anything is compiled or warm.
 *
 *   npm run bench -- planner [--quick]
 *
 * Beside each plan stand a lower bound that is found in another way (planner/bound.ts), the plan at tolerance 0 and what the
 * algorithm of amazon-kinesis-scaling-utils, whose shards end exactly even too, does with the same stream (planner/peer.ts: computed,
 * the tool is not run). The bench fails where a plan has more operations than are proven necessary.
 * Time and memory say about the planner only what the machine lets them, so they are shown beside the aims and fail nothing.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DEFAULT_TOLERANCE } from "../../provider/reshard/target";
import { evenCuts, Random, shardsOf, unevenCuts } from "../reshard/shards";
import type { Bench } from "./bench";
import { median } from "./bench";
import { fixed, table } from "./markdown";
import { lowerBound } from "./planner/bound";
import { peerResize } from "./planner/peer";

interface Case {
  readonly name: string;
  readonly cuts: readonly bigint[];
  readonly wanted: number;
  readonly weights?: readonly number[];
}

export interface Measured {
  readonly wallMs: number;
  /** The least of five more in the same process, whose code is compiled by then. */
  readonly againMs: number;
  readonly cpuMs: number;
  readonly residentMB: number;
  readonly operations: number;
  readonly proven: number;
  readonly peakOpenShards: number;
  readonly widest: number;
}

const uneven = (seed: number, count: number) => unevenCuts(new Random(seed), count, 0.3);
const weights = (seed: number, count: number) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => 1 + random.below(4));
};

const cases: Case[] = [
  { name: "even", cuts: evenCuts(10_000), wanted: 10_001 },
  { name: "uneven ±30 %", cuts: uneven(2, 10_000), wanted: 10_001 },
  { name: "even", cuts: evenCuts(10_000), wanted: 7_000 },
  { name: "uneven ±30 %", cuts: uneven(3, 10_000), wanted: 7_000 },
  { name: "even", cuts: evenCuts(1), wanted: 10_000 },
  { name: "uneven ±30 %", cuts: uneven(4, 10_000), wanted: 10_000 },
  { name: "even", cuts: evenCuts(100), wanted: 101 },
  { name: "even", cuts: evenCuts(1000), wanted: 1500 },
  { name: "uneven ±30 %", cuts: uneven(1, 1000), wanted: 1100 },
  { name: "weights 1 … 4", cuts: uneven(5, 1000), wanted: 1000, weights: weights(6, 1000) },
  { name: "weights 1 … 4", cuts: evenCuts(1000), wanted: 700, weights: weights(7, 700) },
];

const percent = (part: number) => `${Math.round(part * 100)} %`;
const BAND = `+${percent(DEFAULT_TOLERANCE.over)} / -${percent(DEFAULT_TOLERANCE.under)}`;
const WIDTHS = `By default a shard of ours may end up to ${percent(DEFAULT_TOLERANCE.over)} wider and ${percent(DEFAULT_TOLERANCE.under)} narrower than an even one, which is what saves the operations; at tolerance 0, as by the peer's algorithm, all end exactly even.`;

/** What one plan may take: by the CPU, again by the clock, and at the peak of the process. */
const AIM = { cpuMs: 100, residentMB: 100 };

const AIMS: readonly { name: string; what: string; met(runs: readonly Measured[]): boolean }[] = [
  {
    name: `${AIM.cpuMs} ms of CPU`,
    what: "the first plan of a fresh process",
    met: (runs) => Math.min(...runs.map(({ cpuMs }) => cpuMs)) < AIM.cpuMs,
  },
  {
    name: `${AIM.cpuMs} ms once more`,
    what: "the same plan again in that process",
    met: (runs) => Math.min(...runs.map(({ againMs }) => againMs)) < AIM.cpuMs,
  },
  {
    name: `${AIM.residentMB} MB`,
    what: "memory",
    met: (runs) => Math.max(...runs.map(({ residentMB }) => residentMB)) < AIM.residentMB,
  },
];

/** Without a tolerance the planner's own default. */
function once({ cuts, wanted, weights }: Case, tolerance?: number): Measured {
  const input = JSON.stringify({ shards: shardsOf(cuts), target: { shardCount: wanted, weights }, tolerance });
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", join(__dirname, "planner/once.cjs")], {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the plan ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

export interface PlannerFigures {
  readonly rounds: number;
  readonly cases: readonly {
    readonly name: string;
    readonly shards: number;
    readonly wanted: number;
    /** One for each fresh process. */
    readonly runs: readonly Measured[];
    /** Of an even target only, as what follows. */
    readonly bound?: number;
    /** At tolerance 0: the plan's operations, those it proves necessary, and the independent bound. */
    readonly exact?: { readonly operations: number; readonly proven: number; readonly bound: number };
    readonly peer?: { readonly operations: number; readonly peak: number };
  }[];
}

async function measure({ quick, log }: Parameters<Bench<PlannerFigures>["measure"]>[0]): Promise<PlannerFigures> {
  const rounds = quick ? 1 : 5;
  const measured = cases.map((one) => {
    const { name, cuts, wanted, weights } = one;
    const shards = cuts.length - 1;
    log(`planner: ${shards} -> ${wanted}, ${name}`);
    const runs = Array.from({ length: rounds }, () => once(one));
    if (weights !== undefined) return { name, shards, wanted, runs };
    const bound = lowerBound(cuts, wanted, DEFAULT_TOLERANCE.over, DEFAULT_TOLERANCE.under);
    const { operations, proven } = once(one, 0);
    const exact = { operations, proven, bound: lowerBound(cuts, wanted, 0, 0) };
    return { name, shards, wanted, runs, bound, exact, peer: peerResize(cuts, wanted) };
  });
  return { rounds, cases: measured };
}

function render({ rounds, cases }: PlannerFigures): string {
  const rows = cases.map(({ name, shards, wanted, runs, bound, exact, peer }) => {
    const of = (key: keyof Measured) => runs.map((run) => run[key]);
    const spread = (key: keyof Measured) => `${fixed(Math.min(...of(key)), 0)} / ${fixed(median(of(key)), 0)}`;
    const [run] = runs;
    return [
      `${shards} -> ${wanted}`,
      name,
      spread("wallMs"),
      spread("cpuMs"),
      spread("againMs"),
      fixed(Math.max(...of("residentMB")), 0),
      run?.operations ?? "-",
      run?.proven ?? "-",
      bound ?? "-",
      run?.peakOpenShards ?? "-",
      fixed(run?.widest, 4),
      exact?.operations ?? "-",
      peer?.operations ?? "-",
      fixed(peer && exact && peer.operations / exact.operations, 2),
      peer?.peak ?? "-",
      AIMS.map(({ name, met }) => `${name} ${met(runs) ? "reached" : "**missed**"}`).join(", "),
    ];
  });
  const reached = AIMS.map(({ name, what, met }) => {
    const count = cases.filter(({ runs }) => met(runs)).length;
    const all = count === cases.length ? "reached" : "**missed**";
    return `- planner: ${what} (${name}): ${count} of ${cases.length} plans; aim all, ${all}`;
  });
  return [
    `Default tolerance (${BAND}); each plan in ${rounds} fresh ${rounds === 1 ? "process" : "processes"}, least and median. "Again" is the same plan once more in that process. The peer is the algorithm of amazon-kinesis-scaling-utils, computed with the same shards; the tool is not run. ${WIDTHS}`,
    table(
      [
        ["shards", "left"],
        ["start", "left"],
        ["wall ms"],
        ["CPU ms"],
        ["again, wall ms"],
        ["resident MB"],
        ["operations"],
        ["the planner proves"],
        ["independent bound"],
        ["peak"],
        ["widest"],
        ["at tolerance 0: operations"],
        ["peer: operations"],
        ["÷ ours at tolerance 0"],
        ["peer: peak"],
        ["aims", "left"],
      ],
      rows,
    ),
    reached.join("\n"),
  ].join("\n\n");
}

/** The sizes at which a person meets the planner, and the largest. */
function inShort({ cases }: PlannerFigures): string {
  const rows = cases.flatMap(({ shards, wanted, name, runs, exact, peer }) =>
    peer === undefined || exact === undefined
      ? []
      : [
          [
            `${shards} -> ${wanted} shards, ${name}`,
            `${runs[0]?.operations ?? "-"} operations`,
            `${exact.operations} operations`,
            `${peer.operations} operations`,
            `${fixed(median(runs.map(({ wallMs }) => wallMs)), 0)} ms`,
          ],
        ],
  );
  const columns = [
    ["a reshard", "left"],
    [`planner, by default ${BAND}`],
    ["planner, tolerance 0"],
    ["amazon-kinesis-scaling-utils, its algorithm, computed"],
    ["planning takes, by default"],
  ] as const;
  return [table(columns, rows), WIDTHS].join("\n\n");
}

function wrong({ cases }: PlannerFigures): string[] {
  const found = cases.flatMap(({ name, shards, wanted, runs, bound, exact }) => {
    const plans = runs.map(({ operations, proven }) => ({ at: name, operations, proven, bound }));
    return [...plans, ...(exact ? [{ at: `${name}, tolerance 0`, ...exact }] : [])].flatMap((one) => {
      const plan = `${shards} -> ${wanted}, ${one.at}: ${one.operations} operations`;
      return [
        ...(one.operations === one.proven ? [] : [`${plan}, but only ${one.proven} are proven necessary`]),
        ...(one.bound === undefined || one.operations === one.bound
          ? []
          : [`${plan}, the independent bound is ${one.bound}`]),
      ];
    });
  });
  return [...new Set(found)];
}

export const bench: Bench<PlannerFigures> = { title: "The planner", measure, render, inShort, wrong };
