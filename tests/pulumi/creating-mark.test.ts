/** Runs that are killed between CreateStream and the engine's save, on the real engine. */
import { expect, test } from "@jest/globals";
import { MARK, program, useInterruptedCreates } from "./interrupted-create";

const { kinesis, streams, killUp, denyRetention } = useInterruptedCreates();

test.each([
  ["an explicit name", { name: "killed", shardCount: 1, tags: { team: "a" } }],
  ["an automatic name", { shardCount: 1, tags: { team: "a" } }],
])(
  "a stream with %s whose create was killed after CreateStream is gone on with: there is one stream in the end",
  async (_, args) => {
    const { proxy } = kinesis;
    const project = await kinesis.project(program(args));
    await killUp(project, "CreateStream");
    const [left, ...others] = await streams();
    expect(others).toEqual([]);
    expect(await kinesis.tags(String(left))).toEqual({
      team: "a",
      [MARK]: expect.stringMatching(/^organization\/test\/dev\/orders:[0-9a-f]{16}$/),
    });

    // The preview shows the stream that it will be, and a look-up by its name finds it.
    const withLookUp = program(args).replace("import { Stream }", "import { getStreamOutput, Stream }");
    await project.writeProgram(`${withLookUp}export const shards = getStreamOutput({ name }).openShards.length;\n`);
    const preview = await project.preview();
    expect([preview.exitCode, preview.stdout]).toEqual([0, expect.stringMatching(`name *: "${left}"`)]);
    await project.writeProgram(program(args));
    proxy.reset();
    const up = await project.up();
    expect(up.stdout).toContain(
      `${left}: going on with the stream that an interrupted create of this resource has left`,
    );
    expect(up.changes).toEqual({ same: 1, create: 1 });
    expect(proxy.count("CreateStream")).toBe(0);
    expect(await streams()).toEqual([left]);
    expect(await kinesis.tags(String(left))).toEqual({ team: "a" });
    expect(await project.outputs()).toEqual({ name: left });

    proxy.reset();
    expect((await project.up()).changes).toEqual({ same: 2 });
    expect(proxy.targets()).toEqual([]);
    expect((await project.refresh()).changes).toEqual({ same: 2 });
    await project.writeProgram(program({ ...args, retentionPeriod: 48 }));
    expect((await project.up()).changes).toEqual({ same: 1, update: 1 });
    expect((await project.destroy()).exitCode).toBe(0);
    expect(await streams()).toEqual([]);
  },
  240_000,
);

test("the mark of another stack is not ours: an explicit name stops, an automatic one gets a stream of its own", async () => {
  await kinesis.call("CreateStream", {
    StreamName: "orders-abcdef0",
    ShardCount: 1,
    Tags: { [MARK]: "organization/test/prod/orders" },
  });
  await kinesis.untilActive("orders-abcdef0");
  const project = await kinesis.project(program({ name: "orders-abcdef0", shardCount: 1 }));
  expect((await project.up()).stdout).toMatch(
    /stream orders-abcdef0 exists already .* carries the mark of a create that has not ended .*prod.* adopt: true/,
  );
  await project.writeProgram(program({ shardCount: 1 }));
  const up = await project.up();
  expect(up.exitCode).toBe(0);
  expect(up.stdout).toMatch(
    /streams with an automatic name of this resource are there already: orders-abcdef0\. They belong/,
  );
  expect(await streams()).toHaveLength(2);
  await project.destroy();
  expect(await kinesis.tags("orders-abcdef0")).toEqual({ [MARK]: "organization/test/prod/orders" });
}, 240_000);

test("a create that fails is brought to its end by the next up, which removes the mark", async () => {
  const { proxy } = kinesis;
  const project = await kinesis.project(program({ name: "half-made", shardCount: 1, retentionPeriod: 48 }));
  const unhook = denyRetention();
  expect((await project.up()).exitCode).not.toBe(0);
  unhook();
  // A refresh clears the engine's memory of the failure; the mark is still to be removed.
  await project.refresh();
  proxy.reset();
  expect((await project.up()).exitCode).toBe(0);
  expect(proxy.targets().filter((target) => !target.startsWith("Describe"))).toEqual([
    "IncreaseStreamRetentionPeriod",
    "RemoveTagsFromStream",
  ]);
  expect((await project.up()).changes).toEqual({ same: 2 });
}, 240_000);
