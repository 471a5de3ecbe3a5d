/**
 * The client: joins the files beside it. A call is checked, waits for its turn, is signed and sent, and its answer read;
 * what fails is judged by retry.ts. Region, endpoint and credentials are looked up at the first call.
 */
import {
  ConfigurationError,
  DeadlineError,
  InputError,
  KinesisError,
  OutcomeUnknownError,
  ResourceInUseException,
  ResourceNotFoundException,
  ResponseError,
  ServiceError,
  TransportError,
} from "../errors";
import type { Platform } from "../platform";
import { realPlatform } from "../platform";
import { awsChain } from "./aws-chain";
import { chainTransport } from "./chain-transport";
import type { IsCreating } from "./creating-gate";
import type { Credentials, CredentialsProvider, CredentialsSource } from "./credentials";
import { openCredentials } from "./credentials";
import { resolveEndpoint, resolveRegion } from "./endpoints";
import type { Asked } from "./explain";
import { outcomeUnknown, responseError, serviceError, transportError } from "./explain";
import type { CallOptions, PutRecordsOptions } from "./methods";
import { KinesisOperations } from "./methods";
import type { Operation } from "./operations";
import { operations } from "./operations";
import * as protocol from "./protocol";
import { putUntilIn } from "./put-records";
import type { RateLimits } from "./rate-limits";
import type { Failure } from "./retry";
import { classify, delayMs, RetryQuota } from "./retry";
import { streamOf } from "./scopes";
import type * as shapes from "./shapes";
import type { OperationName, OperationTypes } from "./shapes";
import type { Profile } from "./shared-config";
import { readCaBundle, readProfile } from "./shared-config";
import { accountOf, limitsKey, sharedRateLimits } from "./shared-limits";
import type { Sign } from "./signing";
import { signerFor } from "./signing";
import type { Transport } from "./transport";
import { Lost, openTransport, proxyFor } from "./transport";
import type { Patience } from "./waiting";
import { unlessAborted } from "./waiting";

export interface KinesisClientOptions {
  /** @default AWS_REGION, AWS_DEFAULT_REGION, the profile's region */
  region?: string | undefined;
  /**
   * A profile of ~/.aws; wins over keys in the environment, which win over AWS_PROFILE, as with the AWS CLI.
   * @default AWS_PROFILE, "default"
   */
  profile?: string | undefined;
  /**
   * Where to call, with its scheme: a VPC endpoint or an emulator, as "http://localhost:4567".
   * @default AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, the profile's, the region's own
   */
  endpoint?: string | undefined;
  /** Constant credentials, or a function that gets them; it is asked again before they expire. @default AWS's own chain */
  credentials?: Credentials | CredentialsProvider | undefined;
  /** @default AWS_USE_FIPS_ENDPOINT, the profile's, false */
  useFipsEndpoint?: boolean | undefined;
  /** @default AWS_USE_DUALSTACK_ENDPOINT, the profile's, false */
  useDualstackEndpoint?: boolean | undefined;
  /** How often a request is sent at most, 1 to 100. @default 10 */
  maxAttempts?: number | undefined;
  /** Milliseconds that one attempt may take, connecting and the whole answer included. @default 30000 */
  requestTimeoutMs?: number | undefined;
  /** Milliseconds that connecting may take. @default 5000 */
  connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds that a call may take, waiting in line, retries and getting credentials included.
   * @default 120000; an hour for CreateStream, which waits while five streams are CREATING
   */
  deadlineMs?: number | undefined;
  /** Connections at most. @default 50 */
  maxSockets?: number | undefined;
  /** `false`: don't wait for AWS's documented rates and for fewer than five streams CREATING. @default true */
  rateLimits?: boolean | undefined;
}

/** What is known once region, endpoint and credentials are looked up. */
interface Connection {
  readonly region: string;
  readonly endpoint: URL;
  readonly sign: Sign;
  readonly credentials: CredentialsSource;
  readonly transport: Transport;
  /** Those of the last call, and what they were found by. */
  limits?: { readonly of: RateLimits; readonly key: string; readonly credentials: Credentials };
}

type AnyOperation = Operation<unknown, unknown>;

