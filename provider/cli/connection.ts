import type { Command } from "commander";
import { KinesisClient } from "../client";
import { ConfigurationError, NotFoundError } from "../errors";

/** What every command that asks AWS may be told; what is left out is AWS's own to find. */
export interface ConnectionOptions {
  region?: string;
  profile?: string;
  endpoint?: string;
}

export const withConnection = (command: Command): Command =>
  command
    .option("--region <region>", "the streams' region; default: AWS_REGION, then the profile's")
    .option("--profile <name>", "a profile of ~/.aws; default: keys in the environment, then AWS_PROFILE")
    .option("--endpoint <url>", "another Kinesis endpoint, an emulator for example");

/** Whether one of these is given, which says nothing to a command that calls nobody. */
export const namesConnection = ({ region, profile, endpoint }: ConnectionOptions): boolean =>
  (region ?? profile ?? endpoint) !== undefined;

export interface Connection {
  readonly client: KinesisClient;
  readonly region: string;
  readonly endpoint: string;
}

/** Calls `ask` with a client that is closed afterwards. */
export async function connected<T>(
  { region, profile, endpoint }: ConnectionOptions,
  ask: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = new KinesisClient({ region, profile, endpoint });
  try {
    return await ask({ client, region: await client.region(), endpoint: await client.endpoint() });
  } catch (error) {
    throw isMissingRegion(error) ? new ConfigurationError("region", NO_REGION, { cause: error }) : error;
  } finally {
    await client.close();
  }
}

/** `what` is a name, or words for several. */
export const noStream = ({ region, endpoint }: Connection, what: string): NotFoundError =>
  new NotFoundError(
    `There is no stream ${what} in ${region} (through ${endpoint}): check its name, the region and the account.`,
  );

/** The client's own words name its options, which nobody has at a terminal. */
export const NO_REGION = "No AWS region is set: give --region, set AWS_REGION, or `region` in your AWS profile.";

export const isMissingRegion = (error: unknown): boolean =>
  error instanceof ConfigurationError && error.message.startsWith("No AWS region");
