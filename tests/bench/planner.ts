/**
 * The planner at Kinesis' largest sizes, each plan in a fresh process of its own (planner/once.cjs): time and memory of the
 * one call, before anything is compiled or warm.
 *
 *   npm run bench -- planner [--quick]
 *
 * Beside each plan stand a lower bound that is found in another way (planner/bound.ts) and what amazon-kinesis-scaling-utils
 * does with the same stream (planner/peer.ts). The bench fails where a plan has more operations than are proven necessary.
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

/** What one plan may take: by the CPU, again by the clock, and at the peak of the process. */
const AIM = { cpuMs: 100, residentMB: 100 };

function once({ cuts, wanted, weights }: Case): Measured {
  const input = JSON.stringify({ shards: shardsOf(cuts), target: { shardCount: wanted, weights } });
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
    /** Of an even target only. */
    readonly bound?: number;
    readonly peer?: { readonly operations: number; readonly peak: number };
  }[];
}

async function measure({ quick, log }: Parameters<Bench<PlannerFigures>["measure"]>[0]): Promise<PlannerFigures> {
  const rounds = quick ? 1 : 7;
  const measured = cases.map((one) => {
    const { name, cuts, wanted, weights } = one;
    const shards = cuts.length - 1;
    log(`planner: ${shards} -> ${wanted}, ${name}`);
    const runs = Array.from({ length: rounds }, () => once(one));
    if (weights !== undefined) return { name, shards, wanted, runs };
    const bound = lowerBound(cuts, wanted, DEFAULT_TOLERANCE.over, DEFAULT_TOLERANCE.under);
    return { name, shards, wanted, runs, bound, peer: peerResize(cuts, wanted) };
  });
  return { rounds, cases: measured };
}

function render({ rounds, cases }: PlannerFigures): string {
  const rows = cases.map(({ name, shards, wanted, runs, bound, peer }) => {
    const of = (key: keyof Measured) => runs.map((run) => run[key]);
    const spread = (key: keyof Measured) => `${fixed(Math.min(...of(key)), 0)} / ${fixed(median(of(key)), 0)}`;
    const [run] = runs;
    const aim = (what: string, met: boolean) => `${what} ${met ? "reached" : "**missed**"}`;
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
      peer?.operations ?? "-",
      fixed(peer && run && peer.operations / run.operations, 2),
      peer?.peak ?? "-",
      [
        aim(`${AIM.cpuMs} ms of CPU`, Math.min(...of("cpuMs")) < AIM.cpuMs),
        aim("again", Math.min(...of("againMs")) < AIM.cpuMs),
        aim(`${AIM.residentMB} MB`, Math.max(...of("residentMB")) < AIM.residentMB),
      ].join(", "),
    ];
  });
  return [
    `Default tolerance; each plan in ${rounds} fresh ${rounds === 1 ? "process" : "processes"}, least and median. "Again" is the same plan once more in that process. The peer is amazon-kinesis-scaling-utils: what its algorithm does with the same shards.`,
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
        ["peer: operations"],
        ["÷ ours"],
        ["peer: peak"],
        ["aims", "left"],
      ],
      rows,
    ),
  ].join("\n\n");
}

/** The sizes at which a person meets the planner, and the largest. */
function inShort({ cases }: PlannerFigures): string {
  const rows = cases.flatMap(({ shards, wanted, name, runs, peer }) =>
    peer === undefined
      ? []
      : [
          [
            `${shards} -> ${wanted} shards, ${name}`,
            `${runs[0]?.operations ?? "-"} operations`,
            `${peer.operations} operations`,
            `${fixed(median(runs.map(({ wallMs }) => wallMs)), 0)} ms`,
          ],
        ],
  );
  return table([["a reshard", "left"], ["planner"], ["amazon-kinesis-scaling-utils"], ["planning takes"]], rows);
}

function wrong({ cases }: PlannerFigures): string[] {
  const found = cases.flatMap(({ name, shards, wanted, runs, bound }) =>
    runs.flatMap(({ operations, proven }) => {
      const plan = `${shards} -> ${wanted}, ${name}: ${operations} operations`;
      return [
        ...(operations === proven ? [] : [`${plan}, but only ${proven} are proven necessary`]),
        ...(bound === undefined || operations === bound ? [] : [`${plan}, the independent bound is ${bound}`]),
      ];
    }),
  );
  return [...new Set(found)];
}

export const bench: Bench<PlannerFigures> = { title: "The planner", measure, render, inShort, wrong };
