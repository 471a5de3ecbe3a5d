/**
 * The real engine, killed while Kinesis carries out a call: at each kind of write that the provider makes, and in the middle of a
 * reshard. The next `up` reaches what the program says, with no stream too many and nothing done twice.
 */
import { afterAll, expect, test } from "@jest/globals";
import { planReshard } from "../../provider/reshard";
import type { PulumiProject, RunningPulumi } from "../pulumi/harness";
import { killRun } from "../pulumi/killed-run";
import { useKinesis } from "../pulumi/kinesis-project";
import { evenShards } from "../reshard/shards";
import { isWrite, tookEffect } from "../support/counting-proxy";
import { eventually } from "../support/eventually";

const kinesis = useKinesis({ splitMs: 150, mergeMs: 150, registerConsumerMs: 200, deregisterConsumerMs: 200 });

interface Crash {
  readonly target: string;
  /** So many of the target came before. @default 0 */
  readonly nth?: number;
  /** The program of an `up` that is over; left out: the stack is new. */
  readonly before?: string;
  /** The program whose `up` is killed; left out: its destroy. */
  readonly after?: string;
  /** What the next run stops with, where nothing tells what the killed one has made from somebody else's. */
  readonly stops?: RegExp;
  /** Carried out twice on purpose: it says all anew, so that twice is the same as once. */
  readonly isSaidAnew?: true;
}

const stream = (args: string) => `
import { ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "orders", ${args} });
`;
const tags = (value: string) => `${stream("shardCount: 1")}
new StreamTags("billing", { streamArn: orders.arn, tags: { ${value} } });`;
const consumer = (value: string) => `${stream("shardCount: 1")}
new StreamConsumer("reporting", { name: "reporting", streamArn: orders.arn, tags: { ${value} } });`;
const policy = (action: string) => `${stream("shardCount: 1")}
const policy = (Resource: string) => JSON.stringify({ Version: "2012-10-17", Statement: [
  { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kinesis:${action}", Resource }] });
new ResourcePolicy("access", { resourceArn: orders.arn, policy: orders.arn.apply(policy) });`;

const ONE = stream("shardCount: 1");
const FULL = stream(`shardCount: 1, tags: { team: "a" }, retentionPeriod: 48, shardLevelMetrics: ["IncomingBytes"],
  encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis", maxRecordSizeInKib: 2048`);
const ON_DEMAND = stream(`streamModeDetails: { streamMode: "ON_DEMAND" }`);

const CRASHES: readonly Crash[] = [
  { target: "CreateStream", after: FULL },
  { target: "IncreaseStreamRetentionPeriod", after: FULL },
  { target: "EnableEnhancedMonitoring", after: FULL },
  { target: "StartStreamEncryption", after: FULL },
  { target: "RemoveTagsFromStream", after: FULL, stops: /stream orders exists already .* set adopt: true/ },
  { target: "AddTagsToStream", before: ONE, after: FULL },
  { target: "IncreaseStreamRetentionPeriod", before: ONE, after: FULL },
  { target: "EnableEnhancedMonitoring", before: ONE, after: FULL },
  { target: "StartStreamEncryption", before: ONE, after: FULL },
  { target: "UpdateMaxRecordSize", before: ONE, after: FULL },
  { target: "RemoveTagsFromStream", before: FULL, after: ONE },
  { target: "DecreaseStreamRetentionPeriod", before: FULL, after: ONE },
  { target: "DisableEnhancedMonitoring", before: FULL, after: ONE },
  { target: "StopStreamEncryption", before: FULL, after: ONE },
  { target: "UpdateStreamMode", before: ONE, after: ON_DEMAND },
  { target: "UpdateStreamMode", before: ON_DEMAND, after: stream("shardCount: 3") },
  { target: "SplitShard", nth: 3, before: stream("shardCount: 2"), after: stream("shardCount: 7") },
  { target: "MergeShards", nth: 2, before: stream("shardCount: 7"), after: stream("shardCount: 3") },
  {
    target: "UpdateShardCount",
    before: stream("shardCount: 2"),
    after: stream(`shardCount: 8, resharding: { strategy: "update-shard-count" }`),
  },
  { target: "AddTagsToStream", after: tags(`team: "a"`) },
  { target: "RemoveTagsFromStream", before: tags(`team: "a", old: "x"`), after: tags(`team: "b"`) },
  { target: "RegisterStreamConsumer", before: ONE, after: consumer(`team: "a"`) },
  {
    target: "UntagResource",
    before: ONE,
    after: consumer(`team: "a"`),
    stops: /consumer reporting of stream orders exists already .* after a create that was killed/,
  },
  { target: "TagResource", before: consumer(`team: "a"`), after: consumer(`team: "b"`) },
  { target: "UntagResource", before: consumer(`team: "a", old: "x"`), after: consumer(`team: "a"`) },
  { target: "DeregisterStreamConsumer", before: consumer(`team: "a"`), after: ONE },
  { target: "PutResourcePolicy", before: ONE, after: policy("DescribeStreamSummary") },
  {
    target: "PutResourcePolicy",
    before: policy("DescribeStreamSummary"),
    after: policy("ListShards"),
    isSaidAnew: true,
  },
  // The emulator does it again where AWS says that there is nothing to delete.
  { target: "DeleteResourcePolicy", before: policy("DescribeStreamSummary"), after: ONE, isSaidAnew: true },
  { target: "DeleteStream", before: FULL },
];

