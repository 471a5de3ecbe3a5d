import type { Consumer } from "../client/shapes";
import { ConsumerExistsError, ConsumerLimitError, hasErrorCode, mayPass, NoStreamError } from "../errors";
import { withMark } from "./creating-mark";
import { callInLine, LOST_ANSWER_GRACE_MS } from "./observe";
import type { ConsumerWait, ConsumerWaits, ObservedConsumer } from "./observe-consumer";
import { findConsumer, findConsumerMark, toObserved, waitUntilConsumerGone } from "./observe-consumer";
import { pollDelayMs } from "./poll";
import type { Tags } from "./tags";
import { hasPassed } from "./timeouts";

/**
 * How many consumers any stream may have (on-demand streams of some accounts may have 50), and how many may be CREATING at
 * a time: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
 */
const MAX_CONSUMERS = 20;
export const REGISTERING_AT_ONCE = 5;

const LOOK_EVERY_MS = 1_000;

/** The client would repeat a LimitExceededException for long; whether it is a quota or a queue is found out by looking. */
const FEW_ATTEMPTS = { maxAttempts: 3 };
/** So many times these it is called where it is not reached at all. */
const MOST_UNREACHED = 3;

/**
 * Registers the consumer, which may still be CREATING then, or finds the one that carries `mark`, if `mayGoOn`: a create of the
 * same resource that was killed has registered it. Waits in line where the stream is not ACTIVE, where too many
 * consumers are being registered, and where somebody is deregistering one of this name.
 * @throws ConsumerExistsError, ConsumerLimitError, NoStreamError, StreamGoneError, WaitTimeoutError; OutcomeUnknownError where the time
 * ended before it was known whether the consumer is there
 */
export async function registerConsumer(
  { ofConsumer: wait, ofStream }: ConsumerWaits,
  tags: Tags | undefined,
  mark: string | undefined,
  mayGoOn: boolean,
): Promise<ObservedConsumer> {
  const { session, consumer, deadline } = wait;
  const { streamArn, streamName, name } = consumer;
  const Tags = withMark(tags, mark);
  const input = { StreamARN: streamArn, ConsumerName: name, ...(Object.keys(Tags).length > 0 ? { Tags } : {}) };

  const before = await findConsumer(session, wait.reference);
  if (before && before.status !== "DELETING") {
    const found = await findConsumerMark(session, before.arn);
    if (!mayGoOn || found === undefined || found !== mark) throw new ConsumerExistsError(name, streamName, before.arn);
    session.platform.log(
      `${streamName}: going on with the consumer ${name} that an interrupted create of this resource has left behind`,
    );
    return before;
  }
  if (before) {
    session.platform.log(`${streamName}: somebody is deregistering a consumer ${name}; waiting until it is gone`);
    await waitUntilConsumerGone(wait);
  }

  // Nobody had the name before, so the request whose answer was lost has made it, unless its mark says that another one did.
  // Without a mark it says nothing: not everything that speaks Kinesis takes tags with a registration.
  const refuseStranger = async (found: ObservedConsumer) => {
    if (((await findConsumerMark(session, found.arn)) ?? mark) === mark) return found;
    throw new ConsumerExistsError(name, streamName, found.arn);
  };
  let mayBeThere = false;
  const register = async () => {
    try {
      return toObserved((await session.client.registerStreamConsumer(input, FEW_ATTEMPTS)).Consumer, streamArn);
    } catch (error) {
      // One code for two things: the name is taken, or the stream is not ACTIVE, for which callInLine waits.
      if (!hasErrorCode(error, "ResourceInUseException")) throw error;
      const existing = await findConsumer(session, wait.reference);
      if (!existing || existing.status === "DELETING") throw error;
      if (mayBeThere) return refuseStranger(existing);
      throw new ConsumerExistsError(name, streamName, existing.arn);
    }
  };
  let unreached = 0;
  for (let refusals = 0; ; refusals++) {
    try {
      return await callInLine(ofStream, register);
    } catch (error) {
      if (hasErrorCode(error, "ResourceNotFoundException")) {
        throw new NoStreamError(streamName, session.region, "a consumer needs a stream");
      }
      if (hasPassed(deadline, session.platform)) throw error;
      if (hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) {
        mayBeThere = true;
        const found = await findLostConsumer(wait);
        if (found) return refuseStranger(found);
      } else if (hasErrorCode(error, "LimitExceededException")) {
        await refuseAtLimit(wait, error);
        if (refusals === 0) session.platform.log(`${streamName}: others are registering consumers; waiting in line`);
        await session.platform.sleep(pollDelayMs(refusals));
      } else if (mayPass(error)) {
        if (hasErrorCode(error, "ERR_KINESIS_TRANSPORT") && ++unreached >= MOST_UNREACHED) throw error;
        await session.platform.sleep(pollDelayMs(refusals));
      } else {
        throw error;
      }
    }
  }
}

/** After a lost answer: looks for the consumer for as long as it may take to show. Undefined where it stays away. */
async function findLostConsumer(wait: ConsumerWait): Promise<ObservedConsumer | undefined> {
  const { platform } = wait.session;
  const giveUpAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
  for (;;) {
    const found = await findConsumer(wait.session, wait.reference);
    if (found || platform.monotonicMs() >= giveUpAtMs) return found;
    await platform.sleep(LOOK_EVERY_MS);
  }
}

/** Waiting doesn't help where the stream is full of consumers that are there to stay. @throws ConsumerLimitError */
async function refuseAtLimit(wait: ConsumerWait, cause: unknown): Promise<void> {
  const { streamArn, streamName, name } = wait.consumer;
  const consumers: Consumer[] = [];
  for await (const consumer of wait.session.client.consumers({ StreamARN: streamArn })) consumers.push(consumer);
  if (consumers.length < MAX_CONSUMERS || consumers.some(({ ConsumerStatus }) => ConsumerStatus !== "ACTIVE")) return;
  const names = consumers.map(({ ConsumerName }) => ConsumerName);
  throw new ConsumerLimitError(name, streamName, names, { cause });
}