/** One call on its way. */
interface Call {
  readonly operation: OperationName;
  readonly row: AnyOperation;
  readonly input: object;
  readonly stream: string;
  readonly options: CallOptions;
  readonly allowedMs: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  readonly maxAttempts: number;
}

/** What became of one attempt. */
type Result =
  | { readonly output: unknown }
  | {
      readonly asked: Asked;
      readonly credentials: Credentials;
      readonly failure: Failure;
      /** The error to throw if this was the last attempt. */
      readonly error: (retryable: boolean) => KinesisError;
      readonly signedAtMs: number;
      readonly serverTimeMs?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    };

/**
 * A client for one region of one account: connections, credentials and the knowledge of its rate limits are kept between
 * calls, so make one and keep it. Nothing is looked up or opened before the first call.
 *
 *     const client = new KinesisClient({ region: "eu-central-1" });
 *     await client.putRecord({ StreamName: "orders", Data: "paid", PartitionKey: "4711" });
 *     for await (const shard of client.shards({ StreamName: "orders" })) console.log(shard.ShardId);
 */
export class KinesisClient extends KinesisOperations {
  readonly #options: KinesisClientOptions;
  readonly #platform: Platform;
  readonly #retryQuota = new RetryQuota();
  #connection: Promise<Connection> | undefined;
  #profile: Promise<Profile> | undefined;
  /** The server's clock minus ours, as far as a refused signature has taught us. */
  #clockOffsetMs = 0;
  #closed = false;

  constructor(options: KinesisClientOptions = {}, platform: Platform = realPlatform) {
    super();
    checkNumbers(options, "KinesisClient");
    this.#options = { ...options };
    this.#platform = platform;
  }

