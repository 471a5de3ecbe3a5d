import { TagClaimedError } from "../errors";
import type { Identified } from "./identity";
import { identityOf } from "./identity";
import type { Tags } from "./tags";

/** A resource that wants tags on a stream. */
export interface TagOwner {
  /** As in identity.ts. */
  readonly id: string;
  /** For messages: "StreamTags billing". */
  readonly name: string;
}

export function tagOwner(kind: "Stream" | "StreamTags", resource: Identified): TagOwner {
  return { id: identityOf(resource), name: `${kind} ${resource.__logicalName}` };
}

interface Claim {
  readonly name: string;
  readonly tags: Tags;
  /** The owner was created in this run: whatever of it is deleted from now on is what it replaces. */
  isNew: boolean;
}

/**
 * Who of this process wants which tag of which stream. One process serves all resources of a stack, so a key that moves from
 * one resource to another in one `up`, or a StreamTags that is renamed, is seen here: the old owner leaves alone what the new
 * one has claimed, whichever of them the engine asks first. Two that both want a key would change it in turn for ever.
 */
export class TagClaims {
  /** Stream -> owner's id -> what it wants now. */
  readonly #claims = new Map<string, Map<string, Claim>>();
  /** Stream -> keys that a resource of the program had before. */
  readonly #givenUp = new Map<string, Set<string>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /**
   * Says which tags a resource wants, and which it `had` before; what it said before is over.
   * @throws TagClaimedError where another one wants one of the keys too
   */
  claim(stream: string, owner: TagOwner, tags: Tags = {}, had: Tags = {}): void {
    const claims = this.#claims.get(stream) ?? new Map<string, Claim>();
    this.#claims.set(stream, claims);
    const givenUp = this.#givenUp.get(stream) ?? new Set<string>();
    this.#givenUp.set(stream, givenUp);
    for (const key of Object.keys(had)) if (!Object.hasOwn(tags, key)) givenUp.add(key);
    claims.set(owner.id, { name: owner.name, tags, isNew: false });
    for (const [id, other] of claims) {
      const shared = id === owner.id ? [] : Object.keys(tags).filter((key) => Object.hasOwn(other.tags, key));
      if (shared.length > 0) throw new TagClaimedError(stream, shared, owner.name, other.name);
    }
  }

  /** The resource of these identities is checked, and what it wanted before is over. */
  forget(identities: readonly string[]): void {
    for (const claims of this.#claims.values()) for (const identity of identities) claims.delete(identity);
  }

  /** The owner's tags are on the stream from now on as those of a resource that was created in this run. */
  isCreated(stream: string, owner: TagOwner): void {
    const claim = this.#claims.get(stream)?.get(owner.id);
    if (claim) claim.isNew = true;
  }

  /** Whether a tag that its owner wants no more has to stay as it is, for another one or for what replaces the owner. */
  isTaken(stream: string, owner: TagOwner, key: string, value: string | undefined): boolean {
    return [...(this.#claims.get(stream) ?? [])].some(
      ([id, { tags, isNew }]) => (id !== owner.id || isNew) && Object.hasOwn(tags, key) && tags[key] === value,
    );
  }

  /** Whether a resource of the program had the key and gives it up in this run. */
  isGivenUp(stream: string, key: string): boolean {
    return this.#givenUp.get(stream)?.has(key) === true;
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
