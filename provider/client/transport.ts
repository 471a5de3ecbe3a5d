/**
 * One HTTP request, bytes in and bytes out: the only file that imports undici. No retry, no redirect, no knowledge of
 * AWS. It says of every failure whether the request may have left, because that decides if repeating it is safe.
 */
import type { Agent, buildConnector, Dispatcher, Pool } from "undici";
import type { HttpAnswer } from "./protocol";
import type { ProxyServer } from "./proxy";

export interface TransportOptions {
  readonly connectTimeoutMs: number;
  /** Connections to the endpoint at most. */
  readonly maxSockets: number;
  readonly proxy: ProxyServer | undefined;
  /** PEM; instead of the certificate authorities that Node trusts. */
  readonly ca?: string | undefined;
}

export interface OutgoingRequest {
  /** @default "POST" */
  readonly method?: "GET" | "POST" | undefined;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface Transport {
  /** `timeoutMs` is the most that it may take: connecting, sending and the whole answer. */
  send(request: OutgoingRequest, timeoutMs: number, signal?: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Why there was no answer; `reason` is the system's or undici's code. */
export class Lost extends Error {
  constructor(
    readonly reason: string,
    readonly sent: boolean,
    override readonly cause: unknown,
    /** Whether it took the `timeoutMs` that it was given. */
    readonly timedOut: boolean,
    /** Scheme, host and port of the proxy that it went through; never its password. */
    readonly proxy?: string | undefined,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Reasons with which a request can't have left, although undici had already begun with it. */
const NEVER_LEFT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|PROXY_\w+)$/;

/** A proxy that refuses the tunnel is told by its words alone, an answer that is no HTTP by its class. */
const reasonOf = (error: Error & { code?: string }): string => {
  if (error.name === "HTTPParserError") return "HTTP_PARSER";
  const refused = /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  return refused ? `PROXY_${refused}` : (error.code ?? "UND_ERR_UNKNOWN");
};

export function openTransport(endpoint: URL, options: TransportOptions): Transport {
  const dispatcher = openDispatcher(options);
  const { origin } = endpoint;
  const { proxy } = options;
  return {
    send: (request, timeoutMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const chunks: Buffer[] = [];
        let controller: Dispatcher.DispatchController | undefined;
        let begun = false;
        let status = 0;
        let headers: HttpAnswer["headers"] = {};
        let settled = false;
        const settle = (act: () => void) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          act();
        };
        const fail = (error: Error & { code?: string }, timedOut = false) => {
          const reason = reasonOf(error);
          settle(() => reject(new Lost(reason, begun && !NEVER_LEFT.test(reason), error, timedOut, proxy?.shown)));
        };
        const stop = (error: Error) => controller?.abort(error);
        const onAbort = () => {
          settle(() => reject(signal?.reason));
          stop(new Error("aborted"));
        };
        // undici's own time-outs measure silence; a server that drips bytes would hold a call for ever.
        const timer = setTimeout(() => {
          const error = Object.assign(new Error(`no complete answer after ${timeoutMs} ms`), {
            code: begun ? "ERR_TIMEOUT" : "UND_ERR_CONNECT_TIMEOUT",
          });
          fail(error, true);
          stop(error);
        }, timeoutMs);
        signal?.addEventListener("abort", onAbort, { once: true });
        dispatcher.dispatch(
          {
            origin,
            path: request.path,
            method: request.method ?? "POST",
            headers: request.headers,
            body: request.body,
          },
          {
            onRequestStart(started) {
              // Given up while it waited for a connection. Thrown and not `abort()`, which would cost the connection.
              if (settled) throw new Error("given up");
              begun = true;
              controller = started;
            },
            onResponseStart(_controller, statusCode, received) {
              status = statusCode;
              headers = received;
            },
            onResponseData(_controller, chunk) {
              chunks.push(chunk);
            },
            onResponseEnd() {
              settle(() =>
                resolve({
                  status,
                  headers,
                  body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
                }),
              );
            },
            onResponseError(_controller, error) {
              fail(error);
            },
          },
        );
      }),
    close: () => dispatcher.close(),
  };
}

/**
 * undici's front door loads fetch, WebSocket, caches and mocks: 125 ms and 20 MB where the connection pool alone takes
 * 40 ms and 11 MB. The pool is reached by its path, which undici's package allows; a test fails where a release moves
 * it. Proxies need what the front door joins together, so they pay for it.
 */
function openDispatcher({ connectTimeoutMs, maxSockets, proxy, ca }: TransportOptions): Dispatcher {
  // Said, as otherwise NODE_TLS_REJECT_UNAUTHORIZED=0, set for something else, would let anybody answer for AWS.
  const connect = { timeout: connectTimeoutMs, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const settings = {
    connections: maxSockets,
    pipelining: 1,
    // The timer of each request is the only one: it covers silence and dripping alike.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    connect,
  };
  if (proxy) {
    const front: typeof import("undici") = require("undici");
    return new front.ProxyAgent({
      ...settings,
      ...proxy.settings,
      // For the way to the proxy, and for the way through it.
      proxyTls: connect,
      requestTls: connect,
      factory: (origin, given) => {
        const { connect: tunnel, ...others } = given as Pool.Options & { connect: Tunnel };
        return new front.Pool(origin, { ...others, connect: inTime(tunnel, connectTimeoutMs) });
      },
    });
  }
  const PoolAgent: typeof Agent = require("undici/lib/dispatcher/agent.js");
  return new PoolAgent(settings);
}

/** Opens a tunnel through the proxy; undici hands `signal` on to the CONNECT that asks for it. */
type Tunnel = (options: buildConnector.Options & { signal?: AbortSignal }, callback: buildConnector.Callback) => void;

/**
 * undici gives a proxy five minutes to answer CONNECT, and takes a proxy that hangs up for a connection of ours that was
 * lost: with a request in its line it then connects again at once, for ever, long after the call has failed. Only an error
 * with another code ends that.
 */
const inTime =
  (tunnel: Tunnel, timeoutMs: number): buildConnector.connector =>
  (options, callback) => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(Object.assign(new Error("the proxy did not answer"), { code: "UND_ERR_CONNECT_TIMEOUT" })),
      timeoutMs,
    );
    tunnel({ ...options, signal: late.signal }, (...[error, socket]) => {
      clearTimeout(timer);
      if (!error) return callback(null, socket);
      const { code } = error as Error & { code?: string };
      callback(
        code === "UND_ERR_SOCKET" ? Object.assign(new Error(error.message), { code: "PROXY_LOST" }) : error,
        null,
      );
    });
  };
