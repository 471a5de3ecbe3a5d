/** Which steps of the pipelines the tests run, and which they don't: a new step is in none of the lists until somebody decides. */
import { expect, test } from "@jest/globals";
import { gitHubSteps, gitHubWorkflow, gitLabSteps, NOT_RUN } from "./steps";

const PREVIEW = `pulumi preview --stack "$STACK" --non-interactive --color never --suppress-progress`;
const UP = `pulumi up --stack "$STACK" --yes --non-interactive --color never --suppress-progress`;
const RUN = {
  preview: `${PREVIEW} 2>&1 | tee preview.txt`,
  comment: "node ci/comment.mjs preview.txt",
  up: UP,
  mend: `${UP} --refresh`,
  drift: `${PREVIEW} --refresh --expect-no-changes`,
};

const isRun = ({ what }: { what: string }) => NOT_RUN[what] === undefined;
const what = (step: { what: string }) => step.what;

test("of GitHub's jobs every command is run but npm ci, and no action is", () => {
  const jobs = Object.keys(gitHubWorkflow().jobs);
  expect(Object.fromEntries(jobs.map((job) => [job, gitHubSteps(job).filter(isRun).map(what)]))).toEqual({
    preview: [RUN.preview, RUN.comment],
    up: [RUN.up, RUN.mend],
    drift: [RUN.drift],
  });
  for (const job of jobs) {
    expect(
      gitHubSteps(job)
        .filter((step) => !isRun(step))
        .map(what),
    ).toEqual([
      "actions/checkout",
      "actions/setup-node",
      "npm ci",
      "pulumi/actions",
      "aws-actions/configure-aws-credentials",
    ]);
  }
});

test("of GitLab's jobs every command is run but npm ci", () => {
  const jobs = ["preview", "up", "mend", "drift"];
  const token = `printf '%s' "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"`;
  const commands = (job: string) => Object.values(gitLabSteps(job)).flat();
  expect(Object.fromEntries(jobs.map((job) => [job, commands(job).filter(isRun).map(what)]))).toEqual({
    preview: [token, RUN.preview, RUN.comment],
    up: [token, RUN.up],
    mend: [token, RUN.mend],
    drift: [token, RUN.drift],
  });
  for (const job of jobs)
    expect(
      commands(job)
        .filter((step) => !isRun(step))
        .map(what),
    ).toEqual(["npm ci"]);
});
