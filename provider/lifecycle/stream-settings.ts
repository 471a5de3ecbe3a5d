/**
 * How a stream is set: what the program wants, what AWS shows, and which calls lead from one to the other. Pure.
 *
 * The calls are rows of `CHANGES`, in the order in which they are made. Each has something to do or not, by what is seen and
 * wanted, so that an interrupted update goes on where it was: it looks again, and the rows that are done have nothing to do.
 * The order keeps the stream usable and its records safe while a reshard, hours perhaps, goes on:
 *
 * - What gives more comes first: longer retention, larger records. What takes away comes last, after all else has worked:
 *   records that a shorter retention drops are gone for good.
 * - Encryption changes before the shards do, so that nothing is written with the old key meanwhile.
 * - The mode changes right before the shards: a switch to PROVISIONED keeps the shards there are, and none can be split or
 *   merged before it.
 */
import type { StreamDescription, StreamDescriptionSummary } from "../client/shapes";
import { isSameKey, maybeSameKey } from "./kms-key";
import type { Program, SettingArguments } from "./setting-arguments";
import { isAdopted } from "./setting-arguments";

/** A stream's settings. Units: hours, KiB, MiB a second. */
export interface StreamSettings {
  streamMode: string;
  retentionHours: number;
  shardLevelMetrics: readonly string[];
  /** Null: not encrypted. */
  kmsKeyId: string | null;
  maxRecordSizeKiB: number;
  warmThroughputMiBps: number;
  recordDistributionStrategy: string;
}

/** What was seen of them: the last three are in DescribeStreamSummary only. */
export type SeenSettings = Omit<StreamSettings, SummaryOnly> & WantedSettings;
/** What is to be so. Settings that are left out are left alone. */
export type WantedSettings = Partial<StreamSettings>;

type SummaryOnly = "maxRecordSizeKiB" | "warmThroughputMiBps" | "recordDistributionStrategy";

/** Where DescribeStreamSummary leaves something out it is what AWS has for streams that never set it. */
const SUMMARY_DEFAULTS: Pick<StreamSettings, SummaryOnly> = {
  maxRecordSizeKiB: 1024,
  warmThroughputMiBps: 0,
  recordDistributionStrategy: "USER_PARTITION_KEY",
};

/** What DescribeStream or DescribeStreamSummary shows. */
export function seenSettings(description: StreamDescription | StreamDescriptionSummary): SeenSettings {
  const metrics = description.EnhancedMonitoring.flatMap(({ ShardLevelMetrics }) => ShardLevelMetrics ?? []);
  const seen: SeenSettings = {
    streamMode: description.StreamModeDetails?.StreamMode ?? "PROVISIONED",
    retentionHours: description.RetentionPeriodHours,
    shardLevelMetrics: metrics,
    kmsKeyId: description.EncryptionType === "KMS" ? (description.KeyId ?? "") : null,
  };
  if (!("OpenShardCount" in description)) return seen;
  const { MaxRecordSizeInKiB, WarmThroughput, RecordDistributionStrategy } = description;
  return {
    ...seen,
    maxRecordSizeKiB: MaxRecordSizeInKiB ?? SUMMARY_DEFAULTS.maxRecordSizeKiB,
    // The target: the current value follows it by itself.
    warmThroughputMiBps: WarmThroughput?.TargetMiBps ?? SUMMARY_DEFAULTS.warmThroughputMiBps,
    recordDistributionStrategy: RecordDistributionStrategy ?? SUMMARY_DEFAULTS.recordDistributionStrategy,
  };
}

/** Whether looking at these needs DescribeStreamSummary; DescribeStream is one call for all else and the shards. */
export const needsSummary = (wanted: WantedSettings) => Object.keys(SUMMARY_DEFAULTS).some((name) => name in wanted);

// -- arguments ----------------------------------------------------------------------------------------------------

interface Setting<Value> {
  /** The arguments that say it. */
  readonly arguments: readonly (keyof SettingArguments)[];
  /** What they say; undefined where they are left out. */
  wanted(inputs: SettingArguments): Value | undefined;
  /** What holds where they are left out; undefined where that leaves the setting alone. Of an adopted stream it always does. */
  readonly byDefault?: Value;
  /** Of an adopted stream as well. */
  readonly isAlwaysOurs?: boolean;
  /** The arguments that would want this value. */
  said(value: Value): SettingArguments;
  isSame(left: Value, right: Value): boolean;
}

