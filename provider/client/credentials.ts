/**
 * Who calls: credentials given to the client, else those in the environment, else AWS's own chain (profiles, SSO, web
 * identity, containers, instance metadata, assumed roles), which is loaded only then because it takes 50 ms. Kept until
 * five minutes before they expire, then renewed while calls go on with the old ones.
 */
import { ConfigurationError } from "../errors";
import type { Platform } from "../platform";
import { firstSentence } from "./explain";

/** Keys to sign with; temporary ones have a `sessionToken`, and an `expiration` where it is known. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** Where known, the rate limits are shared by account instead of by key. */
  readonly accountId?: string | undefined;
}

/** A function that gets credentials. It is asked at the first call, and again five minutes before they expire. */
export type CredentialsProvider = () => Promise<Credentials>;

export interface CredentialsSource {
  /** Credentials that are good for a request at `nowMs`, if they needn't be waited for. */
  atHand(nowMs: number): Credentials | undefined;
  /** The same, waited for; `givenUp` aborts when nobody waits for this answer any more. */
  get(nowMs: number, givenUp?: AbortSignal): Promise<Credentials>;
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
  const given = credentials ?? fromEnvironment(settings.profile, env);
  if (given) {
    const constant = { ...given };
    return { atHand: () => checked(constant), get: async () => checked(constant), expire: () => {}, renewable: false };
  }
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
/** As long as a call may take by default. What has not answered by then (a dead metadata service) hardly ever will. */
const RENEWAL_MS = 120_000;

interface Renewal {
  readonly answer: Promise<Credentials>;
  readonly sinceMs: number;
  waiting: number;
}

function renewing(provider: (forceRefresh: boolean) => Promise<Credentials>): CredentialsSource {
  let current: Credentials | undefined;
  let first = true;
  let renewAtMs = Number.NEGATIVE_INFINITY;
  let renewal: Renewal | undefined;
  /** The one under way, unless it takes too long: it must not hold up every later call for ever. */
  const renew = (nowMs: number): Renewal => {
    if (renewal && Math.abs(nowMs - renewal.sinceMs) < RENEWAL_MS) return renewal;
    const ask = async () => {
      try {
        // A copy: a provider may hand out one object and change it in place, under keys and signers made from it.
        const fresh = checked({ ...(await provider(!first)) });
        // One that was given up and answers after all is not newer than what its successor got.
        if (renewal === asked || !current) current = fresh;
        first = false;
        return fresh;
      } finally {
        if (renewal === asked) renewal = undefined;
      }
    };
    const asked: Renewal = { answer: Promise.resolve().then(ask), sinceMs: nowMs, waiting: 0 };
    // Whoever waits hears of its failure; it may have been given up by all.
    asked.answer.catch(() => {});
    renewal = asked;
    return asked;
  };
  const atHand = (nowMs: number): Credentials | undefined => {
    const leftMs = (current?.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs;
    if (leftMs <= 0) return undefined;
    if (leftMs <= RENEW_BEFORE_MS && nowMs >= renewAtMs) {
      renewAtMs = nowMs + RENEW_AGAIN_MS;
      // Calls go on with the old ones meanwhile.
      renew(nowMs);
    }
    return current;
  };
  return {
    renewable: true,
    atHand,
    async get(nowMs, givenUp) {
      const known = atHand(nowMs);
      if (known) return known;
      const asked = renew(nowMs);
      asked.waiting++;
      const leave = () => {
        asked.waiting--;
        // Nobody waits for it any more: it may hang, so the next call asks anew.
        if (asked.waiting === 0 && renewal === asked) renewal = undefined;
      };
      givenUp?.addEventListener("abort", leave, { once: true });
      return asked.answer;
    },
    expire(credentials) {
      if (current === credentials) current = undefined;
    },
  };
}

const failing = (problem: string) => new ConfigurationError("credentials", `The AWS credentials ${problem}`);

function checked(credentials: Credentials): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  if (!accessKeyId || !secretAccessKey) {
    throw failing("lack accessKeyId or secretAccessKey: give both, and sessionToken where they are temporary.");
  }
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken })) {
    // They come from files and variables, with the line break of their end; as a header it would not even be sent.
    if (value !== undefined && (typeof value !== "string" || !/^(?! )[\x20-\x7e]*(?<! )$/.test(value))) {
      throw failing(
        `can't be used: ${name} is no text of plain characters. Look for a space or a line break in it, most likely at its end.`,
      );
    }
  }
  if (expiration !== undefined && !(expiration instanceof Date && !Number.isNaN(expiration.getTime()))) {
    throw failing("hold an expiration that is no Date: make one with new Date(…), or leave it out.");
  }
  return credentials;
}
