import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../scripts/emulator";
import { eventually } from "../support/eventually";
import { findDescendants, isAlive } from "../support/process-tree";
import { useKinesis, WRITES } from "./kinesis-project";

const kinesis = useKinesis({ splitMs: 1_500, mergeMs: 1_500 });
const writes = () => kinesis.proxy.targets().filter((target) => WRITES.test(target));

const program = (args: string) => `
import { Stream } from "pulumi-kinesis";
new Stream("orders", ${args});
`;

const noStackTrace = (output: string) => expect(output).not.toMatch(/^\s+at /m);

describe("bad input", () => {
  test("fails on each property, all at once, before any call and without a stack trace", async () => {
    const project = await kinesis.project(`
import { Stream } from "pulumi-kinesis";
new Stream("bad", {
  name: "my orders", shardCount: 2.5, colour: "red",
  tags: { "": "v", ["k".repeat(129)]: "v", "aws:team": "v", number: 1 },
} as any);
`);
    const { exitCode, stdout, output } = await project.preview();
    expect(exitCode).not.toBe(0);
    for (const property of ["name", "shardCount", "colour", 'tags[""]', 'tags["aws:team"]', "tags.number"]) {
      expect(stdout).toContain(`property ${property} `);
    }
    expect(stdout).toContain("must be a whole number of at least 1, not 2.5");
    expect(stdout).toContain("has a key of 129 characters");
    noStackTrace(output);
    expect(kinesis.proxy.targets()).toEqual([]);
  }, 120_000);
});

describe("what is missing is told in one sentence", () => {
  test.each([
    ["region", { AWS_REGION: "" }, /region/i, /AWS_REGION|kinesis:region/],
    ["credentials", { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }, /credentials/i, /AWS_ACCESS_KEY_ID|profile/i],
    ["an emulator", { AWS_ENDPOINT_URL_KINESIS: "http://127.0.0.1:9" }, /127\.0\.0\.1:9/, /endpoint|refused/i],
  ])(
    "no %s",
    async (_, env, what, advice) => {
      const project = await kinesis.project(
        program(`{ name: "nowhere", shardCount: 1, customTimeouts: undefined } as any`),
        {
          env,
        },
      );
      const { exitCode, stdout, output } = await project.up();
      expect(exitCode).not.toBe(0);
      expect(stdout).toMatch(what);
      expect(stdout).toMatch(advice);
      noStackTrace(output);
    },
    240_000,
  );
});

describe("a failure after CreateStream", () => {
  test("keeps the stream in the state; the next up goes on with it and creates no second one", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(program(`{ name: "half", shardCount: 2 }`));
    const unhook = proxy.hook(({ target }) => {
      const created = proxy.count("CreateStream") > 0;
      return created && target === "DescribeStream"
        ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } }
        : undefined;
    });
    const failed = await project.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout).toMatch(/AccessDenied/);
    unhook();

    expect(proxy.count("CreateStream")).toBe(1);
    const state = await project.exportState();
    const kept = state.deployment.resources?.find(({ type }) => type.endsWith("kinesis:Stream"));
    expect(kept?.id).toContain("stream/half");
    expect(kept?.outputs?.__provider).toContain("pulumi-kinesis/provider");

    // The engine lets an update change the state and never the id, which has to be the ARN for whoever uses it.
    const early = await project.up();
    expect(early.exitCode).not.toBe(0);
    expect(early.stdout).toMatch(/requested by a create that failed before AWS told its ARN. Run `pulumi refresh`/);
    expect((await project.refresh()).exitCode).toBe(0);
    expect((await project.up()).exitCode).toBe(0);
    expect(proxy.count("CreateStream")).toBe(1);
    const healed = (await project.exportState()).deployment.resources?.find(({ type }) =>
      type.endsWith("kinesis:Stream"),
    );
    expect(healed?.id).toBe("arn:aws:kinesis:us-east-1:000000000000:stream/half");
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);

  test("a lost answer to CreateStream is looked up, not repeated", async () => {
    const { proxy } = kinesis;
    const unhook = proxy.hook(({ target, nth }) =>
      target === "CreateStream" && nth === 1 ? { cut: "after" } : undefined,
    );
    const project = await kinesis.project(program(`{ name: "lost", shardCount: 1 }`));
    expect((await project.up()).exitCode).toBe(0);
    unhook();
    expect(proxy.count("CreateStream")).toBe(1);
  }, 240_000);
});

