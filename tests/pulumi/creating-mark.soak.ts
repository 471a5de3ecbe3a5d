/** What creating-mark.test.ts leaves out: rarer ends of a create, each with several runs of the engine. */
import { expect, test } from "@jest/globals";
import { MARK, program, useInterruptedCreates } from "./interrupted-create";

const { kinesis, streams, killUp, denyRetention } = useInterruptedCreates();

test("a create that fails keeps the mark; a replacement goes on with the stream and does not delete it", async () => {
  const project = await kinesis.project(program({ shardCount: 1, retentionPeriod: 48 }));
  const unhook = denyRetention();
  expect((await project.up()).exitCode).not.toBe(0);
  unhook();
  const [name] = await streams();
  expect(await kinesis.tags(String(name))).toHaveProperty([MARK]);

  const urn = (await project.exportState()).deployment.resources?.find(({ type }) => type.endsWith(":Stream"))?.urn;
  const replaced = await project.up({ args: ["--target-replace", String(urn)] });
  expect(replaced.exitCode).toBe(0);
  expect(replaced.stdout).toMatch(/the stream is that of resource orders of this program; it is not deleted/);
  expect(kinesis.proxy.count("DeleteStream")).toBe(0);
  expect(await streams()).toEqual([name]);
  expect(await kinesis.tags(String(name))).toEqual({});
  expect((await project.up()).changes).toEqual({ same: 2 });
  // Once its create has ended, a replacement is another stream.
  expect((await project.up({ args: ["--target-replace", String(urn)] })).exitCode).toBe(0);
  expect(await streams()).toEqual([expect.not.stringMatching(String(name))]);
}, 240_000);

test("what remains: killed between the last call and the save, an explicit name stops and an automatic one leaves a stream behind", async () => {
  const explicit = await kinesis.project(program({ name: "unsaved", shardCount: 1 }));
  await killUp(explicit, "RemoveTagsFromStream");
  expect((await explicit.up()).stdout).toMatch(/stream unsaved exists already .* set adopt: true/);

  const automatic = await kinesis.project(program({ shardCount: 1 }));
  await killUp(automatic, "RemoveTagsFromStream");
  const left = (await streams()).find((name) => name !== "unsaved");
  const up = await automatic.up();
  expect(up.exitCode).toBe(0);
  expect(up.stdout).toContain(`are there already: ${left}.`);
  await automatic.destroy();
  expect(await streams()).toContain(left);
}, 240_000);
