/**
 * Who calls: credentials given to the client, else those in the environment, else AWS's own chain (profiles, SSO, web
 * identity, containers, instance metadata, assumed roles), which is loaded only then because it takes 50 ms. Kept until
 * five minutes before they expire, then renewed while calls go on with the old ones.
 */
import { ConfigurationError } from "../errors";
import type { Platform } from "../platform";
import type { ChainTransport } from "./chain-transport";
import type { Profile } from "./shared-config";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** Where known, the rate limits are shared by account instead of by key. */
  readonly accountId?: string | undefined;
}

export type CredentialsProvider = () => Promise<Credentials>;

export interface CredentialsSource {
  /** Credentials that are good for a request at `nowMs`, if they needn't be waited for. */
  atHand(nowMs: number): Credentials | undefined;
  /** The same, waited for. */
  get(nowMs: number): Promise<Credentials>;
  /** AWS said that these have expired: never hand them out again. */
  expire(credentials: Credentials): void;
  /** False for constants: nothing better can be had. */
  readonly renewable: boolean;
}

type ProfileValues = Profile["values"];

export interface CredentialsSettings {
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  readonly profile?: string | undefined;
  readonly region: string;
  /** @throws ConfigurationError where a profile is named that doesn't exist: the chain would go on to the next source */
  readonly readProfile: () => Promise<Profile>;
  /** What the chain calls STS and SSO through; left out: the AWS SDK's own. */
  readonly transport?: ChainTransport | undefined;
}

export function openCredentials(settings: CredentialsSettings, env: Platform["env"]): CredentialsSource {
  const { credentials } = settings;
  if (typeof credentials === "function") return renewing(givenFunction(credentials));
  const constant = credentials ?? fromEnvironment(settings.profile, env);
  if (constant)
    return { atHand: () => checked(constant), get: async () => constant, expire: () => {}, renewable: false };
  return renewing(awsChain(settings, env));
}

/**
 * A profile that the program or the stack names wins over keys in the environment, and these win over AWS_PROFILE: so it
 * is with the AWS CLI, boto3, and @pulumi/aws, which must not end in another account than we do. (The AWS SDK for
 * JavaScript takes AWS_PROFILE, and warns that this will change.)
 */
function fromEnvironment(profile: string | undefined, env: Platform["env"]): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (profile || !accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    accountId: env.AWS_ACCOUNT_ID || undefined,
  };
}

/** What the program's own function throws may be anything. */
const givenFunction = (credentials: CredentialsProvider) => async (): Promise<Credentials> => {
  try {
    return await credentials();
  } catch (cause) {
    throw new ConfigurationError(
      "credentials",
      `The \`credentials\` function given to the client failed (${wordsOf(cause)}): mend it, or leave it out for AWS's own chain.`,
      { cause },
    );
  }
};

/** The chain keeps what it got until it expires, too; `forceRefresh` is for when ours is to be renewed before that. */
function awsChain(
  settings: CredentialsSettings,
  env: Platform["env"],
): (forceRefresh: boolean) => Promise<Credentials> {
  const named = settings.profile || env.AWS_PROFILE || undefined;
  let chain: ReturnType<typeof loadChain> | undefined;
  let askedMachine = false;
  const note = (line: unknown) => {
    if (String(line).includes("remoteProvider")) askedMachine = true;
  };
  return async (forceRefresh) => {
    const ofProfile = (await settings.readProfile()).values;
    chain ??= loadChain(named, settings, note);
    askedMachine = false;
    try {
      const found = await chain({ forceRefresh });
      if (!ofProfile.credential_process || !askedMachine) return found;
      // The chain keeps what it found.
      chain = undefined;
      throw new NotFromProcess();
    } catch (cause) {
      throw new ConfigurationError("credentials", explainChain(cause, named, ofProfile, env), { cause });
    }
  };
}

/** After a process that fails the chain goes on to the machine's own role: in another account, as likely as not. */
class NotFromProcess extends Error {}

const silent = () => {};