const rows: object[] = [];
// Not console.table at each: the table belongs together.
afterAll(() => console.table(rows));

const streams = async () => (await kinesis.call<{ StreamNames: string[] }>("ListStreams", {})).StreamNames;

/** The writes that took effect, each with what it asked for. */
const writes = () =>
  kinesis.proxy.calls
    .filter((call) => isWrite(call.target) && tookEffect(call))
    .map(({ target, body }) => `${target} ${JSON.stringify(body)}`);

/** What the plan has from the shards as they are, where the program wants another number of them by splits and merges. */
async function fewestOperations({ before, after = "" }: Crash): Promise<number> {
  const target = Number(/shardCount: (\d+)/.exec(after)?.[1]);
  if (before === undefined || !(target > 0) || after.includes("update-shard-count")) return 0;
  const open = await kinesis.openShards("orders");
  const shards = open.map(({ start, end }) => ({ startingHashKey: String(start), endingHashKey: String(end) }));
  return planReshard({ shards, target }).minimumOperations;
}

const titled = CRASHES.map((crash) => {
  const what = crash.after === undefined ? "a destroy" : crash.before === undefined ? "a create" : "an update";
  return [`${crash.target} of ${what}`, crash] as const;
});

test.each(titled)(
  "killed in %s: the next run ends as the program says",
  async (title, crash) => {
    const { target, nth = 0, before, after, stops, isSaidAnew } = crash;
    const project = await kinesis.project(before ?? String(after));
    if (before !== undefined) expect((await project.up()).exitCode).toBe(0);
    const fewest = await fewestOperations(crash);
    kinesis.proxy.reset();
    if (after !== undefined) await project.writeProgram(after);
    const command = after === undefined ? "destroy" : "up";
    const { outlivedMs } = await killRun(kinesis, project, target, { command, nth });
    const killed = writes().length;
    const next = await (after === undefined ? project.destroy() : project.up());
    const done = writes();
    rows.push({ call: title, outlivedMs, killed, next: done.length - killed, ended: next.exitCode });
    if (!isSaidAnew) expect(done).toEqual([...new Set(done)]);
    expect(done.filter((write) => /^(Split|Merge)/.test(write))).toHaveLength(fewest);
    expect(await streams()).toEqual(after === undefined ? [] : ["orders"]);
    if (stops !== undefined) {
      expect(next.stdout).toMatch(stops);
      return;
    }
    expect(next).toMatchObject({ exitCode: 0 });
    await expectDeclared(project);
  },
  300_000,
);

