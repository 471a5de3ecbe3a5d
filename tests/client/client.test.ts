import { execFile } from "node:child_process";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { KinesisClientOptions } from "../../provider/client";
import { KinesisClient } from "../../provider/client";
import { unlessAborted } from "../../provider/client/waiting";
import type { KinesisError, ServiceError } from "../../provider/errors";
import type { FakePlatform } from "./fake-platform";
import { fakePlatform } from "./fake-platform";
import type { Behaviour, MisbehavingServer } from "./misbehaving-server";
import {
  cutOff,
  drip,
  dripHeaders,
  ok,
  overlong,
  raw,
  refuse,
  reset,
  silence,
  startMisbehavingServer,
} from "./misbehaving-server";

let server: MisbehavingServer;
beforeAll(async () => {
  server = await startMisbehavingServer();
});
afterAll(() => server.close());

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE/session+token==";
const clients: KinesisClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function connect(options: KinesisClientOptions = {}, platform: FakePlatform = fakePlatform()): KinesisClient {
  const client = new KinesisClient(
    {
      region: "eu-central-1",
      endpoint: server.url,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET, sessionToken: TOKEN },
      ...options,
    },
    platform,
  );
  clients.push(client);
  return client;
}

const caught = async (promise: Promise<unknown>): Promise<KinesisError & ServiceError> => {
  try {
    await promise;
  } catch (error) {
    return error as KinesisError & ServiceError;
  }
  throw new Error("expected a failure");
};

const NO_STREAMS = { StreamNames: [], HasMoreStreams: false };
const SPLIT = { StreamName: "orders", ShardToSplit: "shardId-000000000003", NewStartingHashKey: "5" };

describe("what goes out", () => {
  test("one signed POST with AWS's headers", async () => {
    server.script(ok());
    await connect().createStream({ StreamName: "orders", ShardCount: 2, Tags: { team: "a" } });
    expect(server.seen).toHaveLength(1);
    const [{ headers, body, path } = { headers: {}, body: "", path: "" }] = server.seen;
    expect(path).toBe("/");
    expect(headers).toMatchObject({
      "x-amz-target": "Kinesis_20131202.CreateStream",
      "content-type": "application/x-amz-json-1.1",
      "content-length": String(body.length),
      host: new URL(server.url).host,
      "x-amz-security-token": TOKEN,
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/kinesis\//),
    });
    expect(JSON.parse(body)).toEqual({ StreamName: "orders", ShardCount: 2, Tags: { team: "a" } });
  });

  test("an endpoint's own path comes before it", async () => {
    server.script(ok(NO_STREAMS));
    await connect({ endpoint: `${server.url}/kinesis/` }).listStreams();
    expect(server.seen[0]?.path).toBe("/kinesis/");
  });

  test("Data: strings and bytes become base64, the caller's records stay as they were", async () => {
    const records = [
      { Data: "grüße", PartitionKey: "1" },
      { Data: new Uint8Array([0, 255, 10]), PartitionKey: "2" },
      { Data: Buffer.from("abcdef").subarray(2, 4), PartitionKey: "3" },
      { Data: "", PartitionKey: "4" },
    ];
    const before = structuredClone(records.slice(0, 2));
    server.script(ok({ Records: records.map(() => ({ ShardId: "s", SequenceNumber: "1" })) }));
    await connect().putRecords({ StreamName: "orders", Records: records });
    const sent = JSON.parse(server.seen[0]?.body ?? "").Records.map(({ Data }: { Data: string }) => Data);
    expect(sent).toEqual(["Z3LDvMOfZQ==", "AP8K", "Y2Q=", ""]);
    expect(records.slice(0, 2)).toEqual(before);
  });

  test("with base64: false the text passes through both ways", async () => {
    server.script(
      ok({ ShardId: "s", SequenceNumber: "1" }),
      ok({ Records: [{ Data: "AP8K", SequenceNumber: "1", PartitionKey: "k" }], NextShardIterator: null }),
    );
    const client = connect();
    await client.putRecord({ StreamName: "orders", Data: "AP8K", PartitionKey: "k" }, { base64: false });
    expect(JSON.parse(server.seen[0]?.body ?? "").Data).toBe("AP8K");
    const output = await client.getRecords({ ShardIterator: "i" }, { base64: false });
    expect(output.Records[0]?.Data).toBe("AP8K");
  });

  test("the types of Data that is read are those that come", async () => {
    const read = { Data: "AP8K", SequenceNumber: "1", PartitionKey: "k" };
    server.otherwise(ok({ Records: [read] }));
    const client = connect();
    const input = { ShardIterator: "i" };
    // Each of these is checked by the compiler.
    const bytes: Uint8Array[] = [
      await client.getRecords(input),
      await client.getRecords(input, { base64: true }),
      await client.getRecords(input, { deadlineMs: 1_000 }),
      await client.call("GetRecords", input),
    ].flatMap(({ Records }) => Records.map(({ Data }) => Data));
    const texts: string[] = [
      await client.getRecords(input, { base64: false }),
      await client.call("GetRecords", input, { base64: false }),
    ].flatMap(({ Records }) => Records.map(({ Data }) => Data));
    expect([bytes.length, new Set(texts)]).toEqual([4, new Set(["AP8K"])]);
    const base64: boolean = bytes.length === 0;
    const { Records } = await client.getRecords(input, { base64 });
    // @ts-expect-error: it may be a text.
    const either: Uint8Array | undefined = Records[0]?.Data;
    expect(either).toBe("AP8K");
    server.otherwise(ok({}));
  });

  test("a tag called Data is a tag", async () => {
    const Tags = { Data: "x", ["__proto__"]: "y" };
    const ResourceARN = "arn:aws:kinesis:eu-central-1:123456789012:stream/orders";
    server.script(ok(), ok(), ok());
    const client = connect();
    await client.createStream({ StreamName: "orders", Tags });
    await client.addTagsToStream({ StreamName: "orders", Tags });
    await client.tagResource({ ResourceARN, Tags });
    for (const { body } of server.seen) expect(body).toContain('"Tags":{"Data":"x","__proto__":"y"}');
  });

  test("what was checked is what is sent: properties that an object has from its class, too", async () => {
    class Put {
      get StreamName() {
        return "orders";
      }
      readonly PartitionKey = "k";
    }
    const input = Object.assign(new Put(), { Data: "x" });
    server.script(ok({ ShardId: "s", SequenceNumber: "1" }), ok({ ShardId: "s", SequenceNumber: "1" }));
    const client = connect();
    await client.putRecord(input);
    await client.putRecord(Object.create(input));
    for (const { body } of server.seen) {
      expect(JSON.parse(body)).toEqual({ StreamName: "orders", PartitionKey: "k", Data: "eA==" });
    }
  });

  test("a buffer may be used again as soon as the call is made", async () => {
    const stored = { ShardId: "s", SequenceNumber: "1" };
    const busy = { ErrorCode: "ProvisionedThroughputExceededException" };
    server.script(ok(stored), ok({ FailedRecordCount: 1, Records: [busy] }), ok({ Records: [stored] }));
    const client = connect();
    for (const put of [
      (Data: Buffer) => client.putRecord({ StreamName: "orders", Data, PartitionKey: "k" }),
      (Data: Buffer) =>
        client.putRecords(
          { StreamName: "orders", Records: [{ Data, PartitionKey: "k" }] },
          { retryFailedRecords: true },
        ),
    ]) {
      const buffer = Buffer.from("before");
      const call = put(buffer);
      buffer.fill("x");
      await call;
    }
    const sent = server.seen.map(({ body }) => /"Data":"([^"]*)"/.exec(body)?.[1]);
    expect(sent.map((text) => Buffer.from(String(text), "base64").toString())).toEqual(["before", "before", "before"]);
  });

  test("dates travel as seconds", async () => {
    server.script(ok({ ShardIterator: "i" }));
    await connect().getShardIterator({
      StreamName: "orders",
      ShardId: "shardId-000000000000",
      ShardIteratorType: "AT_TIMESTAMP",
      Timestamp: new Date(1_700_000_000_250),
    });
    expect(JSON.parse(server.seen[0]?.body ?? "").Timestamp).toBe(1_700_000_000.25);
  });
});

