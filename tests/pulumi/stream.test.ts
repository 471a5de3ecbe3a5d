import { describe, expect, test } from "@jest/globals";
import { useKinesis, WRITES } from "./kinesis-project";

// A stream is told from another one of its name by the second of its creation.
const kinesis = useKinesis({ createMs: 500, deleteMs: 500 });
const writes = () => kinesis.proxy.targets().filter((target) => WRITES.test(target));

const stream = (args: string, options = "") => `
import { Stream } from "pulumi-kinesis";
const orders = new Stream("orders", ${args}${options});
export const name = orders.name;
export const arn = orders.arn;
`;

describe("a stream's life", () => {
  test("create, nothing to do, reshard, retag, destroy: each with no more calls than it needs", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(stream(`{ name: "life", shardCount: 2, tags: { team: "a", env: "dev" } }`));

    expect((await project.up()).changes).toEqual({ create: 2 });
    expect(writes()).toEqual(["CreateStream", "RemoveTagsFromStream"]);
    expect(await kinesis.tags("life")).toEqual({ team: "a", env: "dev" });
    expect(await project.outputs()).toEqual({
      name: "life",
      arn: "arn:aws:kinesis:us-east-1:000000000000:stream/life",
    });

    proxy.reset();
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect(proxy.targets()).toEqual([]);

    await project.writeProgram(stream(`{ name: "life", shardCount: 3, tags: { team: "a", env: "dev" } }`));
    const preview = await project.preview();
    expect(preview.changes).toEqual({ same: 1, update: 1 });
    expect(preview.stdout).toContain("life: the update will reshard 2 -> 3 shards: 3 operations (2 splits, 1 merge)");
    expect(preview.stdout).toMatch(/Stream orders update \[diff: ~shardCount\]/);
    expect(writes()).toEqual([]);

    const up = await project.up();
    expect(up.changes).toEqual({ same: 1, update: 1 });
    expect(up.stdout).toMatch(/life: operation 3 of 3: /);
    expect(writes().sort()).toEqual(["MergeShards", "SplitShard", "SplitShard"]);
    expect(await kinesis.openShards("life")).toHaveLength(3);

    proxy.reset();
    await project.writeProgram(stream(`{ name: "life", shardCount: 3, tags: { team: "b", owner: "c" } }`));
    expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
    expect(proxy.targets()).toEqual(["DescribeStream", "ListTagsForStream", "RemoveTagsFromStream", "AddTagsToStream"]);
    expect(await kinesis.tags("life")).toEqual({ team: "b", owner: "c" });

    proxy.reset();
    const refresh = await project.refresh();
    expect(refresh.changes).toEqual({ same: 2 });
    expect(proxy.targets()).toEqual(["DescribeStream", "ListTagsForStream"]);

    proxy.reset();
    expect((await project.destroy()).changes).toEqual({ delete: 2 });
    expect(writes()).toEqual(["DeleteStream"]);
  }, 240_000);

  test("an automatic name stays through updates, and another name replaces the stream", async () => {
    const project = await kinesis.project(stream(`{ shardCount: 1 }`));
    await project.up();
    const { name } = await project.outputs();
    expect(name).toMatch(/^orders-[0-9a-f]{7}$/);

    await project.writeProgram(stream(`{ shardCount: 1, tags: { a: "b" } }`));
    await project.up();
    expect(await project.outputs()).toMatchObject({ name });

    await project.writeProgram(stream(`{ name: "renamed", shardCount: 1 }`));
    expect((await project.up()).changes).toEqual({ same: 1, replace: 1 });
    expect(await kinesis.openShards("renamed")).toHaveLength(1);
    await expect(kinesis.openShards(String(name))).rejects.toThrow(/ResourceNotFound/);
  }, 240_000);
});

