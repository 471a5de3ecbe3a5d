import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Forge } from "./forge";
import { startForge } from "./forge";
import { gitops } from "./steps";

let forge: Forge;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-kinesis-comment-"));
  forge = await startForge();
});
afterEach(async () => {
  await forge.stop();
  rmSync(folder, { recursive: true });
});

/** Runs `node ci/comment.mjs` on what a preview has printed. */
async function comment(printed: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const file = join(folder, "preview.txt");
  writeFileSync(file, printed);
  const child = spawn(process.execPath, [join(gitops, "ci", "comment.mjs"), file], { env: { STACK: "prod", ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

const onGitHub = () => ({
  GITHUB_API_URL: forge.url,
  GITHUB_REPOSITORY: "acme/streams",
  GITHUB_TOKEN: "gh-secret",
  PULL_REQUEST: "7",
});
const onGitLab = () => ({
  GITLAB_CI: "true",
  CI_API_V4_URL: forge.url,
  CI_PROJECT_ID: "42",
  CI_MERGE_REQUEST_IID: "7",
  GITLAB_TOKEN: "gl-secret",
});

/** Nobody listens there, and it is none of the ports that fetch refuses by itself. */
const NOBODY = "http://127.0.0.1:2";

describe.each([
  [
    "GitHub",
    onGitHub,
    "/repos/acme/streams/issues/7/comments",
    "PATCH /repos/acme/streams/issues/comments/",
    [],
    "authorization",
    "Bearer gh-secret",
  ],
  [
    "GitLab",
    onGitLab,
    "/projects/42/merge_requests/7/notes",
    "PUT /projects/42/merge_requests/7/notes/",
    ["GET /user"],
    "private-token",
    "gl-secret",
  ],
] as const)("on %s a preview", (_, env, list, update, self, header, secret) => {
  test("is one comment, written anew by the next run", async () => {
    // The marker is in the source of each comment, for everybody to copy.
    const others = [
      { id: 1, body: "Looks good to me", by: "ann" },
      { id: 2, body: "<!-- preview of prod -->\nNo changes, merge it", by: "mallory" },
    ];
    forge.comments.push(...others);
    expect(await comment("reshard 2 -> 3 shards\n", env())).toEqual({ code: 0, output: "The comment is written.\n" });
    expect(await comment("reshard 2 -> 4 shards\n", env())).toEqual({
      code: 0,
      output: "The comment is written anew.\n",
    });
    const calls = [...self, `GET ${list}`, `POST ${list}`, ...self, `GET ${list}`, `${update}1002`];
    expect(forge.calls).toEqual(calls);
    expect(forge.headers[header]).toBe(secret);
    expect(forge.comments).toEqual([
      ...others,
      {
        id: 1002,
        body: "<!-- preview of prod -->\n`pulumi preview` of `prod`\n\n```text\nreshard 2 -> 4 shards\n```\n",
      },
    ]);
  });

  test("that can't be put there says what the forge said, and not its own token", async () => {
    forge.refusal = { status: 403, body: "Resource not accessible by integration" };
    const { code, output } = await comment("", env());
    expect(code).toBe(1);
    // Nothing else: a stack trace would be what people see of it.
    expect(output).toMatch(/^GET http:\S+ answered 403: "Resource not accessible by integration"\n$/);
    expect(output).not.toContain(secret);
  });

  test("that meets no forge says so in one sentence", async () => {
    const { code, output } = await comment("", { ...env(), GITHUB_API_URL: NOBODY, CI_API_V4_URL: NOBODY });
    expect(code).toBe(1);
    expect(output).toMatch(/^GET http:\S+ got no answer: .*ECONNREFUSED.*\n$/);
  });

  test("names the setting that is missing", async () => {
    const [name] = Object.entries(env()).find(([, value]) => secret.endsWith(value)) ?? [];
    const { [String(name)]: _left, ...rest } = env() as Record<string, string>;
    const { code, output } = await comment("", rest);
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`^${name} is not set: .*\\n$`));
    expect(forge.calls).toEqual([]);
  });
});

test("finds its comment behind a hundred others, and leaves that of another stack alone", async () => {
  for (let id = 1; id <= 120; id++) forge.comments.push({ id, body: "talk", by: "ann" });
  await comment("dev", { ...onGitHub(), STACK: "dev" });
  await comment("prod", onGitHub());
  await comment("prod again", onGitHub());
  expect(forge.comments.slice(120).map(({ body }) => body.split("\n")[4])).toEqual(["dev", "prod again"]);
});

test("a preview that is too long keeps its end, and one with fences stays in its own", async () => {
  await comment(`${"x".repeat(100_000)}\n\`\`\`\`text\nthe plan`, onGitHub());
  const body = String(forge.comments[0]?.body);
  // GitHub's documented maximum of a comment.
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain("\n`````text\n…\nxxx");
  expect(body).toMatch(/\nthe plan\n`````\n$/);
});