const isEqual = <Value>(left: Value, right: Value) => left === right;
const isSameSet = (left: readonly string[], right: readonly string[]) =>
  left.every((item) => right.includes(item)) && right.every((item) => left.includes(item));

/**
 * Each setting with its arguments. Mode, retention, metrics and encryption have defaults that hold when they are left out.
 * An adopted stream keeps its own, except for the mode: a program that says a number of shards says the mode with it.
 */
export const SETTINGS: { readonly [Name in keyof StreamSettings]: Setting<StreamSettings[Name]> } = {
  streamMode: {
    arguments: ["streamModeDetails"],
    wanted: ({ streamModeDetails }) => streamModeDetails?.streamMode,
    byDefault: "PROVISIONED",
    isAlwaysOurs: true,
    said: (value) => ({ streamModeDetails: { streamMode: value } }) as SettingArguments,
    isSame: isEqual,
  },
  retentionHours: {
    arguments: ["retentionPeriod"],
    wanted: ({ retentionPeriod }) => retentionPeriod,
    byDefault: 24,
    said: (retentionPeriod) => ({ retentionPeriod }),
    isSame: isEqual,
  },
  shardLevelMetrics: {
    arguments: ["shardLevelMetrics"],
    wanted: ({ shardLevelMetrics }) => shardLevelMetrics,
    byDefault: [],
    said: (value) => ({ shardLevelMetrics: [...value] }) as SettingArguments,
    isSame: isSameSet,
  },
  kmsKeyId: {
    arguments: ["encryptionType", "kmsKeyId"],
    wanted: ({ encryptionType, kmsKeyId }) =>
      encryptionType === undefined ? undefined : encryptionType === "KMS" ? (kmsKeyId ?? "") : null,
    byDefault: null,
    said: (key) => (key === null ? { encryptionType: "NONE" } : { encryptionType: "KMS", kmsKeyId: key }),
    isSame: (left, right) => left === right || (left !== null && right !== null && isSameKey(left, right)),
  },
  maxRecordSizeKiB: {
    arguments: ["maxRecordSizeInKib"],
    wanted: ({ maxRecordSizeInKib }) => maxRecordSizeInKib,
    said: (maxRecordSizeInKib) => ({ maxRecordSizeInKib }),
    isSame: isEqual,
  },
  warmThroughputMiBps: {
    arguments: ["warmThroughputMibPs"],
    wanted: ({ warmThroughputMibPs }) => warmThroughputMibPs,
    said: (warmThroughputMibPs) => ({ warmThroughputMibPs }),
    isSame: isEqual,
  },
  recordDistributionStrategy: {
    arguments: ["recordDistributionStrategy"],
    wanted: ({ recordDistributionStrategy }) => recordDistributionStrategy,
    said: (value) => ({ recordDistributionStrategy: value }) as SettingArguments,
    isSame: isEqual,
  },
};

const NAMES = Object.keys(SETTINGS) as (keyof StreamSettings)[];

/** What the program wants. */
export function wantedSettings(inputs: Program): WantedSettings {
  return pick(inputs, () => true);
}

function wantedOf(name: keyof StreamSettings, inputs: Program): unknown {
  const { wanted, byDefault, isAlwaysOurs } = SETTINGS[name] as Setting<unknown>;
  const said = wanted(inputs);
  return said === undefined && (isAlwaysOurs || !isAdopted(inputs)) ? byDefault : said;
}

/** What the program wants and the state does not have. */
export function changedSettings(olds: Program, news: Program): WantedSettings {
  const had = wantedSettings(olds);
  return pick(news, (name, value) => !isSame(name, had[name], value));
}

function pick(inputs: Program, isPicked: (name: keyof StreamSettings, value: unknown) => boolean) {
  const values = NAMES.map((name) => [name, wantedOf(name, inputs)] as const);
  return Object.fromEntries(
    values.filter(([name, value]) => value !== undefined && isPicked(name, value)),
  ) as WantedSettings;
}

function isSame(name: keyof StreamSettings, left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (SETTINGS[name] as Setting<unknown>).isSame(left, right);
}

