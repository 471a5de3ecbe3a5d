/**
 * Every error that leaves this package. Match on the stable `code`, never on `instanceof`: two copies of a package in
 * one process have two classes of the same name.
 *
 * A message says what was asked, what came back (AWS's code, its words, the request id) and what the person can do
 * next. No message and no field carries a secret.
 */
export abstract class KinesisError extends Error {
  /** Stable, documented, `ERR_KINESIS_…` or AWS's own code for what AWS answered. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The client: what fails before a call is made
// ---------------------------------------------------------------------------------------------------------------

/** One property of an input and what is wrong with it: "ShardCount" "must be at least 1". */
export interface InputIssue {
  /** Where in the input, as one writes it: `Records[3].PartitionKey`; empty for the input as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** The input breaks a documented rule; nothing was sent. Every issue is in it, not only the first, up to twenty. */
export class InputError extends KinesisError {
  readonly code = "ERR_KINESIS_INPUT";

  constructor(
    readonly operation: string,
    readonly issues: readonly InputIssue[],
  ) {
    super(`${operation}: ${issues.map(({ path, problem }) => (path ? `${path} ${problem}` : problem)).join("; ")}`);
  }
}

/** What the client needs to know before it can call AWS. */
export type Setting = "region" | "credentials" | "endpoint" | "profile" | "proxy" | "certificates" | "options";

/** A setting is missing or can't be used; the message says what to set. Nothing was sent to Kinesis. */
export class ConfigurationError extends KinesisError {
  readonly code = "ERR_KINESIS_CONFIGURATION";

