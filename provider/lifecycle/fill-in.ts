import type * as z from "zod";
import { excerpt } from "../errors";
import type { Platform } from "../platform";
import { findFailures, UNKNOWN } from "./check-inputs";
import { withIdentityOf } from "./identity";
import { streamName } from "./properties";
import type { CheckFailure, Properties } from "./resource";
import type { Tags } from "./tags";

/**
 * Fills in what the checked arguments of a Stream or StreamConsumer leave out: a name, and the stack's default tags. The
 * name stays what it was, or else every `up` would replace the resource.
 */
export function fillIn(
  schema: z.ZodObject,
  resource: string,
  olds: Properties,
  news: Properties,
  defaultTags: Tags,
  platform: Pick<Platform, "random">,
): { inputs: Properties; failures: CheckFailure[] } {
  const inputs = withIdentityOf(olds, news);
  if (inputs.name === undefined) {
    inputs.name = olds.name ?? autoName(String(news.__logicalName), platform);
    // The names of streams and of consumers have the same rules.
    if (streamName.safeParse(inputs.name).success === false) {
      const reason =
        `cannot be made from the resource's name ${JSON.stringify(excerpt(String(news.__logicalName), 200))}: it has at most 128 characters of ` +
        "a-z, A-Z, 0-9, _, . and -. Set the name argument.";
      return { inputs: news, failures: [{ property: "name", reason }] };
    }
  }
  if (inputs.tags !== UNKNOWN && Object.keys(defaultTags).length > 0) {
    inputs.tags = { ...defaultTags, ...(inputs.tags as Tags | undefined) };
    const failures = findFailures(schema, resource, inputs).map(({ property, reason }) => ({
      property,
      reason: `${reason} (with the stack's defaultTags)`,
    }));
    if (failures.length > 0) return { inputs: news, failures };
  }
  return { inputs, failures: [] };
}

/** `<logical name>-<7 hex>`, as Pulumi's own providers name what a program leaves unnamed. */
function autoName(logicalName: string, platform: Pick<Platform, "random">): string {
  const suffix = Math.floor(platform.random() * 16 ** 7).toString(16);
  return `${autoNamePrefix(logicalName)}${suffix.padStart(7, "0")}`;
}

export const autoNamePrefix = (logicalName: string) => `${logicalName}-`;

/** Whether a stream of this name may be one that was named by us for the resource. */
export function isAutoName(name: string, logicalName: string | undefined): boolean {
  if (logicalName === undefined) return false;
  const prefix = autoNamePrefix(logicalName);
  return name.startsWith(prefix) && /^[0-9a-f]{7}$/.test(name.slice(prefix.length));
}
