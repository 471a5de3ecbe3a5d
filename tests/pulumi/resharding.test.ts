import { expect, test } from "@jest/globals";
import { planReshard } from "../../provider/reshard";
import { killRun } from "./killed-run";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ splitMs: 100, mergeMs: 100, createMs: 100, updateShardCountMs: 100 });
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

test("2 -> 3 -> 5 -> 3 -> 16 -> 1 takes the planned minimum each time, as Kinesis counts it, also where the engine is killed half-way", async () => {
  const project = await kinesis.project(program("shardCount: 2"));
  await project.up();
  for (const shardCount of [3, 5, 3, 16, 1]) {
    const plan = planReshard({ shards: await shards(), target: shardCount });
    expect(plan.minimumOperations).toBe(plan.steps.length);
    kinesis.proxy.reset();
    await project.writeProgram(program(`shardCount: ${shardCount}`));
    if (shardCount === 16) await killRun(kinesis, project, "SplitShard", { nth: 6 });
    expect((await project.up()).exitCode).toBe(0);
    expect(operations()).toBe(plan.steps.length);
    expect(await shards()).toHaveLength(shardCount);
  }
}, 300_000);

test("a stream that is adopted with uneven shards: its plan is shown at preview, and carried out with the fewest operations", async () => {
  await kinesis.call("CreateStream", { StreamName: "orders", ShardCount: 2 });
  await kinesis.untilActive("orders");
  const [first] = await kinesis.openShards("orders");
  const split = { StreamName: "orders", ShardToSplit: first?.ShardId, NewStartingHashKey: String(1n << 124n) };
  await kinesis.call("SplitShard", split);
  await kinesis.untilActive("orders");
  const adopting = (shardCount: number, balance: string) =>
    program(`shardCount: ${shardCount}, adopt: true, resharding: { balance: "${balance}" }`);

  const project = await kinesis.project(adopting(3, "none"));
  expect((await project.preview()).stdout).not.toMatch(/reshard/);
  await project.writeProgram(adopting(3, "keyspace"));
  const plan = planReshard({ shards: await shards(), target: 3 });
  expect((await project.preview()).stdout).toMatch(
    new RegExp(`orders: the update will reshard 3 -> 3 shards: ${plan.steps.length} operations`),
  );
  expect(operations()).toBe(0);
  expect((await project.up()).exitCode).toBe(0);
  expect(operations()).toBe(plan.minimumOperations);
  expect((await project.up()).changes).toEqual({ same: 2 });
}, 240_000);

test("the preview tells the shards of all streams that grow, against the account's quota, which is asked for once", async () => {
  const two = (orders: number, bills: number) => `
import { Stream } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "orders", shardCount: ${orders} });
new Stream("bills", { name: "bills", shardCount: ${bills} }, { dependsOn: orders });
${bills > 1 ? `new Stream("new", { name: "new", shardCount: 7 });` : ""}
`;
  const project = await kinesis.project(two(2, 1));
  await project.up();
  kinesis.proxy.reset();
  await project.writeProgram(two(3, 2));
  const preview = await project.preview();
  // 2 -> 3 has four open on the way; seven are of the stream that is created.
  expect(preview.stdout).toMatch(
    /shard quota of the account: at most 13 of 50 so far \(3 open now, 1 more here, 9 more for other/,
  );
  expect(preview.stdout).toMatch(
    /throughput for evenly hashed keys: 2 -> 3 MB\/s and 2000 -> 3000 records\/s in, 4 -> 6 MB\/s out/,
  );
  expect(kinesis.proxy.count("DescribeLimits")).toBe(1);

  const unhook = kinesis.proxy.hook(({ target }) =>
    target === "DescribeLimits"
      ? { fail: { status: 400, code: "AccessDeniedException", message: "not yours" } }
      : undefined,
  );
  expect((await project.preview()).stdout).toMatch(
    /shard quota of the account: not checked \(DescribeLimits failed: AccessDeniedException: not yours/,
  );
  expect((await project.up()).exitCode).toBe(0);
  unhook();
  expect(await shards()).toHaveLength(3);
}, 240_000);

test("UpdateShardCount steps past double where the program says so, and is refused at check what it can't keep", async () => {
  const byUpdate = (shardCount: number, more = "") =>
    program(`shardCount: ${shardCount}, resharding: { strategy: "update-shard-count"${more} }`);
  const project = await kinesis.project(byUpdate(2));
  await project.up();
  kinesis.proxy.reset();
  await project.writeProgram(byUpdate(8));
  expect((await project.preview()).stdout).toMatch(
    /orders: the update will reshard 2 -> 8 shards: 2 calls of UpdateShardCount \(to 4, 8\), about 10 min/,
  );
  expect((await project.up()).exitCode).toBe(0);
  expect(kinesis.proxy.count("UpdateShardCount")).toBe(2);
  expect(operations()).toBe(0);
  expect(await starts()).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);

  await project.writeProgram(byUpdate(2, ", weights: [1, 3], maxOpenShards: 9, allowHotMerge: true"));
  const refused = await project.preview();
  expect(refused.exitCode).not.toBe(0);
  for (const setting of ["weights", "maxOpenShards", "allowHotMerge"]) {
    expect(refused.stdout).toContain(`property resharding.${setting} `);
  }
}, 240_000);

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
}, 240_000);

test("weights hold from the creation on, and changing them reshards", async () => {
  const weighted = (more: string) => program(`shardCount: 2, resharding: { weights: [1, 3], tolerance: 0${more} }`);
  const project = await kinesis.project(weighted(", maxOperations: 1"));
  kinesis.proxy.reset();
  const refused = await project.up();
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toMatch(/property resharding.maxOperations .*takes 2 operations, more than the 1/);
  expect(kinesis.proxy.count("CreateStream")).toBe(0);
  await project.writeProgram(weighted(""));
  expect((await project.preview()).stdout).toMatch(/the create will reshard 2 -> 2 shards: 2 operations/);
  expect((await project.up()).exitCode).toBe(0);
  expect(await starts()).toEqual([0, 4]);
  await project.writeProgram(program("shardCount: 3, resharding: { weights: [1, 1, 2], tolerance: 0 }"));
  expect((await project.up()).exitCode).toBe(0);
  expect(await starts()).toEqual([0, 4, 8]);
  expect((await project.up()).changes).toEqual({ same: 2 });
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
}, 240_000);
