/** What the inputs of our resources and look-ups must be: bounds as literals, from AWS's reference and from docs/arguments.md. */
import { METRICS } from "../client/aws-reference";
import type { Source } from "./malformed";
import type { Fields, Shape } from "./shapes";
import {
  choice,
  either,
  flag,
  fraction,
  goodRecord,
  HALVES,
  letters,
  list,
  map,
  needed,
  optional,
  patterned,
  record,
  text,
  whole,
} from "./shapes";

const ARN = "arn:aws:kinesis:eu-west-1:123456789012";
export const STREAM_ARN = `${ARN}:stream/s`;

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
const name = patterned(1, 128, /^[a-zA-Z0-9_.-]+$/, [
  " ",
  "a b",
  "a\n",
  "\u0000",
  "a/b",
  "é",
  "💥",
  "a:b",
  "a*",
  "%20",
  "'",
  "a,b",
  ...HALVES,
]);
export const NO_ARNS = [
  "",
  " ",
  "s",
  "arn:aws:s3:::bucket",
  `${ARN}:stream/`,
  `${ARN}:stream/ s`,
  ` ${STREAM_ARN}`,
  `${STREAM_ARN}\n`,
  `${STREAM_ARN}/`,
  "arn:aws:kinesis:eu-west-1:12345678901:stream/s",
  "arn:aws:kinesis:eu-west-1:1234567890123:stream/s",
  "arn:aws:kinesis:EU:123456789012:stream/s",
  `arn:aws${":kinesis:".repeat(20_000)}`,
  `${STREAM_ARN}${"/consumer/c:1".repeat(20_000)}x`,
];
const STREAM_PATTERN = /^arn:[a-z0-9-]+:kinesis:[a-z0-9-]+:(\d{12}|):stream\/[a-zA-Z0-9_.-]{1,128}$/;
const CONSUMER_PATTERN =
  /^arn:[a-z0-9-]+:kinesis:[a-z0-9-]+:(\d{12}|):stream\/[a-zA-Z0-9_.-]{1,128}\/consumer\/[a-zA-Z0-9_.-]{1,128}:\d+$/;
const RESOURCE_PATTERN =
  /^arn:[a-z0-9-]+:kinesis:[a-z0-9-]+:(\d{12}|):stream\/[a-zA-Z0-9_.-]{1,128}(\/consumer\/[a-zA-Z0-9_.-]{1,128}:\d+)?$/;
const longest = `${ARN}:stream/`.length + 128;
const padded = (length: number) => STREAM_ARN.padEnd(length, "s");
const streamArn = patterned(STREAM_ARN.length, longest, STREAM_PATTERN, NO_ARNS, padded);
const resourceArn = patterned(STREAM_ARN.length, longest, RESOURCE_PATTERN, NO_ARNS, padded);
const consumerArn = patterned(
  STREAM_ARN.length + 13,
  STREAM_ARN.length + 12 + 128,
  CONSUMER_PATTERN,
  [...NO_ARNS, STREAM_ARN, `${STREAM_ARN}/consumer/c`, `${STREAM_ARN}/consumer/:1`, `${STREAM_ARN}/consumer/c:x`],
  (length) => `${STREAM_ARN}/consumer/${letters(length - STREAM_ARN.length - 12)}:1`,
);
const region = patterned(
  9,
  63,
  /^[a-z]{2,}(-[a-z]+)+-\d+$/,
  [
    "",
    " ",
    "EU-WEST-1",
    "eu_west_1",
    "eu-west",
    "euwest1",
    "eu-west-1 ",
    "eu-west-1\n",
    "https://x",
    "eu-west-1/..",
    "a@b-c-1",
  ],
  (length) => `eu-${letters(length - 5)}-1`,
);
/** https://docs.aws.amazon.com/streams/latest/dev/tagging.html */
const TAG = /^[\p{L}\p{N}\p{Z}_.:/=+\-@%]*$/u;
const ODD_TAGS = ["a\n", "a\u0000", "💥", "<a>", "a,b", "a;b", "{}", "*", "'", ...HALVES];
const tags = map(
  0,
  50,
  patterned(1, 128, /^(?!aws:)[\p{L}\p{N}\p{Z}_.:/=+\-@%]+$/iu, ["aws:a", "AWS:a", "Aws:", ...ODD_TAGS]),
  patterned(0, 256, TAG, ODD_TAGS),
);
const durations = patterned(2, 64, /^(\d+(\.\d+)?(ms|s|m|h))+$/, [
  "",
  " ",
  "1",
  "s",
  "1 s",
  "1d",
  "-1s",
  "+1s",
  "1s ",
  "1e3s",
  ".5s",
  "1.s",
  "1S",
  "forever",
  `${"9".repeat(30)}h`,
  `${"9".repeat(400)}s`,
  "1s".repeat(200_000),
  "9000h",
]);
/** A good duration of any length. */
const duration: Shape = { ...(durations as Shape & { kind: "text" }), make: (length) => `${"0".repeat(length - 2)}1s` };
const timeouts = record({ create: optional(duration), update: optional(duration), delete: optional(duration) });
const hours = whole(24, 8760);
const policyOf = (Sid: string) =>
  JSON.stringify({ Statement: { Sid, Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: "*" } });
