import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const root = join(__dirname, "..", "..");
const quickstart = (args: string[], env: NodeJS.ProcessEnv) =>
  promisify(execFile)("npm", ["run", "--silent", "quickstart", "--", ...args], { cwd: root, env });

test("npm run quickstart: the README's command takes examples/quickstart through its whole life on the real engine", async () => {
  const { stdout } = await quickstart([], process.env);
  expect(stdout).toMatch(/reshard 3 -> 5 shards: 6 operations/);
  expect(stdout).toMatch(/operation 6 of 6/);
  expect(stdout.match(/^ {3}ok, asked Kinesis itself/gm)).toHaveLength(9);
  expect(stdout).toMatch(/All of it is true/);
}, 600_000);

test("--aws without credentials says what to set and creates nothing", async () => {
  const aws = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("AWS_")));
  const env = {
    ...aws,
    AWS_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
    HOME: join(root, "tests"),
    ...cached,
  };
  const failed = await quickstart(["--aws"], env).catch((error: unknown) => error as { code: number; stderr: string });
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/No AWS credentials were found: set AWS_ACCESS_KEY_ID/),
  });
}, 120_000);

/** With another home directory, the engine is still where it was. */
const cached = {
  PULUMI_KINESIS_CACHE: process.env.PULUMI_KINESIS_CACHE ?? join(process.env.HOME ?? "", ".cache", "pulumi-kinesis"),
};
