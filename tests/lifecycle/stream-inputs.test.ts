import { describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/lifecycle/check-inputs";
import type { Properties } from "../../provider/lifecycle/resource";
import { changesShards } from "../../provider/lifecycle/stream-diff";
import type { AnyStreamInputs } from "../../provider/lifecycle/stream-inputs";
import { checkStream } from "../../provider/lifecycle/stream-inputs";
import { wantedSettings } from "../../provider/lifecycle/stream-settings";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { inputsOf, programOf, recordSettings } from "../../provider/lifecycle/stream-state";
import { evenShards } from "../../provider/reshard/even-shards";

const random = { random: () => 0.5 };
const check = (news: Record<string, unknown>, olds: Record<string, unknown> = {}, defaultTags = {}) =>
  checkStream(olds, { __logicalName: "orders", __provider: "text", ...news }, defaultTags, random);

describe("bad input fails on its property", () => {
  test.each([
    [{ shardCount: 0 }, "shardCount", /whole number of at least 1, not 0/],
    [{ shardCount: 2.5 }, "shardCount", /not 2.5/],
    [{ shardCount: -1 }, "shardCount", /not -1/],
    [{ shardCount: "3" }, "shardCount", /whole number of at least 1, and not text$/],
    [{ shardCount: Number.NaN }, "shardCount", /whole number/],
    [{}, "shardCount", /is required/],
    [{ shardCount: 1, name: "my stream" }, "name", /may contain only/],
    [{ shardCount: 1, name: "" }, "name", /empty/],
    [{ shardCount: 1, name: "x".repeat(129) }, "name", /at most 128 characters, not 129/],
    [{ shardCount: 1, name: 7 }, "name", /string/],
    [{ shardCount: 1, region: "Frankfurt" }, "region", /AWS region/],
    [{ shardCount: 1, adopt: "yes" }, "adopt", /true or false/],
    [{ shardCount: 1, resharding: 3 }, "resharding", /must be an object/],
    [{ shardCount: 1, resharding: { balance: "even" } }, "resharding.balance", /"keyspace" or "none"/],
    [{ shardCount: 1, resharding: { strategy: "fast" } }, "resharding.strategy", /"split-merge", "update-shard-count"/],
    [
      { shardCount: 1, resharding: { strategy: "update-shard-count", weights: [1] } },
      "resharding.weights",
      /UpdateShardCount, which makes all shards equally wide: leave it out, or set resharding.strategy/,
    ],
    [
      { shardCount: 1, resharding: { strategy: "update-shard-count", maxOpenShards: 3 } },
      "resharding.maxOpenShards",
      /short-lived/,
    ],
    [
      { shardCount: 1, resharding: { strategy: "update-shard-count", allowHotMerge: true } },
      "resharding.allowHotMerge",
      /leaves their order to AWS/,
    ],
    [{ shardCount: 1, resharding: { tolerance: 1 } }, "resharding.tolerance", /from 0 to 0.99/],
    [{ shardCount: 1, resharding: { tolerance: { over: 0.1 } } }, "resharding.tolerance", /with both/],
    [{ shardCount: 1, resharding: { weights: [0] } }, "resharding.weights[0]", /positive/],
    [{ shardCount: 2, resharding: { weights: [1] } }, "resharding.weights", /1 weights for 2 shards/],
    [{ shardCount: 1, resharding: { maxOperations: 1.5 } }, "resharding.maxOperations", /whole number/],
    [{ shardCount: 1, resharding: { maxOpenShards: 0 } }, "resharding.maxOpenShards", /at least 1/],
    [{ shardCount: 5, resharding: { maxOpenShards: 3 } }, "resharding.maxOpenShards", /fewer than the 5/],
    [{ shardCount: 1e9 }, "shardCount", /at most 100000/],
    [{ shardCount: 1, resharding: { speed: 9 } }, "resharding.speed", /not a setting of resharding/],
    [{ shardCount: 1, shards: 2 }, "shards", /not an argument of Stream; these are: name, shardCount/],
    [
      { shardCount: 1, resharding: { maxOpenShard: 3 } },
      "resharding.maxOpenShard",
      /did you mean maxOpenShards\? These/,
    ],
    [
      { shardCount: 1, timeouts: { Update: "1h" } },
      "timeouts.Update",
      /mean update\? These are: create, update, delete$/,
    ],
    [{ shardCount: 1, tag: {} }, "tag", /not an argument of Stream: did you mean tags\? These are: name, shardCount/],
    [{ shardCount: 1, shardcount: 3 }, "shardcount", /did you mean shardCount\?/],
    [{ shardCount: 1, __customTimeouts: { update: "soon" } }, "customTimeouts.update", /duration/],
    [{ shardCount: 1, timeouts: { update: "soon" } }, "timeouts.update", /duration such as 90s, 10m or 1h30m/],
    [{ shardCount: 1, timeouts: { read: "1m" } }, "timeouts.read", /not a setting of timeouts/],
    [{ shardCount: 1, timeouts: "10m" }, "timeouts", /must be an object/],
    [
      { shardCount: 1, timeouts: { create: "10m" }, __customTimeouts: { create: "5m" } },
      "timeouts.create",
      /is 10m, and Pulumi's option customTimeouts.create says 5m: both mean the same, give one/,
    ],
    [{ shardCount: 1, retentionPeriod: 23 }, "retentionPeriod", /whole number of hours from 24 to 8760, not 23/],
    [{ shardCount: 1, retentionPeriod: 8761 }, "retentionPeriod", /not 8761/],
    [{ shardCount: 1, retentionPeriod: 24.5 }, "retentionPeriod", /not 24.5/],
    [{ shardCount: 1, retentionPeriod: "48" }, "retentionPeriod", /whole number/],
    [{ shardCount: 1, shardLevelMetrics: ["Bytes"] }, "shardLevelMetrics[0]", /one of IncomingBytes, /],
    [{ shardCount: 1, shardLevelMetrics: ["ALL"] }, "shardLevelMetrics[0]", /one of IncomingBytes, /],
    [{ shardCount: 1, shardLevelMetrics: "IncomingBytes" }, "shardLevelMetrics", /list of metrics/],
    [{ shardCount: 1, encryptionType: "AES" }, "encryptionType", /"NONE" or "KMS"/],
    [{ shardCount: 1, encryptionType: "KMS" }, "kmsKeyId", /is required where encryptionType is KMS/],
    [{ shardCount: 1, encryptionType: "KMS", kmsKeyId: "" }, "kmsKeyId", /empty/],
    [{ shardCount: 1, kmsKeyId: "alias/orders" }, "kmsKeyId", /without encryptionType/],
    [{ shardCount: 1, encryptionType: "NONE", kmsKeyId: "alias/orders" }, "kmsKeyId", /without encryptionType/],
    [{ shardCount: 1, maxRecordSizeInKib: 1023 }, "maxRecordSizeInKib", /KiB from 1024 to 10240, not 1023/],
    [{ shardCount: 1, maxRecordSizeInKib: 10241 }, "maxRecordSizeInKib", /not 10241/],
    [{ shardCount: 1, enforceConsumerDeletion: "yes" }, "enforceConsumerDeletion", /true or false/],
    [{ shardCount: 1, streamModeDetails: "ON_DEMAND" }, "streamModeDetails", /must be an object such as/],
    [{ shardCount: 1, streamModeDetails: {} }, "streamModeDetails.streamMode", /is required/],
    [{ streamModeDetails: { streamMode: "BOTH" } }, "streamModeDetails.streamMode", /"PROVISIONED" or "ON_DEMAND"/],
    [{ streamModeDetails: { streamMode: "PROVISIONED" } }, "shardCount", /is required/],
    [{ shardCount: 1, streamModeDetails: { streamMode: "ON_DEMAND" } }, "shardCount", /must be left out in ON_DEMAND/],
    [{ shardCount: UNKNOWN, streamModeDetails: { streamMode: "ON_DEMAND" } }, "shardCount", /must be left out/],
    [{ shardCount: 1, warmThroughputMibPs: 10 }, "warmThroughputMibPs", /for streams in ON_DEMAND mode/],
    [
      { streamModeDetails: { streamMode: "ON_DEMAND" }, warmThroughputMibPs: -1 },
      "warmThroughputMibPs",
      /whole number of MiB a second from 0/,
    ],
    [{ shardCount: 1, recordDistributionStrategy: "AUTO" }, "recordDistributionStrategy", /for streams in ON_DEMAND/],
    [
      { streamModeDetails: { streamMode: "ON_DEMAND" }, recordDistributionStrategy: "RANDOM" },
      "recordDistributionStrategy",
      /"AUTO" or "USER_PARTITION_KEY"/,
    ],
  ])("%j: %s", (news, property, reason) => {
    const { failures } = check(news);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test.each([
    ["an empty key", { "": "v" }, 'tags[""]', /empty key/],
    [
      "a key of 129 characters",
      { ["k".repeat(129)]: "v" },
      `tags["${"k".repeat(64)}… (129 characters)"]`,
      /129 characters/,
    ],
    ["a key that AWS reserves", { "aws:team": "v" }, 'tags["aws:team"]', /reserves/],
    ["a reserved key in capitals", { "AWS:team": "v" }, 'tags["AWS:team"]', /reserves/],
    ["a key with a character AWS refuses", { "a?": "v" }, 'tags["a?"]', /refuses/],
    ["a value of 257 characters", { k: "v".repeat(257) }, "tags.k", /257 characters/],
    ["a value with a character AWS refuses", { k: "<v>" }, "tags.k", /refuses/],
    ["a number as value", { k: 1 }, "tags.k", /string as its value/],
    ["null as value", { k: null }, "tags.k", /string as its value/],
    ["an object as value", { k: {} }, "tags.k", /string as its value/],
    ["a list of tags", [{ Key: "k", Value: "v" }], "tags", /must be an object/],
    ["a text", "team=data", "tags", /must be an object/],
    ["null", null, "tags", /must be an object/],
    ["51 tags", Object.fromEntries([...Array(51)].map((_, i) => [`k${i}`, "v"])), "tags", /51 tags.*at most 50/],
  ])("tags: %s", (_, tags, property, reason) => {
    expect(check({ shardCount: 1, tags }).failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("all at once", () => {
    const { failures } = check({ shardCount: 0, name: "a b", tags: { "": "v", k: 1 }, colour: "red" });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "colour",
      "name",
      "shardCount",
      "tags.k",
      'tags[""]',
    ]);
  });
});

describe("good input", () => {
  test.each([
    { shardCount: 1, tags: { k: "", "cost:centre": "Zürich / 4711", ["💡x".slice(2).repeat(128)]: "v".repeat(256) } },
    { shardCount: 100_000, name: "x".repeat(128) },
    { shardCount: 1, region: "us-gov-west-1", adopt: true, __customTimeouts: { create: "5m" } },
    { shardCount: 2, resharding: { strategy: "auto", weights: [1, 2], maxOpenShards: 3, allowHotMerge: true } },
    { shardCount: 2, resharding: { strategy: "update-shard-count", tolerance: 0, maxOperations: 3, balance: "none" } },
    { shardCount: 2, resharding: { weights: [1, 2.5], tolerance: { over: 0, under: 0.5 }, balance: "none" } },
    { shardCount: 2, resharding: { tolerance: 0, maxOperations: 0, maxOpenShards: 2, allowHotMerge: true } },
    { shardCount: 1, tags: Object.fromEntries([...Array(50)].map((_, i) => [`k${i}`, "v"])) },
    { shardCount: 1, retentionPeriod: 24, shardLevelMetrics: [], encryptionType: "NONE", maxRecordSizeInKib: 1024 },
    { shardCount: 1, retentionPeriod: 8760, shardLevelMetrics: ["IncomingBytes"], maxRecordSizeInKib: 10240 },
    { shardCount: 1, encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis", enforceConsumerDeletion: true },
    { streamModeDetails: { streamMode: "ON_DEMAND" }, warmThroughputMibPs: 0, recordDistributionStrategy: "AUTO" },
    { shardCount: 1, timeouts: { create: "60m" }, __customTimeouts: { create: "1h", update: "5m" } },
    { shardCount: UNKNOWN, streamModeDetails: { streamMode: UNKNOWN }, warmThroughputMibPs: 1 },
    { streamModeDetails: UNKNOWN, encryptionType: UNKNOWN, kmsKeyId: UNKNOWN, retentionPeriod: UNKNOWN },
    { shardCount: 1, encryptionType: "KMS", kmsKeyId: UNKNOWN },
  ])("passes: %#", (news) => {
    expect(check(news).failures).toEqual([]);
  });

  test("values that are not known yet are left for later, and what is beside them is still checked", () => {
    expect(check({ shardCount: UNKNOWN, name: UNKNOWN, tags: { team: UNKNOWN } }).failures).toEqual([]);
    expect(check({ shardCount: 2, resharding: { weights: [1, UNKNOWN], tolerance: UNKNOWN } }).failures).toEqual([]);
    const { failures } = check({ shardCount: UNKNOWN, tags: { team: UNKNOWN, "aws:x": "v" } });
    expect(failures).toEqual([{ property: 'tags["aws:x"]', reason: expect.any(String) }]);
  });
});

describe('with ignoreChanges: ["shardCount"] what others have made of the stream does not fail', () => {
  test("when an autoscaler is above maxOpenShards; a count that the program asks for has to fit", () => {
    const scaled = { name: "orders", shardCount: 12, resharding: { balance: "none", maxOpenShards: 8 } };
    const check = (olds: Properties) => checkStream(olds, scaled, {}, { random: Math.random }).failures;
    expect(check({ name: "orders", shardCount: 12 })).toEqual([]);
    expect(check({ name: "orders", shardCount: 4 })).toMatchObject([{ property: "resharding.maxOpenShards" }]);
  });

  test.each([[undefined], [{ streamMode: "PROVISIONED" as const }]])(
    "when somebody has switched it to ON_DEMAND, refreshed once or twice: it is switched back with the shards it has (%j)",
    (streamModeDetails) => {
      const program = { name: "orders", ...(streamModeDetails && { streamModeDetails }) };
      const resharding = { balance: "none" as const };
      const state: StreamState = { ...program, shardCount: 4, resharding };
      const seen = { streamMode: "ON_DEMAND", retentionHours: 24, shardLevelMetrics: [], kmsKeyId: null };
      for (let refresh = 0; refresh < 2; refresh++) {
        recordSettings(state, programOf(state), seen, wantedSettings(programOf(state)));
        state.openShards = evenShards(4);
        const refreshed = inputsOf(state);
        expect(refreshed).toMatchObject({ shardCount: 4, streamModeDetails: { streamMode: "ON_DEMAND" } });
        // What the engine makes of the program with ignoreChanges.
        const news = { ...program, resharding, shardCount: refreshed.shardCount };
        expect(checkStream(refreshed, news, {}, { random: Math.random }).failures).toEqual([]);
        expect(changesShards(state, news as AnyStreamInputs)).toBe(false);
      }
    },
  );
});

describe("time-outs", () => {
  test("are what the argument and Pulumi's option say together", () => {
    const { inputs } = check({ shardCount: 1, timeouts: { create: "5m" }, __customTimeouts: { delete: "1m" } });
    expect(inputs).toMatchObject({ timeouts: { create: "5m" }, __customTimeouts: { create: "5m", delete: "1m" } });
  });
});

describe("the stack whose create it was", () => {
  test("stays what it was, and comes to no stream that was created without it", () => {
    const olds = { name: "orders", __logicalName: "orders", __stack: "org/shop/dev" };
    expect(check({ shardCount: 1, __stack: "org/shop/renamed" }, olds).inputs.__stack).toBe("org/shop/dev");
    const unmarked = { name: "orders", __logicalName: "orders" };
    expect(check({ shardCount: 1, __stack: "org/shop/dev" }, unmarked).inputs).not.toHaveProperty("__stack");
    expect(check({ shardCount: 1, __stack: "org/shop/dev" }).inputs.__stack).toBe("org/shop/dev");
  });
});

describe("a name that is left out", () => {
  test("is the resource's name and seven hex digits", () => {
    expect(check({ shardCount: 1 }).inputs.name).toBe("orders-8000000");
  });

  test("stays what it was", () => {
    expect(check({ shardCount: 1 }, { name: "orders-abcdef0" }).inputs.name).toBe("orders-abcdef0");
  });

  test("says so where the resource's name can't be one", () => {
    const { failures } = check({ shardCount: 1, __logicalName: "my orders" });
    expect(failures).toEqual([
      { property: "name", reason: expect.stringMatching(/"my orders".*Set the name argument/s) },
    ]);
  });
});

describe("the stack's default tags", () => {
  test("are below the stream's own", () => {
    const { inputs } = check({ shardCount: 1, tags: { team: "a" } }, {}, { team: "b", env: "dev" });
    expect(inputs.tags).toEqual({ team: "a", env: "dev" });
  });

  test("obey the same rules", () => {
    const { failures } = check({ shardCount: 1 }, {}, { "aws:x": "v" });
    expect(failures).toEqual([{ property: 'tags["aws:x"]', reason: expect.stringMatching(/reserves.*defaultTags/) }]);
  });

  test("count towards the fifty", () => {
    const tags = Object.fromEntries([...Array(50)].map((_, i) => [`k${i}`, "v"]));
    expect(check({ shardCount: 1, tags }, {}, { env: "dev" }).failures).toEqual([
      { property: "tags", reason: expect.stringMatching(/defaultTags/) },
    ]);
  });
});

test("a program that asks for what the state has already, and says nothing of resharding, is checked", () => {
  const inputs = { name: "orders", shardCount: 2, __logicalName: "orders" };
  expect(checkStream(inputs, inputs, {}, { random: () => 0 }).failures).toEqual([]);
});
