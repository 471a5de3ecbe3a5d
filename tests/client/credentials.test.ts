import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Credentials } from "../../provider/client/credentials";
import { openCredentials } from "../../provider/client/credentials";

const region = "eu-west-1";
const minutes = (count: number) => count * 60_000;

describe("which credentials", () => {
  const keys = { AWS_ACCESS_KEY_ID: "env-key", AWS_SECRET_ACCESS_KEY: "env-secret" };

  test("those given win over the environment", async () => {
    const source = openCredentials({ region, credentials: { accessKeyId: "given", secretAccessKey: "s" } }, keys);
    expect(await source.get(0)).toMatchObject({ accessKeyId: "given" });
    expect(source.renewable).toBe(false);
  });

  test("the environment's, without loading AWS's chain", async () => {
    const source = openCredentials({ region }, { ...keys, AWS_SESSION_TOKEN: "t" });
    expect(await source.get(0)).toMatchObject({ accessKeyId: "env-key", sessionToken: "t" });
  });
});

describe("AWS's own chain", () => {
  // The chain reads the process's environment by itself, so these tests set it.
  const before = { ...process.env };
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), "kinesis-credentials-"));
    writeFileSync(
      join(folder, "credentials"),
      "[keys]\naws_access_key_id = file-key\naws_secret_access_key = file-secret\n",
    );
    writeFileSync(
      join(folder, "config"),
      `[profile process]
credential_process = echo '{"Version": 1, "AccessKeyId": "process-key", "SecretAccessKey": "process-secret"}'
[profile expired]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://example.invalid/start
`,
    );
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, {
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
      AWS_EC2_METADATA_DISABLED: "true",
      HOME: folder,
    });
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  test.each([
    ["keys", "file-key"],
    ["process", "process-key"],
  ])("profile %s", async (profile, key) => {
    const source = openCredentials({ region, profile }, process.env);
    expect(await source.get(Date.now())).toMatchObject({ accessKeyId: key });
    expect(source.renewable).toBe(true);
  });

  test.each([
    [
      "nothing at all",
      undefined,
      /^No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run `aws configure`\.$/,
    ],
    [
      "a sign-in that has expired",
      "expired",
      /^The AWS sign-in of profile "expired" can't be used \(.*\): run `aws sso login --profile expired` and try again\.$/,
    ],
  ])("%s, in one sentence", async (_name, profile, message) => {
    const source = openCredentials({ region, profile }, process.env);
    await expect(source.get(Date.now())).rejects.toMatchObject({
      code: "ERR_KINESIS_CONFIGURATION",
      setting: "credentials",
      message: expect.stringMatching(message),
    });
  });
});

describe("renewal", () => {
  const from = (expirations: Array<number | undefined>) => {
    let count = 0;
    const provider = async (): Promise<Credentials> => {
      const expiration = expirations[count++];
      return {
        accessKeyId: `key${count}`,
        secretAccessKey: "s",
        expiration: expiration === undefined ? undefined : new Date(expiration),
      };
    };
    return { source: openCredentials({ region, credentials: provider }, {}), asked: () => count };
  };
  const key = async (source: ReturnType<typeof from>["source"], now: number) => (await source.get(now)).accessKeyId;

  test("kept while they last, asked for once by calls in parallel", async () => {
    const { source, asked } = from([minutes(60)]);
    expect(await Promise.all([key(source, 0), key(source, 0), key(source, minutes(30))])).toEqual([
      "key1",
      "key1",
      "key1",
    ]);
    expect(asked()).toBe(1);
  });

  test("renewed in the background five minutes before they expire", async () => {
    const { source } = from([minutes(60), minutes(120)]);
    expect(await key(source, 0)).toBe("key1");
    expect(await key(source, minutes(56))).toBe("key1");
    await new Promise(setImmediate);
    expect(await key(source, minutes(56))).toBe("key2");
  });

  test("waited for once they have expired", async () => {
    const { source } = from([minutes(60), minutes(120)]);
    await key(source, 0);
    expect(await key(source, minutes(61))).toBe("key2");
  });

  test("those that AWS refused as expired are never used again", async () => {
    const { source } = from([undefined, undefined]);
    const first = await source.get(0);
    source.expire(first);
    expect(await key(source, 0)).toBe("key2");
    source.expire(first);
    expect(await key(source, 0)).toBe("key2");
  });
});
