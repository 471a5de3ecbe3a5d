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

/** Our provider in any other program: a script that uses it, a test. */
const OTHER_PROCESS = `
  require("pulumi-kinesis/provider");
  console.log("loaded");
  setTimeout(() => process.exit(42), 500);
`;

async function start(program: string) {
  const child = spawn(process.execPath, ["-e", program, "127.0.0.1:1", "127.0.0.1:1"], {
    cwd: join(root, "examples", "quickstart"),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number]>;
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    if (printed.includes("loaded")) break;
  }
  return { child, exit };
}

test("a provider process ends when the engine's end of its standard input closes", async () => {
  const { child, exit } = await start(PROVIDER_PROCESS);
  child.stdin.destroy();
  expect(await exit).toEqual([1, null]);
}, 60_000);

test("a process that is no provider's is left alone", async () => {
  const { child, exit } = await start(OTHER_PROCESS);
  child.stdin.destroy();
  expect(await exit).toEqual([42, null]);
}, 60_000);
