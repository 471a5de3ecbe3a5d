import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { cli } from "./cli";

const directory = mkdtempSync(join(tmpdir(), "adopt-"));
afterAll(() => rmSync(directory, { recursive: true }));
const path = (name: string) => join(directory, name);
function file(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

const URN = "urn:pulumi:dev::shop::aws:kinesis/stream:Stream::orders";
const stream = { urn: URN, custom: true, id: "arn", type: "aws:kinesis/stream:Stream", inputs: { shardCount: 1 } };
const exported = JSON.stringify({ version: 3, deployment: { resources: [stream] } });

test("writes the moved stack into a file and says what moved", async () => {
  const from = file("before.json", exported);
  const { code, stdout, stderr } = await cli(["adopt", "--from-stack", from, "--out", path("after.json")]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(/^moved urn:pulumi:dev::shop::pulumi-nodejs:dynamic\/kinesis:Stream::orders\n/);
  const { resources } = JSON.parse(readFileSync(path("after.json"), "utf8")).deployment;
  expect(resources.map(({ type }: { type: string }) => type)).toEqual([
    "pulumi:providers:pulumi-nodejs",
    "pulumi-nodejs:dynamic/kinesis:Stream",
  ]);
  // What finds our code from the state, as a program writes it.
  expect(resources[1].inputs.__provider).toContain('require("pulumi-kinesis/provider").stream');
});

test("never writes over the stack that it read", async () => {
  const from = file("only.json", exported);
  const { code, stderr } = await cli(["adopt", "--from-stack", from, "--out", from]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/only.json is the stack that is read/);
  expect(readFileSync(from, "utf8")).toBe(exported);
});

test("nor under another name of it", async () => {
  const from = file("named.json", exported);
  symlinkSync(from, path("alias.json"));
  const { code, stderr } = await cli(["adopt", "--from-stack", from, "--out", path("alias.json")]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/alias.json is the stack that is read/);
  expect(readFileSync(from, "utf8")).toBe(exported);
});

test.each([
  ["a file that is not there", () => path("none.json"), /none\.json: no such file or directory/],
  [
    "a file that is no JSON",
    () => file("text.json", "no"),
    /text.json is no JSON: give it what `pulumi stack export` wrote/,
  ],
  ["JSON that is no stack", () => file("other.json", "[]"), /no stack that `pulumi stack export` wrote/],
])("%s is one sentence and exit code 1", async (_, from, sentence) => {
  const { code, stdout, stderr } = await cli(["adopt", "--from-stack", from()]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("without a stack it says what is missing", async () => {
  const { code, stderr } = await cli(["adopt"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/give --stream or --from-stack/);
});
