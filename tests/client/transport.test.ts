import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { chainTransport } from "../../provider/client/chain-transport";
import { proxyFor } from "../../provider/client/proxy";
import { eventually } from "../support/eventually";
import { fakeAws } from "./fake-aws";
import { fakePlatform } from "./fake-platform";
import type { MisbehavingServer } from "./misbehaving-server";
import { ok, silence, startMisbehavingServer } from "./misbehaving-server";
import { CERTIFICATE, KEY } from "./untrusted-certificate";

const listen = (server: NetServer) =>
  new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
const credentials = { accessKeyId: "a", secretAccessKey: "s" };
const NO_STREAMS = { StreamNames: [], HasMoreStreams: false };

/** A client whose environment is `env`, never the process's. */
const client = (endpoint: string, env: Record<string, string> = {}, options = {}) =>
  new KinesisClient({ region: "eu-west-1", endpoint, credentials, ...options }, fakePlatform({ env }));

/** A CONNECT proxy: every tunnel leads to this machine, whatever the name. */
async function startConnectProxy() {
  const tunnels: string[] = [];
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  let refusal: string | undefined;
  const server = createServer();
  server.on("connect", (request, socket: Socket) => {
    tunnels.push(String(request.url));
    if (request.headers["proxy-authorization"]) logins.push(request.headers["proxy-authorization"]);
    sockets.add(socket);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
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
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    tunnels,
    logins,
    refuseWith: (status: string | undefined) => {
      refusal = status;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
beforeAll(async () => {
  proxy = await startConnectProxy();
});
afterAll(() => proxy.close());
beforeEach(() => {
  proxy.tunnels.length = 0;
});

describe("proxies come from the platform's environment", () => {
  let server: MisbehavingServer;
  beforeAll(async () => {
    server = await startMisbehavingServer();
    server.otherwise(ok(NO_STREAMS));
  });
  afterAll(() => server.close());

  test.each<[string, () => Record<string, string>, boolean]>([
    ["none", () => ({}), false],
    ["HTTP_PROXY", () => ({ HTTP_PROXY: proxy.url }), true],
    ["http_proxy", () => ({ http_proxy: proxy.url }), true],
    ["HTTPS_PROXY is for https only", () => ({ HTTPS_PROXY: proxy.url }), false],
    ["NO_PROXY", () => ({ HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" }), false],
    ["NO_PROXY for others", () => ({ HTTP_PROXY: proxy.url, NO_PROXY: "example.com" }), true],
    ["without a scheme", () => ({ HTTP_PROXY: proxy.url.replace("http://", "") }), true],
    ["a bad one for https is nothing to http", () => ({ HTTPS_PROXY: "http://a b", HTTP_PROXY: proxy.url }), true],
  ])("%s", async (_name, env, proxied) => {
    const one = client(server.url, env());
    await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
    expect(proxy.tunnels).toEqual(proxied ? [new URL(server.url).host] : []);
    await one.close();
  });

  test("the process's own proxy variables are not read", async () => {
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = "http://127.0.0.1:1";
    try {
      const one = client(server.url, { HTTPS_PROXY: proxy.url });
      await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
      await one.close();
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  test("a proxy that is down is named, and not the endpoint", async () => {
    const env = { HTTPS_PROXY: "http://user:geheim@127.0.0.1:1" };
    const one = client("https://kinesis.eu-west-1.amazonaws.com", env, { maxAttempts: 1 });
    const error = await one.listStreams().catch((reason) => reason);
    expect(error).toMatchObject({ code: "ERR_KINESIS_TRANSPORT", reason: "ECONNREFUSED", sent: false });
    expect(error.message).toBe(
      "ListStreams: nothing answers at the proxy http://127.0.0.1:1 on the way to kinesis.eu-west-1.amazonaws.com (connection refused): check HTTPS_PROXY (for an http:// endpoint HTTP_PROXY), or name the host in NO_PROXY.",
    );
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
    await one.close();
  });

  test("user and password reach the proxy as they were meant", async () => {
    for (const [written, meant] of [
      ["user:gehe%40im", "user:gehe@im"],
      ["user:100%", "user:100%"],
      ["user:gr%C3%BCn", "user:grün"],
      ["user:grün", "user:grün"],
      ["user:", "user:"],
    ]) {
      proxy.logins.length = 0;
      const one = client(server.url, { HTTP_PROXY: proxy.url.replace("//", `//${written}@`) });
      await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
      expect(proxy.logins).toEqual([`Basic ${Buffer.from(String(meant)).toString("base64")}`]);
      await one.close();
    }
  });

  test("a proxy that refuses: the request never left, one sentence", async () => {
    proxy.refuseWith("407 Proxy Authentication Required");
    const one = client(server.url, { HTTP_PROXY: proxy.url }, { maxAttempts: 1 });
    await expect(one.listStreams()).rejects.toMatchObject({
      code: "ERR_KINESIS_TRANSPORT",
      reason: "PROXY_407",
      sent: false,
      message: expect.stringMatching(/^ListStreams: the proxy on the way to .* wants a user and a password/),
    });
    proxy.refuseWith(undefined);
    await one.close();
  });
});

describe("a proxy that is none: nothing goes on after the call", () => {
  async function startNoProxy(onData: (socket: Socket) => void) {
    const asked: Socket[] = [];
    const open = new Set<Socket>();
    const server = createTcpServer((socket) => {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => open.delete(socket));
      socket.once("data", () => {
        asked.push(socket);
        onData(socket);
      });
    });
    return { url: `http://127.0.0.1:${await listen(server)}`, asked, open, close: () => server.close() };
  }
  const aws = "https://kinesis.us-east-1.amazonaws.com";

  test("it hangs up at CONNECT: asked once for each attempt, and named", async () => {
    const none = await startNoProxy((socket) => socket.destroy());
    const one = client(aws, { HTTPS_PROXY: none.url }, { maxAttempts: 2, requestTimeoutMs: 3_000 });
    await expect(one.listStreams()).rejects.toMatchObject({
      reason: "PROXY_LOST",
      sent: false,
      message: expect.stringContaining(
        `the proxy ${none.url} hung up when it was asked for kinesis.us-east-1.amazonaws.com: check HTTPS_PROXY`,
      ),
    });
    await one.close();
    expect(none.asked).toHaveLength(2);
    none.close();
  });

  test("it never answers CONNECT: given up when connecting takes too long", async () => {
    const none = await startNoProxy(() => {});
    const one = client(aws, { HTTPS_PROXY: none.url }, { maxAttempts: 1, connectTimeoutMs: 100 });
    await expect(one.listStreams()).rejects.toMatchObject({
      reason: "UND_ERR_CONNECT_TIMEOUT",
      sent: false,
      message: expect.stringContaining(`in time through the proxy ${none.url}`),
    });
    await one.close();
    await eventually("no connection is left", () => none.open.size === 0);
    expect(none.asked).toHaveLength(1);
    none.close();
  });
});

describe("proxyFor", () => {
  const shown = (endpoint: string, env: Record<string, string>) => proxyFor(new URL(endpoint), env)?.shown;
  const aws = "https://kinesis.eu-west-1.amazonaws.com";

  test.each<[string, Record<string, string>, string | undefined]>([
    [aws, {}, undefined],
    [aws, { HTTPS_PROXY: "" }, undefined],
    [aws, { HTTPS_PROXY: "proxy.corp:8080" }, "http://proxy.corp:8080"],
    [aws, { HTTPS_PROXY: "proxy" }, "http://proxy"],
    [aws, { HTTPS_PROXY: "https://user:p@proxy" }, "https://proxy"],
    [aws, { HTTPS_PROXY: "//user:p@proxy:1" }, "http://proxy:1"],
    [aws, { HTTPS_PROXY: "http://upper", https_proxy: "http://lower" }, "http://lower"],
    [aws, { HTTPS_PROXY: "http://proxy", HTTP_PROXY: "http://%" }, "http://proxy"],
    [aws, { HTTP_PROXY: "http://proxy" }, undefined],
    ["http://localhost:4567", { HTTPS_PROXY: "http://%", HTTP_PROXY: "http://proxy" }, "http://proxy"],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "amazonaws.com" }, undefined],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "localhost, .AMAZONAWS.com" }, undefined],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "*.amazonaws.com:443" }, undefined],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "amazonaws.com:8443" }, "http://p"],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "aws.com" }, "http://p"],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "*" }, undefined],
    [aws, { HTTPS_PROXY: "p", NO_PROXY: "*", no_proxy: "" }, "http://p"],
  ])("%s with %j", (endpoint, env, expected) => {
    expect(shown(endpoint, env)).toBe(expected);
  });

  test.each([
    ["http://user:gehe#im@proxy", /^The proxy in HTTPS_PROXY is no URL: write it as http:\/\/host:port or/],
    ["user:gehe/im@proxy", /is no URL/],
    ["http://user:geheim@", /is no URL/],
    ["socks5://user:geheim@proxy:1080", /is of another kind \(socks5:\/\/\) than the client speaks/],
  ])("%s is refused in a sentence without the password", (HTTPS_PROXY, message) => {
    const refused = () => shown(aws, { HTTPS_PROXY });
    expect(refused).toThrow(message);
    const error = (() => {
      try {
        return refused();
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toMatchObject({ code: "ERR_KINESIS_CONFIGURATION", setting: "proxy" });
    expect(inspect(error, { depth: 9 })).not.toMatch(/gehe/);
  });
});

describe("TLS", () => {
  const sts = fakeAws();
  const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { headers, method, socket, url: path = "" } = request;
    // Kinesis, and STS for a profile that assumes a role.
    const answer = headers["x-amz-target"] ? ok(NO_STREAMS) : sts;
    answer(response, { operation: "", method, path, headers, body }, socket);
  });
  let url: string;
  let caFile: string;
  beforeAll(async () => {
    caFile = join(mkdtempSync(join(tmpdir(), "kinesis-ca-")), "ca.pem");
    writeFileSync(caFile, CERTIFICATE);
    url = `https://localhost:${await listen(server)}`;
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
        /^ListStreams: the certificate of localhost:\d+ is not trusted \(\w+\): set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the file/,
      ),
    });
    expect(platform.sleeps).toEqual([]);
    await one.close();
  });

  test("AWS_CA_BUNDLE trusts it, through a proxy too", async () => {
    for (const env of [{}, { HTTPS_PROXY: proxy.url }]) {
      const one = client(url, { AWS_CA_BUNDLE: caFile, ...env });
      await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
      await one.close();
    }
    expect(proxy.tunnels).toEqual([new URL(url).host]);
  });

  test("so does a profile's ca_bundle", async () => {
    const config = join(mkdtempSync(join(tmpdir(), "kinesis-ca-")), "config");
    writeFileSync(config, `[profile corp]\nca_bundle = ${caFile}\n`);
    const one = client(url, { AWS_CONFIG_FILE: config }, { profile: "corp" });
    await expect(one.listStreams()).resolves.toEqual(NO_STREAMS);
    await one.close();
  });

  test.each([
    [
      "isn't there",
      "/nonexistent/ca.pem",
      /^The certificates in \/nonexistent\/ca.pem \(from AWS_CA_BUNDLE\) can't be read \(ENOENT\)/,
    ],
    [
      "holds none",
      __filename.replace(/transport\.test\.ts$/, "fake-platform.ts"),
      /holds no certificate in PEM: name a file with/,
    ],
  ])("an AWS_CA_BUNDLE that %s", async (_name, path, message) => {
    await expect(client(url, { AWS_CA_BUNDLE: path }).listStreams()).rejects.toMatchObject({
      code: "ERR_KINESIS_CONFIGURATION",
      setting: "certificates",
      message: expect.stringMatching(message),
    });
  });

  test("AWS's credential chain takes the same way: a role is assumed through the proxy, with the network's CA", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kinesis-chain-"));
    writeFileSync(
      join(folder, "config"),
      "[profile assumed]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = keys\n",
    );
    writeFileSync(join(folder, "credentials"), "[keys]\naws_access_key_id = a\naws_secret_access_key = s\n");
    // The chain reads the process's environment by itself.
    const program = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      new KinesisClient({ region: "eu-west-1", endpoint: ${JSON.stringify(url)}, profile: "assumed" })
        .listStreams().then((output) => console.log(JSON.stringify(output)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", program], {
      env: {
        PATH: process.env.PATH,
        AWS_CONFIG_FILE: join(folder, "config"),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
        AWS_ENDPOINT_URL_STS: url.replace("localhost", "127.0.0.1"),
        AWS_CA_BUNDLE: caFile,
        HTTPS_PROXY: proxy.url,
      },
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).toEqual(NO_STREAMS);
    const { host, port } = new URL(url);
    expect(new Set(proxy.tunnels)).toEqual(new Set([`127.0.0.1:${port}`, host]));
  }, 30_000);

  test("NODE_EXTRA_CA_CERTS is that remedy; and a process that has called ends by itself, without close()", async () => {
    const program = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      new KinesisClient({ region: "eu-west-1", endpoint: ${JSON.stringify(url)}, credentials: ${JSON.stringify(credentials)} })
        .listStreams().then((output) => console.log(JSON.stringify(output)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", program], {
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: caFile },
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).toEqual(NO_STREAMS);
  }, 30_000);
});

