/** The workflows for GitHub, those of this repository and the one that users copy. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { gitHubWorkflow, gitops } from "./steps";

const root = join(__dirname, "..", "..");
const own = join(root, ".github", "workflows");
const files = [...readdirSync(own).map((file) => join(own, file)), join(gitops, ".github", "workflows", "streams.yml")];

interface Complaint {
  readonly line: number;
  readonly message: string;
}
/** Past the package's index, which loads a module of another kind, for colours: Jest takes none on Node 20. */
const { runLint } = require(join(root, "node_modules", "@tktco", "node-actionlint", "build", "run-lint.js")) as {
  runLint(text: string, file: string): Promise<Complaint[]>;
};

/** The newest of each action that actionlint 1.7.7 knows the inputs of: it knows none of a commit's. */
const KNOWN: Record<string, string> = {
  "actions/checkout": "v4",
  "actions/download-artifact": "v4",
  "actions/setup-node": "v4",
  "actions/upload-artifact": "v4",
  "aws-actions/configure-aws-credentials": "v4",
};
/** Inputs that came later, with the version of the action that has them. */
const LATER = /input "package-manager-cache" is not defined in action "actions\/setup-node@v4"/;

test("Dependabot looks at every folder that has workflows, and at our packages", () => {
  const { updates } = parse(readFileSync(join(root, ".github", "dependabot.yml"), "utf8")) as {
    updates: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
  };
  const folders = Object.fromEntries(
    updates.map((one) => [one["package-ecosystem"], one.directories ?? [one.directory]]),
  );
  // For actions "/" means .github/workflows, and any other folder means itself.
  expect(folders).toEqual({ npm: ["/"], "github-actions": ["/", "/examples/gitops/.github/workflows"] });
  expect(new Set(files.map((file) => dirname(file)))).toEqual(
    new Set([own, join(root, "examples/gitops/.github/workflows")]),
  );
});

test("actionlint finds a setting, an input and a variable that GitHub does not know", async () => {
  const wrong = `on: push
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minute: 3
    steps:
      - uses: actions/setup-node@v4
        with:
          node: 22
      - run: echo "\${{ varz.STACK }}"
`;
  const messages = (await runLint(wrong, "workflow.yml")).map(({ message }) => message);
  expect(messages).toEqual([
    expect.stringContaining('unexpected key "timeout-minute"'),
    expect.stringContaining('input "node" is not defined'),
    expect.stringContaining('undefined variable "varz"'),
  ]);
});

describe.each(files.map((file) => [file.slice(root.length + 1), file] as const))("%s", (_, file) => {
  const text = readFileSync(file, "utf8");

  test("has no fault that actionlint knows", async () => {
    const known = text.replace(/uses: ([\w./-]+)@[0-9a-f]{40}.*/g, (uses, action) =>
      KNOWN[action] === undefined ? uses : `uses: ${action}@${KNOWN[action]}`,
    );
    const complaints = (await runLint(known, "workflow.yml")).map(({ line, message }) => `${line}: ${message}`);
    expect(complaints.filter((complaint) => !LATER.test(complaint))).toEqual([]);
  });

  test("uses actions by their commits, and says which versions these are", () => {
    const uses = text.match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const one of uses) expect(one).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

test("one action has one commit in all workflows", () => {
  const commits = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, action = "", commit = ""] of readFileSync(file, "utf8").matchAll(/uses: (\S+)@(.*)/g))
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
  }
  expect([...commits].filter(([, { size }]) => size !== 1)).toEqual([]);
});

