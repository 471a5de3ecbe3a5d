/** As tarball.test.ts with npm: pnpm's node_modules shows a program no package that it has not asked for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { pack, pnpm } from "../compat/installations";
import { usingAll } from "../compat/programs";
import { run } from "../compat/run";
import { useKinesis } from "../pulumi/kinesis-project";
import { others, tryInstalled } from "./installed";

const kinesis = useKinesis();
const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-tarball-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("installed by pnpm in an empty directory, all of it works, and a program that uses all of it is deployed", async () => {
  const tarball = await pack(directory);
  const project = await tryInstalled(kinesis, usingAll("packed"), (cwd) =>
    run(process.execPath, [pnpm, "add", "--ignore-scripts", tarball, ...others], { cwd }),
  );

  const up = await project.up();
  expect(up.output).not.toMatch(/error/i);
  expect(up.changes).toEqual({ create: 5 });
  expect(await kinesis.tags("packed")).toEqual({ team: "a", "cost-centre": "4711" });
  expect(await project.outputs()).toEqual({
    missing: "ResourceNotFoundException",
    absent: "ERR_KINESIS_NOT_FOUND",
    openShards: ["shardId-000000000000", "shardId-000000000001"],
  });
  expect((await project.refresh()).changes).toEqual({ same: 5 });
  expect((await project.destroy()).changes).toEqual({ delete: 5 });
}, 420_000);
