/**
 * What IAM has to allow for each thing that this package does. Which actions take a stream, a consumer or a key as their resource:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
 */

interface Needs {
  /** On the stream itself. */
  readonly stream?: readonly string[];
  /** On a consumer of it, whose ARN goes on from the stream's. */
  readonly consumer?: readonly string[];
  /** Where AWS knows no resource: on everything or not at all. */
  readonly account?: readonly string[];
}

/** By what is used: a resource of a program, its look-ups, or the command line. */
export const PERMISSIONS = {
  Stream: {
    stream: [
      "CreateStream",
      "DeleteStream",
      "DescribeStream",
      "DescribeStreamSummary",
      "ListShards",
      "ListTagsForStream",
      "AddTagsToStream",
      "RemoveTagsFromStream",
      "ListStreamConsumers",
      "SplitShard",
      "MergeShards",
      "UpdateShardCount",
      "IncreaseStreamRetentionPeriod",
      "DecreaseStreamRetentionPeriod",
      "EnableEnhancedMonitoring",
      "DisableEnhancedMonitoring",
      "StartStreamEncryption",
      "StopStreamEncryption",
      "UpdateStreamMode",
      "UpdateMaxRecordSize",
      "UpdateStreamWarmThroughput",
      "UpdateStreamRecordDistributionStrategy",
    ],
    account: ["DescribeLimits", "ListStreams"],
  },
  StreamTags: { stream: ["DescribeStream", "ListTagsForStream", "AddTagsToStream", "RemoveTagsFromStream"] },
  StreamConsumer: {
    // AWS names both for what is said with a stream and a name, so both are allowed.
    stream: ["DescribeStream", "ListStreamConsumers", "RegisterStreamConsumer", "DescribeStreamConsumer"],
    consumer: [
      "RegisterStreamConsumer",
      "DeregisterStreamConsumer",
      "DescribeStreamConsumer",
      "ListTagsForResource",
      "TagResource",
      "UntagResource",
    ],
  },
  ResourcePolicy: {
    stream: ["DescribeStream", "GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"],
    consumer: ["GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"],
  },
  "look-ups": {
    stream: [
      "DescribeStreamSummary",
      "ListShards",
      "ListTagsForStream",
      "ListStreamConsumers",
      "DescribeStreamConsumer",
    ],
    consumer: ["DescribeStreamConsumer", "ListTagsForResource"],
    account: ["ListStreams"],
  },
  plan: { stream: ["DescribeStreamSummary", "ListShards"] },
  adopt: {
    stream: ["DescribeStreamSummary", "ListShards", "ListTagsForStream", "ListStreamConsumers", "GetResourcePolicy"],
    account: ["ListStreams"],
  },
} as const satisfies Record<string, Needs>;

export type Use = keyof typeof PERMISSIONS;

export interface PolicyRequest {
  readonly uses: readonly Use[];
  /** Names of streams; `*` and `?` as IAM has them. */
  readonly streams: readonly string[];
  readonly partition: string;
  /** `*` for every one. */
  readonly region: string;
  readonly account: string;
  /** A customer's own key: what a switch to it asks of KMS. */
  readonly kmsKeyArn?: string | undefined;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** The least that IAM has to allow for these uses of these streams. */
export function iamPolicy(request: PolicyRequest): PolicyDocument {
  const { uses, streams, partition, region, account, kmsKeyArn } = request;
  const needs: Needs[] = uses.map((use) => PERMISSIONS[use]);
  const actions = (of: keyof Needs) =>
    [...new Set(needs.flatMap((need) => need[of] ?? []))].sort().map((action) => `kinesis:${action}`);
  const arns = streams.map((name) => `arn:${partition}:kinesis:${region}:${account}:stream/${name}`);
  const statements = [
    { Sid: "Streams", Action: actions("stream"), Resource: arns },
    { Sid: "Consumers", Action: actions("consumer"), Resource: arns.map((arn) => `${arn}/consumer/*`) },
    { Sid: "Account", Action: actions("account"), Resource: ["*"] },
    // https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
    { Sid: "Key", Action: kmsKeyArn ? ["kms:DescribeKey", "kms:GenerateDataKey"] : [], Resource: [String(kmsKeyArn)] },
  ];
  return {
    Version: "2012-10-17",
    Statement: statements
      .filter(({ Action }) => Action.length > 0)
      .map(({ Sid, Action, Resource }) => ({ Sid, Effect: "Allow", Action, Resource })),
  };
}
