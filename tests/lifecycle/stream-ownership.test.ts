/** Whose stream it is when a run was cut short or refused, each process of its own, against the emulator. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import { creatingMark } from "../../provider/lifecycle/creating-mark";
import { streamResource } from "../../provider/lifecycle/stream";
import type { Platform } from "../../provider/platform";
import { realPlatform } from "../../provider/platform";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { callKinesis } from "../support/call-kinesis";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import { eventually } from "../support/eventually";

let emulator: Emulator;
let proxy: CountingProxy;

beforeAll(async () => {
  emulator = await startEmulator({ createMs: 300, deleteMs: 20 });
  proxy = await startCountingProxy(emulator.url);
}, 60_000);

afterAll(async () => {
  await proxy.stop();
  await emulator.stop();
});

function startProcess(machine: Partial<Platform> = {}) {
  const lines: string[] = [];
  const env = emulatorEnv(proxy.url);
  const platform = { ...realPlatform, log: (line: string) => void lines.push(line), ...machine, env };
  const context = new ProviderContext({ ...platform, env: { ...env, ...machine.env } });
  return { stream: streamResource(context), context, lines };
}

const resource = (name: string, urn = `urn:pulumi:dev::test::Stream::${name}`) => ({
  __logicalName: name,
  __stack: "organization/test/dev",
  __urn: urn,
});

/** What `create` throws; `id` is set where the engine keeps the resource. */
async function failure(work: Promise<unknown>): Promise<Error & { code?: string; id?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It did not fail.");
}

const deny = (denied: string) =>
  proxy.hook(({ target }) =>
    target === denied ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } } : undefined,
  );

test("a stream whose adoption is refused before the first change stays out of the state; after it, it is kept", async () => {
  const { stream } = startProcess();
  await stream.create({ name: "refused", shardCount: 2, ...resource("theirs") });
  const adopting = { name: "refused", adopt: true, shardCount: 2, ...resource("ours") };

  const planned = await failure(
    startProcess().stream.create({ ...adopting, shardCount: 3, resharding: { maxOperations: 0 } }),
  );
  expect([planned.code, planned.id]).toEqual(["ERR_KINESIS_TOO_MANY_OPERATIONS", undefined]);

  const unhookTags = deny("AddTagsToStream");
  const denied = await failure(startProcess().stream.create({ ...adopting, tags: { a: "b" } }));
  unhookTags();
  expect([denied.code, denied.id]).toEqual(["AccessDeniedException", undefined]);

  const unhookRetention = deny("IncreaseStreamRetentionPeriod");
  const begun = await failure(startProcess().stream.create({ ...adopting, tags: { a: "b" }, retentionPeriod: 48 }));
  unhookRetention();
  expect(begun.id).toMatch(/stream\/refused$/);

  const unhookSplit = deny("SplitShard");
  const unsplit = await failure(startProcess().stream.create({ ...adopting, tags: { a: "b" }, shardCount: 3 }));
  unhookSplit();
  expect(unsplit.id).toBeUndefined();
}, 30_000);

test("without a region a preview says once that nothing was checked, and what to set", async () => {
  const { stream, lines } = startProcess({ env: { AWS_REGION: "", AWS_CONFIG_FILE: "/dev/null" } });
  for (const name of ["one", "two"]) {
    expect((await stream.check({}, { name, shardCount: 1, ...resource(name) })).failures).toEqual([]);
  }
  expect(lines).toEqual([
    expect.stringMatching(/^one: nothing was checked against AWS: No AWS region is set: .*kinesis:region/),
  ]);
});

