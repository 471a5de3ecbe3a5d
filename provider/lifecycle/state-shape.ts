/**
 * What a resource's state must look like to be worked with. We have written it, and a person may have edited it since: what is no
 * longer what we take it for must not decide which stream is deleted, nor end in an error about our own inside.
 */
import { InvalidStateError } from "../errors";
import { tiles } from "../reshard/keyspace";
import { parseConsumerArn, parseStreamArn } from "./arn";
import type { Properties } from "./resource";

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === "string";
const isFlag: Is = (value) => typeof value === "boolean";
/** Date.parse reads a date in almost anything. */
const isMoment: Is = (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isListOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const isTexts: Is = (value) => isObject(value) && Object.values(value).every(isText);

/** Shards that were seen tile the key space; see `record`. */
const isShards: Is = (value) => {
  if (!Array.isArray(value) || !value.every(isTexts)) return false;
  if (!value.every(({ shardId }) => isText(shardId))) return false;
  try {
    return tiles(value);
  } catch {
    return false;
  }
};

const TEXT = [isText, "must be a text"] as const;
const NUMBER = [Number.isFinite as Is, "must be a number"] as const;
const FLAG = [isFlag, "must be true or false"] as const;
const OBJECT = [isObject, "must be an object"] as const;
const LIST = [isListOf(isText), "must be a list of texts"] as const;
const MAP = [isTexts, "must be an object of texts"] as const;
const MOMENT = [isMoment, "must be a moment such as 2026-01-31T12:00:00.000Z"] as const;

/** By the names that a property has in the state of any resource of ours; each means the same in all of them. */
const STATE: Readonly<Record<string, readonly [is: Is, rule: string]>> = {
  name: TEXT,
  region: TEXT,
  streamArn: TEXT,
  streamName: TEXT,
  resourceArn: TEXT,
  policy: TEXT,
  encryptionType: TEXT,
  kmsKeyId: TEXT,
  recordDistributionStrategy: TEXT,
  streamStatus: TEXT,
  shardCount: NUMBER,
  retentionPeriod: NUMBER,
  maxRecordSizeInKib: NUMBER,
  warmThroughputMibPs: NUMBER,
  adopt: FLAG,
  overwrite: FLAG,
  enforceConsumerDeletion: FLAG,
  streamModeDetails: MAP,
  resharding: OBJECT,
  timeouts: MAP,
  tags: MAP,
  shardLevelMetrics: LIST,
  openShards: [isShards, "must be a list of shards, with an id each and ranges that cover all hash keys"],
  creationTimestamp: MOMENT,
  __adopted: FLAG,
  __askedShardCount: NUMBER,
  __creating: TEXT,
  __customTimeouts: MAP,
  __drifted: LIST,
  __endpoint: TEXT,
  __get: FLAG,
  __givenBy: TEXT,
  __kmsKey: MAP,
  __logicalName: TEXT,
  __modeSwitched: FLAG,
  __modeSwitches: [isListOf(isMoment), "must be a list of moments such as 2026-01-31T12:00:00.000Z"],
  __stack: TEXT,
  __unfinishedReshard: FLAG,
  __urn: TEXT,
};

/**
 * The state of the resource called `id`, without what is set to null, which says nothing.
 * @throws InvalidStateError, which names what is wrong and never quotes it: values may be secret
 */
export function readState(id: string, state: Properties): Properties {
  const said = Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null && value !== undefined));
  const faults = Object.entries(STATE).flatMap(([property, [is, rule]]) =>
    said[property] === undefined || is(said[property]) ? [] : [`${property} ${rule}`],
  );
  const named = (parseConsumerArn(id) ?? parseStreamArn(id))?.name;
  if (named !== undefined && said.name !== undefined && said.name !== named)
    faults.push("name must be the one in the id");
  if (faults.length > 0) throw new InvalidStateError(id, faults);
  return said;
}
