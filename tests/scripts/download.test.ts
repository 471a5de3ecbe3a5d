import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Fetch } from "../../scripts/engine/download";
import { downloadStep, findChecksum } from "../../scripts/engine/download";
import { makeTemporaryDirectory, writeProgram } from "./temporary-directory";

const version = "v3.245.0";
const archive = `pulumi-${version}-linux-x64.tar.gz`;
const checksumsUrl = "https://get.pulumi.com/releases/sdk/pulumi-3.245.0-checksums.txt";
const archiveUrl = `https://get.pulumi.com/releases/sdk/${archive}`;

let directory: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ path: directory, remove } = await makeTemporaryDirectory());
});
afterEach(() => remove());

/** An archive as Pulumi's: one folder with the programs in it. */
async function packRelease(programs: Record<string, string>): Promise<Buffer> {
  for (const [name, script] of Object.entries(programs)) await writeProgram(join(directory, "pulumi", name), script);
  execFileSync("tar", ["-czf", "release.tar.gz", "pulumi"], { cwd: directory });
  return readFile(join(directory, "release.tar.gz"));
}

/** A server that has these files and answers 404 to all else. */
function serve(files: Record<string, string | Buffer>): Fetch {
  return async (url) => {
    const content = files[url];
    const bytes = content === undefined ? Buffer.alloc(0) : Buffer.from(content);
    const body = (async function* () {
      yield bytes;
    })();
    return { status: content === undefined ? 404 : 200, length: bytes.byteLength, body };
  };
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

function attempt(fetchUrl: Fetch) {
  const engineDir = join(directory, "cache", "engine");
  return downloadStep({ version, platform: "linux-x64", engineDir, log: () => undefined, fetchUrl }).attempt();
}

describe("the download", () => {
  test("unpacks the release with its plugins when its checksum is the published one", async () => {
    const release = await packRelease({ pulumi: `echo ${version}`, "pulumi-language-nodejs": "" });
    const checksums = `${"0".repeat(64)}  other.tar.gz\n${sha256(release)}  ${archive}\n`;
    const result = await attempt(serve({ [checksumsUrl]: checksums, [archiveUrl]: release }));
    expect(result).toMatchObject({ worked: true, version });
    expect((await readdir(join(directory, "cache", "engine"))).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  });

  test("is thrown away when its checksum is another", async () => {
    const release = await packRelease({ pulumi: `echo ${version}` });
    const checksums = `${"0".repeat(64)}  ${archive}\n`;
    const result = await attempt(serve({ [checksumsUrl]: checksums, [archiveUrl]: release }));
    expect(result.worked).toBe(false);
    expect(result.sentence).toBe(
      `Downloading pulumi failed: ${archive} has SHA-256 ${sha256(release)}, but ${"0".repeat(64)} was published, so it was thrown away.`,
    );
    expect(await readdir(join(directory, "cache"))).toEqual([]);
  });

  test("is not begun when no checksum was published", async () => {
    const result = await attempt(serve({ [checksumsUrl]: "", [archiveUrl]: "bytes" }));
    expect(result.sentence).toBe(`The published checksums don't list ${archive}; not downloading it.`);
  });

  test.each<[string, Fetch, string]>([
    ["the release is not there", serve({}), `Downloading pulumi failed: ${checksumsUrl} answered HTTP 404.`],
    [
      "the network is not there",
      async () => {
        throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND get.pulumi.com") });
      },
      "Downloading pulumi failed: getaddrinfo ENOTFOUND get.pulumi.com.",
    ],
  ])("says in one sentence that %s", async (_, fetchUrl, sentence) => {
    expect(await attempt(fetchUrl)).toEqual({ worked: false, sentence });
  });

  test("a program that does not run is not kept", async () => {
    const release = await packRelease({ pulumi: "exit 1" });
    const files = { [checksumsUrl]: `${sha256(release)}  ${archive}\n`, [archiveUrl]: release };
    const result = await attempt(serve(files));
    expect(result.sentence).toBe(`Downloading pulumi failed: the pulumi in ${archive} does not run.`);
    expect(await readdir(join(directory, "cache"))).toEqual([]);
  });
});

test("a checksum belongs to exactly one file name", () => {
  const list = `${"a".repeat(64)}  one.tar.gz\n${"B".repeat(64)} *two.tar.gz\nshort  three.tar.gz\n`;
  expect(findChecksum(list, "one.tar.gz")).toBe("a".repeat(64));
  expect(findChecksum(list, "two.tar.gz")).toBe("b".repeat(64));
  expect(findChecksum(list, "three.tar.gz")).toBeUndefined();
  expect(findChecksum(list, "ne.tar.gz")).toBeUndefined();
});
