/**
 * What AWS says to this machine: where it is called, as whom, and by what clock. One call of a stream that isn't there tells
 * most of it, as AWS refuses it with its reasons: STS, which tells who calls, is another service and another permission.
 */
import { DeadlineError, KinesisClient, ServiceError } from "../../client";
import { ConfigurationError, hasErrorCode, isPresentable } from "../../errors";
import type { Use } from "../../permissions";
import type { Platform } from "../../platform";
import type { ConnectionOptions } from "../connection";
import { isMissingRegion, NO_REGION } from "../connection";
import type { Finding } from "./finding";
import { ok, problem, unknown, warning } from "./finding";
import { checkPermissions } from "./permissions";
import { checkQuotas } from "./quotas";
import { checkRegion } from "./regions";

export interface AwsQuestion extends ConnectionOptions {
  /** Whose permissions are looked at. */
  readonly stream?: string | undefined;
  readonly uses: readonly Use[];
}

/** No call may take longer: whoever gets no answer in this time has a problem to be told of. */
const ASK_MS = 10_000;

/** Nobody has a stream of this name; if somebody does, it is read and nothing else. */
export const NO_STREAM = "pulumi-kinesis-doctor";

/** Who calls, as far as AWS's refusals tell. */
export interface Caller {
  readonly account: string | undefined;
  readonly arn: string | undefined;
}

export async function checkAws(question: AwsQuestion, platform: Platform, askMs = ASK_MS): Promise<Finding[]> {
  const { region, profile, endpoint } = question;
  const client = new KinesisClient(
    { region, profile, endpoint, deadlineMs: askMs, connectTimeoutMs: 5_000, maxAttempts: 2 },
    platform,
  );
  try {
    return await ask(client, question, platform);
  } finally {
    // Not waited for: what was given up may still be under way.
    void client.close();
  }
}

async function ask(client: KinesisClient, question: AwsQuestion, platform: Platform): Promise<Finding[]> {
  const findings: Finding[] = [];
  let region: string;
  try {
    region = await client.region();
    const found = `${region}, from ${regionSource(question, platform.env)}`;
    findings.push(ok("region", found));
    const endpoint = await checkEndpoint(await client.endpoint(), question, region, platform);
    // What isn't AWS's takes any region.
    if (endpoint.status === "ok") findings[0] = checkRegion(region, found);
    findings.push(endpoint);
  } catch (error) {
    const found = misconfigured(error, findings.length === 0 ? "region" : "endpoint");
    return [...findings, found, ...notAskedFor("credentials", "permissions", "quotas")];
  }
  const knock = await failureOf(() => client.describeStreamSummary({ StreamName: NO_STREAM }));
  const source = credentialsSource(question, platform.env);
  const refused = unusable(knock, source);
  if (refused !== undefined) return [...findings, ...refused];
  const caller = await callerOf(client, knock, question.stream);
  const host = new URL(await client.endpoint()).host;
  findings.push(ok("connection", `${host} answers`), checkClock(knock, platform), credentials(source, caller));
  if (question.stream !== undefined) findings.push(...(await checkStream(client, question.stream, region)));
  // Once for both: AWS answers it once a second.
  const limits = client.describeLimits();
  const [permissions, quotas] = await Promise.all([
    checkPermissions(client, { ...question, region, caller, limits }),
    checkQuotas(client, limits),
  ]);
  return [...findings, ...permissions, ...quotas];
}

/** What a call that is refused says; undefined where it is not. */
async function failureOf(call: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!isPresentable(error)) throw error;
    return error;
  }
}

/** A name misspelt would else look like a permission that is missing or of no use. */
async function checkStream(client: KinesisClient, StreamName: string, region: string): Promise<Finding[]> {
  const failure = await failureOf(() => client.describeStreamSummary({ StreamName }));
  if (!hasErrorCode(failure, "ResourceNotFoundException")) return [];
  const advice = "Check its name, the region and the account, unless it is still to be created.";
  return [warning("stream", `there is no stream ${StreamName} in ${region}`, advice)];
}

function misconfigured(error: unknown, fallback: string): Finding {
  if (!isPresentable(error)) throw error;
  const check = error instanceof ConfigurationError && error.setting !== "options" ? error.setting : fallback;
  return inTwo(check, isMissingRegion(error) ? NO_REGION : error.message);
}

/** Our sentences say what is wrong, and after a colon what to do. */
function inTwo(check: string, message: string): Finding {
  const [, found = message, advice = "see docs/troubleshooting.md of pulumi-kinesis."] =
    /^(.*?): ([^:]*|set .*)$/s.exec(message) ?? [];
  return problem(check, found, `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`);
}

function regionSource({ region, profile }: AwsQuestion, env: Platform["env"]): string {
  if (region) return "--region";
  const variable = ["AWS_REGION", "AWS_DEFAULT_REGION"].find((name) => env[name]);
  return variable ?? `the profile ${profile ?? (env.AWS_PROFILE || "default")}`;
}

