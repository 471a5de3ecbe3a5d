/**
 * Who calls: credentials given to the client, else those in the environment, else AWS's own chain (profiles, SSO, web
 * identity, containers, instance metadata, assumed roles), which is loaded only then because it takes 50 ms. Kept until
 * five minutes before they expire, then renewed while calls go on with the old ones.
 */
import { ConfigurationError } from "../errors";
import type { Platform } from "../platform";
import { firstSentence } from "./explain";

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

export interface CredentialsSettings {
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  readonly profile?: string | undefined;
  /** Asked where neither the program nor the environment gives keys. */
  readonly chain: (forceRefresh: boolean) => Promise<Credentials>;
}

export function openCredentials(settings: CredentialsSettings, env: Platform["env"]): CredentialsSource {
  const { credentials } = settings;
  if (typeof credentials === "function") return renewing(givenFunction(credentials));
  const constant = credentials ?? fromEnvironment(settings.profile, env);
  if (constant)
    return { atHand: () => checked(constant), get: async () => constant, expire: () => {}, renewable: false };
  return renewing(settings.chain);
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
      `The \`credentials\` function given to the client failed (${firstSentence(cause)}): mend it, or leave it out for AWS's own chain.`,
      { cause },
    );
  }
};

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
