import {
  ConsumersError,
  hasErrorCode,
  StreamExistsError,
  StreamGoneError,
  UnknownArnError,
  UnsupportedStreamError,
} from "../errors";
import type { StreamReference } from "./arn";
import { provisionalArn } from "./arn";
import { hasUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import { createStream, findLostStream } from "./create-stream";
import type { Kept } from "./kept-state";
import { keeping } from "./kept-state";
import type { ObservedStream, Wait } from "./observe";
import { callInLine, findStream, waitUntilActive, waitUntilGone } from "./observe";
import { adoptionReshards, announceCreate, announcePlan, announceReshard } from "./reshard-preview";
import { reshardStream } from "./reshard-stream";
import { isWithin } from "./resharding";
import type { Resource } from "./resource";
import { changesShards, diffStream } from "./stream-diff";
import type { StreamInputs } from "./stream-inputs";
import { checkStream } from "./stream-inputs";
import type { StreamState } from "./stream-state";
import { inputsOf, isAnother, record, refuseUncertainAbsence } from "./stream-state";
import type { Tags } from "./tags";
import { listTags, ownedTags, syncTags } from "./tags";
import { deadlineFor } from "./timeouts";

const RESUME = "Run `pulumi up` again to go on from the stream as it is.";

/** The lifecycle of a Stream. Every method trusts only what it has just read from AWS. */
export function streamResource(context: ProviderContext): Resource {
  return {
    async check(olds, news) {
      const checked = checkStream(olds, news, context.settings.defaultTags, context.platform);
      if (checked.failures.length === 0) {
        await claimTags(context, checked.inputs as StreamInputs);
        if (olds.name === undefined) await announceCreate(context, checked.inputs as StreamInputs);
      }
      return checked;
    },

    async diff(id, oldProperties, newProperties) {
      const olds = oldProperties as StreamState;
      const news = newProperties as StreamInputs;
      const diff = diffStream(id, olds, news);
      if (diff.replaces === undefined && changesShards(olds, news)) await announceReshard(context, id, olds, news);
      return diff;
    },

    async create(properties) {
      const inputs = properties as StreamInputs;
      const session = await context.session(inputs.region);
      // Each wait has the whole time: with many streams, most of it passes in line for one of AWS's five CREATING places.
      const waitAfter = (after: string, advice: string): Wait => ({
        session,
        reference: { StreamName: inputs.name },
        deadline: deadlineFor(context.platform, "create", inputs.__customTimeouts),
        after,
        advice,
      });
      session.tagClaims.claim(inputs.name, ownerOf(inputs), Object.keys(inputs.tags ?? {}));
      const existing = await findStream(session, { StreamName: inputs.name });
      if (existing?.status === "DELETING") {
        context.platform.log(`${inputs.name}: somebody is deleting a stream of this name; waiting until it is gone`);
        await waitUntilGone(
          waitAfter("an earlier DeleteStream", "Run `pulumi up` again."),
          (seen) => seen.status !== "DELETING",
        );
      } else if (existing) {
        if (inputs.adopt !== true) throw new StreamExistsError(inputs.name, existing.arn);
        // Refused before it is taken over: what is in the state is deleted when it leaves the program.
        refuseOnDemand(existing);
        context.platform.log(`${inputs.name}: adopting the stream that exists as ${existing.arn}`);
        context.adopt(existing.arn);
        const reference = { StreamName: existing.name, StreamARN: existing.arn };
        const state: StreamState = { ...inputs, tags: {} };
        record(state, session, existing);
        const deadline = deadlineFor(context.platform, "update", inputs.__customTimeouts);
        const wait = { ...waitAfter("taking it over", RESUME), reference, deadline };
        const withShards = adoptionReshards(inputs, existing);
        if (withShards) await announcePlan(context, session, inputs, existing.openShards);
        return keeping({ id: existing.arn, state }, (kept) => converge(wait, existing, kept, inputs, {}, withShards));
      }
      const outcome = await createStream(session, inputs);
      const requested: Kept<StreamState> = { id: provisionalArn(session.region, inputs.name), state: { ...inputs } };
      requested.state.__endpoint = session.endpoint;
      return keeping(requested, async (kept) => {
        const wait = waitAfter("CreateStream", `The stream was requested and is kept in the state. ${RESUME}`);
        if (outcome === "unknown") await findLostStream(wait, inputs);
        wait.onSeen = (stream) => {
          kept.id = stream.arn;
          record(kept.state, session, stream);
        };
        const stream = await waitUntilActive(wait, { mayBeInvisible: true });
        session.shardQuota.hasGrown(inputs.name);
        // AWS creates even shards; weights may want others.
        if (isWithin(inputs, stream.openShards)) return;
        wait.deadline = deadlineFor(context.platform, "update", inputs.__customTimeouts);
        await reshard(wait, stream, kept, inputs);
      });
    },

    async read(id, properties) {
      const state = properties as StreamState;
      const { session, reference } = await context.existing(id);
      const stream = await findStream(session, reference);
      if (!stream) refuseUncertainAbsence(session, state, reference);
      if (!stream || stream.status === "DELETING") return {};
      if (isAnother(stream, state)) {
        context.platform.log(
          `${stream.name}: the stream of this stack is gone; another one was created under its name at ` +
            `${stream.creationTimestamp}. It is left alone; set adopt: true to take it over.`,
        );
        return {};
      }
      const props: StreamState = { ...state, name: stream.name };
      if (state.tags !== undefined) props.tags = ownedTags(await listTags(session, reference), state.tags);
      record(props, session, stream);
      return { id: stream.arn, props, inputs: inputsOf(props) };
    },

    async update(id, oldProperties, newProperties) {
      const olds = oldProperties as StreamState;
      const inputs = newProperties as StreamInputs;
      const { session, reference } = await context.existing(id);
      // The engine lets an update change the state and never the id.
      if (reference.StreamARN === undefined) throw new UnknownArnError(reference.StreamName);
      session.tagClaims.claim(reference.StreamName, ownerOf(inputs), Object.keys(inputs.tags ?? {}));
      const stream = await findStream(session, reference);
      if (!stream) {
        refuseUncertainAbsence(session, olds, reference);
        throw new StreamGoneError(reference.StreamName, "is not there any more: somebody deleted it");
      }
      if (isAnother(stream, olds)) {
        throw new StreamGoneError(
          stream.name,
          `was deleted, and another one was created under its name at ${stream.creationTimestamp}`,
        );
      }
      const owned = olds.tags ?? {};
      const state: StreamState = { ...inputs, tags: owned };
      record(state, session, stream);
      const wait: Wait = {
        session,
        reference,
        deadline: deadlineFor(context.platform, "update", inputs.__customTimeouts),
        after: "an earlier change",
        advice: RESUME,
      };
      // Only what the preview has shown: shards that somebody else has changed since are drift for a refresh to find. After a
      // create that failed, nothing is known of them yet.
      const withShards = changesShards(olds, inputs) || olds.openShards === undefined;
      return keeping({ id, state }, (kept) => converge(wait, stream, kept, inputs, owned, withShards));
    },

    async delete(id, properties) {
      const state = properties as StreamState;
      const { session, reference } = await context.existing(id);
      const stream = await findStream(session, reference);
      if (!stream) return refuseUncertainAbsence(session, state, reference);
      if (context.isAdopted(stream.arn)) {
        context.platform.log(
          `${stream.name}: another resource of this program has taken the stream over; it is not deleted`,
        );
        return;
      }
      if (isAnother(stream, state)) {
        context.platform.log(
          `${stream.name}: the stream of this stack was deleted before; the one that has its name now was created by ` +
            `somebody else at ${stream.creationTimestamp} and is left alone`,
        );
        return;
      }
      const wait: Wait = {
        session,
        reference,
        deadline: deadlineFor(context.platform, "delete", state.__customTimeouts),
        after: "DeleteStream",
        advice: "Run `pulumi destroy` again; a stream that is gone by then counts as deleted.",
      };
      try {
        if (stream.status !== "DELETING") await callInLine(wait, () => deleteStream(session, reference));
      } catch (error) {
        // Gone already, or being deleted by somebody else: what we wanted.
        if (!hasErrorCode(error, "ResourceNotFoundException") && !(error instanceof StreamGoneError)) throw error;
      }
      await waitUntilGone(wait, (seen) => isAnother(seen, state));
    },
  };
}

/** How this resource is told from others that want tags on the same stream. */
const ownerOf = (inputs: StreamInputs) => `Stream ${inputs.__logicalName}`;

/** Says which tags this resource wants before any other is updated; one that does not change is checked and nothing else. */
async function claimTags(context: ProviderContext, inputs: StreamInputs): Promise<void> {
  if (hasUnknown([inputs.name, inputs.region, inputs.tags])) return;
  const session = await context.session(inputs.region).catch(() => undefined);
  session?.tagClaims.claim(inputs.name, ownerOf(inputs), Object.keys(inputs.tags ?? {}));
}

function refuseOnDemand(stream: ObservedStream): void {
  if (stream.mode !== "ON_DEMAND") return;
  throw new UnsupportedStreamError(
    `stream ${stream.name} is in ON_DEMAND mode, in which AWS sets the number of shards. Switch it to PROVISIONED ` +
      "(aws kinesis update-stream-mode), then run `pulumi up` again.",
  );
}

/**
 * Sends DeleteStream. AWS refuses it while consumers are registered, with the same code that it has for a stream that is
 * merely UPDATING; waiting would not help, so they are named. @throws ConsumersError
 */
async function deleteStream(session: Session, reference: StreamReference): Promise<void> {
  try {
    await session.client.deleteStream(reference);
  } catch (error) {
    const { StreamName, StreamARN } = reference;
    if (!hasErrorCode(error, "ResourceInUseException") || StreamARN === undefined) throw error;
    const consumers: string[] = [];
    try {
      for await (const { ConsumerName } of session.client.consumers({ StreamARN })) consumers.push(ConsumerName);
    } catch {
      // Who may not list them gets AWS's own words.
      throw error;
    }
    if (consumers.length > 0) throw new ConsumersError(StreamName, consumers);
    throw error;
  }
}

/**
 * Makes the stream what the program says, each step only where observed and desired differ, `kept` following every one
 * of them. Tags first: they take a moment, a reshard may take hours.
 */
async function converge(
  wait: Wait,
  observed: ObservedStream,
  kept: Kept<StreamState>,
  inputs: StreamInputs,
  owned: Tags,
  withShards: boolean,
): Promise<void> {
  const { session, reference } = wait;
  const { state } = kept;
  const stream = await waitUntilActive(wait, { first: observed });
  record(state, session, stream);
  refuseOnDemand(stream);
  const desired = inputs.tags ?? {};
  if (Object.keys({ ...owned, ...desired }).length > 0) {
    await session.tagClaims.inTurn(reference.StreamName, async () => {
      const observedTags = await listTags(session, reference);
      await syncTags(wait, ownerOf(inputs), observedTags, owned, desired, (tags) => {
        state.tags = tags;
      });
    });
  }
  if (inputs.tags === undefined) delete state.tags;
  if (withShards) await reshard(wait, stream, kept, inputs);
}

async function reshard(wait: Wait, stream: ObservedStream, kept: Kept<StreamState>, inputs: StreamInputs) {
  const { session, reference, deadline } = wait;
  const onProgress = (seen: ObservedStream) => record(kept.state, session, seen);
  await reshardStream({ session, reference, inputs, deadline, onProgress }, stream);
}
