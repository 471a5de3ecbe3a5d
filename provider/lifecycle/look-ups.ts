import * as z from "zod";
import type { ConsumerReference } from "../client/shapes";
import { hasErrorCode, InputError, NotFoundError } from "../errors";
import type { Platform } from "../platform";
import { parseConsumerArn } from "./arn";
import { findFailures } from "./check-inputs";
import type { Session } from "./context";
import { ProviderContext } from "./context";
import { isOpen } from "./observe";
import type { ObservedConsumer } from "./observe-consumer";
import { findConsumer, listConsumerTags } from "./observe-consumer";
import { consumerArn, consumerName, region, streamArn, streamName, tags } from "./properties";
import type { Properties } from "./resource";
import { presented } from "./resource";
import type { StackConfig } from "./settings";
import { seenSettings } from "./stream-settings";
import type { Tags } from "./tags";
import { listTags } from "./tags";

/** A look-up as the SDK calls it: with its arguments, and with the stack's configuration, which only a program can get at. */
export type LookUp = (args: Properties, config: StackConfig, projectName: string) => Promise<Properties>;

/**
 * Look-ups run in the process of the program and not in the provider's, since Pulumi's dynamic provider answers no
 * invoke. They read the settings in the same way, so they see the same account.
 */
export function createLookUps(platform: Platform): Record<"getStream" | "getStreams" | "getStreamConsumer", LookUp> {
  /** A process may run programs of several stacks, each with settings of its own. */
  const contexts = new Map<string, ProviderContext>();
  const contextFor = (config: StackConfig, projectName: string): ProviderContext => {
    const key = JSON.stringify([projectName, config]);
    const context = contexts.get(key) ?? new ProviderContext(platform);
    if (!contexts.has(key)) context.configure(config, projectName);
    contexts.set(key, context);
    return context;
  };
  const lookUp =
    <Args extends Properties>(
      name: string,
      schema: z.ZodObject,
      find: (context: ProviderContext, args: Args) => Promise<Properties>,
    ): LookUp =>
    (args, config, projectName) =>
      presented(
        (async () => {
          const failures = findFailures(schema, name, args);
          const issues = failures.map(({ property, reason }) => ({ path: property, problem: reason }));
          if (issues.length > 0) throw new InputError(name, issues);
          return find(contextFor(config, projectName), args as Args);
        })(),
      );
  return {
    getStream: lookUp("getStream", streamSchema, getStream),
    getStreams: lookUp("getStreams", streamsSchema, getStreams),
    getStreamConsumer: lookUp("getStreamConsumer", streamConsumerSchema, getStreamConsumer),
  };
}

const streamSchema = z.object({ name: streamName, region: region.optional(), tags: tags.optional() });

/** DescribeStreamSummary, ListShards and ListTagsForStream, with the names and units of `aws.kinesis.getStream`. */
async function getStream(context: ProviderContext, args: { name: string; region?: string }): Promise<Properties> {
  const session = await context.session(args.region);
  const { client } = session;
  try {
    const { StreamDescriptionSummary: stream } = await client.describeStreamSummary({ StreamName: args.name });
    const settings = seenSettings(stream);
    const reference = { StreamName: stream.StreamName, StreamARN: stream.StreamARN };
    const openShards: string[] = [];
    const closedShards: string[] = [];
    for await (const shard of client.shards({ StreamARN: stream.StreamARN })) {
      (isOpen(shard) ? openShards : closedShards).push(shard.ShardId);
    }
    return {
      id: stream.StreamARN,
      arn: stream.StreamARN,
      name: stream.StreamName,
      region: session.region,
      status: stream.StreamStatus,
      creationTimestamp: Math.floor(stream.StreamCreationTimestamp.getTime() / 1_000),
      retentionPeriod: settings.retentionHours,
      shardLevelMetrics: settings.shardLevelMetrics,
      streamModeDetails: [{ streamMode: settings.streamMode }],
      encryptionType: stream.EncryptionType ?? "NONE",
      kmsKeyId: stream.KeyId ?? "",
      maxRecordSizeInKib: settings.maxRecordSizeKiB,
      warmThroughputs: stream.WarmThroughput
        ? [{ currentMibps: stream.WarmThroughput.CurrentMiBps, targetMibps: stream.WarmThroughput.TargetMiBps }]
        : [],
      openShards,
      closedShards,
      tags: withoutAwsTags(await listTags(session, reference)),
    };
  } catch (error) {
    if (!hasErrorCode(error, "ResourceNotFoundException")) throw error;
    throw new NotFoundError(`There is no stream ${args.name} in ${where(session)}: check its name and the region.`);
  }
}

