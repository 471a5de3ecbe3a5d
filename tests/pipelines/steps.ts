/** What the pipelines of examples/gitops do, step by step, read from their files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const gitops = join(__dirname, "..", "..", "examples", "gitops");
export const GITHUB_FILE = join(gitops, ".github", "workflows", "streams.yml");
export const GITLAB_FILE = join(gitops, ".gitlab-ci.yml");

export interface Step {
  /** The command, or the action that is used, without its commit. */
  readonly what: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isCommand: boolean;
  /** GitHub's condition. */
  readonly condition?: string;
}

interface GitHubJob {
  readonly if: string;
  readonly "timeout-minutes": number;
  readonly permissions: Record<string, string>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly steps: {
    uses?: string;
    run?: string;
    if?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
  }[];
}

export interface GitHubWorkflow {
  readonly permissions: Record<string, string>;
  readonly env: Record<string, string>;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly jobs: Record<string, GitHubJob>;
}

export const gitHubWorkflow = (): GitHubWorkflow => parse(readFileSync(GITHUB_FILE, "utf8"));

/** The steps of a job, with expressions as they are written. */
export function gitHubSteps(job: string): Step[] {
  const { env, jobs } = gitHubWorkflow();
  return (jobs[job]?.steps ?? []).map((step) => ({
    what: step.run ?? String(step.uses).replace(/@.*/, ""),
    isCommand: step.run !== undefined,
    env: { ...env, ...step.env },
    ...(step.if === undefined ? {} : { condition: step.if }),
  }));
}

export interface GitLabJob {
  readonly extends?: string;
  readonly variables?: Record<string, string>;
  readonly before_script?: string[];
  readonly script?: string[];
  readonly after_script?: string[];
  readonly timeout?: string;
  readonly resource_group?: string;
  readonly interruptible?: boolean;
  readonly environment?: { readonly name: string; readonly action: string };
}

const gitLabFile = (): Record<string, GitLabJob> & { variables: Record<string, string> } =>
  parse(readFileSync(GITLAB_FILE, "utf8"));

/** A job with what it extends: GitLab merges maps and replaces lists. */
export function gitLabJob(name: string): GitLabJob {
  const job = gitLabFile()[name];
  if (job === undefined) throw new Error(`There is no job ${name} in ${GITLAB_FILE}.`);
  if (job.extends === undefined) return job;
  const base = gitLabJob(job.extends);
  return { ...base, ...job, variables: { ...base.variables, ...job.variables } };
}

/** The commands of a job. GitLab runs the first two lists in one shell, and the last one in a shell of its own, whatever came of them. */
export function gitLabSteps(name: string): { main: Step[]; after: Step[] } {
  const { variables, before_script = [], script = [], after_script = [] } = gitLabJob(name);
  const env = { ...gitLabFile().variables, ...variables };
  const step = (what: string): Step => ({ what, env, isCommand: true });
  return { main: [...before_script, ...script].map(step), after: after_script.map(step) };
}

/** What can't be run here: what it is, and the reason. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "actions/checkout": "an action: the project is there",
  "actions/setup-node": "an action: Node.js is there",
  "pulumi/actions": "an action: the engine is there",
  "aws-actions/configure-aws-credentials": "an action: it logs in at AWS",
  "npm ci": "downloads packages: copied.soak.ts runs it once for all",
};