describe("what comes back", () => {
  test("records as bytes, timestamps as Dates, null as absent, unknown fields and enum values are no error", async () => {
    server.script(
      ok({
        Records: [
          {
            Data: "AP8K",
            SequenceNumber: "1",
            PartitionKey: "k",
            ApproximateArrivalTimestamp: 1.7e9,
            EncryptionType: "X",
          },
        ],
        NextShardIterator: null,
        MillisBehindLatest: 0,
        SomethingNew: { a: 1 },
      }),
    );
    const output = await connect().getRecords({ ShardIterator: "i" });
    expect(Buffer.from(output.Records[0]?.Data ?? "")).toEqual(Buffer.from([0, 255, 10]));
    expect(output.Records[0]?.ApproximateArrivalTimestamp).toEqual(new Date(1.7e12));
    expect(output.Records[0]?.EncryptionType).toBe("X");
    expect(output.NextShardIterator).toBeUndefined();
  });

  test.each([
    ["nothing", ok()],
    ["an empty object", ok({})],
    ["what isn't asked for", raw(200, "<html>")],
  ])("an operation without a result takes %s for success", async (_name, behaviour) => {
    server.script(behaviour);
    await expect(connect().deleteStream({ StreamName: "orders" })).resolves.toBeUndefined();
  });
});

