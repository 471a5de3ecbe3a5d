import { PartialStateError } from "../errors";
import type { Properties } from "./resource";

/** A resource that exists by now, and what is true of it. Whoever changes the stream changes this with it. */
export interface Kept<State extends Properties> {
  id: string;
  state: State;
}

/**
 * Does `work` on a resource that exists. Whatever it throws carries the resource as it is by then, because the engine
 * forgets a resource whose create fails in any other way; the next `pulumi up` calls update with that state.
 * @throws PartialStateError
 */
export async function keeping<State extends Properties>(
  kept: Kept<State>,
  work: (kept: Kept<State>) => Promise<void>,
): Promise<{ id: string; outs: State }> {
  try {
    await work(kept);
  } catch (error) {
    throw new PartialStateError(kept.id, kept.state, error);
  }
  return { id: kept.id, outs: kept.state };
}
