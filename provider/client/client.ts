/**
 * The client: joins the files beside it. A call is checked, waits for its turn, is signed and sent, and its answer read;
 * what fails is judged by retry.ts. Region, endpoint and credentials are looked up at the first call.
 */
import { setMaxListeners } from "node:events";
import {
  ConfigurationError,
  DeadlineError,
  excerpt,
  InputError,
  KinesisError,
  mayPass,
  OutcomeUnknownError,
  ResourceInUseException,
  ResourceNotFoundException,
} from "../errors";
import { nearest } from "../nearest";
import type { Platform } from "../platform";
import { realPlatform } from "../platform";
import { awsChain } from "./aws-chain";
import type { ChainTransport } from "./chain-transport";
import { chainTransport } from "./chain-transport";
import type { IsCreating } from "./creating-gate";
import type { Credentials, CredentialsSource } from "./credentials";
import { openCredentials } from "./credentials";
import { resolveEndpoint, resolveRegion } from "./endpoints";
import type { Asked } from "./explain";
import { lateError, outcomeUnknown, responseError, serviceError, transportError } from "./explain";
import type { CallOptions, OutputOf, PutRecordsOptions } from "./methods";
import { KinesisOperations } from "./methods";
import type { Operation } from "./operations";
import { operations } from "./operations";
import type { KinesisClientOptions } from "./options";
import { checkCallOptions, checkClientOptions, checkPutRecordsOptions } from "./options";
import * as protocol from "./protocol";
import { proxyFor } from "./proxy";
import { putUntilIn } from "./put-records";
import type { RateLimits } from "./rate-limits";
import { recordIssues } from "./records";
import type { Failure, Verdict } from "./retry";
import { classify, delayMs, RetryQuota } from "./retry";
import { noOutput } from "./schemas";
import { streamOf } from "./scopes";
import type * as shapes from "./shapes";
import type { OperationName, OperationTypes } from "./shapes";
import type { Profile } from "./shared-config";
import { readCaBundle, readProfile } from "./shared-config";
import { accountOf, limitsKey, sharedRateLimits } from "./shared-limits";
import type { Sign } from "./signing";
import { signerFor } from "./signing";
import { Sockets } from "./sockets";
import type { Transport } from "./transport";
import { Lost, openTransport } from "./transport";
import type { Patience } from "./waiting";
import { unlessAborted } from "./waiting";

/** What is known once region, endpoint and credentials are looked up. */
interface Connection {
  readonly region: string;
  readonly endpoint: URL;
  readonly sign: Sign;
  readonly credentials: CredentialsSource;
  readonly transport: Transport;
  readonly sockets: Sockets;
  /** Ends the connections of the transport, and of the credential chain's. */
  readonly close: () => Promise<void>;
  /** Those of the last call, and what they were found by. */
  limits?: { readonly of: RateLimits; readonly key: string; readonly credentials: Credentials };
}

type AnyOperation = Operation<unknown, unknown>;

/** One call on its way. */
interface Call {
  readonly operation: OperationName;
  readonly row: AnyOperation;
  readonly input: object;
  /** Encoded before anything is awaited: the caller may use its buffers again at once. */
  readonly body: string;
  readonly stream: string;
  readonly options: CallOptions;
  readonly allowedMs: number;
  /** Monotonic. */
  readonly deadlineMs: number;
  readonly maxAttempts: number;
}

