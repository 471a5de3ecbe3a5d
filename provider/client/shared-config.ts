/**
 * The person's `~/.aws/config` and `~/.aws/credentials`, read for what the client itself needs: the profile's region
 * and endpoints, and whether the profile exists. Read with smithy's own parser, so that it means the same as to the
 * AWS SDKs; loaded only where the files exist, because most containers have none.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigurationError, excerpt } from "../errors";
import type { Platform } from "../platform";

export interface Profile {
  readonly name: string;
  /** Keys as in the file: `region`, `endpoint_url`, `services`. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** The keys of the `[services …]` section that it names: `kinesis.endpoint_url`. */
  readonly services: Readonly<Record<string, string | undefined>>;
}

type Env = Platform["env"];

/** The profile in use; only a profile that somebody named must exist. */
export async function readProfile(env: Env, named: string | undefined): Promise<Profile> {
  // Empty is how a shell says "unset".
  const wanted = named || env.AWS_PROFILE || undefined;
  const name = wanted ?? "default";
  const home = env.HOME || env.USERPROFILE || homedir();
  const path = (variable: string | undefined, file: string): string =>
    (variable || join("~", ".aws", file)).replace(/^~(?=[/\\])/, () => home);
  const configFilepath = path(env.AWS_CONFIG_FILE, "config");
  const filepath = path(env.AWS_SHARED_CREDENTIALS_FILE, "credentials");
  const files =
    existsSync(configFilepath) || existsSync(filepath)
      ? await load({ configFilepath, filepath })
      : { configFile: {}, credentialsFile: {} };
  const values = { ...files.credentialsFile[name], ...files.configFile[name] };
  if (wanted !== undefined && !(name in files.configFile) && !(name in files.credentialsFile)) {
    const shown = excerpt(name);
    throw new ConfigurationError(
      "profile",
      `The AWS profile ${JSON.stringify(shown)} (${named ? "given as `profile`" : "from AWS_PROFILE"}) is neither in ${configFilepath} nor in ${filepath}: name one that is, or add it with \`aws configure --profile ${shown}\`.`,
    );
  }
  return { name, values, services: (values.services && files.configFile[`services.${values.services}`]) || {} };
}

/**
 * The certificate authorities of a network that has its own: AWS_CA_BUNDLE, or the profile's `ca_bundle`. They take the
 * place of the usual ones, as with the AWS CLI; NODE_EXTRA_CA_CERTS is Node's own way to add some.
 */
export async function readCaBundle(env: Env, profile: () => Promise<Profile>): Promise<string | undefined> {
  const path = env.AWS_CA_BUNDLE || (await profile()).values.ca_bundle;
  if (!path) return undefined;
  const source = env.AWS_CA_BUNDLE ? "AWS_CA_BUNDLE" : "ca_bundle of the AWS profile";
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigurationError(
      "certificates",
      `The certificates in ${path} (from ${source}) can't be read (${reason}): name a PEM file, or unset it.`,
      { cause },
    );
  }
  // Without one, Node would trust nobody and blame the server.
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw new ConfigurationError(
    "certificates",
    `The file ${path} (from ${source}) holds no certificate in PEM: name a file with "-----BEGIN CERTIFICATE-----", or unset it.`,
  );
}

type Files = Record<"configFile" | "credentialsFile", Record<string, Record<string, string | undefined>>>;

function load(paths: { configFilepath: string; filepath: string }): Promise<Files> {
  // `require` and not `import()`: that would fail in users' Jest.
  const config: typeof import("@smithy/core/config") = require("@smithy/core/config");
  return config.loadSharedConfigFiles({ ...paths, ignoreCache: true });
}
