import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { fakePlatform } from "./fake-platform";
import type { MisbehavingServer } from "./misbehaving-server";
import { ok, silence, startMisbehavingServer } from "./misbehaving-server";
import { CERTIFICATE, KEY } from "./untrusted-certificate";

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
const credentials = { accessKeyId: "a", secretAccessKey: "s" };
const NO_STREAMS = { StreamNames: [], HasMoreStreams: false };

/** A client whose environment is `env`, never the process's. */
const client = (endpoint: string, env: Record<string, string> = {}, options = {}) =>
  new KinesisClient({ region: "eu-west-1", endpoint, credentials, ...options }, fakePlatform({ env }));

describe("proxies come from the platform's environment", () => {
  let server: MisbehavingServer;
  let proxy: Server;
  let proxyUrl: string;
  let tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const refuseWith: { status: string | undefined } = { status: undefined };

  beforeAll(async () => {
    server = await startMisbehavingServer();
    server.otherwise(ok(NO_STREAMS));
    proxy = createServer();
    proxy.on("connect", (request, socket: Socket) => {
      tunnels.push(String(request.url));
      sockets.add(socket);
      if (refuseWith.status) {
        socket.end(`HTTP/1.1 ${refuseWith.status}\r\n\r\n`);
        return;
      }
      const port = Number(String(request.url).split(":").at(-1));
      const upstream = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      sockets.add(upstream);
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
    });
    proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await server.close();
  });

  test.each<[string, () => Record<string, string>, boolean]>([
    ["none", () => ({}), false],
    ["HTTP_PROXY", () => ({ HTTP_PROXY: proxyUrl }), true],
    ["http_proxy", () => ({ http_proxy: proxyUrl }), true],
    ["HTTPS_PROXY is for https only", () => ({ HTTPS_PROXY: proxyUrl }), false],
    ["NO_PROXY", () => ({ HTTP_PROXY: proxyUrl, NO_PROXY: "127.0.0.1" }), false],
    ["NO_PROXY for others", () => ({ HTTP_PROXY: proxyUrl, NO_PROXY: "example.com" }), true],
  ])("%s", async (_name, env, proxied) => {
    tunnels = [];
    const one = client(server.url, env());
    await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
    expect(tunnels).toEqual(proxied ? [new URL(server.url).host] : []);
    await one.close();
  });

  test("the process's own proxy variables are not read", async () => {
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = "http://127.0.0.1:1";
    try {
      const one = client(server.url, { HTTPS_PROXY: proxyUrl });
      await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
      await one.close();
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  test("a proxy that refuses: the request never left, one sentence", async () => {
    refuseWith.status = "407 Proxy Authentication Required";
    const one = client(server.url, { HTTP_PROXY: proxyUrl }, { maxAttempts: 1 });
    await expect(one.listStreams()).rejects.toMatchObject({
      code: "ERR_KINESIS_TRANSPORT",
      reason: "PROXY_407",
      sent: false,
      message: expect.stringMatching(/^ListStreams: the proxy on the way to .* wants a user and a password/),
    });
    refuseWith.status = undefined;
    await one.close();
  });
});

describe("TLS", () => {
  const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, (_request, response) => {
    response.end(JSON.stringify(NO_STREAMS));
  });
  let url: string;
  beforeAll(async () => {
    url = `https://localhost:${await listen(server as unknown as Server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("a certificate that isn't trusted is final, and the message names the remedy", async () => {
    const platform = fakePlatform();
    const one = new KinesisClient({ region: "eu-west-1", endpoint: url, credentials }, platform);
    await expect(one.listStreams()).rejects.toMatchObject({
      code: "ERR_KINESIS_TRANSPORT",
      sent: false,
      message: expect.stringMatching(
        /^ListStreams: the certificate of localhost:\d+ is not trusted \(\w+\): set NODE_EXTRA_CA_CERTS to the file/,
      ),
    });
    expect(platform.sleeps).toEqual([]);
    await one.close();
  });

  test("NODE_EXTRA_CA_CERTS is that remedy; and a process that has called ends by itself, without close()", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kinesis-ca-"));
    writeFileSync(join(folder, "ca.pem"), CERTIFICATE);
    const program = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      new KinesisClient({ region: "eu-west-1", endpoint: ${JSON.stringify(url)}, credentials: ${JSON.stringify(credentials)} })
        .listStreams().then((output) => console.log(JSON.stringify(output)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", program], {
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).toEqual(NO_STREAMS);
  }, 30_000);
});

describe("many calls at once", () => {
  test("share the connections that they may have", async () => {
    const server = await startMisbehavingServer();
    server.otherwise(ok({ ShardId: "s", SequenceNumber: "1" }));
    const one = client(server.url, {}, { maxSockets: 3 });
    const put = () => one.putRecord({ StreamName: "orders", Data: "x", PartitionKey: "k" });
    await Promise.all(Array.from({ length: 40 }, put));
    expect(server.seen).toHaveLength(40);
    await one.close();
    await server.close();
  });

  test("one that is aborted leaves the others alone", async () => {
    const server = await startMisbehavingServer();
    server.script(silence, ok(NO_STREAMS), ok(NO_STREAMS));
    const one = client(server.url);
    const abort = new AbortController();
    const first = one.listStreams({}, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 50);
    await expect(first).rejects.toThrow("enough");
    await expect(Promise.all([one.listStreams(), one.listStreams()])).resolves.toHaveLength(2);
    await one.close();
    await server.close();
  });
});
