import { expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ splitMs: 100, mergeMs: 100, createMs: 100 });

test("a stream that something else scales stays as it is with ignoreChanges and balance none", async () => {
  const scaled = (tags: string) => `
import { Stream } from "pulumi-kinesis";
const resharding = { balance: "none" } as const;
new Stream("orders", { name: "orders", shardCount: 2, tags: ${tags}, resharding }, { ignoreChanges: ["shardCount"] });
`;
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
  expect(kinesis.proxy.targets().filter((target) => /^(Split|Merge)/.test(target))).toEqual([]);
  // In sixteenths of the key space.
  const starts = (await kinesis.openShards("orders")).map(({ start }) => Number((start + 9n) >> 124n));
  expect(starts).toEqual([0, 1, 8]);
}, 240_000);
