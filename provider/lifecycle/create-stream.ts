import { hasErrorCode, StreamExistsError } from "../errors";
import type { Platform } from "../platform";
import type { Session } from "./context";
import { creatingMark, findMark } from "./creating-mark";
import type { ObservedStream, Wait } from "./observe";
import { findStream, LOST_ANSWER_GRACE_MS } from "./observe";
import { CREATING, MAX_TAGS } from "./properties";
import type { AnyStreamInputs } from "./stream-inputs";
import type { Tags } from "./tags";
import { hasPassed } from "./timeouts";

const LOOK_EVERY_MS = 1_000;
/** It waits as well while five streams of the account are CREATING. */
const ASK_MS = 3_600_000;

/** The tags that CreateStream carries. With the mark of a create a stream may have one tag too many: the last one comes later. */
export function tagsAtCreation(inputs: AnyStreamInputs, platform: Platform): Tags {
  const tags = inputs.tags ?? {};
  const mark = creatingMark(inputs, platform);
  if (mark === undefined) return tags;
  return { ...Object.fromEntries(Object.entries(tags).slice(0, MAX_TAGS - 1)), [CREATING]: mark };
}

/**
 * Sends CreateStream once. "unknown" means that the connection broke after sending: the stream may or may not come.
 * @throws StreamExistsError when somebody else was faster; ServiceError for what AWS refuses
 */
export async function createStream(session: Session, inputs: AnyStreamInputs): Promise<"accepted" | "unknown"> {
  const { name: StreamName, streamModeDetails: mode } = inputs;
  const Tags = tagsAtCreation(inputs, session.platform);
  try {
    const input = {
      StreamName,
      ShardCount: inputs.shardCount,
      StreamModeDetails: mode && { StreamMode: mode.streamMode },
      Tags: Object.keys(Tags).length > 0 ? Tags : undefined,
      MaxRecordSizeInKiB: inputs.maxRecordSizeInKib,
      WarmThroughputMiBps: inputs.warmThroughputMibPs,
      RecordDistributionStrategy: inputs.recordDistributionStrategy,
    };
    await session.client.createStream(input, { deadlineMs: ASK_MS });
    return "accepted";
  } catch (error) {
    if (hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) return "unknown";
    if (hasErrorCode(error, "ResourceInUseException")) throw new StreamExistsError(StreamName, undefined);
    throw error;
  }
}

/**
 * After a lost answer: looks for the stream, and asks again only when it stays away. The one that is there now is ours where it
 * carries `mark`, the one of this create: in the meantime somebody else may have taken the name. Ends without one at the
 * deadline; the wait that follows reports it.
 * @throws StreamExistsError
 */
export async function findLostStream(wait: Wait, inputs: AnyStreamInputs, mark: string | undefined): Promise<void> {
  const { session, reference, deadline } = wait;
  const { platform } = session;
  while (!hasPassed(deadline, platform)) {
    const askAgainAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    while (platform.monotonicMs() < askAgainAtMs) {
      const stream = await findStream(session, reference);
      if (stream) return refuseStranger(session, stream, mark);
      await platform.sleep(LOOK_EVERY_MS);
    }
    try {
      if ((await createStream(session, inputs)) === "accepted") return;
    } catch (error) {
      // There by now, and looked at again.
      if (!(error instanceof StreamExistsError)) throw error;
    }
  }
}

/** What an SDK without marks creates can't be told from anybody's. @throws StreamExistsError */
async function refuseStranger(session: Session, stream: ObservedStream, own: string | undefined): Promise<void> {
  if (own === undefined) return;
  const mark = await findMark(session, { StreamName: stream.name });
  if (mark !== own) throw new StreamExistsError(stream.name, stream.arn, mark);
}