/** What AWS shows for the key that was sent, and the key that was sent: an alias may come back as the ARN of its key. */
export interface ShownKey {
  sent: string;
  shown: string;
}

/** The settings with the key in the words in which it was sent. */
export function inOurWords<Settings extends { kmsKeyId: string | null }>(seen: Settings, key: ShownKey | undefined) {
  return key !== undefined && seen.kmsKeyId === key.shown ? { ...seen, kmsKeyId: key.sent } : seen;
}

/**
 * The arguments that describe the stream as it is, as far as it was seen: those of the program where they are true of it, in the program's own
 * words, and what is true instead where they are not, defaults that somebody has changed included.
 */
export function describedBy(program: Program, seen: WantedSettings): SettingArguments {
  const described: SettingArguments = {};
  for (const name of NAMES) {
    const setting = SETTINGS[name] as Setting<unknown>;
    const [wanted, is] = [wantedOf(name, program), seen[name]];
    const words = wanted === undefined || is === undefined || setting.isSame(wanted, is) ? program : setting.said(is);
    for (const argument of setting.arguments) {
      if (words[argument] !== undefined) Object.assign(described, { [argument]: words[argument] });
    }
  }
  return described;
}

/** What becomes of a stream that is seen so, in the words of the arguments, one for each that is another afterwards. */
export function settingChanges(seen: SeenSettings, wanted: WantedSettings) {
  return NAMES.flatMap((name) => {
    const setting = SETTINGS[name] as Setting<unknown>;
    const [is, to] = [seen[name], wanted[name]];
    if (to === undefined || isSame(name, is, to)) return [];
    const [from, into] = [is === undefined ? {} : setting.said(is), setting.said(to)];
    return setting.arguments
      .filter((argument) => from[argument] !== into[argument])
      .map((argument) => ({ argument, from: from[argument], to: into[argument] }));
  });
}

export const SETTING_ARGUMENTS = NAMES.flatMap((name) => SETTINGS[name].arguments);

/** Of what was seen, the settings that are wanted. */
export function ofWanted(seen: SeenSettings, wanted: WantedSettings): WantedSettings {
  return Object.fromEntries(Object.entries(seen).filter(([name]) => name in wanted));
}

// -- changes ------------------------------------------------------------------------------------------------------

/** The operations that change a setting, and what each takes besides the stream. */
export type SettingOperation =
  | "IncreaseStreamRetentionPeriod"
  | "DecreaseStreamRetentionPeriod"
  | "UpdateMaxRecordSize"
  | "StartStreamEncryption"
  | "StopStreamEncryption"
  | "DisableEnhancedMonitoring"
  | "EnableEnhancedMonitoring"
  | "UpdateStreamMode"
  | "UpdateStreamWarmThroughput"
  | "UpdateStreamRecordDistributionStrategy";

/** A call as it is sent, but for the stream. */
export interface SettingCall {
  operation: SettingOperation;
  input: Record<string, unknown>;
}

export interface SettingChange {
  operation: SettingOperation;
  /** Before or after the shards are brought to what the program wants. */
  when: "before shards" | "after shards";
  /** The call's input, or undefined where there is nothing to do. */
  input(seen: SeenSettings, wanted: WantedSettings): Record<string, unknown> | undefined;
  /** Whether the call has taken effect, where that is not the same as having nothing more to do. */
  isDone?(seen: SeenSettings, wanted: WantedSettings): boolean;
}

const EARLY = "before shards";
const LATE = "after shards";

