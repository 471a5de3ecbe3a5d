import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-kinesis";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { KinesisClientOptions } from "../../provider/client";
import { KinesisClient } from "../../provider/client";
import { regionalUrl } from "../../provider/client/endpoints";
import { awsRegions } from "./aws-regions";
import { fakePlatform } from "./fake-platform";

/** And one of each partition that the SDK doesn't know yet. */
const regions = [...awsRegions(), "eu-nowhere-9", "cn-new-3", "us-gov-south-1", "us-iso-new-4", "mx-new-2"];

describe("the URL of every region is the AWS SDK's", () => {
  test("there are regions to compare", () => expect(regions.length).toBeGreaterThan(50));
  for (const fips of [false, true]) {
    for (const dualStack of [false, true]) {
      test(`fips ${fips}, dual-stack ${dualStack}`, async () => {
        for (const region of regions) {
          const client = new sdk.KinesisClient({ region, useFipsEndpoint: fips, useDualstackEndpoint: dualStack });
          const provider = (client.config as unknown as { endpointProvider: (parameters: object) => { url: URL } })
            .endpointProvider;
          const theirs = provider({ Region: region, UseFIPS: fips, UseDualStack: dualStack }).url.href;
          expect(regionalUrl(region, { fips, dualStack }).href).toBe(theirs);
        }
      });
    }
  }
});

describe("where region and endpoint come from", () => {
  let files: { AWS_CONFIG_FILE: string; AWS_SHARED_CREDENTIALS_FILE: string };
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "kinesis-client-"));
    files = { AWS_CONFIG_FILE: join(folder, "config"), AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
    writeFileSync(
      files.AWS_CONFIG_FILE,
      `[default]
region = eu-west-3
[profile plain]
region = eu-north-1
endpoint_url = http://profile:1
[profile services]
region = eu-north-1
services = local
endpoint_url = http://profile:1
[profile ignoring]
region = eu-north-1
endpoint_url = http://profile:1
ignore_configured_endpoint_urls = true
[profile fips]
region = us-east-2
use_fips_endpoint = true
[services local]
kinesis =
  endpoint_url = http://services:2
`,
    );
    writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, "[keys]\naws_access_key_id = a\naws_secret_access_key = b\n");
  });

  const ask = async (options: KinesisClientOptions, env: Record<string, string>) => {
    const client = new KinesisClient(options, fakePlatform({ env: { ...files, ...env } }));
    return [await client.region(), await client.endpoint()];
  };

  test.each<[string, KinesisClientOptions, Record<string, string>, string, string]>([
    [
      "options",
      { region: "eu-west-1", endpoint: "http://o:9" },
      { AWS_REGION: "x-1", AWS_ENDPOINT_URL: "http://e" },
      "eu-west-1",
      "http://o:9/",
    ],
    [
      "AWS_REGION",
      {},
      { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "x" },
      "eu-west-2",
      "https://kinesis.eu-west-2.amazonaws.com/",
    ],
    [
      "AWS_DEFAULT_REGION",
      {},
      { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-2" },
      "eu-west-2",
      "https://kinesis.eu-west-2.amazonaws.com/",
    ],
    ["the default profile", {}, {}, "eu-west-3", "https://kinesis.eu-west-3.amazonaws.com/"],
    ["a profile", { profile: "plain" }, {}, "eu-north-1", "http://profile:1/"],
    ["AWS_PROFILE", {}, { AWS_PROFILE: "plain" }, "eu-north-1", "http://profile:1/"],
    ["a profile's services", { profile: "services" }, {}, "eu-north-1", "http://services:2/"],
    ["a profile that ignores", { profile: "ignoring" }, {}, "eu-north-1", "https://kinesis.eu-north-1.amazonaws.com/"],
    ["a profile's FIPS", { profile: "fips" }, {}, "us-east-2", "https://kinesis-fips.us-east-2.amazonaws.com/"],
    [
      "a profile of keys only",
      { profile: "keys", region: "eu-west-1" },
      {},
      "eu-west-1",
      "https://kinesis.eu-west-1.amazonaws.com/",
    ],
    [
      "the service's variable wins",
      { profile: "plain" },
      { AWS_ENDPOINT_URL: "http://e", AWS_ENDPOINT_URL_KINESIS: "http://k/p" },
      "eu-north-1",
      "http://k/p",
    ],
    ["AWS_ENDPOINT_URL", {}, { AWS_ENDPOINT_URL: "https://e" }, "eu-west-3", "https://e/"],
    [
      "configured endpoints ignored",
      {},
      { AWS_ENDPOINT_URL: "https://e", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      "eu-west-3",
      "https://kinesis.eu-west-3.amazonaws.com/",
    ],
    [
      "empty variables are as good as unset",
      { profile: "fips" },
      { AWS_PROFILE: "", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_KINESIS: "", AWS_USE_FIPS_ENDPOINT: "" },
      "us-east-2",
      "https://kinesis-fips.us-east-2.amazonaws.com/",
    ],
    [
      "the service's variable before a profile's services",
      { profile: "services" },
      { AWS_ENDPOINT_URL_KINESIS: "http://k" },
      "eu-north-1",
      "http://k/",
    ],
    [
      "AWS_USE_DUALSTACK_ENDPOINT",
      {},
      { AWS_USE_DUALSTACK_ENDPOINT: "true" },
      "eu-west-3",
      "https://kinesis.eu-west-3.api.aws/",
    ],
  ])("%s", async (_name, options, env, region, endpoint) => {
    expect(await ask(options, env)).toEqual([region, endpoint]);
  });

  test("files named from the home folder, as ~/…", async () => {
    const home = mkdtempSync(join(tmpdir(), "kinesis-home-"));
    writeFileSync(join(home, "elsewhere"), "[default]\nregion = sa-east-1\n");
    const [region] = await ask({}, { HOME: home, AWS_CONFIG_FILE: "~/elsewhere" });
    expect(region).toBe("sa-east-1");
  });
});
