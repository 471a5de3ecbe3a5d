import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, regionOf, tagsUnderSecretDefaults } from "./dynamic-resource";
import { stackName } from "./stack-name";

/** The consumer as it should be; the names are those of `aws.kinesis.StreamConsumer`. */
export interface StreamConsumerArgs {
  /**
   * The consumer's name: 1 to 128 of `a-zA-Z0-9_.-`, unique on its stream. **Changing it replaces the consumer.**
   * @default the resource's name and seven hex digits, kept for the life of the resource
   */
  name?: pulumi.Input<string>;
  /** The ARN of the stream it reads from. **Changing it replaces the consumer.** */
  streamArn: pulumi.Input<string>;
  /**
   * Tags that this resource owns; the rules are those of `Stream`. Changed in place. Unlike `aws.kinesis.StreamConsumer`,
   * keys that somebody else set are left alone.
   * @default none
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /**
   * The AWS region, which can only be that of `streamArn`.
   * @default the region of `streamArn`
   */
  region?: pulumi.Input<string>;
}

/**
 * A consumer with enhanced fan-out, registered with a stream: 2 MiB a second of its own from each shard, which AWS charges
 * for. A stream has at most 20 (some on-demand streams 50), and five may be being registered at a time; more wait in line.
 *
 * A name that is taken already is an error, and the consumer that has it stays as it is. A consumer that is gone, with its
 * stream or without, counts as deregistered.
 */
export class StreamConsumer extends DynamicResource {
  /** The consumer's ARN, which is also the resource's id. */
  readonly arn: pulumi.Output<string>;
  /** When it was registered, RFC 3339. */
  declare readonly creationTimestamp: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** The AWS region, from the ARN. */
  readonly region: pulumi.Output<string>;
  declare readonly streamArn: pulumi.Output<string>;
  /** The tags that this resource owns, those of the stack's `defaultTags` included. */
  declare readonly tags: pulumi.Output<{ [key: string]: string } | undefined>;
  /** The same as `tags`, and empty where there are none, as `aws.kinesis.StreamConsumer` has it. */
  readonly tagsAll: pulumi.Output<{ [key: string]: string }>;

  /**
   * @param name The resource's name in the program.
   * @param args The consumer as it should be.
   * @param opts Pulumi's options; `customTimeouts` bound create (10 minutes), update (120) and delete (20).
   */
  constructor(name: string, args: StreamConsumerArgs, opts?: pulumi.CustomResourceOptions) {
    // Pulumi gives a resource the outputs whose names it finds among its inputs, set or not.
    const outputs = { name: undefined, tags: undefined, creationTimestamp: undefined };
    const hidden = { ...tagsUnderSecretDefaults(args), __stack: stackName() };
    super("streamConsumer", "StreamConsumer", name, { ...outputs, ...args, ...hidden }, opts);
    this.arn = this.id;
    this.region = regionOf(this.id);
    this.tagsAll = this.tags.apply((tags) => tags ?? {});
  }

  /**
   * A consumer that exists and stays somebody else's: it is read at every preview and update, and never changed.
   * @param name The resource's name in the program.
   * @param id The consumer's ARN.
   * @param _state Has no effect: AWS is asked. It is there for programs that were written for `aws.kinesis.StreamConsumer`.
   * @param opts Pulumi's options.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    _state?: Partial<StreamConsumerArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): StreamConsumer {
    // What is read is all that is known of it.
    const args: object = { streamArn: undefined, __get: true };
    return new StreamConsumer(name, args as StreamConsumerArgs, { ...opts, id });
  }
}
