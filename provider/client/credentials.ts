/**
 * Who calls: credentials given to the client, else those in the environment, else AWS's own chain (profiles, SSO, web
 * identity, containers, instance metadata, assumed roles), which is loaded only then because it takes 50 ms. Kept until
 * five minutes before they expire, then renewed while calls go on with the old ones.
 */
import { ConfigurationError } from "../errors";
import type { Platform } from "../platform";

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
  /** Credentials that are good for a request at `nowMs`. */
  get(nowMs: number): Promise<Credentials>;
  /** AWS said that these have expired: never hand them out again. */
  expire(credentials: Credentials): void;
  /** False for constants: nothing better can be had. */
  readonly renewable: boolean;
}

export interface CredentialsSettings {
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  readonly profile?: string | undefined;
  readonly region: string;
}

export function openCredentials(settings: CredentialsSettings, env: Platform["env"]): CredentialsSource {
  const { credentials } = settings;
  if (typeof credentials === "function") return renewing(credentials);
  const constant = credentials ?? fromEnvironment(settings.profile, env);
  if (constant) return { get: async () => checked(constant), expire: () => {}, renewable: false };
  return renewing(awsChain(settings, env));
}

/** As the SDKs do, a profile that somebody named wins over keys in the environment. */
function fromEnvironment(profile: string | undefined, env: Platform["env"]): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (profile || env.AWS_PROFILE || !accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    accountId: env.AWS_ACCOUNT_ID || undefined,
  };
}

/** The chain keeps what it got until it expires, too; `forceRefresh` is for when AWS says that it has expired already. */
function awsChain(
  { profile, region }: CredentialsSettings,
  env: Platform["env"],
): (forceRefresh: boolean) => Promise<Credentials> {
  let chain: ReturnType<typeof loadChain> | undefined;
  return async (forceRefresh) => {
    chain ??= loadChain(profile, region);
    try {
      return await chain({ forceRefresh });
    } catch (cause) {
      throw new ConfigurationError("credentials", explainChain(cause, profile ?? env.AWS_PROFILE), { cause });
    }
  };
}

function loadChain(
  profile: string | undefined,
  region: string,
): (options: { forceRefresh: boolean }) => Promise<Credentials> {
  // `require` and not `import()`: that would fail in users' Jest, and load a second copy of what signing has loaded.
  const aws: typeof import("@aws-sdk/credential-provider-node") = require("@aws-sdk/credential-provider-node");
  return aws.defaultProvider({ ...(profile ? { profile } : {}), clientConfig: { region } });
}

/** One sentence for what the chain says in many. */
function explainChain(cause: unknown, profile: string | undefined): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  const forProfile = profile ? ` --profile ${profile}` : "";
  if (/sso|login|token.*(expired|invalid)/i.test(words)) {
    return `The AWS sign-in${profile ? ` of profile "${profile}"` : ""} can't be used (${firstSentence(words)}): run \`aws sso login${forProfile}\` and try again.`;
  }
  if (/could not load credentials from any providers/i.test(words)) {
    return `No AWS credentials were found${profile ? ` for profile "${profile}"` : ""}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run \`aws configure${forProfile}\`.`;
  }
  return `The AWS credentials${profile ? ` of profile "${profile}"` : ""} could not be loaded (${firstSentence(words)}): check the profile in ~/.aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
}

const firstSentence = (words: string): string => (words.split(/(?<=\.)\s|\n/, 1)[0] ?? words).replace(/\.$/, "");

const RENEW_BEFORE_MS = 5 * 60_000;

function renewing(provider: (forceRefresh: boolean) => Promise<Credentials>): CredentialsSource {
  let current: Credentials | undefined;
  let refused = false;
  let renewal: Promise<Credentials> | undefined;
  const renew = (): Promise<Credentials> => {
    renewal ??= provider(refused)
      .then((fresh) => {
        current = checked(fresh);
        refused = false;
        return current;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };
  return {
    renewable: true,
    async get(nowMs) {
      if (!current) return renew();
      const leftMs = current.expiration ? current.expiration.getTime() - nowMs : Number.POSITIVE_INFINITY;
      if (leftMs > RENEW_BEFORE_MS) return current;
      const fresh = renew();
      if (leftMs <= 0) return fresh;
      // Still good: this call goes on with them, and a failed renewal is tried again by the next call.
      fresh.catch(() => {});
      return current;
    },
    expire(credentials) {
      if (current !== credentials) return;
      current = undefined;
      refused = true;
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
