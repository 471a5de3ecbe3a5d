import * as z from "zod";
import type { ReshardPlan } from "../reshard/plan";
import { isAdmissible, planReshard } from "../reshard/plan";
import type { OpenShard } from "./observe";
import { flag, notText } from "./properties";
import { isAdopted } from "./setting-arguments";
import type { StreamInputs } from "./stream-inputs";

/** How a Stream is resharded; see sdk/stream.ts for what each means. */
export interface Resharding {
  strategy?: "split-merge" | "update-shard-count" | "auto";
  tolerance?: number | { over: number; under: number };
  weights?: number[];
  balance?: "keyspace" | "none";
  maxOperations?: number;
  maxOpenShards?: number;
  allowHotMerge?: boolean;
}

/** More than this is asked to be confirmed by raising it: at 30 s an operation it takes more than an hour and a half. */
export const DEFAULT_MAX_OPERATIONS = 200;

const part = (name: string, most: number) =>
  z
    .number({ error: notText("must be a number") })
    .refine((value) => value >= 0 && value <= most, `must be from 0 to ${most}: ${name}`);
const over = part("0.1 lets a shard be 10 % wider than its ideal", 10);
const under = part("0.25 lets a shard be 25 % narrower than its ideal", 0.99);
const wholeNumber = (least: number) =>
  z
    .number({ error: notText(`must be a whole number of at least ${least}`) })
    .refine((value) => Number.isSafeInteger(value) && value >= least, `must be a whole number of at least ${least}`);

export const resharding = z.strictObject(
  {
    strategy: z
      .enum(["split-merge", "update-shard-count", "auto"], {
        error: 'must be "split-merge", "update-shard-count" or "auto"',
      })
      .optional(),
    tolerance: z
      .union([under, z.strictObject({ over, under })], {
        error: "must be a number from 0 to 0.99, or { over, under } with both",
      })
      .optional(),
    weights: z
      .array(
        z
          .number({ error: notText("must be a number") })
          .refine((weight) => weight > 0 && Number.isFinite(weight), "must be positive"),
        { error: "must be a list of positive numbers, one for each shard" },
      )
      .optional(),
    balance: z.enum(["keyspace", "none"], { error: 'must be "keyspace" or "none"' }).optional(),
    maxOperations: wholeNumber(0).optional(),
    maxOpenShards: wholeNumber(1).optional(),
    allowHotMerge: flag.optional(),
  },
  { error: "must be an object" },
);

/** What the program wants of the shards, as the planner takes it. */
function target({ shardCount, resharding = {} }: StreamInputs) {
  const { weights, tolerance } = resharding;
  return { target: weights === undefined ? shardCount : { shardCount, weights }, tolerance };
}

/** The plan from these shards to what the program wants, never with more open shards than `cap`. */
export function planFor(inputs: StreamInputs, shards: readonly OpenShard[], cap: number): ReshardPlan {
  return planReshard({
    ...target(inputs),
    shards,
    maxOpenShards: cap,
    allowHotMerge: inputs.resharding?.allowHotMerge,
  });
}

/** The most shards that may be open on the way from so many: one more than before or after, unless the program allows fewer. */
export function openShardsCap({ shardCount, resharding }: StreamInputs, openShards: number): number {
  return Math.min(Math.max(openShards, shardCount) + 1, resharding?.maxOpenShards ?? Number.POSITIVE_INFINITY);
}

/**
 * Whether the widths of the shards are left as they are. A stream that was adopted keeps its own until the program says more, and
 * UpdateShardCount leaves those of the right number of shards to AWS.
 */
export function keepsBalance(inputs: StreamInputs): boolean {
  const { resharding } = inputs;
  if (resharding?.strategy === "update-shard-count") return true;
  const fallback = isAdopted(inputs) && resharding === undefined ? "none" : "keyspace";
  return (resharding?.balance ?? fallback) === "none";
}

/** Whether the shards are within what the program admits. */
export function isWithin(inputs: StreamInputs, shards: readonly OpenShard[]): boolean {
  const wanted = target(inputs);
  return isAdmissible(shards, wanted.target, wanted.tolerance);
}
