import {
  ConsumersError,
  hasErrorCode,
  isPresentable,
  NotFoundError,
  PartialStateError,
  StreamExistsError,
  StreamGoneError,
  StreamOwnedError,
  UnknownArnError,
  UnsupportedStreamError,
} from "../errors";
import { tiles } from "../reshard/keyspace";
import { adoptionReshards } from "./adoption-preview";
import type { StreamReference } from "./arn";
import { parseStreamArn, provisionalArn } from "./arn";
import { BRIEF_LOOK, CHECK_LOOK } from "./brief-look";
import { failureOf, hasUnknown, isUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import { createStream, findLostStream } from "./create-stream";
import { creatingMark, findLeftBehind, isProven, readMark, removeMark, withMark } from "./creating-mark";
import type { Identified } from "./identity";
import type { Kept } from "./kept-state";
import { keeping } from "./kept-state";
import type { ObservedStream, Wait } from "./observe";
import { callInLine, findStream, waitUntilActive, waitUntilGone } from "./observe";
import { pollDelayMs } from "./poll";
import { CREATING, MAX_TAGS } from "./properties";
import { announceCreate, announcePlan, announceReshard } from "./reshard-preview";
import { reshardStream } from "./reshard-stream";
import { isWithin } from "./resharding";
import type { CheckFailure, Properties, Resource } from "./resource";
import { changesShards, diffStream } from "./stream-diff";
import type { AnyStreamInputs } from "./stream-inputs";
import { checkStream, isProvisioned } from "./stream-inputs";
import type { StreamPlace } from "./stream-owners";
import type { WantedSettings } from "./stream-settings";
import { changedSettings, modeSwitchRefusal, needsSummary, wantedSettings } from "./stream-settings";
import type { StreamState } from "./stream-state";
import {
  inputsOf,
  isAnother,
  programOf,
  record,
  recordSettings,
  refuseUncertainAbsence,
  rememberedOf,
  UNLESS_EDITED,
} from "./stream-state";
import { syncSettings } from "./sync-settings";
import { tagOwner } from "./tag-claims";
import type { Tags } from "./tags";
import { listTags, ownedTags, syncTags } from "./tags";
import type { Deadline } from "./timeouts";
import { deadlineFor } from "./timeouts";

const RESUME = "Run `pulumi up` again to go on from the stream as it is.";

const NOT_PROVEN =
  "the create of this resource failed before AWS showed its stream, and the one that has its name now does not carry that " +
  "create's mark: it may be somebody else's, and is left alone.";

/** The lifecycle of a Stream. Every method trusts only what it has just read from AWS. */
export function streamResource(context: ProviderContext): Resource {
  return {
    async check(olds, news) {
      const checked = checkStream(olds, news, context.settings.defaultTags, context.platform);
      const identities = context.identities.ofChecked(news, checked.inputs, olds.name !== undefined);
      context.streamOwners.beginCheck(identities, checked.inputs);
      if (checked.failures.length === 0) {
        const inputs = checked.inputs as AnyStreamInputs;
        const before = await placeOf(context, olds.region, olds.name);
        if (before) context.rememberInState(before);
        if (olds.name === undefined) await lookForExisting(context, news, inputs);
        const now = await placeOf(context, inputs.region, inputs.name);
        if (now) context.rememberInProgram(now);
        checked.failures.push(...(await claimTags(context, identities, olds, inputs)));
        if (olds.name === undefined) {
          checked.failures.push(...(await checkAdoption(context, inputs)));
          if (checked.failures.length === 0) checked.failures.push(...(await announceCreate(context, inputs)));
        }
      }
      return checked;
    },

    async diff(id, oldProperties, newProperties) {
      const olds = oldProperties as StreamState;
      const news = newProperties as AnyStreamInputs;
      const diff = diffStream(id, olds, news);
      const justRead = context.takeRead(id);
      if (diff.replaces !== undefined) return diff;
      // A refresh asks for a diff of what is in the state, whether or not it is in the program.
      if (context.streamOwners.isInProgram(news)) ownAsIs(context, id, news);
      announceModeSwitch(context, olds, news);
      if (changesShards(olds, news)) await announceReshard(context, id, olds, news, justRead);
      return diff;
    },

    async create(properties) {
      const inputs = properties as AnyStreamInputs;
      const session = await context.session(inputs.region);
      try {
        return await createOrTakeOver(context, session, inputs);
      } catch (error) {
        // What is not kept in the state is not this resource's.
        if (!(error instanceof PartialStateError)) context.streamOwners.disown(inputs);
        throw error;
      }
    },

    async read(id, properties) {
      const state = properties as StreamState;
      const { session, reference } = await context.existing(id);
      const program = programOf(state);
      const wanted = wantedSettings(program);
      const stream = await findStream(session, reference, { withSummary: needsSummary(wanted) });
      if (!stream && isFirstGet(state)) {
        throw new NotFoundError(
          `There is no stream ${reference.StreamName} in ${session.region} (through ${session.endpoint}): check the ARN.`,
        );
      }
      if (!stream) refuseUncertainAbsence(session, state, reference);
      if (!stream || stream.status === "DELETING") return {};
      if (!(await isProven(session, reference, state))) {
        context.platform.log(`${stream.name}: ${NOT_PROVEN} To take it over, set adopt: true.`);
        return {};
      }
      if (isAnother(stream, state)) {
        context.platform.log(
          `${stream.name}: the stream of this stack is gone; another one was created under its name at ` +
            `${stream.creationTimestamp}, ${UNLESS_EDITED}. It is left alone; set adopt: true to take it over.`,
        );
        return {};
      }
      const props: StreamState = { ...state, name: stream.name };
      // `Stream.get` knows nothing of the stream but its ARN.
      if (state.__get === true) props.tags = await listTags(session, reference);
      else if (state.tags !== undefined) props.tags = ownedTags(await listTags(session, reference), state.tags);
      record(props, session, stream);
      recordSettings(props, program, stream.settings, wanted);
      context.rememberRead(stream);
      return { id: stream.arn, props, inputs: inputsOf(props) };
    },

    async update(id, oldProperties, newProperties) {
      const olds = oldProperties as StreamState;
      ownAsIs(context, id, newProperties);
      const { session, reference } = await context.existing(id);
      // The engine lets an update change the state and never the id.
      if (reference.StreamARN === undefined) throw new UnknownArnError(reference.StreamName);
      const inputs = { ...(newProperties as AnyStreamInputs), name: reference.StreamName };
      session.tagClaims.claim(reference.StreamName, tagOwner("Stream", inputs), inputs.tags);
      // Only what the preview has shown: what somebody else has changed since is drift for a refresh to find. After a create
      // that failed before it could look, nothing is known of the stream yet, and the create has told what it makes of it; a
      // stream that came from another stack's state is not known either, and was never to be touched.
      const isUnseen = olds.__creating !== undefined && olds.openShards === undefined;
      const wanted = isUnseen ? wantedSettings(inputs) : changedSettings(olds, inputs);
      const withShards = changesShards(olds, inputs) || isUnseen;
      const stream = await findStream(session, reference, { withSummary: needsSummary(wanted) });
      if (!stream) {
        refuseUncertainAbsence(session, olds, reference);
        throw new StreamGoneError(reference.StreamName, "is not there any more: somebody deleted it");
      }
      if (isAnother(stream, olds)) {
        throw new StreamGoneError(
          stream.name,
          `was deleted, and another one was created under its name at ${stream.creationTimestamp}, ${UNLESS_EDITED}`,
        );
      }
      const owned = olds.tags ?? {};
      const state: StreamState = { ...inputs, ...rememberedOf(olds), tags: owned };
      if (!withShards) delete state.__unfinishedReshard;
      const wait: Wait = {
        session,
        reference,
        deadline: deadlineFor(context.platform, "update", inputs.__customTimeouts, inputs.timeouts),
        after: "an earlier change",
        advice: RESUME,
      };
      const goal = { inputs, wanted, tags: { owned }, reshards: () => withShards };
      return keeping({ id, state }, (kept) => converge(wait, kept, goal, stream));
    },

    async delete(id, properties) {
      const state = properties as StreamState;
      const { session, reference } = await context.existing(id);
      const stream = await findStream(session, reference);
      if (!stream) return refuseUncertainAbsence(session, state, reference);
      const owner = context.streamOwners.ownerOf({ region: session.region, name: stream.name });
      if (owner !== undefined) {
        context.platform.log(
          `${stream.name}: the stream is that of resource ${owner.__logicalName} of this program; it is not deleted`,
        );
        return;
      }
      if (isAnother(stream, state)) {
        context.platform.log(
          `${stream.name}: the stream of this stack was deleted before; the one that has its name now was created by ` +
            `somebody else at ${stream.creationTimestamp}, ${UNLESS_EDITED}, and is left alone`,
        );
        return;
      }
      if (!(await isProven(session, reference, state))) {
        context.platform.log(`${stream.name}: ${NOT_PROVEN}`);
        return;
      }
      const wait: Wait = {
        session,
        reference,
        deadline: deadlineFor(context.platform, "delete", state.__customTimeouts, state.timeouts),
        after: "DeleteStream",
        advice: "Run `pulumi destroy` again; a stream that is gone by then counts as deleted.",
      };
      try {
        if (stream.status !== "DELETING")
          await callInLine(wait, () => deleteStream(session, reference, state.enforceConsumerDeletion));
      } catch (error) {
        // Gone already, or being deleted by somebody else: what we wanted.
        if (!hasErrorCode(error, "ResourceNotFoundException") && !(error instanceof StreamGoneError)) throw error;
      }
      await waitUntilGone(wait, (seen) => isAnother(seen, state));
    },
  };
}

/** `Stream.get` in the program: the engine passes the ARN and nothing else. A refresh passes what was read then. */
const isFirstGet = (state: StreamState) => state.__get === true && state.streamStatus === undefined;

/** Says that a resource of the program has the stream that it has in the state, and is going to keep it. */
function ownAsIs(context: ProviderContext, id: string, inputs: Identified): void {
  const place = parseStreamArn(id);
  if (!place) return;
  context.streamOwners.own(place, inputs);
  const adopter = context.streamOwners.otherAdopter(place, inputs);
  if (adopter !== undefined)
    throw new StreamOwnedError(place.name, String(inputs.__logicalName), adopter.__logicalName);
}

const announceLeft = (context: ProviderContext, region: string, name: string) =>
  context.announce(
    `${region}: ${name} was left behind`,
    `${name}: an interrupted create of this resource has left this stream behind; creating it goes on with that one`,
  );

/**
 * Looks for a stream that has the name of a new resource already. What an interrupted create has left under another automatic name
 * gives the resource that name: the engine stores what check makes of the inputs, and nothing that create finds out later. A name that
 * is in use is told, and refused by the create only: a resource that is replaced is checked as a new one, and its old stream may be
 * deleted in between.
 */
async function lookForExisting(
  context: ProviderContext,
  asWritten: Properties,
  inputs: AnyStreamInputs,
): Promise<void> {
  if (hasUnknown([inputs.name, inputs.region])) return;
  const session = await context
    .session(inputs.region)
    .catch((error: unknown) => context.announceUnchecked(inputs.name, error));
  // The engine checks one resource after the other: where nothing answers, each would wait in vain.
  if (session === undefined || session.streams.isOutOfReach) return;
  const place = { region: session.region, name: inputs.name };
  const isTaken = (name: string) => isInUse(context, session, inputs, name);
  try {
    if (asWritten.name === undefined) {
      const left = await findLeftBehind(session, inputs, isTaken);
      if (left !== undefined) announceLeft(context, session.region, left);
      inputs.name = left ?? inputs.name;
    } else if (inputs.adopt !== true && !isTaken(inputs.name)) {
      // Of DescribeStreamSummary AWS takes twice as many: with hundreds of new streams that is what a preview waits for.
      const look = { ...BRIEF_LOOK, withSummary: true, allShardsIf: () => false };
      const stream = await findStream(session, { StreamName: inputs.name }, look);
      if (!stream) context.rememberAbsent(place);
      else if (stream.status === "DELETING") return;
      else if ((await readMark(session, inputs, CHECK_LOOK)).isOwn) announceLeft(context, session.region, inputs.name);
      else {
        const { message } = new StreamExistsError(inputs.name, stream.arn);
        context.announce(`${stream.arn} exists`, `${message} Unless this run deletes it first, creating it will fail.`);
      }
    }
  } catch (error) {
    if (!isPresentable(error)) throw error;
    session.streams.hasFailed(error);
    const what = asWritten.name === undefined ? "an interrupted create has left a stream behind" : "the name is in use";
    context.announce(
      `${session.region}: not checked whether ${what}`,
      `${inputs.name}: whether ${what} was not checked: ${error.message}`,
    );
  }
}

/** Where a stream is, as far as that can be told. */
async function placeOf(context: ProviderContext, region: unknown, name: unknown): Promise<StreamPlace | undefined> {
  if (typeof name !== "string" || hasUnknown([region, name])) return undefined;
  const session = await context.session(typeof region === "string" ? region : undefined).catch(() => undefined);
  return session && { region: session.region, name };
}

/** Whether another resource has the stream, or one of the stack had it until now. Also what this process is creating. */
function isInUse(context: ProviderContext, { region }: Session, inputs: AnyStreamInputs, name: string): boolean {
  const place = { region, name };
  return context.isInState(place) || context.streamOwners.otherOwner(place, inputs) !== undefined;
}

/** Says that a resource is going to take a stream over, and finds out whether another one of the program has it. */
async function checkAdoption(context: ProviderContext, inputs: AnyStreamInputs): Promise<CheckFailure[]> {
  if (inputs.adopt !== true || hasUnknown([inputs.name, inputs.region])) return [];
  const session = await context.session(inputs.region).catch(() => undefined);
  if (session === undefined) return [];
  const place = { region: session.region, name: inputs.name };
  context.streamOwners.wantToAdopt(place, inputs);
  const owner = context.streamOwners.otherOwner(place, inputs);
  if (owner === undefined) return [];
  return [{ property: "adopt", reason: new StreamOwnedError(inputs.name, String(owner.__logicalName)).message }];
}

/** Says which tags this resource wants before any other is updated; one that does not change is checked and nothing else. */
async function claimTags(
  context: ProviderContext,
  identities: readonly string[],
  olds: Properties,
  inputs: AnyStreamInputs,
): Promise<CheckFailure[]> {
  // The keys are what counts: values may be known later.
  if (hasUnknown([inputs.name, inputs.region]) || isUnknown(inputs.tags)) return [];
  const session = await context.session(inputs.region).catch(() => undefined);
  session?.tagClaims.forget(identities);
  return failureOf("tags", () =>
    session?.tagClaims.claim(inputs.name, tagOwner("Stream", inputs), inputs.tags, olds.tags as Tags | undefined),
  );
}

/** Prints why AWS will refuse to switch the mode, as far as that is known. */
function announceModeSwitch({ platform }: ProviderContext, olds: StreamState, news: AnyStreamInputs): void {
  if (hasUnknown(news.streamModeDetails) || changedSettings(olds, news).streamMode === undefined) return;
  const refusal = modeSwitchRefusal(olds.__modeSwitches ?? [], platform.now());
  if (refusal !== undefined) platform.log(`${olds.name}: ${refusal}`);
}

/** Creates the stream, or goes on with or takes over the one that is there. */
async function createOrTakeOver(context: ProviderContext, session: Session, inputs: AnyStreamInputs) {
  const { region } = session;
  const reference = { StreamName: inputs.name };
  session.tagClaims.claim(inputs.name, tagOwner("Stream", inputs), inputs.tags);
  // What was not there a moment ago is not looked for again: AWS itself refuses a name that somebody has taken since.
  const isAbsent = context.takeAbsent({ region, name: inputs.name });
  const existing = isAbsent ? undefined : await findStream(session, reference);
  if (existing?.status === "DELETING") {
    context.platform.log(`${inputs.name}: somebody is deleting a stream of this name; waiting until it is gone`);
    const deadline = deadlineFor(context.platform, "create", inputs.__customTimeouts, inputs.timeouts);
    const wait = {
      session,
      reference,
      deadline,
      after: "an earlier DeleteStream",
      advice: "Run `pulumi up` again.",
    };
    await waitUntilGone(wait, (seen) => seen.status !== "DELETING");
  } else if (existing) {
    const { mark, isOwn } = await readMark(session, inputs);
    // A mark is no leave to share a stream.
    const isLeft = isOwn && !isInUse(context, session, inputs, inputs.name);
    return isLeft ? goOnWith(context, session, inputs) : adopt(context, session, inputs, existing, mark);
  }
  context.streamOwners.own({ region, name: inputs.name }, inputs);
  const outcome = await createStream(session, inputs);
  const { [CREATING]: mark, ...carried } = withMark(inputs.tags, creatingMark(inputs, context.platform));
  const state: StreamState = { ...inputs, ...(mark === undefined ? {} : { __creating: mark }) };
  if (inputs.tags !== undefined) state.tags = carried;
  return finishCreate(context, session, inputs, state, async (wait) => {
    if (outcome === "unknown") await findLostStream(wait, inputs, mark);
    // It can't be ACTIVE yet: in a large stack a look now would only take a turn from another stream's.
    else await context.platform.sleep(pollDelayMs(0));
    return { observed: carried, owned: {} };
  });
}

/** Goes on with a stream that an earlier create of this resource has made and not brought to its end. */
async function goOnWith(context: ProviderContext, session: Session, inputs: AnyStreamInputs) {
  const { name } = inputs;
  context.platform.log(`${name}: going on with the stream that an interrupted create of this resource has left behind`);
  // Which tags it has is seen later. Those that the earlier create has set and the program leaves out by now stay: by the
  // mark alone they can't be told from what others have set since.
  const state: StreamState = { ...inputs, tags: {} };
  const mark = creatingMark(inputs, context.platform);
  if (mark !== undefined) state.__creating = mark;
  // A replacement that was asked for while the stream's first create has not ended goes on with it as well: it stays.
  context.streamOwners.own({ region: session.region, name }, inputs);
  return finishCreate(context, session, inputs, state, async () => ({ owned: {} }));
}

/** Waits for the stream that is being created and brings it to what the program says. */
async function finishCreate(
  context: ProviderContext,
  session: Session,
  inputs: AnyStreamInputs,
  state: StreamState,
  begin: (wait: Wait) => Promise<TagsKnown>,
) {
  const reference = { StreamName: state.name };
  state.__endpoint = session.endpoint;
  const wanted = wantedSettings(inputs);
  const finish = async (kept: Kept<StreamState>) => {
    const wait: Wait = {
      session,
      reference,
      // From here on: with many streams, time passes in line for one of AWS's five CREATING places.
      deadline: deadlineFor(context.platform, "create", inputs.__customTimeouts, inputs.timeouts),
      after: "CreateStream",
      advice: `The stream was requested and is kept in the state. ${RESUME}`,
    };
    const tags = await begin(wait);
    // AWS creates even shards; weights may want others.
    const reshards = ({ openShards }: ObservedStream) => isProvisioned(inputs) && !isWithin(inputs, openShards);
    const reshardBy = deadlineFor(context.platform, "update", inputs.__customTimeouts, inputs.timeouts);
    await converge(wait, kept, { inputs, wanted, tags, reshards, reshardBy, isNew: true });
  };
  try {
    return await keeping({ id: provisionalArn(session.region, state.name), state }, finish);
  } catch (error) {
    // A stream that turned out to be somebody else's is not kept in the state.
    const isTheirs = error instanceof PartialStateError && error.cause instanceof StreamExistsError;
    throw isTheirs ? error.cause : error;
  }
}

/** Takes over a stream that somebody else has created. */
async function adopt(
  context: ProviderContext,
  session: Session,
  inputs: AnyStreamInputs,
  existing: ObservedStream,
  mark: string | undefined,
) {
  if (inputs.adopt !== true) throw new StreamExistsError(inputs.name, existing.arn, mark);
  const place = { region: session.region, name: existing.name };
  const owner = context.streamOwners.otherOwner(place, inputs);
  if (owner !== undefined) throw new StreamOwnedError(existing.name, String(owner.__logicalName));
  // Refused before it is taken over: what is in the state is deleted when it leaves the program.
  if (inputs.streamModeDetails === undefined) refuseOnDemand(existing);
  context.platform.log(`${inputs.name}: adopting the stream that exists as ${existing.arn}`);
  context.streamOwners.own(place, inputs);
  const reference = { StreamName: existing.name, StreamARN: existing.arn };
  const state: StreamState = { ...inputs, tags: {} };
  const wanted = wantedSettings(inputs);
  record(state, session, existing);
  recordSettings(state, inputs, existing.settings, wanted);
  let isChanged = false;
  const wait: Wait = {
    session,
    reference,
    deadline: deadlineFor(context.platform, "update", inputs.__customTimeouts, inputs.timeouts),
    after: "taking it over",
    advice: RESUME,
    onCall: () => {
      isChanged = true;
    },
  };
  const withShards = isProvisioned(inputs) && adoptionReshards(inputs, existing);
  if (withShards) await announcePlan(context, session, inputs, existing.openShards);
  const goal = { inputs, wanted, tags: { owned: {} }, reshards: () => withShards };
  const first = needsSummary(wanted) ? undefined : existing;
  try {
    return await keeping({ id: existing.arn, state }, (kept) => converge(wait, kept, goal, first));
  } catch (error) {
    // What was refused before the first change is nobody's to delete: the stream stays out of the state.
    const isTouched = isChanged || state.__unfinishedReshard === true;
    throw error instanceof PartialStateError && !isTouched ? error.cause : error;
  }
}

function refuseOnDemand({ name, settings }: ObservedStream): void {
  if (settings.streamMode !== "ON_DEMAND") return;
  throw new UnsupportedStreamError(
    `stream ${name} is in ON_DEMAND mode, in which AWS sets the number of shards. Say in streamModeDetails.streamMode which ` +
      'mode it is to have: "ON_DEMAND", without shardCount, leaves it as it is; "PROVISIONED" switches it.',
  );
}

/**
 * Sends DeleteStream. AWS refuses it while consumers are registered, with the same code that it has for a stream that is
 * merely UPDATING; waiting would not help, so they are named. @throws ConsumersError
 */
async function deleteStream(
  session: Session,
  reference: StreamReference,
  EnforceConsumerDeletion: boolean | undefined,
) {
  try {
    await session.client.deleteStream({ ...reference, EnforceConsumerDeletion });
  } catch (error) {
    const { StreamName, StreamARN } = reference;
    if (!hasErrorCode(error, "ResourceInUseException") || StreamARN === undefined) throw error;
    const consumers: string[] = [];
    try {
      for await (const { ConsumerName } of session.client.consumers({ StreamARN })) consumers.push(ConsumerName);
    } catch {
      // They may not be listed. What else AWS refuses it for is that the stream is being changed.
      const seen = await findStream(session, reference);
      if (seen?.status === "ACTIVE") throw new ConsumersError(StreamName, undefined);
      throw error;
    }
    if (consumers.length > 0) throw new ConsumersError(StreamName, consumers);
    throw error;
  }
}

/** The tags under our keys, and, where that is known without asking, those on the stream. */
interface TagsKnown {
  owned: Tags;
  observed?: Tags;
}

interface Goal {
  inputs: AnyStreamInputs;
  wanted: WantedSettings;
  tags: TagsKnown;
  reshards(stream: ObservedStream): boolean;
  /** @default the wait's deadline */
  reshardBy?: Deadline;
  /** AWS has been asked for the stream just now. */
  isNew?: boolean;
}

/**
 * Makes the stream what the program says, each step only where observed and desired differ, `kept` following every one
 * of them. Tags first: they take a moment, a reshard may take hours. The mark of a create goes last.
 */
async function converge(waits: Wait, kept: Kept<StreamState>, goal: Goal, first?: ObservedStream): Promise<void> {
  const { session } = waits;
  const { state } = kept;
  const { inputs, wanted, tags } = goal;
  const onSeen = (seen: ObservedStream) => {
    kept.id = seen.arn;
    // A stream that is CREATING has no shards yet.
    const isKept = tiles(seen.openShards) && !goal.reshards(seen);
    record(state, session, seen, isKept ? inputs.shardCount : undefined);
    recordSettings(state, inputs, seen.settings, wanted);
  };
  const wait: Wait = { ...waits, onSeen, withSummary: needsSummary(wanted) };
  let stream = await waitUntilActive(wait, { first, mayBeInvisible: goal.isNew === true });
  if (goal.isNew) session.shardQuota.hasGrown(inputs.name);
  const hasRoomForMark = Object.keys(inputs.tags ?? {}).length < MAX_TAGS;
  if (hasRoomForMark) await convergeTags(wait, state, inputs, tags);
  stream = await syncSettings({ wait, state, wanted }, "before shards", stream);
  if (isProvisioned(inputs) && goal.reshards(stream)) {
    // Somebody has switched the mode since the last refresh, and the preview has not shown that it would be switched back.
    refuseOnDemand(stream);
    const { settings } = stream;
    const deadline = goal.reshardBy ?? wait.deadline;
    stream = await reshardStream({ session, reference: wait.reference, inputs, deadline, state }, stream);
    stream = { ...stream, settings: { ...settings, ...stream.settings } };
    wait.onCall?.();
  }
  await syncSettings({ wait, state, wanted }, "after shards", stream);
  if (state.__creating !== undefined) {
    await removeMark(wait);
    delete state.__creating;
  }
  if (!hasRoomForMark) await convergeTags(wait, state, inputs, tags);
}

async function convergeTags(wait: Wait, state: StreamState, inputs: AnyStreamInputs, { owned, observed }: TagsKnown) {
  const { session, reference } = wait;
  const desired = inputs.tags ?? {};
  if (Object.keys({ ...owned, ...desired }).length > 0) {
    await session.tagClaims.inTurn(reference.StreamName, async () => {
      const onStream = observed ?? (await listTags(session, reference));
      await syncTags(wait, tagOwner("Stream", inputs), onStream, owned, desired, (tags) => {
        state.tags = tags;
      });
    });
  }
  if (inputs.tags === undefined) delete state.tags;
}
