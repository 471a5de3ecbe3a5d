import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, regionOf } from "./dynamic-resource";

/** The policy, and what it is on. */
export interface ResourcePolicyArgs {
  /** The ARN of the stream or consumer that the policy is on. **Changing it replaces the policy.** */
  resourceArn: pulumi.Input<string>;
  /**
   * The policy document as JSON text; `pulumi.jsonStringify` writes one with outputs in it. Every statement needs an
   * Effect, a Principal and an Action. Changed in place; the same policy written in another way is no change.
   */
  policy: pulumi.Input<string>;
  /**
   * Replaces a policy that somebody else has set already, instead of failing. A policy that says the same is always taken over.
   * @default false
   */
  overwrite?: pulumi.Input<boolean>;
  /**
   * The AWS region, which can only be that of `resourceArn`.
   * @default the region of `resourceArn`
   */
  region?: pulumi.Input<string>;
}

/**
 * The resource policy of a stream or consumer: who outside the account may use it. A stream or consumer has one policy, so
 * have one `ResourcePolicy` for each; deleting it removes the policy.
 *
 * Policies are compared by what they say: neither the order of keys, statements and values, nor a single value in place of
 * a list of one, nor an account's number in place of its root's ARN, nor the case of actions is a difference.
 */
export class ResourcePolicy extends DynamicResource {
  /** The policy as the program wrote it, as long as AWS's says the same. */
  declare readonly policy: pulumi.Output<string>;
  /** The AWS region, from the ARN. */
  readonly region: pulumi.Output<string>;
  /** The ARN of the stream or consumer, which is also the resource's id. */
  declare readonly resourceArn: pulumi.Output<string>;

  /**
   * @param name The resource's name in the program.
   * @param args The policy and what it is on.
   * @param opts Pulumi's options.
   */
  constructor(name: string, args: ResourcePolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super("resourcePolicy", "ResourcePolicy", name, { ...args }, opts);
    this.region = regionOf(this.id);
  }

  /**
   * A policy that exists and stays somebody else's: it is read at every preview and update, and never changed.
   * @param name The resource's name in the program.
   * @param id The ARN of the stream or consumer that it is on.
   * @param _state Has no effect: AWS is asked. It is there for programs that were written for `aws.kinesis.ResourcePolicy`.
   * @param opts Pulumi's options.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    _state?: Partial<ResourcePolicyArgs>,
    opts?: pulumi.CustomResourceOptions,
  ): ResourcePolicy {
    // What is read is all that is known of it.
    const args: object = { policy: undefined, resourceArn: undefined };
    return new ResourcePolicy(name, args as ResourcePolicyArgs, { ...opts, id });
  }
}
