/** What a client and a call may be told, and the check that a program without types needs: one sentence for each slip. */
import { ConfigurationError, excerpt } from "../errors";
import { nearest } from "../nearest";
import type { Credentials, CredentialsProvider } from "./credentials";
import type { CallOptions, PutRecordsOptions } from "./methods";

/** What a client may be told; all of it may be left out. */
export interface KinesisClientOptions {
  /** @default AWS_REGION, AWS_DEFAULT_REGION, the profile's region */
  region?: string | undefined;
  /**
   * A profile of ~/.aws; wins over keys in the environment, which win over AWS_PROFILE, as with the AWS CLI.
   * @default AWS_PROFILE, "default"
   */
  profile?: string | undefined;
  /**
   * Where to call, with its scheme: a VPC endpoint or an emulator, as "http://localhost:4568".
   * @default AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, the profile's, the region's own
   */
  endpoint?: string | undefined;
  /** Constant credentials, or a function that gets them; it is asked again before they expire. @default AWS's own chain */
  credentials?: Credentials | CredentialsProvider | undefined;
  /** @default AWS_USE_FIPS_ENDPOINT, the profile's, false */
  useFipsEndpoint?: boolean | undefined;
  /** @default AWS_USE_DUALSTACK_ENDPOINT, the profile's, false */
  useDualstackEndpoint?: boolean | undefined;
  /** How often a request is sent at most, a whole number from 1 to 100. @default 10 */
  maxAttempts?: number | undefined;
  /** Milliseconds that one attempt may take, connecting and the whole answer included. @default 30000 */
  requestTimeoutMs?: number | undefined;
  /** Milliseconds that connecting may take. @default 5000 */
  connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds that a call may take, waiting in line, retries and getting credentials included.
   * @default 120000; an hour for CreateStream, which waits while five streams are CREATING
   */
  deadlineMs?: number | undefined;
  /** Connections at most. @default 50 */
  maxSockets?: number | undefined;
  /** `false`: don't wait for AWS's documented rates and for fewer than five streams CREATING. @default true */
  rateLimits?: boolean | undefined;
}

/** What a value must be, where it isn't. */
type Rule = (value: unknown) => string | undefined;

const unless =
  (holds: (value: unknown) => boolean, words: string): Rule =>
  (value) =>
    holds(value) ? undefined : words;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const text = unless((value) => typeof value === "string", "a string");
const flag = unless((value) => typeof value === "boolean", "true or false");
// Written so that NaN is out of bounds, too: it would make waits that never end.
const between = (least: number, most: number): Rule =>
  unless((value) => typeof value === "number" && value >= least && value <= most, `a number from ${least} to ${most}`);
const whole = (least: number, most: number): Rule =>
  unless(
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    `a whole number from ${least} to ${most}`,
  );

const deadlineMs = between(1, 86_400_000);
const maxAttempts = whole(1, 100);

const OF_CLIENT: Readonly<Record<keyof KinesisClientOptions, Rule>> = {
  region: text,
  profile: text,
  endpoint: text,
  credentials: unless(
    (value) => isObject(value) || typeof value === "function",
    "an object with accessKeyId and secretAccessKey, or a function that gets one",
  ),
  useFipsEndpoint: flag,
  useDualstackEndpoint: flag,
  maxAttempts,
  requestTimeoutMs: between(1, 900_000),
  connectTimeoutMs: between(1, 900_000),
  deadlineMs,
  maxSockets: whole(1, 10_000),
  rateLimits: flag,
};

const OF_CALL: Readonly<Record<keyof CallOptions, Rule>> = {
  signal: unless((value) => isObject(value) && "aborted" in value && "addEventListener" in value, "an AbortSignal"),
  deadlineMs,
  maxAttempts,
  base64: flag,
};

const OF_PUT_RECORDS: Readonly<Record<keyof PutRecordsOptions, Rule>> = { ...OF_CALL, retryFailedRecords: flag };

/** @throws ConfigurationError */
export const checkClientOptions = (options: KinesisClientOptions): void => check("KinesisClient", options, OF_CLIENT);

/** @throws ConfigurationError */
export const checkCallOptions = (operation: string, options: CallOptions): void => check(operation, options, OF_CALL);

/** @throws ConfigurationError */
export const checkPutRecordsOptions = (options: PutRecordsOptions): void =>
  check("PutRecords", options, OF_PUT_RECORDS);

function read(of: string, options: object, name: string): unknown {
  try {
    return (options as Record<string, unknown>)[name];
  } catch {
    throw new ConfigurationError("options", `${of}: ${excerpt(name)} can't be read: reading it throws an error.`);
  }
}

function check(of: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  if (!isObject(options)) throw new ConfigurationError("options", `${of}: the options must be an object.`);
  for (const name of Object.keys(options)) {
    const value = read(of, options, name);
    // Left out and undefined are the same.
    if (value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      const names = Object.keys(rules);
      const meant = nearest(name, names);
      const advice = meant ? `do you mean ${meant}?` : `write one of ${names.join(", ")}.`;
      throw new ConfigurationError("options", `${of}: there is no option ${JSON.stringify(excerpt(name))}: ${advice}`);
    }
    const problem = rule(value);
    if (problem) throw new ConfigurationError("options", `${of}: ${name} must be ${problem}.`);
  }
}
