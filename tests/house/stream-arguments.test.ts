/** Keeps the docs' table of a Stream's arguments, and their list of IAM actions, equal to the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Session } from "../../provider/lifecycle/context";
import { diffStream } from "../../provider/lifecycle/stream-diff";
import type { AnyStreamInputs } from "../../provider/lifecycle/stream-inputs";
import { STREAM_ARGUMENTS } from "../../provider/lifecycle/stream-inputs";
import type { SeenSettings } from "../../provider/lifecycle/stream-settings";
import { CHANGES, SETTING_ARGUMENTS, wantedSettings } from "../../provider/lifecycle/stream-settings";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { inputsOf, programOf, record, recordSettings } from "../../provider/lifecycle/stream-state";
import { ownedTags } from "../../provider/lifecycle/tags";
import { PERMISSIONS } from "../../provider/permissions";
import { evenShards } from "../../provider/reshard/even-shards";
import { page, root, rows } from "./pages";

const table = rows(page("docs/arguments.md"), "## Arguments of `Stream`");
const id = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

/** Arguments of a stream before and after a change of each argument. */
const PROVISIONED = { name: "orders", shardCount: 2, region: "eu-west-1" };
const ON_DEMAND = { name: "orders", streamModeDetails: { streamMode: "ON_DEMAND" } } as const;
const KMS = { ...PROVISIONED, encryptionType: "KMS" } as const;
const SAMPLES: Record<string, readonly [AnyStreamInputs, AnyStreamInputs]> = {
  name: [PROVISIONED, { ...PROVISIONED, name: "bills" }],
  shardCount: [PROVISIONED, { ...PROVISIONED, shardCount: 3 }],
  streamModeDetails: [PROVISIONED, ON_DEMAND],
  retentionPeriod: [PROVISIONED, { ...PROVISIONED, retentionPeriod: 48 }],
  shardLevelMetrics: [PROVISIONED, { ...PROVISIONED, shardLevelMetrics: ["IncomingBytes"] }],
  encryptionType: [PROVISIONED, { ...KMS, kmsKeyId: "alias/a" }],
  kmsKeyId: [
    { ...KMS, kmsKeyId: "alias/a" },
    { ...KMS, kmsKeyId: "alias/b" },
  ],
  maxRecordSizeInKib: [
    { ...PROVISIONED, maxRecordSizeInKib: 1024 },
    { ...PROVISIONED, maxRecordSizeInKib: 2048 },
  ],
  warmThroughputMibPs: [
    { ...ON_DEMAND, warmThroughputMibPs: 1 },
    { ...ON_DEMAND, warmThroughputMibPs: 2 },
  ],
  recordDistributionStrategy: [
    { ...ON_DEMAND, recordDistributionStrategy: "AUTO" },
    { ...ON_DEMAND, recordDistributionStrategy: "USER_PARTITION_KEY" },
  ],
  tags: [PROVISIONED, { ...PROVISIONED, tags: { a: "b" } }],
  region: [PROVISIONED, { ...PROVISIONED, region: "us-east-1" }],
  adopt: [PROVISIONED, { ...PROVISIONED, adopt: true }],
  enforceConsumerDeletion: [PROVISIONED, { ...PROVISIONED, enforceConsumerDeletion: true }],
  resharding: [PROVISIONED, { ...PROVISIONED, resharding: { maxOperations: 1 } }],
  timeouts: [PROVISIONED, { ...PROVISIONED, timeouts: { update: "1h" } }],
};