export const CHANGES: readonly SettingChange[] = [
  {
    operation: "IncreaseStreamRetentionPeriod",
    when: EARLY,
    input: ({ retentionHours: is }, { retentionHours: to }) =>
      to !== undefined && to > is ? { RetentionPeriodHours: to } : undefined,
  },
  {
    operation: "UpdateMaxRecordSize",
    when: EARLY,
    input: ({ maxRecordSizeKiB: is = 0 }, { maxRecordSizeKiB: to }) =>
      to !== undefined && to > is ? { MaxRecordSizeInKiB: to } : undefined,
  },
  {
    // Also from one key to another: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
    operation: "StartStreamEncryption",
    when: EARLY,
    input: ({ kmsKeyId: is }, { kmsKeyId: to }) =>
      to != null && !isSame("kmsKeyId", is, to) ? { EncryptionType: "KMS", KeyId: to } : undefined,
    isDone: ({ kmsKeyId: is }, { kmsKeyId: to }) => is !== null && to != null && maybeSameKey(is, to),
  },
  {
    operation: "StopStreamEncryption",
    when: EARLY,
    input: ({ kmsKeyId: is }, { kmsKeyId: to }) =>
      to === null && is !== null ? { EncryptionType: "KMS", KeyId: is } : undefined,
  },
  {
    operation: "DisableEnhancedMonitoring",
    when: EARLY,
    input: ({ shardLevelMetrics: is }, { shardLevelMetrics: to }) =>
      to && some({ ShardLevelMetrics: is.filter((metric) => !to.includes(metric)) }),
  },
  {
    operation: "EnableEnhancedMonitoring",
    when: EARLY,
    input: ({ shardLevelMetrics: is }, { shardLevelMetrics: to }) =>
      to && some({ ShardLevelMetrics: to.filter((metric) => !is.includes(metric)) }),
  },
  {
    operation: "UpdateStreamMode",
    when: EARLY,
    input: ({ streamMode: is }, { streamMode: to, warmThroughputMiBps: warm }) =>
      to === "ON_DEMAND" && is !== to
        ? { StreamModeDetails: { StreamMode: to }, ...(warm === undefined ? {} : { WarmThroughputMiBps: warm }) }
        : undefined,
  },
  {
    operation: "UpdateStreamWarmThroughput",
    when: EARLY,
    input: ({ warmThroughputMiBps: is }, { warmThroughputMiBps: to }) =>
      to !== undefined && is !== to ? { WarmThroughputMiBps: to } : undefined,
  },
  {
    operation: "UpdateStreamRecordDistributionStrategy",
    when: EARLY,
    input: ({ recordDistributionStrategy: is }, { recordDistributionStrategy: to }) =>
      to !== undefined && is !== to ? { RecordDistributionStrategy: to } : undefined,
  },
  {
    operation: "UpdateStreamMode",
    when: EARLY,
    input: ({ streamMode: is }, { streamMode: to }) =>
      to === "PROVISIONED" && is !== to ? { StreamModeDetails: { StreamMode: to } } : undefined,
  },
  {
    operation: "UpdateMaxRecordSize",
    when: LATE,
    input: ({ maxRecordSizeKiB: is = 0 }, { maxRecordSizeKiB: to }) =>
      to !== undefined && to < is ? { MaxRecordSizeInKiB: to } : undefined,
  },
  {
    operation: "DecreaseStreamRetentionPeriod",
    when: LATE,
    input: ({ retentionHours: is }, { retentionHours: to }) =>
      to !== undefined && to < is ? { RetentionPeriodHours: to } : undefined,
  },
];

const some = <Input extends { ShardLevelMetrics: readonly string[] }>(input: Input) =>
  input.ShardLevelMetrics.length === 0 ? undefined : input;

// -- the mode's allowance -----------------------------------------------------------------------------------------

/** https://docs.aws.amazon.com/streams/latest/dev/updating-a-stream.html: a stream's mode can be switched twice in 24 hours. */
const MODE_SWITCHES = 2;
const MODE_SWITCHES_WITHIN_MS = 24 * 3_600_000;

/** Of the moments (ISO 8601) at which this stack has switched the mode, those that AWS still counts. */
export function recentModeSwitches(switches: readonly string[], nowMs: number): string[] {
  return switches.filter((moment) => nowMs - Date.parse(moment) < MODE_SWITCHES_WITHIN_MS);
}

/** Why AWS will refuse to switch the mode, as far as this stack's own switches tell; undefined where they don't. */
export function modeSwitchRefusal(switches: readonly string[], nowMs: number): string | undefined {
  const recent = recentModeSwitches(switches, nowMs);
  const [first] = recent.slice(-MODE_SWITCHES);
  if (recent.length < MODE_SWITCHES || first === undefined) return undefined;
  const from = new Date(Date.parse(first) + MODE_SWITCHES_WITHIN_MS).toISOString();
  return (
    `AWS lets a stream's mode be switched twice in 24 hours, and this stack has done so at ${recent.join(" and ")}: ` +
    `it will refuse another switch before ${from}`
  );
}
