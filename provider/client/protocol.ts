/**
 * AWS JSON 1.1 as Kinesis speaks it; pure.
 *
 *   POST /                                          always this path (a custom endpoint's own path comes before it)
 *   X-Amz-Target: Kinesis_20131202.CreateStream     names the operation
 *   Content-Type: application/x-amz-json-1.1
 *   {"StreamName":"orders","ShardCount":2}          Data as base64, timestamps as seconds with a fraction
 *
 * Success is a 2xx; an empty body then means that there is no result. Failure is any other status, with the code in
 * the body's `__type`, with or without a namespace (`com.amazonaws.kinesis.v20131202#ResourceInUseException`), or in
 * the header `x-amzn-errortype`, which may have a link behind it (`ResourceInUseException:http://…`). What stands
 * between us and Kinesis (load balancers, proxies) answers in HTML or XML.
 *
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import type { InputIssue } from "../errors";
import { FAULTS_MOST, quotedName } from "../errors";
import { withDataAsText } from "./records";
import type { Schema } from "./schemas";

export const CONTENT_TYPE = "application/x-amz-json-1.1";
/** Tells AWS who calls; not part of the signature, because proxies rewrite it. */
export const USER_AGENT = "pulumi-kinesis";
export const target = (operation: string): string => `Kinesis_20131202.${operation}`;

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

// -- what goes out ------------------------------------------------------------------------------------------------

/**
 * Checks an input and reports everything that is wrong with it. Only `checked` may be sent: it has what was looked at, also
 * where that is no property of the input's own (an instance of a class), which JSON would leave out.
 */
export function checkInput(schema: Schema<unknown>, input: unknown): { checked: object; issues: InputIssue[] } {
  let result: ReturnType<typeof schema.safeParse>;
  try {
    result = schema.safeParse(input, { reportInput: true });
  } catch (error) {
    const issues = unreadable(input);
    if (issues.length === 0) throw error;
    return { checked: {}, issues };
  }
  // Every input is an object by its schema.
  if (result.success) return { checked: result.data as object, issues: [] };
  const found = result.error.issues;
  const issues = found.slice(0, FAULTS_MOST).map((issue) => ({ path: asPath(issue.path), problem: asWords(issue) }));
  if (found.length > FAULTS_MOST) issues.push({ path: "", problem: `and ${found.length - FAULTS_MOST} faults more` });
  return { checked: {}, issues };
}

/** The property that can't be read: its getter throws, and with it what reads the input. What was thrown may hold anything. */
function unreadable(input: unknown): InputIssue[] {
  const path = findThrowing(input, []);
  return path === undefined ? [] : [{ path: asPath(path), problem: "can't be read: reading it throws an error" }];
}

function findThrowing(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  if (typeof value !== "object" || value === null || path.length > DEEPEST) return undefined;
  try {
    for (const key in value) {
      const inside = [...path, Array.isArray(value) ? Number(key) : key];
      try {
        const found = findThrowing((value as Record<string, unknown>)[key], inside);
        if (found) return found;
      } catch {
        return inside;
      }
    }
  } catch {
    return path;
  }
  return undefined;
}

/** No input of Kinesis is nested deeper; one that refers to itself has no end. */
const DEEPEST = 8;

type Issue = NonNullable<ReturnType<Schema<unknown>["safeParse"]>["error"]>["issues"][number];

/** As one writes it: `Records[3].PartitionKey`, `Tags["cost:centre"]`. */
const asPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = quotedName(String(key));
    return name.startsWith('"') ? `${text}[${name}]` : text ? `${text}.${name}` : name;
  }, "");

const TYPE_NAMES: Record<string, string> = {
  int: "a whole number",
  array: "an array",
  object: "an object",
  record: 'an object, as { key: "value" }',
  date: "a Date",
};
const UNITS: Record<string, [one: string, many: string]> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
};

function count(number: number | bigint, origin: string): string {
  const unit = UNITS[origin]?.[Number(number) === 1 ? 0 : 1];
  return unit ? `${number} ${unit}` : `${number}`;
}

