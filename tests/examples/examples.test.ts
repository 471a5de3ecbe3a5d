/** Each example as a person would run it: its own project, on the real engine, at its own configuration. The quickstart has its own test. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { startForge } from "../pipelines/forge";
import { onGitHub } from "../pipelines/run-job";
import type { PulumiProject } from "../pulumi/harness";
import { useKinesis } from "../pulumi/kinesis-project";
import { emulatorEnv } from "../support/emulator-env";

const folder = join(__dirname, "..", "..", "examples");
const kinesis = useKinesis();

const tested: string[] = ["quickstart"];

/** A test of the example: one `up`, and what there is then. */
function example(name: string, look: (project: PulumiProject) => Promise<void>): void {
  tested.push(name);
  test(`examples/${name}`, async () => look(await kinesis.project({ folder: join(folder, name) })), 240_000);
}

async function succeed(project: PulumiProject): Promise<Record<string, unknown>> {
  await up(project);
  return project.outputs();
}

async function up(project: PulumiProject): Promise<void> {
  const { exitCode, output } = await project.up();
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.not.stringMatching(/\b(error|warning):/i) });
}

const summary = async (StreamName: unknown) =>
  (await kinesis.call<{ StreamDescriptionSummary: Record<string, unknown> }>("DescribeStreamSummary", { StreamName }))
    .StreamDescriptionSummary;

example("environments", async (project) => {
  const plain = { EncryptionType: "NONE", EnhancedMonitoring: [{ ShardLevelMetrics: [] }] };
  const watched = expect.arrayContaining(["IncomingBytes", "OutgoingBytes", "WriteProvisionedThroughputExceeded"]);
  const watchedAndEncrypted = { EncryptionType: "KMS", EnhancedMonitoring: [{ ShardLevelMetrics: watched }] };
  for (const [stack, expected] of Object.entries({
    dev: { OpenShardCount: 1, RetentionPeriodHours: 24, ...plain },
    staging: { OpenShardCount: 2, RetentionPeriodHours: 48, ...plain },
    prod: { OpenShardCount: 4, RetentionPeriodHours: 168, ...watchedAndEncrypted },
  })) {
    // The stack's own configuration, but for the region that this test looks at.
    const file = join(project.directory, `Pulumi.${stack}.yaml`);
    writeFileSync(file, readFileSync(file, "utf8").replace("eu-west-1", "us-east-1"));
    if (stack !== "dev") await project.init(stack);
    await up(project);
    expect(await summary(`${stack}-orders`)).toMatchObject(expected);
  }
  const destroy = await project.destroy();
  expect(destroy.exitCode).not.toBe(0);
  expect(destroy.output).toMatch(/protected/);
});

example("reshard-with-weights", async (project) => {
  const { streamName } = await succeed(project);
  const widths = (await kinesis.openShards(String(streamName))).map(({ start, end }) => Number(end - start));
  const all = widths.reduce((sum, width) => sum + width, 0);
  expect(widths).toHaveLength(4);
  // As exact as the tolerance says.
  for (const [index, weight] of [1, 1, 2, 4].entries()) {
    const part = (widths[index] ?? 0) / all / (weight / 8);
    expect(part).toBeGreaterThan(0.75);
    expect(part).toBeLessThan(1.1);
  }
});

example("on-demand", async (project) => {
  const { streamName } = await succeed(project);
  expect(await summary(streamName)).toMatchObject({
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    RetentionPeriodHours: 72,
  });
});

example("tags-of-another-team", async (project) => {
  await kinesis.call("CreateStream", { StreamName: "theirs", ShardCount: 1, Tags: { team: "checkout" } });
  await kinesis.untilActive("theirs");
  await project.config("streamName", "theirs");
  await succeed(project);
  expect(await kinesis.tags("theirs")).toEqual({
    team: "checkout",
    "cost-centre": "4711",
    "billing:owner": "finance",
  });
});

example("smoke-test", async (project) => {
  const { streamName } = await succeed(project);
  const env = { PATH: process.env.PATH, ...emulatorEnv(kinesis.proxy.url) };
  const smoke = promisify(execFile)("node", ["smoke.mjs", String(streamName)], { cwd: project.directory, env });
  expect((await smoke).stdout).toBe(`${streamName}: a record went through each of its 2 shards.\n`);
});

example("component", async (project) => {
  const { streamArn, consumerArns } = await succeed(project);
  const { Consumers } = await kinesis.call<{ Consumers: { ConsumerName: string; ConsumerARN: string }[] }>(
    "ListStreamConsumers",
    { StreamARN: streamArn },
  );
  expect(Object.fromEntries(Consumers.map((one) => [one.ConsumerName, one.ConsumerARN]))).toEqual(consumerArns);
  const { Policy } = await kinesis.call<{ Policy: string }>("GetResourcePolicy", { ResourceARN: streamArn });
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Sid: "Readers", Resource: streamArn }] });
});

example("automation-api", async (project) => {
  // The project's own environment: Automation API starts the engine that is on its PATH.
  const { exitCode, stdout, stderr } = await project.runProgram(["dev", "3"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [, name] = /^succeeded: (orders-[0-9a-f]{7}) has 3 shards$/m.exec(stdout) ?? [];
  expect(await summary(name)).toMatchObject({ OpenShardCount: 3 });
});

example("gitops", async (project) => {
  await project.init("prod");
  await project.config("kinesis:region", "us-east-1");
  const forge = await startForge();
  try {
    // Its pipelines' other jobs, and GitLab's, are run by tests/pipelines/pipelines.soak.ts.
    const { exitCode, output } = await onGitHub(project, forge, "up");
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringMatching(/\+ 2 created/) });
  } finally {
    await forge.stop();
  }
  expect(await summary("prod-orders")).toMatchObject({ OpenShardCount: 2 });
});

test("every example has a test", () => {
  expect(readdirSync(folder).sort()).toEqual(tested.sort());
});