describe("a reshard that is cut short", () => {
  // Killed in every operation and around every call: tests/lifecycle/reshard-stream.test.ts and tests/crash.
  test("by a killed engine goes on where it was: no step twice, no process left, the fewest in total", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(program(`{ name: "killed", shardCount: 2 }`));
    await project.up();
    proxy.reset();
    await project.writeProgram(program(`{ name: "killed", shardCount: 3 }`));
    const running = project.start(["up", "--yes", "--skip-preview"]);
    await eventually("the operation to be killed in", () => writes().length === 2, 60_000);
    const started = findDescendants(running.pid);
    running.kill();
    await running.result;
    await eventually("all of its processes are gone", () => !started.some(isAlive), 15_000);
    await kinesis.untilActive("killed");

    expect((await project.run(["cancel", "--yes"])).exitCode).toBe(0);
    expect((await project.up()).exitCode).toBe(0);
    expect(writes().sort()).toEqual(["MergeShards", "SplitShard", "SplitShard"]);
    expect((await kinesis.openShards("killed")).map(({ start }) => Number((start * 300n) >> 128n))).toEqual([
      0, 99, 199,
    ]);
  }, 240_000);

  test("by its time-out ends between two operations, keeps the truth in the state, and goes on at the next up", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(program(`{ name: "slow", shardCount: 2 }`));
    await project.up();
    proxy.reset();
    await project.writeProgram(`
import { Stream } from "pulumi-kinesis";
new Stream("orders", { name: "slow", shardCount: 3 }, { customTimeouts: { update: "2s" } });
`);
    const stopped = await project.up();
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.stdout).toMatch(/the limit of 2 s \(customTimeouts.update\) passed.*Run `pulumi up` again/);
    // Between two operations: nothing is under way.
    const { StreamDescriptionSummary } = await kinesis.call<{ StreamDescriptionSummary: { StreamStatus: string } }>(
      "DescribeStreamSummary",
      { StreamName: "slow" },
    );
    expect(StreamDescriptionSummary.StreamStatus).toBe("ACTIVE");
    expect(writes().length).toBeLessThan(3);
    await project.writeProgram(program(`{ name: "slow", shardCount: 3 }`));
    expect((await project.up()).exitCode).toBe(0);
    expect(writes().sort()).toEqual(["MergeShards", "SplitShard", "SplitShard"]);
  }, 240_000);

  test("by lost answers repeats no operation", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(program(`{ name: "deaf", shardCount: 2 }`));
    await project.up();
    proxy.reset();
    const unhook = proxy.hook(({ target }) => (/^(Split|Merge)/.test(target) ? { cut: "after" } : undefined));
    await project.writeProgram(program(`{ name: "deaf", shardCount: 3 }`));
    expect((await project.up()).exitCode).toBe(0);
    unhook();
    expect(writes().sort()).toEqual(["MergeShards", "SplitShard", "SplitShard"]);
  }, 240_000);
});

test("a stream that is not found through another endpoint is not taken for gone", async () => {
  const project = await kinesis.project(program(`{ name: "elsewhere", shardCount: 1 }`));
  await project.up();
  const other = await startEmulator();
  try {
    const env = { AWS_ENDPOINT_URL_KINESIS: other.url };
    for (const command of ["refresh", "destroy"]) {
      const result = await project.run([command, "--yes", "--skip-preview"], { env });
      expect(result.exitCode).not.toBe(0);
      expect(result.stdout).toMatch(/elsewhere is not found through .* but was last seen through/);
      noStackTrace(result.output);
    }
  } finally {
    await other.stop();
  }
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);
