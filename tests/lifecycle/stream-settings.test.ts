import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { SettingArguments } from "../../provider/lifecycle/setting-arguments";
import { METRICS } from "../../provider/lifecycle/setting-arguments";
import type { SettingOperation, StreamSettings, WantedSettings } from "../../provider/lifecycle/stream-settings";
import {
  CHANGES,
  changedSettings,
  describedBy,
  inOurWords,
  modeSwitchRefusal,
  needsSummary,
  wantedSettings,
} from "../../provider/lifecycle/stream-settings";

interface Call {
  operation: SettingOperation;
  when: string;
  input: Record<string, unknown>;
}

/** What AWS makes of a call: written from the API reference, not from the table. Refuses what AWS refuses. */
function aws(stream: StreamSettings, { operation, input }: Call): StreamSettings {
  const refuse = (reason: string): never => {
    throw new Error(`${operation} ${JSON.stringify(input)} of ${JSON.stringify(stream)}: ${reason}`);
  };
  switch (operation) {
    case "IncreaseStreamRetentionPeriod":
    case "DecreaseStreamRetentionPeriod": {
      const hours = input.RetentionPeriodHours as number;
      const isUp = operation === "IncreaseStreamRetentionPeriod";
      if (isUp ? hours <= stream.retentionHours : hours >= stream.retentionHours) refuse("the wrong direction");
      return { ...stream, retentionHours: hours };
    }
    case "UpdateMaxRecordSize":
      return { ...stream, maxRecordSizeKiB: input.MaxRecordSizeInKiB as number };
    case "StartStreamEncryption":
      if (input.EncryptionType !== "KMS") refuse("no KMS");
      return { ...stream, kmsKeyId: input.KeyId as string };
    case "StopStreamEncryption":
      if (input.KeyId !== stream.kmsKeyId) refuse("another key");
      return { ...stream, kmsKeyId: null };
    case "DisableEnhancedMonitoring":
    case "EnableEnhancedMonitoring": {
      const metrics = input.ShardLevelMetrics as string[];
      if (metrics.length < 1 || metrics.length > 7) refuse("one to seven metrics");
      const others = stream.shardLevelMetrics.filter((metric) => !metrics.includes(metric));
      return {
        ...stream,
        shardLevelMetrics: operation === "EnableEnhancedMonitoring" ? [...others, ...metrics] : others,
      };
    }
    case "UpdateStreamMode": {
      const { StreamMode } = input.StreamModeDetails as { StreamMode: string };
      if (StreamMode === stream.streamMode) refuse("the mode that it has");
      if (input.WarmThroughputMiBps !== undefined && StreamMode !== "ON_DEMAND") refuse("warm throughput");
      const warm = (input.WarmThroughputMiBps ?? stream.warmThroughputMiBps) as number;
      return { ...stream, streamMode: StreamMode, warmThroughputMiBps: warm };
    }
    case "UpdateStreamWarmThroughput":
      if (stream.streamMode !== "ON_DEMAND") refuse("only on demand");
      return { ...stream, warmThroughputMiBps: input.WarmThroughputMiBps as number };
    case "UpdateStreamRecordDistributionStrategy":
      if (stream.streamMode !== "ON_DEMAND") refuse("only on demand");
      return { ...stream, recordDistributionStrategy: input.RecordDistributionStrategy as string };
  }
}

/** The whole update, as the executor walks the table; ends after `most` calls as if it had been killed. */
function update(stream: StreamSettings, wanted: WantedSettings, most = Number.POSITIVE_INFINITY) {
  const calls: Call[] = [];
  let now = stream;
  for (const { operation, when, input: inputOf } of CHANGES) {
    const input = inputOf(now, wanted);
    if (input === undefined || calls.length >= most) continue;
    const call = { operation, when, input };
    now = aws(now, call);
    calls.push(call);
  }
  return { calls, stream: now };
}

