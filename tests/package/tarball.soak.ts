/** As tarball.test.ts with npm: pnpm's node_modules shows a program no package that it has not asked for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "@jest/globals";
import { pack, pnpm } from "../compat/installations";
import { run } from "../compat/run";
import { useKinesis } from "../pulumi/kinesis-project";
import { others, tryInstalled } from "./installed";

const kinesis = useKinesis();
const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-tarball-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("installed by pnpm in an empty directory, every entry loads, types check, the command runs, and pulumi up creates a stream", async () => {
  const tarball = await pack(directory);
  await tryInstalled(kinesis, (cwd) =>
    run(process.execPath, [pnpm, "add", "--ignore-scripts", tarball, ...others], { cwd }),
  );
}, 420_000);
