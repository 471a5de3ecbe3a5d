import { hasErrorCode, StreamExistsError } from "../errors";
import type { Session } from "./context";
import type { Wait } from "./observe";
import { findStream, LOST_ANSWER_GRACE_MS } from "./observe";
import type { StreamInputs } from "./stream-inputs";
import { hasPassed } from "./timeouts";

const LOOK_EVERY_MS = 1_000;

/**
 * Sends CreateStream once. "unknown" means that the connection broke after sending: the stream may or may not come.
 * @throws StreamExistsError when somebody else was faster; ServiceError for what AWS refuses
 */
export async function createStream(session: Session, inputs: StreamInputs): Promise<"accepted" | "unknown"> {
  const { name: StreamName, shardCount: ShardCount, tags } = inputs;
  try {
    const hasTags = tags !== undefined && Object.keys(tags).length > 0;
    await session.client.createStream({ StreamName, ShardCount, ...(hasTags ? { Tags: tags } : {}) });
    return "accepted";
  } catch (error) {
    if (hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) return "unknown";
    if (hasErrorCode(error, "ResourceInUseException")) throw new StreamExistsError(StreamName, undefined);
    throw error;
  }
}

/**
 * After a lost answer: looks for the stream, and asks again only when it stays away. No stream had this name just before,
 * so one that is there now is the one we asked for. Ends without one at the deadline; the wait that follows reports it.
 */
export async function findLostStream(wait: Wait, inputs: StreamInputs): Promise<void> {
  const { session, reference, deadline } = wait;
  const { platform } = session;
  while (!hasPassed(deadline, platform)) {
    const askAgainAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    while (platform.monotonicMs() < askAgainAtMs) {
      if (await findStream(session, reference)) return;
      await platform.sleep(LOOK_EVERY_MS);
    }
    try {
      if ((await createStream(session, inputs)) === "accepted") return;
    } catch (error) {
      if (error instanceof StreamExistsError) return;
      throw error;
    }
  }
}
