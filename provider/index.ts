/**
 * The names that live in users' state: `require("pulumi-kinesis/provider").stream` is what a stack deployed years ago
 * evaluates, so none of them is ever renamed or removed. `lookUps` is in no state: the SDK calls it from a program.
 *
 * @module pulumi-kinesis/provider
 */
import { ProviderContext } from "./lifecycle/context";
import { endWithEngine, hearOfInterrupts } from "./lifecycle/engine-watch";
import { createLookUps } from "./lifecycle/look-ups";
import { toProvider } from "./lifecycle/resource";
import { resourcePolicyResource } from "./lifecycle/resource-policy";
import { streamResource } from "./lifecycle/stream";
import { streamConsumerResource } from "./lifecycle/stream-consumer";
import { streamTagsResource } from "./lifecycle/stream-tags";
import { interruption, realPlatform } from "./platform";

const context = new ProviderContext(realPlatform);
endWithEngine();
hearOfInterrupts(interruption);

/** The provider behind `Stream`. */
export const stream = toProvider(context, streamResource(context));
/** The provider behind `StreamTags`. */
export const streamTags = toProvider(context, streamTagsResource(context));
/** The provider behind `StreamConsumer`. */
export const streamConsumer = toProvider(context, streamConsumerResource(context));
/** The provider behind `ResourcePolicy`. */
export const resourcePolicy = toProvider(context, resourcePolicyResource(context));

/**
 * What `getStream` and the other look-ups ask; a program goes through those, which hand over the stack's
 * configuration.
 */
export const lookUps = createLookUps(realPlatform);
