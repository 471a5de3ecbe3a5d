import * as z from "zod";
import { parseConsumerArn, parseStreamArn } from "./arn";
import { parseDuration } from "./timeouts";

/** The properties that several resources share, each with its rule and the sentence that a person reads when it is broken. */

const requiredText = z.string({
  error: (issue) => (issue.input === undefined ? "is required" : "must be a string"),
});

/** CreateStream's StreamName: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
export const streamName = requiredText
  .min(1, "must not be empty")
  .max(128, {
    error: ({ input }) => `must have at most 128 characters${typeof input === "string" ? `, not ${input.length}` : ""}`,
  })
  .regex(/^[a-zA-Z0-9_.-]*$/, "may contain only a-z, A-Z, 0-9, _, . and -");

/** RegisterStreamConsumer's ConsumerName has the rules of a stream's name. */
export const consumerName = streamName;

export const streamArn = requiredText.refine(
  (value) => parseStreamArn(value) !== undefined,
  "must be the ARN of a stream, arn:<partition>:kinesis:<region>:<account>:stream/<name>",
);

export const consumerArn = requiredText.refine(
  (value) => parseConsumerArn(value) !== undefined,
  "must be the ARN of a consumer, <ARN of its stream>/consumer/<name>:<number>",
);

export const resourceArn = requiredText.refine(
  (value) => parseStreamArn(value) !== undefined || parseConsumerArn(value) !== undefined,
  "must be the ARN of a stream, arn:<partition>:kinesis:<region>:<account>:stream/<name>, or of a consumer, " +
    "<ARN of its stream>/consumer/<name>:<number>",
);

export const region = z
  .string({ error: "must be a string" })
  .max(63, "must be an AWS region such as eu-west-1")
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "must be an AWS region such as eu-west-1");

export const flag = z.boolean({ error: "must be true or false" });

/** For a schema's `error`: Pulumi shows 2 and "2" alike, and its configuration is text unless it is asked for a number. */
export const notText = (rule: string) => (issue: { readonly input?: unknown }) =>
  typeof issue.input === "string" ? `${rule}, and not text` : rule;

/** A whole number of `unit` within bounds that both belong to it. */
export const wholeNumberBetween = (least: number, most: number, unit: string) =>
  z
    .number({ error: notText(`must be a whole number of ${unit} from ${least} to ${most}`) })
    .refine((value) => Number.isSafeInteger(value) && value >= least && value <= most, {
      error: (issue) => `must be a whole number of ${unit} from ${least} to ${most}, not ${String(issue.input)}`,
    });

/** The key of the mark of a create that has not ended, see creating-mark.ts. */
export const CREATING = "pulumi-kinesis:creating";

/** https://docs.aws.amazon.com/streams/latest/dev/tagging.html: a stream has at most 50 tags. */
export const MAX_TAGS = 50;
const TAG_TEXT = /^[\p{L}\p{N}\p{Z}_.:/=+\-@%]*$/u;
const TAG_TEXT_RULE = "may contain only letters, digits, spaces and _ . : / = + - @ %";

/** AWS counts Unicode characters, JavaScript's `length` counts UTF-16 units. */
const characters = (text: string) => text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

function tagKeyFault(key: string): string | undefined {
  if (key === "") return "has an empty key: a tag's key has 1 to 128 characters";
  if (characters(key) > 128) return `has a key of ${characters(key)} characters: at most 128 are allowed`;
  if (/^aws:/i.test(key)) return "has a key beginning with aws:, which AWS reserves for itself";
  if (key === CREATING)
    return "has the key with which this provider marks a stream while it is created: choose another";
  if (!TAG_TEXT.test(key)) return `has a key with characters that AWS refuses: it ${TAG_TEXT_RULE}`;
  return undefined;
}

function tagValueFault(value: unknown): string | undefined {
  if (typeof value !== "string") return "must have a string as its value";
  if (characters(value) > 256) return `has a value of ${characters(value)} characters: at most 256 are allowed`;
  if (!TAG_TEXT.test(value)) return `has a value with characters that AWS refuses: it ${TAG_TEXT_RULE}`;
  return undefined;
}

/** Tags as a map from key to value; every broken tag is reported under its own key. */
export const tags = z.unknown().superRefine((value, context) => {
  if (Object.prototype.toString.call(value) !== "[object Object]") {
    const message = value === undefined ? "is required" : "must be an object of tag keys and string values";
    context.addIssue({ code: "custom", message });
    return;
  }
  const entries = Object.entries(value as object);
  if (entries.length > MAX_TAGS) {
    context.addIssue({ code: "custom", message: `has ${entries.length} tags: a stream has at most ${MAX_TAGS}` });
    return;
  }
  for (const [key, tagValue] of entries) {
    const fault = tagKeyFault(key) ?? tagValueFault(tagValue);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault, path: [key] });
  }
}) as unknown as z.ZodType<Record<string, string>>;

const duration = z
  .string({ error: "must be a duration such as 90s, 10m or 1h30m" })
  .refine((text) => isDuration(text), "must be a duration such as 90s, 10m or 1h30m, of a year at most");

const YEAR_MS = 365 * 24 * 3_600_000;
/** One of a year is a slip, and one of thousands of digits has no end. */
const isDuration = (text: string) => text.length <= 64 && (parseDuration(text) ?? Number.POSITIVE_INFINITY) <= YEAR_MS;

/** The argument `timeouts`, and Pulumi's `customTimeouts` option, which reaches us as a hidden input. */
export const timeouts = z.strictObject(
  { create: duration.optional(), update: duration.optional(), delete: duration.optional() },
  { error: 'must be an object such as { update: "4h" }' },
);
