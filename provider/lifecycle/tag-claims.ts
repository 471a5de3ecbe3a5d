/**
 * Who of this process wants which tag of which stream. One process serves all resources of a stack, so a key that moves from
 * one resource to another in one `up`, or a StreamTags that is renamed, is seen here: the old owner leaves alone what the new
 * one has claimed, whichever of them the engine asks first.
 */
export class TagClaims {
  /** Stream -> key -> owner. */
  readonly #owners = new Map<string, Map<string, string>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  claim(stream: string, owner: string, keys: readonly string[]): void {
    const owners = this.#owners.get(stream) ?? new Map<string, string>();
    this.#owners.set(stream, owners);
    for (const key of keys) owners.set(key, owner);
  }

  isAnothers(stream: string, owner: string, key: string): boolean {
    const claimant = this.#owners.get(stream)?.get(key);
    return claimant !== undefined && claimant !== owner;
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
