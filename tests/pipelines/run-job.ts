/** Runs a job of a pipeline as its runner would: the commands, with the runner's variables. What is not run is in `NOT_RUN`. */
import type { PulumiProject, RunningPulumi } from "../pulumi/harness";
import type { Forge } from "./forge";
import type { Step } from "./steps";
import { gitHubSteps, gitLabSteps, NOT_RUN } from "./steps";

export interface JobResult {
  readonly exitCode: number | null;
  readonly output: string;
}

export interface JobOptions {
  /** Called with each command while it runs. */
  readonly onStart?: (running: RunningPulumi) => void;
}

export type Runner = (project: PulumiProject, forge: Forge, job: string, options?: JobOptions) => Promise<JobResult>;

/** The stack's backend and passphrase are those of the test's project. */
const OF_THE_PROJECT = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"];

const run = async (project: PulumiProject, commands: string, env: Record<string, string>, { onStart }: JobOptions) => {
  const running = project.startShell(commands, { env });
  onStart?.(running);
  return running.result;
};

/** GitHub has no event for our `mend`: it is the job `up`, started by hand. */
const GITHUB_EVENTS: Record<string, [job: string, event: string]> = {
  preview: ["preview", "pull_request"],
  up: ["up", "push"],
  mend: ["up", "workflow_dispatch"],
  drift: ["drift", "schedule"],
};

const EXPRESSIONS: Record<string, string> = {
  "${{ github.token }}": "gh-secret",
  "${{ github.event.pull_request.number }}": "7",
};

function evaluate(text: string): string {
  if (!text.includes("${{")) return text;
  const value = EXPRESSIONS[text];
  if (value === undefined) throw new Error(`The tests don't know what ${text} is.`);
  return value;
}

/** Whether a step is run after what came before. */
function isDue({ condition }: Step, event: string, failed: boolean): boolean {
  if (condition === undefined) return !failed;
  const [, wanted] = /^github\.event_name == '(\w+)'$/.exec(condition) ?? [];
  if (wanted !== undefined) return !failed && wanted === event;
  // The preview has run by then, and the tests cancel none.
  if (condition.includes("!cancelled() && hashFiles('preview.txt') != ''")) return true;
  throw new Error(`The tests don't know whether ${condition} holds.`);
}

export const onGitHub: Runner = async (project, forge, name, options = {}) => {
  const [job, event] = GITHUB_EVENTS[name] ?? ["", ""];
  let output = "";
  let exitCode: number | null = 0;
  for (const step of gitHubSteps(job)) {
    if (NOT_RUN[step.what] !== undefined || !isDue(step, event, exitCode !== 0)) continue;
    const own = Object.entries(step.env).filter(([key]) => !OF_THE_PROJECT.includes(key));
    const env = {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: "acme/streams",
      ...Object.fromEntries(own.map(([key, text]) => [key, evaluate(text)])),
    };
    const result = await run(project, step.what, env, options);
    output += result.output;
    if (exitCode === 0) exitCode = result.exitCode;
  }
  return { exitCode, output };
};

export const onGitLab: Runner = async (project, forge, name, options = {}) => {
  const { main, after } = gitLabSteps(name);
  const predefined: Record<string, string> = {
    CI: "true",
    GITLAB_CI: "true",
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: "42",
    CI_PROJECT_DIR: project.directory,
    CI_MERGE_REQUEST_IID: "7",
    GITLAB_TOKEN: "gl-secret",
    AWS_ID_TOKEN: "id-token",
    AWS_PREVIEW_ROLE_ARN: "arn:aws:iam::111122223333:role/streams-preview",
    AWS_UP_ROLE_ARN: "arn:aws:iam::111122223333:role/streams-up",
  };
  // GitLab replaces variables in variables; the shell gets the values.
  const replace = (text: string) => text.replace(/\$(\w+)/g, (_, key: string) => predefined[key] ?? "");
  const commands = (steps: Step[]) =>
    steps
      .map(({ what }) => what)
      .filter((what) => NOT_RUN[what] === undefined)
      .join("\n");
  const own = Object.entries(main[0]?.env ?? {}).map(([key, text]) => [key, replace(text)]);
  const env = { ...predefined, ...Object.fromEntries(own) };
  const result = await run(project, commands(main), env, options);
  // What fails here does not fail the job.
  const last = after.length === 0 ? undefined : await run(project, commands(after), env, {});
  return { exitCode: result.exitCode, output: result.output + (last?.output ?? "") };
};