describe("errors before any call", () => {
  test.each([
    [
      { StreamName: "a b", ShardCount: 0 },
      "CreateStream: StreamName may hold only letters, digits, _, . and -; ShardCount must be at least 1",
    ],
    [{ ShardCount: 2.5 }, "CreateStream: StreamName is required; ShardCount must be a whole number"],
    [{ StreamName: "x".repeat(129) }, "CreateStream: StreamName must have at most 128 characters"],
    [{ StreamName: "a", Shards: 1 }, "CreateStream: has unknown properties: Shards"],
    [
      { StreamName: "" },
      "CreateStream: StreamName must have at least 1 character; StreamName may hold only letters, digits, _, . and -",
    ],
    [{ StreamName: "a", Tags: "team" }, 'CreateStream: Tags must be an object, as { key: "value" }'],
    [{ StreamName: "a", Tags: { k: "v".repeat(257) } }, "CreateStream: Tags.k must have at most 256 characters"],
    [
      { StreamName: "a", StreamModeDetails: { StreamMode: "X" } },
      'CreateStream: StreamModeDetails.StreamMode must be "PROVISIONED" or "ON_DEMAND"',
    ],
    [null, "CreateStream: must be an object"],
  ])("%j", async (input, message) => {
    server.script();
    const error = await caught(connect().createStream(input as never));
    expect([error.name, error.code, error.message]).toEqual(["InputError", "ERR_KINESIS_INPUT", message]);
    expect(server.seen).toHaveLength(0);
  });

  test("rules across properties are reported with the rest", async () => {
    const error = await caught(connect().splitShard({ ShardToSplit: "s", NewStartingHashKey: "x" }));
    expect(error.message).toBe(
      "SplitShard: NewStartingHashKey must be a hash key: a whole number in decimal digits; needs one of StreamName, StreamARN, StreamId",
    );
  });

  test("a token travels without the stream's name", async () => {
    const error = await caught(connect().listShards({ StreamName: "a", NextToken: "t" }));
    expect(error.message).toBe(
      "ListShards: takes no StreamName, ExclusiveStartShardId or StreamCreationTimestamp beside NextToken: the token stands for it",
    );
  });

  test("records that are too large", async () => {
    server.script();
    const Data = Buffer.alloc(10 * 1024 * 1024);
    const error = await caught(connect().putRecord({ StreamName: "a", Data, PartitionKey: "k" }));
    expect([error.code, error.message]).toEqual([
      "ERR_KINESIS_INPUT",
      "PutRecord: Data must be at most 10485760 bytes (10 MiB) together with PartitionKey",
    ]);
    expect(server.seen).toHaveLength(0);
  });

  test("an operation that isn't there", async () => {
    expect((await caught(connect().call("toString" as never, {} as never))).message).toBe(
      "toString: is no operation of this client",
    );
    for (const [written, meant] of [
      ["getRecords", "GetRecords"],
      ["DescribeStreams", "DescribeStream"],
      ["CreatStream", "CreateStream"],
    ]) {
      expect((await caught(connect().call(written as never, {} as never))).message).toBe(
        `${written}: is no operation of this client: do you mean ${meant}?`,
      );
    }
  });

  test.each<[object, string]>([
    [{ maxAttempts: 0 }, "maxAttempts must be a whole number from 1 to 100."],
    [{ maxAttempts: 2.5 }, "maxAttempts must be a whole number from 1 to 100."],
    [{ maxSockets: 0 }, "maxSockets must be a whole number from 1 to 10000."],
    [{ deadlineMs: Number.NaN }, "deadlineMs must be a number from 1 to 86400000."],
    [{ requestTimeoutMs: "1" }, "requestTimeoutMs must be a number from 1 to 900000."],
    [{ rateLimits: "no" }, "rateLimits must be true or false."],
    [{ region: 5 }, "region must be a string."],
    [
      { credentials: "x" },
      "credentials must be an object with accessKeyId and secretAccessKey, or a function that gets one.",
    ],
    [{ regoin: "eu-west-1" }, 'there is no option "regoin": do you mean region?'],
    [
      { timeout: 5 },
      'there is no option "timeout": write one of region, profile, endpoint, credentials, useFipsEndpoint, useDualstackEndpoint, maxAttempts, requestTimeoutMs, connectTimeoutMs, deadlineMs, maxSockets, rateLimits.',
    ],
  ])("the client's %j", (options, message) => {
    expect(() => new KinesisClient(options as never)).toThrow(`KinesisClient: ${message}`);
  });

  test.each<[object | null, string]>([
    [{ deadlineMs: Number.NaN }, "deadlineMs must be a number from 1 to 86400000."],
    [{ maxAttempts: 0 }, "maxAttempts must be a whole number from 1 to 100."],
    [{ deadlineMs: "1" }, "deadlineMs must be a number from 1 to 86400000."],
    [{ signal: 5 }, "signal must be an AbortSignal."],
    [{ base64: "no" }, "base64 must be true or false."],
    [{ timeout: 5 }, 'there is no option "timeout": write one of signal, deadlineMs, maxAttempts, base64.'],
    [null, "the options must be an object."],
  ])("a call's %j", async (options, message) => {
    server.script();
    const error = await caught(connect().listStreams({}, options as never));
    expect([error.code, error.message]).toEqual(["ERR_KINESIS_CONFIGURATION", `ListStreams: ${message}`]);
    expect(server.seen).toHaveLength(0);
  });

  test.each<[unknown, string]>([
    [{ retryFailedRecords: "yes" }, "retryFailedRecords must be true or false."],
    [{ retryFailedRecord: true }, 'there is no option "retryFailedRecord": do you mean retryFailedRecords?'],
    [null, "the options must be an object."],
  ])("putRecords' %j", async (options, message) => {
    server.script();
    const input = { StreamName: "orders", Records: [{ Data: "x", PartitionKey: "k" }] };
    const error = await caught(connect().putRecords(input, options as never));
    expect([error.code, error.message]).toEqual(["ERR_KINESIS_CONFIGURATION", `PutRecords: ${message}`]);
    expect(server.seen).toHaveLength(0);
  });

  test("a closed client", async () => {
    const client = connect();
    await client.close();
    expect((await caught(client.listStreams())).message).toMatch(/the client was closed/);
  });
});

describe("operations without a result", () => {
  test.each(["<html>signed in</html>", "null", '"done"', "[]", "1"])("take no %s for success", async (body) => {
    server.script(raw(200, body), raw(200, body));
    const client = connect({ maxAttempts: 1 });
    const asked = await caught(client.deleteStream({ StreamName: "orders" }));
    expect([asked.code, server.seen.length]).toEqual(["ERR_KINESIS_RESPONSE", 1]);
    const created = await caught(client.createStream({ StreamName: "orders" }));
    expect([created.code, server.seen.length]).toEqual(["ERR_KINESIS_OUTCOME_UNKNOWN", 2]);
  });

  test.each(["", "{}", '{"Later":1}'])("take %j", async (body) => {
    server.script(raw(200, body));
    await expect(connect().deleteStream({ StreamName: "orders" })).resolves.toBeUndefined();
  });
});