function loadChain(
  profile: string | undefined,
  { region, transport }: CredentialsSettings,
  note: (line: unknown) => void,
): (options: { forceRefresh: boolean }) => Promise<Credentials> {
  // `require` and not `import()`: that would fail in users' Jest, and load a second copy of what signing has loaded.
  const aws: typeof import("@aws-sdk/credential-provider-node") = require("@aws-sdk/credential-provider-node");
  return aws.defaultProvider({
    ...(profile ? { profile } : {}),
    // Tools rewrite the files when they renew keys; without this a process would see only those that it began with.
    ignoreCache: true,
    // It tells step by step which source it asks. Without a logger it warns on the person's screen of keys beside a profile,
    // between which we have decided already.
    logger: { trace: silent, debug: note, info: silent, warn: silent, error: silent },
    // As of the client that it serves: STS is asked in this region, SSO in the one that the profile names for it.
    parentClientConfig: { region },
    ...(transport ? { clientConfig: { requestHandler: transport as never } } : {}),
  });
}

/** One sentence for what the chain says in many. */
function explainChain(
  cause: unknown,
  named: string | undefined,
  ofProfile: ProfileValues,
  env: Platform["env"],
): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  const profile = named ? ` of profile "${named}"` : "";
  const flag = named ? ` --profile ${named}` : "";
  if (/\bsso\b|\baws login\b|session token not found or invalid/i.test(words)) {
    const login = /\baws login\b/.test(words) ? "aws login" : "aws sso login";
    return `The AWS sign-in${profile} can't be used (${wordsOf(cause)}): run \`${login}${flag}\` and try again.`;
  }
  if (cause instanceof NotFromProcess || (isNothingFound(words) && ofProfile.credential_process)) {
    return `The credential_process${profile || " of the default profile"} gave no AWS credentials: run it by hand to see why.`;
  }
  const endpoint = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"].find(
    (name) => env[name],
  );
  if (isNothingFound(words) && endpoint) {
    return `The container's endpoint (${endpoint}) gave no AWS credentials: check that the task or pod has a role, and its authorization token.`;
  }
  if (isNothingFound(words)) {
    return `No AWS credentials were found${named ? ` for profile "${named}"` : ""}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run \`aws configure${flag}\`.`;
  }
  return `The AWS credentials${profile} could not be loaded (${wordsOf(cause)}): check the profile in ~/.aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
}

const isNothingFound = (words: string): boolean =>
  /could not load credentials from any providers|metadata service access disabled/i.test(words);

const wordsOf = (cause: unknown): string =>
  firstSentence((cause instanceof Error ? cause.message : String(cause)).replace(/^(Error: )+/, ""));
const firstSentence = (words: string): string => (words.split(/(?<=\.)\s|\n/, 1)[0] ?? words).replace(/\.$/, "");

const RENEW_BEFORE_MS = 5 * 60_000;
/** What renews may fail, or give again what is about to expire: each call asking anew would be a storm. */
const RENEW_AGAIN_MS = 10_000;

function renewing(provider: (forceRefresh: boolean) => Promise<Credentials>): CredentialsSource {
  let current: Credentials | undefined;
  let first = true;
  let renewAtMs = Number.NEGATIVE_INFINITY;
  let renewal: Promise<Credentials> | undefined;
  const renew = (): Promise<Credentials> => {
    renewal ??= provider(!first)
      .then((fresh) => {
        current = checked(fresh);
        first = false;
        return current;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };
  const atHand = (nowMs: number): Credentials | undefined => {
    const leftMs = (current?.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs;
    if (leftMs <= 0) return undefined;
    if (leftMs <= RENEW_BEFORE_MS && nowMs >= renewAtMs) {
      renewAtMs = nowMs + RENEW_AGAIN_MS;
      // Calls go on with the old ones meanwhile.
      renew().catch(() => {});
    }
    return current;
  };
  return {
    renewable: true,
    atHand,
    get: async (nowMs) => atHand(nowMs) ?? renew(),
    expire(credentials) {
      if (current === credentials) current = undefined;
    },
  };
}

function checked(credentials: Credentials): Credentials {
  if (!credentials?.accessKeyId || !credentials.secretAccessKey) {
    throw new ConfigurationError(
      "credentials",
      "The AWS credentials lack accessKeyId or secretAccessKey: give both, and sessionToken where they are temporary.",
    );
  }
  return credentials;
}
