import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { findFreePorts, startEmulator } from "../../scripts/emulator";
import { page } from "../house/pages";
import { askKinesis } from "../support/call-kinesis";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { eventually } from "../support/eventually";
import { isAlive } from "../support/process-tree";

jest.setTimeout(60_000);

/** A call as bare as can be: nothing of the provider takes part. */
async function call(url: string, operation: string, input: object): Promise<{ status: number; answer: unknown }> {
  const { status, text } = await askKinesis(url, operation, input);
  return { status, answer: text === "" ? undefined : JSON.parse(text) };
}

const describeStream = (url: string, name: string) => call(url, "DescribeStream", { StreamName: name });

describe("the embedded emulator", () => {
  test("starts, has a stream, stops, and leaves no process", async () => {
    const emulator = await startEmulator({ createMs: 0 });
    try {
      expect(await call(emulator.url, "CreateStream", { StreamName: "one", ShardCount: 2 })).toMatchObject({
        status: 200,
      });
      const description = await eventually("the stream is ACTIVE", async () => {
        const { answer } = await describeStream(emulator.url, "one");
        const { StreamDescription } = answer as { StreamDescription: { StreamStatus: string; StreamARN: string } };
        return StreamDescription.StreamStatus === "ACTIVE" && StreamDescription;
      });
      expect(description).toMatchObject({
        StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/one",
        Shards: [{ ShardId: "shardId-000000000000" }, { ShardId: "shardId-000000000001" }],
      });
    } finally {
      await emulator.stop();
    }
    await emulator.stop();
    expect(isAlive(emulator.pid)).toBe(false);
    await expect(fetch(emulator.url)).rejects.toThrow();
  });

  test("takes its limits and durations from the options, and two run side by side", async () => {
    const [small, slow] = await Promise.all([startEmulator({ shardLimit: 1 }), startEmulator({ createMs: 60_000 })]);
    try {
      const refused = await call(small.url, "CreateStream", { StreamName: "two", ShardCount: 2 });
      expect(refused).toMatchObject({ status: 400, answer: { __type: "LimitExceededException" } });
      await call(slow.url, "CreateStream", { StreamName: "two", ShardCount: 2 });
      expect((await describeStream(slow.url, "two")).answer).toMatchObject({
        StreamDescription: { StreamStatus: "CREATING" },
      });
    } finally {
      await Promise.all([small.stop(), slow.stop()]);
    }
  });

  test("says what it printed when it does not come up", async () => {
    const broken = startEmulator({ env: { SHARD_LIMIT: "many" } });
    await expect(broken).rejects.toThrow(
      /^The Kinesis emulator \(npm kinesis-local\) ended before it was ready, with exit code 1\. It printed:\n.*many/s,
    );
  });

  test("starts in the folder of a project with the command of docs/install.md", async () => {
    const root = join(__dirname, "..", "..");
    const [plain, tls] = await findFreePorts();
    const { text } = page("docs/install.md");
    const [, certificate = ""] = /^KINESIS_MOCK_CERT_PATH=(\S+) npx kinesis-local$/m.exec(text) ?? [];
    const ports = { KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls) };
    const env = { ...process.env, ...ports, KINESIS_MOCK_CERT_PATH: certificate };
    const child = spawn(join(root, "node_modules", ".bin", "kinesis-local"), { cwd: root, env, stdio: "ignore" });
    try {
      await eventually("it answers", async () => {
        expect(child.exitCode).toBeNull();
        return (await call(`http://127.0.0.1:${plain}`, "ListStreams", {}).catch(() => undefined))?.status === 200;
      });
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("ends when the process that started it is killed", async () => {
    const tsx = require.resolve("tsx");
    const script = `
      const { startEmulator } = require(${JSON.stringify(join(__dirname, "..", "..", "scripts", "emulator.ts"))});
      startEmulator().then((emulator) => console.log(emulator.pid));
    `;
    const starter = spawn(process.execPath, ["--require", tsx, "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => {
      starter.stdout.once("data", (bytes: Buffer) => resolve(Number(bytes.toString())));
    });
    expect(isAlive(pid)).toBe(true);
    starter.kill("SIGKILL");
    await eventually("the emulator is gone", () => !isAlive(pid));
  });
});

describe("the counting proxy", () => {
  let emulator: Emulator;
  let proxy: CountingProxy;

  beforeAll(async () => {
    emulator = await startEmulator({ createMs: 0 });
    proxy = await startCountingProxy(emulator.url);
  });
  afterAll(async () => {
    await proxy?.stop();
    await emulator?.stop();
  });

  test("records each call with its answer", async () => {
    proxy.reset();
    await call(proxy.url, "ListStreams", { Limit: 5 });
    await describeStream(proxy.url, "nothing");
    expect(proxy.targets()).toEqual(["ListStreams", "DescribeStream"]);
    expect(proxy.count("DescribeStream")).toBe(1);
    expect(proxy.calls).toMatchObject([
      { target: "ListStreams", body: { Limit: 5 }, index: 0, nth: 1, status: 200, answer: { StreamNames: [] } },
      { target: "DescribeStream", body: { StreamName: "nothing" }, index: 1, nth: 1, status: 400 },
    ]);
  });

  test("fails the call that a hook picks, and only that", async () => {
    proxy.reset();
    const remove = proxy.hook(({ target, nth }) =>
      target === "ListStreams" && nth === 1
        ? { fail: { status: 400, code: "LimitExceededException", message: "Rate exceeded" } }
        : undefined,
    );
    expect(await call(proxy.url, "ListStreams", {})).toEqual({
      status: 400,
      answer: { __type: "LimitExceededException", message: "Rate exceeded" },
    });
    expect(await call(proxy.url, "ListStreams", {})).toMatchObject({ status: 200 });
    remove();
  });

  test("cuts the connection before the emulator has seen the call, or after it has done it", async () => {
    for (const [when, status] of [
      ["before", 400],
      ["after", 200],
    ] as const) {
      const remove = proxy.hook(({ target }) => (target === "CreateStream" ? { cut: when } : undefined));
      await expect(call(proxy.url, "CreateStream", { StreamName: `cut-${when}`, ShardCount: 1 })).rejects.toThrow();
      remove();
      expect(await describeStream(proxy.url, `cut-${when}`)).toMatchObject({ status });
    }
    expect(proxy.calls.filter((each) => each.cut).map((each) => each.cut)).toEqual(["before", "after"]);
  });

  test("can have the call done and answer otherwise", async () => {
    const remove = proxy.hook(({ target }) => (target === "CreateStream" ? { failAfter: { status: 503 } } : undefined));
    await expect(call(proxy.url, "CreateStream", { StreamName: "done", ShardCount: 1 })).rejects.toThrow("JSON");
    remove();
    expect(await describeStream(proxy.url, "done")).toMatchObject({ status: 200 });
  });
});