const hours = fc.integer({ min: 24, max: 8760 });
const metrics = fc.subarray([...METRICS]);
const key = fc.constantFrom(
  "alias/orders",
  "11111111-1111-1111-1111-111111111111",
  "22222222-2222-2222-2222-222222222222",
);
const size = fc.integer({ min: 1024, max: 10240 });
const warm = fc.integer({ min: 0, max: 10_000 });
const distribution = fc.constantFrom("AUTO" as const, "USER_PARTITION_KEY" as const);

const anyStream: fc.Arbitrary<StreamSettings> = fc.record({
  streamMode: fc.constantFrom("PROVISIONED", "ON_DEMAND"),
  retentionHours: hours,
  shardLevelMetrics: metrics,
  kmsKeyId: fc.option(key),
  maxRecordSizeKiB: size,
  warmThroughputMiBps: warm,
  recordDistributionStrategy: distribution,
});

/** Arguments that pass the check. */
const anyArguments: fc.Arbitrary<SettingArguments> = fc
  .record(
    {
      onDemand: fc.boolean(),
      saysMode: fc.boolean(),
      retentionPeriod: hours,
      shardLevelMetrics: metrics,
      kmsKeyId: key,
      maxRecordSizeInKib: size,
      warmThroughputMibPs: warm,
      recordDistributionStrategy: distribution,
    },
    { requiredKeys: ["onDemand", "saysMode"] },
  )
  .map(({ onDemand, saysMode, warmThroughputMibPs, recordDistributionStrategy, ...others }) => ({
    ...others,
    ...(others.kmsKeyId === undefined ? {} : { encryptionType: "KMS" as const }),
    ...(onDemand ? { streamModeDetails: { streamMode: "ON_DEMAND" as const } } : {}),
    ...(!onDemand && saysMode ? { streamModeDetails: { streamMode: "PROVISIONED" as const } } : {}),
    ...(onDemand && warmThroughputMibPs !== undefined ? { warmThroughputMibPs } : {}),
    ...(onDemand && recordDistributionStrategy !== undefined ? { recordDistributionStrategy } : {}),
  }));

const property = (check: (stream: StreamSettings, args: SettingArguments) => void) =>
  fc.assert(fc.property(anyStream, anyArguments, check), { numRuns: 2_000 });

const sorted = (settings: WantedSettings) => ({
  ...settings,
  shardLevelMetrics: settings.shardLevelMetrics?.toSorted(),
});

describe("from any stream to anything a program may want", () => {
  test("the calls lead there, AWS refuses none, and what is not wanted stays as it is", () => {
    property((stream, args) => {
      const wanted = wantedSettings(args);
      const { stream: after } = update(stream, wanted);
      expect(sorted(after)).toEqual(sorted({ ...stream, ...wanted }));
    });
  });

  test("each call changes something, and there is nothing to do a second time", () => {
    property((stream, args) => {
      const { calls, stream: after } = update(stream, wantedSettings(args));
      let now = stream;
      for (const call of calls) {
        const next = aws(now, call);
        expect(sorted(next)).not.toEqual(sorted(now));
        now = next;
      }
      expect(update(after, wantedSettings(args)).calls).toEqual([]);
    });
  });

  test("a run that is cut short anywhere is gone on with by the rest of its calls", () => {
    fc.assert(
      fc.property(anyStream, anyArguments, fc.nat(12), (stream, args, cut) => {
        const wanted = wantedSettings(args);
        const { calls } = update(stream, wanted);
        const killed = update(stream, wanted, cut);
        expect([...killed.calls, ...update(killed.stream, wanted).calls]).toEqual(calls);
      }),
      { numRuns: 2_000 },
    );
  });

  test("records are safe: longer retention before everything, shorter after the shards and all else", () => {
    property((stream, args) => {
      const { calls } = update(stream, wantedSettings(args));
      const at = (operation: SettingOperation) => calls.findIndex((call) => call.operation === operation);
      expect(at("IncreaseStreamRetentionPeriod")).toBeLessThanOrEqual(0);
      const shorter = at("DecreaseStreamRetentionPeriod");
      if (shorter >= 0) expect([shorter, calls[shorter]?.when]).toEqual([calls.length - 1, "after shards"]);
      // No shard is split or merged in ON_DEMAND mode.
      expect(
        calls.filter(({ operation, when }) => operation === "UpdateStreamMode" && when === "after shards"),
      ).toEqual([]);
    });
  });
});

