/** Two resources and one stream: what an interrupted run leaves to the next one, on the real engine. */
import { expect, test } from "@jest/globals";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ createMs: 1_500, deleteMs: 4_000 });
const deletes = () => kinesis.proxy.count("DeleteStream");

// A URN holds the types of what is above a resource, and not their names: each team is a type of its own.
const program = (resources: string) => `
import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream, StreamTags } from "pulumi-kinesis";
class Team extends pulumi.ComponentResource {
  constructor(name: string, below: (opts: pulumi.CustomResourceOptions) => void) {
    super("test:index:" + name, name);
    below({ parent: this });
  }
}
${resources}
`;

test("a stream that was adopted under a new name survives that its old one is deleted by a later run", async () => {
  const renamed = `new Stream("new", { name: "prod", shardCount: 1, adopt: true });`;
  await kinesis.call("CreateStream", { StreamName: "taken", ShardCount: 1 });
  const project = await kinesis.project(program(`new Stream("old", { name: "prod", shardCount: 1 });`));
  await project.up();
  await project.writeProgram(program(`${renamed} new Stream("other", { name: "taken", shardCount: 1 });`));
  expect((await project.up()).stdout).toMatch(/stream taken exists already/);

  await project.writeProgram(program(renamed));
  const up = await project.up();
  expect(up.changes).toEqual({ same: 2, delete: 1 });
  expect(up.stdout).toMatch(/prod: the stream is that of resource new of this program; it is not deleted/);
  expect(deletes()).toBe(0);
  expect((await project.destroy({ args: ["--run-program"] })).exitCode).toBe(0);
  expect(deletes()).toBe(1);
}, 240_000);

test("a forced replacement of an adopted stream that is cut short, and one whose adoption fails, delete nothing later", async () => {
  const adopted = (extra = "") => `new Stream("s", { name: "kept", shardCount: 1, adopt: true${extra} });`;
  const project = await kinesis.project(program(adopted()));
  await project.up();
  const resources = (await project.exportState()).deployment.resources ?? [];
  const urn = String(resources.find(({ type }) => type.endsWith(":Stream"))?.urn);
  const unhook = kinesis.proxy.hook(({ target }) =>
    target === "IncreaseStreamRetentionPeriod"
      ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } }
      : undefined,
  );
  await project.writeProgram(program(adopted(`, tags: { a: "b" }, retentionPeriod: 48`)));
  expect((await project.up({ args: ["--target-replace", urn] })).exitCode).not.toBe(0);
  unhook();
  const ids = (await project.exportState()).deployment.resources?.filter(({ id }) => id?.includes(":stream/"));
  expect(ids).toHaveLength(2);
  expect((await project.up()).exitCode).toBe(0);
  expect(deletes()).toBe(0);
  expect((await project.up()).changes).toEqual({ same: 2 });
  // A forced replacement by another name still deletes the old stream.
  await project.writeProgram(program(`new Stream("s", { name: "successor", shardCount: 1 });`));
  expect((await project.up()).exitCode).toBe(0);
  expect(deletes()).toBe(1);
}, 240_000);

test("a stream that another resource of the program has is not adopted, and both are named", async () => {
  const one = `new Stream("one", { name: "twice", shardCount: 1 });`;
  const two = `new Stream("two", { name: "twice", shardCount: 1, adopt: true });`;
  const project = await kinesis.project(program(one));
  await project.up();
  for (const resources of [one + two, two + one]) {
    await project.writeProgram(program(resources));
    for (const run of [await project.preview(), await project.up({ args: ["--skip-preview"] })]) {
      expect(run.exitCode).not.toBe(0);
      expect(run.stdout).toMatch(/stream twice belongs to resource one of this program/);
      expect(run.output).not.toMatch(/^\s+at /m);
    }
  }
  await project.writeProgram(program(one));
  expect((await project.up()).exitCode).toBe(0);
  expect(deletes()).toBe(0);
}, 240_000);

test("streams of the same name in two components are two streams, whatever the order in which they are created", async () => {
  const events = (team: string, waitMs: number) => `new Team("${team}", (opts) => {
    new Stream("events", { shardCount: pulumi.output(new Promise<number>((r) => setTimeout(() => r(1), ${waitMs}))) }, opts);
  });`;
  const project = await kinesis.project(program(events("orders", 0) + events("billing", 700)));
  expect((await project.up()).changes).toEqual({ create: 5 });
  expect(kinesis.proxy.count("CreateStream")).toBe(2);
  const { StreamNames } = await kinesis.call<{ StreamNames: string[] }>("ListStreams", {});
  expect(StreamNames.filter((name) => name.startsWith("events-"))).toHaveLength(2);
}, 240_000);

