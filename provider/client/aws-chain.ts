/**
 * AWS's own chain of credential sources: profiles, SSO, web identity, containers, instance metadata, assumed roles. Here
 * is what it needs to know, and one sentence for a person where it says many.
 */
import { ConfigurationError } from "../errors";
import type { Platform } from "../platform";
import type { ChainTransport } from "./chain-transport";
import type { Credentials } from "./credentials";
import { firstSentence } from "./explain";
import type { Profile } from "./shared-config";

export interface ChainSettings {
  readonly profile?: string | undefined;
  readonly region: string;
  /** @throws ConfigurationError where a profile is named that doesn't exist: the chain would go on to the next source */
  readonly readProfile: () => Promise<Profile>;
  /** What it calls STS and SSO through; left out: the AWS SDK's own. */
  readonly transport?: Pick<ChainTransport, "handle"> | undefined;
}

/** The chain keeps what it got until it expires, too; `forceRefresh` is for when ours is to be renewed before that. */
export function awsChain(
  settings: ChainSettings,
  env: Platform["env"],
): (forceRefresh: boolean) => Promise<Credentials> {
  const named = settings.profile || env.AWS_PROFILE || undefined;
  let chain: Chain | undefined;
  return async (forceRefresh) => {
    const ofProfile = (await settings.readProfile()).values;
    // It joins whoever asks to the question under way: one that hangs and was given up would hold this one, too.
    if (chain?.busy) chain = undefined;
    chain ??= openChain(named, settings);
    const asked = chain;
    asked.busy = true;
    asked.askedMachine = false;
    try {
      const found = await asked.find({ forceRefresh });
      if (!ofProfile.credential_process || !asked.askedMachine) return found;
      // The chain keeps what it found.
      if (chain === asked) chain = undefined;
      throw new NotFromProcess();
    } catch (cause) {
      throw new ConfigurationError("credentials", explainChain(cause, named, ofProfile, env), { cause });
    } finally {
      asked.busy = false;
    }
  };
}

interface Chain {
  readonly find: (options: { forceRefresh: boolean }) => Promise<Credentials>;
  busy: boolean;
  /** Whether it has gone on to the container's or the machine's own role. */
  askedMachine: boolean;
}

function openChain(named: string | undefined, settings: ChainSettings): Chain {
  const note = (line: unknown) => {
    if (String(line).includes("remoteProvider")) chain.askedMachine = true;
  };
  const chain: Chain = { find: loadChain(named, settings, note), busy: false, askedMachine: false };
  return chain;
}

/** After a process that fails the chain goes on to the machine's own role: in another account, as likely as not. */
class NotFromProcess extends Error {}

const silent = () => {};

function loadChain(
  profile: string | undefined,
  { region, transport }: ChainSettings,
  note: (line: unknown) => void,
): Chain["find"] {
  // `require` and not `import()`: that would fail in users' Jest.
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
  ofProfile: Profile["values"],
  env: Platform["env"],
): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  const profile = named ? ` of profile "${named}"` : "";
  const flag = named ? ` --profile ${named}` : "";
  if (/\bsso\b|\baws login\b|session token not found or invalid/i.test(words)) {
    const login = /\baws login\b/.test(words) ? "aws login" : "aws sso login";
    return `The AWS sign-in${profile} can't be used (${firstSentence(cause)}): run \`${login}${flag}\` and try again.`;
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
  const [given, missing] = env.AWS_ACCESS_KEY_ID
    ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    : ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"];
  if (isNothingFound(words) && !named && env[given]) {
    return `No AWS credentials were found: ${given} is set and ${missing} isn't: set both, or AWS_PROFILE.`;
  }
  if (isNothingFound(words)) {
    return `No AWS credentials were found${named ? ` for profile "${named}"` : ""}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run \`aws configure${flag}\`.`;
  }
  return `The AWS credentials${profile} could not be loaded (${firstSentence(cause)}): check the profile in ~/.aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
}

const isNothingFound = (words: string): boolean =>
  /could not load credentials from any providers|metadata service access disabled/i.test(words);
