/**
 * Which actions the caller is allowed, as far as reading tells: each is tried on the stream, or on one that isn't there. AWS
 * looks at permissions first, so anything but AccessDenied says that the action is allowed. Of what writes nothing is tried,
 * as no refusal is sure enough to build on.
 */
import type { DescribeLimitsOutput, KinesisClient } from "../../client";
import { AccessDeniedException, ServiceError } from "../../client";
import { isPresentable } from "../../errors";
import type { Use } from "../../permissions";
import { PERMISSIONS } from "../../permissions";
import type { Caller } from "./aws";
import type { Finding } from "./finding";
import { ok, problem, unknown, warning } from "./finding";

export interface PermissionsQuestion {
  readonly stream?: string | undefined;
  readonly uses: readonly Use[];
  readonly region: string;
  readonly caller: Caller;
  readonly limits: Promise<DescribeLimitsOutput>;
}

interface Place extends Pick<PermissionsQuestion, "limits"> {
  readonly StreamName: string;
  /** Undefined where the account isn't known. */
  readonly arn: string | undefined;
}

type Probe = (client: KinesisClient, place: Place & { readonly arn: string }) => Promise<unknown>;

const CONSUMER = "pulumi-kinesis-doctor";

const BY_NAME = new Set([
  "DescribeStream",
  "DescribeStreamSummary",
  "ListShards",
  "ListTagsForStream",
  "ListStreams",
  "DescribeLimits",
]);

const PROBES: Readonly<Record<string, Probe>> = {
  DescribeStream: (client, { StreamName }) => client.describeStream({ StreamName, Limit: 1 }),
  DescribeStreamSummary: (client, { StreamName }) => client.describeStreamSummary({ StreamName }),
  ListShards: (client, { StreamName }) => client.listShards({ StreamName, MaxResults: 1 }),
  ListTagsForStream: (client, { StreamName }) => client.listTagsForStream({ StreamName, Limit: 1 }),
  ListStreams: (client) => client.listStreams({ Limit: 1 }),
  DescribeLimits: (_, { limits }) => limits,
  ListStreamConsumers: (client, { arn }) => client.listStreamConsumers({ StreamARN: arn, MaxResults: 1 }),
  GetResourcePolicy: (client, { arn }) => client.getResourcePolicy({ ResourceARN: arn }),
  DescribeStreamConsumer: (client, { arn }) =>
    client.describeStreamConsumer({ StreamARN: arn, ConsumerName: CONSUMER }),
  ListTagsForResource: (client, { arn }) =>
    client.listTagsForResource({ ResourceARN: `${arn}/consumer/${CONSUMER}:1` }),
};

/** What works without, and what is missing then. */
const OPTIONAL: Readonly<Record<string, string>> = {
  DescribeLimits: "a preview doesn't check the shard quota",
  ListStreams: "what a killed create of an automatic name has left is not found",
  ListStreamConsumers: "the consumers that block a delete are not named",
};

type Verdict = "allowed" | "denied" | "not known";

export async function checkPermissions(client: KinesisClient, question: PermissionsQuestion): Promise<Finding[]> {
  const { uses, stream } = question;
  const actions = [...new Set(uses.flatMap((use) => Object.values<readonly string[]>(PERMISSIONS[use]).flat()))].sort();
  const place = placeOf(question);
  const verdicts = await Promise.all(
    actions.map(async (action) => [action, await verdictOf(client, action, place)] as const),
  );
  const having = (wanted: Verdict | undefined) =>
    verdicts.filter(([, verdict]) => verdict === wanted).map(([action]) => action);
  const [denied, notKnown, untried] = [having("denied"), having("not known"), having(undefined)];
  const isNeeded = (action: string) => OPTIONAL[action] === undefined || !uses.every((use) => use === "Stream");
  const on = stream === undefined ? "streams in general" : `stream ${stream}`;
  return [
    ...(having("allowed").length > 0 ? [ok("permissions", `allowed on ${on}: ${having("allowed").join(", ")}`)] : []),
    ...denialOf(denied.filter(isNeeded), question, on),
    ...denied
      .filter((action) => !isNeeded(action))
      .map((action) =>
        warning("permissions", `denied: ${action}; ${OPTIONAL[action]}`, `Allow kinesis:${action} in IAM.`),
      ),
    ...(notKnown.length > 0 ? [unknown("permissions", `no clear answer to ${notKnown.join(", ")}`)] : []),
    ...(untried.length > 0 ? [unknown("permissions", `not tried, because it would write: ${untried.join(", ")}`)] : []),
  ];
}

function denialOf(
  denied: readonly string[],
  { stream, uses, region, caller }: PermissionsQuestion,
  on: string,
): Finding[] {
  if (denied.length === 0) return [];
  const found = `denied on ${on}: ${denied.join(", ")}`;
  const account = caller.account === undefined ? "" : ` --account ${caller.account}`;
  const command = `pulumi-kinesis iam-policy --stream ${stream ?? "<name>"} --region ${region}${account} --for ${uses.join(" ")}`;
  if (stream !== undefined) return [problem("permissions", found, `Allow what \`${command}\` prints.`)];
  return [
    warning(
      "permissions",
      found,
      `A policy may be for streams of some names only: run doctor with --stream <name>. \`${command}\` prints what has to be allowed.`,
    ),
  ];
}

function placeOf({ stream = CONSUMER, region, caller, limits }: PermissionsQuestion): Place {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const { account } = caller;
  const arn = account === undefined ? undefined : `arn:${partition}:kinesis:${region}:${account}:stream/${stream}`;
  return { StreamName: stream, arn, limits };
}

/** Undefined where it isn't tried. */
async function verdictOf(
  client: KinesisClient,
  action: string,
  { StreamName, arn = "", limits }: Place,
): Promise<Verdict | undefined> {
  const probe = PROBES[action];
  if (probe === undefined) return undefined;
  if (arn === "" && !BY_NAME.has(action)) return "not known";
  try {
    await probe(client, { StreamName, arn, limits });
    return "allowed";
  } catch (error) {
    if (!isPresentable(error)) throw error;
    if (error instanceof AccessDeniedException) return "denied";
    // Looked at by AWS, and refused for what was asked: the caller may ask.
    return error instanceof ServiceError && LOOKED_AT.has(error.code) ? "allowed" : "not known";
  }
}

const LOOKED_AT = new Set(["ResourceNotFoundException", "InvalidArgumentException", "ValidationException"]);
