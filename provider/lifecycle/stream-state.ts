import { EndpointMismatchError, UnknownArnError } from "../errors";
import { tiles } from "../reshard/keyspace";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream, OpenShard } from "./observe";
import type { StreamInputs } from "./stream-inputs";

/** A Stream in the state: its inputs, with `shardCount` and `tags` as they really are, and what only AWS knows. */
export interface StreamState extends StreamInputs {
  openShards?: OpenShard[];
  /** ISO 8601. Another one under the same name is another stream, and not ours. */
  __creationTimestamp?: string;
  /** The URL through which the stream was last seen: "not found" elsewhere does not mean that it is gone. */
  __endpoint?: string;
}

/** Writes down what was seen. A listing with gaps, as it is for a moment during a split, says nothing about the shards. */
export function record(state: StreamState, session: Session, stream: ObservedStream): void {
  state.__endpoint = session.endpoint;
  if (stream.creationTimestamp !== undefined) state.__creationTimestamp = stream.creationTimestamp;
  if (tiles(stream.openShards)) {
    state.openShards = stream.openShards;
    state.shardCount = stream.openShards.length;
  }
}

/** The inputs in a state: what a program would have to say to describe the stream as it is. */
export function inputsOf(state: StreamState): StreamInputs {
  const { openShards: _, __creationTimestamp: __, __endpoint: ___, ...inputs } = state;
  return inputs;
}

/** Whether `stream` was created by somebody else after ours was deleted. */
export function isAnother(stream: ObservedStream, state: StreamState): boolean {
  const ours = state.__creationTimestamp;
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
