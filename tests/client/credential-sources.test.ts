import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { awsChain } from "../../provider/client/aws-chain";
import type { ChainTransport } from "../../provider/client/chain-transport";
import { chainTransport } from "../../provider/client/chain-transport";
import { openCredentials } from "../../provider/client/credentials";
import { readProfile } from "../../provider/client/shared-config";
import { openTransport } from "../../provider/client/transport";
import { eventually } from "../support/eventually";
import { fakeAws } from "./fake-aws";
import type { MisbehavingServer } from "./misbehaving-server";
import { raw, startMisbehavingServer } from "./misbehaving-server";

/** AWS's own credential chain, each of its sources against a local server that plays AWS. */
jest.setTimeout(30_000);

const region = "eu-west-1";
let aws: MisbehavingServer;
let home: string;
const file = (name: string, text: string) => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};
const ssoToken = (expiresInMs: number) => {
  const name = createHash("sha1").update("corp").digest("hex");
  mkdirSync(join(home, ".aws/sso/cache"), { recursive: true });
  const expiresAt = new Date(Date.now() + expiresInMs).toISOString();
  const startUrl = "https://example.invalid/start";
  writeFileSync(
    join(home, ".aws/sso/cache", `${name}.json`),
    JSON.stringify({ startUrl, region: "us-east-2", accessToken: "signed-in", expiresAt }),
  );
};

// The chain reads the process's environment by itself, so these tests set it.
const before = { ...process.env };
beforeAll(async () => {
  aws = await startMisbehavingServer();
});
afterAll(() => aws.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kinesis-credentials-"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: file(
      "config",
      `[profile process]
credential_process = ${file("process.sh", `echo x >> ${home}/count\necho '{"Version": 1, "AccessKeyId": "process-'$(wc -l < ${home}/count)'", "SecretAccessKey": "s"}'`)}
[profile assumed]
role_arn = arn:aws:iam::111122223333:role/r
source_profile = keys
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
[sso-session corp]
sso_region = us-east-2
sso_start_url = https://example.invalid/start
`.replace("credential_process = ", "credential_process = sh "),
    ),
    AWS_SHARED_CREDENTIALS_FILE: file(
      "credentials",
      "[keys]\naws_access_key_id = file-1\naws_secret_access_key = file-secret\n",
    ),
  });
  aws.script();
  aws.otherwise(fakeAws());
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const open = (profile?: string, transport?: Pick<ChainTransport, "handle">) => {
  const { env } = process;
  const chain = awsChain({ region, profile, transport, readProfile: () => readProfile(env, profile) }, env);
  return openCredentials({ profile, chain }, env);
};

interface Source {
  readonly name: string;
  readonly prepare?: () => void;
  readonly profile?: string;
  readonly first: RegExp;
  readonly accountId?: string;
}