test("a state whose creationTimestamp isn't the stream's touches nothing, and says both ways to come by that", async () => {
  const inputs = { name: "edited", shardCount: 1, ...resource("edited") };
  const { id, outs } = await startProcess().stream.create(inputs);
  const { stream, lines } = startProcess();
  const state = { ...outs, creationTimestamp: "2020-01-01T00:00:00.000Z" };
  proxy.reset();
  expect(await stream.read(id, state)).toEqual({});
  await stream.diff(id, state, { ...inputs, shardCount: 2 });
  await stream.delete(id, state);
  const updated = await failure(stream.update(id, state, { ...inputs, shardCount: 2 }));
  expect(updated.code).toBe("ERR_KINESIS_STREAM_GONE");
  expect(proxy.count("DeleteStream") + proxy.count("SplitShard")).toBe(0);
  const both =
    /^(edited: the stream|stream edited) .*(another one|by somebody else).*, unless creationTimestamp was edited in the state[.,;]/;
  expect([...lines, updated.message]).toEqual([1, 2, 3, 4].map(() => expect.stringMatching(both)));
}, 30_000);

test("a state without an ARN takes only the stream that carries its create's mark", async () => {
  const { stream: theirs } = startProcess();
  await theirs.create({ name: "theirs", shardCount: 1, ...resource("theirs") });
  const { stream, context, lines } = startProcess();
  const inputs = { name: "theirs", shardCount: 1, ...resource("lost") };
  const __creating = creatingMark(inputs, context.platform);
  const id = "arn:aws:kinesis:us-east-1::stream/theirs";
  const state = { ...inputs, __creating, __endpoint: proxy.url };
  proxy.reset();
  expect(await stream.read(id, state)).toEqual({});
  await stream.delete(id, state);
  expect(proxy.count("DeleteStream")).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(/^theirs: .* may be somebody else's, and is left alone\. To take it over, set adopt: true/),
    expect.stringMatching(/^theirs: .* may be somebody else's, and is left alone\.$/),
  ]);

  const tags = { "pulumi-kinesis:creating": String(__creating) };
  const { client } = await context.session(undefined);
  await client.addTagsToStream({ StreamName: "theirs", Tags: tags });
  expect((await stream.read(id, state)).id).toMatch(/:\d{12}:stream\/theirs$/);
  await stream.delete(id, state);
  expect(proxy.count("DeleteStream")).toBe(1);
}, 30_000);

test("a create of a stack of the same name, on another machine or under another backend, is not gone on with while it runs", async () => {
  const inputs = { name: "ours-alone", shardCount: 1, ...resource("ours") };
  proxy.reset();
  const running = startProcess({ hostname: "one" }).stream.create(inputs);
  await eventually("the first has created its stream", () => proxy.count("CreateStream") > 0, 5_000);
  const second = await failure(startProcess({ hostname: "two" }).stream.create(inputs));
  expect([second.code, second.id]).toEqual(["ERR_KINESIS_STREAM_EXISTS", undefined]);
  await running;
}, 30_000);

test("a mark tells apart URNs, self-managed backends, and machines where the backend may be files", () => {
  const mark = (inputs: object, hostname: string, backend?: string) =>
    creatingMark({ ...resource("orders"), ...inputs }, { hostname, env: { PULUMI_BACKEND_URL: backend } });
  const shared = ["s3://a", "s3://b"].flatMap((url) => [mark({}, "one", url), mark({}, "two", url)]);
  expect(new Set(shared).size).toBe(2);
  const files = [undefined, "file://~"].flatMap((url) => [mark({}, "one", url), mark({}, "two", url)]);
  expect(new Set(files).size).toBe(4);
  const service = { __stack: "acme/test/dev" };
  expect(mark(service, "one")).toBe(mark(service, "two"));
  expect(mark(service, "one")).toMatch(/^acme\/test\/dev\/orders:[0-9a-f]{16}$/);
  expect(mark({ __urn: "urn:pulumi:dev::test::Team$Stream::orders" }, "one")).not.toBe(mark({}, "one"));
  const long = { __logicalName: `ä${"x".repeat(300)}` };
  expect(mark(long, "one")).toMatch(/^[a-zA-Z0-9_.:/=+\-@]{256}$/);
});

