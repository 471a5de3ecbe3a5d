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
}

export const identityOf = ({ __urn, __logicalName }: Identified): string => __urn ?? String(__logicalName);

/**
 * `news` with the identity that the resource has in the state: under an alias it has another name or parent in the program
 * and is the same, and nothing about it changes.
 */
export function withIdentityOf(olds: Properties, news: Properties): Properties {
  if (olds.__logicalName === undefined) return { ...news };
  const { __urn: _, ...inputs } = news;
  const urn = olds.__urn === undefined ? {} : { __urn: olds.__urn };
  return { ...inputs, __logicalName: olds.__logicalName, ...urn };
}
