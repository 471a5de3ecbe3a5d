/** The program that takes streams over as they are. Pure text. */
import type { ObservedStream } from "../lifecycle/observe";
import type { SettingArguments } from "../lifecycle/setting-arguments";
import { SETTINGS } from "../lifecycle/stream-settings";
import { isAdmissible } from "../reshard";
import type { FoundStream } from "./adopt-streams";

/** A TypeScript program with a resource for each stream, and for the policy of each. */
export function programFor(streams: readonly FoundStream[], region: string): string {
  const used = streams.some(({ policy }) => policy !== undefined) ? "ResourcePolicy, Stream" : "Stream";
  const taken = new Set<string>();
  return [
    '// Written by `pulumi-kinesis adopt`. `pulumi preview` must say "will adopt" of each stream, and nothing of a change.',
    `import { ${used} } from "pulumi-kinesis";`,
    ...streams.flatMap((found) => ["", ...resourcesFor(found, region, identifierFor(found.stream.name, taken))]),
    "",
  ].join("\n");
}

function resourcesFor({ stream, tags, policy, consumers }: FoundStream, region: string, identifier: string): string[] {
  const { name } = stream;
  // What AWS charges for or keeps records by is all said, defaults as well, so that the program tells the whole stream.
  const args = {
    name,
    // A stream of this name in another region is another one.
    region,
    adopt: true,
    ...shardsOf(stream),
    ...settingsOf(stream),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  };
  const lines = [`const ${identifier} = new Stream(${text(name)}, ${code(args, "")});`];
  if (policy !== undefined) {
    lines.push(
      `new ResourcePolicy(${text(name)}, {`,
      `  resourceArn: ${identifier}.arn,`,
      `  policy: JSON.stringify(${code(JSON.parse(policy), "  ")}),`,
      "});",
    );
  }
  if (consumers.length > 0) {
    lines.push(`// Consumers registered with it, which are not in this program: ${consumers.join(", ")}.`);
  }
  return lines;
}

function shardsOf({ openShards, settings }: ObservedStream): object {
  if (settings.streamMode === "ON_DEMAND") return {};
  const shardCount = openShards.length;
  return isAdmissible(openShards, shardCount) ? { shardCount } : { shardCount, resharding: { balance: "none" } };
}

/** Every setting as it is, in the words of the arguments; of those that only ON_DEMAND streams have, none of another. */
function settingsOf({ settings }: ObservedStream): SettingArguments {
  const { streamMode, warmThroughputMiBps, recordDistributionStrategy } = settings;
  const isOnDemand = streamMode === "ON_DEMAND";
  return {
    ...(isOnDemand ? SETTINGS.streamMode.said(streamMode) : {}),
    ...SETTINGS.retentionHours.said(settings.retentionHours),
    ...SETTINGS.shardLevelMetrics.said(settings.shardLevelMetrics),
    ...SETTINGS.kmsKeyId.said(settings.kmsKeyId),
    ...(settings.maxRecordSizeKiB === undefined ? {} : SETTINGS.maxRecordSizeKiB.said(settings.maxRecordSizeKiB)),
    // Only an account with a commitment may say it at all.
    ...(isOnDemand && warmThroughputMiBps ? SETTINGS.warmThroughputMiBps.said(warmThroughputMiBps) : {}),
    ...(isOnDemand && recordDistributionStrategy
      ? SETTINGS.recordDistributionStrategy.said(recordDistributionStrategy)
      : {}),
  };
}

/** A value as TypeScript, two spaces an indentation. */
function code(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object"))
      return `[${value.map((item) => code(item, inner)).join(", ")}]`;
    return `[\n${value.map((item) => `${inner}${code(item, inner)},\n`).join("")}${indent}]`;
  }
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? text(value) : JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const isShort = entries.length === 1 && typeof entries[0]?.[1] !== "object";
  const written = entries.map(([key, entry]) => `${property(key)}: ${code(entry, inner)}`);
  return isShort ? `{ ${written.join("")} }` : `{\n${written.map((one) => `${inner}${one},\n`).join("")}${indent}}`;
}

/** JSON, but for what JavaScript once took for the end of a line, and for a key that would set the prototype. */
const text = (value: string) =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (sign) => (sign === "\u2028" ? "\\u2028" : "\\u2029"));
const property = (key: string) =>
  key === "__proto__" ? '["__proto__"]' : /^[a-zA-Z_$][\w$]*$/.test(key) ? key : text(key);

/** Words that no `const` of a module can be, and what the program imports. */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static super switch " +
    "this throw true try typeof var void while with yield undefined NaN Infinity globalThis JSON " +
    "exports module require Object Promise __dirname __filename Stream ResourcePolicy"
  ).split(" "),
);

/** An identifier that no other stream has: `orders-eu.v2` is ordersEuV2. */
function identifierFor(name: string, taken: Set<string>): string {
  const joined = name.replace(/^[.-]+|[.-]+$/g, "").replace(/[.-]+(.)/g, (_, next: string) => next.toUpperCase());
  const begun = joined === "" || /^\d/.test(joined) ? `stream${joined}` : joined;
  const base = RESERVED.has(begun) ? `${begun}Stream` : begun;
  let identifier = base;
  for (let n = 2; taken.has(identifier); n++) identifier = `${base}${n}`;
  taken.add(identifier);
  return identifier;
}
