/** A stream that is changed by a pipeline only: each job's own commands, on the real engine. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { PulumiProject } from "../pulumi/harness";
import { useKinesis } from "../pulumi/kinesis-project";
import { eventually } from "../support/eventually";
import { findDescendants, isAlive } from "../support/process-tree";
import type { Forge } from "./forge";
import { startForge } from "./forge";
import type { Runner } from "./run-job";
import { onGitHub, onGitLab } from "./run-job";
import { gitops } from "./steps";

const kinesis = useKinesis();
let forge: Forge;
beforeEach(async () => {
  forge = await startForge();
});
afterEach(() => forge.stop());

const shards = async () => (await kinesis.openShards("prod-orders")).length;

async function begin(): Promise<PulumiProject> {
  const project = await kinesis.project({ folder: gitops });
  await project.init("prod");
  // The region that the test looks at.
  await project.config("kinesis:region", "us-east-1");
  return project;
}

/**
 * Runs something that may not write into the stack's backend: a lock can't be taken, also by root, whom no file mode keeps
 * from anything, and afterwards every file is the one that was there.
 */
async function withoutWriting<Result>(project: PulumiProject, work: () => Promise<Result>): Promise<Result> {
  const folder = join(dirname(project.directory), "state", ".pulumi");
  const locks = join(folder, "locks");
  const files = () =>
    (readdirSync(folder, { recursive: true }) as string[])
      .sort()
      .map((file) => [file, statSync(join(folder, file)).mtimeMs, statSync(join(folder, file)).ino]);
  rmSync(locks, { recursive: true, force: true });
  writeFileSync(locks, "");
  const before = files();
  expect(before.map(([file]) => file)).toContain(join("stacks", "gitops", "prod.json"));
  const result = await work();
  expect(files()).toEqual(before);
  rmSync(locks);
  mkdirSync(locks);
  return result;
}

test.each<[string, Runner]>([
  ["GitHub", onGitHub],
  ["GitLab", onGitLab],
])(
  "on %s a change is previewed, carried out, and drift is found and mended",
  async (_, runner) => {
    const project = await begin();
    const job = async (name: string) => {
      kinesis.proxy.reset();
      const isReader = name === "preview" || name === "drift";
      const work = () => runner(project, forge, name);
      // All that docs/pipelines.md lets the role of these two do: read, in the backend and in Kinesis.
      const result = isReader ? await withoutWriting(project, work) : await work();
      if (isReader) expect(kinesis.proxy.targets().filter((call) => !/^(Describe|List)/.test(call))).toEqual([]);
      return result;
    };
    const passes = async (name: string) => {
      const { exitCode, output } = await job(name);
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.any(String) });
      return output;
    };
    await passes("up");
    expect(await shards()).toBe(2);
    expect(await passes("drift")).toMatch(/2 unchanged/);

    // A pull request.
    await project.config("shardCount", "3");
    await passes("preview");
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toMatch(/reshard 2 -> 3 shards: 3 operations \(2 splits, 1 merge\)/);
    expect(await shards()).toBe(2);
    // Another commit of it is refused: the job fails, and the comment says why.
    await project.config("shardCount", "0");
    expect((await job("preview")).exitCode).not.toBe(0);
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toMatch(/shardCount/);
    expect(forge.comments[0]?.body).toMatch(/error/);
    expect(readFileSync(join(project.directory, "preview.txt"), "utf8")).toMatch(/shardCount/);

    // Merged.
    await project.config("shardCount", "3");
    expect(await passes("up")).toMatch(/resharded to 3 shards/);
    expect(await shards()).toBe(3);

    // Somebody splits a shard.
    const [first] = await kinesis.openShards("prod-orders");
    const middle = String(((first?.start ?? 0n) + (first?.end ?? 0n)) / 2n);
    await kinesis.call("SplitShard", {
      StreamName: "prod-orders",
      ShardToSplit: first?.ShardId,
      NewStartingHashKey: middle,
    });
    await kinesis.untilActive("prod-orders");
    const drift = await job("drift");
    expect(drift.exitCode).not.toBe(0);
    expect(drift.output).toMatch(/update will reshard 4 -> 3 shards/);
    expect(drift.output).toMatch(/no changes were expected/);
    expect(await shards()).toBe(4);
    // Without a refresh an update is what its preview has shown, and that was nothing.
    expect(await passes("up")).toMatch(/2 unchanged/);
    expect(await shards()).toBe(4);
    await passes("mend");
    expect(await shards()).toBe(3);
    await passes("drift");
    expect(existsSync(join(project.directory, ".aws-id-token"))).toBe(runner === onGitLab);
  },
  600_000,
);

test("an update whose runner dies in the middle of a reshard is gone on with, once `pulumi cancel` has unlocked the stack", async () => {
  const project = await begin();
  expect((await onGitHub(project, forge, "up")).exitCode).toBe(0);
  await project.config("shardCount", "5");
  let kill = () => {};
  let isGone = () => false;
  let splits = 0;
  const unhook = kinesis.proxy.hook(({ target }) => {
    if (target !== "SplitShard" || ++splits !== 2) return undefined;
    kill();
    return { cut: "before" };
  });
  const killed = await onGitHub(project, forge, "up", {
    onStart: (running) => {
      kill = () => {
        const processes = findDescendants(running.pid);
        isGone = () => !processes.some(isAlive);
        running.killAll();
      };
    },
  });
  unhook();
  expect(killed.exitCode).not.toBe(0);
  await eventually("nothing of the killed run is left", () => isGone());
  expect(await shards()).toBe(3);

  const locked = await onGitHub(project, forge, "up");
  expect(locked.exitCode).not.toBe(0);
  expect(locked.output).toMatch(/the stack is currently locked by 1 lock/);
  expect(locked.output).toMatch(/pulumi cancel/);
  expect((await project.run(["cancel", "--yes", "--stack", "prod"])).exitCode).toBe(0);

  const next = await onGitHub(project, forge, "up");
  expect({ exitCode: next.exitCode, output: next.output }).toEqual({ exitCode: 0, output: expect.any(String) });
  expect(next.output).toMatch(/reshard 3 -> 5 shards/);
  expect(await shards()).toBe(5);
}, 600_000);
