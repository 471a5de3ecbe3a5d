import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./look-up";

/** Where to look. */
export interface GetStreamsArgs {
  /** @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files */
  region?: string;
}

/** The same, with Pulumi's inputs. */
export interface GetStreamsOutputArgs {
  /** @default `kinesis:region`, `aws:region`, then AWS's own environment and configuration files */
  region?: pulumi.Input<string>;
}

/** The streams of an account in a region. */
export interface GetStreamsResult {
  /** The region. */
  readonly id: string;
  readonly region: string;
  /** The name of every stream. */
  readonly names: string[];
}

/**
 * Looks up the names of all streams of the account in a region. It asks AWS each time, in the program, with the settings
 * of the stack; it makes a call of ListStreams for each page.
 *
 * Errors: ERR_KINESIS_INPUT, and what AWS refuses.
 */
export function getStreams(args: GetStreamsArgs = {}): Promise<GetStreamsResult> {
  return lookUp("getStreams", args);
}

/** `getStreams` with and for Outputs. */
export function getStreamsOutput(args: GetStreamsOutputArgs = {}): pulumi.Output<GetStreamsResult> {
  return lookUpOutput(getStreams, args as pulumi.Input<GetStreamsArgs>);
}