describe("the users' workflow", () => {
  const { permissions, jobs, defaults } = gitHubWorkflow();

  test("asks for no permission that a job does not need", () => {
    expect(permissions).toEqual({});
    const read = { contents: "read", "id-token": "write" };
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      preview: { ...read, "pull-requests": "write" },
      up: read,
      drift: read,
    });
  });

  test("lets one update run at a time, ends none, and gives it longer than the program does", () => {
    expect(jobs.up?.concurrency).toEqual({ group: "up-prod", "cancel-in-progress": false });
    // `timeouts: { update: "2h" }` in examples/gitops/index.ts, and a third more for what is before and after it.
    expect(readFileSync(join(gitops, "index.ts"), "utf8")).toContain(`update: "2h"`);
    expect(jobs.up?.["timeout-minutes"]).toBe(180);
    const credentials = jobs.up?.steps.find(({ uses }) => uses?.includes("configure-aws-credentials"));
    expect(credentials?.with?.["role-duration-seconds"]).toBe(180 * 60);
    // Its place would be that of an update that waits.
    expect(jobs.drift?.concurrency).toBeUndefined();
  });

  test("shows the passphrase to Pulumi's own steps, and to nothing else", () => {
    const of = ({ env = {} }: { env?: Record<string, string> }) => JSON.stringify(env).includes("secrets.");
    expect(of(gitHubWorkflow())).toBe(false);
    for (const job of Object.values(jobs)) {
      expect(of(job as object)).toBe(false);
      const wanted = job.steps.filter(({ run }) => run?.startsWith("pulumi "));
      expect(wanted.length).toBeGreaterThan(0);
      expect(job.steps.filter(of)).toEqual(wanted);
    }
  });

  test("previews no request of a fork's or of Dependabot's, who get no secrets", () => {
    const admitted = (actor: string, repository: string) => {
      const github = {
        event_name: "pull_request",
        repository: "acme/streams",
        actor,
        event: { pull_request: { head: { repo: { full_name: repository } } } },
      };
      // GitHub's expressions are also JavaScript's, as far as this one goes.
      return new Function("github", `return ${jobs.preview?.if}`)(github);
    };
    expect(admitted("ann", "acme/streams")).toBe(true);
    expect(admitted("ann", "ann/streams")).toBe(false);
    expect(admitted("dependabot[bot]", "acme/streams")).toBe(false);
  });

  test("comes with a Dependabot that keeps its actions and packages current", () => {
    const { updates } = parse(readFileSync(join(gitops, ".github", "dependabot.yml"), "utf8"));
    expect(updates.map((one: Record<string, unknown>) => `${one["package-ecosystem"]} ${one.directory}`)).toEqual([
      "npm /",
      "github-actions /",
    ]);
  });

  test("runs its commands in the shell that the tests run them in", () => {
    // What `shell: bash` is: bash --noprofile --norc -eo pipefail, says GitHub's reference of workflows.
    expect(defaults.run.shell).toBe("bash");
  });
});

describe("the trust policies", () => {
  interface Policy {
    Statement: [{ Action: string; Condition: Record<string, Record<string, string | string[]>> }];
  }
  /** Whether AWS would let a token of this `sub` in: each operator has to hold for each key, for one of its values. */
  function admits(name: string, provider: string, sub: string): boolean {
    const { Statement } = JSON.parse(readFileSync(join(gitops, "aws", `${name}.json`), "utf8")) as Policy;
    const [{ Action, Condition }] = Statement;
    expect(Action).toBe("sts:AssumeRoleWithWebIdentity");
    const token: Record<string, string> = { [`${provider}:aud`]: "sts.amazonaws.com", [`${provider}:sub`]: sub };
    const keys = Object.values(Condition).flatMap((one) => Object.keys(one));
    expect(keys.sort()).toEqual(Object.keys(token).sort());
    return Object.entries(Condition).every(([operator, one]) =>
      Object.entries(one).every(([key, values]) =>
        [values].flat().some((value) => {
          const prefix = operator === "StringLike" && value.endsWith("*") ? value.slice(0, -1) : undefined;
          return prefix === undefined ? token[key] === value : token[key]?.startsWith(prefix);
        }),
      ),
    );
  }

  test.each([
    // As in GitHub's and GitLab's references of their tokens.
    ["github", "token.actions.githubusercontent.com", "repo:acme/streams:ref:refs/heads/main", [true, true]],
    ["github", "token.actions.githubusercontent.com", "repo:acme/streams:pull_request", [false, true]],
    ["github", "token.actions.githubusercontent.com", "repo:acme/streams:ref:refs/heads/other", [false, false]],
    ["github", "token.actions.githubusercontent.com", "repo:mallory/streams:ref:refs/heads/main", [false, false]],
    ["gitlab", "gitlab.com", "project_path:acme/streams:ref_type:branch:ref:main", [true, true]],
    ["gitlab", "gitlab.com", "project_path:acme/streams:ref_type:branch:ref:other", [false, true]],
    ["gitlab", "gitlab.com", "project_path:acme/streams:ref_type:tag:ref:main", [false, false]],
    ["gitlab", "gitlab.com", "project_path:mallory/streams:ref_type:branch:ref:main", [false, false]],
  ])("of %s: what %s names %s may be %j of up and of previews", (forge, provider, sub, [up, preview]) => {
    expect([admits(`${forge}-up`, provider, sub), admits(`${forge}-preview`, provider, sub)]).toEqual([up, preview]);
  });

  test("are those that docs/pipelines.md shows", () => {
    const text = readFileSync(join(root, "docs", "pipelines.md"), "utf8");
    for (const file of readdirSync(join(gitops, "aws"))) {
      const [, row = ""] = new RegExp(`\\[${file}\\].*?\\|(.*)\\|`).exec(text) ?? [];
      const policy = readFileSync(join(gitops, "aws", file), "utf8");
      const subs = [...policy.matchAll(/"((?:repo|project_path):.*?)"/g)].map(([, sub]) => sub);
      expect(subs.length).toBeGreaterThan(0);
      expect([...row.matchAll(/`(.*?)`/g)].map(([, sub]) => sub)).toEqual(subs);
    }
  });
});

