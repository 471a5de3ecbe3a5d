import * as z from "zod";
import type { Platform } from "../platform";
import { findFailures } from "./check-inputs";
import { fillIn } from "./fill-in";
import { customTimeouts, flag, region, streamName, tags } from "./properties";
import type { Resharding } from "./resharding";
import { resharding } from "./resharding";
import type { CheckFailure, Properties } from "./resource";
import type { Tags } from "./tags";

/** A Stream's inputs once they are checked. Hidden ones come from the SDK, see sdk/dynamic-resource.ts. */
export interface StreamInputs extends Properties {
  name: string;
  shardCount: number;
  tags?: Tags;
  region?: string;
  adopt?: boolean;
  resharding?: Resharding;
  __logicalName?: string;
  __customTimeouts?: unknown;
}

const wholeNumber = "must be a whole number of at least 1";

/** AWS names no bound and grants quotas of some tens of thousands; beyond this a plan takes minutes to make. */
const MAX_SHARDS = 100_000;

const streamSchema = z.object({
  name: streamName.optional(),
  shardCount: z
    .number({ error: (issue) => (issue.input === undefined ? "is required" : wholeNumber) })
    .refine((count) => Number.isSafeInteger(count) && count >= 1, {
      error: (issue) => `${wholeNumber}, not ${String(issue.input)}`,
    })
    .refine((count) => !(count > MAX_SHARDS), `must be at most ${MAX_SHARDS}`),
  tags: tags.optional(),
  region: region.optional(),
  adopt: flag.optional(),
  resharding: resharding.optional(),
  __customTimeouts: customTimeouts.optional(),
});

/** Checks a Stream's arguments and fills in what they leave out: a name, and the stack's default tags. */
export function checkStream(
  olds: Properties,
  news: Properties,
  defaultTags: Tags,
  platform: Pick<Platform, "random">,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures = [...findFailures(streamSchema, "Stream", news), ...shardFailures(news)];
  if (failures.length > 0) return { inputs: news, failures };
  return fillIn(streamSchema, "Stream", olds, news, defaultTags, platform);
}

/** What the count of shards has to fit: a weight for each, and room for all of them. */
function shardFailures({ shardCount, resharding }: Properties): CheckFailure[] {
  const { strategy, weights, maxOpenShards } = (resharding ?? {}) as Resharding;
  const failures: CheckFailure[] = strategy === "update-shard-count" ? updateFailures(resharding as Resharding) : [];
  if (typeof shardCount !== "number") return failures;
  if (Array.isArray(weights) && weights.length !== shardCount) {
    const reason = `has ${weights.length} weights for ${shardCount} shards: give one for each, in the order of hash keys`;
    failures.push({ property: "resharding.weights", reason });
  }
  if (typeof maxOpenShards === "number" && maxOpenShards >= 1 && maxOpenShards < shardCount) {
    const reason = `allows ${maxOpenShards} open shards, fewer than the ${shardCount} of shardCount`;
    failures.push({ property: "resharding.maxOpenShards", reason });
  }
  return failures;
}

/** What AWS does not let us choose where it splits and merges by itself. */
function updateFailures(resharding: Resharding): CheckFailure[] {
  const reasons = {
    weights: "can't be had with UpdateShardCount, which makes all shards equally wide",
    maxOpenShards: "can't be kept by UpdateShardCount, which opens short-lived shards as AWS sees fit",
    allowHotMerge: "is for splits and merges, and UpdateShardCount leaves their order to AWS",
  };
  return Object.entries(reasons)
    .filter(([setting]) => resharding[setting as keyof typeof reasons] !== undefined)
    .map(([setting, reason]) => ({
      property: `resharding.${setting}`,
      reason: `${reason}: leave it out, or set resharding.strategy to "split-merge" or "auto"`,
    }));
}
