/** Looks at streams that are to be taken over: all that a program has to say of them. */
import { AccessDeniedException, ResourceNotFoundException } from "../client";
import { NotFoundError } from "../errors";
import type { ObservedStream } from "../lifecycle/observe";
import { findStream } from "../lifecycle/observe";
import { isPolicy } from "../lifecycle/policy";
import { CREATING } from "../lifecycle/properties";
import { tiles } from "../reshard";
import type { Connection } from "./connection";
import { noStream } from "./connection";

/** A stream with what is on it. */
export interface FoundStream {
  readonly stream: ObservedStream;
  /** Without AWS's own. */
  readonly tags: Readonly<Record<string, string>>;
  /** Undefined where it has none, or may not be read. */
  readonly policy: string | undefined;
  /** The names of its consumers. */
  readonly consumers: readonly string[];
}

export interface Found {
  readonly region: string;
  readonly streams: readonly FoundStream[];
  /** What was left out and why, for a person. */
  readonly notes: readonly string[];
}

/**
 * The streams of these names or patterns, in the order in which they are named. One after the other: AWS lets an account list
 * tags five times a second, so more at once would not be quicker.
 */
export async function findStreams(connection: Connection, names: readonly string[]): Promise<Found> {
  const { region } = connection;
  const streams: FoundStream[] = [];
  const notes: string[] = [];
  for (const name of await namesOf(connection, names)) {
    const stream = await findStream(connection, { StreamName: name }, { withSummary: true });
    const reason = stream === undefined ? "is not there any more" : whyNot(stream);
    if (stream === undefined && names.includes(name)) throw noStream(connection, name);
    if (stream === undefined || reason !== undefined) notes.push(`stream ${name} ${reason}: it is left out`);
    else {
      if (stream.status === "UPDATING")
        notes.push(`stream ${name} is being changed by somebody: look at it again before \`pulumi up\``);
      streams.push(await withAllOnIt(connection, stream, notes));
    }
  }
  if (streams.length === 0) throw new NotFoundError(["there is no stream to write a program for", ...notes].join("; "));
  return { region, streams, notes };
}

/** Patterns become the names that they stand for. */
async function namesOf(connection: Connection, names: readonly string[]): Promise<Set<string>> {
  const isPattern = (name: string) => /[*?]/.test(name);
  if (!names.some(isPattern)) return new Set(names);
  const all: string[] = [];
  for await (const name of connection.client.streams()) all.push(name);
  const found = names.flatMap((name) => {
    if (!isPattern(name)) return [name];
    const matching = all.filter((one) => asExpression(name).test(one));
    if (matching.length === 0) throw noStream(connection, `like ${name}`);
    return matching;
  });
  return new Set(found);
}

const asExpression = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.-]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`);

function whyNot({ status, openShards }: ObservedStream): string | undefined {
  if (status === "DELETING") return "is being deleted";
  if (status === "CREATING") return "is still being created";
  return tiles(openShards) ? undefined : "is being resharded";
}

async function withAllOnIt({ client }: Connection, stream: ObservedStream, notes: string[]): Promise<FoundStream> {
  const { name, arn } = stream;
  const unlessRefused = async <T>(what: string, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return otherwise;
      if (!(error instanceof AccessDeniedException)) throw error;
      notes.push(`stream ${name}: ${what} not looked for, AWS denies ${error.operation}`);
      return otherwise;
    }
  };
  const tags: [string, string][] = [];
  for await (const { Key, Value } of client.tags({ StreamName: name })) {
    if (Key === CREATING) notes.push(`stream ${name} carries the mark of a create that has not ended, ${CREATING}`);
    else if (!/^aws:/i.test(Key)) tags.push([Key, Value ?? ""]);
  }
  const policy = await unlessRefused(
    "a resource policy was",
    async () => (await client.getResourcePolicy({ ResourceARN: arn })).Policy,
    undefined,
  );
  const listed = async () => {
    const consumers: string[] = [];
    for await (const { ConsumerName } of client.consumers({ StreamARN: arn })) consumers.push(ConsumerName);
    return consumers;
  };
  return {
    stream,
    tags: Object.fromEntries(tags),
    policy: policy !== undefined && isPolicy(policy) ? policy : undefined,
    consumers: await unlessRefused("consumers were", listed, []),
  };
}
