import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./look-up";

/** Which stream is meant. */
export interface GetStreamArgs {
  /** The stream's name. */
  name: string;
  /** @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files */
  region?: string;
  /** Has no effect, as in `aws.kinesis.getStream`; the stream's tags are in the result. */
  tags?: { [key: string]: string };
}

/** The same, with Pulumi's inputs. */
export interface GetStreamOutputArgs {
  /** The stream's name. */
  name: pulumi.Input<string>;
  /** @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files */
  region?: pulumi.Input<string>;
  /** Has no effect, as in `aws.kinesis.getStream`; the stream's tags are in the result. */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** A stream as it is now. */
export interface GetStreamResult {
  /** The ARN. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  /** CREATING, ACTIVE, UPDATING or DELETING. */
  readonly status: string;
  /** When it was created, in seconds since 1970. */
  readonly creationTimestamp: number;
  /** How long records stay readable, in hours. */
  readonly retentionPeriod: number;
  /** The names of the shard-level metrics that are on. */
  readonly shardLevelMetrics: string[];
  /** One element: PROVISIONED or ON_DEMAND. */
  readonly streamModeDetails: { readonly streamMode: string }[];
  /** NONE or KMS. */
  readonly encryptionType: string;
  /** The KMS key; empty where there is none. */
  readonly kmsKeyId: string;
  /** How large a record may be, in KiB. */
  readonly maxRecordSizeInKib: number;
  /** One element on an on-demand stream with warm throughput, in MiB a second; else empty. */
  readonly warmThroughputs: { readonly currentMibps: number; readonly targetMibps: number }[];
  /** The ids of the open shards. */
  readonly openShards: string[];
  /** The ids of the shards that are closed and still have records. */
  readonly closedShards: string[];
  /** All its tags but AWS's own. */
  readonly tags: { [key: string]: string };
}

/**
 * Looks a stream up, whoever owns it. It asks AWS each time, in the program, with the settings of the stack; it makes a
 * call of DescribeStreamSummary, and one for each page of ListShards and ListTagsForStream.
 *
 * Errors: ERR_KINESIS_NOT_FOUND where there is no such stream, ERR_KINESIS_INPUT, and what AWS refuses.
 */
export function getStream(args: GetStreamArgs): Promise<GetStreamResult> {
  return lookUp("getStream", args);
}

/** `getStream` with and for Outputs: it runs once the arguments are known, and what they come from exists. */
export function getStreamOutput(args: GetStreamOutputArgs): pulumi.Output<GetStreamResult> {
  return lookUpOutput(getStream, args as pulumi.Input<GetStreamArgs>);
}
