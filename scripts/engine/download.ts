/** The official release: an archive of the CLI with its plugins, checked against the checksums published beside it. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, fetch } from "undici";
import { makeDirectory } from "./cache";
import { askVersion } from "./installed";
import { runCommand } from "./run-command";
import type { Attempt, EngineStep, Log } from "./step";

const releases = "https://get.pulumi.com/releases/sdk";
const progressEveryMs = 20_000;

export interface Download {
  readonly status: number;
  /** Bytes to come, if the server says. */
  readonly length: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Where bytes come from; the tests give their own. */
export type Fetch = (url: string) => Promise<Download>;

export function archiveName(version: string, platform: string): string {
  return `pulumi-${version}-${platform}.tar.gz`;
}

export function checksumsName(version: string): string {
  return `pulumi-${version.replace(/^v/, "")}-checksums.txt`;
}

/** The SHA-256 of `file` in a list of lines `<64 hex digits>  <file>`. */
export function findChecksum(list: string, file: string): string | undefined {
  for (const line of list.split("\n")) {
    const [checksum, name] = line.trim().split(/\s+\*?/);
    if (name === file && checksum && /^[0-9a-f]{64}$/i.test(checksum)) return checksum.toLowerCase();
  }
  return undefined;
}

export interface DownloadPlan {
  readonly version: string;
  readonly platform: string;
  readonly engineDir: string;
  readonly log: Log;
  readonly fetchUrl?: Fetch;
}

export function downloadStep(plan: DownloadPlan): EngineStep {
  return {
    source: "download",
    async attempt() {
      try {
        return await download(plan);
      } catch (error) {
        return { worked: false, sentence: `Downloading pulumi failed: ${reason(error)}.` };
      }
    },
  };
}

async function download(plan: DownloadPlan): Promise<Attempt> {
  const fetchUrl = plan.fetchUrl ?? fetchFromNetwork();
  const archive = archiveName(plan.version, plan.platform);
  const listed = await readText(fetchUrl, `${releases}/${checksumsName(plan.version)}`);
  const expected = findChecksum(listed, archive);
  if (!expected)
    return { worked: false, sentence: `The published checksums don't list ${archive}; not downloading it.` };

  plan.log(`Downloading ${releases}/${archive}.`);
  await makeDirectory(plan.engineDir, async (work) => {
    const file = join(work, archive);
    const actual = await save(fetchUrl, `${releases}/${archive}`, file, plan.log);
    if (actual !== expected) {
      throw new Error(`${archive} has SHA-256 ${actual}, but ${expected} was published, so it was thrown away`);
    }
    const unpacked = await runCommand("tar", ["-xzf", file, "-C", work, "--strip-components=1"]);
    if (unpacked.exitCode !== 0) throw new Error(`tar could not unpack ${archive}: ${unpacked.stderr}`);
    await rm(file);
    if ((await askVersion(join(work, "pulumi"))) !== plan.version)
      throw new Error(`the pulumi in ${archive} does not run`);
  });
  return {
    worked: true,
    pulumi: join(plan.engineDir, "pulumi"),
    version: plan.version,
    sentence: `Downloaded pulumi ${plan.version} into our cache (${plan.engineDir}).`,
  };
}

/** Short time-outs: where the address can't be reached, the next step should not be kept waiting. */
function fetchFromNetwork(): Fetch {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: 5_000 },
    headersTimeout: 10_000,
    bodyTimeout: 30_000,
  });
  return async (url) => {
    const response = await fetch(url, { dispatcher });
    const length = Number(response.headers.get("content-length"));
    return { status: response.status, length: length || undefined, body: response.body ?? Readable.from([]) };
  };
}

async function open(fetchUrl: Fetch, url: string): Promise<Download> {
  const download = await fetchUrl(url);
  if (download.status !== 200) throw new Error(`${url} answered HTTP ${download.status}`);
  return download;
}

async function readText(fetchUrl: Fetch, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await open(fetchUrl, url)).body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Writes the file and returns its SHA-256. */
async function save(fetchUrl: Fetch, url: string, file: string, log: Log): Promise<string> {
  const { body, length } = await open(fetchUrl, url);
  const hash = createHash("sha256");
  let received = 0;
  const progress = setInterval(
    () => log(`Still downloading: ${megabytes(received)} of ${megabytes(length)}.`),
    progressEveryMs,
  );
  try {
    const hashed = async function* () {
      for await (const chunk of body) {
        hash.update(chunk);
        received += chunk.byteLength;
        yield chunk;
      }
    };
    await pipeline(Readable.from(hashed()), createWriteStream(file));
  } finally {
    clearInterval(progress);
  }
  return hash.digest("hex");
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "an unknown size" : `${Math.round(bytes / 1_000_000)} MB`;
}

/** undici says "fetch failed" and keeps what happened in `cause`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && error.cause.message) return error.cause.message;
  return error.message;
}
