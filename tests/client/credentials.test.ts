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
    expect(await Promise.all([key(source, 0), key(source, 0), key(source, minutes(1))])).toEqual([
      "key1",
      "key1",
      "key1",
    ]);
    expect(await key(source, minutes(30))).toBe("key1");
    expect(asked()).toBe(1);
  });

  test("one that hangs is given up with the last that waits for it, and asked anew by the next", async () => {
    let asked = 0;
    let answerFirst = (_late: Credentials) => {};
    const provider = () =>
      ++asked === 1
        ? new Promise<Credentials>((resolve) => {
            answerFirst = resolve;
          })
        : Promise.resolve({ accessKeyId: `key${asked}`, secretAccessKey: "s" });
    const source = openCredentials({ chain, credentials: provider }, {});
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [source.get(0, one.signal), source.get(0, two.signal)];
    one.abort();
    const third = source.get(1);
    await new Promise(setImmediate);
    // Somebody still waited: the third joined.
    expect(asked).toBe(1);
    two.abort();
    answerFirst({ accessKeyId: "key1", secretAccessKey: "s" });
    await Promise.all([...waiting, third]);
    source.expire(await source.get(2));
    const hung = new AbortController();
    const alone = openCredentials(
      { chain, credentials: () => (++asked === 2 ? new Promise(() => {}) : provider()) },
      {},
    );
    void alone.get(0, hung.signal);
    await new Promise(setImmediate);
    hung.abort();
    expect((await alone.get(1)).accessKeyId).toBe("key4");
  });

  test("one that hangs while somebody always waits is asked anew after two minutes", async () => {
    let asked = 0;
    const provider = (): Promise<Credentials> =>
      ++asked === 1 ? new Promise(() => {}) : Promise.resolve({ accessKeyId: `key${asked}`, secretAccessKey: "s" });
    const source = openCredentials({ chain, credentials: provider }, {});
    void source.get(0);
    void source.get(minutes(1));
    await new Promise(setImmediate);
    expect(asked).toBe(1);
    expect((await source.get(minutes(2))).accessKeyId).toBe("key2");
  });

  test("what a provider hands out is copied: it may change the one object that it has", async () => {
    const mine = { accessKeyId: "key1", secretAccessKey: "s" };
    const source = openCredentials({ chain, credentials: async () => mine }, {});
    const first = await source.get(0);
    mine.accessKeyId = "key2";
    expect(first.accessKeyId).toBe("key1");
    source.expire(first);
    const second = await source.get(0);
    expect(second.accessKeyId).toBe("key2");
    expect(second).not.toBe(first);
  });

  test.each<[string, object, RegExp]>([
    ["nothing", {}, /lack accessKeyId or secretAccessKey/],
    ["a line break", { accessKeyId: "a\n", secretAccessKey: "s" }, /accessKeyId is no text of plain characters/],
    ["a space", { accessKeyId: "a", secretAccessKey: "s " }, /secretAccessKey is no text/],
    ["a number", { accessKeyId: "a", secretAccessKey: "s", sessionToken: 5 }, /sessionToken is no text/],
    [
      "a date as text",
      { accessKeyId: "a", secretAccessKey: "s", expiration: "2020-01-01" },
      /expiration that is no Date/,
    ],
    [
      "no date at all",
      { accessKeyId: "a", secretAccessKey: "s", expiration: new Date("x") },
      /expiration that is no Date/,
    ],
  ])("keys that can't be used, %s: one sentence, constant or not, and no secret in it", async (_name, given, words) => {
    for (const credentials of [given, async () => given] as never[]) {
      const failed = openCredentials({ chain, credentials }, {}).get(0);
      await expect(failed).rejects.toMatchObject({
        code: "ERR_KINESIS_CONFIGURATION",
        message: expect.stringMatching(words),
      });
    }
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