describe("what answers is no Kinesis: one sentence, and what to do", () => {
  const accept = (onSocket: (socket: Socket) => void) => createTcpServer(onSocket);
  const ssh = () =>
    accept((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .write("SSH-2.0-OpenSSH_9.6\r\n"),
    );
  const brokenLength = () =>
    accept((socket) =>
      socket.on("error", () => {}).once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}")),
    );
  test.each<[string, () => NetServer, "http" | "https", string, RegExp]>([
    [
      "TLS where plain HTTP is spoken",
      () => createServer(),
      "https",
      "ERR_SSL_WRONG_VERSION_NUMBER",
      /^ListStreams: what answers at \S+ does not speak TLS \(\w+\): check the port of the endpoint, and whether it is an http:\/\/ one\.$/,
    ],
    [
      "plain HTTP where TLS is spoken",
      () => createTlsServer({ cert: CERTIFICATE, key: KEY }),
      "http",
      "UND_ERR_SOCKET",
      /^ListStreams: the connection to \S+ was lost \(other side closed\): try again; if it goes on, check the network, and the scheme and port of the endpoint\.$/,
    ],
    [
      "another protocol",
      ssh,
      "http",
      "HTTP_PARSER",
      /^ListStreams: what answers at \S+ does not speak HTTP \(.*\): check the port of the endpoint\.$/,
    ],
    ["a content length that is no number", brokenLength, "http", "HTTP_PARSER", /does not speak HTTP/],
    [
      "a server that hangs up at once",
      () => accept((socket) => socket.destroy()),
      "http",
      "UND_ERR_SOCKET",
      /was lost/,
    ],
  ])("%s", async (_name, make, scheme, reason, message) => {
    const server = make();
    const one = client(`${scheme}://localhost:${await listen(server)}`, {}, { maxAttempts: 1 });
    await expect(one.listStreams()).rejects.toMatchObject({
      code: "ERR_KINESIS_TRANSPORT",
      reason,
      message: expect.stringMatching(message),
    });
    await one.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test("a certificate for another host", async () => {
    const server = createTlsServer({ cert: CERTIFICATE, key: KEY });
    // Trusted, but for localhost and 127.0.0.1 only.
    const folder = mkdtempSync(join(tmpdir(), "kinesis-ca-"));
    writeFileSync(join(folder, "ca.pem"), CERTIFICATE);
    const one = client(`https://kinesis.example.invalid:${await listen(server)}`, {
      AWS_CA_BUNDLE: join(folder, "ca.pem"),
      HTTPS_PROXY: proxy.url,
    });
    await expect(one.listStreams()).rejects.toMatchObject({
      reason: "ERR_TLS_CERT_ALTNAME_INVALID",
      message: expect.stringMatching(
        /^ListStreams: the certificate of \S+ is for other hosts \(.*\): check the endpoint and the proxy\.$/,
      ),
    });
    await one.close();
    server.close();
  });
});

describe("many calls at once", () => {
  /** Answers each request when it is told to, and counts connections. */
  async function startSlowServer() {
    const waiting: Array<() => void> = [];
    let opened = 0;
    const open = new Set<Socket>();
    const server = createServer((request, response) => {
      request
        .resume()
        .on("end", () => waiting.push(() => response.end(JSON.stringify({ ShardId: "s", SequenceNumber: "1" }))));
    });
    // Only the client ends connections here.
    server.keepAliveTimeout = 60_000;
    server.on("connection", (socket) => {
      opened++;
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    return {
      url,
      opened: () => opened,
      open: () => open.size,
      waiting: () => waiting.length,
      answer: () => {
        for (const one of waiting.splice(0)) one();
      },
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }
  const putWith = (one: KinesisClient, options = {}) =>
    one.putRecord({ StreamName: "orders", Data: "x", PartitionKey: "k" }, options);

  test("share the connections that they may have, never more, and close() ends these", async () => {
    const server = await startSlowServer();
    const one = client(server.url, {}, { maxSockets: 3 });
    let done = 0;
    const puts = Array.from({ length: 12 }, () => putWith(one).then(() => done++));
    while (done < 12) {
      await eventually("as many wait as there are connections", () => server.waiting() === 3);
      const before = done;
      server.answer();
      await eventually("three are done", () => done === before + 3);
    }
    await Promise.all(puts);
    expect([server.opened(), server.open()]).toEqual([3, 3]);
    await one.close();
    await eventually("the connections are closed", () => server.open() === 0, 3_000);
    server.close();
  });

  test("those that wait for one of our connections don't blame the network, and are not sent", async () => {
    const server = await startSlowServer();
    const one = client(server.url, {}, { maxSockets: 1, maxAttempts: 1 });
    const first = putWith(one);
    await eventually("the first has the connection", () => server.waiting() === 1);
    await expect(putWith(one, { deadlineMs: 100 })).rejects.toMatchObject({
      code: "ERR_KINESIS_DEADLINE",
      message:
        "PutRecord: waited for one of 1 connections (`maxSockets`), all in use by other calls of this client, until the 100 ms that it may take were over: make fewer calls at once, or raise `maxSockets` or `deadlineMs`.",
    });
    server.answer();
    await first;
    expect(server.waiting()).toBe(0);
    await one.close();
    server.close();
  });

  test("waiting for a connection takes nothing of a request's own time", async () => {
    const server = await startMisbehavingServer();
    // Each takes a good part of a request's time: of twelve, one after the other, most would be late.
    server.otherwise((response, seen, socket) =>
      setTimeout(() => ok({ ShardId: "s", SequenceNumber: "1" })(response, seen, socket), 100),
    );
    const limits = { maxSockets: 2, maxAttempts: 1, requestTimeoutMs: 400, connectTimeoutMs: 400 };
    const one = client(server.url, {}, limits);
    await expect(Promise.all(Array.from({ length: 12 }, () => putWith(one)))).resolves.toHaveLength(12);
    await one.close();
    await server.close();
  });

  test("a deadline that comes while the request is on its way is told as one", async () => {
    const server = await startMisbehavingServer();
    server.otherwise(silence);
    const one = client(server.url);
    const error = await putWith(one, { deadlineMs: 100 }).catch((reason) => reason);
    expect(error).toMatchObject({ code: "ERR_KINESIS_DEADLINE", cause: { reason: "ERR_TIMEOUT", sent: true } });
    expect(error.message).toMatch(
      /^PutRecord of stream "orders": no complete answer from \S+ within the 100 ms that the call may take.*: try again, or allow more with `deadlineMs`\.$/,
    );
    const create = one.createStream({ StreamName: "orders" }, { deadlineMs: 100 });
    await expect(create).rejects.toMatchObject({
      code: "ERR_KINESIS_OUTCOME_UNKNOWN",
      cause: { code: "ERR_KINESIS_DEADLINE" },
    });
    await one.close();
    await server.close();
  });

  test("those that are given up in line cost no connection", async () => {
    const server = await startSlowServer();
    const one = client(server.url, {}, { maxSockets: 1 });
    const first = putWith(one);
    await eventually("the first has the connection", () => server.waiting() === 1);
    const abort = new AbortController();
    const gone = Array.from({ length: 5 }, () => putWith(one, { signal: abort.signal }).catch((reason) => reason));
    const last = putWith(one);
    // Into undici's own line, behind the first.
    await new Promise(setImmediate);
    abort.abort(new Error("enough"));
    await Promise.all(gone);
    server.answer();
    await first;
    await eventually("the last has it", () => server.waiting() === 1);
    server.answer();
    await last;
    expect(server.opened()).toBe(1);
    await one.close();
    server.close();
  });

  test("connecting may take its own time, no more: a host that accepts and says nothing", async () => {
    const silent = createTcpServer(() => {});
    const url = `https://127.0.0.1:${await listen(silent)}`;
    // The attempt's time is beyond the test's: only the other can end it.
    const one = client(url, {}, { connectTimeoutMs: 100, requestTimeoutMs: 60_000, maxAttempts: 1 });
    await expect(one.listStreams()).rejects.toMatchObject({ reason: "UND_ERR_CONNECT_TIMEOUT", sent: false });
    await one.close();
    silent.close();
  });

  test("the credential chain's connections are ended, too", async () => {
    let closed = 0;
    const answer = { status: 200, headers: {}, body: Buffer.from("") };
    const transport = chainTransport(() => ({
      send: async () => answer,
      close: async () => {
        closed++;
      },
    }));
    const request = { method: "GET", protocol: "https:", path: "/", headers: {} };
    await transport.handle({ ...request, hostname: "sts" });
    await transport.handle({ ...request, hostname: "sts" });
    await transport.handle({ ...request, hostname: "sso" });
    await transport.close();
    expect(closed).toBe(2);
    await expect(transport.handle({ ...request, hostname: "sts" })).rejects.toThrow("the client was closed");
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