/** Neither the state nor Kinesis differs from what the program says, and nothing is left to do. */
async function expectDeclared(project: PulumiProject): Promise<void> {
  if ((await streams()).length === 0) return;
  kinesis.proxy.reset();
  const { changes } = await project.up({ args: ["--refresh"] });
  expect(Object.keys(changes)).toEqual(["same"]);
  expect(writes()).toEqual([]);
}

// -- without a kill -------------------------------------------------------------------------------------------------

const [FROM, TO] = [2, 7];
const fewest = planReshard({ shards: evenShards(FROM), target: TO }).minimumOperations;

/** The first Ctrl-C, until the provider has said what it does about it: the engine tells it when the engine comes to it. */
async function pressCtrlC(running: RunningPulumi): Promise<void> {
  running.interrupt();
  const isTold = () => /Ctrl-C: .* is resharded to its end first/.test(running.output);
  await eventually("the provider says what it does about Ctrl-C", isTold, 60_000);
}

/** Starts a reshard and calls `disturb` at its third operation, which the provider sees the end of only after that. */
async function disturbed(disturb: (project: PulumiProject, running: RunningPulumi) => Promise<unknown>) {
  const project = await kinesis.project(stream(`shardCount: ${FROM}`));
  expect((await project.up()).exitCode).toBe(0);
  kinesis.proxy.reset();
  await project.writeProgram(stream(`shardCount: ${TO}`));
  const running = project.start(["up", "--yes", "--skip-preview"]);
  let seen = 0;
  let disturbance: Promise<unknown> | undefined;
  const unhook = kinesis.proxy.hook(async ({ target }) => {
    if (/^(Split|Merge)/.test(target) && seen++ === 2) disturbance = disturb(project, running);
    // The operation itself is let through: held back for longer than the client waits, it would be looked for, and then be late.
    if (!isWrite(target)) await disturbance;
    return undefined;
  });
  const result = await running.result;
  unhook();
  await disturbance;
  expect(seen).toBeGreaterThan(2);
  return { project, result };
}

test("the first Ctrl-C in a reshard: it says for how long it waits, goes to its end, and is in the state", async () => {
  const { project, result } = await disturbed((_, running) => pressCtrlC(running));
  rows.push({ call: "Ctrl-C in a reshard", killed: writes().length, next: 0, ended: result.exitCode });
  expect(result.output).toMatch(
    new RegExp(`Ctrl-C: ${fewest - 2} operations of ${fewest}, about .* Stream orders is resharded to its end first`),
  );
  expect(result.exitCode).not.toBe(0);
  expect(writes()).toHaveLength(fewest);
  await expectDeclared(project);
}, 300_000);

test("`pulumi cancel` beside a reshard: it goes to its end all the same, and nothing is done twice", async () => {
  const { project, result } = await disturbed(async (project) => {
    expect((await project.run(["cancel", "--yes"])).exitCode).toBe(0);
  });
  rows.push({ call: "pulumi cancel beside a reshard", killed: writes().length, next: 0, ended: result.exitCode });
  const next = await project.up();
  expect(next.exitCode).toBe(0);
  expect(writes()).toHaveLength(fewest);
  await expectDeclared(project);
}, 300_000);

test("a second Ctrl-C in a reshard ends at once; the next up goes on with the fewest operations", async () => {
  const project = await kinesis.project(stream(`shardCount: ${FROM}`));
  expect((await project.up()).exitCode).toBe(0);
  kinesis.proxy.reset();
  await project.writeProgram(stream(`shardCount: ${TO}`));
  const twice = async (running: RunningPulumi) => {
    await pressCtrlC(running);
    running.interrupt();
  };
  const { outlivedMs, output } = await killRun(kinesis, project, "SplitShard", { nth: 2, end: twice });
  const killed = writes().length;
  expect(killed).toBeLessThan(fewest);
  expect(output).toMatch(/Ctrl-C: .* Stream orders is resharded/);
  const next = await project.up();
  const call = "second Ctrl-C in a reshard";
  rows.push({ call, outlivedMs, killed, next: writes().length - killed, ended: next.exitCode });
  expect(next.exitCode).toBe(0);
  expect(writes()).toHaveLength(fewest);
  await expectDeclared(project);
}, 300_000);
