import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { cli } from "./cli";

describe("plan --from --to needs no AWS", () => {
  test("and says what would be done", async () => {
    const { code, stdout } = await cli(["plan", "--from", "4", "--to", "6"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reshard 4 -> 6 shards: 6 operations/);
  });

  test("as JSON and as a picture", async () => {
    const directory = mkdtempSync(join(tmpdir(), "plan-"));
    const svg = join(directory, "plan.svg");
    const { stdout } = await cli(["plan", "--from", "2", "--to", "3", "--json", "--svg", svg]);
    expect(JSON.parse(stdout).steps).toHaveLength(3);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg /);
    rmSync(directory, { recursive: true });
  });
});

test.each([
  [["plan"], /give --stream with --shards, or --from with --to/],
  [["plan", "--from", "4"], /give --stream/],
  [["plan", "--from", "4", "--to", "6", "--stream", "s"], /give --stream/],
  [["plan", "--from", "0", "--to", "6"], /whole number/],
  [["plan", "--from", "4", "--to", "6.5"], /whole number/],
  [["paln"], /unknown command/],
])("a wrong command line is one sentence and exit code 2: %j", async (args, message) => {
  const { code, stderr } = await cli(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

describe("plan --stream", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ env: { INITIALIZE_STREAMS: "orders:2:us-east-1" } });
  }, 60_000);
  afterAll(() => emulator.stop());

  test("plans from the stream's open shards, by their ids", async () => {
    const env = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "us-east-1" };
    const { stdout, stderr } = await cli(
      ["plan", "--stream", "orders", "--shards", "4", "--endpoint", emulator.url],
      env,
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(/split shardId-000000000000 \(0 %-50 %\) at 25 %/);
  });

  test("without credentials says what to set", async () => {
    const { code, stderr } = await cli(["plan", "--stream", "s", "--shards", "4", "--region", "us-east-1"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/No AWS credentials were found: set AWS_ACCESS_KEY_ID/);
  });
});