function isDriftSeen(argument: string, [before, after]: readonly [AnyStreamInputs, AnyStreamInputs]): boolean {
  // A stream as `after` asks for it, seen by a refresh of one as `before` asks for it: tags are seen under the program's keys.
  const program: AnyStreamInputs = argument === "tags" ? { ...before, tags: { a: "somebody's" } } : before;
  const state: StreamState = { ...program };
  const { shardCount = 1, name } = after;
  const settings = wantedSettings(after) as SeenSettings;
  const openShards = evenShards(shardCount);
  const stream = { arn: id, name, status: "ACTIVE", creationTimestamp: undefined, openShards, settings };
  record(state, { endpoint: "" } as Session, stream);
  recordSettings(state, programOf(state), settings, { ...wantedSettings(before), ...settings });
  if (program.tags !== undefined) state.tags = ownedTags(after.tags ?? {}, program.tags);
  return JSON.stringify(inputsOf(state)[argument]) !== JSON.stringify(program[argument]);
}

function actions(argument: string, [before, after]: readonly [AnyStreamInputs, AnyStreamInputs]): string[] {
  if (argument === "shardCount") return callsIn("reshard-operation.ts");
  if (argument === "tags") return callsIn("tags.ts");
  if (!(SETTING_ARGUMENTS as string[]).includes(argument)) return [];
  const ways = [
    [before, after],
    [after, before],
  ] as const;
  return ways.flatMap(([from, to]) =>
    CHANGES.filter(({ input }) => input(wantedSettings(from) as SeenSettings, wantedSettings(to)) !== undefined).map(
      ({ operation }) => operation,
    ),
  );
}

/** The operations that a file of the lifecycle, or all of them, call by name. */
function callsIn(file: string): string[] {
  const text = readFileSync(join(root, "provider", "lifecycle", file), "utf8");
  const names = [...text.matchAll(/\bclient\s*\.(\w+)\(/g)].map(([, name = ""]) => name);
  return names.filter((name) => name in METHODS).map((name) => METHODS[name] as string);
}

const METHODS: Record<string, string> = Object.fromEntries(
  [...readFileSync(join(root, "provider", "client", "methods.ts"), "utf8").matchAll(/this\.call\("(\w+)"/g)].flatMap(
    ([, operation = ""]) => [[`${operation.charAt(0).toLowerCase()}${operation.slice(1)}`, operation]],
  ),
);
METHODS.shards = "ListShards";
METHODS.consumers = "ListStreamConsumers";
METHODS.streams = "ListStreams";

test("the table of a Stream's arguments says of each whether it replaces, whether drift is seen, and what IAM has to allow", () => {
  const expected = STREAM_ARGUMENTS.map((argument) => {
    const sample = SAMPLES[argument];
    if (!sample)
      throw new Error(`${argument} is a new argument: give it a sample in this test and a row in docs/arguments.md.`);
    const { replaces = [] } = diffStream(id, sample[0], sample[1]);
    return {
      argument: `\`${argument}\``,
      change: replaces.includes(argument) ? "replaces" : "in place",
      drift: isDriftSeen(argument, sample) ? "yes" : "no",
      actions: [...new Set(actions(argument, sample))].sort(),
    };
  });
  const written = table.map(([argument, , change, drift, needs = ""]) => ({
    argument,
    change,
    drift,
    actions: needs === "" ? [] : needs.split(", ").sort(),
  }));
  const byName = (left: { argument?: string | undefined }, right: { argument?: string | undefined }) =>
    String(left.argument).localeCompare(String(right.argument));
  expect(written.sort(byName)).toEqual(expected.sort(byName));
});

test("the docs name every IAM action that the lifecycle of streams and tags needs", () => {
  const needs = [page("docs/permissions.md").text, ...table.map((cells) => cells[4])].join(" ");
  const missing = called().filter((action) => !new RegExp(`\\b${action}\\b`).test(needs));
  expect(missing).toEqual([]);
});

test("iam-policy allows every action that is called, and none that is not", () => {
  const allowed = Object.values(PERMISSIONS).flatMap((needs) => Object.values(needs).flat());
  expect([...new Set(allowed)].sort()).toEqual(called().sort());
});

/** What the lifecycle calls, the look-ups with it. */
function called(): string[] {
  const settings = CHANGES.map(({ operation }) => operation);
  return [...new Set([...readdirSync(join(root, "provider", "lifecycle")).flatMap(callsIn), ...settings])];
}
