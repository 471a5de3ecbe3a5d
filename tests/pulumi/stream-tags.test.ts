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

test("two resources that claim one key are found at preview and named; one that gives it up hands it over", async () => {
  const stream = (tags: string) => `const s = new Stream("orders", { name: "claimed", shardCount: 1, tags: ${tags} });`;
  const tags = (name: string, args: string) => `new StreamTags("${name}", { streamName: "claimed", tags: ${args} });`;
  const write = (...resources: string[]) =>
    project.writeProgram(`import { Stream, StreamTags } from "pulumi-kinesis";\n${resources.join("\n")}`);
  const project = await kinesis.project("");
  await write(stream(`{ team: "a" }`));
  await project.up();

  for (const [others, message] of [
    [[tags("billing", `{ team: "a" }`)], /both have the tag team of stream claimed/],
    [
      [tags("one", `{ x: "1", y: "1" }`), tags("two", `{ x: "2", y: "2" }`)],
      /both have the tags x, y of stream claimed/,
    ],
  ] as const) {
    await write(stream(`{ team: "a" }`), ...others);
    const preview = await project.preview();
    expect(preview.exitCode).not.toBe(0);
    expect(preview.stdout).toMatch(message);
    expect(preview.output).not.toMatch(/^\s+at /m);
  }
  expect(await kinesis.tags("claimed")).toEqual({ team: "a" });

  await write(stream("{}"), tags("billing", `{ team: "a" }`));
  expect((await project.up()).changes).toEqual({ same: 1, update: 1, create: 1 });
  expect(await kinesis.tags("claimed")).toEqual({ team: "a" });
}, 240_000);

test("no room for more than 50 tags is told with the keys that are too many, and none of them is written", async () => {
  await kinesis.call("CreateStream", { StreamName: "crowded", ShardCount: 1 });
  await kinesis.untilActive("crowded");
  const theirs = Object.fromEntries([...Array(49).keys()].map((index) => [`their${index}`, "v"]));
  for (let from = 0; from < 49; from += 10) {
    const Tags = Object.fromEntries(Object.entries(theirs).slice(from, from + 10));
    await kinesis.call("AddTagsToStream", { StreamName: "crowded", Tags });
  }
  const project = await kinesis.project(`
import { StreamTags } from "pulumi-kinesis";
new StreamTags("more", { streamName: "crowded", tags: { one: "1", two: "2" } });
`);
  const up = await project.up();
  expect(up.exitCode).not.toBe(0);
  expect(up.stdout).toMatch(/stream crowded has 49 tags that stay, and AWS allows 50: there is no room for two/);
  expect(await kinesis.tags("crowded")).toEqual(theirs);
}, 240_000);
