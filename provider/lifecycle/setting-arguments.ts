import * as z from "zod";
import type { MetricsName, RecordDistributionStrategy, StreamMode } from "../client/shapes";
import { UNKNOWN } from "./check-inputs";
import { wholeNumberBetween } from "./properties";
import type { CheckFailure, Properties } from "./resource";

/** The arguments of a Stream that say how it is set, with the names of `aws.kinesis.Stream`; see sdk/stream.ts for what each means. */
export interface SettingArguments {
  streamModeDetails?: { streamMode: StreamMode };
  retentionPeriod?: number;
  shardLevelMetrics?: MetricsName[];
  encryptionType?: "NONE" | "KMS";
  kmsKeyId?: string;
  maxRecordSizeInKib?: number;
  warmThroughputMibPs?: number;
  recordDistributionStrategy?: RecordDistributionStrategy;
}

/** What a program says of a stream's settings, and whether the stream is one that it has taken over. */
export interface Program extends SettingArguments {
  adopt?: boolean;
  /**
   * Hidden, set by check: the program has said `adopt: true` at some time. It lasts, so that taking `adopt` out again does not
   * bring in the defaults: shortening the retention to one would drop records.
   */
  __adopted?: boolean;
}

/** Whether what the program leaves out belongs to the stream as it was found. */
export const isAdopted = ({ adopt, __adopted }: Pick<Program, "adopt" | "__adopted">) =>
  adopt === true || __adopted === true;

/** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html; AWS's own `ALL` would come back as these seven. */
export const METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "OutgoingBytes",
  "OutgoingRecords",
  "WriteProvisionedThroughputExceeded",
  "ReadProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
] as const satisfies readonly MetricsName[];

const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `must be ${values.map((value) => JSON.stringify(value)).join(" or ")}` });

/** AWS names no bound but the account's quota, 10 GiB a second unless it is raised; the wire has 32 bits. */
const MAX_WARM_MIBPS = 2 ** 31 - 1;

/** Each argument's rule by itself. Source of the bounds: the API reference of the operation that sets it. */
export const settingSchemas = {
  streamModeDetails: z
    .strictObject(
      { streamMode: oneOf("PROVISIONED", "ON_DEMAND").optional() },
      { error: 'must be an object such as { streamMode: "ON_DEMAND" }' },
    )
    .optional(),
  retentionPeriod: wholeNumberBetween(24, 8760, "hours").optional(),
  shardLevelMetrics: z
    .array(z.enum(METRICS, { error: `must be one of ${METRICS.join(", ")}` }), { error: "must be a list of metrics" })
    .optional(),
  encryptionType: oneOf("NONE", "KMS").optional(),
  kmsKeyId: z
    .string({ error: "must be a string" })
    .min(1, "must not be empty")
    .max(2048, "must have at most 2048 characters")
    // What travels as JSON is Unicode: half a character would come to AWS as another one.
    .refine((text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed(), "has half of a character in it")
    .optional(),
  maxRecordSizeInKib: wholeNumberBetween(1024, 10240, "KiB").optional(),
  warmThroughputMibPs: wholeNumberBetween(0, MAX_WARM_MIBPS, "MiB a second").optional(),
  recordDistributionStrategy: oneOf("AUTO", "USER_PARTITION_KEY").optional(),
};

/** What the arguments have to be together. What is not known yet breaks no rule. */
export function settingFailures(news: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const { streamModeDetails, encryptionType } = news;
  const isGiven = (property: keyof SettingArguments | "shardCount") => news[property] !== undefined;

  const mode = streamModeDetails === undefined ? "PROVISIONED" : modeIn(streamModeDetails);
  if (mode === undefined) fail("streamModeDetails.streamMode", 'is required: "PROVISIONED" or "ON_DEMAND"');
  if (mode === "PROVISIONED") {
    if (!isGiven("shardCount")) fail("shardCount", "is required unless streamModeDetails.streamMode is ON_DEMAND");
    for (const property of ["warmThroughputMibPs", "recordDistributionStrategy"] as const) {
      if (isGiven(property))
        fail(property, "is for streams in ON_DEMAND mode: set streamModeDetails.streamMode, or leave it out");
    }
  }
  if (mode === "ON_DEMAND" && isGiven("shardCount")) {
    fail("shardCount", "must be left out in ON_DEMAND mode, in which AWS sets the number of shards");
  }

  if (encryptionType === "KMS" && !isGiven("kmsKeyId")) {
    fail(
      "kmsKeyId",
      "is required where encryptionType is KMS; alias/aws/kinesis is the key that AWS keeps for Kinesis",
    );
  }
  if ((encryptionType === undefined || encryptionType === "NONE") && isGiven("kmsKeyId")) {
    fail("kmsKeyId", "encrypts nothing without encryptionType: set that to KMS, or leave the key out");
  }
  return failures;
}

/** Undefined where it is missing; anything else that is no mode has its own failure. */
function modeIn(details: unknown): unknown {
  if (typeof details !== "object" || details === null) return UNKNOWN;
  return (details as { streamMode?: unknown }).streamMode;
}
