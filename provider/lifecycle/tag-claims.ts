import { TagClaimedError } from "../errors";
import type { Identified } from "./identity";
import { identityOf } from "./identity";

/** A resource that wants tags on a stream. */
export interface TagOwner {
  readonly id: string;
  /** For messages: "StreamTags billing". */
  readonly name: string;
}

export function tagOwner(kind: "Stream" | "StreamTags", resource: Identified): TagOwner {
  return { id: `${kind} ${identityOf(resource)}`, name: `${kind} ${resource.__logicalName}` };
}

/**
 * Who of this process wants which tag of which stream. One process serves all resources of a stack, so a key that moves from
 * one resource to another in one `up`, or a StreamTags that is renamed, is seen here: the old owner leaves alone what the new
 * one has claimed, whichever of them the engine asks first. Two that both want a key would change it in turn for ever.
 */
export class TagClaims {
  /** Stream -> owner's id -> what it wants now. */
  readonly #wanted = new Map<string, Map<string, { name: string; keys: ReadonlySet<string> }>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * Says which keys a resource wants; what it said before is over.
   * @throws TagClaimedError where another one wants one of them too
   */
  claim(stream: string, owner: TagOwner, tags: Readonly<Record<string, string>> = {}): void {
    const owners = this.#wanted.get(stream) ?? new Map<string, { name: string; keys: ReadonlySet<string> }>();
    this.#wanted.set(stream, owners);
    const keys = Object.keys(tags);
    owners.set(owner.id, { name: owner.name, keys: new Set(keys) });
    for (const [id, other] of owners) {
      const shared = id === owner.id ? [] : keys.filter((key) => other.keys.has(key));
      if (shared.length > 0) throw new TagClaimedError(stream, shared, owner.name, other.name);
    }
  }

  isAnothers(stream: string, owner: TagOwner, key: string): boolean {
    return [...(this.#wanted.get(stream) ?? [])].some(([id, { keys }]) => id !== owner.id && keys.has(key));
  }

  /** One at a time for each stream: between looking at its tags and changing them, nobody else of this process does either. */
  async inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(stream) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(
      stream,
      turn.catch(() => undefined),
    );
    return turn;
  }
}