const statement = (given: unknown) => JSON.stringify({ Version: "2012-10-17", Statement: given });
const policy: Shape = patterned(
  policyOf("").length,
  Number.POSITIVE_INFINITY,
  /^\{"Statement":\{"Sid":"a*","Effect":"Allow","Principal":"\*","Action":"kinesis:PutRecord","Resource":"\*"\}\}$/,
  [
    "",
    "{",
    "}",
    "null",
    "[]",
    "{}",
    '"text"',
    "1",
    "{'a':1}",
    '{"Statement":[]}',
    '{"Statement":{}}',
    '{"Statement":null}',
    '{"Statement":[1]}',
    statement([{ Effect: "Permit", Principal: "*", Action: "a" }]),
    statement([{ Effect: "Allow", Action: "a" }]),
    statement([{ Effect: "Allow", Principal: "*" }]),
    `${policyOf("")}x`,
    policyOf("").slice(0, -1),
    '{"secret":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    `{"a":wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}`,
    `${"[".repeat(100_000)}`,
    `{"Statement":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  ],
  (length) => policyOf(letters(length - policyOf("").length)),
);

const STREAM: Fields = {
  name: optional(name),
  shardCount: optional(whole(1, 100_000)),
  retentionPeriod: optional(hours),
  shardLevelMetrics: optional(list(choice(...METRICS), 0, Number.POSITIVE_INFINITY)),
  encryptionType: optional(choice("NONE", "KMS")),
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
  kmsKeyId: optional(text(1, 2048)),
  streamModeDetails: optional(record({ streamMode: needed(choice("PROVISIONED", "ON_DEMAND")) })),
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html names no bound; the wire has 32 bits.
  warmThroughputMibPs: optional(whole(0, 2_147_483_647)),
  recordDistributionStrategy: optional(choice("AUTO", "USER_PARTITION_KEY")),
  maxRecordSizeInKib: optional(whole(1024, 10_240)),
  tags: optional(tags),
  region: optional(region),
  adopt: optional(flag),
  enforceConsumerDeletion: optional(flag),
  resharding: optional(
    record({
      strategy: optional(choice("split-merge", "update-shard-count", "auto")),
      tolerance: optional(
        either(fraction(0, 0.99), record({ over: needed(fraction(0, 10)), under: needed(fraction(0, 0.99)) })),
      ),
      weights: optional(list(fraction(Number.MIN_VALUE, Number.MAX_VALUE), 2, 2)),
      balance: optional(choice("keyspace", "none")),
      maxOperations: optional(whole(0, Number.MAX_SAFE_INTEGER)),
      maxOpenShards: optional(whole(2, Number.MAX_SAFE_INTEGER)),
      allowHotMerge: optional(flag),
    }),
  ),
  timeouts: optional(timeouts),
  __customTimeouts: optional(timeouts),
};

const ON_DEMAND = { shardCount: undefined, streamModeDetails: { streamMode: "ON_DEMAND" } };

/** Hidden inputs are the SDK's; unknown ones are Pulumi's own. */
const common = { onlyJson: true, hidden: /^__(?!proto__$)/ };

export const RESOURCES: Readonly<Record<string, Source>> = {
  Stream: {
    ...common,
    fields: STREAM,
    good: { shardCount: 2, __logicalName: "orders", __provider: "" },
    instead: {
      kmsKeyId: { encryptionType: "KMS" },
      warmThroughputMibPs: ON_DEMAND,
      recordDistributionStrategy: ON_DEMAND,
    },
    broken: [
      [{ shardCount: undefined }, /shardCount is required unless/],
      [{ streamModeDetails: { streamMode: "ON_DEMAND" } }, /shardCount must be left out in ON_DEMAND mode/],
      [{ streamModeDetails: {} }, /streamModeDetails\.streamMode is required/],
      [{ streamModeDetails: { streamMode: "X" } }, /streamModeDetails\.streamMode must be "PROVISIONED" or/],
      [{ encryptionType: "KMS" }, /kmsKeyId is required where encryptionType is KMS/],
      [{ kmsKeyId: "alias/a" }, /kmsKeyId encrypts nothing without encryptionType/],
      [{ encryptionType: "KMS", kmsKeyId: "" }, /kmsKeyId must not be empty/],
      [{ encryptionType: "KMS", kmsKeyId: letters(2049) }, /kmsKeyId must have at most 2048 characters/],
      [{ encryptionType: "KMS", kmsKeyId: 5 }, /kmsKeyId must be a string/],
      [{ warmThroughputMibPs: 1 }, /warmThroughputMibPs is for streams in ON_DEMAND mode/],
      [{ warmThroughputMibPs: -1 }, /warmThroughputMibPs must be a whole number of MiB a second from 0 to 2147483647/],
      [{ recordDistributionStrategy: "AUTO" }, /recordDistributionStrategy is for streams in ON_DEMAND mode/],
      [{ resharding: { maxOpenShards: 1 } }, /resharding\.maxOpenShards allows 1 open shards, fewer than the 2/],
      [{ resharding: { weights: [1] } }, /resharding\.weights has 1 weights for 2 shards/],
      [{ resharding: { strategy: "update-shard-count", weights: [1, 2] } }, /resharding\.weights can't be had with/],
      [{ resharding: { tolerance: { over: 11, under: 0 } } }, /resharding\.tolerance/],
      [
        { timeouts: { update: "1h" }, __customTimeouts: { update: "2h" } },
        /timeouts\.update is 1h, and Pulumi's option/,
      ],
      [{ __logicalName: "a b" }, /name cannot be made from the resource's name "a b"/],
      [{ __logicalName: letters(200_000) }, /name cannot be made from the resource's name/],
    ],
  },
  StreamTags: {
    ...common,
    fields: {
      streamArn: optional(streamArn),
      streamName: optional(name),
      tags: needed(tags),
      overwrite: optional(flag),
      region: optional(region),
      __customTimeouts: optional(timeouts),
    },
    good: { streamName: "orders", tags: { a: "b" }, __logicalName: "orders", __provider: "" },
    instead: { streamArn: { streamName: undefined } },
    broken: [
      [{ streamName: undefined }, /streamArn set exactly one of streamArn and streamName/],
      [{ streamArn: STREAM_ARN }, /streamArn set exactly one of streamArn and streamName/],
    ],
  },
  StreamConsumer: {
    ...common,
    fields: {
      name: optional(name),
      streamArn: needed(streamArn),
      tags: optional(tags),
      region: optional(region),
      __customTimeouts: optional(timeouts),
    },
    good: { streamArn: STREAM_ARN, __logicalName: "orders", __provider: "" },
    broken: [
      [{ region: "us-east-1" }, /region is not the region of streamArn, eu-west-1/],
      [{ __logicalName: "a/b" }, /name cannot be made from the resource's name "a\/b"/],
    ],
  },
  ResourcePolicy: {
    ...common,
    fields: {
      resourceArn: needed(resourceArn),
      policy: needed(policy),
      overwrite: optional(flag),
      region: optional(region),
      __customTimeouts: optional(timeouts),
    },
    good: { resourceArn: STREAM_ARN, policy: policyOf("a"), __logicalName: "orders", __provider: "" },
    broken: [[{ region: "us-east-1" }, /region is not the region of resourceArn, eu-west-1/]],
  },
};

const lookUp = (fields: Fields, others: Partial<Source> = {}): Source => ({
  fields,
  good: goodRecord(fields),
  hidden: /^__(?!proto__$)/,
  ...others,
});

export const LOOK_UPS: Readonly<Record<"getStream" | "getStreams" | "getStreamConsumer", Source>> = {
  getStream: lookUp({ name: needed(name), region: optional(region), tags: optional(tags) }),
  getStreams: lookUp({ region: optional(region) }),
  getStreamConsumer: lookUp(
    {
      streamArn: needed(streamArn),
      arn: optional(consumerArn),
      name: optional(name),
      region: optional(region),
      tags: optional(tags),
    },
    { broken: [[{ region: "us-east-1" }, /region is not the region of streamArn, eu-west-1/]] },
  ),
};
