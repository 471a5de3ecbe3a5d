/**
 * One plan in a fresh process, from the published code: `node --expose-gc once.cjs`, the case as JSON on standard input.
 * Time and memory are those of the one call of planReshard, its code not yet compiled; garbage of making the input is
 * collected before.
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
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    // The most that was ever resident, so the peak of the call and not what was left after it.
    residentMB: Math.max(0, process.resourceUsage().maxRSS * 1024 - residentBefore) / 2 ** 20,
    operations: plan.steps.length,
    proven: plan.minimumOperations,
    peakOpenShards: plan.peakOpenShards,
    widest: plan.balance.widest,
  }),
);
