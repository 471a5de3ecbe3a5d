import { expect, test } from "@jest/globals";
import { planReshard } from "../../provider/reshard";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ splitMs: 100, mergeMs: 100, createMs: 100 });
const operations = () => kinesis.proxy.targets().filter((target) => /^(Split|Merge)/.test(target)).length;

const program = (args: string, options = "") => `
import { Stream } from "pulumi-kinesis";
new Stream("orders", { name: "orders", ${args} }${options});
`;

/** The open shards as the planner takes them. */
const shards = async () =>
  (await kinesis.openShards("orders")).map(({ start, end }) => ({
    startingHashKey: String(start),
    endingHashKey: String(end),
  }));
/** In sixteenths of the key space. */
const starts = async () => (await kinesis.openShards("orders")).map(({ start }) => Number((start + 9n) >> 124n));

test("2 -> 3 -> 5 -> 3 -> 16 -> 1 takes the planned minimum each time, as Kinesis counts it", async () => {
  const project = await kinesis.project(program("shardCount: 2"));
  await project.up();
  for (const shardCount of [3, 5, 3, 16, 1]) {
    const plan = planReshard({ shards: await shards(), target: shardCount });
    expect(plan.minimumOperations).toBe(plan.steps.length);
    kinesis.proxy.reset();
    await project.writeProgram(program(`shardCount: ${shardCount}`));
    expect((await project.up()).exitCode).toBe(0);
    expect(operations()).toBe(plan.steps.length);
    expect(await shards()).toHaveLength(shardCount);
  }
  await project.destroy();
}, 300_000);

test("somebody else's split in between is planned around", async () => {
  const project = await kinesis.project(program("shardCount: 2"));
  await project.up();
  kinesis.proxy.reset();
  let meddled = false;
  const unhook = kinesis.proxy.hook(async ({ target, nth }) => {
    if (target !== "SplitShard" || nth !== 2 || meddled) return undefined;
    meddled = true;
    const last = (await kinesis.openShards("orders")).at(-1);
    const key = last && last.start + ((last.end - last.start) >> 2n);
    await kinesis.call("SplitShard", {
      StreamName: "orders",
      ShardToSplit: last?.ShardId,
      NewStartingHashKey: String(key),
    });
    return undefined;
  });
  await project.writeProgram(program("shardCount: 3"));
  const up = await project.up();
  unhook();
  expect(up.exitCode).toBe(0);
  expect(meddled).toBe(true);
  expect(up.stdout).toMatch(/somebody else has changed the shards meanwhile/);
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect(await shards()).toHaveLength(3);
  await project.destroy();
}, 240_000);

test("weights hold from the creation on, and changing them reshards", async () => {
  const project = await kinesis.project(program("shardCount: 2, resharding: { weights: [1, 3], tolerance: 0 }"));
  expect((await project.up()).exitCode).toBe(0);
  expect(await starts()).toEqual([0, 4]);
  await project.writeProgram(program("shardCount: 3, resharding: { weights: [1, 1, 2], tolerance: 0 }"));
  expect((await project.up()).exitCode).toBe(0);
  expect(await starts()).toEqual([0, 4, 8]);
  expect((await project.up()).changes).toEqual({ same: 2 });
  await project.destroy();
}, 240_000);

test("more operations than maxOperations are announced at preview and refused before the first", async () => {
  const project = await kinesis.project(program("shardCount: 2"));
  await project.up();
  kinesis.proxy.reset();
  await project.writeProgram(program("shardCount: 3, resharding: { maxOperations: 2 }"));
  expect((await project.preview()).stdout).toMatch(
    /the update will refuse this: .* takes 3 operations, more than the 2/,
  );
  const refused = await project.up();
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toMatch(/Raise it to 3 to confirm/);
  expect(operations()).toBe(0);
  await project.writeProgram(program("shardCount: 3, resharding: { maxOperations: 3 }"));
  expect((await project.up()).exitCode).toBe(0);
  await project.destroy();
}, 240_000);

test("a stream that something else scales stays as it is with ignoreChanges and balance none", async () => {
  const scaled = (tags: string) =>
    program(`shardCount: 2, tags: ${tags}, resharding: { balance: "none" }`, `, { ignoreChanges: ["shardCount"] }`);
  const project = await kinesis.project(scaled("{}"));
  await project.up();
  const [first] = await kinesis.openShards("orders");
  await kinesis.call("SplitShard", {
    StreamName: "orders",
    ShardToSplit: first?.ShardId,
    NewStartingHashKey: String(1n << 124n),
  });
  await kinesis.untilActive("orders");

  kinesis.proxy.reset();
  await project.writeProgram(scaled(`{ a: "b" }`));
  expect((await project.up()).exitCode).toBe(0);
  expect((await project.refresh()).exitCode).toBe(0);
  expect((await project.up()).changes).toEqual({ same: 2 });
  expect(operations()).toBe(0);
  expect(await starts()).toEqual([0, 1, 8]);
  await project.destroy();
}, 240_000);
