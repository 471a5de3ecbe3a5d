/** What a failed call says to a person: what was asked, what came back, what to do next. Pure text. */
import type { KinesisError } from "../errors";
import {
  DeadlineError,
  OutcomeUnknownError,
  ResponseError,
  ServiceError,
  serviceErrors,
  TransportError,
} from "../errors";
import type { ErrorAnswer } from "./protocol";
import { isQuota } from "./retry";

/** What was asked: `SplitShard of stream "orders"`. */
export interface Asked {
  readonly operation: string;
  readonly stream: string;
  readonly endpoint: URL;
  readonly attempts: number;
}

const what = ({ operation, stream }: Asked): string => (stream ? `${operation} of stream "${stream}"` : operation);
const times = (attempts: number): string => (attempts === 1 ? "" : `, ${attempts} attempts`);

/** AWS's code -> what the person can do. */
const NEXT: { readonly [code: string]: string } = {
  AccessDeniedException: "Allow the caller this action in IAM, or use other credentials.",
  ExpiredTokenException: "The credentials have expired: get new ones (for SSO: `aws sso login`).",
  ExpiredToken: "The credentials have expired: get new ones (for SSO: `aws sso login`).",
  UnrecognizedClientException:
    "AWS doesn't know these credentials: check the access key and that it belongs to this partition.",
  InvalidClientTokenId:
    "AWS doesn't know these credentials: check the access key and that it belongs to this partition.",
  InvalidSignatureException: "The secret access key doesn't fit the access key, or this machine's clock is wrong.",
  IncompleteSignatureException: "Something between here and AWS changed the request, most likely a proxy.",
  MissingAuthenticationTokenException: "Something between here and AWS removed the signature, most likely a proxy.",
  SubscriptionRequiredException: "Sign the account up for Kinesis in the AWS console.",
  OptInRequired: "Enable this region for the account, or sign the account up for Kinesis.",
  ExpiredIteratorException: "Ask GetShardIterator for a new iterator.",
  ExpiredNextTokenException: "Begin the list again.",
  ResourceNotFoundException: "Check the name, the region and the account.",
  KMSAccessDeniedException: "Allow the caller this key in its policy.",
  KMSDisabledException: "Enable the key, or choose another.",
  KMSNotFoundException: "Check the key and its region.",
  UnknownOperationException: "The endpoint doesn't know this operation: an emulator may be too old for it.",
};

function next(error: ErrorAnswer): string | undefined {
  if (error.code === "LimitExceededException") {
    return isQuota(error.message)
      ? "This is a quota: free some of it, or ask AWS to raise it (Service Quotas)."
      : "The account asks too fast, other programs included: try again later.";
  }
  if (error.status >= 300 && error.status < 400) return "Redirects are never followed: correct the endpoint.";
  return NEXT[error.code] ?? (error.status >= 500 ? "AWS failed on its side: try again later." : undefined);
}

export function serviceError(asked: Asked, error: ErrorAnswer, retryable: boolean): ServiceError {
  // Some layers leave out the suffix that the model's names have.
  const code =
    error.code in serviceErrors || !(`${error.code}Exception` in serviceErrors) ? error.code : `${error.code}Exception`;
  const { operation, attempts } = asked;
  const { status, requestId, body, message: awsMessage, serverTimeMs } = error;
  const serverTime = serverTimeMs === undefined ? undefined : new Date(serverTimeMs);
  const id = requestId ? `, request id ${requestId}` : "";
  const words = awsMessage ? `: ${awsMessage.replace(/\.$/, "")}` : "";
  const text = `${what(asked)} failed: ${code}${words} (HTTP ${status}${id}${times(attempts)}).`;
  const advice = next({ ...error, code });
  const Class = Object.hasOwn(serviceErrors, code) ? (serviceErrors[code] ?? ServiceError) : ServiceError;
  return new Class(
    { code, awsMessage, status, operation, requestId, body, retryable, attempts, serverTime },
    advice ? `${text} ${advice}` : text,
  );
}

/** What comes from the way to the proxy where there is one: the endpoint's own name is looked up and called by the proxy. */
function proxyWords(reason: string, host: string, proxy: string): string | undefined {
  const setting = "check HTTPS_PROXY (for an http:// endpoint HTTP_PROXY), or name the host in NO_PROXY";
  switch (reason) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the proxy ${proxy} on the way to ${host} does not resolve: ${setting}`;
    case "ECONNREFUSED":
      return `nothing answers at the proxy ${proxy} on the way to ${host} (connection refused): ${setting}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `the proxy ${proxy} on the way to ${host} can't be reached: ${setting}`;
    case "UND_ERR_CONNECT_TIMEOUT":
      return `no connection to ${host} in time through the proxy ${proxy}: ${setting}`;
    case "PROXY_LOST":
      return `the proxy ${proxy} hung up when it was asked for ${host}: ${setting}`;
  }
  return undefined;
}

