import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { PulumiProject, State } from "./harness";
import { useKinesis, WRITES } from "./kinesis-project";

const kinesis = useKinesis();
const cli = join(__dirname, "..", "..", "dist", "provider", "cli.js");
const adopt = (state: State, ...options: string[]): State =>
  JSON.parse(
    execFileSync(process.execPath, [cli, "adopt", "--from-stack", "-", ...options], {
      input: JSON.stringify(state),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    }),
  );

async function importState(project: PulumiProject, state: State): Promise<void> {
  const file = join(project.directory, "moved.json");
  writeFileSync(file, JSON.stringify(state));
  const { exitCode, output } = await project.run(["stack", "import", "--file", file]);
  if (exitCode !== 0) throw new Error(output);
}

/** The plugin of @pulumi/aws can't run here: a stack of its kind is made by moving ours to it. */
function asAwsStack(state: State): State {
  const [stack, project] = String(state.deployment.resources?.[0]?.urn).split("::");
  const urn = `${stack}::${project}::pulumi:providers:aws::default_6_66_2`;
  const record = { urn, custom: true, id: "8c3a", type: "pulumi:providers:aws", inputs: { region: "us-east-1" } };
  const [root, ...others] = state.deployment.resources ?? [];
  const withAws = { ...state, deployment: { ...state.deployment, resources: [root, record, ...others] } };
  const moved = adopt(withAws as State, "--back");
  const resources = moved.deployment.resources?.filter(({ type }) => !/pulumi-nodejs|providers:aws/.test(type)) ?? [];
  return { ...moved, deployment: { ...moved.deployment, resources } };
}

test("a stack of @pulumi/aws is taken over: nothing is created, replaced or deleted, and the stream goes on as ours", async () => {
  const program = (shardCount: number) => `
import { Stream } from "pulumi-kinesis";
export const name = new Stream("orders", { shardCount: ${shardCount}, tags: { team: "a" } }).name;`;
  const project = await kinesis.project(program(2));
  await project.up();
  const { name } = await project.outputs();
  const theirs = asAwsStack(await project.exportState());
  expect(theirs.deployment.resources?.map(({ type }) => type)).toEqual([
    "pulumi:pulumi:Stack",
    "aws:kinesis/stream:Stream",
  ]);
  await importState(project, adopt(theirs));
  kinesis.proxy.reset();

  const up = await project.up();
  expect(up.changes).toEqual({ same: 2 });
  expect(kinesis.proxy.targets()).toEqual([]);
  expect(await project.outputs()).toEqual({ name });
  expect((await project.refresh()).exitCode).toBe(0);
  expect((await project.preview()).changes).toEqual({ same: 2 });
  expect(kinesis.proxy.targets().filter((target) => WRITES.test(target))).toEqual([]);

  await project.writeProgram(program(3));
  expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
  expect(await kinesis.openShards(String(name))).toHaveLength(3);
  expect(kinesis.proxy.count("DeleteStream")).toBe(0);
  expect((await project.destroy()).changes).toEqual({ delete: 2 });
  await kinesis.untilGone(String(name));
}, 240_000);
