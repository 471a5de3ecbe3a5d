/** The project as docs/pipelines.md has people take it: outside of this repository, with packages of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "@jest/globals";
import { useKinesis } from "../pulumi/kinesis-project";
import { startForge } from "./forge";
import { onGitHub } from "./run-job";
import { gitops } from "./steps";

const kinesis = useKinesis();
const packed = mkdtempSync(join(tmpdir(), "pulumi-kinesis-packed-"));
afterAll(() => rmSync(packed, { recursive: true, force: true }));

test("examples/gitops, copied and installed by itself, is previewed with its types checked", async () => {
  const npm = (cwd: string, ...args: string[]) => promisify(execFile)("npm", args, { cwd, maxBuffer: 1 << 26 });
  await npm(join(__dirname, "..", ".."), "pack", "--ignore-scripts", "--pack-destination", packed);
  const [tarball = ""] = readdirSync(packed);
  const project = await kinesis.project(
    { folder: gitops },
    {
      typeCheck: true,
      install: async (cwd) => {
        // The tarball is what `npm install pulumi-kinesis` would download. The newest Pulumi that runs on Node 20.
        await npm(cwd, "install", "--no-audit", "--no-fund", join(packed, tarball), "@pulumi/pulumi@~3.245.0");
        // From the lock file that this has written, as each job does: it removes node_modules first.
        await npm(cwd, "ci", "--no-audit", "--no-fund");
      },
    },
  );
  await project.init("prod");
  await project.config("kinesis:region", "us-east-1");
  const forge = await startForge();
  try {
    const { exitCode, output } = await onGitHub(project, forge, "preview");
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringMatching(/\+ 2 to create/) });
  } finally {
    await forge.stop();
  }
}, 420_000);
