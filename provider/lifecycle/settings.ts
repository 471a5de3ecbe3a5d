import { ConfigurationError, excerpt } from "../errors";

/** What the stack's configuration says about where and as whom to call AWS. What it leaves out is AWS's own to find. */
export interface Settings {
  region?: string;
  profile?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Merged below each Stream's own tags. */
  defaultTags: Record<string, string>;
}

/** The raw stack configuration: full keys (`aws:region`) to strings, structured values as JSON text. */
export type StackConfig = Readonly<Record<string, unknown>>;

const OUR_SETTINGS = ["region", "profile", "endpoint", "accessKey", "secretKey", "token", "defaultTags"];

/**
 * Settings of pulumi-aws that decide which account or which host is called, and that we don't have. Going on without one
 * could reach the wrong account, the worst bug we could have, so each is refused by name, with the way out.
 */
const REFUSED_AWS_SETTINGS: Record<string, string> = {
  assumeRole: "put role_arn and source_profile into an AWS profile and set kinesis:profile",
  assumeRoles: "put role_arn and source_profile into an AWS profile and set kinesis:profile",
  assumeRoleWithWebIdentity: "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment",
  allowedAccountIds: "account ids can't be checked yet; name a profile of the right account in kinesis:profile instead",
  forbiddenAccountIds:
    "account ids can't be checked yet; name a profile of the right account in kinesis:profile instead",
  sharedConfigFiles: "set AWS_CONFIG_FILE in the environment",
  sharedCredentialsFiles: "set AWS_SHARED_CREDENTIALS_FILE in the environment",
  httpProxy: "set HTTP_PROXY in the environment",
  httpsProxy: "set HTTPS_PROXY in the environment",
  customCaBundle: "set NODE_EXTRA_CA_CERTS in the environment",
  insecure: "certificates are always checked; set NODE_EXTRA_CA_CERTS for one of your own",
  ec2MetadataServiceEndpoint: "set AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment",
  useFipsEndpoint: "set kinesis:endpoint to the FIPS endpoint, https://kinesis-fips.<region>.amazonaws.com",
  useDualstackEndpoint: "set kinesis:endpoint to the dual-stack endpoint, https://kinesis.<region>.api.aws",
};

/**
 * Reads the settings: each as `kinesis:<name>`, then as pulumi-aws has it; profile and keys together. None that decides where
 * a call goes, or as whom, is ignored: it is honoured, or refused by name. In a project that is itself called kinesis, other `kinesis:` keys are the
 * program's own. Throws ConfigurationError, also where Pulumi has handed over no configuration at all: that it is private to
 * Pulumi how it does must not turn into "no settings", and into another account.
 */
export function readSettings(config: StackConfig | undefined, projectName?: string): Settings {
  if (config === undefined) {
    throw new ConfigurationError(
      "options",
      "This release of Pulumi hands its configuration over in a way that this release of pulumi-kinesis does not know: " +
        "update pulumi-kinesis, or go back to the @pulumi/pulumi that worked.",
    );
  }
  for (const key of Object.keys(config)) {
    const [namespace, name = ""] = key.split(":");
    // Taken for "not set", one of another kind would send the call elsewhere.
    const isOurs = namespace === "kinesis" || (namespace === "aws" && OUR_SETTINGS.includes(name));
    if (isOurs && projectName !== "kinesis" && !isText(config[key])) {
      throw new ConfigurationError("options", `${excerpt(key)} must be a text, as \`pulumi config set\` writes it.`);
    }
    if (namespace === "kinesis" && projectName !== "kinesis" && !OUR_SETTINGS.includes(name)) {
      throw new ConfigurationError(
        "options",
        `${excerpt(key)} is not a setting of pulumi-kinesis; these are: ${OUR_SETTINGS.join(", ")}.`,
      );
    }
    const wayOut = namespace === "aws" ? REFUSED_AWS_SETTINGS[name] : undefined;
    if (wayOut !== undefined && !isEmpty(config[key])) {
      throw new ConfigurationError("options", `${key} is set, and pulumi-kinesis does not support it: ${wayOut}.`);
    }
  }
  const text = (name: string) => asText(config[`kinesis:${name}`] ?? config[`aws:${name}`]);
  const settings: Settings = { defaultTags: readDefaultTags(config) };
  const region = text("region");
  const who = identity(config);
  const profile = who("profile");
  const endpoint = text("endpoint") ?? kinesisEndpoint(config["aws:endpoints"]);
  if (region !== undefined) settings.region = region;
  if (profile !== undefined) settings.profile = profile;
  if (endpoint !== undefined) settings.endpoint = endpoint;
  const accessKeyId = who("accessKey");
  const secretAccessKey = who("secretKey");
  const sessionToken = who("token");
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new ConfigurationError(
      "credentials",
      "accessKey and secretKey belong together: set both as secrets, or better neither.",
    );
  }
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    settings.credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  }
  return settings;
}

const IDENTITY = ["profile", "accessKey", "secretKey", "token"];

/**
 * Reads the settings that say as whom AWS is called: all from one namespace. Mixed, the keys of one would win over the
 * profile of the other, or go with its session token, and either is another account or none.
 */
function identity(config: StackConfig): (name: string) => string | undefined {
  const namespace = IDENTITY.some((name) => asText(config[`kinesis:${name}`]) !== undefined) ? "kinesis" : "aws";
  return (name) => asText(config[`${namespace}:${name}`]);
}

const isText = (value: unknown) => value === undefined || typeof value === "string";

/** A setting that is set to nothing is not set. */
const asText = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

function readDefaultTags(config: StackConfig): Record<string, string> {
  const value = structured("kinesis:defaultTags", config) ?? structured("aws:defaultTags", config);
  const { tags = {}, ...others } = (value ?? {}) as { tags?: unknown };
  const isMap =
    typeof tags === "object" &&
    tags !== null &&
    !Array.isArray(tags) &&
    Object.values(tags).every((tag) => typeof tag === "string");
  // What is not understood must not come to "no default tags": they would be removed everywhere.
  if (
    !isMap ||
    Object.keys(others).length > 0 ||
    (value !== undefined && (typeof value !== "object" || Array.isArray(value)))
  ) {
    throw new ConfigurationError("options", 'defaultTags must look like {"tags": {"team": "data"}}.');
  }
  return tags as Record<string, string>;
}

/** pulumi-aws keeps endpoints as a list of objects from service name to URL. */
function kinesisEndpoint(value: unknown): string | undefined {
  const list = structured("aws:endpoints", { "aws:endpoints": value });
  for (const item of Array.isArray(list) ? list : []) {
    const url = asText((item as { kinesis?: unknown } | null)?.kinesis);
    if (url !== undefined) return url;
  }
  return undefined;
}

function structured(key: string, config: StackConfig): unknown {
  const value = config[key];
  if (typeof value !== "string" || value === "") return value === "" ? undefined : value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ConfigurationError("options", `${key} must be JSON, as \`pulumi config set --path\` writes it.`);
  }
}

const isEmpty = (value: unknown) =>
  value === undefined || value === "" || value === "[]" || value === "{}" || value === "false";
