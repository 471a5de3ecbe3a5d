import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { KinesisClientOptions } from "../../provider/client";
import { KinesisClient } from "../../provider/client";
import type { Platform } from "../../provider/platform";
import { realPlatform } from "../../provider/platform";
import type { FakePlatform } from "./fake-platform";
import { fakePlatform } from "./fake-platform";
import type { Behaviour, MisbehavingServer } from "./misbehaving-server";
import { ok, refuse, startMisbehavingServer } from "./misbehaving-server";

/** A Kinesis that keeps its limits: five CREATING, five CreateStream a second; counts what breaks them. */
let server: MisbehavingServer;
const streams = new Map<string, number>();
const created: number[] = [];
let refused = 0;
let createdMost = 0;
let createForMs = 0;
let clock: Pick<Platform, "monotonicMs">;

const summary = (name: string, status: string) => ({
  StreamDescriptionSummary: {
    StreamName: name,
    StreamARN: `arn:aws:kinesis:eu-west-1:000000000000:stream/${name}`,
    StreamStatus: status,
    RetentionPeriodHours: 24,
    StreamCreationTimestamp: 1,
    EnhancedMonitoring: [],
    OpenShardCount: 1,
  },
});
const LIMITS = { ShardLimit: 1, OpenShardCount: 1, OnDemandStreamCount: 0, OnDemandStreamCountLimit: 1 };
const isCreating = (name: string) => clock.monotonicMs() - (streams.get(name) ?? 0) < createForMs;

const kinesis: Behaviour = (response, seen, socket) => {
  if (seen.operation === "DescribeLimits") return ok(LIMITS)(response, seen, socket);
  const { StreamName } = JSON.parse(seen.body);
  if (seen.operation === "DescribeStreamSummary") {
    return ok(summary(StreamName, isCreating(StreamName) ? "CREATING" : "ACTIVE"))(response, seen, socket);
  }
  const now = clock.monotonicMs();
  const creating = [...streams.keys()].filter(isCreating).length;
  // Five a second, measured with the 0.3 s that a loaded machine may need to bring a call from there to here.
  const lately = created.filter((time) => now - time < 700).length;
  if (creating >= 5 || lately >= 5) {
    refused++;
    return refuse(400, "LimitExceededException", "Rate exceeded")(response, seen, socket);
  }
  created.push(now);
  streams.set(StreamName, now);
  createdMost = Math.max(createdMost, creating + 1);
  return ok()(response, seen, socket);
};

beforeAll(async () => {
  server = await startMisbehavingServer();
  server.otherwise(kinesis);
});
afterAll(() => server.close());
beforeEach(() => {
  streams.clear();
  created.length = 0;
  refused = 0;
  createdMost = 0;
  server.script();
});

const connect = (platform: Platform, options: KinesisClientOptions = {}) =>
  new KinesisClient(
    {
      region: "eu-west-1",
      endpoint: server.url,
      credentials: { accessKeyId: `key-${expect.getState().currentTestName}`, secretAccessKey: "s" },
      ...options,
    },
    platform,
  );

