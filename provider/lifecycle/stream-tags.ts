import * as z from "zod";
import { hasErrorCode, isPresentable, NoStreamError, StreamGoneError, TagConflictError } from "../errors";
import type { StreamReference } from "./arn";
import { parseStreamArn } from "./arn";
import { BRIEF_LOOK } from "./brief-look";
import { failureOf, findFailures, hasUnknown, isUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import type { Identified } from "./identity";
import { withIdentityOf } from "./identity";
import type { Kept } from "./kept-state";
import { keeping } from "./kept-state";
import type { Wait } from "./observe";
import { findStream } from "./observe";
import { flag, region, streamArn, streamName, tags, timeouts } from "./properties";
import type { CheckFailure, Diff, Properties, Resource } from "./resource";
import { refuseUncertainAbsence } from "./stream-state";
import { tagOwner } from "./tag-claims";
import type { Tags } from "./tags";
import { listTags, ownedTags, syncTags } from "./tags";
import type { TimeoutKind } from "./timeouts";
import { deadlineFor } from "./timeouts";

/** The inputs of a StreamTags once they are checked: the stream by ARN or by name. */
interface StreamTagsInputs extends Properties, Identified {
  streamArn?: string;
  streamName?: string;
  tags: Tags;
  overwrite?: boolean;
  region?: string;
  __customTimeouts?: unknown;
}

/** In the state, both ways to name the stream are known, and `tags` are the owned ones as they really are. */
interface StreamTagsState extends StreamTagsInputs {
  streamArn: string;
  streamName: string;
  /** Which of the two the program gave; the other one must not come back as an input from a refresh. */
  __givenBy: "streamArn" | "streamName";
  __endpoint?: string;
}

const streamTagsSchema = z.object({
  streamArn: streamArn.optional(),
  streamName: streamName.optional(),
  tags,
  overwrite: flag.optional(),
  region: region.optional(),
  __customTimeouts: timeouts.optional(),
});

const NEED = "tags need a stream to be on";

/** The lifecycle of a StreamTags: some keys on a stream that anyone may own. */
export function streamTagsResource(context: ProviderContext): Resource {
  return {
    async check(olds, news) {
      const failures = checkStreamTags(news);
      if (failures.length > 0) return { inputs: news, failures };
      const inputs = withIdentityOf(olds, news);
      const identities = context.identities.ofChecked(news, inputs, olds.tags !== undefined);
      if (olds.tags === undefined) await lookForStream(context, inputs as StreamTagsInputs);
      return { inputs, failures: await claimTags(context, identities, olds, inputs as StreamTagsInputs) };
    },

    async diff(_id, olds, news) {
      return diffStreamTags(olds as StreamTagsState, news as StreamTagsInputs);
    },

    async create(properties) {
      const inputs = properties as StreamTagsInputs;
      const { session, reference, arn } = await locate(context, inputs);
      return inTurn(session, reference, inputs, async () => {
        const observed = await findTags(session, reference, {});
        if (!observed) throw new NoStreamError(reference.StreamName, session.region, NEED);
        refuseConflicts(session, reference, observed, {}, inputs);
        const state: StreamTagsState = {
          ...inputs,
          streamArn: arn,
          streamName: reference.StreamName,
          __givenBy: givenBy(inputs),
          tags: {},
          __endpoint: session.endpoint,
        };
        const wait = waitFor(session, reference, "create", inputs);
        return keeping({ id: `${arn}/tags/${inputs.__logicalName}`, state }, async (kept) => {
          await converge(wait, kept, observed, {}, inputs.tags);
          session.tagClaims.isCreated(reference.StreamName, tagOwner("StreamTags", inputs));
        });
      });
    },

    async read(id, properties) {
      const state = stateOf(properties);
      const { session, reference } = await context.existing(streamArnOf(id));
      const observed = await findTags(session, reference, state);
      if (!observed) return {};
      const props = { ...state, tags: ownedTags(observed, state.tags) };
      return { id, props, inputs: inputsOf(props) };
    },

    async update(id, oldProperties, newProperties) {
      const olds = stateOf(oldProperties);
      const inputs = newProperties as StreamTagsInputs;
      const { session, reference } = await context.existing(streamArnOf(id));
      return inTurn(session, reference, inputs, async () => {
        const observed = await findTags(session, reference, olds);
        if (!observed) throw new StreamGoneError(reference.StreamName, "is not there any more: somebody deleted it");
        refuseConflicts(session, reference, observed, olds.tags, inputs);
        const { streamArn, streamName, tags: owned } = olds;
        const seen = { __givenBy: givenBy(inputs), __endpoint: session.endpoint };
        const state: StreamTagsState = { ...inputs, ...seen, streamArn, streamName, tags: owned };
        const wait = waitFor(session, reference, "update", inputs);
        return keeping({ id, state }, (kept) => converge(wait, kept, observed, owned, inputs.tags));
      });
    },

    async delete(id, properties) {
      const state = stateOf(properties);
      const { session, reference } = await context.existing(streamArnOf(id));
      await session.tagClaims.inTurn(reference.StreamName, async () => {
        const observed = await findTags(session, reference, state);
        // The tags of a stream that is gone are gone with it.
        if (!observed) return;
        const present = Object.entries(ownedTags(observed, state.tags));
        const ours = Object.fromEntries(present.filter(([key, value]) => state.tags[key] === value));
        // What another resource of the program has set meanwhile was moved, and is no news.
        const isMoved = (key: string, value: string) =>
          session.tagClaims.isTaken(reference.StreamName, tagOwner("StreamTags", state), key, value);
        const foreign = present
          .filter(([key, value]) => !Object.hasOwn(ours, key) && !isMoved(key, value))
          .map(([key]) => key);
        if (foreign.length > 0) {
          context.platform.log(
            `${reference.StreamName}: somebody else has changed the tags ${foreign.join(", ")} since; they are left alone`,
          );
        }
        try {
          const wait = waitFor(session, reference, "delete", state);
          await syncTags(wait, tagOwner("StreamTags", state), observed, ours, {}, () => {});
        } catch (error) {
          // A stream that is destroyed in the same run takes its tags with it.
          if (!hasErrorCode(error, "ResourceNotFoundException") && !(error instanceof StreamGoneError)) throw error;
        }
      });
    },
  };
}

/**
 * Says that the stream of a new resource isn't there: while a create is previewed the engine asks for nothing but this check. No
 * more than that, as what is not ours may create it in the same run; and where AWS doesn't answer, nothing. The `up` checks once
 * more, so hundreds of them would spend the account's DescribeStream twice on what the create tells too: the first ones will do.
 */
async function lookForStream(context: ProviderContext, inputs: StreamTagsInputs): Promise<void> {
  if (hasUnknown([inputs.streamArn, inputs.streamName, inputs.region])) return;
  const referred = await refer(context, inputs).catch((error: unknown) =>
    context.announceUnchecked(String(inputs.__logicalName), error),
  );
  if (referred === undefined) return;
  const { session, reference } = referred;
  const { region } = session;
  const { StreamName: name } = reference;
  if (context.tagLooksLeft === 0 || session.streams.isOutOfReach || context.isInProgram({ region, name })) return;
  context.tagLooksLeft -= 1;
  try {
    if (await findStream(session, reference, { ...BRIEF_LOOK, allShardsIf: () => false })) return;
    const { message } = new NoStreamError(name, region, NEED);
    context.announce(
      `${region}/${name}: no stream for tags`,
      `${inputs.__logicalName}: ${message} Unless something creates it before, this will fail.`,
    );
  } catch (error) {
    if (!isPresentable(error)) throw error;
    session.streams.hasFailed(error);
  }
}

/** Says which tags this resource wants before any other is updated; one that does not change is checked and nothing else. */
async function claimTags(
  context: ProviderContext,
  identities: readonly string[],
  olds: Properties,
  inputs: StreamTagsInputs,
): Promise<CheckFailure[]> {
  // The keys are what counts: values may be known later.
  if (hasUnknown([inputs.streamArn, inputs.streamName, inputs.region]) || isUnknown(inputs.tags)) return [];
  const arn = inputs.streamArn === undefined ? undefined : parseStreamArn(inputs.streamArn);
  const session = await context.session(arn?.region ?? inputs.region).catch(() => undefined);
  const name = arn?.name ?? String(inputs.streamName);
  session?.tagClaims.forget(identities);
  return failureOf("tags", () =>
    session?.tagClaims.claim(name, tagOwner("StreamTags", inputs), inputs.tags, olds.tags as Tags | undefined),
  );
}

/** Claims the tags, then does `work` while no other resource of this process looks at or changes the stream's tags. */
function inTurn<T>(
  session: Session,
  reference: StreamReference,
  inputs: StreamTagsInputs,
  work: () => Promise<T>,
): Promise<T> {
  session.tagClaims.claim(reference.StreamName, tagOwner("StreamTags", inputs), inputs.tags);
  return session.tagClaims.inTurn(reference.StreamName, work);
}

function checkStreamTags(news: Properties): CheckFailure[] {
  const failures = findFailures(streamTagsSchema, "StreamTags", news);
  if ((news.streamArn === undefined) === (news.streamName === undefined)) {
    const reason = "set exactly one of streamArn and streamName, so that it is clear which stream is meant";
    failures.push({ property: "streamArn", reason });
  }
  return failures;
}

function diffStreamTags(olds: StreamTagsState, news: StreamTagsInputs): Diff {
  const replaces: string[] = [];
  if (news.streamArn !== undefined && news.streamArn !== olds.streamArn) replaces.push("streamArn");
  if (news.streamName !== undefined && news.streamName !== olds.streamName) replaces.push("streamName");
  if (news.region !== undefined && news.region !== parseStreamArn(olds.streamArn)?.region) replaces.push("region");
  return replaces.length > 0 ? { changes: true, replaces } : {};
}

/** The stream that the inputs name; a name alone is looked up for its ARN, which the id is made of. */
async function locate(context: ProviderContext, inputs: StreamTagsInputs) {
  const { session, reference } = await refer(context, inputs);
  if (inputs.streamArn !== undefined) return { session, reference, arn: inputs.streamArn };
  const stream = await findStream(session, reference);
  if (!stream) throw new NoStreamError(reference.StreamName, session.region, NEED);
  return { session, reference: { ...reference, StreamARN: stream.arn }, arn: stream.arn };
}

async function refer(context: ProviderContext, inputs: StreamTagsInputs) {
  if (inputs.streamArn !== undefined) return context.existing(inputs.streamArn);
  return { session: await context.session(inputs.region), reference: { StreamName: String(inputs.streamName) } };
}

/** A state without tags owns none. */
const stateOf = (properties: Properties) => ({ tags: {}, ...properties }) as unknown as StreamTagsState;

/** A stream may itself be called "tags", and a logical name hold anything. */
const streamArnOf = (id: string) => id.replace(/^([^/]*\/[^/]*)\/tags\/.*$/s, "$1");

/** The stream's tags, or undefined when it is gone. @throws EndpointMismatchError, UnknownArnError */
async function findTags(
  session: Session,
  reference: StreamReference,
  state: { __endpoint?: unknown },
): Promise<Tags | undefined> {
  try {
    return await listTags(session, reference);
  } catch (error) {
    if (!hasErrorCode(error, "ResourceNotFoundException")) throw error;
    refuseUncertainAbsence(session, state, reference);
    return undefined;
  }
}

function givenBy(inputs: StreamTagsInputs): StreamTagsState["__givenBy"] {
  return inputs.streamArn === undefined ? "streamName" : "streamArn";
}

function inputsOf(state: StreamTagsState): Properties {
  const { __endpoint: _, __givenBy, streamArn: arn, streamName: name, ...inputs } = state;
  return __givenBy === "streamArn" ? { ...inputs, streamArn: arn } : { ...inputs, streamName: name };
}

function waitFor(session: Session, reference: StreamReference, kind: TimeoutKind, inputs: StreamTagsInputs): Wait {
  return {
    session,
    reference,
    deadline: deadlineFor(session.platform, kind, inputs.__customTimeouts),
    after: "an earlier change",
    advice: "Run `pulumi up` again to go on.",
  };
}

/**
 * Keys that have another value already belong to somebody else, unless this resource owned them before, or another one of the
 * program did and gives them up.
 * @throws TagConflictError
 */
function refuseConflicts(
  { tagClaims }: Session,
  { StreamName }: StreamReference,
  observed: Tags,
  owned: Tags,
  { tags, overwrite }: StreamTagsInputs,
): void {
  if (overwrite === true) return;
  const isOthers = (key: string) =>
    Object.hasOwn(observed, key) && !Object.hasOwn(owned, key) && !tagClaims.isGivenUp(StreamName, key);
  const taken = Object.keys(tags).filter((key) => isOthers(key) && observed[key] !== tags[key]);
  if (taken.length > 0) throw new TagConflictError(StreamName, taken);
}

function converge(wait: Wait, kept: Kept<StreamTagsState>, observed: Tags, owned: Tags, desired: Tags): Promise<void> {
  return syncTags(wait, tagOwner("StreamTags", kept.state), observed, owned, desired, (seen) => {
    kept.state.tags = seen;
  });
}
