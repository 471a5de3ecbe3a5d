import type { Scenario } from "./crashes";

const KMS = { encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" };
/** What the SDK puts among the inputs. */
const hidden = { __logicalName: "orders", __urn: "urn:pulumi:dev::test::dynamic::orders", __stack: "acme/test/dev" };
const stream = (args: object) => ({ ...hidden, ...args });
const named = (args: object) => stream({ name: "orders", ...args });
const tagged = (tags: object) => ({ ...hidden, streamName: "orders", tags });
const theirs = { StreamName: "orders", ShardCount: 1, Tags: { console: "by hand" } };

const FULL = { shardCount: 2, tags: { team: "a" }, retentionPeriod: 48, shardLevelMetrics: ["IncomingBytes"], ...KMS };

export const SCENARIOS: readonly Scenario[] = [
  { name: "create", resource: "stream", after: named(FULL) },
  { name: "create with an automatic name", resource: "stream", after: stream(FULL) },
  { name: "create, weighted", resource: "stream", after: named({ shardCount: 3, resharding: { weights: [2, 1, 1] } }) },
  {
    name: "update of every setting",
    resource: "stream",
    before: named(FULL),
    after: named({
      shardCount: 2,
      tags: { team: "b", cost: "1" },
      retentionPeriod: 24,
      shardLevelMetrics: ["OutgoingBytes"],
    }),
  },
  {
    name: "on demand and back",
    resource: "stream",
    before: named({ streamModeDetails: { streamMode: "ON_DEMAND" } }),
    after: named({ shardCount: 3 }),
  },
  {
    name: "reshard 2 -> 7",
    resource: "stream",
    before: named({ shardCount: 2 }),
    after: named({ shardCount: 7 }),
    operations: 7,
  },
  {
    name: "reshard 7 -> 3",
    resource: "stream",
    before: named({ shardCount: 7 }),
    after: named({ shardCount: 3 }),
    operations: 6,
  },
  { name: "delete", resource: "stream", before: named({ shardCount: 1, tags: { a: "b" } }), after: undefined },
  { name: "tags set", resource: "streamTags", stream: theirs, after: tagged({ team: "a" }) },
  {
    name: "tags changed",
    resource: "streamTags",
    stream: theirs,
    before: tagged({ team: "a", old: "x" }),
    after: tagged({ team: "b", new: "y" }),
  },
  { name: "tags removed", resource: "streamTags", stream: theirs, before: tagged({ team: "a" }), after: undefined },
];
