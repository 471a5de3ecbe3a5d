/**
 * Plans as text for `pulumi preview` and `pulumi up`: short, and with the numbers that decide whether to go ahead.
 * Places in the key space are given as percentages of it; a hash key has 39 digits and tells a person nothing.
 */
import type { ReshardStep, StepShard } from "./apply";
import { formatDuration } from "./duration";
import { KEY_SPACE, parseHashKey } from "./keyspace";
import type { ReshardPlan } from "./plan";
import { planReshard, SECONDS_PER_STEP } from "./plan";
import { MOST_SHARDS } from "./target";

/** How much `describePlan` says. */
export interface DescribeOptions {
  /** Most lines of steps; the middle of a longer list is left out. @default 12 */
  readonly maxSteps?: number | undefined;
  /** Look for a cheaper shard count nearby; costs a few plans. @default true */
  readonly suggest?: boolean | undefined;
}

/** A shard count near the wanted one that takes fewer operations. */
export interface CheaperTarget {
  readonly shardCount: number;
  readonly operations: number;
  /** Capacity for evenly hashed keys, in shards. */
  readonly effectiveShards: number;
}

/** The plan as lines of text, joined by newlines; the first line is a summary that can stand alone. */
export function describePlan(plan: ReshardPlan, options: DescribeOptions = {}): string {
  const before = plan.initial.length;
  const after = plan.result.length;
  if (plan.steps.length === 0) return `${count(after, "shard")}, within the tolerance: nothing to reshard`;
  const lines = [
    `reshard ${before} -> ${count(after, "shard")}: ${count(plan.steps.length, "operation")} ` +
      `(${count(plan.splits, "split")}, ${count(plan.merges, "merge")}), ` +
      `about ${formatDuration(plan.estimatedSeconds * 1000)} if one takes ${SECONDS_PER_STEP} s`,
    `  open shards: at most ${plan.peakOpenShards} on the way (count against the account's shard quota)`,
    `  ${capacity(plan)}`,
    `  key space moved to other shards: ${percent(plan.movedFraction, 1)}`,
  ];
  if (plan.hotMerges > 0) {
    lines.push(
      `  hot: ${count(plan.hotMerges, "merge")} across a cut still to come; the shard may be hotter for a step`,
    );
  }
  if (plan.minimumOperations < plan.steps.length) {
    lines.push(`  not proven minimal: at least ${plan.minimumOperations} operations are needed`);
  }
  lines.push(...stepLines(plan.steps, options.maxSteps ?? 12));
  const cheaper = options.suggest === false ? undefined : findCheaperTarget(plan);
  if (cheaper !== undefined) lines.push(`  ${suggestion(plan, cheaper)}`);
  return lines.join("\n");
}

/** How far from the wanted count, as a part of it, a cheaper one may be. */
export const NEARBY = 0.35;

/**
 * A shard count near the wanted one that costs at most two thirds of the operations and offers no less capacity than the
 * plan, or undefined. Looks at a few neighbours, at the present count, and at its simple multiples, for those are cheap.
 */
export function findCheaperTarget(plan: ReshardPlan): CheaperTarget | undefined {
  const { target, tolerance, maxOpenShards, allowHotMerge } = plan.request;
  if (target.weights !== undefined || target.loads !== undefined) return undefined;
  const wanted = target.shardCount;
  const before = plan.initial.length;
  // Every candidate is a plan of its own; with very many shards that would be slower than the preview deserves.
  if (plan.steps.length < 3 || before * wanted > 250_000) return undefined;
  const reach = Math.max(1, Math.floor(wanted * NEARBY));
  const candidates = new Set([before, wanted - 1, wanted + 1, wanted + 2, wanted - 2]);
  for (let part = 1; part <= 4; part++) {
    const step = before / part;
    if (!Number.isInteger(step)) continue;
    candidates.add(Math.ceil(wanted / step) * step);
    candidates.add(Math.floor(wanted / step) * step);
  }
  let best: CheaperTarget | undefined;
  for (const shardCount of [...candidates].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))) {
    if (shardCount < 1 || shardCount > MOST_SHARDS || shardCount === wanted || Math.abs(shardCount - wanted) > reach)
      continue;
    if (wanted < before && shardCount >= before) continue; // who shrinks wants fewer shards
    if (maxOpenShards !== undefined && shardCount > maxOpenShards) continue;
    // One that would need more room than there is, or a hot merge, is no advice.
    const request = {
      shards: plan.initial,
      target: shardCount,
      tolerance,
      prefer: "stay",
      allowHotMerge: true,
    } as const;
    const other = planReshard({ ...request, maxOpenShards });
    if (other.hotMerges > 0 && !allowHotMerge) continue;
    const operations = other.steps.length;
    const { effectiveShards } = other.balance;
    if (effectiveShards < plan.balance.effectiveShards * (1 - 1e-6)) continue;
    if (operations * 3 > plan.steps.length * 2 || (best !== undefined && operations >= best.operations)) continue;
    best = { shardCount, operations, effectiveShards };
  }
  return best;
}

