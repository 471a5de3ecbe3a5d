/**
 * One plan in a fresh process, from the published code: `node --expose-gc once.cjs`, the case as JSON on standard input.
 * Time and memory are those of the one call of planReshard, its code not yet compiled; garbage of making the input is
 * collected before. The same plan is made five times more, as a preview and the update after it do in one process.
 */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const { planReshard } = require(join(__dirname, "../../../dist/provider/reshard/index.js"));
const request = JSON.parse(readFileSync(0, "utf8"));
globalThis.gc();
const residentBefore = process.memoryUsage().rss;
const cpuBefore = process.cpuUsage();
const start = performance.now();
const plan = planReshard(request);
const wallMs = performance.now() - start;
const cpu = process.cpuUsage(cpuBefore);
// The most that was ever resident, so the peak of the call and not what was left after it.
const residentMB = Math.max(0, process.resourceUsage().maxRSS * 1024 - residentBefore) / 2 ** 20;
const again = Array.from({ length: 5 }, () => {
  const startAgain = performance.now();
  planReshard(request);
  return performance.now() - startAgain;
});
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    againMs: Math.min(...again),
    residentMB,
    operations: plan.steps.length,
    proven: plan.minimumOperations,
    peakOpenShards: plan.peakOpenShards,
    widest: plan.balance.widest,
  }),
);