const sources: Source[] = [
  { name: "a profile's process", profile: "process", first: /^process-1$/ },
  {
    name: "a container's endpoint",
    prepare: () =>
      Object.assign(process.env, {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/container`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "of-the-container",
      }),
    first: /^container-1$/,
  },
  {
    name: "an instance's metadata",
    prepare: () => {
      delete process.env.AWS_EC2_METADATA_DISABLED;
      process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = aws.url;
    },
    first: /^instance-1$/,
  },
  {
    name: "a web identity",
    prepare: () =>
      Object.assign(process.env, {
        AWS_ENDPOINT_URL_STS: aws.url,
        AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/r",
        AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "jwt"),
      }),
    first: /^AssumeRoleWithWebIdentity-1$/,
    accountId: "111122223333",
  },
  {
    name: "an assumed role",
    profile: "assumed",
    prepare: () => {
      process.env.AWS_ENDPOINT_URL_STS = aws.url;
    },
    first: /^AssumeRole-1$/,
    accountId: "111122223333",
  },
  {
    name: "a sign-in (SSO)",
    profile: "sso",
    prepare: () => {
      process.env.AWS_ENDPOINT_URL_SSO = aws.url;
      ssoToken(3_600_000);
    },
    first: /^sso-1$/,
  },
];

describe.each(sources)("$name", ({ prepare, profile, first, accountId }) => {
  test("gives credentials once, and others as soon as AWS calls these expired", async () => {
    prepare?.();
    const source = open(profile);
    expect(source.renewable).toBe(true);
    const given = await source.get(Date.now());
    expect(given.accessKeyId).toMatch(first);
    expect(await source.get(Date.now())).toBe(given);
    source.expire(given);
    const next = await source.get(Date.now());
    expect(next.accessKeyId).toMatch(new RegExp(first.source.replace("1$", "2$")));
    if (accountId) expect(next.accountId).toBe(accountId);
  });
});

test("about to expire, they are renewed while calls go on with the old ones", async () => {
  aws.otherwise(fakeAws(4 * 60_000));
  process.env.AWS_ENDPOINT_URL_STS = aws.url;
  const source = open("assumed");
  expect((await source.get(Date.now())).accessKeyId).toBe("AssumeRole-1");
  expect((await source.get(Date.now())).accessKeyId).toBe("AssumeRole-1");
  await eventually("they are renewed", async () =>
    (await source.get(Date.now())).accessKeyId === "AssumeRole-2" ? true : undefined,
  );
});

test("keys that another tool writes into the file anew are read anew", async () => {
  const source = open("keys");
  const given = await source.get(Date.now());
  expect(given.accessKeyId).toBe("file-1");
  file("credentials", "[keys]\naws_access_key_id = file-2\naws_secret_access_key = file-secret\n");
  source.expire(given);
  expect((await source.get(Date.now())).accessKeyId).toBe("file-2");
});

test.each([
  ["sso", "sso-1", "GET", "/federation/credentials?role_name=Dev&account_id=123456789012"],
  ["assumed", "AssumeRole-1", "POST", "/"],
])("over our own transport, profile %s", async (profile, key, method, path) => {
  Object.assign(process.env, { AWS_ENDPOINT_URL_SSO: aws.url, AWS_ENDPOINT_URL_STS: aws.url });
  ssoToken(3_600_000);
  const transport = chainTransport((origin) =>
    openTransport(origin, { connectTimeoutMs: 1_000, maxSockets: 1, proxy: undefined }),
  );
  expect((await open(profile, transport).get(Date.now())).accessKeyId).toBe(key);
  expect(aws.seen.map((seen) => [seen.method, seen.path])).toEqual([[method, path]]);
});

test("SSO is asked in its own region, STS in the client's", async () => {
  const asked: string[] = [];
  // Both go through the transport that takes them where the network needs one; here it only tells where they would go.
  const transport = {
    handle: async ({ hostname }: { hostname: string }) => {
      asked.push(hostname);
      throw new Error("stop");
    },
  };
  ssoToken(3_600_000);
  for (const profile of ["sso", "assumed"]) {
    await open(profile, transport)
      .get(Date.now())
      .catch(() => {});
  }
  expect(new Set(asked)).toEqual(new Set(["portal.sso.us-east-2.amazonaws.com", "sts.eu-west-1.amazonaws.com"]));
});

test("a profile that does not exist ends nowhere else, even where the machine has a role", async () => {
  delete process.env.AWS_EC2_METADATA_DISABLED;
  process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = aws.url;
  await expect(open("nope").get(Date.now())).rejects.toMatchObject({
    code: "ERR_KINESIS_CONFIGURATION",
    setting: "profile",
    message: `The AWS profile "nope" (given as \`profile\`) is neither in ${home}/config nor in ${home}/credentials: name one that is, or add it with \`aws configure --profile nope\`.`,
  });
  expect(aws.seen).toEqual([]);
});

test("a profile beside keys in the environment: no warning on the screen", async () => {
  const warn = jest.spyOn(console, "warn").mockImplementation(() => {});
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "env-key", AWS_SECRET_ACCESS_KEY: "s" });
  expect((await open("keys").get(Date.now())).accessKeyId).toBe("file-1");
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

const PROCESS_FAILED =
  'The credential_process of profile "process" gave no AWS credentials: run it by hand to see why.';

describe("what a person sees, in one sentence", () => {
  const sentence = async (profile?: string) => {
    const error = await open(profile)
      .get(Date.now())
      .then(
        () => undefined,
        (reason) => reason,
      );
    expect(error).toMatchObject({ code: "ERR_KINESIS_CONFIGURATION", setting: "credentials" });
    expect(error.message).not.toMatch(/\n/);
    return error.message;
  };

  test("nothing at all", async () => {
    expect(await sentence()).toBe(
      "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws configure`.",
    );
  });

  test.each([
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"],
  ])("%s alone", async (given, missing) => {
    process.env[given] = "k";
    expect(await sentence()).toBe(
      `No AWS credentials were found: ${given} is set and ${missing} isn't: set both, or AWS_PROFILE.`,
    );
  });

  test.each([
    ["never signed in", () => {}],
    ["the sign-in has expired", () => ssoToken(-60_000)],
  ])("SSO: %s", async (_name, prepare) => {
    prepare();
    expect(await sentence("sso")).toMatch(
      /^The AWS sign-in of profile "sso" can't be used \(.+\): run `aws sso login --profile sso` and try again\.$/,
    );
  });

  // The second is no matter of a sign-in, though it speaks of a token.
  test.each([
    ["the role may not be assumed", "AccessDenied", "User is not authorized."],
    [
      "the keys behind the role are wrong",
      "InvalidClientTokenId",
      "The security token included in the request is invalid.",
    ],
  ])("%s", async (_name, code, message) => {
    process.env.AWS_ENDPOINT_URL_STS = aws.url;
    const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    aws.otherwise(raw(403, body, { "content-type": "text/xml" }));
    expect(await sentence("assumed")).toBe(
      `The AWS credentials of profile "assumed" could not be loaded (${message.replace(/\.$/, "")}): check the profile in ~/.aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
    );
  });

  test("the process fails", async () => {
    file("process.sh", "echo no vault >&2; exit 3");
    expect(await sentence("process")).toBe(PROCESS_FAILED);
  });

  test("the process fails where the machine has a role: never that one, it is another account's", async () => {
    file("process.sh", "exit 3");
    delete process.env.AWS_EC2_METADATA_DISABLED;
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = aws.url;
    const source = open("process");
    // The second time, too: the chain remembers what it found.
    for (const _time of [1, 2]) {
      await expect(source.get(Date.now())).rejects.toMatchObject({ message: PROCESS_FAILED });
    }
  });

  test("the container refuses", async () => {
    Object.assign(process.env, { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/container` });
    expect(await sentence()).toBe(
      "The container's endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI) gave no AWS credentials: check that the task or pod has a role, and its authorization token.",
    );
  });

  test("the token of a web identity is missing", async () => {
    Object.assign(process.env, {
      AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/r",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/nonexistent",
    });
    expect(await sentence()).toBe(
      "The AWS credentials could not be loaded (ENOENT: no such file or directory, open '/nonexistent'): check the profile in ~/.aws, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    );
  });
});
