import * as z from "zod";
import type { Platform } from "../platform";
import type { CheckFailure, Properties } from "./check-inputs";
import { findFailures, UNKNOWN } from "./check-inputs";
import { customTimeouts, flag, MAX_TAGS, region, streamName, tags } from "./properties";
import type { Resharding } from "./resharding";
import { resharding } from "./resharding";
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

const streamSchema = z.object({
  name: streamName.optional(),
  shardCount: z
    .number({ error: (issue) => (issue.input === undefined ? "is required" : wholeNumber) })
    .refine((count) => Number.isSafeInteger(count) && count >= 1, {
      error: (issue) => `${wholeNumber}, not ${String(issue.input)}`,
    }),
  tags: tags.optional(),
  region: region.optional(),
  adopt: flag.optional(),
  resharding: resharding.optional(),
  __customTimeouts: customTimeouts.optional(),
});

/**
 * Checks a Stream's arguments and fills in what they leave out: a name, and the stack's default tags. The name stays
 * what it was, or else every `up` would replace the stream.
 */
export function checkStream(
  olds: Properties,
  news: Properties,
  defaultTags: Tags,
  platform: Pick<Platform, "random">,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures = [...findFailures(streamSchema, "Stream", news), ...weightFailures(news)];
  if (failures.length > 0) return { inputs: news, failures };
  const inputs = { ...news };
  if (inputs.name === undefined) {
    inputs.name = olds.name ?? autoName(String(news.__logicalName), platform);
    if (streamName.safeParse(inputs.name).success === false) {
      const reason =
        `cannot be made from the resource's name ${JSON.stringify(news.__logicalName)}: a stream's name has at most 128 ` +
        "characters of a-z, A-Z, 0-9, _, . and -. Set the name argument.";
      return { inputs: news, failures: [{ property: "name", reason }] };
    }
  }
  if (inputs.tags !== UNKNOWN && Object.keys(defaultTags).length > 0) {
    inputs.tags = { ...defaultTags, ...(inputs.tags as Tags | undefined) };
    if (Object.keys(inputs.tags as Tags).length > MAX_TAGS) {
      const reason = `has more than ${MAX_TAGS} tags together with the stack's defaultTags: a stream has at most ${MAX_TAGS}`;
      return { inputs: news, failures: [{ property: "tags", reason }] };
    }
  }
  return { inputs, failures: [] };
}

/** Each shard has a weight, or none has. */
function weightFailures({ shardCount, resharding }: Properties): CheckFailure[] {
  const weights = (resharding as Resharding | undefined)?.weights;
  if (!Array.isArray(weights) || typeof shardCount !== "number" || weights.length === shardCount) return [];
  const reason = `has ${weights.length} weights for ${shardCount} shards: give one for each, in the order of hash keys`;
  return [{ property: "resharding.weights", reason }];
}

/** `<logical name>-<7 hex>`, as Pulumi's own providers name what a program leaves unnamed. */
function autoName(logicalName: string, platform: Pick<Platform, "random">): string {
  const suffix = Math.floor(platform.random() * 16 ** 7).toString(16);
  return `${logicalName}-${suffix.padStart(7, "0")}`;
}