describe("where the code hides", () => {
  test.each<[string, Behaviour, string, string]>([
    ["__type", refuse(400, "ResourceInUseException", "busy"), "ResourceInUseException", "ResourceInUseException"],
    [
      "__type with a namespace",
      refuse(400, "com.amazonaws.kinesis.v20131202#ResourceInUseException"),
      "ResourceInUseException",
      "ResourceInUseException",
    ],
    [
      "the header, with a link",
      raw(400, "", { "x-amzn-errortype": "ExpiredIteratorException:http://x/" }),
      "ExpiredIteratorException",
      "ExpiredIteratorException",
    ],
    [
      "before a link with a # of its own",
      refuse(400, "com.amazonaws.kinesis#ResourceInUseException:http://x/y#frag"),
      "ResourceInUseException",
      "ResourceInUseException",
    ],
    [
      "before a link with a #, no namespace",
      refuse(400, "ResourceInUseException:http://x/y#frag"),
      "ResourceInUseException",
      "ResourceInUseException",
    ],
    ["without its suffix", refuse(400, "ResourceInUse"), "ResourceInUseException", "ResourceInUseException"],
    [
      "XML",
      raw(403, "<Error><Code>AccessDeniedException</Code><Message>no</Message></Error>"),
      "AccessDeniedException",
      "AccessDeniedException",
    ],
    ["nowhere", raw(404, "<html>not here</html>"), "HTTP_404", "ServiceError"],
    ["unknown", refuse(400, "BrandNewException"), "BrandNewException", "ServiceError"],
    ["a name of Object's", refuse(400, "constructor"), "constructor", "ServiceError"],
    ["a redirect is not followed", raw(302, "", { location: "http://127.0.0.1:1/" }), "HTTP_302", "ServiceError"],
  ])("%s", async (_name, behaviour, code, className) => {
    server.script(behaviour);
    const error = await caught(connect().describeStream({ StreamName: "orders" }));
    expect([error.code, error.name]).toEqual([code, className]);
    expect(server.seen).toHaveLength(1);
  });

  test("a redirect gets no request: it would carry the signature and the session token to another host", async () => {
    const other = await startMisbehavingServer();
    for (const status of [301, 302, 307, 308]) {
      server.script(raw(status, "", { location: `${other.url}/` }));
      const error = await caught(connect().describeStream({ StreamName: "orders" }));
      expect(error.message).toMatch(/Redirects are never followed: correct the endpoint\.$/);
    }
    expect(other.seen).toEqual([]);
    await other.close();
  });

  test("the message says what was asked, what AWS said and what to do", async () => {
    server.script(refuse(400, "ResourceNotFoundException", "Stream orders under account 1 not found."));
    const error = await caught(connect().splitShard(SPLIT));
    expect(error.message).toBe(
      'SplitShard of stream "orders" failed: ResourceNotFoundException: Stream orders under account 1 not found (HTTP 400, request id id-refused). Check the name, the region and the account.',
    );
    expect(error).toMatchObject({
      status: 400,
      operation: "SplitShard",
      requestId: "id-refused",
      retryable: false,
      attempts: 1,
    });
  });

  const unicode = (text: string) =>
    text.replace(/[^a-z]/gi, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const quoted = `The request signature is wrong. The Canonical String for this request should have been 'POST\n/\nx-amz-security-token:${TOKEN}\n'`;
  const json = (message: string) => JSON.stringify({ __type: "InvalidSignatureException", message });
  test.each<[string, string]>([
    ["as AWS quotes it", json(quoted)],
    ["the secret key", json(`The key ${SECRET} and the token ${TOKEN} don't fit`)],
    ["with escaped slashes", json(`${SECRET} ${quoted}`).replaceAll("/", "\\/")],
    ["with escaped characters", `{"__type":"X","message":"${unicode(`${TOKEN} ${SECRET}`)}"}`],
    ["in a proxy's page", `<html>token=${encodeURIComponent(TOKEN)}&amp;key=${SECRET}</html>`],
  ])("no secret gets into an error, %s", async (_name, body) => {
    server.script(raw(403, body));
    const error = await caught(connect().listStreams());
    const everything = [error.stack, JSON.stringify(error), error.body, error.awsMessage, inspect(error, { depth: 9 })];
    for (const text of everything) {
      // Long pieces of letters stay as they are, however the rest is written.
      expect(text).not.toContain("IQoJb3JpZ2luX2VjEXAMPLE");
      expect(text).not.toContain("bPxRfiCYEXAMPLEKEY");
    }
    expect(error.body).toContain("[redacted]");
  });

  test("of a quoted request only the first sentence is told", async () => {
    server.script(refuse(400, "InvalidSignatureException", quoted));
    expect((await caught(connect().listStreams())).awsMessage).toBe("The request signature is wrong.");
  });

  test.each([
    "user:geheim@localhost:4567",
    "ftp://user:geheim@h",
    "https://user:geheim@h/",
    "//user:geheim@h",
    "x?t=geheim",
  ])("nor does the password of the endpoint %s", async (endpoint) => {
    const error = await caught(connect({ endpoint }).listStreams());
    expect(error.code).toBe("ERR_KINESIS_CONFIGURATION");
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
  });
});

describe("retries", () => {
  const throttled = refuse(400, "ProvisionedThroughputExceededException");

  test.each<[string, Behaviour[], number[]]>([
    ["throttling", [throttled, throttled], [500, 1000]],
    ["500", [refuse(500, "InternalFailure")], [100]],
    ["503 with HTML", [raw(503, "<html>busy</html>")], [100]],
    ["503 that says when", [raw(503, "", { "retry-after": "3" })], [3000]],
    ["503 that says later than our own pauses last", [raw(503, "", { "retry-after": "60" })], [60_000]],
    [
      "503 that names a date",
      [raw(503, "", { date: "Mon, 23 Nov 2026 02:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 02:01:00 GMT" })],
      [60_000],
    ],
    ["503 with AWS's own header", [raw(503, "", { "x-amz-retry-after": "1500" })], [1500]],
    ["throttling without the suffix", [refuse(400, "ProvisionedThroughputExceeded")], [500]],
    ["reset after reading", [reset], [100]],
    ["a cut-off answer", [cutOff('{"StreamNames":')], [100]],
    ["fewer bytes than the content length", [cutOff('{"StreamNames":[],"HasMoreStreams":false}')], [100]],
    ["more bytes than the content length", [overlong('{"StreamNames":[],"HasMoreStreams":false}')], [100]],
    ["truncated JSON", [raw(200, '{"StreamNames":')], [100]],
    ["JSON of another form", [ok({ StreamNames: 1 })], [100]],
  ])("after %s", async (_name, behaviours, sleeps) => {
    const platform = fakePlatform();
    server.script(...behaviours, ok(NO_STREAMS));
    await expect(connect({ rateLimits: false }, platform).listStreams()).resolves.toEqual(NO_STREAMS);
    expect(server.seen).toHaveLength(behaviours.length + 1);
    expect(platform.sleeps).toEqual(sleeps);
  });

  test("each attempt is signed anew", async () => {
    server.script(throttled, ok(NO_STREAMS));
    await connect({ rateLimits: false }, fakePlatform({ random: () => 4 })).listStreams();
    const [first, second] = server.seen.map(({ headers }) => headers["x-amz-date"]);
    expect(first).not.toBe(second);
  });

  test("ten attempts, then the last answer", async () => {
    server.otherwise(throttled);
    server.script();
    const error = await caught(connect({ rateLimits: false, deadlineMs: 600_000 }).listStreams());
    expect(server.seen).toHaveLength(10);
    expect(error).toMatchObject({ code: "ProvisionedThroughputExceededException", attempts: 10, retryable: true });
    server.otherwise(ok({}));
  });

  test("no wait that would end after the deadline", async () => {
    server.otherwise(throttled);
    server.script();
    const platform = fakePlatform();
    await caught(connect({ rateLimits: false }, platform).listStreams({}, { deadlineMs: 2000 }));
    expect(platform.sleeps).toEqual([500, 1000]);
    server.otherwise(ok({}));
  });

  test("no wait for a server that wants to be left alone until after the deadline", async () => {
    const platform = fakePlatform();
    server.script(raw(503, "", { "retry-after": "600" }));
    const error = await caught(connect({ rateLimits: false }, platform).listStreams());
    expect([error.code, server.seen.length, platform.sleeps]).toEqual(["HTTP_503", 1, []]);
  });

  test("nothing is sent once the deadline is over, however late a pause ended", async () => {
    const platform = fakePlatform();
    // A machine that slept, or a busy event loop.
    const late = async (ms: number, signal?: AbortSignal) => {
      await platform.sleep(ms, signal);
      platform.advance(60_000);
    };
    server.script(refuse(400, "ThrottlingException"));
    const client = connect({ rateLimits: false }, { ...platform, sleep: late });
    const error = await caught(client.splitShard(SPLIT, { deadlineMs: 10_000 }));
    expect([error.code, server.seen.length]).toEqual(["ThrottlingException", 1]);
  });

  test("a service that is down for everybody gets fewer and fewer retries, then none, until it answers", async () => {
    server.script();
    server.otherwise(refuse(500, "InternalFailure"));
    const client = connect({ rateLimits: false });
    const attempts: number[] = [];
    for (let call = 0; call < 13; call++) attempts.push((await caught(client.listStreams())).attempts);
    // 500 in the purse, 5 for each retry: eleven calls of nine retries, and one retry more.
    expect(attempts).toEqual([...Array(11).fill(10), 2, 1]);
    server.otherwise(ok(NO_STREAMS));
    for (let call = 0; call < 5; call++) await client.listStreams();
    server.script(refuse(500, "InternalFailure"));
    await expect(client.listStreams()).resolves.toEqual(NO_STREAMS);
    server.otherwise(ok({}));
  });

  test("throttled, a call of a limited rate has all its attempts, however many others were throttled before", async () => {
    server.script();
    server.otherwise(refuse(400, "ThrottlingException"));
    const client = connect({}, fakePlatform());
    const attempts: number[] = [];
    const deadlineMs = 3_600_000;
    for (let call = 0; call < 13; call++)
      attempts.push((await caught(client.listStreams({}, { deadlineMs }))).attempts);
    expect(attempts).toEqual(Array(13).fill(10));
    server.otherwise(ok({}));
  });

  test.each([
    ["repeated by itself", { readOnly: true }],
    ["that may not be carried out twice", { readOnly: false }],
  ])("a refusal that breaks off before its code is asked for again, for a call %s", async (_name, { readOnly }) => {
    const body = JSON.stringify({ __type: "LimitExceededException", message: "Rate exceeded" });
    server.script(raw(400, body.slice(0, 12)), ok(NO_STREAMS));
    const client = connect({}, fakePlatform());
    await (readOnly ? client.listStreams() : client.splitShard(SPLIT));
    expect(server.seen).toHaveLength(2);
  });

  test("after a reset before anything was read", async () => {
    const platform = fakePlatform();
    server.script(ok(NO_STREAMS));
    server.resetConnections(1);
    await expect(connect({}, platform).listStreams()).resolves.toEqual(NO_STREAMS);
    expect(server.seen).toHaveLength(1);
    expect(platform.sleeps).toEqual([100]);
  });

  test.each<[string, Behaviour]>([
    ["a slow body", drip],
    ["slow headers", dripHeaders],
  ])("%s ends with the attempt's time", async (_name, behaviour) => {
    server.script(behaviour, ok(NO_STREAMS));
    await expect(connect({ requestTimeoutMs: 150 }).listStreams()).resolves.toEqual(NO_STREAMS);
  });

  test("silence ends with the attempt's time, and says so", async () => {
    server.script(silence);
    const error = await caught(connect({ requestTimeoutMs: 100, maxAttempts: 1 }).listStreams());
    expect([error.code, error.message]).toEqual([
      "ERR_KINESIS_TRANSPORT",
      `ListStreams: no complete answer from ${new URL(server.url).host} in time: try again, or raise \`requestTimeoutMs\`.`,
    ]);
  });
});

describe("what may have taken effect is not repeated", () => {
  test.each<[string, Behaviour]>([
    ["reset after reading", reset],
    ["500", refuse(500, "InternalFailure")],
    ["504 from a load balancer", raw(504, "<html>")],
    ["silence", silence],
  ])("%s", async (_name, behaviour) => {
    server.script(behaviour);
    const error = await caught(connect({ requestTimeoutMs: 150 }).splitShard(SPLIT));
    expect(error.code).toBe("ERR_KINESIS_OUTCOME_UNKNOWN");
    expect(error.message).toMatch(/^SplitShard of stream "orders" was sent and its outcome is not known/);
    expect(server.seen).toHaveLength(1);
  });

  test("an answer that is cut off is no success: it may have been on its way to say something else", async () => {
    server.script(cutOff("{"));
    expect((await caught(connect().splitShard(SPLIT))).code).toBe("ERR_KINESIS_OUTCOME_UNKNOWN");
    expect(server.seen).toHaveLength(1);
  });

  test("throttling certainly had no effect", async () => {
    server.script(refuse(400, "LimitExceededException", "Rate exceeded"), ok());
    await connect().splitShard(SPLIT);
    expect(server.seen).toHaveLength(2);
  });

  test("nor had a connection that was refused", async () => {
    const gone = await startMisbehavingServer();
    await gone.close();
    const error = await caught(connect({ endpoint: gone.url }).splitShard(SPLIT));
    expect(error).toMatchObject({ code: "ERR_KINESIS_TRANSPORT", reason: "ECONNREFUSED", sent: false });
    expect(error.message).toMatch(/nothing answers at 127.0.0.1:\d+ \(connection refused\): check the endpoint/);
  });
});

describe("clock and credentials", () => {
  test("a skewed clock is corrected once, for all later calls too", async () => {
    const platform = fakePlatform();
    const theirs = platform.now() + 3_600_000;
    const skewed = refuse(400, "InvalidSignatureException", "Signature expired", {
      date: new Date(theirs).toUTCString(),
    });
    server.script(skewed, ok(NO_STREAMS), ok(NO_STREAMS));
    const client = connect({}, platform);
    await client.listStreams();
    await client.listStreams();
    const dates = server.seen.map(({ headers }) => String(headers["x-amz-date"]).slice(0, 11));
    const stamp = (time: number) => new Date(time).toISOString().replace(/[-:]/g, "").slice(0, 11);
    expect(dates).toEqual([stamp(platform.now()), stamp(theirs), stamp(theirs)]);
    expect(platform.sleeps).toEqual([]);
  });

  test("parallel calls correct a skewed clock together, not twice", async () => {
    const platform = fakePlatform();
    const theirs = platform.now() + 3_600_000;
    const skewed = refuse(400, "InvalidSignatureException", "", { date: new Date(theirs).toUTCString() });
    server.script(skewed, skewed, ok(NO_STREAMS), ok(NO_STREAMS));
    const client = connect({}, platform);
    await Promise.all([client.listStreams(), client.listStreams()]);
    expect(server.seen).toHaveLength(4);
  });

  test("a bad signature while the clocks agree is final", async () => {
    server.script(refuse(400, "InvalidSignatureException", "", { date: new Date().toUTCString() }));
    const error = await caught(connect().listStreams());
    expect(error.message).toMatch(
      /The secret access key doesn't fit the access key, or this machine's clock is wrong\.$/,
    );
  });

  test("expired credentials are renewed once, at once", async () => {
    let asked = 0;
    const credentials = async () => ({ accessKeyId: `AKID${++asked}`, secretAccessKey: SECRET });
    server.script(refuse(400, "ExpiredTokenException"), ok(NO_STREAMS));
    const platform = fakePlatform();
    await connect({ credentials }, platform).listStreams();
    const keys = server.seen.map(({ headers }) => /Credential=(\w+)/.exec(String(headers.authorization))?.[1]);
    expect(keys).toEqual(["AKID1", "AKID2"]);
    expect(platform.sleeps).toEqual([]);
    server.script(refuse(400, "ExpiredTokenException"), refuse(400, "ExpiredTokenException"));
    expect((await caught(connect({ credentials }).listStreams())).code).toBe("ExpiredTokenException");
  });
});

describe("PutRecords", () => {
  const entry = (place: number) => ({ Data: `r${place}`, PartitionKey: String(place) });
  const stored = (place: number) => ({ ShardId: "s", SequenceNumber: String(place) });
  const busy = { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "busy" };
  const input = { StreamName: "orders", Records: [0, 1, 2, 3].map(entry) };

  test("sends only what failed again, and keeps every result at its record's place", async () => {
    server.script(
      ok({ FailedRecordCount: 2, Records: [stored(0), busy, stored(2), busy] }),
      ok({ FailedRecordCount: 1, Records: [stored(1), busy] }),
      ok({ FailedRecordCount: 0, Records: [stored(3)] }),
    );
    const platform = fakePlatform();
    const output = await connect({}, platform).putRecords(input, { retryFailedRecords: true });
    expect(output).toEqual({ FailedRecordCount: 0, Records: [0, 1, 2, 3].map(stored) });
    const keys = server.seen.map(({ body }) =>
      JSON.parse(body).Records.map((one: { PartitionKey: string }) => one.PartitionKey),
    );
    expect(keys).toEqual([["0", "1", "2", "3"], ["1", "3"], ["3"]]);
    expect(platform.sleeps).toEqual([500, 1000]);
  });

  test("an answer with too few results is none: no record counts as stored without one", async () => {
    server.script(ok({ FailedRecordCount: 0, Records: [stored(0)] }));
    const error = await caught(connect({ maxAttempts: 1 }).putRecords(input, { retryFailedRecords: true }));
    expect([error.code, error.message]).toEqual([
      "ERR_KINESIS_RESPONSE",
      expect.stringMatching(/^PutRecords of stream "orders": the answer has 1 results for 4 records/),
    ]);
  });

  test("gives up with the failures at their place", async () => {
    server.script(ok({ FailedRecordCount: 4, Records: [busy, busy, busy, busy] }));
    server.otherwise(ok({ FailedRecordCount: 4, Records: [busy, busy, busy, busy] }));
    const output = await connect().putRecords(input, { retryFailedRecords: true, maxAttempts: 3 });
    expect(output.FailedRecordCount).toBe(4);
    expect(server.seen).toHaveLength(3);
    server.otherwise(ok({}));
  });

  test("begins no round that would end after the deadline", async () => {
    server.script();
    server.otherwise(ok({ FailedRecordCount: 4, Records: [busy, busy, busy, busy] }));
    const platform = fakePlatform();
    const options = { retryFailedRecords: true, deadlineMs: 2_000 };
    expect((await connect({}, platform).putRecords(input, options)).FailedRecordCount).toBe(4);
    expect([server.seen.length, platform.sleeps]).toEqual([3, [500, 1000]]);
    server.otherwise(ok({}));
  });

  test("an error of a later round stands at the records it concerns", async () => {
    server.script(
      ok({ FailedRecordCount: 1, Records: [stored(0), busy, stored(2), stored(3)] }),
      refuse(400, "AccessDeniedException", "no more"),
    );
    const output = await connect().putRecords(input, { retryFailedRecords: true });
    expect(output.FailedRecordCount).toBe(1);
    expect(output.Records[0]).toEqual(stored(0));
    expect(output.Records[1]).toMatchObject({ ErrorCode: "AccessDeniedException" });
  });

  test("unless asked, failures are the caller's", async () => {
    server.script(ok({ FailedRecordCount: 1, Records: [busy, stored(1), stored(2), stored(3)] }));
    expect((await connect().putRecords(input)).FailedRecordCount).toBe(1);
    expect(server.seen).toHaveLength(1);
  });
});

describe("AbortSignal", () => {
  test.each<[string, Behaviour]>([
    ["on the way", silence],
    ["in the middle of an answer", drip],
  ])("%s", async (_name, behaviour) => {
    server.script(behaviour);
    const abort = new AbortController();
    const call = connect().listStreams({}, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 60);
    await expect(call).rejects.toThrow("enough");
  });

  test("before anything", async () => {
    server.script();
    await expect(connect().listStreams({}, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    expect(server.seen).toHaveLength(0);
  });

  test("what is no longer waited for is nobody's: its rejection is heard all the same", async () => {
    const promise = Promise.resolve();
    const listened = jest.spyOn(promise, "then");
    await expect(unlessAborted(promise, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(listened).toHaveBeenCalledWith(expect.any(Function), expect.any(Function));
  });

  test("one for many calls: Node takes its listeners for no leak", async () => {
    server.script();
    server.otherwise(ok({ ShardId: "s", SequenceNumber: "1" }));
    // In a process of its own: Node's warnings don't reach a test's.
    const program = `
      const { KinesisClient } = require(${JSON.stringify(join(__dirname, "../../provider/client/index.ts"))});
      const credentials = { accessKeyId: "a", secretAccessKey: "s" };
      const client = new KinesisClient({ region: "eu-west-1", endpoint: ${JSON.stringify(server.url)}, credentials });
      const { signal } = new AbortController();
      const put = () => client.putRecord({ StreamName: "orders", Data: "x", PartitionKey: "k" }, { signal });
      Promise.all(Array.from({ length: 30 }, put)).then((all) => console.log(all.length));`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "-e", program]);
    expect([stdout.trim(), stderr]).toEqual(["30", ""]);
    server.otherwise(ok({}));
  }, 30_000);

  test("while it waits for a retry", async () => {
    server.script(refuse(500, "InternalFailure"));
    const abort = new AbortController();
    const platform = fakePlatform({
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          abort.abort(new Error("enough"));
        }),
    });
    await expect(connect({}, platform).listStreams({}, { signal: abort.signal })).rejects.toThrow("enough");
  });
});

describe("credentials that don't come", () => {
  const never = () => new Promise<never>(() => {});

  test("are waited for until the deadline", async () => {
    server.script();
    const error = await caught(connect({ credentials: never }).listStreams({}, { deadlineMs: 3_000 }));
    expect([error.code, error.message]).toEqual([
      "ERR_KINESIS_DEADLINE",
      "ListStreams: no AWS credentials came within the 3000 ms that it may take; nothing was sent: check what gets them (the network, a sign-in, a credential process), or allow more with `deadlineMs`.",
    ]);
    expect(server.seen).toHaveLength(0);
  });

  test("or until the AbortSignal", async () => {
    const abort = new AbortController();
    // Time stands still: only the signal can end it.
    const platform = fakePlatform({ sleep: never });
    const call = connect({ credentials: never }, platform).listStreams({}, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error("enough")));
    await expect(call).rejects.toThrow("enough");
  });
});