test("tags and a policy that move into a component survive their old selves", async () => {
  const stream = `const s = new Stream("s", { name: "moved", shardCount: 1 });`;
  const policy = `pulumi.jsonStringify({ Version: "2012-10-17", Statement: [
    { Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: s.arn }] })`;
  const parts = (opts: string) =>
    `new StreamTags("t", { streamArn: s.arn, tags: { team: "x" } }${opts});
     new ResourcePolicy("p", { resourceArn: s.arn, policy: ${policy} }${opts});`;
  const project = await kinesis.project(program(stream + parts("")));
  await project.up();
  await project.writeProgram(program(`${stream} new Team("team", (opts) => { ${parts(", opts")} });`));
  expect((await project.up()).exitCode).toBe(0);
  expect(await kinesis.tags("moved")).toEqual({ team: "x" });
  expect(kinesis.proxy.count("DeleteResourcePolicy")).toBe(0);
  expect((await project.refresh()).changes).toEqual({ same: 5 });
}, 240_000);

test("a refresh in the same run takes nothing for a resource of the program that is only in the state", async () => {
  const stream = (name: string) =>
    `const s = new Stream("${name}", { name: "refreshed", shardCount: 1, adopt: true });`;
  const project = await kinesis.project(program(stream("old")));
  await kinesis.call("CreateStream", { StreamName: "refreshed", ShardCount: 1, Tags: { a: "b" } });
  await kinesis.untilActive("refreshed");
  await project.up();
  // Renamed with the refresh first: the old resource is in the state and not in the program.
  await project.writeProgram(program(stream("new")));
  await project.up();
  expect((await project.up({ args: ["--refresh"] })).exitCode).toBe(0);
  expect(deletes()).toBe(0);
  await project.writeProgram(program(stream("newer")));
  expect((await project.up({ args: ["--refresh"] })).changes).toMatchObject({ create: 1, delete: 1 });
  expect(deletes()).toBe(0);

  expect((await project.destroy({ args: ["--refresh"] })).exitCode).toBe(0);
  await kinesis.untilGone("refreshed");
  expect(deletes()).toBe(1);
}, 240_000);

test("a stream that leaves the program is deleted by an up that refreshes first", async () => {
  const project = await kinesis.project(program(`new Stream("s", { name: "left", shardCount: 1 });`));
  await project.up();
  await project.writeProgram(program(""));
  expect((await project.up({ args: ["--refresh"] })).changes).toMatchObject({ delete: 1 });
  await kinesis.untilGone("left");
}, 240_000);

test("a forced replacement of tags or of a policy leaves those of the new resource where they are", async () => {
  const resources = `const s = new Stream("s", { name: "forced", shardCount: 1 });
    new StreamTags("t", { streamArn: s.arn, tags: { team: "x" } });
    new ResourcePolicy("p", { resourceArn: s.arn, policy: pulumi.jsonStringify({ Statement: [
      { Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: s.arn }] }) });`;
  const project = await kinesis.project(program(resources));
  await project.up();
  const urns = ((await project.exportState()).deployment.resources ?? [])
    .filter(({ type }) => /:(StreamTags|ResourcePolicy)$/.test(type))
    .map(({ urn }) => urn);
  expect((await project.up({ args: urns.flatMap((urn) => ["--replace", urn]) })).changes).toEqual({
    same: 2,
    replace: 2,
  });
  expect(await kinesis.tags("forced")).toEqual({ team: "x" });
  expect(kinesis.proxy.count("DeleteResourcePolicy")).toBe(0);
  expect((await project.refresh()).changes).toEqual({ same: 4 });
}, 240_000);

test("a replacement under the same name waits until the name is free, and so does a create after somebody's delete", async () => {
  const project = await kinesis.project(
    program(`new Stream("s", { name: "again", shardCount: 1 }, { deleteBeforeReplace: true });`),
  );
  await kinesis.call("CreateStream", { StreamName: "again", ShardCount: 2 });
  await kinesis.untilActive("again");
  await kinesis.call("DeleteStream", { StreamName: "again" });
  const up = await project.up();
  expect(up.exitCode).toBe(0);
  const urn = String(
    (await project.exportState()).deployment.resources?.find(({ type }) => type.endsWith(":Stream"))?.urn,
  );
  expect((await project.up({ args: ["--replace", urn] })).changes).toEqual({ same: 1, replace: 1 });
  expect([kinesis.proxy.count("CreateStream"), deletes()]).toEqual([2, 1]);
  expect(await kinesis.openShards("again")).toHaveLength(1);
}, 240_000);