interface Failed {
  readonly asked: Asked;
  readonly credentials: Credentials;
  readonly failure: Failure;
  /** The error to throw if this was the last attempt. */
  readonly error: (retryable: boolean) => KinesisError;
  readonly signedAtMs: number;
  readonly serverTimeMs?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

interface Judged extends Failed {
  readonly verdict: Verdict;
  /** Counted from one. */
  readonly attempt: number;
}

/** What became of one attempt. */
type Result = { readonly output: unknown } | Failed;

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
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(options: KinesisClientOptions = {}, platform: Platform = realPlatform) {
    super();
    checkClientOptions(options);
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

  /**
   * Refuses new calls from now on, waits for those under way (in line and between two attempts, too: their AbortSignals
   * end them sooner), and ends the connections. The client can't be used again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    // A call may ask others while it goes on: for a place among the streams that are CREATING, for records that failed.
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  /**
   * Makes one call: checks the input, waits for its turn, signs, sends, and tries again where that is safe and can help.
   *
   * Errors: InputError and ConfigurationError before anything is sent; ServiceError (and its named classes) for what AWS
   * refuses; TransportError, ResponseError, DeadlineError on the way; OutcomeUnknownError where the request may have
   * taken effect and repeating it isn't safe.
   */
  async call<Name extends OperationName, Base64 extends boolean | undefined = true>(
    operation: Name,
    input: OperationTypes[Name]["input"],
    options: CallOptions & { base64?: Base64 } = {},
  ): Promise<OutputOf<Name, Base64>> {
    this.#refuseIfClosed(operation);
    // The table pairs `base64` with the schema of what comes back.
    return this.#ask(operation, input, options) as Promise<OutputOf<Name, Base64>>;
  }

  override async putRecords(
    input: shapes.PutRecordsInput,
    options: PutRecordsOptions = {},
  ): Promise<shapes.PutRecordsOutput> {
    this.#refuseIfClosed("PutRecords");
    return this.#waitedFor(this.#putRecords(input, options));
  }

  #refuseIfClosed(operation: string): void {
    if (this.#closing) throw new ConfigurationError("options", `${operation}: the client was closed; make a new one.`);
  }

  /** Keeps `close` waiting for it. */
  #waitedFor<T>(call: Promise<T>): Promise<T> {
    this.#underWay.add(call);
    const over = () => this.#underWay.delete(call);
    call.then(over, over);
    return call;
  }

