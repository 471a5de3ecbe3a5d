/**
 * Carries the calls that AWS's credential chain makes itself (STS, SSO) over our own transport. The AWS SDK for JavaScript knows
 * neither HTTPS_PROXY nor AWS_CA_BUNDLE, and its handler obeys NODE_TLS_REJECT_UNAUTHORIZED=0, ours checks certificates always.
 */
import type { Transport } from "./transport";
import { Lost } from "./transport";

/** What the SDK asks for; its `HttpRequest`. */
interface ChainRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>> | undefined;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array | undefined;
}

export interface ChainTransport {
  handle(request: ChainRequest, options?: { abortSignal?: AbortSignal }): Promise<{ response: object }>;
  /** Ends the connections once the requests under way are done; later ones are refused. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

export function chainTransport(open: (origin: URL) => Transport): ChainTransport {
  const transports = new Map<string, Transport>();
  let closed = false;
  return {
    async close() {
      closed = true;
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
    async handle({ method, protocol, hostname, port, path, query, headers, body = "" }, { abortSignal } = {}) {
      if (closed) throw new Error("the client was closed");
      const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}`);
      for (const [key, values] of Object.entries(query ?? {})) {
        for (const value of [values].flat()) url.searchParams.append(key, value ?? "");
      }
      const transport = transports.get(url.origin) ?? open(new URL(url.origin));
      transports.set(url.origin, transport);
      const request = {
        method: method === "GET" ? ("GET" as const) : ("POST" as const),
        path: `${url.pathname}${url.search}`,
        headers,
        body: Buffer.from(body as string),
      };
      try {
        const { status, headers: received, body: bytes } = await transport.send(request, TIMEOUT_MS, abortSignal);
        return { response: { statusCode: status, headers: received, body: new Uint8Array(bytes) } };
      } catch (lost) {
        // The SDK tells by the system's code what it may try again.
        throw lost instanceof Lost ? Object.assign(lost, { code: lost.reason }) : lost;
      }
    },
  };
}
