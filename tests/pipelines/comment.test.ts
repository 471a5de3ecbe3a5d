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

describe.each([
  [
    "GitHub",
    onGitHub,
    "/repos/acme/streams/issues/7/comments",
    "PATCH /repos/acme/streams/issues/comments/",
    "authorization",
    "Bearer gh-secret",
  ],
  [
    "GitLab",
    onGitLab,
    "/projects/42/merge_requests/7/notes",
    "PUT /projects/42/merge_requests/7/notes/",
    "private-token",
    "gl-secret",
  ],
] as const)("on %s a preview", (_, env, list, update, header, secret) => {
  test("is one comment, written anew by the next run", async () => {
    forge.comments.push({ id: 1, body: "Looks good to me" });
    expect(await comment("reshard 2 -> 3 shards\n", env())).toEqual({ code: 0, output: "The comment is written.\n" });
    expect(await comment("reshard 2 -> 4 shards\n", env())).toEqual({
      code: 0,
      output: "The comment is written anew.\n",
    });
    expect(forge.calls).toEqual([`GET ${list}`, `POST ${list}`, `GET ${list}`, `${update}1001`]);
    expect(forge.headers[header]).toBe(secret);
    expect(forge.comments).toEqual([
      { id: 1, body: "Looks good to me" },
      {
        id: 1001,
        body: "<!-- preview of prod -->\n`pulumi preview` of `prod`\n\n```text\nreshard 2 -> 4 shards\n```\n",
      },
    ]);
  });

  test("that can't be put there says what the forge said, and not its own token", async () => {
    forge.refusal = { status: 403, body: "Resource not accessible by integration" };
    const { code, output } = await comment("", env());
    expect(code).not.toBe(0);
    expect(output).toMatch(/GET http:\S+ answered 403: "Resource not accessible by integration"/);
    expect(output).not.toContain(secret);
  });

  test("names the setting that is missing", async () => {
    const [name] = Object.entries(env()).find(([, value]) => secret.endsWith(value)) ?? [];
    const { [String(name)]: _left, ...rest } = env() as Record<string, string>;
    const { code, output } = await comment("", rest);
    expect(code).not.toBe(0);
    expect(output).toContain(`${name} is not set`);
    expect(forge.calls).toEqual([]);
  });
});

test("finds its comment behind a hundred others, and leaves that of another stack alone", async () => {
  for (let id = 1; id <= 120; id++) forge.comments.push({ id, body: "talk" });
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
