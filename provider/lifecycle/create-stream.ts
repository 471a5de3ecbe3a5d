import { hasErrorCode, StreamExistsError } from "../errors";
import type { Session } from "./context";
import { creatingMark, findMark, withMark } from "./creating-mark";
import type { ObservedStream, Wait } from "./observe";
import { findStream, LOST_ANSWER_GRACE_MS } from "./observe";
import type { AnyStreamInputs } from "./stream-inputs";
import { hasPassed } from "./timeouts";

const LOOK_EVERY_MS = 1_000;
/** It waits as well while five streams of the account are CREATING. */
const ASK_MS = 3_600_000;

/**
 * Sends CreateStream once. "unknown" means that the connection broke after sending: the stream may or may not come.
 * @throws StreamExistsError when somebody else was faster; ServiceError for what AWS refuses
 */
export async function createStream(session: Session, inputs: AnyStreamInputs): Promise<"accepted" | "unknown"> {
  const { name: StreamName, streamModeDetails: mode } = inputs;
  const Tags = withMark(inputs.tags, creatingMark(inputs, session.platform));
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
