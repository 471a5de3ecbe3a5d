/** The part of GitHub's and GitLab's API that has the comments of request 7: listed page by page, created, written anew. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Forge {
  readonly url: string;
  /** Without `by`, written with the pipeline's token. */
  readonly comments: { id: number; body: string; by?: string }[];
  /** What came, such as `POST /repos/…`, without the query. */
  readonly calls: string[];
  /** The headers of the last call. */
  headers: Record<string, unknown>;
  /** Answers everything with this, once it is set. */
  refusal?: { status: number; body: string };
  stop(): Promise<void>;
}

export async function startForge(): Promise<Forge> {
  const server = createServer(async (request, response) => {
    const url = new URL(String(request.url), "http://forge");
    forge.calls.push(`${request.method} ${url.pathname}`);
    forge.headers = request.headers;
    let text = "";
    for await (const chunk of request) text += chunk;
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (forge.refusal) return answer(forge.refusal.status, forge.refusal.body);
    // Whose token it is.
    if (url.pathname === "/user") return answer(200, { id: 99 });
    if (request.method === "GET") {
      const [size, page] = ["per_page", "page"].map((key) => Number(url.searchParams.get(key)));
      const asked = forge.comments.slice(Number(size) * (Number(page) - 1), Number(size) * Number(page));
      const named = asked.map(({ id, body, by }) => ({
        id,
        body,
        user: { login: by ?? "github-actions[bot]" },
        author: { id: by === undefined ? 99 : 7 },
      }));
      return answer(200, named);
    }
    const { body } = JSON.parse(text) as { body: string };
    const existing = forge.comments.find(({ id }) => url.pathname.endsWith(`/${id}`));
    if (existing) existing.body = body;
    else forge.comments.push({ id: 1_000 + forge.comments.length, body });
    return answer(existing ? 200 : 201, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const forge: Forge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments: [],
    calls: [],
    headers: {},
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return forge;
}
