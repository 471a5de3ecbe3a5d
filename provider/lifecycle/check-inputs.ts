import type * as z from "zod";
import { isPresentable } from "../errors";
import type { CheckFailure, Properties } from "./resource";

/** What the engine passes in place of a value that is known only after another resource exists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isHidden = (key: string) => key.startsWith("__");

/**
 * Every way in which `news` breaks `schema`, all at once, a failure for each property. Values that are still unknown
 * break no rule; they are checked again when they are known, before anything is called.
 */
export function findFailures(schema: z.ZodObject, resource: string, news: Properties): CheckFailure[] {
  const known: Properties = {};
  const pending = new Set<string>();
  for (const [key, value] of Object.entries(news)) {
    if (isHidden(key) && !(key in schema.shape)) continue;
    if (isUnknown(value)) pending.add(key);
    else known[key] = withoutUnknown(value);
  }
  const result = schema.strict().safeParse(known);
  if (result.success) return [];
  const failures: CheckFailure[] = [];
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      const names = Object.keys(schema.shape).filter((key) => !isHidden(key));
      const reason =
        issue.path.length === 0
          ? `is not an argument of ${resource}; these are: ${names.join(", ")}`
          : `is not a setting of ${propertyPath(issue.path)}`;
      for (const key of issue.keys) failures.push({ property: propertyPath([...issue.path, key]), reason });
    } else if (!pending.has(String(issue.path[0]))) {
      failures.push({ property: propertyPath(issue.path), reason: issue.message });
    }
  }
  return failures;
}

/** What `act` refuses, as a failure of the property. */
export function failureOf(property: string, act: () => void): CheckFailure[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!isPresentable(error)) throw error;
    return [{ property, reason: error.message }];
  }
}

/** Maps keep their other entries when one value is unknown: a bad tag is found although its neighbour is not known yet. */
function withoutUnknown(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !hasUnknown(item)));
}

export const isUnknown = (value: unknown) => value === UNKNOWN;

/** Whether a value, or anything inside it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(hasUnknown);
}

/** A path in Pulumi's notation: `tags.team`, `tags["cost:centre"]`, `resharding.weights[0]`. */
function propertyPath(path: readonly PropertyKey[]): string {
  // The one hidden input that a person writes, as Pulumi's option of that name.
  if (path[0] === "__customTimeouts") return propertyPath(["customTimeouts", ...path.slice(1)]);
  return path.map(String).reduce((left, key, index) => {
    if (typeof path[index] === "number") return `${left}[${key}]`;
    return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key) ? `${left}.${key}` : `${left}[${JSON.stringify(key)}]`;
  });
}