async function checkEndpoint(
  endpoint: string,
  { endpoint: named, profile }: AwsQuestion,
  region: string,
  platform: Platform,
): Promise<Finding> {
  // What the region's own would be, whatever is configured.
  const env = { ...platform.env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
  const own = new URL(await new KinesisClient({ region, profile }, { ...platform, env }).endpoint()).hostname;
  const { hostname } = new URL(endpoint);
  if (hostname === own) return ok("endpoint", `${endpoint}, the region's own`);
  const variable = ["AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL"].find((name) => platform.env[name]);
  const source = named ? "--endpoint" : (variable ?? "the profile");
  const suffix = own.slice(own.indexOf(region) + region.length);
  if (hostname.endsWith(suffix)) return ok("endpoint", `${endpoint}, AWS's, from ${source}`);
  return warning(
    "endpoint",
    `${endpoint}, from ${source}, is not AWS's own: an emulator, or a gateway of your network`,
    "Take it away to ask AWS itself: what is said here holds for what answers there.",
  );
}

const BAD_CREDENTIALS =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|IncompleteSignature|MissingAuthenticationToken|SubscriptionRequired|OptInRequired)/;

/** Why nothing more can be asked; undefined where AWS has taken us for somebody. */
function unusable(knock: Error | undefined, source: string): Finding[] | undefined {
  if (knock === undefined) return undefined;
  const isRefusal = knock instanceof ServiceError && knock.status >= 400 && knock.status < 500;
  if (isRefusal && !BAD_CREDENTIALS.test(knock.code)) return undefined;
  return [reasonOf(knock, source), ...notAskedFor("permissions", "quotas")];
}

/** What is left open says so: else who mends the one thing would think that all the rest is well. */
const notAskedFor = (...checks: string[]): Finding[] => checks.map((check) => unknown(check, "not asked for"));

function reasonOf(knock: Error, source: string): Finding {
  if (knock instanceof ServiceError && BAD_CREDENTIALS.test(knock.code)) {
    const isAccount = /^(SubscriptionRequired|OptInRequired)/.test(knock.code);
    const advice = isAccount
      ? "Sign the account up for Kinesis, or enable the region for it."
      : "Get new credentials, or choose others with --profile or AWS_PROFILE.";
    return problem("credentials", `${source}: ${knock.code}: ${knock.awsMessage}`, advice);
  }
  if (knock instanceof DeadlineError) {
    if (knock.message.includes("no AWS credentials came")) {
      const advice =
        "Look for what hangs where they come from: a sign-in, a credential process, the metadata service of a container or machine.";
      return problem("credentials", `${source}: none came in time`, advice);
    }
    const advice = "Check the network, VPN and proxy settings (HTTPS_PROXY, NO_PROXY).";
    return problem("connection", "no answer came in time", advice);
  }
  const isCredentials = knock instanceof ConfigurationError && ["credentials", "profile"].includes(knock.setting);
  return inTwo(isCredentials ? "credentials" : "connection", knock.message.replace(/^\w+ of stream "[^"]*":? /, ""));
}

/** AWS's own refusals name the account, and where a policy denies the call, who made it; else the ARN of any stream does. */
async function callerOf(client: KinesisClient, knock: Error | undefined, stream: string | undefined): Promise<Caller> {
  const words = knock instanceof ServiceError ? knock.awsMessage : "";
  const arn = /\barn:[a-z-]+:(?:iam|sts)::\d{12}:[\w+=,.@/-]+/.exec(words)?.[0];
  const account = /(?:\bunder account |::)(\d{12})\b/.exec(words)?.[1];
  if (account !== undefined) return { arn, account };
  const streamArn = await arnOf(client, stream).catch((error: unknown) => {
    if (!isPresentable(error)) throw error;
    return undefined;
  });
  return { arn, account: /:(\d{12}):stream\//.exec(streamArn ?? "")?.[1] };
}

async function arnOf(client: KinesisClient, stream: string | undefined): Promise<string | undefined> {
  if (stream === undefined) return (await client.listStreams({ Limit: 1 })).StreamSummaries?.[0]?.StreamARN;
  return (await client.describeStreamSummary({ StreamName: stream })).StreamDescriptionSummary.StreamARN;
}

function credentials(source: string, { arn, account }: Caller): Finding {
  const who = arn ?? (account === undefined ? "AWS doesn't say who that is" : `account ${account}`);
  return ok("credentials", `${source}: ${who}`);
}

/** In the order in which the client looks for them. */
function credentialsSource({ profile }: AwsQuestion, env: Platform["env"]): string {
  if (profile) return `profile ${profile}`;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) {
    const beside = env.AWS_PROFILE ? `, which win over AWS_PROFILE (${env.AWS_PROFILE})` : "";
    return `the keys in the environment (AWS_ACCESS_KEY_ID …${env.AWS_ACCESS_KEY_ID.slice(-4)})${beside}`;
  }
  if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}, from AWS_PROFILE`;
  return "AWS's own chain (the default profile, SSO, the role of a container or machine)";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html: within five minutes of AWS's clock. */
const MOST_SKEW_MS = 5 * 60_000;
const SKEW_TO_TELL_MS = 60_000;

function checkClock(knock: Error | undefined, platform: Platform): Finding {
  const server = knock instanceof ServiceError ? knock.serverTime : undefined;
  if (server === undefined) return unknown("clock", "the answer says no time");
  const skewMs = platform.now() - server.getTime();
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  // HTTP tells whole seconds, and the answer was some time on its way.
  const off = seconds <= 2 ? "as AWS's" : `${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} AWS's`;
  if (Math.abs(skewMs) < SKEW_TO_TELL_MS) return ok("clock", off);
  const advice = "Set this machine's clock (NTP): AWS refuses signatures that are more than 5 minutes off.";
  if (Math.abs(skewMs) < MOST_SKEW_MS) return warning("clock", off, advice);
  return problem("clock", `${off}; pulumi-kinesis corrects itself after a refusal, other programs may not`, advice);
}
