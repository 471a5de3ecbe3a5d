/** The pipeline for GitLab, by GitLab's own schema and by what a runner makes of it; both come with gitlab-ci-local. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { GITLAB_FILE, gitLabJob, gitops } from "./steps";

const folder = mkdtempSync(join(tmpdir(), "pulumi-kinesis-gitlab-"));
const run = promisify(execFile);

/** Its newest wants Node 22, for this one method. */
const onNode20 = `Set.prototype.union ??= function (other) { return new Set([...this, ...other]); };`;

beforeAll(async () => {
  cpSync(GITLAB_FILE, join(folder, ".gitlab-ci.yml"));
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
  await git("init", "--quiet", "--initial-branch", "main");
  await git("remote", "add", "origin", "git@gitlab.com:acme/streams.git");
  await git("add", ".gitlab-ci.yml");
  await git("commit", "--quiet", "--message", "pipeline");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The jobs of the pipeline that an event starts, with when each is run; or what is wrong with the file. */
async function jobs(source: string, branch: Record<string, string>, validate = false): Promise<string[]> {
  const variables = { CI_PIPELINE_SOURCE: source, CI_DEFAULT_BRANCH: "main", ...branch };
  const { stdout } = await run(
    process.execPath,
    [
      ...["--import", `data:text/javascript,${encodeURIComponent(onNode20)}`],
      join(__dirname, "..", "..", "node_modules", "gitlab-ci-local", "dist", "index.js"),
      ...["--home", folder, "--list-csv"],
      `--json-schema-validation=${validate}`,
      ...Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
    ],
    { cwd: folder, env: { ...process.env, HOME: folder } },
  );
  return stdout
    .split("\n")
    .flatMap((line) => {
      // name;stage;when;…
      const [, name, when] = /^(\w+);(?:check|deploy);(\w+);/.exec(line) ?? [];
      return name === undefined ? [] : `${name} ${when}`;
    })
    .sort();
}

test("each event starts the jobs that are meant for it, and the file is what GitLab's schema admits", async () => {
  const onMain = { CI_COMMIT_BRANCH: "main" };
  const [mergeRequest, push, schedule] = await Promise.all([
    jobs("merge_request_event", { CI_COMMIT_BRANCH: "" }),
    jobs("push", onMain, true),
    jobs("schedule", onMain),
  ]);
  expect({ mergeRequest, push, schedule }).toEqual({
    mergeRequest: ["preview on_success"],
    push: ["up on_success"],
    schedule: ["drift on_success", "mend manual"],
  });
}, 120_000);

test("a setting that GitLab does not know is found", async () => {
  const file = join(folder, ".gitlab-ci.yml");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("resource_group:", "resource_groop:"));
  const answer = await jobs("push", { CI_COMMIT_BRANCH: "main" }, true).catch((error) =>
    String(error.stderr + error.stdout),
  );
  writeFileSync(file, text);
  expect(answer).toMatch(/'resource_groop' property is not expected/);
}, 120_000);

test("lets one update run at a time, ends none, and gives it longer than the program does", () => {
  // `timeouts: { update: "2h" }`
  expect(readFileSync(join(gitops, "index.ts"), "utf8")).toContain(`update: "2h"`);
  for (const name of ["up", "mend"]) {
    expect(gitLabJob(name)).toMatchObject({ resource_group: "up-prod", interruptible: false, timeout: "3 hours" });
  }
});

test("has the environment with the token for notes in the job that writes one, and in no other", () => {
  // `access` uses an environment's variables, and deploys nothing to it.
  expect(gitLabJob("preview").environment).toEqual({ name: "preview", action: "access" });
  for (const name of ["up", "drift", "mend"]) expect(gitLabJob(name).environment).toBeUndefined();
});