const verb = (origin: string): string => (origin in UNITS ? "must have" : "must be");

const namesOf = (keys: readonly string[]): string =>
  keys.length <= FAULTS_MOST
    ? keys.map(quotedName).join(", ")
    : `${keys.slice(0, FAULTS_MOST).map(quotedName).join(", ")} and ${keys.length - FAULTS_MOST} more`;

/** Our own words: zod/mini comes without a language, and what a program sets globally must not change our errors. */
function asWords(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `must be ${TYPE_NAMES[issue.expected] ?? `a ${issue.expected}`}`;
    case "too_small":
      return `${verb(issue.origin)} at least ${count(issue.minimum, issue.origin)}`;
    case "too_big":
      return `${verb(issue.origin)} at most ${count(issue.maximum, issue.origin)}`;
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "invalid_format":
      return issue.message;
    case "unrecognized_keys":
      return `has unknown properties: ${namesOf(issue.keys)}`;
    default:
      return issue.message || "is invalid";
  }
}

/** The request's body. The input itself is never changed: its records may be sent again by their owner. */
export function encode(operation: string, input: object, base64: boolean): string {
  return JSON.stringify(toWire(withDataAsText(operation, input, base64)));
}

/** A Date is a timestamp wherever it stands: the schemas admit none elsewhere. */
function toWire(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toWire);
  // Not by assigning: a tag's key may be `__proto__`, which would set the prototype and lose the tag.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toWire(entry)]));
}

// -- what comes back ----------------------------------------------------------------------------------------------

/** Thrown for an answer that can't be read; the client says for which operation. */
export class UnreadableAnswer extends Error {}

export function decode(body: Buffer, schema: Schema<unknown>): unknown {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
  } catch {
    // Without V8's own words, which quote the answer.
    throw new UnreadableAnswer(`the answer is no JSON or was cut off after ${body.length} bytes`);
  }
  const result = schema.safeParse(body.includes("null") ? withoutNulls(value) : value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 3).map((issue) => `${asPath(issue.path) || "it"} ${asWords(issue)}`);
  throw new UnreadableAnswer(`the answer has another form than the API describes: ${problems.join("; ")}`);
}

/** `null` is how AWS says "absent" where it says it at all (NextShardIterator of a shard that is read to its end). */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}

export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly body: string;
  /** Its JSON breaks off, before a code: what AWS said is lost, though not that it refused. */
  readonly isCutShort: boolean;
  /** When the server answered, by its own clock; undefined where it doesn't say. */
  readonly serverTimeMs: number | undefined;
  /** How long the server asks us to wait. */
  readonly retryAfterMs: number | undefined;
}

const BODY_KEPT = 4096;

/** What of an input may be a secret of the program's, and comes back where a server quotes the request: values of tags, policies. */
export function privateTexts(input: object): string[] {
  const { Tags = {}, Policy } = input as { Tags?: object; Policy?: unknown };
  return [...Object.values(Tags), Policy].filter(
    (one): one is string => typeof one === "string" && one.length < 32_768,
  );
}