  /** A call of the program's, or one that such a call needs. */
  async #ask<Name extends OperationName>(
    operation: Name,
    input: OperationTypes[Name]["input"],
    options: CallOptions,
  ): Promise<OperationTypes[Name]["output"]> {
    // The table pairs each operation with the schema of its output.
    return this.#waitedFor(this.#run(this.#prepare(operation, input, options)) as Promise<never>);
  }

  async #putRecords(input: shapes.PutRecordsInput, options: PutRecordsOptions): Promise<shapes.PutRecordsOutput> {
    checkPutRecordsOptions(options);
    const { retryFailedRecords = false, ...callOptions } = options;
    const call = this.#prepare("PutRecords", input, callOptions);
    const leftMs = () => this.#leftMs(call);
    const first = (await this.#run(call)) as shapes.PutRecordsOutput;
    if (!retryFailedRecords || !first.FailedRecordCount) return first;
    // As it was sent, and not the input, whose buffers may hold other bytes by now.
    const sent = JSON.parse(call.body) as shapes.PutRecordsInput;
    return putUntilIn(sent, first, {
      send: (failed) =>
        this.#ask("PutRecords", failed, { ...callOptions, base64: false, deadlineMs: Math.max(1, leftMs()) }),
      pause: async (round) => {
        const pauseMs = delayMs("throttled", round, this.#platform.random());
        if (round >= call.maxAttempts || pauseMs > leftMs()) return false;
        await this.#platform.sleep(pauseMs, callOptions.signal);
        return true;
      },
    });
  }

  /** Checks what was given, and makes of it what does not change any more. */
  #prepare(operation: OperationName, input: object, options: CallOptions): Call {
    // Of another kind than text it may throw when it is made one.
    const isName = typeof operation === "string" && Object.hasOwn(operations, operation);
    const row = isName ? (operations[operation] as AnyOperation) : undefined;
    if (!row) throw noOperation(operation);
    checkCallOptions(operation, options);
    const { base64 = true, signal } = options;
    const { checked, issues } = protocol.checkInput(row.input(), input);
    if (issues.length === 0) issues.push(...recordIssues(operation, checked, base64));
    if (issues.length > 0) throw new InputError(operation, issues);
    signal?.throwIfAborted();
    // One signal for many calls is usual, and each of them listens to it: Node would take more than ten for a leak.
    if (signal instanceof EventTarget) setMaxListeners(0, signal);
    const allowedMs = this.#allowedMs(operation, options);
    return {
      operation,
      row,
      input: checked,
      body: protocol.encode(operation, checked, base64),
      stream: streamOf(checked),
      options,
      allowedMs,
      deadlineMs: this.#platform.monotonicMs() + allowedMs,
      maxAttempts: this.#maxAttempts(options),
    };
  }

  #allowedMs(operation: OperationName, options: CallOptions): number {
    const usualMs = operations[operation].createsStream ? 3_600_000 : 120_000;
    return options.deadlineMs ?? this.#options.deadlineMs ?? usualMs;
  }

  #maxAttempts(options: CallOptions): number {
    return options.maxAttempts ?? this.#options.maxAttempts ?? 10;
  }

  get #maxSockets(): number {
    return this.#options.maxSockets ?? 50;
  }

  #leftMs({ deadlineMs }: Call): number {
    return deadlineMs - this.#platform.monotonicMs();
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
    let renewed = false;
    let unreached = 0;
    let retryCost: number | undefined;
    let last: KinesisError | undefined;
    const inTime: Patience = { deadlineMs, late: () => noTurn(call, last), signal };
    for (let attempt = 1; ; attempt++) {
      if (bucket && !bucket.tryTake()) await bucket.take(scope?.stream ?? "", inTime);
      // Sent with no time left for its answer, a call that may not be repeated would end as "outcome unknown".
      if (this.#leftMs(call) <= 0) throw last ?? inTime.late();
      const late = () => noSocket(call, this.#maxSockets, last);
      const giveBack = await connection.sockets.take(this.#leftMs(call), { ...inTime, late });
      const result = await this.#attempt(call, connection, attempt).finally(giveBack);
      if ("output" in result) {
        bucket?.succeeded();
        this.#retryQuota.succeeded(retryCost);
        if (limits) noticeStatus(result.output, limits);
        if (scope && row.rate.per !== "account") limits?.scopes.remember(scope, call.input, result.output);
        return result.output;
      }
      const { failure, error, serverTimeMs } = result;
      unreached = failure.kind === "lost" && !failure.sent ? unreached + 1 : 0;
      const verdict = classify(failure, {
        unreached,
        retryAfterAmbiguity: row.retryAfterAmbiguity,
        clockOffMs: serverTimeMs === undefined ? undefined : serverTimeMs - result.signedAtMs,
        renewable: connection.credentials.renewable && !renewed,
      });
      if (verdict === "ambiguous") throw outcomeUnknown(result.asked, error(false));
      if (verdict === "final") throw error(false);
      if (verdict === "throttled") bucket?.throttled();
      last = error(true);
      // A bucket that has learned that it was too fast slows all its calls down: these retries multiply nothing.
      const isSlowed = verdict === "throttled" && bucket !== undefined;
      retryCost = isSlowed ? undefined : RetryQuota.costOf(failure);
      if (attempt >= call.maxAttempts || (retryCost !== undefined && !this.#retryQuota.take(retryCost))) throw last;
      renewed ||= verdict === "expired-credentials";
      if (!(await this.#mend(call, connection, { ...result, verdict, attempt }))) throw last;
    }
  }

  /** Does what must be done before the next attempt: other credentials, a corrected clock, or a pause. False: no time for it. */
  async #mend(call: Call, { credentials }: Connection, failed: Judged): Promise<boolean> {
    const { verdict, serverTimeMs } = failed;
    if (verdict === "expired-credentials") {
      credentials.expire(failed.credentials);
      return true;
    }
    if (verdict === "skewed-clock" && serverTimeMs !== undefined) {
      this.#clockOffsetMs = serverTimeMs - this.#platform.now();
      return true;
    }
    const kind = verdict === "throttled" ? "throttled" : "transient";
    const pauseMs = delayMs(kind, failed.attempt, this.#platform.random(), failed.retryAfterMs);
    if (this.#platform.monotonicMs() + pauseMs > call.deadlineMs) return false;
    await this.#platform.sleep(pauseMs, call.options.signal);
    return true;
  }

  async #attempt(call: Call, connection: Connection, attempt: number): Promise<Result> {
    const { operation, body, stream, options } = call;
    const asked: Asked = { operation, stream, endpoint: connection.endpoint, attempts: attempt };
    const credentials = await this.#credentials(call, connection);
    const signedAtMs = this.#now();
    const request = await connection.sign(operation, body, credentials, signedAtMs);
    const sent = { asked, credentials, signedAtMs };
    const { requestTimeoutMs = 30_000 } = this.#options;
    const leftMs = Math.max(1, this.#leftMs(call));
    let answer: protocol.HttpAnswer;
    try {
      answer = await connection.transport.send(request, Math.min(requestTimeoutMs, leftMs), options.signal);
    } catch (lost) {
      if (!(lost instanceof Lost)) throw lost;
      const failure: Failure = { kind: "lost", reason: lost.reason, sent: lost.sent };
      const isLate = lost.timedOut && leftMs <= requestTimeoutMs;
      const error = () => (isLate ? lateError(asked, lost, call.allowedMs) : transportError(asked, lost));
      return { ...sent, failure, error };
    }
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    // Only where something went wrong: most calls have no use for it.
    const secrets = () => [secretAccessKey, sessionToken, accessKeyId, ...protocol.privateTexts(call.input)];
    if (answer.status >= 200 && answer.status < 300) {
      try {
        return { output: readOutput(call, answer) };
      } catch (problem) {
        if (!(problem instanceof protocol.UnreadableAnswer)) throw problem;
        const id = protocol.requestId(answer, secrets());
        return { ...sent, failure: { kind: "unreadable" }, error: () => responseError(asked, problem, id) };
      }
    }
    const refused = protocol.readError(answer, secrets(), body);
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
    const leftMs = Math.max(1, this.#leftMs(call));
    const late = this.#platform.sleep(leftMs, got.signal).then(() => Promise.reject(noCredentials(call)));
    try {
      return await unlessAborted(Promise.race([credentials.get(this.#now(), got.signal), late]), call.options.signal);
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
  readonly #isCreating: IsCreating = async (stream, allowedMs) => {
    try {
      const input = { StreamName: stream };
      const options = { deadlineMs: allowedMs };
      const { StreamDescriptionSummary } = await this.#ask("DescribeStreamSummary", input, options);
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
    const { connectTimeoutMs = 5_000, profile, credentials } = this.#options;
    const maxSockets = this.#maxSockets;
    const region = await this.region();
    const endpoint = await this.#resolveEndpoint();
    const profileOf = () => this.#readProfile();
    // A name misspelt is told before any key is used, as the AWS CLI does it.
    if (!credentials && (profile || env.AWS_PROFILE)) await profileOf();
    const isTls = endpoint.protocol === "https:";
    const ca = isTls || env.AWS_CA_BUNDLE ? await readCaBundle(env, profileOf) : undefined;
    const open = (origin: URL) =>
      openTransport(origin, { connectTimeoutMs, maxSockets, proxy: proxyFor(origin, env), ca });
    let ofChain: ChainTransport | undefined;
    const chain = awsChain(
      {
        profile,
        region,
        readProfile: profileOf,
        // Opened when the chain is asked: with keys at hand a bad HTTPS_PROXY is nothing to a call over http.
        get transport() {
          ofChain ??= chainTransport(open);
          return ofChain;
        },
      },
      env,
    );
    const transport = open(endpoint);
    const sockets = new Sockets(maxSockets);
    return {
      region,
      endpoint,
      sign: signerFor(endpoint, region),
      credentials: openCredentials({ credentials, profile, chain }, env),
      transport,
      sockets,
      close: async () => {
        await Promise.all([transport.close(), ofChain?.close()]);
      },
    };
  }
}

function noOperation(given: unknown): InputError {
  if (typeof given !== "string") {
    const problem = 'the operation must be a name, as "DescribeStream"';
    return new InputError("call", [{ path: "", problem }]);
  }
  const meant = nearest(given, Object.keys(operations));
  const problem = `is no operation of this client${meant ? `: do you mean ${meant}?` : ""}`;
  return new InputError(excerpt(given), [{ path: "", problem }]);
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

const noSocket = ({ operation, allowedMs }: Call, maxSockets: number, cause: KinesisError | undefined) =>
  new DeadlineError(
    operation,
    `${operation}: waited for one of ${maxSockets} connections (\`maxSockets\`), all in use by other calls of this client, until the ${allowedMs} ms that it may take were over: make fewer calls at once, or raise \`maxSockets\` or \`deadlineMs\`.`,
    { cause },
  );

const noCredentials = ({ operation, allowedMs }: Call) =>
  new DeadlineError(
    operation,
    `${operation}: no AWS credentials came within the ${allowedMs} ms that it may take; nothing was sent: check what gets them (the network, a sign-in, a credential process), or allow more with \`deadlineMs\`.`,
  );

function readOutput({ operation, row, input, options }: Call, answer: protocol.HttpAnswer): unknown {
  if (!row.output) {
    protocol.decode(answer.body, noOutput());
    return undefined;
  }
  const schema = options.base64 === false && row.textOutput ? row.textOutput : row.output;
  const output = protocol.decode(answer.body, schema());
  if (operation === "PutRecords") {
    const sent = (input as shapes.PutRecordsInput).Records.length;
    const told = (output as shapes.PutRecordsOutput).Records.length;
    // Which record each result is of, only its place tells.
    if (told !== sent) throw new protocol.UnreadableAnswer(`the answer has ${told} results for ${sent} records`);
  }
  return output;
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