describe("arguments", () => {
  test("that describe a stream want nothing of it, and are the program's own where they are true", () => {
    property((stream, args) => {
      const described = describedBy(args, stream);
      const wanted = wantedSettings(described);
      for (const [name, value] of Object.entries(sorted(wanted))) {
        if (value !== undefined) expect(sorted(stream)[name as keyof StreamSettings]).toEqual(value);
      }
      expect(describedBy(args, { ...stream, ...wantedSettings(args) })).toEqual(args);
    });
  });

  test("change what differs from the state, and nothing else", () => {
    fc.assert(
      fc.property(anyArguments, anyArguments, (olds, news) => {
        const changed = changedSettings(olds, news);
        expect(sorted({ ...wantedSettings(olds), ...changed })).toMatchObject(sorted(wantedSettings(news)));
        expect(changedSettings(news, news)).toEqual({});
      }),
    );
  });

  test("left out mean the defaults of retention, metrics, encryption and mode, and nothing for what is not ours", () => {
    const nothing = { streamMode: "PROVISIONED", retentionHours: 24, shardLevelMetrics: [], kmsKeyId: null };
    expect(wantedSettings({})).toEqual(nothing);
    expect(wantedSettings({ encryptionType: "NONE", retentionPeriod: 24, shardLevelMetrics: [] })).toEqual(nothing);
    expect(needsSummary(nothing)).toBe(false);
    expect(needsSummary(wantedSettings({ maxRecordSizeInKib: 2048 }))).toBe(true);
  });

  test("left out of a stream that was adopted mean nothing but the mode, also after adopt is taken out", () => {
    expect(wantedSettings({ adopt: true })).toEqual({ streamMode: "PROVISIONED" });
    expect(wantedSettings({ __adopted: true, retentionPeriod: 24 })).toEqual({
      streamMode: "PROVISIONED",
      retentionHours: 24,
    });
    expect(changedSettings({ adopt: true, __adopted: true }, { __adopted: true })).toEqual({});
  });

  test("name a key in the words in which it was sent, for as long as AWS shows the same one", () => {
    const arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111";
    const key = { sent: "alias/orders", shown: arn };
    expect(inOurWords({ kmsKeyId: arn }, key)).toEqual({ kmsKeyId: "alias/orders" });
    expect(inOurWords({ kmsKeyId: "alias/bills" }, key)).toEqual({ kmsKeyId: "alias/bills" });
    expect(inOurWords({ kmsKeyId: null }, key)).toEqual({ kmsKeyId: null });
  });
});

describe("a mode's allowance of two switches in 24 hours", () => {
  const now = Date.parse("2026-01-03T12:00:00Z");
  test.each([
    [[], undefined],
    [["2026-01-03T01:00:00Z"], undefined],
    [["2026-01-02T11:00:00Z", "2026-01-03T01:00:00Z"], undefined],
    [["2026-01-02T13:00:00Z", "2026-01-03T01:00:00Z"], "2026-01-03T13:00:00.000Z"],
    [["2026-01-02T12:30:00Z", "2026-01-02T13:00:00Z", "2026-01-03T01:00:00Z"], "2026-01-03T13:00:00.000Z"],
  ])("after %j", (switches, until) => {
    const refusal = modeSwitchRefusal(switches, now);
    if (until === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(`it will refuse another switch before ${until}`);
  });
});