describe("a release", () => {
  interface Job {
    needs?: string;
    environment?: string;
    permissions: unknown;
    steps: { run?: string; uses?: string; with?: Record<string, unknown> }[];
  }
  const { jobs, permissions } = parse(readFileSync(join(own, "release.yml"), "utf8")) as {
    jobs: { test: Job; publish: Job };
    permissions: unknown;
  };
  const commands = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
  const actions = ({ steps }: Job) => steps.flatMap(({ uses }) => uses?.replace(/@.*/, "") ?? []);
  const passes = (command: unknown, cwd: string, env: Record<string, string> = {}) =>
    promisify(execFile)("bash", ["-ec", String(command)], { cwd, env: { ...process.env, ...env } }).then(
      () => true,
      () => false,
    );

  test("is tested by a job that can't publish, and published by one that runs nothing else", () => {
    expect(permissions).toEqual({});
    expect(commands(jobs.test).map((command) => command.split(" ").slice(0, 2).join(" "))).toEqual([
      expect.stringMatching(/^test /),
      "git merge-base",
      "npm ci",
      "npm audit",
      "npm test",
      "npm pack",
    ]);
    expect(jobs.test.permissions).toEqual({ contents: "read" });
    expect(jobs.test.environment).toBeUndefined();
    expect(jobs.publish).toMatchObject({ needs: "test", environment: "npm" });
    expect(jobs.publish.permissions).toEqual({ "id-token": "write" });
    expect(actions(jobs.publish)).toEqual(["actions/setup-node", "actions/download-artifact"]);
    expect(commands(jobs.publish)).toEqual(["npm publish ./pulumi-kinesis-*.tgz --provenance --access public"]);
    const [upload, download] = [jobs.test, jobs.publish].map(({ steps }) =>
      steps.find(({ uses }) => uses?.includes("load-artifact")),
    );
    expect(download?.with?.name).toBe(upload?.with?.name);
  });

  test("needs a tag of its version", async () => {
    const [check] = commands(jobs.test);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const tags = [`v${version}`, `v${version}1`, "v0.0.9"];
    const admitted = await Promise.all(tags.map((tag) => passes(check, root, { GITHUB_REF_NAME: tag })));
    expect(admitted).toEqual([true, false, false]);
  });

  test("needs a tag of a commit on main", async () => {
    const [, check] = commands(jobs.test);
    expect(jobs.test.steps.find(({ uses }) => uses?.startsWith("actions/checkout"))?.with?.["fetch-depth"]).toBe(0);
    const folder = mkdtempSync(join(tmpdir(), "pulumi-kinesis-tag-"));
    try {
      const commit = "git -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty --message";
      // As the checkout leaves it: the tag's commit, and main as it is at the origin.
      const setUp = [
        "git init --quiet --initial-branch main",
        `${commit} released`,
        `${commit} later`,
        "git update-ref refs/remotes/origin/main HEAD",
        "git checkout --quiet --detach HEAD~1",
      ];
      expect(await passes(setUp.join("\n"), folder)).toBe(true);
      expect(await passes(check, folder)).toBe(true);
      expect(await passes(`${commit} unreviewed`, folder)).toBe(true);
      expect(await passes(check, folder)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("what takes too long for every commit runs once a week, and ends", () => {
  const { on, jobs } = parse(readFileSync(join(own, "soak.yml"), "utf8")) as {
    on: object;
    jobs: Record<string, { "timeout-minutes"?: number; steps: { run?: string }[] }>;
  };
  // Minute, hour, day of the month, month, day of the week.
  const weekly = expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/);
  expect(on).toEqual({ schedule: [{ cron: weekly }], workflow_dispatch: null });
  const commands = Object.values(jobs).map(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(commands).toEqual([
    ["npm ci", "npm run test:soak -- tests/compat"],
    ["npm ci", "npm run test:soak"],
  ]);
  for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test("the tests run on the oldest Node that the package admits, and on those after it", () => {
  const { jobs } = parse(readFileSync(join(own, "test.yml"), "utf8"));
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(jobs.test.strategy.matrix.node).toEqual(["20", "22", "24"]);
  expect(engines.node).toMatch(/^>=20\./);
});
