import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./look-up";

/** Which consumer is meant. */
export interface GetStreamConsumerArgs {
  /** The ARN of the stream that it is registered with. */
  streamArn: string;
  /** The consumer's ARN. Without `arn` and `name`, the only consumer of the stream is meant. */
  arn?: string;
  /** The consumer's name. */
  name?: string;
  /** Can only be the region of `streamArn`, and is that where it is left out. */
  region?: string;
  /** Has no effect, as in `aws.kinesis.getStreamConsumer`; the consumer's tags are in the result. */
  tags?: { [key: string]: string };
}

/** The same, with Pulumi's inputs. */
export interface GetStreamConsumerOutputArgs {
  /** The ARN of the stream that it is registered with. */
  streamArn: pulumi.Input<string>;
  /** The consumer's ARN. Without `arn` and `name`, the only consumer of the stream is meant. */
  arn?: pulumi.Input<string>;
  /** The consumer's name. */
  name?: pulumi.Input<string>;
  /** Can only be the region of `streamArn`, and is that where it is left out. */
  region?: pulumi.Input<string>;
  /** Has no effect, as in `aws.kinesis.getStreamConsumer`; the consumer's tags are in the result. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** A consumer as it is now. */
export interface GetStreamConsumerResult {
  /** The ARN. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly streamArn: string;
  readonly region: string;
  /** CREATING, ACTIVE or DELETING. */
  readonly status: string;
  /** When it was registered, RFC 3339. */
  readonly creationTimestamp: string;
  /** All its tags but AWS's own. */
  readonly tags: { [key: string]: string };
}

/**
 * Looks a consumer up, whoever owns it. It asks AWS each time, in the program, with the settings of the stack; it makes a
 * call of DescribeStreamConsumer and one of ListTagsForResource, and of ListStreamConsumers where neither `arn` nor `name`
 * is given.
 *
 * Errors: ERR_KINESIS_NOT_FOUND where there is no such consumer, or not exactly one; ERR_KINESIS_INPUT, and what AWS
 * refuses.
 */
export function getStreamConsumer(args: GetStreamConsumerArgs): Promise<GetStreamConsumerResult> {
  return lookUp("getStreamConsumer", args);
}

/** `getStreamConsumer` with and for Outputs: it runs once the arguments are known, and what they come from exists. */
export function getStreamConsumerOutput(args: GetStreamConsumerOutputArgs): pulumi.Output<GetStreamConsumerResult> {
  return lookUpOutput(getStreamConsumer, args as pulumi.Input<GetStreamConsumerArgs>);
}
