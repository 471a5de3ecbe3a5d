/**
 * Which resource of this run has which stream. Several can have one in the state: a resource that was renamed in the program
 * with `adopt`, and a replacement that took the old stream over, are saved before the old one is deleted, and a run that is
 * cut short leaves that delete to a later one. The engine checks and diffs every resource of the program before such a
 * delete, so that the later run learns from them whose stream it is. A destroy checks none, and deletes; a refresh diffs what
 * is in the state without a check. With --target the engine leaves out all others, and nobody learns of them.
 */
import type { Identified } from "./identity";
import { identityOf } from "./identity";

/** A stream's name is unique in a region, and a process serves one account. */
export interface StreamPlace {
  readonly region: string;
  readonly name: string;
}

export const placeKey = ({ region, name }: StreamPlace) => `${region}/${name}`;

export class StreamOwners {
  /** Place -> identity -> resource. */
  readonly #owners = new Map<string, Map<string, Identified>>();
  readonly #inProgram = new Set<string>();
  readonly #adopters = new Map<string, Map<string, Identified>>();

  own(place: StreamPlace, resource: Identified): void {
    put(this.#owners, place, resource);
  }

  /** The resource, which is not in the state yet, is going to take the stream over. */
  wantToAdopt(place: StreamPlace, resource: Identified): void {
    put(this.#adopters, place, resource);
  }

  /**
   * The engine checks the resource, as the last thing before it is diffed or created: what was known of it, under any of its
   * `identities`, is over. A resource that is replaced is checked once more, and what it has in the state is its old stream.
   */
  beginCheck(identities: readonly string[], checked: Identified): void {
    this.#inProgram.add(identityOf(checked));
    for (const identity of identities) {
      for (const resources of [...this.#owners.values(), ...this.#adopters.values()]) resources.delete(identity);
    }
  }

  /** Whether the program of this run has the resource; what is only in the state is never checked. */
  isInProgram(resource: Identified): boolean {
    return this.#inProgram.has(identityOf(resource));
  }

  /** The resource was not created after all. */
  disown(resource: Identified): void {
    for (const owners of this.#owners.values()) owners.delete(identityOf(resource));
  }

  /** The resource that has the stream. */
  ownerOf(place: StreamPlace): Identified | undefined {
    return this.#owners.get(placeKey(place))?.values().next().value;
  }

  /** Another resource than this one that has the stream. */
  otherOwner(place: StreamPlace, resource: Identified): Identified | undefined {
    return otherThan(this.#owners.get(placeKey(place)), resource);
  }

  otherAdopter(place: StreamPlace, resource: Identified): Identified | undefined {
    return otherThan(this.#adopters.get(placeKey(place)), resource);
  }
}

function put(all: Map<string, Map<string, Identified>>, place: StreamPlace, resource: Identified): void {
  const key = placeKey(place);
  const resources = all.get(key) ?? new Map<string, Identified>();
  all.set(key, resources);
  resources.set(identityOf(resource), resource);
}

function otherThan(resources: Map<string, Identified> | undefined, resource: Identified): Identified | undefined {
  return [...(resources?.values() ?? [])].find((one) => identityOf(one) !== identityOf(resource));
}