describe("close", () => {
  const gate = () => {
    let open = () => {};
    const passed = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, passed };
  };

  test.each<[string, (reached: () => void, go: Promise<void>) => [KinesisClientOptions, FakePlatform]]>([
    [
      "between two attempts",
      (reached, go) => [
        { rateLimits: false },
        fakePlatform({
          sleep: () => {
            reached();
            return go;
          },
        }),
      ],
    ],
    [
      "waiting for credentials",
      (reached, go) => {
        const credentials = async () => {
          reached();
          await go;
          return { accessKeyId: "a", secretAccessKey: "s" };
        };
        return [{ credentials }, fakePlatform({ sleep: () => new Promise(() => {}) })];
      },
    ],
  ])("waits for a call that is %s", async (_name, make) => {
    const [reached, go] = [gate(), gate()];
    server.script(refuse(500, "InternalFailure"), ok(NO_STREAMS));
    if (_name !== "between two attempts") server.script(ok(NO_STREAMS));
    const client = connect(...make(reached.open, go.passed));
    const call = client.listStreams();
    await reached.passed;
    let closed = false;
    const closing = client.close().then(() => {
      closed = true;
    });
    expect((await caught(client.listStreams())).message).toMatch(/the client was closed/);
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    go.open();
    await expect(call).resolves.toEqual(NO_STREAMS);
    await closing;
  });

  test("waits for the rounds of PutRecords, and lets them go on", async () => {
    const busy = { ErrorCode: "ProvisionedThroughputExceededException" };
    const [reached, go] = [gate(), gate()];
    server.script(
      ok({ FailedRecordCount: 1, Records: [busy] }),
      ok({ FailedRecordCount: 0, Records: [{ ShardId: "s", SequenceNumber: "1" }] }),
    );
    const sleep = () => {
      reached.open();
      return go.passed;
    };
    const client = connect({}, fakePlatform({ sleep }));
    const input = { StreamName: "orders", Records: [{ Data: "x", PartitionKey: "k" }] };
    const call = client.putRecords(input, { retryFailedRecords: true });
    await reached.passed;
    const closing = client.close();
    go.open();
    expect((await call).FailedRecordCount).toBe(0);
    await closing;
  });

  test("a second time is as good as the first", async () => {
    const client = connect();
    server.script(ok(NO_STREAMS));
    await client.listStreams();
    await Promise.all([client.close(), client.close()]);
    await client.close();
  });
});