/** `sent` is the body of the request: a server may quote the whole of it. */
export function readError(answer: HttpAnswer, secrets: readonly (string | undefined)[], sent = ""): ErrorAnswer {
  const text = answer.body.toString("utf8");
  const json = parseObject(text);
  const code =
    firstString(json?.__type, header(answer, "x-amzn-errortype"), json?.code, json?.Code) ??
    /<Code>\s*([\w.#:]+)\s*<\/Code>/.exec(text)?.[1];
  const isCutShort = code === undefined && json === undefined && text.trimStart().startsWith("{");
  const message = firstString(json?.message, json?.Message, json?.errorMessage) ?? /<Message>([^<]*)/.exec(text)?.[1];
  return {
    status: answer.status,
    code: asWord(normalizeCode(code), secrets) ?? `HTTP_${answer.status}`,
    // AWS quotes the request that it would have signed, headers and all, after the first sentence.
    message: redact(withoutRequest(message ?? "", sent), secrets)
      .replace(/\s*The Canonical String for this request should have been[\s\S]*$/, "")
      .trim(),
    requestId: requestId(answer, secrets),
    body: redact(withoutRequest(text, sent), secrets).slice(0, BODY_KEPT),
    isCutShort,
    serverTimeMs: timeOf(header(answer, "date")),
    retryAfterMs: retryAfter(answer),
  };
}

export const requestId = (answer: HttpAnswer, secrets: readonly (string | undefined)[]): string | undefined =>
  asWord(header(answer, "x-amzn-requestid") ?? header(answer, "x-amz-request-id"), secrets);

/** A code or an id as AWS writes them; what else a server puts there is not carried on. */
function asWord(text: string | undefined, secrets: readonly (string | undefined)[]): string | undefined {
  return text !== undefined && /^[\w.:-]{1,128}$/.test(text) && redact(text, secrets) === text ? text : undefined;
}

/** `com.amazonaws.kinesis.v20131202#ResourceInUseException:http://…` -> `ResourceInUseException`. */
export function normalizeCode(raw: string | undefined): string {
  // The link first: it may hold a "#" of its own.
  const code = (raw ?? "").trim().split(/[:,\s]/, 1)[0] ?? "";
  return code.slice(code.indexOf("#") + 1);
}

function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function timeOf(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : time;
}

/** AWS's own header counts milliseconds; HTTP's counts seconds or names a date, of the server's clock. */
function retryAfter(answer: HttpAnswer): number | undefined {
  const milliseconds = Number(header(answer, "x-amz-retry-after") || Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const wish = header(answer, "retry-after") || undefined;
  const seconds = Number(wish);
  if (seconds >= 0) return seconds * 1000;
  const at = timeOf(wish);
  const now = timeOf(header(answer, "date"));
  return at === undefined || now === undefined ? undefined : Math.max(0, at - now);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const firstString = (...values: unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === "string" && value !== "");

/** A text without the request that it quotes, as it was sent and as a text in JSON. */
function withoutRequest(text: string, sent: string): string {
  if (sent.length < 3) return text;
  return [sent, JSON.stringify(sent).slice(1, -1)].reduce((left, one) => left.replaceAll(one, () => "[request]"), text);
}

/** Session tokens come back in AWS's explanation of a bad signature; they must not travel into errors and logs. */
function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  for (const secret of secrets) {
    // AWS's own have forty characters and more; an emulator's "test" would only make its messages unreadable.
    if (!secret || secret.length < 16) continue;
    const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
    for (const form of [secret, base64]) clean = without(clean, form);
  }
  // The signature is good for five minutes, for this request alone.
  clean = clean.replace(/\bSignature=[0-9a-f]{64}/gi, "Signature=[redacted]");
  return clean.replace(/x-amz-security-token:(?:[^\s\\"']|\\(?!n))+/gi, "x-amz-security-token:[redacted]");
}

/** A pattern has a limit to its length; a policy, which may be longer, is looked for as it is and as a text in JSON. */
const LONGEST_PATTERN = 4096;

function without(text: string, secret: string): string {
  if (secret.length < LONGEST_PATTERN) return text.replace(inAnyForm(secret), "[redacted]");
  const forms = [secret, JSON.stringify(secret).slice(1, -1)];
  return forms.reduce((left, form) => left.replaceAll(form, "[redacted]"), text);
}

/** A secret as it is, and as JSON (`\/`, `\u003d`), URLs (`%3D`) and HTML (`&#61;`, `&#x3D;`) may write its characters. */
function inAnyForm(secret: string): RegExp {
  const forms = [...secret].map((char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16);
    const plain = char.replace(/[^\w]/, "\\$&");
    return `(?:\\\\?${plain}|\\\\u0*${hex}|%${hex}|&#0*${code};|&#x0*${hex};)`;
  });
  return new RegExp(forms.join(""), "gi");
}
