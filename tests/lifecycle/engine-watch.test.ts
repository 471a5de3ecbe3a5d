import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(__dirname, "..", "..");

/** A process as the official dynamic-provider plugin is: Pulumi's server, which then loads our provider. */
const PROVIDER_PROCESS = `
  require("@pulumi/pulumi/cmd/dynamic-provider");
  require("pulumi-kinesis/provider");
  console.log("loaded");
`;

/** The engine's part of a first Ctrl-C, played in the same process: it calls Cancel on every plugin. */
const CANCELLED_PROCESS = `
  require("@pulumi/pulumi/cmd/dynamic-provider");
  const { createRequire } = require("node:module");
  const print = console.log;
  // The server prints its port when it listens; the engine's first call, which loads us, comes after that.
  console.log = (port) => {
    require("pulumi-kinesis/provider");
    const { interruption } = require(${JSON.stringify(join(root, "dist", "provider", "platform.js"))});
    interruption.signal.addEventListener("abort", () => print("interrupted"));
    const ofPulumi = createRequire(require.resolve("@pulumi/pulumi"));
    const { ResourceProviderClient } = ofPulumi("@pulumi/pulumi/proto/provider_grpc_pb");
    const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb");
    const { credentials } = ofPulumi("@grpc/grpc-js");
    const engine = new ResourceProviderClient("127.0.0.1:" + port, credentials.createInsecure());
    engine.cancel(new Empty(), () => print("answered"));
  };
`;

/** Our provider in any other program: a script that uses it, a test. */
const OTHER_PROCESS = `
  require("pulumi-kinesis/provider");
  console.log("loaded");
  setTimeout(() => process.exit(42), 500);
`;

async function start(program: string, until = "loaded") {
  const child = spawn(process.execPath, ["-e", program, "127.0.0.1:1", "127.0.0.1:1"], {
    cwd: join(root, "examples", "quickstart"),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number]>;
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    if (printed.includes(until)) break;
  }
  return { child, exit, printed };
}

test("a provider process ends when the engine's end of its standard input closes", async () => {
  const { child, exit } = await start(PROVIDER_PROCESS);
  child.stdin.destroy();
  expect(await exit).toEqual([1, null]);
}, 60_000);

test("a provider process hears of the first Ctrl-C, which the engine tells it and no signal does", async () => {
  const { child, exit, printed } = await start(CANCELLED_PROCESS, "answered");
  expect(printed).toMatch(/^interrupted$/m);
  child.stdin.destroy();
  await exit;
}, 60_000);

test("a process that is no provider's is left alone", async () => {
  const { child, exit } = await start(OTHER_PROCESS);
  child.stdin.destroy();
  expect(await exit).toEqual([42, null]);
}, 60_000);
