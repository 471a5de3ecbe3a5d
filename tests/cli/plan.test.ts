import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { callKinesis } from "../support/call-kinesis";
import { eventually } from "../support/eventually";
import { cli } from "./cli";

describe("plan --from --to needs no AWS", () => {
  test("and says what would be done", async () => {
    const { code, stdout } = await cli(["plan", "--from", "4", "--to", "6"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reshard 4 -> 6 shards: 6 operations/);
  });

  test("as JSON, which has what --help promises, and as a picture", async () => {
    const directory = mkdtempSync(join(tmpdir(), "plan-"));
    const svg = join(directory, "plan.svg");
    // A picture that is there is replaced, and an empty file.
    writeFileSync(svg, "");
    await cli(["plan", "--from", "1", "--to", "2", "--svg", svg]);
    const { stdout } = await cli(["plan", "--from", "2", "--to", "3", "--json", "--svg", svg]);
    const plan = JSON.parse(stdout);
    expect(plan).toMatchObject({
      splits: 2,
      merges: 1,
      peakOpenShards: 4,
      estimatedSeconds: 90,
      movedFraction: 1,
      balance: { widest: expect.any(Number), narrowest: expect.any(Number) },
      initial: [{ shardId: "shardId-000000000000", startingHashKey: "0" }, { endingHashKey: String(2n ** 128n - 1n) }],
      request: { target: { shardCount: 3 }, tolerance: { over: 0.1, under: 0.25 } },
    });
    expect(plan.steps.map(({ action }: { action: string }) => action)).toEqual(["split", "split", "merge"]);
    expect(plan.result).toHaveLength(3);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg .*viewBox/);
    rmSync(directory, { recursive: true });
  });

  test("with what a program can say under resharding", async () => {
    const limits = ["--weights", "1,1,2", "--tolerance", "0.05,0.5", "--max-open-shards", "3", "--allow-hot-merge"];
    const { stdout } = await cli(["plan", "--from", "2", "--to", "3", "--json", ...limits]);
    expect(JSON.parse(stdout)).toMatchObject({
      steps: [{ action: "split", newStartingHashKey: String(2n ** 126n) }],
      request: {
        target: { shardCount: 3, weights: [1, 1, 2] },
        tolerance: { over: 0.05, under: 0.5 },
        maxOpenShards: 3,
        allowHotMerge: true,
      },
    });
  });

  test("of very many operations says what `pulumi up` will refuse, and prints them all when asked to", async () => {
    const { stdout } = await cli(["plan", "--from", "100", "--to", "170", "--tolerance", "0", "--all-steps"]);
    const operations = Number(/: (\d+) operations/.exec(stdout)?.[1]);
    expect(operations).toBeGreaterThan(200);
    expect(stdout.match(/^ +\d+\. /gm)).toHaveLength(operations);
    expect(stdout).toContain(
      `\`pulumi up\` refuses more than 200 unless resharding.maxOperations is ${operations} or more`,
    );
  });

  test("that the planner can't make is a sentence and exit code 1", async () => {
    const { code, stdout, stderr } = await cli(["plan", "--from", "2", "--to", "3", "--max-open-shards", "2"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("3 shards are wanted, but --max-open-shards allows 2 only\n");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test.each([
  [["plan"], /give --stream with --shards, or --from with --to/],
  [["plan", "--from", "4"], /give --stream/],
  [["plan", "--from", "4", "--to", "6", "--stream", "s"], /give --stream/],
  [["plan", "--from", "0", "--to", "6"], /is invalid\. It must be a whole number/],
  [["plan", "--from", "4", "--to", "6", "--region", "eu-west-1"], /--from calls nobody: leave --region/],
  [["plan", "--from", "4", "--to", "6", "--svg", __filename], /plan\.test\.ts is there already and is no picture/],
  [["plan", "--from", "4", "--to", "6.5"], /whole number/],
  [["plan", "--from", "4", "--to", "6", "--weights", "1,2"], /--weights has 2 numbers for 6 shards/],
  [["plan", "--from", "4", "--to", "6", "--weights", "1,,1,1,1,1"], /positive numbers/],
  [["plan", "--from", "4", "--to", "6", "--tolerance", "2"], /from 0 to 0.99/],
  [["plan", "--from", "4", "--to", "6", "--balance", "some"], /Allowed choices are keyspace, none/],
  [["plan", "--fron", "4"], /Did you mean --from/],
  [["paln"], /unknown command 'paln'\n\(Did you mean plan\?\)/],
])("a wrong command line is one sentence and exit code 2: %j", async (args, message) => {
  const { code, stderr } = await cli(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

describe("plan --stream", () => {
  let emulator: Emulator;
  const aws = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "us-east-1" };
  const plan = (stream: string, shards: number, ...args: string[]) =>
    cli(["plan", "--stream", stream, "--shards", String(shards), "--endpoint", emulator.url, ...args], aws);
  beforeAll(async () => {
    emulator = await startEmulator({ createMs: 50, splitMs: 50, env: { INITIALIZE_STREAMS: "orders:2:us-east-1" } });
  }, 60_000);
  afterAll(() => emulator.stop());

  test("plans from the stream's open shards, by their ids", async () => {
    const { stdout, stderr } = await plan("orders", 4);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/split shardId-000000000000 \(0 %-50 %\) at 25 %/);
  });

  test("leaves shards of other widths alone with --balance none, and only there", async () => {
    const split = { ShardToSplit: "shardId-000000000000", NewStartingHashKey: "1000" };
    await callKinesis(emulator.url, "CreateStream", { StreamName: "uneven", ShardCount: 1 });
    await eventually("it is split", () =>
      callKinesis(emulator.url, "SplitShard", { StreamName: "uneven", ...split }).then(
        () => true,
        () => false,
      ),
    );
    const shards = () => plan("uneven", 2, "--balance", "none");
    const { stdout } = await eventually("both shards are there", async () => {
      const answer = await shards();
      return /^2 /.test(answer.stdout) && answer;
    });
    expect(stdout).toBe("2 shards as asked for: their widths are left alone, nothing to reshard\n");
    expect((await plan("uneven", 2)).stdout).toMatch(/^reshard 2 -> 2 shards: 2 operations/);
    expect((await plan("uneven", 3, "--balance", "none")).stdout).toMatch(/^reshard 2 -> 3 shards/);
  });

  test("of a stream in ON_DEMAND mode is what follows a switch, and says so beside the plan", async () => {
    const StreamModeDetails = { StreamMode: "ON_DEMAND" };
    await callKinesis(emulator.url, "CreateStream", { StreamName: "clicks", StreamModeDetails });
    const { code, stdout, stderr } = await eventually("the stream is there", async () => {
      const answer = await plan("clicks", 8, "--json");
      return answer.code === 0 && answer;
    });
    expect({ code, splits: JSON.parse(stdout).splits }).toEqual({ code: 0, splits: 4 });
    expect(stderr).toMatch(/^stream clicks is in ON_DEMAND mode, in which AWS sets the shards/);
  });

  test("of a stream that isn't there says where it was looked for", async () => {
    const { code, stderr } = await plan("ordres", 4);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `There is no stream ordres in us-east-1 (through ${emulator.url}/): check its name, the region and the account.\n`,
    );
  });

  test("without credentials, a region or a profile that exists says what to set", async () => {
    const ask = (...args: string[]) => cli(["plan", "--stream", "s", "--shards", "4", ...args]);
    const [keys, region, profile] = await Promise.all([
      ask("--region", "us-east-1"),
      ask(),
      ask("--region", "us-east-1", "--profile", "nobody"),
    ]);
    expect([keys.code, region.code, profile.code]).toEqual([1, 1, 1]);
    expect(keys.stderr).toMatch(/^No AWS credentials were found: set AWS_ACCESS_KEY_ID/);
    expect(region.stderr).toBe(
      "No AWS region is set: give --region, set AWS_REGION, or `region` in your AWS profile.\n",
    );
    expect(profile.stderr).toMatch(/^The AWS profile "nobody"/);
  });
});
