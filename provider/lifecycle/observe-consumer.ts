import type { CallOptions } from "../client";
import type { Consumer, ConsumerReference } from "../client/shapes";
import { ConsumerGoneError, hasErrorCode } from "../errors";
import type { ConsumerArn } from "./arn";
import type { Session } from "./context";
import { markAmong } from "./creating-mark";
import type { Wait } from "./observe";
import type { Watch } from "./poll";
import { poll } from "./poll";
import type { Tags } from "./tags";
import type { Deadline } from "./timeouts";

/** A consumer as DescribeStreamConsumer shows it. */
export interface ObservedConsumer {
  /** Carries the second of the registration: a consumer registered later under the same name has another. */
  arn: string;
  name: string;
  streamArn: string;
  /** CREATING, ACTIVE or DELETING. */
  status: string;
  /** RFC 3339, in seconds, as pulumi-aws writes it. */
  creationTimestamp: string;
}

/** The consumer, or undefined where AWS knows neither it nor its stream. */
export async function findConsumer(
  session: Session,
  reference: ConsumerReference,
  options: CallOptions = {},
): Promise<ObservedConsumer | undefined> {
  try {
    const { ConsumerDescription } = await session.client.describeStreamConsumer(reference, options);
    return toObserved(ConsumerDescription, ConsumerDescription.StreamARN);
  } catch (error) {
    if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

export function toObserved(consumer: Consumer, streamArn: string): ObservedConsumer {
  return {
    arn: consumer.ConsumerARN,
    name: consumer.ConsumerName,
    streamArn,
    status: consumer.ConsumerStatus,
    creationTimestamp: consumer.ConsumerCreationTimestamp.toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/** All tags of a consumer. The API has no pages here: fifty tags are the most. */
export async function listConsumerTags(session: Session, arn: string, options?: CallOptions): Promise<Tags> {
  const { Tags = [] } = await session.client.listTagsForResource({ ResourceARN: arn }, options);
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value ?? ""]));
}

/** The mark of a create that has not ended, as the consumer carries it. */
export const findConsumerMark = (session: Session, arn: string, options?: CallOptions) =>
  markAmong(listConsumerTags(session, arn, options));

/** What a wait for a consumer is for. */
export interface ConsumerWait {
  session: Session;
  consumer: Pick<ConsumerArn, "streamArn" | "streamName" | "name">;
  /** How it is asked for: by its own ARN, once that is known. */
  reference: ConsumerReference;
  deadline: Deadline;
  after: string;
  advice: string;
}

/** AWS refuses changes of a consumer while its stream is not ACTIVE, so both are waited for. */
export interface ConsumerWaits {
  ofConsumer: ConsumerWait;
  ofStream: Wait;
}

/** The consumer in a sentence. */
export const toSubject = ({ name, streamName }: ConsumerWait["consumer"]) => `consumer ${name} of stream ${streamName}`;

const watchOf = ({ session, consumer, reference, ...wait }: ConsumerWait): Watch<ObservedConsumer> => ({
  ...wait,
  platform: session.platform,
  subject: toSubject(consumer),
  look: (options) => findConsumer(session, reference, options),
});

/**
 * The consumer once it is ACTIVE; `first` is a look that was taken just now.
 * @throws WaitTimeoutError, ConsumerGoneError when it is being deregistered or is gone
 */
export async function waitUntilConsumerActive(wait: ConsumerWait, first: ObservedConsumer): Promise<ObservedConsumer> {
  const { name, streamName } = wait.consumer;
  const isDone = (seen: ObservedConsumer | undefined) => {
    if (seen === undefined || seen.status === "DELETING") {
      throw new ConsumerGoneError(name, streamName, `was deregistered by somebody, seen after ${wait.after}`);
    }
    return seen.status === "ACTIVE";
  };
  return (await poll(watchOf(wait), "to become ACTIVE", isDone, first)) ?? first;
}

/** Waits until AWS no longer knows the consumer. @throws WaitTimeoutError */
export async function waitUntilConsumerGone(wait: ConsumerWait): Promise<void> {
  await poll(watchOf(wait), "to be deregistered", (seen) => seen === undefined, undefined);
}
