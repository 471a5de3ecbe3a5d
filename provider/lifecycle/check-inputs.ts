import * as z from "zod";
import { excerpt, FAULTS_MOST, isPresentable } from "../errors";
import { nearest } from "../nearest";
import type { CheckFailure, Properties } from "./resource";

/** What the engine passes in place of a value that is known only after another resource exists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isHidden = (key: string) => key.startsWith("__");

/**
 * Every way in which `news` breaks `schema`, all at once, a failure for each property. Values that are still unknown
 * break no rule; they are checked again when they are known, before anything is called.
 */
export function findFailures(schema: z.ZodObject, resource: string, news: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const entries: [string, unknown][] = [];
  const pending = new Set<string>();
  // A look-up's arguments may be anything that a program has.
  if (!isPlain(news)) return [{ property: resource, reason: "must have its arguments in an object" }];
  for (const key of Object.keys(news)) {
    if (isHidden(key) && !Object.hasOwn(schema.shape, key) && key !== "__proto__") continue;
    try {
      const value = news[key];
      if (isUnknown(value)) pending.add(key);
      else entries.push([key, withoutUnknown(value)]);
    } catch {
      pending.add(key);
      const reason = "can't be read: it is nested too deeply, refers to itself, or throws an error";
      failures.push({ property: propertyPath([key]), reason });
    }
  }
  const known = Object.fromEntries(entries);
  const result = schema.strict().safeParse(known);
  // zod takes no notice of it.
  if (Object.hasOwn(known, "__proto__")) failures.push(noArgument(schema, resource, [], "__proto__"));
  if (result.success) return failures;
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) failures.push(noArgument(schema, resource, issue.path, key));
    } else if (!pending.has(String(issue.path[0]))) {
      failures.push({ property: propertyPath(issue.path), reason: issue.message });
    }
  }
  if (failures.length <= FAULTS_MOST) return failures;
  const [first] = failures;
  const reason = `and ${failures.length - FAULTS_MOST} faults more, here and in others`;
  return [...failures.slice(0, FAULTS_MOST), { property: first?.property ?? resource, reason }];
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

function isPlain(value: unknown): boolean {
  try {
    return tagOf(value) === "[object Object]";
  } catch {
    return false;
  }
}

function noArgument(
  schema: z.ZodObject,
  resource: string,
  path: readonly PropertyKey[],
  written: string,
): CheckFailure {
  const names = namesAt(schema, path);
  const meant = nearest(written, names);
  const what = path.length === 0 ? `an argument of ${resource}` : `a setting of ${propertyPath(path)}`;
  const question = meant === undefined ? "" : `: did you mean ${meant}?`;
  const list = names.length === 0 ? "" : `${question === "" ? "; these" : " These"} are: ${names.join(", ")}`;
  return { property: propertyPath([...path, written]), reason: `is not ${what}${question}${list}` };
}

/** What a person can write there. */
function namesAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  const at = path.reduce<unknown>((outer, key) => {
    const inner = outer instanceof z.ZodObject ? outer.shape[String(key)] : undefined;
    return inner instanceof z.ZodOptional ? inner.unwrap() : inner;
  }, schema);
  return at instanceof z.ZodObject ? Object.keys(at.shape).filter((key) => !isHidden(key)) : [];
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
  // A Date, a Map and so on stay what they are, to be refused as that.
  if (tagOf(value) !== "[object Object]") return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !hasUnknown(item)));
}

export const isUnknown = (value: unknown) => value === UNKNOWN;

/** Whether a value, or anything inside it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === UNKNOWN;
  return Object.values(value).some(hasUnknown);
}

const isWord = (key: string) => key.length <= 64 && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key);

/** A path in Pulumi's notation: `tags.team`, `tags["cost:centre"]`, `resharding.weights[0]`. */
function propertyPath(path: readonly PropertyKey[]): string {
  // The one hidden input that a person writes, as Pulumi's option of that name.
  if (path[0] === "__customTimeouts") return propertyPath(["customTimeouts", ...path.slice(1)]);
  return path.map(String).reduce((left, key, index) => {
    if (index === 0) return isWord(key) ? key : JSON.stringify(excerpt(key));
    if (typeof path[index] === "number") return `${left}[${key}]`;
    return isWord(key) ? `${left}.${key}` : `${left}[${JSON.stringify(excerpt(key))}]`;
  }, "");
}
