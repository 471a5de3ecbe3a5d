import { describe, expect, test } from "@jest/globals";
import type { Credentials } from "../../provider/client/credentials";
import { openCredentials } from "../../provider/client/credentials";

const chain = () => Promise.reject(new Error("the chain is not needed"));
const minutes = (count: number) => count * 60_000;

describe("which credentials", () => {
  const keys = { AWS_ACCESS_KEY_ID: "env-key", AWS_SECRET_ACCESS_KEY: "env-secret" };

  test("those given win over the environment", async () => {
    const source = openCredentials({ chain, credentials: { accessKeyId: "given", secretAccessKey: "s" } }, keys);
    expect(await source.get(0)).toMatchObject({ accessKeyId: "given" });
    expect(source.renewable).toBe(false);
  });

  test("the environment's, without loading AWS's chain", async () => {
    const source = openCredentials({ chain }, { ...keys, AWS_SESSION_TOKEN: "t" });
    expect(await source.get(0)).toMatchObject({ accessKeyId: "env-key", sessionToken: "t" });
  });

  test("the environment's win over AWS_PROFILE, as with the AWS CLI", async () => {
    const source = openCredentials({ chain }, { ...keys, AWS_PROFILE: "other" });
    expect(await source.get(0)).toMatchObject({ accessKeyId: "env-key" });
  });

  test("a function that fails is named, with its words", async () => {
    const source = openCredentials(
      { chain, credentials: () => Promise.reject(new Error("vault is sealed.\nat x")) },
      {},
    );
    await expect(source.get(0)).rejects.toMatchObject({
      code: "ERR_KINESIS_CONFIGURATION",
      message:
        "The `credentials` function given to the client failed (vault is sealed): mend it, or leave it out for AWS's own chain.",
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
    return { source: openCredentials({ chain, credentials: provider }, {}), asked: () => count };
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

  test("ones that come about to expire, or not at all, are not asked for anew by each call", async () => {
    let asked = 0;
    const provider = async (): Promise<Credentials> => {
      asked++;
      if (asked === 2) throw new Error("busy");
      return { accessKeyId: `key${asked}`, secretAccessKey: "s", expiration: new Date(minutes(4)) };
    };
    const source = openCredentials({ chain, credentials: provider }, {});
    for (let call = 0; call < 20; call++) {
      await source.get(call);
      await new Promise(setImmediate);
    }
    expect(asked).toBe(2);
    expect(await key(source, 15_000)).toBe("key1");
    await new Promise(setImmediate);
    expect(await key(source, 15_000)).toBe("key3");
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
