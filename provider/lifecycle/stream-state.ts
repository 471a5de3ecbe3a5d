import { EndpointMismatchError, UnknownArnError } from "../errors";
import { tiles } from "../reshard/keyspace";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream, OpenShard } from "./observe";
import type { Program } from "./setting-arguments";
import { isAdopted } from "./setting-arguments";
import type { AnyStreamInputs } from "./stream-inputs";
import type { SeenSettings, ShownKey, WantedSettings } from "./stream-settings";
import { describedBy, inOurWords, ofWanted, SETTING_ARGUMENTS, wantedSettings } from "./stream-settings";

/** A Stream in the state: its inputs as they really are, and what only AWS knows. */
export interface StreamState extends AnyStreamInputs {
  openShards?: OpenShard[];
  streamStatus?: string;
  /** ISO 8601. Another one under the same name is another stream, and not ours. */
  creationTimestamp?: string;
  /** The URL through which the stream was last seen: "not found" elsewhere does not mean that it is gone. */
  __endpoint?: string;
  /** The arguments that are in the state because the stream differs, and that the program leaves out. */
  __drifted?: string[];
  /** The mark of a create that has not ended yet, which the stream carries. */
  __creating?: string;
  __kmsKey?: ShownKey;
  /** When this stack switched the stream's mode, as far as AWS still counts it; ISO 8601. */
  __modeSwitches?: string[];
  /** A reshard of ours has begun and not ended: its shards are not somebody else's to be left alone. */
  __unfinishedReshard?: boolean;
  /** The count that the program asks for, where the stream was seen with another one that no preview has shown yet. */
  __askedShardCount?: number;
  /** Somebody else has switched a stream to ON_DEMAND that the program has in PROVISIONED mode. */
  __modeSwitched?: boolean;
}

/** What is in the state and was never an input. */
const ONLY_STATE = [
  "openShards",
  "streamStatus",
  "creationTimestamp",
  "__endpoint",
  "__drifted",
  "__creating",
  "__kmsKey",
  "__modeSwitches",
  "__unfinishedReshard",
  "__askedShardCount",
  "__modeSwitched",
] as const satisfies readonly (keyof StreamState)[];

/** What an update takes over from the state before it. */
export function rememberedOf({
  __creating,
  __kmsKey,
  __modeSwitches,
  __unfinishedReshard,
  __askedShardCount,
  openShards,
  shardCount,
}: StreamState): Partial<StreamState> {
  // Its shards until they are looked at: an update that fails before must not have made them what the program asks for.
  const shards = { openShards, shardCount, __askedShardCount };
  const remembered = { __creating, __kmsKey, __modeSwitches, __unfinishedReshard, ...shards };
  return Object.fromEntries(Object.entries(remembered).filter(([, value]) => value !== undefined));
}

/**
 * Writes down what was seen. A listing with gaps, as it is for a moment during a split, says nothing about the shards.
 * `asked` is the program's count where the shards are not brought to it: with it, the next update knows that the program asks
 * for nothing new, whatever an autoscaler has made of the shards.
 */
export function record(state: StreamState, session: Session, stream: ObservedStream, asked?: number): void {
  state.__endpoint = session.endpoint;
  state.streamStatus = stream.status;
  if (stream.creationTimestamp !== undefined) state.creationTimestamp = stream.creationTimestamp;
  if (tiles(stream.openShards)) {
    state.openShards = stream.openShards;
    state.shardCount = stream.openShards.length;
    if (asked === undefined || asked === state.shardCount) delete state.__askedShardCount;
    else state.__askedShardCount = asked;
  }
}

/** Writes down what was seen of the settings that are `wanted`, in the words of `program` where they are true. */
export function recordSettings(state: StreamState, program: Program, seen: SeenSettings, wanted: WantedSettings): void {
  const described = describedBy(program, ofWanted(inOurWords(seen, state.__kmsKey), wanted));
  const wasSwitched = state.__modeSwitched === true || wantedSettings(program).streamMode === "PROVISIONED";
  if (wasSwitched && seen.streamMode === "ON_DEMAND") state.__modeSwitched = true;
  else delete state.__modeSwitched;
  const drifted: string[] = [];
  for (const argument of SETTING_ARGUMENTS) {
    if (described[argument] === undefined) delete state[argument];
    else Object.assign(state, { [argument]: described[argument] });
    if (described[argument] !== undefined && program[argument] === undefined) drifted.push(argument);
  }
  if (drifted.length > 0) state.__drifted = drifted;
  else delete state.__drifted;
}

/** What the program says of the settings, as far as the state tells. */
export function programOf(state: StreamState): Program {
  const said = SETTING_ARGUMENTS.filter((argument) => !state.__drifted?.includes(argument));
  const settings = Object.fromEntries(said.map((argument) => [argument, state[argument]]));
  return isAdopted(state) ? { ...settings, __adopted: true } : settings;
}

/** The inputs in a state: what a program would have to say to describe the stream as it is. */
export function inputsOf(state: StreamState): AnyStreamInputs {
  const inputs: StreamState = { ...state };
  for (const key of ONLY_STATE) delete inputs[key];
  // In ON_DEMAND mode the number of shards is AWS's, and no program may say it. Where somebody else has switched the mode the
  // program goes on to say it, and with `ignoreChanges: ["shardCount"]` the engine takes it from here.
  const isTheirs = wantedSettings(state).streamMode === "ON_DEMAND" && state.__modeSwitched !== true;
  if (isTheirs) delete inputs.shardCount;
  return inputs;
}

/** The other way in which a stream comes to be another than the state's. */
export const UNLESS_EDITED = "unless creationTimestamp was edited in the state";

/** Whether `stream` was created by somebody else after ours was deleted. */
export function isAnother(stream: ObservedStream, state: StreamState): boolean {
  const ours = state.creationTimestamp;
  if (ours === undefined || stream.creationTimestamp === undefined) return false;
  // To delete a stream and create it again takes seconds; the same instant may come back rounded in another way.
  return Math.abs(Date.parse(ours) - Date.parse(stream.creationTimestamp)) >= 1_000;
}

/**
 * Lets "not found" mean "gone" only where it can: through the endpoint through which the stream was seen, and by ARN, so that
 * AWS itself refuses a wrong account.
 * @throws EndpointMismatchError, UnknownArnError
 */
export function refuseUncertainAbsence(
  session: Session,
  state: { __endpoint?: unknown },
  { StreamName, StreamARN }: StreamReference,
): void {
  refuseOtherEndpoint(session, state, `stream ${StreamName}`);
  if (StreamARN === undefined) throw new UnknownArnError(StreamName);
}

/** @throws EndpointMismatchError where `thing`, which is not found now, was last seen through another endpoint */
export function refuseOtherEndpoint(session: Session, state: { __endpoint?: unknown }, thing: string): void {
  const seenThrough = state.__endpoint;
  if (typeof seenThrough !== "string" || seenThrough === session.endpoint) return;
  throw new EndpointMismatchError(
    `${thing} is not found through ${session.endpoint}, but was last seen through ${seenThrough}, so it is not taken for ` +
      "deleted. Set kinesis:endpoint (or AWS_ENDPOINT_URL_KINESIS) back, or, if it is really gone, remove it from the " +
      "state with `pulumi state delete`.",
  );
}