const streamsSchema = z.object({ region: region.optional() });

/** ListStreams to its last page. */
async function getStreams(context: ProviderContext, args: { region?: string }): Promise<Properties> {
  const session = await context.session(args.region);
  const names: string[] = [];
  for await (const name of session.client.streams()) names.push(name);
  return { id: session.region, region: session.region, names };
}

const streamConsumerSchema = z.object({
  streamArn,
  arn: consumerArn.optional(),
  name: consumerName.optional(),
  region: region.optional(),
  tags: tags.optional(),
});

/** The consumer by ARN or name, or, as `aws.kinesis.getStreamConsumer` has it, the only one that the stream has. */
async function getStreamConsumer(
  context: ProviderContext,
  args: { streamArn: string; arn?: string; name?: string; region?: string },
): Promise<Properties> {
  const { session } = await context.existing(args.streamArn);
  if (args.region !== undefined && args.region !== session.region) {
    const problem = `is not the region of streamArn, ${session.region}: leave it out`;
    throw new InputError("getStreamConsumer", [{ path: "region", problem }]);
  }
  const name = args.name ?? (args.arn === undefined ? await findOnlyName(session, args.streamArn) : undefined);
  const consumer = await findWanted(session, args, name);
  if (!consumer) {
    throw new NotFoundError(
      `There is no consumer ${args.arn ?? name} of ${args.streamArn} in ${where(session)}: check its name and its stream.`,
    );
  }
  return {
    ...consumer,
    id: consumer.arn,
    region: session.region,
    tags: withoutAwsTags(await listConsumerTags(session, consumer.arn)),
  };
}

/** The consumer for which all that is asked for holds. */
async function findWanted(
  session: Session,
  { streamArn: StreamARN, arn }: { streamArn: string; arn?: string },
  name: string | undefined,
): Promise<ObservedConsumer | undefined> {
  if (arn !== undefined && parseConsumerArn(arn)?.streamArn !== StreamARN) return undefined;
  const reference: ConsumerReference = arn === undefined ? { StreamARN, ConsumerName: name } : { ConsumerARN: arn };
  const consumer = await findConsumer(session, reference);
  return name === undefined || consumer?.name === name ? consumer : undefined;
}

/** @throws NotFoundError unless there is exactly one */
async function findOnlyName(session: Session, StreamARN: string): Promise<string> {
  const names: string[] = [];
  try {
    for await (const { ConsumerName } of session.client.consumers({ StreamARN })) names.push(ConsumerName);
  } catch (error) {
    if (!hasErrorCode(error, "ResourceNotFoundException")) throw error;
  }
  const [only, ...others] = names;
  if (only === undefined) throw new NotFoundError(`There is no consumer of ${StreamARN} in ${where(session)}.`);
  if (others.length === 0) return only;
  throw new NotFoundError(
    `${StreamARN} has several consumers: ${names.join(", ")}. Say which one is meant with name or arn.`,
  );
}

const where = ({ region, endpoint }: Session) => `${region} (through ${endpoint})`;

const withoutAwsTags = (all: Tags): Tags =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !/^aws:/.test(key)));
