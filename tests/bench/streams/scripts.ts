/** The peers that are programs over an SDK: a fresh process for each step, whose start counts in as the engine's does. */
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { emulatorEnv } from "../../support/emulator-env";
import { eventually } from "../../support/eventually";
import { installedVersion } from "../bench";
import type { Arena, Contender, Entry, Work } from "./contest";
import { NotHere } from "./contest";

const run = promisify(execFile);
const DEADLINE_MS = 900_000;

/** Nothing of the person's own AWS settings gets in. */
export function environment(url: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(others),
    ...emulatorEnv(url),
    AWS_ENDPOINT_URL: url,
    // boto3 doesn't look at AWS_REGION.
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    NODE_NO_WARNINGS: "1",
  };
}

const steps = (works: readonly Work[], { url }: Arena, command: string, args: (work: Work) => string[]): Entry => ({
  works: Object.fromEntries(
    works.map((work) => [
      work,
      async () => {
        await run(command, args(work), { env: environment(url), timeout: DEADLINE_MS });
      },
    ]),
  ),
  leave: async () => {},
});

const sdk = (name: string, how: string, waiting: "waiter" | "second"): Contender => ({
  name,
  how,
  version: async () => `@aws-sdk/client-kinesis ${installedVersion("@aws-sdk/client-kinesis")}`,
  enter: async (arena) =>
    steps(["start", "create", "reshard", "destroy"], arena, process.execPath, (work) => [
      join(__dirname, "sdk-script.cjs"),
      work,
      String(arena.streams),
      waiting,
    ]),
});

export const sdkEverySecond = sdk(
  "SDK script, asks every second",
  "AWS SDK for JavaScript v3, twenty streams at a time, DescribeStreamSummary a second after each write and every second from then on",
  "second",
);
export const sdkWaiters = sdk(
  "SDK script, the SDK's waiters",
  "the same with `waitUntilStreamExists` and `waitUntilStreamNotExists` as they are",
  "waiter",
);

const python = async (code: string, whereMissing: string): Promise<string> => {
  try {
    return (await run("python3", ["-c", code])).stdout.trim();
  } catch {
    throw new NotHere(whereMissing);
  }
};

export const boto3: Contender = {
  name: "boto3 script, boto3's waiters",
  how: "boto3, twenty threads, `stream_exists` and `stream_not_exists` as they are; `aws kinesis wait stream-exists` is the same waiter",
  version: () =>
    python(
      "import boto3, botocore; print(f'boto3 {boto3.__version__}, botocore {botocore.__version__}')",
      "boto3 is not installed; pip install boto3",
    ),
  enter: async (arena) =>
    steps(["start", "create", "reshard", "destroy"], arena, "python3", (work) => [
      join(__dirname, "boto3_script.py"),
      work,
      String(arena.streams),
    ]),
};

export const cloudFormation: Contender = {
  name: "CloudFormation on moto",
  incomparable: true,
  how: "boto3 and its stack waiters; **not comparable in time**: moto imitates CloudFormation inside one process where a stream exists and is resharded at once, without lag, limits or stabilisation, and calls Kinesis without HTTP; the calls counted are those to CloudFormation",
  version: () =>
    python(
      "import boto3, moto, moto.server; print(f'moto {moto.__version__}, boto3 {boto3.__version__}')",
      "moto's server is not installed; pip install boto3 'moto[server,cloudformation]'",
    ),
  upstream: startMoto,
  enter: async (arena) =>
    steps(["start", "create", "again", "reshard", "destroy"], arena, "python3", (work) => [
      join(__dirname, "cloudformation_script.py"),
      work,
      String(arena.streams),
    ]),
};

/** Ends as soon as its standard input closes: we hold the other end, so it never outlives us, however we end. */
const BOUND_TO_PARENT = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
`;

async function startMoto() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["-c", BOUND_TO_PARENT, "-H", "127.0.0.1", "-p", String(port)];
  const server = spawn("python3", args, { stdio: ["pipe", "ignore", "ignore"] });
  const gone = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGKILL");
    await gone;
  };
  const answers = () =>
    fetch(`${url}/moto-api/`).then(
      (answer) => answer.ok,
      () => false,
    );
  await eventually("moto's server answers", answers, 60_000).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject()));
    });
  });
}