test("a stream that somebody else creates while the answer to our CreateStream is lost stays theirs", async () => {
  const { stream, context } = startProcess();
  const { client } = await context.session(undefined);
  const unhook = proxy.hook(async ({ target }) => {
    if (target !== "CreateStream") return undefined;
    unhook();
    // Past the proxy.
    await callKinesis(emulator.url, "CreateStream", { StreamName: "raced", ShardCount: 3 });
    return { cut: "before" };
  });
  const inputs = { name: "raced", shardCount: 1, retentionPeriod: 24, ...resource("raced") };
  const lost = await failure(stream.create((await stream.check({}, inputs)).inputs));
  expect([lost.code, lost.id]).toEqual(["ERR_KINESIS_STREAM_EXISTS", undefined]);
  const { StreamDescriptionSummary: left } = await client.describeStreamSummary({ StreamName: "raced" });
  expect(left.OpenShardCount).toBe(3);
}, 30_000);

test("a killed create is gone on with, also where the stack has a stream of the name in another region", async () => {
  const here = { name: "dr", shardCount: 1, ...resource("here") };
  await startProcess().stream.create(here);
  const there = { name: "dr", region: "eu-west-1", shardCount: 1, ...resource("there") };
  const { stream, context, lines } = startProcess();
  const { client } = await context.session("eu-west-1");
  const Tags = { "pulumi-kinesis:creating": String(creatingMark(there, context.platform)) };
  await client.createStream({ StreamName: "dr", ShardCount: 1, Tags });
  await stream.check(here, here);
  const { inputs, failures } = await stream.check({}, there);
  expect(failures).toEqual([]);
  expect((await stream.create(inputs)).id).toMatch(/:eu-west-1:.*stream\/dr$/);
  expect(lines).toEqual([
    "dr: an interrupted create of this resource has left this stream behind; creating it goes on with that one",
    "dr: going on with the stream that an interrupted create of this resource has left behind",
  ]);
}, 30_000);

test("a name that is in use is told when it is checked, and refused by the create alone: it may be deleted in between", async () => {
  await startProcess().stream.create({ name: "in-use", shardCount: 1, ...resource("theirs") });
  const { stream, lines } = startProcess();
  const { inputs, failures } = await stream.check({}, { name: "in-use", shardCount: 1, ...resource("ours") });
  expect(failures).toEqual([]);
  expect(lines).toEqual([
    expect.stringMatching(
      /^stream in-use exists already \(arn:.*adopt: true.* Unless this run deletes it first, creating/,
    ),
  ]);
  expect((await failure(stream.create(inputs))).code).toBe("ERR_KINESIS_STREAM_EXISTS");
}, 30_000);

test("a stream that nobody had when it was checked is not looked for again", async () => {
  const { stream } = startProcess();
  proxy.reset();
  const { inputs } = await stream.check({}, { name: "brand-new", shardCount: 1, ...resource("ours") });
  await stream.create(inputs);
  const targets = proxy
    .targets()
    .filter((target, index, all) => target !== "DescribeLimits" && target !== all[index - 1]);
  expect(targets).toEqual(["DescribeStreamSummary", "CreateStream", "DescribeStream", "RemoveTagsFromStream"]);
}, 30_000);

test("where nothing answers, one resource waits for it and not each", async () => {
  const { stream } = startProcess();
  proxy.reset();
  const unhook = proxy.hook(() => ({ cut: "before" }));
  for (const name of ["a", "b", "c"]) {
    const named = await stream.check({}, { name, streamModeDetails: { streamMode: "ON_DEMAND" }, ...resource(name) });
    const unnamed = await stream.check({}, { streamModeDetails: { streamMode: "ON_DEMAND" }, ...resource(name) });
    expect([...named.failures, ...unnamed.failures]).toEqual([]);
  }
  unhook();
  expect(proxy.count("DescribeStreamSummary")).toBe(3);
  expect(proxy.count("ListStreams")).toBe(0);
}, 30_000);