  /** The region that calls go to. Errors: ConfigurationError where none is set. */
  region(): Promise<string> {
    return resolveRegion(this.#options, this.#platform.env, () => this.#readProfile());
  }

  /** The URL that calls go to. Errors: ConfigurationError. */
  async endpoint(): Promise<string> {
    return (await this.#resolveEndpoint()).href;
  }

  /** Ends the connections once the calls under way are done. The client can't be used again. */
  async close(): Promise<void> {
    this.#closed = true;
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.transport.close();
  }

  /**
   * Makes one call: checks the input, waits for its turn, signs, sends, and tries again where that is safe and can help.
   *
   * Errors: InputError and ConfigurationError before anything is sent; ServiceError (and its named classes) for what AWS
   * refuses; TransportError, ResponseError, DeadlineError on the way; OutcomeUnknownError where the request may have
   * taken effect and repeating it isn't safe.
   */
  async call<Name extends OperationName>(
    operation: Name,
    input: OperationTypes[Name]["input"],
    options: CallOptions = {},
  ): Promise<OperationTypes[Name]["output"]> {
    const row: AnyOperation | undefined = Object.hasOwn(operations, operation)
      ? (operations[operation] as AnyOperation)
      : undefined;
    if (!row) throw new InputError(String(operation), [{ path: "", problem: "is no operation of this client" }]);
    const issues = protocol.inputIssues(row.input(), input);
    if (issues.length > 0) throw new InputError(operation, issues);
    checkNumbers(options, operation);
    if (this.#closed) throw new ConfigurationError("options", `${operation}: the client was closed; make a new one.`);
    options.signal?.throwIfAborted();
    const allowedMs = this.#allowedMs(operation, options);
    const call: Call = {
      operation,
      row,
      input,
      stream: streamOf(input),
      options,
      allowedMs,
      deadlineMs: this.#platform.monotonicMs() + allowedMs,
      maxAttempts: this.#maxAttempts(options),
    };
    // The table pairs each operation with the schema of its output.
    return (await this.#run(call)) as OperationTypes[Name]["output"];
  }

  override async putRecords(
    input: shapes.PutRecordsInput,
    options: PutRecordsOptions = {},
  ): Promise<shapes.PutRecordsOutput> {
    const { retryFailedRecords, ...callOptions } = options;
    const deadlineMs = this.#platform.monotonicMs() + this.#allowedMs("PutRecords", callOptions);
    const leftMs = () => deadlineMs - this.#platform.monotonicMs();
    const first = await this.call("PutRecords", input, callOptions);
    if (!retryFailedRecords || !first.FailedRecordCount) return first;
    return putUntilIn(input, first, {
      send: (failed) => this.call("PutRecords", failed, { ...callOptions, deadlineMs: Math.max(1, leftMs()) }),
      pause: async (round) => {
        const pauseMs = delayMs("throttled", round, this.#platform.random());
        if (round >= this.#maxAttempts(callOptions) || pauseMs > leftMs()) return false;
        await this.#platform.sleep(pauseMs, callOptions.signal);
        return true;
      },
    });
  }

  #allowedMs(operation: OperationName, options: CallOptions): number {
    const usualMs = operations[operation].createsStream ? 3_600_000 : 120_000;
    return options.deadlineMs ?? this.#options.deadlineMs ?? usualMs;
  }

  #maxAttempts(options: CallOptions): number {
    return options.maxAttempts ?? this.#options.maxAttempts ?? 10;
  }

  async #run(call: Call): Promise<unknown> {
    const { row, stream, options, deadlineMs } = call;
    const { signal } = options;
    const connection = await unlessAborted(this.#connect(), signal);
    const limits = "calls" in row.rate ? await this.#limits(call, connection) : undefined;
    if (!row.createsStream || !limits) return this.#send(call, connection, limits);
    const late = () => noPlace(call);
    const place = await limits.creating.enter(stream, this.#isCreating, { deadlineMs, late, signal });
    try {
      const output = await this.#send(call, connection, limits);
      place.keep();
      return output;
    } catch (error) {
      if (createdNothing(error)) place.giveBack();
      else place.keep();
      throw error;
    }
  }

  async #send(call: Call, connection: Connection, limits: RateLimits | undefined): Promise<unknown> {
    const { operation, row, options, deadlineMs } = call;
    const { signal } = options;
    const scope = limits?.scopes.of(call.input);
    const bucket = scope && "calls" in row.rate ? limits?.bucket(operation, row.rate, scope.counts) : undefined;
    const body = protocol.encode(call.input, options.base64 ?? true);
    let renewed = false;
    let last: KinesisError | undefined;
    const inTime: Patience = { deadlineMs, late: () => noTurn(call, last), signal };
    for (let attempt = 1; ; attempt++) {
      if (bucket && !bucket.tryTake()) await bucket.take(scope?.stream ?? "", inTime);
      // Sent with no time left for its answer, a call that may not be repeated would end as "outcome unknown".
      if (this.#platform.monotonicMs() >= deadlineMs) throw last ?? inTime.late();
      const result = await this.#attempt(call, connection, body, attempt);
      if ("output" in result) {
        bucket?.succeeded();
        this.#retryQuota.succeeded(attempt > 1);
        if (limits) noticeStatus(result.output, limits);
        if (scope && row.rate.per !== "account") limits?.scopes.remember(scope, call.input, result.output);
        return result.output;
      }
      const { failure, error, credentials, serverTimeMs } = result;
      const verdict = classify(failure, {
        attempt,
        retryAfterAmbiguity: row.retryAfterAmbiguity,
        clockOffMs: serverTimeMs === undefined ? undefined : serverTimeMs - result.signedAtMs,
        renewable: connection.credentials.renewable && !renewed,
      });
      if (verdict === "ambiguous") throw outcomeUnknown(result.asked, error(false));
      if (verdict === "final") throw error(false);
      if (verdict === "throttled") bucket?.throttled();
      last = error(true);
      if (attempt >= call.maxAttempts || !this.#retryQuota.take()) throw last;
      if (verdict === "expired-credentials") {
        connection.credentials.expire(credentials);
        renewed = true;
      } else if (verdict === "skewed-clock" && serverTimeMs !== undefined) {
        this.#clockOffsetMs = serverTimeMs - this.#platform.now();
      } else {
        const pauseMs = delayMs(
          verdict === "throttled" ? "throttled" : "transient",
          attempt,
          this.#platform.random(),
          result.retryAfterMs,
        );
        if (this.#platform.monotonicMs() + pauseMs > deadlineMs) throw last;
        await this.#platform.sleep(pauseMs, options.signal);
      }
    }
  }

  async #attempt(call: Call, connection: Connection, body: string, attempt: number): Promise<Result> {
    const { operation, stream, options, deadlineMs } = call;
    const asked: Asked = { operation, stream, endpoint: connection.endpoint, attempts: attempt };
    const credentials = await this.#credentials(call, connection);
    const signedAtMs = this.#now();
    const request = await connection.sign(operation, body, credentials, signedAtMs);
    const sent = { asked, credentials, signedAtMs };
    const leftMs = deadlineMs - this.#platform.monotonicMs();
    const timeoutMs = Math.max(1, Math.min(this.#options.requestTimeoutMs ?? 30_000, leftMs));
    let answer: protocol.HttpAnswer;
    try {
      answer = await connection.transport.send(request, timeoutMs, options.signal);
    } catch (lost) {
      if (!(lost instanceof Lost)) throw lost;
      const failure: Failure = { kind: "lost", reason: lost.reason, sent: lost.sent };
      return { ...sent, failure, error: () => transportError(asked, lost) };
    }
    if (answer.status >= 200 && answer.status < 300) {
      try {
        return { output: readOutput(call, answer) };
      } catch (problem) {
        if (!(problem instanceof protocol.UnreadableAnswer)) throw problem;
        const id = protocol.requestId(answer);
        return { ...sent, failure: { kind: "unreadable" }, error: () => responseError(asked, problem, id) };
      }
    }
    const refused = protocol.readError(answer, [credentials.secretAccessKey, credentials.sessionToken]);
    return {
      ...sent,
      failure: { kind: "answered", error: refused },
      error: (retryable) => serviceError(asked, refused, retryable),
      serverTimeMs: refused.serverTimeMs,
      retryAfterMs: refused.retryAfterMs,
    };
  }

  /** Waits for credentials no longer than the call may take: what gets them may hang (a sign-in, a metadata service). */
  async #credentials(call: Call, { credentials }: Connection): Promise<Credentials> {
    const known = credentials.atHand(this.#now());
    if (known) return known;
    const got = new AbortController();
    const leftMs = Math.max(1, call.deadlineMs - this.#platform.monotonicMs());
    const late = this.#platform.sleep(leftMs, got.signal).then(() => Promise.reject(noCredentials(call)));
    try {
      return await unlessAborted(Promise.race([credentials.get(this.#now()), late]), call.options.signal);
    } finally {
      late.catch(() => {});
      got.abort();
    }
  }

  async #limits(call: Call, connection: Connection): Promise<RateLimits | undefined> {
    if (this.#options.rateLimits === false) return undefined;
    const credentials = await this.#credentials(call, connection);
    const before = connection.limits;
    // An emulator's keys tell no account: renewed ones are the same one's.
    const sameAccount = before !== undefined && accountOf(before.credentials) === accountOf(credentials);
    const key =
      before?.credentials === credentials ? before.key : limitsKey(connection.endpoint, connection.region, credentials);
    // Looked up each time: they may have been forgotten, and another client may have made new ones.
    const of = sharedRateLimits(this.#platform, key, sameAccount ? before.of : undefined);
    connection.limits = { of, key, credentials };
    return of;
  }

  /** A field: it stands for this client in the line, however many of its calls wait there. */
  readonly #isCreating: IsCreating = async (stream, deadlineMs) => {
    try {
      const input = { StreamName: stream };
      const { StreamDescriptionSummary } = await this.call("DescribeStreamSummary", input, { deadlineMs });
      return StreamDescriptionSummary.StreamStatus === "CREATING";
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      if (mayPass(error)) throw error;
      return undefined;
    }
  };

  #now(): number {
    return this.#platform.now() + this.#clockOffsetMs;
  }

  #readProfile(): Promise<Profile> {
    this.#profile ??= readProfile(this.#platform.env, this.#options.profile).catch((error: unknown) => {
      // The file may be mended before the next call.
      this.#profile = undefined;
      throw error;
    });
    return this.#profile;
  }

  async #resolveEndpoint(): Promise<URL> {
    const region = await this.region();
    return resolveEndpoint(this.#options, region, this.#platform.env, () => this.#readProfile());
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#openConnection().catch((error: unknown) => {
      // What is missing may be there for the next call: a file written, a network up.
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #openConnection(): Promise<Connection> {
    const { env } = this.#platform;
    const { connectTimeoutMs = 5_000, maxSockets = 50, profile, credentials } = this.#options;
    const region = await this.region();
    const endpoint = await this.#resolveEndpoint();
    const profileOf = () => this.#readProfile();
    // A name misspelt is told before any key is used, as the AWS CLI does it.
    if (!credentials && (profile || env.AWS_PROFILE)) await profileOf();
    const isTls = endpoint.protocol === "https:";
    const ca = isTls || env.AWS_CA_BUNDLE ? await readCaBundle(env, profileOf) : undefined;
    const open = (origin: URL) =>
      openTransport(origin, { connectTimeoutMs, maxSockets, proxy: proxyFor(origin, env), ca });
    const needsOurs = ca !== undefined || proxyFor(new URL("https://sts"), env) !== undefined;
    const transport = needsOurs ? chainTransport(open) : undefined;
    const chain = awsChain({ profile, region, transport, readProfile: profileOf }, env);
    return {
      region,
      endpoint,
      sign: signerFor(endpoint, region),
      credentials: openCredentials({ credentials, profile, chain }, env),
      transport: open(endpoint),
    };
  }
}

/** The deadline came before the call's turn; `cause` is what the attempt before it met, if there was one. */
const noTurn = ({ operation, row, allowedMs }: Call, cause: KinesisError | undefined) => {
  const rate = "calls" in row.rate ? ` (AWS admits ${row.rate.calls} a second for each ${row.rate.per})` : "";
  return new DeadlineError(
    operation,
    `${operation}: its turn would come after the ${allowedMs} ms that it may take${rate}: try again later, or allow more with \`deadlineMs\`.`,
    { cause },
  );
};

const noPlace = ({ operation, stream, allowedMs }: Call) =>
  new DeadlineError(
    operation,
    `${operation} of stream "${stream}": after ${allowedMs} ms five streams were still CREATING, and AWS admits no more at a time; nothing was sent: try again later, or allow more with \`deadlineMs\`.`,
  );

const noCredentials = ({ operation, allowedMs }: Call) =>
  new DeadlineError(
    operation,
    `${operation}: no AWS credentials came within the ${allowedMs} ms that it may take; nothing was sent: check what gets them (the network, a sign-in, a credential process), or allow more with \`deadlineMs\`.`,
  );

function readOutput({ row, options }: Call, answer: protocol.HttpAnswer): unknown {
  if (!row.output) return undefined;
  const schema = options.base64 === false && row.textOutput ? row.textOutput : row.output;
  return protocol.decode(answer.body, schema());
}

/** Whoever looks at a stream frees its place among those that are CREATING. */
function noticeStatus(output: unknown, limits: RateLimits): void {
  const { StreamDescription, StreamDescriptionSummary } = (output ?? {}) as Partial<
    shapes.DescribeStreamOutput & shapes.DescribeStreamSummaryOutput
  >;
  const seen = StreamDescription ?? StreamDescriptionSummary;
  if (seen && seen.StreamStatus !== "CREATING") limits.creating.left(seen.StreamName);
}

/**
 * AWS refused a create, or it was never sent. Not so where the outcome is unknown, where the stream exists already (perhaps
 * CREATING), and where the program's own AbortSignal ended the call on its way.
 */
const createdNothing = (error: unknown): boolean =>
  error instanceof KinesisError && !(error instanceof OutcomeUnknownError || error instanceof ResourceInUseException);

/** Whether the same question may be answered later. */
const mayPass = (error: unknown): boolean =>
  error instanceof ServiceError
    ? error.retryable
    : error instanceof TransportError || error instanceof DeadlineError || error instanceof ResponseError;

const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  maxAttempts: [1, 100],
  requestTimeoutMs: [1, 900_000],
  connectTimeoutMs: [1, 900_000],
  deadlineMs: [1, 86_400_000],
  maxSockets: [1, 10_000],
};

/** Of the client and of a call: what isn't a number would make waits that never end. */
function checkNumbers(options: object, of: string): void {
  for (const [name, value] of Object.entries(options)) {
    const bounds = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
    if (!bounds || value === undefined) continue;
    const [least, most] = bounds;
    // Written so that NaN is out of bounds, too.
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      throw new ConfigurationError("options", `${of}: ${name} must be a number from ${least} to ${most}.`);
    }
  }
}