describe("clients of one account share its limits", () => {
  test("twelve creates by three clients: never a sixth CREATING, never a refusal", async () => {
    clock = realPlatform;
    createForMs = 300;
    const clients = [1, 2, 3].map(() => connect(realPlatform));
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        clients[index % 3]?.createStream({ StreamName: `s${index}`, ShardCount: 1 }),
      ),
    );
    expect(streams.size).toBe(12);
    expect(createdMost).toBeLessThanOrEqual(5);
    expect(refused).toBe(0);
    await Promise.all(clients.map((client) => client.close()));
  }, 30_000);

  test("without limits AWS refuses, and retries still get there", async () => {
    const platform = fakePlatform();
    clock = platform;
    createForMs = 300;
    const client = connect(platform, { rateLimits: false });
    await Promise.all(
      Array.from({ length: 7 }, (_, index) => client.createStream({ StreamName: `s${index}`, ShardCount: 1 })),
    );
    expect(refused).toBeGreaterThan(0);
    expect(streams.size).toBe(7);
    await client.close();
  });

  test("another account's limits are its own", async () => {
    const platform: FakePlatform = fakePlatform();
    clock = platform;
    const one = connect(platform, { credentials: { accessKeyId: "one", secretAccessKey: "s" } });
    const other = connect(platform, { credentials: { accessKeyId: "other", secretAccessKey: "s" } });
    const calls = [one, other].flatMap((client) =>
      Array.from({ length: 20 }, () => client.describeStreamSummary({ StreamName: "s" })),
    );
    await Promise.all(calls);
    expect(platform.sleeps).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  test("renewed keys are the same account's: the limits stay, for other clients too", async () => {
    const platform = fakePlatform();
    clock = platform;
    const keys = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "s" });
    let name = "temporary-1";
    // As an instance's role gives them: good for so long, without the account's number.
    const role = async () => ({ ...keys(name), expiration: new Date(platform.now() + 3_600_000) });
    const client = connect(platform, { credentials: role });
    await client.describeLimits();
    name = "temporary-2";
    server.script(refuse(400, "ExpiredTokenException"));
    await client.describeLimits();
    const other = connect(platform, { credentials: keys("temporary-2") });
    await client.describeLimits();
    await other.describeLimits();
    // One a second: the first went at once, each of the four requests after it waited for its token.
    expect(platform.sleeps.map(Math.round)).toEqual([1050, 1050, 1050, 1050]);
    await Promise.all([client.close(), other.close()]);
  });

  test("keys of another account have limits of their own", async () => {
    const platform = fakePlatform();
    clock = platform;
    let accountId = "111111111111";
    const role = async () => ({ accessKeyId: `key-${accountId}`, secretAccessKey: "s", accountId });
    const client = connect(platform, { credentials: role });
    await client.describeLimits();
    accountId = "222222222222";
    server.script(refuse(400, "ExpiredTokenException"));
    // The call under way keeps its line; the next one is the other account's.
    await client.describeLimits();
    await client.describeLimits();
    expect(platform.sleeps.map(Math.round)).toEqual([1050, 1050]);
    await client.close();
  });

  describe("the line for one of five places", () => {
    const names = ["a", "b", "c", "d", "e"];
    const full = async (platform: Platform) => {
      clock = platform;
      createForMs = Number.POSITIVE_INFINITY;
      const client = connect(platform);
      await Promise.all(names.map((StreamName) => client.createStream({ StreamName, ShardCount: 1 })));
      return client;
    };

    test("ends at the call's deadline, with nothing sent", async () => {
      const client = await full(fakePlatform());
      await expect(
        client.createStream({ StreamName: "sixth", ShardCount: 1 }, { deadlineMs: 30_000 }),
      ).rejects.toMatchObject({
        code: "ERR_KINESIS_DEADLINE",
        message:
          'CreateStream of stream "sixth": after 30000 ms five streams were still CREATING, and AWS admits no more at a time; nothing was sent: try again later, or allow more with `deadlineMs`.',
      });
      expect([...streams.keys()]).toEqual(names);
      await client.close();
    });

    test("ends with the AbortSignal", async () => {
      const client = await full(realPlatform);
      const abort = new AbortController();
      const waiting = client.createStream({ StreamName: "sixth", ShardCount: 1 }, { signal: abort.signal });
      setImmediate(() => abort.abort(new Error("enough")));
      await expect(waiting).rejects.toThrow("enough");
      expect([...streams.keys()]).toEqual(names);
      await client.close();
    });
  });

  test("the line for a rate ends with the AbortSignal", async () => {
    clock = realPlatform;
    const client = connect(realPlatform);
    await client.describeLimits();
    const abort = new AbortController();
    const waiting = client.describeLimits({}, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error("enough")));
    await expect(waiting).rejects.toThrow("enough");
    expect(server.seen).toHaveLength(1);
    await client.close();
  });

  test("a call whose turn comes too late says what it waited for", async () => {
    const platform = fakePlatform();
    clock = platform;
    const client = connect(platform);
    await client.describeLimits();
    await expect(client.describeLimits({}, { deadlineMs: 200 })).rejects.toMatchObject({
      code: "ERR_KINESIS_DEADLINE",
      message:
        "DescribeLimits: its turn would come after the 200 ms that it may take (AWS admits 1 a second for each account): try again later, or allow more with `deadlineMs`.",
    });
    await client.close();
  });
});
