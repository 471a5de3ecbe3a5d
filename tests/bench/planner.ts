/**
 * `npx tsx tests/bench/planner.ts`: how long the planner takes, what it allocates and what it saves.
 *
 * Beside each plan stands the exact even re-cut: what a tool does that puts every shard at exactly 1/M, as
 * amazon-kinesis-scaling-utils aims to. Left to right, for each new shard it merges what lies inside and splits at the
 * end, so that its operations are all cuts that are not shared with the even grid. "proven" is the planner's own certificate.
 */
import { orderSteps } from "../../provider/reshard/order";
import { planReshard } from "../../provider/reshard/plan";
import { evenCuts, Random, shardsOf, unevenCuts } from "../reshard/shards";

interface Case {
  readonly name: string;
  readonly cuts: readonly bigint[];
  readonly wanted: number;
}

const cases: Case[] = [
  { name: "even", cuts: evenCuts(100), wanted: 101 },
  { name: "even", cuts: evenCuts(1000), wanted: 1500 },
  { name: "uneven ±30 %", cuts: unevenCuts(new Random(1), 1000, 0.3), wanted: 1100 },
  { name: "even", cuts: evenCuts(10_000), wanted: 10_001 },
  { name: "even", cuts: evenCuts(10_000), wanted: 7_000 },
  { name: "even", cuts: evenCuts(1), wanted: 10_000 },
  { name: "uneven ±30 %", cuts: unevenCuts(new Random(2), 10_000, 0.3), wanted: 10_001 },
  { name: "uneven ±30 %", cuts: unevenCuts(new Random(3), 10_000, 0.3), wanted: 7_000 },
  { name: "uneven ±30 %", cuts: unevenCuts(new Random(4), 10_000, 0.3), wanted: 10_000 },
];

const ROUNDS = 7;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

/** The exact even re-cut, shard by shard from the left: open shards at most, operations in all. */
function evenRecut(cuts: readonly bigint[], wanted: number): { operations: number; peak: number } {
  const goal = evenCuts(wanted);
  const isGoal = new Set(goal);
  const present = new Set(cuts);
  const union = [...new Set([...cuts, ...goal])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  let open = cuts.length - 1;
  let [operations, peak] = [0, open];
  let toMerge = 0;
  for (const cut of union) {
    if (!isGoal.has(cut)) {
      toMerge++;
      continue;
    }
    if (!present.has(cut)) {
      open++;
      operations++;
      peak = Math.max(peak, open);
    }
    operations += toMerge;
    open -= toMerge;
    toMerge = 0;
  }
  return { operations, peak };
}

console.log(
  `planner, default tolerance (10 % over, 25 % under), Node ${process.version}, median of ${ROUNDS} after warm-up\n`,
);
console.log(
  "| shards | start | ms (wall) | ms (cpu) | heap MB | operations | proven | peak | widest | even re-cut: operations | peak |",
);
console.log("|---|---|--:|--:|--:|--:|---|--:|--:|--:|--:|");
for (const { name, cuts, wanted } of cases) {
  const shards = shardsOf(cuts);
  const wall: number[] = [];
  const cpu: number[] = [];
  const heap: number[] = [];
  let plan = planReshard({ shards, target: wanted });
  for (let round = 0; round < ROUNDS; round++) {
    collect();
    const before = process.memoryUsage();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    plan = planReshard({ shards, target: wanted });
    wall.push(performance.now() - start);
    const used = process.cpuUsage(cpuBefore);
    cpu.push((used.user + used.system) / 1000);
    const after = process.memoryUsage();
    heap.push((after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20);
  }
  const recut = evenRecut(cuts, wanted);
  const proven = plan.minimumOperations === plan.steps.length ? "minimal" : `>= ${plan.minimumOperations}`;
  console.log(
    `| ${shards.length} -> ${wanted} | ${name} | ${median(wall).toFixed(1)} | ${median(cpu).toFixed(1)} | ${Math.max(...heap).toFixed(0)} | ` +
      `${plan.steps.length} | ${proven} | ${plan.peakOpenShards} | ${plan.balance.widest.toFixed(4)} | ${recut.operations} | ${recut.peak} |`,
  );
}
console.log(
  `\nresident set at its largest: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, the runtime and ${ROUNDS} rounds included`,
);
const ordered = orderSteps(evenCuts(10_000), evenCuts(7_000));
console.log(`the even re-cut of 10,000 -> 7,000 in this planner's safe order: ${ordered.steps.length} operations`);