describe("what others do behind our back", () => {
  test("a refresh sees it, the next up mends it, and foreign tags stay", async () => {
    const project = await kinesis.project(stream(`{ name: "drift", shardCount: 2, tags: { team: "a", env: "dev" } }`));
    await project.up();
    const [lower, upper] = await kinesis.openShards("drift");
    await kinesis.call("MergeShards", {
      StreamName: "drift",
      ShardToMerge: lower?.ShardId,
      AdjacentShardToMerge: upper?.ShardId,
    });
    await kinesis.untilActive("drift");
    await kinesis.call("RemoveTagsFromStream", { StreamName: "drift", TagKeys: ["env"] });
    await kinesis.call("AddTagsToStream", { StreamName: "drift", Tags: { team: "z", console: "by hand" } });

    const refresh = await project.refresh();
    expect(refresh.changes).toEqual({ same: 1, update: 1 });
    const state = await project.exportState();
    expect(state.deployment.resources?.find(({ type }) => type.endsWith("kinesis:Stream"))?.inputs).toMatchObject({
      shardCount: 1,
      tags: { team: "z" },
    });

    expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
    expect(await kinesis.openShards("drift")).toHaveLength(2);
    expect(await kinesis.tags("drift")).toEqual({ team: "a", env: "dev", console: "by hand" });
    expect((await project.refresh()).changes).toEqual({ same: 2 });
  }, 240_000);

  test("shards of the right number and the wrong width are drift", async () => {
    const project = await kinesis.project(stream(`{ name: "uneven", shardCount: 2 }`));
    await project.up();
    // 1/2, 1/2 -> 1/4, 3/4
    const [first, second] = await kinesis.openShards("uneven");
    await kinesis.call("SplitShard", {
      StreamName: "uneven",
      ShardToSplit: first?.ShardId,
      NewStartingHashKey: String(1n << 126n),
    });
    await kinesis.untilActive("uneven");
    const [, quarter] = await kinesis.openShards("uneven");
    await kinesis.call("MergeShards", {
      StreamName: "uneven",
      ShardToMerge: quarter?.ShardId,
      AdjacentShardToMerge: second?.ShardId,
    });
    await kinesis.untilActive("uneven");

    await project.refresh();
    expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
    const open = await kinesis.openShards("uneven");
    expect(open.map(({ start }) => Number(start >> 124n) / 16)).toEqual([0, 0.5]);
  }, 240_000);

  test("a stream that vanished is dropped by a refresh and created by the next up", async () => {
    const project = await kinesis.project(stream(`{ name: "vanished", shardCount: 1 }`));
    await project.up();
    await kinesis.call("DeleteStream", { StreamName: "vanished" });
    await kinesis.untilGone("vanished");

    await project.writeProgram(stream(`{ name: "vanished", shardCount: 1, tags: { a: "b" } }`));
    const blind = await project.up();
    expect(blind.exitCode).not.toBe(0);
    expect(blind.stdout).toMatch(/stream vanished is not there any more: somebody deleted it. Run `pulumi refresh`/);

    expect((await project.refresh()).changes).toMatchObject({ delete: 1 });
    expect((await project.up()).changes).toEqual({ same: 1, create: 1 });
  }, 240_000);

  test("a stream that somebody created anew under the name is not taken for ours: neither updated nor deleted", async () => {
    const project = await kinesis.project(stream(`{ name: "another", shardCount: 1 }`));
    await project.up();
    await kinesis.call("DeleteStream", { StreamName: "another" });
    await kinesis.untilGone("another");
    await kinesis.call("CreateStream", { StreamName: "another", ShardCount: 2 });
    await kinesis.untilActive("another");

    await project.writeProgram(stream(`{ name: "another", shardCount: 3 }`));
    const up = await project.up();
    expect(up.exitCode).not.toBe(0);
    expect(up.stdout).toMatch(/stream another was deleted, and another one was created under its name/);
    expect((await project.destroy()).exitCode).toBe(0);
    expect(await kinesis.openShards("another")).toHaveLength(2);
    await kinesis.call("DeleteStream", { StreamName: "another" });
  }, 240_000);
});

describe("a name that is taken", () => {
  test("fails with the way out and leaves the stream as it is; adopt takes it over and is a no-op afterwards", async () => {
    await kinesis.call("CreateStream", { StreamName: "taken", ShardCount: 1, Tags: { owner: "somebody" } });
    await kinesis.untilActive("taken");
    const project = await kinesis.project(stream(`{ name: "taken", shardCount: 2, tags: { team: "a" } }`));
    const refused = await project.up();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toMatch(
      /stream taken exists already \(arn:\S+\) and was left as it is. To let .* adopt: true/,
    );
    expect(refused.output).not.toMatch(/^\s+at /m);
    expect(writes()).toEqual([]);
    expect((await project.exportState()).deployment.resources?.some(({ id }) => id?.includes("taken"))).toBe(false);

    const adopting = stream(`{ name: "taken", shardCount: 2, tags: { team: "a" }, adopt: true }`);
    await project.writeProgram(adopting);
    expect((await project.up()).changes).toMatchObject({ create: 1 });
    expect(await kinesis.openShards("taken")).toHaveLength(2);
    expect(await kinesis.tags("taken")).toEqual({ owner: "somebody", team: "a" });
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect((await project.refresh()).changes).toEqual({ same: 2 });
  }, 240_000);
});
