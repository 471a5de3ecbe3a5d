import type { CallOptions } from "../client";
import { TagLimitError } from "../errors";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { Wait } from "./observe";
import { callInLine } from "./observe";
import { MAX_TAGS } from "./properties";
import type { TagOwner } from "./tag-claims";

export type Tags = Record<string, string>;

export interface TagChanges {
  /** Tags to write: new ones and those with another value. */
  set: Tags;
  /** Keys to remove. */
  remove: string[];
}

/**
 * What has to change so that the stream has `desired`, touching only keys that this resource owns: the ones it wants
 * now and the ones it `owned` before. Everything else on the stream is somebody else's.
 */
export function planTagChanges(observed: Tags, owned: Tags, desired: Tags): TagChanges {
  return {
    set: Object.fromEntries(Object.entries(desired).filter(([key, value]) => observed[key] !== value)),
    remove: Object.keys(owned).filter((key) => !Object.hasOwn(desired, key) && Object.hasOwn(observed, key)),
  };
}

/** What the stream has now under the keys of `owned`. */
export function ownedTags(observed: Tags, owned: Tags): Tags {
  return Object.fromEntries(Object.entries(observed).filter(([key]) => Object.hasOwn(owned, key)));
}

/** All tags of the stream, over as many pages as there are. */
export async function listTags(session: Session, reference: StreamReference, options?: CallOptions): Promise<Tags> {
  const tags = new Map<string, string>();
  let last: string | undefined;
  for (;;) {
    const after = last === undefined ? {} : { ExclusiveStartTagKey: last };
    const page = await session.client.listTagsForStream({ ...reference, ...after }, options);
    for (const { Key, Value } of page.Tags) {
      tags.set(Key, Value ?? "");
      last = Key;
    }
    if (!page.HasMoreTags || page.Tags.length === 0) return Object.fromEntries(tags);
  }
}

/** AddTagsToStream and RemoveTagsFromStream began with ten tags a call, and not everything that speaks Kinesis took more since. */
const BATCH = 10;

/**
 * Gives a stream that has the tags `observed` those of `desired`, and leaves alone keys that another resource of this run
 * has claimed. To be called in the stream's turn, with tags that were listed in it. `onProgress` gets the tags under our
 * keys as they are after each call.
 */
export async function syncTags(
  wait: Wait,
  owner: TagOwner,
  observed: Tags,
  owned: Tags,
  desired: Tags,
  onProgress: (tags: Tags) => void,
): Promise<void> {
  const { session, reference } = wait;
  const changes = planTagChanges(observed, owned, desired);
  const claims = session.tagClaims;
  const isTaken = (key: string) => claims.isTaken(reference.StreamName, owner, key, observed[key]);
  const taken = changes.remove.filter(isTaken);
  changes.remove = changes.remove.filter((key) => !isTaken(key));
  // What another one has now is not ours to watch or to remove any more.
  const kept = Object.fromEntries(Object.entries(owned).filter(([key]) => !taken.includes(key)));
  refuseTooManyTags(`stream ${reference.StreamName}`, observed, changes);
  await applyTagChanges(
    changes,
    ownedTags(observed, { ...kept, ...desired }),
    {
      set: (Tags) => callInLine(wait, () => session.client.addTagsToStream({ ...reference, Tags })),
      remove: (TagKeys) => callInLine(wait, () => session.client.removeTagsFromStream({ ...reference, TagKeys })),
    },
    onProgress,
  );
}

/**
 * AWS would refuse the batch that is one too many and keep those before it. Its own tags, `aws:…`, do not count.
 * @throws TagLimitError before anything is written
 */
export function refuseTooManyTags(thing: string, observed: Tags, { set, remove }: TagChanges): void {
  const kept = Object.keys(observed).filter((key) => !remove.includes(key) && !/^aws:/i.test(key));
  const added = Object.keys(set).filter((key) => !Object.hasOwn(observed, key));
  const room = Math.max(0, MAX_TAGS - kept.length);
  if (added.length > room) throw new TagLimitError(thing, kept.length, added.slice(room), MAX_TAGS);
}

/** How tags are written: a stream and a consumer have operations of their own. */
export interface TagCalls {
  set(tags: Tags): Promise<void>;
  remove(keys: string[]): Promise<void>;
}

/**
 * Carries out `changes`, in batches. Removes before it adds, so that what is near its 50 tags never needs room for both.
 * `onProgress` gets the tags under our keys, `present` at first, as they are after each call.
 */
export async function applyTagChanges(
  changes: TagChanges,
  present: Tags,
  calls: TagCalls,
  onProgress: (tags: Tags) => void,
): Promise<void> {
  const tags = new Map(Object.entries(present));
  onProgress(present);
  for (const keys of batches(changes.remove)) {
    await calls.remove(keys);
    for (const key of keys) tags.delete(key);
    onProgress(Object.fromEntries(tags));
  }
  for (const entries of batches(Object.entries(changes.set))) {
    await calls.set(Object.fromEntries(entries));
    for (const [key, value] of entries) tags.set(key, value);
    onProgress(Object.fromEntries(tags));
  }
}

function batches<T>(items: T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += BATCH) result.push(items.slice(start, start + BATCH));
  return result;
}
