/** The code that handles paths, with Windows' rules for them: drives, backslashes, names that differ in case only. */
import { posix, win32 } from "node:path";
import { afterEach, describe, expect, jest, test } from "@jest/globals";

/** Loads shared-config.ts with the paths of a platform; its files are those of `there`. */
function sharedConfig(
  paths: typeof win32,
  there: Record<string, string>,
): typeof import("../../provider/client/shared-config") {
  jest.resetModules();
  jest.doMock("node:path", () => paths);
  jest.doMock("node:fs", () => ({
    existsSync: (path: string) => path in there,
    readFileSync: (path: string) => {
      if (!(path in there)) throw Object.assign(new Error("none"), { code: "ENOENT" });
      return there[path];
    },
  }));
  return require("../../provider/client/shared-config");
}

afterEach(() => {
  jest.dontMock("node:path");
  jest.dontMock("node:fs");
});

describe("the shared configuration files", () => {
  test.each([
    ["Windows", win32, { USERPROFILE: "C:\\Users\\Ada Lovelace" }, "C:\\Users\\Ada Lovelace\\.aws\\"],
    ["a Windows user whose name has a dollar", win32, { USERPROFILE: "C:\\Users\\a$&b" }, "C:\\Users\\a$&b\\.aws\\"],
    [
      "Windows, a share of the network",
      win32,
      { USERPROFILE: "\\\\server\\home\\ada" },
      "\\\\server\\home\\ada\\.aws\\",
    ],
    [
      "a shell on Windows that sets HOME",
      win32,
      { HOME: "C:/Users/ada", USERPROFILE: "D:\\x" },
      "C:/Users/ada\\.aws\\",
    ],
    ["Linux", posix, { HOME: "/home/a$&b" }, "/home/a$&b/.aws/"],
  ])("are in the person's home: %s", async (_, paths, env, folder) => {
    const { readProfile } = sharedConfig(paths as typeof win32, {});
    await expect(readProfile(env, "prod")).rejects.toThrow(
      `is neither in ${folder}config nor in ${folder}credentials: name one that is`,
    );
  });

  test.each([
    ["~\\aws\\config", "C:\\Users\\ada\\aws\\config"],
    ["~/aws/config", "C:\\Users\\ada/aws/config"],
    ["D:\\aws\\config", "D:\\aws\\config"],
    ["~ada\\config", "~ada\\config"],
  ])("are where the environment says: %s", async (given, meant) => {
    const { readProfile } = sharedConfig(win32, {});
    const env = { USERPROFILE: "C:\\Users\\ada", AWS_CONFIG_FILE: given, AWS_SHARED_CREDENTIALS_FILE: "E:\\c" };
    await expect(readProfile(env, "prod")).rejects.toThrow(`is neither in ${meant} nor in E:\\c: name one that is`);
  });
});

test("a bundle of certificates is read from a path of Windows as it is written", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\n";
  const { readCaBundle } = sharedConfig(win32, { "D:\\Own CA\\root.pem": pem });
  const profile = () => Promise.reject(new Error("not needed"));
  expect(await readCaBundle({ AWS_CA_BUNDLE: "D:\\Own CA\\root.pem" }, profile)).toBe(pem);
  await expect(readCaBundle({ AWS_CA_BUNDLE: "D:\\none.pem" }, profile)).rejects.toThrow(
    "The certificates in D:\\none.pem (from AWS_CA_BUNDLE) can't be read (ENOENT)",
  );
});
