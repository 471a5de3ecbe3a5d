import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request as the server read it. */
export interface Seen {
  readonly operation: string;
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with one request; `socket` is for what no HTTP server would do. */
export type Behaviour = (response: ServerResponse, seen: Seen, socket: Socket) => void;

export const ok =
  (value: unknown = undefined): Behaviour =>
  (response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "id-ok" });
    response.end(value === undefined ? "" : JSON.stringify(value));
  };

export const refuse =
  (status: number, type: string, message = "words", headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { "x-amzn-requestid": "id-refused", ...headers });
    response.end(JSON.stringify({ __type: type, message }));
  };

export const raw =
  (status: number, body: string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** The request was read; then the connection is gone. */
export const reset: Behaviour = (_response, _seen, socket) => socket.resetAndDestroy();

/** Announces more than it sends. */
export const cutOff =
  (body: string): Behaviour =>
  (response, _seen, socket) => {
    response.writeHead(200, { "content-length": String(body.length + 10) });
    response.write(body, () => socket.destroy());
  };

/** More than it announces. */
export const overlong =
  (body: string): Behaviour =>
  (_response, _seen, socket) => {
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length - 3}\r\n\r\n${body}`);
  };

/** Its headers, one byte at a time, for ever. */
export const dripHeaders: Behaviour = (_response, _seen, socket) => {
  socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
  const timer = setInterval(() => socket.write("x"), 20);
  socket.once("close", () => clearInterval(timer));
};

/** One byte at a time, for ever. */
export const drip: Behaviour = (response, _seen, socket) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write(" "), 20);
  socket.once("close", () => clearInterval(timer));
};

/** Reads the request and never answers. */
export const silence: Behaviour = () => {};

export interface MisbehavingServer {
  readonly url: string;
  readonly seen: Seen[];
  /** What to do with the next requests, in their order; afterwards `otherwise`. */
  script(...behaviours: Behaviour[]): void;
  otherwise(behaviour: Behaviour): void;
  /** The next so many connections are reset before anything is read from them. */
  resetConnections(count: number): void;
  close(): Promise<void>;
}

export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const seen: Seen[] = [];
  let planned: Behaviour[] = [];
  let fallback: Behaviour = ok({});
  let toReset = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one: Seen = {
        operation: String(request.headers["x-amz-target"]).replace(/^.*\./, ""),
        method: request.method,
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      seen.push(one);
      (planned.shift() ?? fallback)(response, one, request.socket);
    });
  });
  server.on("connection", (socket) => {
    if (toReset > 0) {
      toReset--;
      socket.resetAndDestroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script: (...behaviours) => {
      planned = behaviours;
      seen.length = 0;
    },
    otherwise: (behaviour) => {
      fallback = behaviour;
    },
    resetConnections: (count) => {
      toReset = count;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
