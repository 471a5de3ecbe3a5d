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
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { DEFAULT_TOLERANCE } from "../../provider/reshard/target";
import { evenCuts, Random, shardsOf, unevenCuts } from "../reshard/shards";
import { lowerBound } from "./planner/bound";
import { peerResize } from "./planner/peer";

interface Case {
  readonly name: string;
  readonly cuts: readonly bigint[];
  readonly wanted: number;
  readonly weights?: readonly number[];
}

interface Measured {
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

const ROUNDS = process.argv.includes("--quick") ? 1 : 7;

function once({ cuts, wanted, weights }: Case): Measured {
  const input = JSON.stringify({ shards: shardsOf(cuts), target: { shardCount: wanted, weights } });
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", join(__dirname, "planner/once.cjs")], {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the plan ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

const wrong: string[] = [];
const load = () => loadavg()[0]?.toFixed(1);
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${load()} before; default tolerance; ` +
    `each plan in ${ROUNDS} fresh processes, least and median\n`,
);
console.log(
  "| shards | start | wall ms | CPU ms | again, wall ms | resident MB | operations | the planner proves | independent bound | peak | widest | kinesis-scaling-utils: operations | peak | aims |",
);
console.log("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|");
for (const one of cases) {
  const runs = Array.from({ length: ROUNDS }, () => once(one));
  const [run] = runs;
  if (run === undefined) throw new Error("no round");
  const spread = (of: (one: Measured) => number) => {
    const values = runs.map(of).sort((a, b) => a - b);
    return `${values[0]?.toFixed(0)} / ${values[values.length >> 1]?.toFixed(0)}`;
  };
  const bound = one.weights ? "-" : lowerBound(one.cuts, one.wanted, DEFAULT_TOLERANCE.over, DEFAULT_TOLERANCE.under);
  const name = `${one.cuts.length - 1} -> ${one.wanted}, ${one.name}`;
  for (const { operations, proven } of runs) {
    if (operations !== proven) wrong.push(`${name}: ${operations} operations, but only ${proven} are proven necessary`);
    if (bound !== "-" && operations !== bound)
      wrong.push(`${name}: ${operations} operations, the independent bound is ${bound}`);
  }
  const cpuMs = Math.min(...runs.map((r) => r.cpuMs));
  const residentMB = Math.max(...runs.map((r) => r.residentMB));
  const aim = (what: string, met: boolean) => `${what} ${met ? "reached" : "missed"}`;
  const aims = [
    aim(`${AIM.cpuMs} ms of CPU`, cpuMs < AIM.cpuMs),
    aim("again", Math.min(...runs.map((r) => r.againMs)) < AIM.cpuMs),
    aim(`${AIM.residentMB} MB`, residentMB < AIM.residentMB),
  ];
  const peer = one.weights ? undefined : peerResize(one.cuts, one.wanted);
  console.log(
    `| ${one.cuts.length - 1} -> ${one.wanted} | ${one.name} | ${spread((r) => r.wallMs)} | ${spread((r) => r.cpuMs)} | ${spread((r) => r.againMs)} | ` +
      `${residentMB.toFixed(0)} | ${run.operations} | ${run.proven} | ${bound} | ` +
      `${run.peakOpenShards} | ${run.widest.toFixed(4)} | ${peer?.operations ?? "-"} | ${peer?.peak ?? "-"} | ${aims.join(", ")} |`,
  );
}
console.log(`\nload ${load()} after`);
for (const line of [...new Set(wrong)]) console.error(`WRONG: ${line}`);
if (wrong.length > 0) process.exitCode = 1;
