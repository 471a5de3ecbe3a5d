/**
 * Where to call: region -> partition -> URL, and the order in which a region and an endpoint are looked for.
 *
 *   region    option, AWS_REGION, AWS_DEFAULT_REGION, the profile's region
 *   endpoint  option, AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, the profile's services section, its endpoint_url,
 *             else the region's own; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS leaves only the option and the region's own
 *
 * The partitions are a table of eight rows and no library: the one that keeps these facts takes 60 ms to load. A test
 * compares the URLs with those of the newest AWS SDK for every region that it knows.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
import { ConfigurationError, excerpt } from "../errors";
import type { Platform } from "../platform";
import type { Profile } from "./shared-config";

interface Partition {
  readonly regions: RegExp;
  readonly dnsSuffix: string;
  readonly dualStackDnsSuffix: string;
}

const PARTITIONS: readonly Partition[] = [
  { regions: /^cn-\w+-\d+$/, dnsSuffix: "amazonaws.com.cn", dualStackDnsSuffix: "api.amazonwebservices.com.cn" },
  { regions: /^eusc-\w+-\w+-\d+$/, dnsSuffix: "amazonaws.eu", dualStackDnsSuffix: "api.amazonwebservices.eu" },
  { regions: /^us-iso-\w+-\d+$/, dnsSuffix: "c2s.ic.gov", dualStackDnsSuffix: "api.aws.ic.gov" },
  { regions: /^us-isob-\w+-\d+$/, dnsSuffix: "sc2s.sgov.gov", dualStackDnsSuffix: "api.aws.scloud" },
  { regions: /^eu-isoe-\w+-\d+$/, dnsSuffix: "cloud.adc-e.uk", dualStackDnsSuffix: "api.cloud-aws.adc-e.uk" },
  { regions: /^us-isof-\w+-\d+$/, dnsSuffix: "csp.hci.ic.gov", dualStackDnsSuffix: "api.aws.hci.ic.gov" },
  { regions: /^us-gov-\w+-\d+$/, dnsSuffix: "amazonaws.com", dualStackDnsSuffix: "api.aws" },
  // The public partition comes last: a region that nobody knows yet is most likely one of its.
  { regions: /^/, dnsSuffix: "amazonaws.com", dualStackDnsSuffix: "api.aws" },
];

/** GovCloud's ordinary endpoints are FIPS endpoints and have no other name. */
const FIPS_BY_NATURE = /^us-gov-/;

export interface Variants {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

export function regionalUrl(region: string, { fips, dualStack }: Variants): URL {
  const partition = PARTITIONS.find(({ regions }) => regions.test(region)) as Partition;
  const service = fips && (dualStack || !FIPS_BY_NATURE.test(region)) ? "kinesis-fips" : "kinesis";
  return new URL(`https://${service}.${region}.${dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix}/`);
}

const AWS_SUFFIXES = PARTITIONS.flatMap(({ dnsSuffix, dualStackDnsSuffix }) => [
  `.${dnsSuffix}`,
  `.${dualStackDnsSuffix}`,
]);

/** Whether a host is a region's own: public, FIPS, dual-stack, or a VPC endpoint's by AWS's name for it. */
export const isAwsHost = (hostname: string): boolean => AWS_SUFFIXES.some((suffix) => hostname.endsWith(suffix));

type Env = Platform["env"];

export interface Settings {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly useFipsEndpoint?: boolean | undefined;
  readonly useDualstackEndpoint?: boolean | undefined;
}

export async function resolveRegion(settings: Settings, env: Env, profile: () => Promise<Profile>): Promise<string> {
  const region =
    firstFilled(settings.region, env.AWS_REGION, env.AWS_DEFAULT_REGION) ?? (await profile()).values.region;
  if (!region) {
    throw new ConfigurationError(
      "region",
      "No AWS region is set: set AWS_REGION (for example AWS_REGION=eu-central-1), the client's `region`, or `region` in your AWS profile.",
    );
  }
  // The region becomes part of a host name: anything but a label would send signed requests elsewhere.
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(region)) {
    throw new ConfigurationError(
      "region",
      `${JSON.stringify(excerpt(region))} is no AWS region: write one like "eu-central-1".`,
    );
  }
  return region;
}

export async function resolveEndpoint(
  settings: Settings,
  region: string,
  env: Env,
  profile: () => Promise<Profile>,
): Promise<URL> {
  if (settings.endpoint) return parseEndpoint(settings.endpoint, "the client's `endpoint`");
  // Its own file is read only now: where an environment variable decides, no file has a say.
  const found = isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) ? undefined : await configuredEndpoint(env, profile);
  if (found) return parseEndpoint(found.url, found.source);
  return regionalUrl(region, {
    fips: settings.useFipsEndpoint ?? isTrue(env.AWS_USE_FIPS_ENDPOINT || (await profile()).values.use_fips_endpoint),
    dualStack:
      settings.useDualstackEndpoint ??
      isTrue(env.AWS_USE_DUALSTACK_ENDPOINT || (await profile()).values.use_dualstack_endpoint),
  });
}

async function configuredEndpoint(
  env: Env,
  profile: () => Promise<Profile>,
): Promise<{ url: string; source: string } | undefined> {
  if (env.AWS_ENDPOINT_URL_KINESIS) return { url: env.AWS_ENDPOINT_URL_KINESIS, source: "AWS_ENDPOINT_URL_KINESIS" };
  if (env.AWS_ENDPOINT_URL) return { url: env.AWS_ENDPOINT_URL, source: "AWS_ENDPOINT_URL" };
  const { name, values, services } = await profile();
  if (isTrue(values.ignore_configured_endpoint_urls)) return undefined;
  const url = services["kinesis.endpoint_url"] ?? values.endpoint_url;
  return url ? { url, source: `endpoint_url of the AWS profile "${name}"` } : undefined;
}

function parseEndpoint(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Quoted only where nothing in it can be a password or a token.
  const shown = /^[\w.:/[\]-]*$/.test(text) ? `${JSON.stringify(excerpt(text))} (from ${source})` : `from ${source}`;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new ConfigurationError(
      "endpoint",
      `The endpoint ${shown} is no URL: write it with its scheme, as https://host or, for a local emulator, http://localhost:4568.`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError(
      "endpoint",
      `The endpoint from ${source} carries a user, a query or a fragment, none of which Kinesis takes: leave scheme, host, port and path.`,
    );
  }
  return url;
}

const firstFilled = (...values: (string | undefined)[]): string | undefined => values.find(Boolean);
const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === "true";
