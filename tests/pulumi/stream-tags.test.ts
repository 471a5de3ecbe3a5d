import { expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis();

const program = (resources: string) => `
import { Stream, StreamTags } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "shared", shardCount: 1, tags: { team: "a" } });
${resources}
`;
const billing = (args: string) => `new StreamTags("billing", { streamArn: orders.arn, ${args} });`;

test("several owners of one stream's tags live side by side, and destroy removes only what it set", async () => {
  const project = await kinesis.project(program(billing(`tags: { "cost-centre": "1" }`)));
  await project.up();
  await kinesis.call("AddTagsToStream", { StreamName: "shared", Tags: { console: "by hand" } });
  expect(await kinesis.tags("shared")).toEqual({ team: "a", "cost-centre": "1", console: "by hand" });
  expect((await project.refresh()).changes).toEqual({ same: 3 });
  expect((await project.up()).changes).toEqual({ same: 3 });

  const taken = await project
    .writeProgram(program(billing(`tags: { "cost-centre": "2", console: "mine" }`)))
    .then(() => project.up());
  expect(taken.exitCode).not.toBe(0);
  expect(taken.stdout).toMatch(/stream shared has other values for console already.*overwrite: true/);

  await project.writeProgram(program(billing(`tags: { "cost-centre": "2", console: "mine" }, overwrite: true`)));
  expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
  expect(await kinesis.tags("shared")).toEqual({ team: "a", "cost-centre": "2", console: "mine" });

  await project.writeProgram(program(""));
  expect((await project.up()).changes).toEqual({ same: 2, delete: 1 });
  expect(await kinesis.tags("shared")).toEqual({ team: "a" });
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);

test("tags by name, more than one call takes, drift on their own keys only, and a stream that is gone", async () => {
  await kinesis.call("CreateStream", { StreamName: "by-name", ShardCount: 1 });
  await kinesis.untilActive("by-name");
  const many = Object.fromEntries([...Array(25).keys()].map((index) => [`key${index}`, "v"]));
  const project = await kinesis.project(`
import { StreamTags } from "pulumi-kinesis";
export const arn = new StreamTags("many", { streamName: "by-name", tags: ${JSON.stringify(many)} }).streamArn;
`);
  await project.up();
  expect(await kinesis.tags("by-name")).toEqual(many);
  expect(await project.outputs()).toEqual({ arn: "arn:aws:kinesis:us-east-1:000000000000:stream/by-name" });

  await kinesis.call("RemoveTagsFromStream", { StreamName: "by-name", TagKeys: ["key3"] });
  await kinesis.call("AddTagsToStream", { StreamName: "by-name", Tags: { foreign: "x" } });
  expect((await project.refresh()).changes).toEqual({ same: 1, update: 1 });
  expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
  expect(await kinesis.tags("by-name")).toEqual({ ...many, foreign: "x" });

  await kinesis.call("DeleteStream", { StreamName: "by-name" });
  await kinesis.untilGone("by-name");
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);
