/**
 * The mark of a create that has not ended: a tag that CreateStream and RegisterStreamConsumer carry and that create's last call
 * removes. A create that was killed before the engine could save its stream is called anew, and finds its stream by it; an automatic name is
 * made anew at each check, so that is when a stream under an earlier one is looked for. It marks the create and not the
 * resource: a mark that lasted would make a replacement take the old stream for its own, which the engine then deletes.
 */
import { createHash } from "node:crypto";
import type { CallOptions } from "../client";
import { hasErrorCode } from "../errors";
import type { Platform } from "../platform";
import type { StreamReference } from "./arn";
import { CHECK_LOOK } from "./brief-look";
import type { Session } from "./context";
import { autoNamePrefix, isAutoName } from "./fill-in";
import type { Identified } from "./identity";
import { identityOf } from "./identity";
import type { Wait } from "./observe";
import { callInLine } from "./observe";
import { CREATING, MAX_TAGS } from "./properties";
import type { AnyStreamInputs } from "./stream-inputs";
import type { StreamState } from "./stream-state";
import type { Tags } from "./tags";
import { listTags } from "./tags";

/** AWS's own maximum for the value of a tag. */
const MAX_VALUE = 256;

/**
 * The tag's value: `<organization>/<project>/<stack>/<logical name>`, what AWS takes of it, and a hash that tells apart what
 * looks alike there; undefined for programs that an SDK without it wrote.
 */
export function creatingMark(inputs: Identified, platform: CreatedFrom): string | undefined {
  const { __stack, __logicalName } = inputs;
  if (__stack === undefined || __logicalName === undefined) return undefined;
  const readable = `${__stack}/${__logicalName}`;
  const whole = JSON.stringify([readable, identityOf(inputs), backendOf(__stack, platform)]);
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 16);
  const legal = readable.replace(/[^a-zA-Z0-9_.:/=+\-@]/g, "_");
  return `${legal.slice(0, MAX_VALUE - hash.length - 1)}:${hash}`;
}

type CreatedFrom = Pick<Platform, "env" | "hostname">;

/**
 * Pulumi's service has one stack of a name, and locks it. A backend of one's own calls every organization "organization", so
 * that two of them have stacks of the same name: what is told apart is all that a provider knows, the backend's URL where the
 * environment names it, and the machine where a backend may be files of its own.
 */
function backendOf(stack: string, { env, hostname }: CreatedFrom): readonly string[] {
  if (!stack.startsWith("organization/")) return [];
  const url = env.PULUMI_BACKEND_URL ?? "";
  return url === "" || url.startsWith("file:") ? [url, hostname] : [url];
}

/** The tags that a create carries. With its mark there may be one too many: the last one comes later. */
export function withMark(tags: Tags = {}, mark: string | undefined): Tags {
  if (mark === undefined) return tags;
  return { ...Object.fromEntries(Object.entries(tags).slice(0, MAX_TAGS - 1)), [CREATING]: mark };
}

/** The mark among the tags of what was seen; undefined also where it was deleted or deregistered since. */
export async function markAmong(tags: Promise<Tags>): Promise<string | undefined> {
  try {
    return (await tags)[CREATING];
  } catch (error) {
    if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/** The mark that a stream carries. */
export const findMark = (session: Session, reference: StreamReference, options?: CallOptions) =>
  markAmong(listTags(session, reference, options));

/** The mark of the stream that has the name of this resource, and whether it is of an earlier create of the same resource. */
export async function readMark(session: Session, inputs: AnyStreamInputs, options?: CallOptions) {
  const own = creatingMark(inputs, session.platform);
  const mark = own === undefined ? undefined : await findMark(session, { StreamName: inputs.name }, options);
  return { mark, isOwn: mark !== undefined && mark === own };
}

/**
 * Whether the stream that has the name now is that of the state. A create that failed before any look at its stream knows
 * neither ARN nor creation timestamp, and whoever made a stream of the name since has one that looks the same but for the mark.
 */
export async function isProven(session: Session, reference: StreamReference, state: StreamState): Promise<boolean> {
  if (reference.StreamARN !== undefined || state.creationTimestamp !== undefined) return true;
  return state.__creating !== undefined && (await findMark(session, reference)) === state.__creating;
}

/** Create's last call. What refuses the key has never taken it: kinesalite holds a colon for illegal, AWS does not. */
export async function removeMark(wait: Wait): Promise<void> {
  const { session, reference } = wait;
  try {
    await callInLine(wait, () => session.client.removeTagsFromStream({ ...reference, TagKeys: [CREATING] }));
  } catch (error) {
    if (!hasErrorCode(error, "InvalidArgumentException")) throw error;
  }
}

/** Each costs a call of the five a second that an account has for tags. */
export const MOST_CANDIDATES = 20;

/**
 * The stream that a create of this resource, killed before it ended, has left under another automatic name. Never one that
 * `isOurs` already. Where nothing may be listed, nothing is found.
 */
export async function findLeftBehind(
  session: Session,
  inputs: AnyStreamInputs,
  isOurs: (name: string) => boolean,
): Promise<string | undefined> {
  const { __logicalName } = inputs;
  const mark = creatingMark(inputs, session.platform);
  if (mark === undefined || __logicalName === undefined) return undefined;
  const candidates = (await session.streams.startingWith(autoNamePrefix(__logicalName)))
    .filter(({ name }) => isAutoName(name, __logicalName) && !isOurs(name))
    .sort((left, right) => right.createdMs - left.createdMs)
    .slice(0, MOST_CANDIDATES)
    .map(({ name }) => name);
  for (const name of candidates) {
    if ((await findMark(session, { StreamName: name }, CHECK_LOOK)) === mark) return name;
  }
  if (candidates.length > 0) {
    session.platform.log(
      `${__logicalName}: streams with an automatic name of this resource are there already: ${candidates.join(", ")}. They ` +
        "belong to other resources or stacks, or to a run that was killed in the moment between its last call and Pulumi's " +
        "save; nothing is done to them.",
    );
  }
  return undefined;
}