  constructor(
    readonly setting: Setting,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The client: what fails on the way
// ---------------------------------------------------------------------------------------------------------------

/** No usable answer came: the host is unknown, the connection was refused or lost, or time ran out. */
export class TransportError extends KinesisError {
  readonly code = "ERR_KINESIS_TRANSPORT";

  constructor(
    readonly operation: string,
    /** The system's or the HTTP client's own code, as `ECONNREFUSED`; stable enough to match on. */
    readonly reason: string,
    /** False where the request certainly never left: repeating it is always safe. */
    readonly sent: boolean,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * The deadline of the whole call (waiting and retries included) passed while it waited or was on its way. Where it was on
 * its way, `cause` is a TransportError whose `sent` says whether it may have taken effect.
 */
export class DeadlineError extends KinesisError {
  readonly code = "ERR_KINESIS_DEADLINE";

  constructor(
    readonly operation: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** AWS answered with success, and the answer can't be read: cut off, not JSON, or a field of the wrong kind. */
export class ResponseError extends KinesisError {
  readonly code = "ERR_KINESIS_RESPONSE";

  constructor(
    readonly operation: string,
    readonly requestId: string | undefined,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * The request was sent and its outcome is not known: it may have taken effect. Thrown instead of a retry where
 * repeating could act twice (CreateStream, SplitShard, MergeShards and what spends a daily allowance).
 * Look at the stream before asking again.
 */
export class OutcomeUnknownError extends KinesisError {
  readonly code = "ERR_KINESIS_OUTCOME_UNKNOWN";

  constructor(
    readonly operation: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The client: what AWS answered
// ---------------------------------------------------------------------------------------------------------------

/** What AWS said when it refused a call. */
export interface ServiceErrorDetails {
  /** AWS's code without namespace or link: `ResourceInUseException`; `HTTP_503` where the answer carried none. */
  readonly code: string;
  /** AWS's own words; may be empty. */
  readonly awsMessage: string;
  readonly status: number;
  readonly operation: string;
  readonly requestId: string | undefined;
  /** The answer's body as text (its first 4,096 characters), for the cases this package doesn't know. */
  readonly body: string;
  /** Whether asking again later can help; the client has already done so as often as it may. */
  readonly retryable: boolean;
  /** How often the request was sent. */
  readonly attempts: number;
  /** When the server answered, by its own clock; undefined where it doesn't say. */
  readonly serverTime?: Date | undefined;
}

/** AWS refused. `code` is AWS's; codes that Kinesis documents have classes of their own, listed in `serviceErrors`. */
export class ServiceError extends KinesisError implements ServiceErrorDetails {
  readonly code: string;
  readonly awsMessage: string;
  readonly status: number;
  readonly operation: string;
  readonly requestId: string | undefined;
  readonly body: string;
  readonly retryable: boolean;
  readonly attempts: number;
  readonly serverTime: Date | undefined;

  constructor(details: ServiceErrorDetails, message: string) {
    super(message);
    this.code = details.code;
    this.awsMessage = details.awsMessage;
    this.status = details.status;
    this.operation = details.operation;
    this.requestId = details.requestId;
    this.body = details.body;
    this.retryable = details.retryable;
    this.attempts = details.attempts;
    this.serverTime = details.serverTime;
  }
}

/** A shard, or the account's allowance of reads, writes or calls a second, is used up for the moment. */
export class ProvisionedThroughputExceededException extends ServiceError {}
/** Two things under one code: too fast (`retryable`), or a quota is reached (not `retryable`; the message names it). */
export class LimitExceededException extends ServiceError {}
/** A shard iterator lives five minutes: ask GetShardIterator for a new one. */
export class ExpiredIteratorException extends ServiceError {}
/** The name is taken (CreateStream), or the stream isn't ACTIVE. */
export class ResourceInUseException extends ServiceError {}
/** There is no such stream, consumer or key here: wrong name, region or account, or it is gone. */
export class ResourceNotFoundException extends ServiceError {}
/** AWS can't take the input, alone or together with what the stream is. */
export class InvalidArgumentException extends ServiceError {}
/** The account isn't signed up for Kinesis. */
export class SubscriptionRequiredException extends ServiceError {}
/** IAM doesn't allow the caller this action. */
export class AccessDeniedException extends ServiceError {}
/** The input breaks a rule of AWS's. */
export class ValidationException extends ServiceError {}
/** What `DryRun: true` answers where the call would have succeeded. */
export class DryRunOperationException extends ServiceError {}
/** The token of a page lives five minutes: begin the list again. */
export class ExpiredNextTokenException extends ServiceError {}
/** AWS failed on its side. */
export class InternalFailureException extends ServiceError {}
/** The caller may not use the stream's KMS key. */
export class KMSAccessDeniedException extends ServiceError {}
/** The stream's KMS key is disabled. */
export class KMSDisabledException extends ServiceError {}
/** The stream's KMS key is in a state in which it can't be used. */
export class KMSInvalidStateException extends ServiceError {}
/** The stream's KMS key is not there. */
export class KMSNotFoundException extends ServiceError {}
/** The account isn't signed up for KMS. */
export class KMSOptInRequired extends ServiceError {}
/** KMS is asked too fast. */
export class KMSThrottlingException extends ServiceError {}

/** AWS's code -> class. A test keeps the table equal to the model of the newest SDK and each class's name equal to its key. */
export const serviceErrors: { readonly [code: string]: typeof ServiceError } = {
  ProvisionedThroughputExceededException,
  LimitExceededException,
  ExpiredIteratorException,
  ResourceInUseException,
  ResourceNotFoundException,
  InvalidArgumentException,
  SubscriptionRequiredException,
  AccessDeniedException,
  ValidationException,
  DryRunOperationException,
  ExpiredNextTokenException,
  InternalFailureException,
  KMSAccessDeniedException,
  KMSDisabledException,
  KMSInvalidStateException,
  KMSNotFoundException,
  KMSOptInRequired,
  KMSThrottlingException,
};

// ---------------------------------------------------------------------------------------------------------------
// The lifecycle: what stops a resource
// ---------------------------------------------------------------------------------------------------------------

/** Create found the name taken. The stream that has it is untouched. */
export class StreamExistsError extends KinesisError {
  readonly code = "ERR_KINESIS_STREAM_EXISTS";

  constructor(
    readonly streamName: string,
    readonly arn: string | undefined,
    /** The mark of a create that has not ended, of another resource than this one. */
    readonly mark?: string,
  ) {
    super(
      `stream ${streamName} exists already${arn === undefined ? "" : ` (${arn})`} and was left as it is. ` +
        (mark === undefined
          ? ""
          : `It carries the mark of a create that has not ended (pulumi-kinesis:creating = ${mark}), made by another ` +
            "resource, or under another Pulumi backend or on another machine; that create may still be running. ") +
        "To let this resource take it over, set adopt: true; if it is a stream of this stack that you have renamed in the " +
        "program, give the resource its old name under aliases; if this resource itself is being replaced, set " +
        "deleteBeforeReplace: true; otherwise choose another name.",
    );
  }
}

/** A stream that is to be adopted belongs to another resource of the same program. */
export class StreamOwnedError extends KinesisError {
  readonly code = "ERR_KINESIS_STREAM_OWNED";

  constructor(
    readonly streamName: string,
    /** The logical name of the resource that has the stream. */
    readonly owner: string,
    /** The logical name of the one that is to adopt it, where the owner is told. */
    readonly adopter?: string,
  ) {
    super(
      `stream ${streamName} belongs to resource ${owner} of this program` +
        `${adopter === undefined ? "" : `, and resource ${adopter} of it has adopt: true for the same stream`}: a stream has ` +
        "one owner, and nothing was done to it. Remove one of the two resources, or give one another name argument; if " +
        `${owner} was renamed in the program, give the new resource the old name under aliases.`,
    );
  }
}

/** The stream that a call is about was deleted, is being deleted, or was never there. */
export class StreamGoneError extends KinesisError {
  readonly code = "ERR_KINESIS_STREAM_GONE";

  constructor(
    readonly streamName: string,
    what: string,
  ) {
    super(
      `stream ${streamName} ${what}. Run \`pulumi refresh\` so that the state knows, then \`pulumi up\` to create what ` +
        "the program still wants.",
    );
  }
}

/** AWS deletes no stream while consumers are registered with it. */
export class ConsumersError extends KinesisError {
  readonly code = "ERR_KINESIS_CONSUMERS";

  constructor(
    readonly streamName: string,
    /** Undefined where they may not be listed. */
    readonly consumers: readonly string[] | undefined,
  ) {
    super(
      `stream ${streamName} was not deleted: ` +
        (consumers === undefined
          ? "AWS refuses it although the stream is ACTIVE, as it does while consumers are registered (to have them named here, " +
            "allow the caller ListStreamConsumers in IAM). "
          : `these consumers are registered with it: ${consumers.join(", ")}. `) +
        "Deregister them (aws kinesis deregister-stream-consumer), or set enforceConsumerDeletion: true and run `pulumi up`, " +
        "where the stream is still in the program; then run `pulumi up` or `pulumi destroy` again.",
    );
  }
}

/** The stream was requested, and AWS has not told its ARN yet: the create ended before it could be looked at. */
export class UnknownArnError extends KinesisError {
  readonly code = "ERR_KINESIS_UNKNOWN_ARN";

  constructor(readonly streamName: string) {
    super(
      `stream ${streamName} was requested by a create that failed before AWS told its ARN. Run \`pulumi refresh\` to learn ` +
        "it; if the stream was never created, remove it from the state with `pulumi state delete`.",
    );
  }
}

/** The time that a resource has for an operation passed; the message tells what was seen meanwhile. */
export class WaitTimeoutError extends KinesisError {
  readonly code = "ERR_KINESIS_WAIT_TIMEOUT";
}

/** A reshard ended between two operations: its time passed, or AWS refused the next one. The next `pulumi up` goes on. */
export class ReshardInterruptedError extends KinesisError {
  readonly code = "ERR_KINESIS_RESHARD_INTERRUPTED";
}

/** UpdateShardCount can't bring the stream to its shards: the allowance is used up, or it left others than it was asked for. */
export class UpdateShardCountError extends KinesisError {
  readonly code = "ERR_KINESIS_UPDATE_SHARD_COUNT";
}

/** The plan has more operations than the program allows. */
export class TooManyOperationsError extends KinesisError {
  readonly code = "ERR_KINESIS_TOO_MANY_OPERATIONS";

  constructor(
    readonly streamName: string,
    readonly operations: number,
    readonly most: number,
    /** Whether `operations` is only the least that it can take. */
    readonly isLeast = false,
  ) {
    super(
      `resharding stream ${streamName} takes ${isLeast ? "at least " : ""}${operations} operation${operations === 1 ? "" : "s"}, more than the ` +
        `${most} that resharding.maxOperations allows. Raise it to ${isLeast ? "what it takes" : operations} to confirm, ` +
        "or choose a cheaper shardCount.",
    );
  }
}

/** The stream is in a mode that this version can't manage. */
export class UnsupportedStreamError extends KinesisError {
  readonly code = "ERR_KINESIS_UNSUPPORTED_STREAM";
}

/** An exported stack can't be rewritten. */
export class MoveError extends KinesisError {
  readonly code = "ERR_KINESIS_MOVE";
}

/** A stream is not found, but through another endpoint than the one that the state knows. */
export class EndpointMismatchError extends KinesisError {
  readonly code = "ERR_KINESIS_ENDPOINT_MISMATCH";
}

/** The id in the state is none of ours. Nothing was called. */
export class InvalidIdError extends KinesisError {
  readonly code = "ERR_KINESIS_INVALID_ID";

  constructor(readonly id: string) {
    super(
      `${JSON.stringify(excerpt(id, 256))} is not an id of a resource of pulumi-kinesis: one looks like ` +
        "arn:aws:kinesis:<region>:<account>:stream/<name>, a consumer's goes on with /consumer/<name>:<number>, and that of a " +
        "StreamTags with /tags/<name>.",
    );
  }
}

/** The state of a resource is not what we have written. Nothing was called. */
export class InvalidStateError extends KinesisError {
  readonly code = "ERR_KINESIS_INVALID_STATE";

  constructor(
    readonly id: string,
    readonly faults: readonly string[],
  ) {
    super(
      `The state of ${JSON.stringify(excerpt(id, 256))} is not as pulumi-kinesis has written it: ${faults.join("; ")}. Mend it ` +
        "with `pulumi stack export` and `pulumi stack import`; or take the resource out of the state with " +
        "`pulumi state delete`, and a stream in again with adopt: true.",
    );
  }
}

/** Registering found the name taken. The consumer that has it is untouched. */
export class ConsumerExistsError extends KinesisError {
  readonly code = "ERR_KINESIS_CONSUMER_EXISTS";

  constructor(
    readonly consumerName: string,
    readonly streamName: string,
    readonly arn: string,
  ) {
    super(
      `consumer ${consumerName} of stream ${streamName} exists already (${arn}) and was left as it is. If it is a consumer ` +
        "of this stack that you have renamed in the program, give the resource its old name under aliases; if nobody needs " +
        "it, as after a create that was killed before Pulumi could save it, deregister it (aws kinesis " +
        "deregister-stream-consumer) and run `pulumi up` again; otherwise choose another name.",
    );
  }
}

/** The consumer that a call is about was deregistered, is being deregistered, or was never there. */
export class ConsumerGoneError extends KinesisError {
  readonly code = "ERR_KINESIS_CONSUMER_GONE";

  constructor(
    readonly consumerName: string,
    readonly streamName: string,
    what: string,
  ) {
    super(
      `consumer ${consumerName} of stream ${streamName} ${what}. Run \`pulumi refresh\` so that the state knows, then ` +
        "`pulumi up` to register what the program still wants.",
    );
  }
}

/** AWS registers no more consumers with the stream. */
export class ConsumerLimitError extends KinesisError {
  readonly code = "ERR_KINESIS_CONSUMER_LIMIT";

  constructor(
    readonly consumerName: string,
    readonly streamName: string,
    /** Those that are registered. */
    readonly consumers: readonly string[],
    options?: { cause?: unknown },
  ) {
    super(
      `consumer ${consumerName} was not registered: stream ${streamName} has ${consumers.length} consumers already and AWS ` +
        `admits no more: ${consumers.join(", ")}. Deregister one that nobody needs, or use another stream.`,
      options,
    );
  }
}

/** The stream or consumer has another policy already, set by somebody else. */
export class PolicyConflictError extends KinesisError {
  readonly code = "ERR_KINESIS_POLICY_CONFLICT";

  constructor(readonly resourceArn: string) {
    super(
      `${resourceArn} has another resource policy already, set by another owner, and it was left as it is. A stream or ` +
        "consumer has one policy only: to replace it, set overwrite: true; otherwise add your statements where it is set.",
    );
  }
}

/** The stream or consumer that a policy is for is not there. */
export class PolicyTargetGoneError extends KinesisError {
  readonly code = "ERR_KINESIS_POLICY_TARGET_GONE";

  constructor(readonly resourceArn: string) {
    super(
      `${resourceArn} is not there: a policy needs a stream or consumer to be on. Check the ARN, or run \`pulumi refresh\` ` +
        "if somebody deleted it.",
    );
  }
}

/** A look-up of something that isn't there, or of one thing where there are several. */
export class NotFoundError extends KinesisError {
  readonly code = "ERR_KINESIS_NOT_FOUND";
}

/** What is to be created needs a stream, and there is none. */
export class NoStreamError extends KinesisError {
  readonly code = "ERR_KINESIS_NO_STREAM";

  constructor(
    readonly streamName: string,
    readonly region: string,
    /** "a consumer needs a stream" */
    why: string,
  ) {
    super(
      `there is no stream ${streamName} in ${region}, and ${why}. Check its name, region and account; where the program ` +
        "itself creates it, give the resource's output (stream.arn, stream.name), so that Pulumi creates it first.",
    );
  }
}

/** Keys that a StreamTags wants have other values on the stream already. */
export class TagConflictError extends KinesisError {
  readonly code = "ERR_KINESIS_TAG_CONFLICT";

  constructor(
    readonly streamName: string,
    readonly keys: readonly string[],
  ) {
    super(
      `stream ${streamName} has other values for ${keys.join(", ")} already, set by another owner, and was left as it is. ` +
        "To take the keys over, set overwrite: true; otherwise remove them from tags.",
    );
  }
}

/** Two resources of one program want the same tag of a stream. */
export class TagClaimedError extends KinesisError {
  readonly code = "ERR_KINESIS_TAG_CLAIMED";

  constructor(
    readonly streamName: string,
    readonly keys: readonly string[],
    owner: string,
    other: string,
  ) {
    super(
      `${owner} and ${other} of this program both have the ${keys.length === 1 ? "tag" : "tags"} ${keys.join(", ")} of stream ` +
        `${streamName}: each would undo what the other one sets. Leave each key to one of them; the stack's default tags ` +
        "(kinesis:defaultTags) are tags of every Stream.",
    );
  }
}

/** There is no room for more tags; nothing was written. */
export class TagLimitError extends KinesisError {
  readonly code = "ERR_KINESIS_TAG_LIMIT";

  constructor(
    /** What the tags are on: "stream orders". */
    readonly thing: string,
    present: number,
    readonly keys: readonly string[],
    limit: number,
  ) {
    super(
      `${thing} has ${present} tags that stay, and AWS allows ${limit}: there is no room for ${keys.join(", ")}, and none of its ` +
        "tags were changed. Remove tags of it, or leave these out.",
    );
  }
}

/**
 * A resource that exists, and is not yet what the program says. Pulumi reads `id`, `properties` and `reasons`: it keeps
 * that state, shows the reasons, and calls update at the next `up` even if nothing differs.
 */
export class PartialStateError extends KinesisError {
  readonly code = "ERR_KINESIS_PARTIAL_STATE";
  readonly reasons: string[];

  constructor(
    readonly id: string,
    readonly properties: Record<string, unknown>,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(reason, { cause });
    this.reasons = [reason];
  }
}

// ---------------------------------------------------------------------------------------------------------------

/** The most that a message quotes of what somebody else has written: an error is read by people, and must stay readable. */
const QUOTED_MOST = 64;
/** The most faults that a message lists: with a thousand bad tags, those of the first say it all. */
export const FAULTS_MOST = 20;

/** `text` as far as a message may quote it. */
export const excerpt = (text: string, most = QUOTED_MOST): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;

/** A property's name as a message writes it: as it is where it is a plain word, else quoted, and never the whole of a long one. */
export const quotedName = (name: string): string => {
  const short = excerpt(name);
  return /^[\w$-]+$/.test(name) && short === name ? name : JSON.stringify(short);
};

/** Whether `error` carries this code: ours (`ERR_KINESIS_…`) or AWS's own. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Whether the same question may be answered later: AWS was too busy, or its answer was lost. */
export const mayPass = (error: unknown): error is KinesisError =>
  error instanceof ServiceError
    ? error.retryable
    : error instanceof TransportError || error instanceof DeadlineError || error instanceof ResponseError;

/** Whether `error` is a sentence for a person, from any module of this package, and not a bug. */
export function isPresentable(error: unknown): error is Error {
  if (error instanceof KinesisError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_KINESIS_");
}
