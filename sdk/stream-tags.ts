import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "./dynamic-resource";

/** The stream, and the tags that it should have. */
export interface StreamTagsArgs {
  /** The stream by ARN; give this or `streamName`. **Changing it replaces** (these tags move, the stream stays). */
  streamArn?: pulumi.Input<string>;
  /** The stream by name; give this or `streamArn`. **Changing it replaces** (these tags move, the stream stays). */
  streamName?: pulumi.Input<string>;
  /** The tags that this resource owns; the rules are those of `Stream`. Changed in place. */
  tags: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /**
   * Takes over keys that already have another value on the stream instead of failing.
   * @default false
   */
  overwrite?: pulumi.Input<boolean>;
  /**
   * The AWS region of the stream when it is given by name.
   * @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files
   */
  region?: pulumi.Input<string>;
}

/**
 * Tags on a stream that somebody else may own. It owns only the keys it names: other `StreamTags`, the `tags` of a
 * `Stream` and tags set by hand stay as they are.
 */
export class StreamTags extends DynamicResource {
  declare readonly streamArn: pulumi.Output<string>;
  declare readonly streamName: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<{ [key: string]: string }>;

  /**
   * @param name The resource's name in the program.
   * @param args The stream and the tags.
   * @param opts Pulumi's options.
   */
  constructor(name: string, args: StreamTagsArgs, opts?: pulumi.CustomResourceOptions) {
    super("streamTags", "StreamTags", name, { streamArn: undefined, streamName: undefined, ...args }, opts);
  }
}