describe("credentials that hang once", () => {
  test("don't hold up the calls after them", async () => {
    let asked = 0;
    const credentials = () =>
      ++asked === 1 ? new Promise<never>(() => {}) : Promise.resolve({ accessKeyId: "a", secretAccessKey: "s" });
    server.script(ok(NO_STREAMS));
    const client = connect({ credentials });
    expect((await caught(client.listStreams({}, { deadlineMs: 3_000 }))).code).toBe("ERR_KINESIS_DEADLINE");
    await expect(client.listStreams({}, { deadlineMs: 3_000 })).resolves.toEqual(NO_STREAMS);
  });
});

describe("iterators ask for every page", () => {
  const shard = (id: string) => ({
    ShardId: id,
    HashKeyRange: { StartingHashKey: "0", EndingHashKey: "1" },
    SequenceNumberRange: { StartingSequenceNumber: "1" },
  });

  test("shards: the token travels without the stream", async () => {
    server.script(
      ok({ Shards: [shard("a"), shard("b")], NextToken: "t" }),
      ok({ Shards: [shard("c")], NextToken: "u" }),
      ok({ Shards: [shard("d")] }),
    );
    const ids: string[] = [];
    for await (const { ShardId } of connect().shards({ StreamName: "orders", MaxResults: 2 })) ids.push(ShardId);
    expect(ids).toEqual(["a", "b", "c", "d"]);
    expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([
      { StreamName: "orders", MaxResults: 2 },
      { NextToken: "t", MaxResults: 2 },
      { NextToken: "u", MaxResults: 2 },
    ]);
  });

  const consumersOf = { StreamARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/orders" };
  test.each<[string, object, (client: KinesisClient) => AsyncGenerator<unknown>]>([
    ["ListShards", { Shards: [shard("a")], NextToken: "t" }, (client) => client.shards({ StreamName: "orders" })],
    ["ListStreams", { StreamNames: ["a"], HasMoreStreams: true }, (client) => client.streams()],
    [
      "ListTagsForStream",
      { Tags: [{ Key: "k", Value: "v" }], HasMoreTags: true },
      (client) => client.tags({ StreamName: "orders" }),
    ],
    ["ListStreamConsumers", { Consumers: [], NextToken: "t" }, (client) => client.consumers(consumersOf)],
    ["ListChannels", { ChannelSummaries: [], NextToken: "t" }, (client) => client.channels()],
  ])("%s: a server that begins again and again is told, not followed", async (operation, page, list) => {
    // Were it followed, the rest would be answered in another form: the test ends either way.
    server.script(ok(page), ok(page));
    const all = async () => {
      for await (const _one of list(connect({ maxAttempts: 1 })));
    };
    const error = await caught(all());
    expect(error.message).toMatch(new RegExp(`^${operation}: the answer says to go on where it began`));
    expect(server.seen).toHaveLength(2);
  });

  test("consumers: the creation time only at first", async () => {
    const consumer = (ConsumerName: string) => ({
      ConsumerName,
      ConsumerARN: "arn",
      ConsumerStatus: "ACTIVE",
      ConsumerCreationTimestamp: 1,
    });
    const StreamARN = "arn:aws:kinesis:eu-central-1:123456789012:stream/orders";
    server.script(ok({ Consumers: [consumer("a")], NextToken: "t" }), ok({ Consumers: [consumer("b")] }));
    const names: string[] = [];
    const input = { StreamARN, StreamCreationTimestamp: new Date(1000) };
    for await (const { ConsumerName } of connect().consumers(input)) names.push(ConsumerName);
    expect(names).toEqual(["a", "b"]);
    expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([
      { StreamARN, StreamCreationTimestamp: 1 },
      { StreamARN, NextToken: "t" },
    ]);
  });

  test("channels", async () => {
    const channel = (ChannelName: string) => ({
      ChannelName,
      ChannelARN: "arn",
      ChannelId: "id",
      ChannelStatus: "ACTIVE",
      ChannelCreationTimestamp: 1,
      ChannelDestinationType: "S3",
      Streams: [],
    });
    server.script(ok({ ChannelSummaries: [channel("a")], NextToken: "t" }), ok({ ChannelSummaries: [channel("b")] }));
    const names: string[] = [];
    for await (const { ChannelName } of connect().channels({ MaxResults: 1 })) names.push(ChannelName);
    expect(names).toEqual(["a", "b"]);
    expect(JSON.parse(server.seen[1]?.body ?? "")).toEqual({ MaxResults: 1, NextToken: "t" });
  });

  test("tags", async () => {
    server.script(
      ok({ Tags: [{ Key: "a", Value: "1" }], HasMoreTags: true }),
      ok({ Tags: [{ Key: "b", Value: "2" }], HasMoreTags: false }),
    );
    const keys: string[] = [];
    for await (const { Key } of connect().tags({ StreamName: "orders" })) keys.push(Key);
    expect(keys).toEqual(["a", "b"]);
    expect(JSON.parse(server.seen[1]?.body ?? "")).toEqual({ StreamName: "orders", ExclusiveStartTagKey: "a" });
  });

  test("streams", async () => {
    server.script(
      ok({ StreamNames: ["a", "b"], HasMoreStreams: true }),
      ok({ StreamNames: ["c"], HasMoreStreams: false }),
    );
    const names: string[] = [];
    for await (const name of connect().streams({ Limit: 2 })) names.push(name);
    expect(names).toEqual(["a", "b", "c"]);
    expect(JSON.parse(server.seen[1]?.body ?? "")).toEqual({ Limit: 2, ExclusiveStartStreamName: "b" });
  });
});

describe("what a person sees when settings are missing", () => {
  const nowhere = { HOME: "/nonexistent" };
  test.each<[string, KinesisClientOptions, Record<string, string>, RegExp]>([
    ["no region", { endpoint: "http://localhost:1" }, {}, /^No AWS region is set: set AWS_REGION/],
    [
      "a region that is none",
      { region: "evil.com/" },
      {},
      /^"evil.com\/" is no AWS region: write one like "eu-central-1"\.$/,
    ],
    [
      "an unknown profile",
      { profile: "prod" },
      {},
      /^The AWS profile "prod" \(given as `profile`\) is neither in .* nor in .*: name one that is/,
    ],
    ["an unknown AWS_PROFILE", {}, { AWS_PROFILE: "prod" }, /^The AWS profile "prod" \(from AWS_PROFILE\)/],
    [
      "an unknown profile where nothing else needs one",
      { profile: "prod", region: "eu-west-1", endpoint: "http://localhost:1" },
      { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" },
      /^The AWS profile "prod" \(given as `profile`\) is neither in \/nonexistent\/.aws\/config nor in \/nonexistent\/.aws\/credentials: name one that is, or add it with `aws configure --profile prod`\.$/,
    ],
    [
      "an endpoint without a scheme",
      { region: "eu-west-1", endpoint: "localhost:4567" },
      {},
      /^The endpoint "localhost:4567" \(from the client's `endpoint`\) is no URL/,
    ],
    [
      "a proxy that is no URL",
      { region: "eu-west-1" },
      { HTTPS_PROXY: "http://user:gehe/im@proxy" },
      /^The proxy in HTTPS_PROXY is no URL/,
    ],
    [
      "half a credential",
      { region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "" } },
      {},
      /^The AWS credentials lack accessKeyId or secretAccessKey/,
    ],
  ])("%s", async (_name, options, env, message) => {
    const client = new KinesisClient(options, fakePlatform({ env: { ...nowhere, ...env } }));
    const error = await caught(client.listStreams());
    expect(error.code).toBe("ERR_KINESIS_CONFIGURATION");
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n/);
  });

  test("a host that does not resolve", async () => {
    const client = connect({ endpoint: "http://kinesis.invalid" });
    const error = await caught(client.listStreams());
    expect(error.message).toMatch(
      /^ListStreams: the host kinesis.invalid does not resolve: check the region or the endpoint/,
    );
  });
});
