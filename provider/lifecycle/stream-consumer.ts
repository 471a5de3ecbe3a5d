import * as z from "zod";
import type { Consumer } from "../client/shapes";
import { ConsumerGoneError, hasErrorCode, InvalidIdError, isPresentable, StreamGoneError } from "../errors";
import type { StreamReference } from "./arn";
import { parseConsumerArn, parseStreamArn } from "./arn";
import { CHECK_LOOK } from "./brief-look";
import { findFailures, hasUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import { creatingMark, MOST_CANDIDATES } from "./creating-mark";
import { fillIn, isAutoName } from "./fill-in";
import type { Identified } from "./identity";
import type { Kept } from "./kept-state";
import { keeping } from "./kept-state";
import { callInLine } from "./observe";
import type { ConsumerWait, ConsumerWaits, ObservedConsumer } from "./observe-consumer";
import {
  findConsumer,
  findConsumerMark,
  listConsumerTags,
  toSubject,
  waitUntilConsumerActive,
  waitUntilConsumerGone,
} from "./observe-consumer";
import { Places } from "./places";
import { CREATING, consumerName, MAX_TAGS, region, streamArn, tags, timeouts } from "./properties";
import { REGISTERING_AT_ONCE, registerConsumer } from "./register-consumer";
import type { CheckFailure, Diff, Properties, Resource } from "./resource";
import { refuseOtherEndpoint } from "./stream-state";
import type { Tags } from "./tags";
import { applyTagChanges, ownedTags, planTagChanges, refuseTooManyTags } from "./tags";
import type { TimeoutKind } from "./timeouts";
import { deadlineFor } from "./timeouts";

/** The inputs of a StreamConsumer once they are checked. */
interface StreamConsumerInputs extends Properties, Identified {
  name: string;
  streamArn: string;
  tags?: Tags;
  region?: string;
  __customTimeouts?: unknown;
}

/** In the state `tags` are the owned ones as they really are. */
interface StreamConsumerState extends StreamConsumerInputs {
  creationTimestamp?: string;
  /** The URL through which the consumer was last seen: "not found" elsewhere does not mean that it is gone. */
  __endpoint?: string;
  /** The mark of a create that has not ended. */
  __creating?: string;
}

const streamConsumerSchema = z.object({
  name: consumerName.optional(),
  streamArn,
  tags: tags.optional(),
  region: region.optional(),
  __customTimeouts: timeouts.optional(),
});

const RESUME = "Run `pulumi up` again to go on from the consumer as it is.";

/** The lifecycle of a StreamConsumer. Its id is the consumer's ARN, which no consumer registered later can have. */
export function streamConsumerResource(context: ProviderContext): Resource {
  /** By region: who is refused a place among the five costs the account a call, and learns nothing. */
  const registering = new Map<string, Places>();
  const placesIn = (region: string) => {
    const places = registering.get(region) ?? new Places(REGISTERING_AT_ONCE);
    registering.set(region, places);
    return places;
  };

  /** `<stream's ARN>/<name>` of those that resources of the program have or are going to have, as far as they are checked by now. */
  const ofThisRun = new Set<string>();
  /** Those that the state has already: a mark is no leave to take one for a replacement, after which it would be deregistered. */
  const inState = new Set<string>();
  const keyOf = ({ streamArn, name }: Properties) => `${streamArn}/${name}`;

  const locate = async (id: string): Promise<Located> => {
    const consumer = parseConsumerArn(id);
    if (!consumer) throw new InvalidIdError(id);
    const { session, reference } = await context.existing(consumer.streamArn);
    return { session, consumer, reference: { ConsumerARN: id }, stream: reference };
  };

  return {
    async check(olds, news) {
      const failures = checkStreamConsumer(news);
      if (failures.length > 0) return { inputs: news, failures };
      const { defaultTags } = context.settings;
      const checked = fillIn(streamConsumerSchema, "StreamConsumer", olds, news, defaultTags, context.platform);
      const inputs = checked.inputs as StreamConsumerInputs;
      if (checked.failures.length === 0 && olds.name === undefined && news.name === undefined) {
        const isOurs = (name: string) => ofThisRun.has(keyOf({ ...inputs, name }));
        inputs.name = (await findLeftBehind(context, inputs, isOurs)) ?? inputs.name;
      }
      inState.add(keyOf(olds));
      ofThisRun.add(keyOf(olds)).add(keyOf(inputs));
      return checked;
    },

    async diff(id, olds, news) {
      return diffStreamConsumer(id, olds as StreamConsumerState, news as StreamConsumerInputs);
    },

    async create(properties) {
      const inputs = properties as StreamConsumerInputs;
      const { name, streamArn, tags } = inputs;
      const { session, reference: stream } = await context.existing(streamArn);
      const consumer = { streamArn, streamName: stream.StreamName, name };
      const unregistered = { session, consumer, reference: { StreamARN: streamArn, ConsumerName: name }, stream };
      const mark = creatingMark(inputs, session.platform);
      return placesIn(session.region).hold(async () => {
        // The time begins here: before, it waited for others of this run.
        const waits = waitsAfter("RegisterStreamConsumer", RESUME, "create", inputs, unregistered);
        const registered = await registerConsumer(waits, tags, mark, !inState.has(keyOf(inputs)));
        const { creationTimestamp } = registered;
        const state: StreamConsumerState = { ...inputs, creationTimestamp, __endpoint: session.endpoint };
        if (mark !== undefined) state.__creating = mark;
        waits.ofConsumer.reference = { ConsumerARN: registered.arn };
        return keeping({ id: registered.arn, state }, (kept) => converge(waits, kept, registered, {}, inputs));
      });
    },

    async read(id, properties) {
      const state = properties as StreamConsumerState;
      const { session, consumer, reference } = await locate(id);
      const seen = await findConsumer(session, reference);
      if (!seen) refuseOtherEndpoint(session, state, toSubject(consumer));
      if (!seen || seen.status === "DELETING") return {};
      const { name, streamArn, creationTimestamp } = seen;
      const props: StreamConsumerState = { ...state, name, streamArn, creationTimestamp, __endpoint: session.endpoint };
      // `StreamConsumer.get` knows nothing of the consumer but its ARN.
      if (state.__get === true) props.tags = await listConsumerTags(session, id);
      else if (state.tags !== undefined) props.tags = ownedTags(await listConsumerTags(session, id), state.tags);
      return { id, props, inputs: inputsOf(props) };
    },

    async update(id, oldProperties, newProperties) {
      const olds = oldProperties as StreamConsumerState;
      const inputs = newProperties as StreamConsumerInputs;
      const located = await locate(id);
      const { session, consumer, reference } = located;
      const seen = await findConsumer(session, reference);
      if (!seen) {
        refuseOtherEndpoint(session, olds, toSubject(consumer));
        throw new ConsumerGoneError(consumer.name, consumer.streamName, "is not there any more");
      }
      const owned = olds.tags ?? {};
      const { creationTimestamp } = seen;
      const state: StreamConsumerState = { ...inputs, tags: owned, creationTimestamp, __endpoint: session.endpoint };
      if (olds.__creating !== undefined) state.__creating = olds.__creating;
      const waits = waitsAfter("an earlier change", RESUME, "update", inputs, located);
      return keeping({ id, state }, (kept) => converge(waits, kept, seen, owned, inputs));
    },

    async delete(id, properties) {
      const state = properties as StreamConsumerState;
      const located = await locate(id);
      const { session, consumer } = located;
      const advice = "Run `pulumi destroy` again; a consumer that is gone by then counts as deregistered.";
      const waits = waitsAfter("DeregisterStreamConsumer", advice, "delete", state, located);
      try {
        await callInLine(waits.ofStream, () => session.client.deregisterStreamConsumer({ ConsumerARN: id }));
      } catch (error) {
        // Gone already, or gone with its stream: what we wanted.
        if (!hasErrorCode(error, "ResourceNotFoundException") && !(error instanceof StreamGoneError)) throw error;
        return refuseOtherEndpoint(session, state, toSubject(consumer));
      }
      await waitUntilConsumerGone(waits.ofConsumer);
    },
  };
}

/**
 * The consumer that a killed create of this resource has left under another automatic name: it carries that create's mark. The
 * others of such names are named. Nothing depends on it where AWS doesn't answer, or where the stream is still to come.
 */
async function findLeftBehind(
  context: ProviderContext,
  inputs: StreamConsumerInputs,
  isOurs: (name: string) => boolean,
): Promise<string | undefined> {
  const { streamArn, __logicalName } = inputs;
  if (hasUnknown([streamArn])) return undefined;
  const others: Consumer[] = [];
  let session: Session | undefined;
  try {
    ({ session } = await context.existing(streamArn));
    if (session.streams.isOutOfReach) return undefined;
    for await (const consumer of session.client.consumers({ StreamARN: streamArn }, CHECK_LOOK)) {
      const { ConsumerName } = consumer;
      if (isAutoName(ConsumerName, __logicalName) && !isOurs(ConsumerName)) others.push(consumer);
    }
    const mark = creatingMark(inputs, context.platform);
    const newestFirst = others
      .sort((left, right) => right.ConsumerCreationTimestamp.getTime() - left.ConsumerCreationTimestamp.getTime())
      .slice(0, MOST_CANDIDATES);
    for (const { ConsumerName, ConsumerARN } of mark === undefined ? [] : newestFirst) {
      if ((await findConsumerMark(session, ConsumerARN, CHECK_LOOK)) === mark) return ConsumerName;
    }
  } catch (error) {
    // Whether there is a stream at all is found out by the registration.
    if (!isPresentable(error)) throw error;
    if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
    session?.streams.hasFailed(error);
    const what = "whether an interrupted create has left a consumer behind was not checked";
    context.announce(`${streamArn}: ${what}`, `${__logicalName}: ${what}: ${error.message}`);
    return undefined;
  }
  if (others.length === 0) return undefined;
  const names = others.map(({ ConsumerName }) => ConsumerName).join(", ");
  context.announce(
    `${streamArn} has ${names}`,
    `${__logicalName}: the stream has consumers with an automatic name of this resource already: ${names}. They belong to ` +
      "other resources or stacks, or to a run that was killed in the moment between its last call and Pulumi's save; nothing " +
      "is done to them. If nobody needs one, deregister it (aws kinesis deregister-stream-consumer).",
  );
  return undefined;
}

/** Where a consumer is, and how AWS is asked for it and for its stream. */
interface Located extends Pick<ConsumerWait, "session" | "consumer" | "reference"> {
  stream: StreamReference;
}

function waitsAfter(
  after: string,
  advice: string,
  kind: TimeoutKind,
  inputs: StreamConsumerInputs,
  { session, consumer, reference, stream }: Located,
): ConsumerWaits {
  const deadline = deadlineFor(session.platform, kind, inputs.__customTimeouts);
  const common = { session, deadline, after, advice };
  return { ofConsumer: { ...common, consumer, reference }, ofStream: { ...common, reference: stream } };
}

function checkStreamConsumer(news: Properties): CheckFailure[] {
  const failures = findFailures(streamConsumerSchema, "StreamConsumer", news);
  if (failures.length === 0 && typeof news.region === "string" && typeof news.streamArn === "string") {
    const home = parseStreamArn(news.streamArn)?.region;
    const reason = `is not the region of streamArn, ${home}: a consumer is where its stream is; leave region out`;
    if (home !== undefined && home !== news.region) failures.push({ property: "region", reason });
  }
  return failures;
}

function diffStreamConsumer(id: string, olds: StreamConsumerState, news: StreamConsumerInputs): Diff {
  const replaces: string[] = [];
  if (news.name !== olds.name) replaces.push("name");
  if (news.streamArn !== olds.streamArn) replaces.push("streamArn");
  // A region that is left out is the one the consumer is in.
  if (news.region !== undefined && news.region !== parseConsumerArn(id)?.region) replaces.push("region");
  if (replaces.length > 0) return { changes: true, replaces };
  // A create that has not ended is gone on with, whatever the program says.
  return olds.__creating === undefined ? {} : { changes: true };
}

function inputsOf(state: StreamConsumerState): StreamConsumerInputs {
  const { creationTimestamp: _, __endpoint: __, __creating: ___, ...inputs } = state;
  return inputs;
}

/**
 * Gives the consumer, once it is ACTIVE, the tags of the program; keys that this resource never set are left alone. The mark of a
 * create goes last, unless its place is needed.
 */
async function converge(
  waits: ConsumerWaits,
  kept: Kept<StreamConsumerState>,
  observed: ObservedConsumer,
  owned: Tags,
  inputs: StreamConsumerInputs,
): Promise<void> {
  const { ofConsumer, ofStream } = waits;
  const { state } = kept;
  const { arn: ResourceARN } = await waitUntilConsumerActive(ofConsumer, observed);
  const hasRoomForMark = Object.keys(inputs.tags ?? {}).length < MAX_TAGS;
  if (hasRoomForMark) await convergeTags(waits, state, ResourceARN, owned, inputs);
  if (state.__creating !== undefined) {
    const { client } = ofConsumer.session;
    // Without looking for it: a listing may lag behind the registration.
    await callInLine(ofStream, () => client.untagResource({ ResourceARN, TagKeys: [CREATING] }));
    delete state.__creating;
  }
  if (!hasRoomForMark) await convergeTags(waits, state, ResourceARN, owned, inputs);
}

async function convergeTags(
  { ofConsumer, ofStream }: ConsumerWaits,
  state: StreamConsumerState,
  ResourceARN: string,
  owned: Tags,
  inputs: StreamConsumerInputs,
): Promise<void> {
  const { client } = ofConsumer.session;
  const desired = inputs.tags ?? {};
  if (Object.keys({ ...owned, ...desired }).length > 0) {
    // Also after a registration that carried them: not everything that speaks Kinesis takes tags there.
    const present = await listConsumerTags(ofConsumer.session, ResourceARN);
    const changes = planTagChanges(present, owned, desired);
    refuseTooManyTags(`consumer ${state.name}`, present, changes);
    await applyTagChanges(
      changes,
      ownedTags(present, { ...owned, ...desired }),
      {
        set: (Tags) => callInLine(ofStream, () => client.tagResource({ ResourceARN, Tags })),
        remove: (TagKeys) => callInLine(ofStream, () => client.untagResource({ ResourceARN, TagKeys })),
      },
      (seen) => {
        state.tags = seen;
      },
    );
  }
  if (inputs.tags === undefined) delete state.tags;
}