/** The reason of a lost connection -> what happened and what to do; `host` is host and port. */
function lostWords(reason: string, host: string, detail: string): string {
  switch (reason) {
    case "UND_ERR_CLOSED":
    case "UND_ERR_DESTROYED":
      return "the client was closed: make a new one";
    case "PROXY_407":
      return `the proxy on the way to ${host} wants a user and a password: put them into HTTPS_PROXY, as http://user:password@proxy:port`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host ${host} does not resolve: check the region or the endpoint, and the network`;
    case "ECONNREFUSED":
      return `nothing answers at ${host} (connection refused): check the endpoint, or start the emulator there`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${host} can't be reached: check the network, VPN and proxy settings`;
    case "UND_ERR_CONNECT_TIMEOUT":
      return `no connection to ${host} in time: check the network, VPN and proxy settings (HTTPS_PROXY, NO_PROXY)`;
    case "ERR_TIMEOUT":
      return `no complete answer from ${host} in time: try again, or raise \`requestTimeoutMs\``;
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return `the connection to ${host} was lost (${detail}): try again; if it goes on, check the network, and the scheme and port of the endpoint`;
    case "HTTP_PARSER":
      return `what answers at ${host} does not speak HTTP (${detail}): check the port of the endpoint`;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "EPROTO":
      return `what answers at ${host} does not speak TLS (${reason}): check the port of the endpoint, and whether it is an http:// one`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${host} is for other hosts (${detail}): check the endpoint and the proxy`;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${host} is not valid at this time (${reason}): check this machine's clock, then ask whoever runs that host or your network's proxy`;
  }
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)|CERT/.test(reason)) {
    return `the certificate of ${host} is not trusted (${reason}): set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the file with your network's CA`;
  }
  if (reason.startsWith("PROXY_")) {
    return `the proxy refuses to connect to ${host} (status ${reason.slice(6)}): allow it there, or name the host in NO_PROXY`;
  }
  return `the call to ${host} failed (${reason}: ${detail})`;
}

export interface LostLike {
  readonly reason: string;
  readonly sent: boolean;
  readonly message: string;
  readonly cause: unknown;
  readonly proxy?: string | undefined;
}

export function transportError(asked: Asked, lost: LostLike): TransportError {
  // OpenSSL ends its words with a new line.
  const detail = lost.message.replace(/^(Error: )+/, "").trim();
  const { host } = asked.endpoint;
  const throughProxy = lost.proxy === undefined ? undefined : proxyWords(lost.reason, host, lost.proxy);
  const words = throughProxy ?? lostWords(lost.reason, host, detail);
  return new TransportError(
    asked.operation,
    lost.reason,
    lost.sent,
    `${what(asked)}: ${words}${attemptsNote(asked)}.`,
    { cause: withoutBytes(lost.cause) },
  );
}

/** undici keeps what it could not parse, and what does not speak HTTP may echo the request with its credentials. */
function withoutBytes(cause: unknown): unknown {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("data" in error) delete (error as { data?: unknown }).data;
  }
  return cause;
}

/** The call's own time ended while it was on its way. */
export function lateError(asked: Asked, lost: LostLike, allowedMs: number): DeadlineError {
  const missing = lost.sent ? "no complete answer from" : "no connection to";
  const way = lost.proxy === undefined ? "" : ` through the proxy ${lost.proxy}`;
  return new DeadlineError(
    asked.operation,
    `${what(asked)}: ${missing} ${asked.endpoint.host}${way} within the ${allowedMs} ms that the call may take${attemptsNote(asked)}: try again, or allow more with \`deadlineMs\`.`,
    { cause: transportError(asked, lost) },
  );
}

export function responseError(asked: Asked, problem: Error, requestId: string | undefined): ResponseError {
  const id = requestId ? ` (request id ${requestId})` : "";
  return new ResponseError(
    asked.operation,
    requestId,
    `${what(asked)}: ${problem.message}${id}${attemptsNote(asked)}. Check what stands between here and ${asked.endpoint.host}.`,
    { cause: problem },
  );
}

export function outcomeUnknown(asked: Asked, cause: KinesisError): OutcomeUnknownError {
  return new OutcomeUnknownError(
    asked.operation,
    `${what(asked)} was sent and its outcome is not known, it may have taken effect: look at the stream before asking again. ${cause.message}`,
    { cause },
  );
}

const attemptsNote = ({ attempts }: Asked): string => (attempts === 1 ? "" : ` (${attempts} attempts)`);

/** What somebody else's error says, as far as its first sentence: the rest is advice for other people. */
export const firstSentence = (cause: unknown): string => {
  const words = (cause instanceof Error ? cause.message : String(cause)).replace(/^(Error: )+/, "");
  return (words.split(/(?<=\.)\s|\n/, 1)[0] ?? words).replace(/\.$/, "");
};
