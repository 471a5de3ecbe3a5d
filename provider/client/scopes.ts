/**
 * What a call counts against where a limit isn't the account's, and whose turn it takes in a line: the stream, and the
 * shard. Some calls name neither and carry a token that AWS gave out with an earlier answer (NextToken of ListShards,
 * ShardIterator): what it was given out for is remembered for as long as AWS takes it.
 */
import { ForgetfulMap } from "./forgetful-map";
import type { Clock } from "./waiting";

/** Tokens of both kinds expire after 300 seconds. */
const TOKEN_MS = 300_000;
const SWEEP_FROM = 1_000;

export interface Scope {
  /** Who takes turns; empty where the call is about the whole account. */
  readonly stream: string;
  /** The stream, or the shard where one is named, as text that tells it from others. */
  readonly counts: string;
}

interface Given {
  readonly scope: Scope;
  readonly atMs: number;
}

interface Tokens {
  readonly NextToken?: string | undefined;
  readonly ShardIterator?: string | undefined;
  readonly NextShardIterator?: string | undefined;
}

export class Scopes {
  readonly #given: ForgetfulMap<Given>;

  constructor(readonly clock: Clock) {
    this.#given = new ForgetfulMap(({ atMs }) => clock.monotonicMs() - atMs > TOKEN_MS, SWEEP_FROM);
  }

  of(input: object): Scope {
    const { ShardId } = input as { ShardId?: string };
    const stream = streamOf(input);
    if (ShardId) return { stream, counts: `${stream} ${ShardId}` };
    const token = tokenOf(input);
    // Given to another process, or long ago: the token and its successors are what can be told apart.
    if (token) return this.#given.get(token)?.scope ?? { stream, counts: token };
    return { stream, counts: stream };
  }

  /** Each answer's token stands for what the call was about, in place of the one that the call itself carried. */
  remember(scope: Scope, input: object, output: unknown): void {
    const { NextToken, ShardIterator, NextShardIterator } = (output ?? {}) as Tokens;
    const next = ShardIterator ?? NextShardIterator ?? NextToken;
    if (!next) return;
    const used = tokenOf(input);
    if (used) this.#given.delete(used);
    this.#given.set(next, { scope, atMs: this.clock.monotonicMs() });
  }
}

/** An iterator names a shard even beside its stream; a page's token adds nothing to one. */
function tokenOf(input: object): string | undefined {
  const { ShardIterator, NextToken } = input as Tokens;
  return ShardIterator ?? (streamOf(input) ? undefined : NextToken);
}

/** The stream that a call is about, by name where it can be told. */
export function streamOf(input: object): string {
  const { StreamName, StreamARN, ResourceARN, ConsumerARN, StreamId } = input as Record<string, string | undefined>;
  if (StreamName) return StreamName;
  const arn = StreamARN ?? ResourceARN ?? ConsumerARN;
  if (arn) return /:stream\/([^/:]+)/.exec(arn)?.[1] ?? arn;
  return StreamId ?? "";
}
