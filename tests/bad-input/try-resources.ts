/** Tries malformed inputs on our resources' check, and on look-ups. */
import type { ProviderContext } from "../../provider/lifecycle/context";
import type { Properties, Resource } from "../../provider/lifecycle/resource";
import { resourcePolicyResource } from "../../provider/lifecycle/resource-policy";
import { streamResource } from "../../provider/lifecycle/stream";
import { streamConsumerResource } from "../../provider/lifecycle/stream-consumer";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import { faultsOfText } from "./clear-error";
import type { Malformed } from "./malformed";

export const RESOURCE_KINDS: Readonly<Record<string, (context: ProviderContext) => Resource>> = {
  Stream: streamResource,
  StreamTags: streamTagsResource,
  StreamConsumer: streamConsumerResource,
  ResourcePolicy: resourcePolicyResource,
};

/** What is wrong with how `check` refuses a malformed input: what it answers, Pulumi prints as "property reason". */
export async function faultsOfCheck(resource: Resource, malformed: Malformed): Promise<string[]> {
  try {
    const { failures } = await resource.check({}, malformed.input as Properties);
    if (failures.length === 0) return ["it was accepted"];
    const text = failures.map(({ property, reason }) => `${property} ${reason}`).join("; ");
    // What the program writes as an option is told as one.
    return faultsOfText(text, { ...malformed, path: malformed.path.replace(/^__customTimeouts/, "customTimeouts") });
  } catch (error) {
    return [`check threw ${String(error).slice(0, 300)}`];
  }
}
