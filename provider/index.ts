/**
 * The names that live in users' state: `require("pulumi-kinesis/provider").stream` is what a stack deployed years ago
 * evaluates, so none of them is ever renamed or removed.
 */
import { ProviderContext } from "./lifecycle/context";
import { endWithEngine } from "./lifecycle/engine-watch";
import { toProvider } from "./lifecycle/resource";
import { streamResource } from "./lifecycle/stream";
import { streamTagsResource } from "./lifecycle/stream-tags";
import { realPlatform } from "./platform";

const context = new ProviderContext(realPlatform);
endWithEngine();

export const stream = toProvider(context, streamResource(context));
export const streamTags = toProvider(context, streamTagsResource(context));