function capacity(plan: ReshardPlan): string {
  const { target } = plan.request;
  const [before, after] = [plan.initialEffectiveShards, plan.balance.effectiveShards];
  if (target.weights !== undefined) {
    return `fit to the weights: the fullest shard gets ${percent(plan.balance.widest, 1)} of what is ideal for it`;
  }
  const traffic = target.loads === undefined ? "evenly hashed keys" : "the load as it is spread now";
  const nothingGained = plan.result.length > plan.initial.length && after <= before * (1 + 1e-6);
  return (
    `capacity for ${traffic}: ${round(before)} -> ${round(after)} shards' worth` +
    (nothingGained ? " (nothing gained: the widest shard stays as wide)" : "")
  );
}

function suggestion(plan: ReshardPlan, cheaper: CheaperTarget): string {
  const operations = cheaper.operations === 0 ? "no operation" : count(cheaper.operations, "operation");
  return (
    `cheaper: ${count(cheaper.shardCount, "shard")} would take ${operations} instead of ${plan.steps.length}, ` +
    `with capacity for ${round(cheaper.effectiveShards)}`
  );
}

function stepLines(steps: readonly ReshardStep[], most: number): string[] {
  const width = String(steps.length).length;
  const lines = steps.map((step, i) => `  ${String(i + 1).padStart(width)}. ${describeStep(step)}`);
  if (lines.length <= most) return lines;
  const head = Math.ceil((most - 1) / 2);
  const tail = Math.floor((most - 1) / 2);
  const left = lines.length - head - tail;
  return [...lines.slice(0, head), `  ${" ".repeat(width)}  … ${left} more …`, ...lines.slice(lines.length - tail)];
}

/** One step as a phrase: "split shardId-000000000003 (25 %-50 %) at 33.33 %". */
export function describeStep(step: ReshardStep): string {
  const [start, middle, end] = placesOf(step);
  if (step.action === "split") return `split ${describeShard(step.shard, start, end)} at ${middle}`;
  return `merge ${describeShard(step.shard, start, middle)} and ${describeShard(step.adjacentShard, middle, end)}`;
}

/** Where a step splits a shard, or joins two: "33.33 %". */
export const cutOf = (step: ReshardStep): string => placesOf(step)[1] ?? "";

/** Where what a step is done to begins, is split or joined, and ends. */
function placesOf(step: ReshardStep): string[] {
  if (step.action === "split") {
    return places([step.shard.startingHashKey, step.newStartingHashKey], step.shard.endingHashKey);
  }
  const { shard, adjacentShard } = step;
  return places([shard.startingHashKey, adjacentShard.startingHashKey], adjacentShard.endingHashKey);
}

function describeShard({ shardId }: StepShard, start = "", end = ""): string {
  return shardId === undefined ? `the new shard ${start}-${end}` : `${shardId} (${start}-${end})`;
}

/** Where in the key space first keys, and what follows a last one, lie: with two decimals, or as many as tell them apart. */
function places(startingHashKeys: readonly string[], endingHashKey: string): string[] {
  const keys = [...startingHashKeys.map(parseHashKey), parseHashKey(endingHashKey) + 1n];
  for (let decimals = 2; ; decimals++) {
    const shown = keys.map((key) => exactPercent(key, decimals));
    if (new Set(shown).size === shown.length) return shown;
  }
}

function exactPercent(key: bigint, decimals: number): string {
  const scale = 10n ** BigInt(decimals);
  const parts = (key * 100n * scale + KEY_SPACE / 2n) / KEY_SPACE;
  const digits = String(parts % scale)
    .padStart(decimals, "0")
    .replace(/0+$/, "");
  return `${parts / scale}${digits === "" ? "" : "."}${digits} %`;
}

/** At most `digits` decimals, none that are zero. */
export function percent(share: number, digits: number): string {
  return `${Number((share * 100).toFixed(digits))} %`;
}

const round = (value: number) => String(Number(value.toFixed(value < 10 ? 2 : 1)));

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
