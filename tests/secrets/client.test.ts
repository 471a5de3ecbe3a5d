/** Nothing that a program may print of the client tells its credentials, and nobody answers for AWS without a certificate. */
import { execFile } from "node:child_process";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import { fakePlatform } from "../client/fake-platform";
import type { Behaviour } from "../client/misbehaving-server";
import { cutOff, raw, reset, startMisbehavingServer } from "../client/misbehaving-server";
import { CERTIFICATE, KEY } from "../client/untrusted-certificate";
import { leaksIn } from "./leaks";

const SECRETS = {
  accessKey: "AKIACONFIGEXAMPLE000",
  secretKey: "cfgJalrXUtnFEMI/K7MDENG/bPxRfiCYCONFIGKEY",
  token: "cfgToken/FwoGZXIvYXdzEXAMPLE+configured==",
  tag: "tag-value/of-the-program+secret@2041",
  policy: '{"Statement":[{"Sid":"SecretSidOfTheProgram2041"}]}',
};
const credentials = {
  accessKeyId: SECRETS.accessKey,
  secretAccessKey: SECRETS.secretKey,
  sessionToken: SECRETS.token,
};
const StreamARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/s";

/** Everything of a value that a program can come by: its own and inherited properties, hidden ones, and causes. */
const shownOf = (value: unknown): string => {
  const causes: string[] = [];
  for (let one = value as Error | undefined; one instanceof Error; one = one.cause as Error | undefined) {
    causes.push(one.message, String(one.stack), JSON.stringify(one));
  }
  return [inspect(value, { depth: 12, showHidden: true }), JSON.stringify(value), String(value), ...causes].join("\n");
};

/** Says back what it was sent, each time in another way. */
const echo =
  (status: number, as: (text: string) => string): Behaviour =>
  (response, seen, socket) => {
    const headers = Object.entries(seen.headers).map(([name, value]) => `${name}: ${value}`);
    const request = `${headers.join("\r\n")}\r\n\r\n${seen.body} ${SECRETS.secretKey}`;
    raw(status, as(request))(response, seen, socket);
  };
const asMessage = (message: string) => JSON.stringify({ __type: "AccessDeniedException", message });

test.each<[string, Behaviour]>([
  ["an echo as a message", echo(403, asMessage)],
  ["an echo as a page", echo(500, (text) => `<html>${text}</html>`)],
  ["an echo in a URL", echo(400, (text) => asMessage(`see /login?from=${encodeURIComponent(text)}`))],
  ["an echo with success", echo(200, (text) => text)],
  [
    "an echo in base64",
    echo(403, (text) => asMessage(Buffer.from(text.slice(-SECRETS.secretKey.length)).toString("base64"))),
  ],
  ["a token as a code", raw(400, JSON.stringify({ __type: SECRETS.token, message: "no" }))],
  ["a token as a request id", raw(400, asMessage("no"), { "x-amzn-requestid": SECRETS.token })],
  ["a key as an answer", raw(200, SECRETS.secretKey)],
  ["an echo that is no HTTP", (_, { headers }, socket) => socket.end(JSON.stringify(headers))],
  ["a reset", reset],
  ["an answer cut off", cutOff("{")],
])("%s: no error tells a secret", async (_name, behaviour) => {
  const server = await startMisbehavingServer();
  server.otherwise(behaviour);
  const options = { region: "eu-west-1", endpoint: server.url, credentials, maxAttempts: 2, rateLimits: false };
  const client = new KinesisClient(options, fakePlatform());
  const calls = [
    () => client.addTagsToStream({ StreamARN, Tags: { owner: SECRETS.tag } }),
    () => client.createStream({ StreamName: "s", Tags: { owner: SECRETS.tag } }),
    () => client.putResourcePolicy({ ResourceARN: StreamARN, Policy: SECRETS.policy }),
  ];
  const errors = await Promise.all(calls.map((call) => call().catch((reason: unknown) => reason)));
  expect(server.seen.length).toBeGreaterThan(0);
  await client.close();
  await server.close();
  for (const error of errors) expect(error).toBeInstanceOf(Error);
  const places = [...errors, client].map((value, index) => ({ name: String(index), text: shownOf(value) }));
  expect(leaksIn(places, SECRETS)).toEqual([]);
});

describe("certificates", () => {
  test("are checked with NODE_TLS_REJECT_UNAUTHORIZED=0, too", async () => {
    let asked = 0;
    const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, (_request, response) => {
      asked++;
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const program = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      const options = { region: "eu-west-1", endpoint: ${JSON.stringify(url)}, credentials: { accessKeyId: "a", secretAccessKey: "s" } };
      new KinesisClient(options).listStreams().catch((error) => console.log(error.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", program], {
      env: { PATH: process.env.PATH, NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      timeout: 30_000,
    });
    expect(stdout).toMatch(/^ListStreams: the certificate of localhost:\d+ is not trusted/);
    // What gets the credentials asks STS itself, with a token that is as good as they are.
    const ofRole = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      new KinesisClient({ region: "eu-west-1" }).listStreams().catch((error) => console.log(error.message));`;
    const role = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", ofRole], {
      env: {
        PATH: process.env.PATH,
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
        AWS_ENDPOINT_URL_STS: url,
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/ci",
        AWS_WEB_IDENTITY_TOKEN_FILE: __filename,
        AWS_EC2_METADATA_DISABLED: "true",
      },
      timeout: 60_000,
    });
    server.closeAllConnections();
    server.close();
    expect(role.stdout).toMatch(/^The AWS credentials could not be loaded \(self-signed certificate\)/);
    expect(asked).toBe(0);
  }, 90_000);

  test.each([
    ["http://kinesis.example.com:4567", true],
    ["http://10.0.0.1", true],
    ["http://localhost.example.com", true],
    ["https://kinesis.example.com", false],
    ["http://localhost:4567", false],
    ["http://127.0.0.1:4567", false],
    ["http://[::1]:4567", false],
    ["http://kinesis.localhost", false],
  ])("the provider warns of %s: %s", async (endpoint, warns) => {
    const platform = fakePlatform();
    const context = new ProviderContext(platform);
    context.configure({ "kinesis:region": "eu-west-1", "kinesis:endpoint": endpoint });
    await context.session(undefined);
    await context.session("eu-west-1");
    expect(platform.lines.filter((line) => /http:\/\/ one on another machine/.test(line))).toHaveLength(warns ? 1 : 0);
  });
});
