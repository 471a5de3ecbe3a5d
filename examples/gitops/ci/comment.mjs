// Puts what `pulumi preview` has printed under a pull request (GitHub) or merge request (GitLab): node ci/comment.mjs preview.txt
// One comment for each stack, which is written anew by each run.
import { readFileSync } from "node:fs";

// GitHub takes 65,536 characters, GitLab a million.
const MAX_CHARACTERS = 60_000;

/** An environment variable that has to be there. */
function need(name) {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: docs/pipelines.md of pulumi-kinesis says where it comes from.`);
}

const onGitHub = () => ({
  list: `${need("GITHUB_API_URL")}/repos/${need("GITHUB_REPOSITORY")}/issues/${need("PULL_REQUEST")}/comments`,
  one: (id) => `${need("GITHUB_API_URL")}/repos/${need("GITHUB_REPOSITORY")}/issues/comments/${id}`,
  update: "PATCH",
  headers: { authorization: `Bearer ${need("GITHUB_TOKEN")}`, accept: "application/vnd.github+json" },
  // Whose comments those of a job's own token are. Nobody's name has brackets in it.
  self: async () => "github-actions[bot]",
  authorOf: ({ user }) => user?.login,
});

const onGitLab = () => {
  const api = need("CI_API_V4_URL");
  const list = `${api}/projects/${need("CI_PROJECT_ID")}/merge_requests/${need("CI_MERGE_REQUEST_IID")}/notes`;
  const headers = { "private-token": need("GITLAB_TOKEN") };
  return {
    list,
    one: (id) => `${list}/${id}`,
    update: "PUT",
    headers,
    self: async () => (await ask("GET", `${api}/user`, headers)).id,
    authorOf: ({ author }) => author?.id,
  };
};

async function ask(method, url, headers, body) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify({ body }),
    signal: AbortSignal.timeout(30_000),
  }).catch((error) => {
    throw new Error(`${method} ${url} got no answer: ${error.cause?.message || error.cause?.code || error.message}`);
  });
  if (response.ok) return response.json();
  throw new Error(`${method} ${url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
}

/** The marker alone is no proof: whoever may comment can write it. Both have at most 100 on a page; the last one is not full. */
async function find(marker, { list, headers, self, authorOf }) {
  const us = await self();
  for (let page = 1; ; page++) {
    const comments = await ask("GET", `${list}?per_page=100&page=${page}`, headers);
    const ours = comments.find((comment) => comment.body.startsWith(marker) && authorOf(comment) === us);
    if (ours || comments.length < 100) return ours;
  }
}

async function main() {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error("Which file? node ci/comment.mjs preview.txt");
  const stack = need("STACK");
  const marker = `<!-- preview of ${stack} -->`;
  const printed = readFileSync(file, "utf8").trim();
  // The end has the plan of the reshard, and what went wrong.
  const shown = printed.length > MAX_CHARACTERS ? `…\n${printed.slice(-MAX_CHARACTERS)}` : printed;
  // Longer than any fence that a program may print.
  const fence = "`".repeat(1 + Math.max(2, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)));
  const body = `${marker}\n\`pulumi preview\` of \`${stack}\`\n\n${fence}text\n${shown}\n${fence}\n`;

  const forge = process.env.GITLAB_CI ? onGitLab() : onGitHub();
  const earlier = await find(marker, forge);
  if (earlier) await ask(forge.update, forge.one(earlier.id), forge.headers, body);
  else await ask("POST", forge.list, forge.headers, body);
  console.log(earlier ? "The comment is written anew." : "The comment is written.");
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
