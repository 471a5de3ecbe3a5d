/**
 * Which resource of a stack it is that wants or has something. Pulumi tells a dynamic provider nothing of it, so the SDK puts
 * it among the inputs (sdk/dynamic-resource.ts). The logical name alone does not tell: components have children of the same
 * name, and each is a resource of its own.
 */
import type { Properties } from "./resource";

/** The hidden inputs that tell resources apart. */
export interface Identified {
  /** What the program calls the resource. */
  __logicalName?: string;
  /** The URN under which the resource was created; states that an SDK without it wrote have none. */
  __urn?: string;
  /** `<organization>/<project>/<stack>` of the program that has created it, for those that a killed create is found by. */
  __stack?: string;
}

export const identityOf = ({ __urn, __logicalName }: Identified): string => __urn ?? String(__logicalName);

/**
 * `news` with the identity that the resource has in the state: under an alias it has another name or parent in the program, in
 * a stack that was renamed another stack, and is the same, and nothing about it changes.
 */
export function withIdentityOf(olds: Properties, news: Properties): Properties {
  if (olds.__logicalName === undefined) return { ...news };
  const { __urn: _, __stack: __, ...inputs } = news;
  const urn = olds.__urn === undefined ? {} : { __urn: olds.__urn };
  const stack = olds.__stack === undefined ? {} : { __stack: olds.__stack };
  return { ...inputs, __logicalName: olds.__logicalName, ...urn, ...stack };
}

/** By which identities the resources of a program go: under an alias, one has another in the state than it is written with. */
export class Identities {
  /** As written -> in the state. */
  readonly #inState = new Map<string, string>();

  /**
   * Those of a resource that the engine has checked. One that is replaced is checked once more, as a new one that no alias leads to.
   * @param isInState Whether the engine has passed what is in the state.
   */
  ofChecked(asWritten: Identified, checked: Identified, isInState: boolean): readonly string[] {
    const written = identityOf(asWritten);
    if (isInState) this.#inState.set(written, identityOf(checked));
    return [written, this.#inState.get(written) ?? written];
  }
}
