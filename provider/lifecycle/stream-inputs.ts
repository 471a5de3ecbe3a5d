import * as z from "zod";
import { excerpt } from "../errors";
import type { Platform } from "../platform";
import { MOST_SHARDS } from "../reshard/target";
import { findFailures } from "./check-inputs";
import { fillIn } from "./fill-in";
import type { Identified } from "./identity";
import { flag, notText, region, streamName, tags, timeouts } from "./properties";
import type { Resharding } from "./resharding";
import { resharding } from "./resharding";
import type { CheckFailure, Properties } from "./resource";
import type { Program } from "./setting-arguments";
import { isAdopted, settingFailures, settingSchemas } from "./setting-arguments";
import { wantedSettings } from "./stream-settings";
import type { Tags } from "./tags";
import type { Timeouts } from "./timeouts";
import { parseDuration } from "./timeouts";

/** A Stream's inputs once they are checked. Hidden ones come from the SDK, see sdk/dynamic-resource.ts. */
export interface AnyStreamInputs extends Properties, Program, Identified {
  name: string;
  /** Only in PROVISIONED mode. */
  shardCount?: number;
  tags?: Tags;
  region?: string;
  resharding?: Resharding;
  enforceConsumerDeletion?: boolean;
  timeouts?: Timeouts;
  /** Pulumi's option, with what `timeouts` says put into it. */
  __customTimeouts?: Timeouts;
}

/** The inputs of a stream in PROVISIONED mode, whose shards are the program's. */
export interface StreamInputs extends AnyStreamInputs {
  shardCount: number;
}

export function isProvisioned(inputs: AnyStreamInputs): inputs is StreamInputs {
  return wantedSettings(inputs).streamMode === "PROVISIONED";
}

const wholeNumber = "must be a whole number of at least 1";

const streamSchema = z.object({
  name: streamName.optional(),
  shardCount: z
    .number({ error: notText(wholeNumber) })
    .refine((count) => Number.isSafeInteger(count) && count >= 1, {
      error: (issue) => `${wholeNumber}, not ${String(issue.input)}`,
    })
    .refine((count) => !(count > MOST_SHARDS), `must be at most ${MOST_SHARDS}`)
    .optional(),
  ...settingSchemas,
  tags: tags.optional(),
  region: region.optional(),
  adopt: flag.optional(),
  enforceConsumerDeletion: flag.optional(),
  resharding: resharding.optional(),
  timeouts: timeouts.optional(),
  __customTimeouts: timeouts.optional(),
});

/** The names of all arguments, in the order in which a message lists them. */
export const STREAM_ARGUMENTS = Object.keys(streamSchema.shape).filter((name) => !name.startsWith("__"));

/** Checks a Stream's arguments and fills in what they leave out: a name, and the stack's default tags. */
export function checkStream(
  olds: Properties,
  news: Properties,
  defaultTags: Tags,
  platform: Pick<Platform, "random">,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures = [
    ...findFailures(streamSchema, "Stream", news),
    ...settingFailures(news),
    ...shardFailures(olds, news),
    ...timeoutFailures(news),
  ];
  if (failures.length > 0) return { inputs: news, failures };
  const inputs = { ...news };
  if (news.timeouts !== undefined) {
    inputs.__customTimeouts = { ...(news.__customTimeouts as Timeouts), ...(news.timeouts as Timeouts) };
  }
  if (isAdopted({ adopt: inputs.adopt as boolean, __adopted: olds.__adopted as boolean })) inputs.__adopted = true;
  return fillIn(streamSchema, "Stream", olds, inputs, defaultTags, platform);
}

/** What the count of shards has to fit: a weight for each, and room for all of them. */
function shardFailures(olds: Properties, { shardCount, resharding }: Properties): CheckFailure[] {
  const { strategy, weights, maxOpenShards, balance } = (resharding ?? {}) as Resharding;
  const failures: CheckFailure[] = strategy === "update-shard-count" ? updateFailures(resharding as Resharding) : [];
  if (typeof shardCount !== "number") return failures;
  if (Array.isArray(weights) && weights.length !== shardCount) {
    const reason = `has ${weights.length} weights for ${shardCount} shards: give one for each, in the order of hash keys`;
    failures.push({ property: "resharding.weights", reason });
  }
  // With `ignoreChanges: ["shardCount"]` the count is what an autoscaler has made of it, and nobody asks for another.
  const isAskedFor = olds.shardCount !== shardCount || balance !== "none";
  if (typeof maxOpenShards === "number" && maxOpenShards >= 1 && maxOpenShards < shardCount && isAskedFor) {
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
    balance:
      'can\'t be "keyspace" with UpdateShardCount, which leaves the widths of the right number of shards as they are',
  };
  const { balance, ...others } = resharding;
  const said: Resharding = balance === "keyspace" ? resharding : others;
  return Object.entries(reasons)
    .filter(([setting]) => said[setting as keyof typeof reasons] !== undefined)
    .map(([setting, reason]) => ({
      property: `resharding.${setting}`,
      reason: `${reason}: leave it out, or set resharding.strategy to "split-merge" or "auto"`,
    }));
}

/** `timeouts` and Pulumi's `customTimeouts` mean the same, so that saying two things with them is a mistake. */
function timeoutFailures({ timeouts, __customTimeouts }: Properties): CheckFailure[] {
  const option = (__customTimeouts ?? {}) as Record<string, unknown>;
  if (typeof timeouts !== "object") return [];
  return Object.entries((timeouts ?? {}) as Record<string, unknown>)
    .filter(([kind, text]) => {
      const [ours, pulumis] = [text, option[kind]].map((value) =>
        typeof value === "string" ? parseDuration(value) : undefined,
      );
      return ours !== undefined && pulumis !== undefined && ours !== pulumis;
    })
    .map(([kind, text]) => ({
      property: `timeouts.${kind}`,
      reason: `is ${excerpt(String(text))}, and Pulumi's option customTimeouts.${kind} says ${excerpt(String(option[kind]))}: both mean the same, give one`,
    }));
}
