import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Credentials, KinesisClientOptions } from "../../provider/client";
import { KinesisClient } from "../../provider/client";
import type { RateLimits } from "../../provider/client/rate-limits";
import { accountOf, limitsKey, sharedRateLimits } from "../../provider/client/shared-limits";
import type { Platform } from "../../provider/platform";
import { realPlatform } from "../../provider/platform";
import type { FakePlatform } from "./fake-platform";
import { fakePlatform } from "./fake-platform";
import type { Behaviour, MisbehavingServer } from "./misbehaving-server";
import { ok, refuse, reset, startMisbehavingServer } from "./misbehaving-server";

/** A Kinesis that keeps its limits: five CREATING, five CreateStream a second; counts what breaks them. */
let server: MisbehavingServer;
const streams = new Map<string, number>();
/** When each create was signed. */
const signed: number[] = [];
let refused = 0;
let createdMost = 0;
let createForMs = 0;
let clock: Pick<Platform, "monotonicMs">;

/**
 * Its wall clock runs a thousand times as fast as its monotonic one: x-amz-date counts seconds, so it tells to the
 * millisecond when a request was signed, however long the machine takes to bring it to the server.
 */
function preciselySigning(): FakePlatform {
  const platform = fakePlatform();
  return { ...platform, now: () => Date.UTC(2026, 0, 1) + 1_000 * Math.floor(platform.monotonicMs()) };
}

/**
 * Lets time pass by a millisecond with each turn of the event loop, in which the requests on their way get on, too.
 * Without it a fake clock would leap to the deadline while a look is under way.
 */
function letTimePass(platform: FakePlatform): () => void {
  let passing = true;
  void (async () => {
    while (passing) await platform.sleep(1);
  })();
  return () => {
    passing = false;
  };
}

function signedMs(date: string): number {
  const iso = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return (Date.parse(iso) - Date.UTC(2026, 0, 1)) / 1_000;
}

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
  signed.push(signedMs(String(seen.headers["x-amz-date"])));
  if (streams.has(StreamName)) {
    return refuse(400, "ResourceInUseException", "Stream exists")(response, seen, socket);
  }
  if (creating >= 5) {
    refused++;
    return refuse(400, "LimitExceededException", "Too many are creating")(response, seen, socket);
  }
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
  signed.length = 0;
  refused = 0;
  createdMost = 0;
  server.script();
});

const connect = (platform: Platform, options: KinesisClientOptions = {}) =>
  new KinesisClient(
    {
      region: "eu-west-1",
      endpoint: server.url,
      credentials: { accessKeyId: expect.getState().currentTestName?.replace(/\W+/g, "-") ?? "", secretAccessKey: "s" },
      ...options,
    },
    platform,
  );

describe("clients of one account share its limits", () => {
  test("twelve creates by three clients: never a sixth CREATING, never a sixth a second, never a refusal", async () => {
    const platform = preciselySigning();
    clock = platform;
    createForMs = 300;
    const clients = [1, 2, 3].map(() => connect(platform));
    const stop = letTimePass(platform);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        clients[index % 3]?.createStream({ StreamName: `s${index}`, ShardCount: 1 }),
      ),
    ).finally(stop);
    expect(streams.size).toBe(12);
    expect(createdMost).toBe(5);
    expect(refused).toBe(0);
    expect(signed).toHaveLength(12);
    for (const time of signed) {
      expect(signed.filter((other) => other >= time && other < time + 1_000).length).toBeLessThanOrEqual(5);
    }
    await Promise.all(clients.map((client) => client.close()));
  });

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

    test("goes on when another client's waiter is the first in it and was closed", async () => {
      const platform = fakePlatform();
      const closing = await full(platform);
      const other = connect(platform);
      const abandoned = closing.createStream({ StreamName: "sixth", ShardCount: 1 }).catch(() => {});
      const next = other.createStream({ StreamName: "seventh", ShardCount: 1 });
      const closed = closing.close();
      createForMs = 0;
      const stop = letTimePass(platform);
      await next.finally(stop);
      expect(platform.monotonicMs()).toBeLessThan(5_000);
      await Promise.all([abandoned, closed, other.close()]);
    });

    test("lets AWS decide where the caller may not look at streams", async () => {
      const platform = fakePlatform();
      const client = await full(platform);
      server.otherwise((response, seen, socket) =>
        (seen.operation === "DescribeStreamSummary" ? refuse(400, "AccessDeniedException") : kinesis)(
          response,
          seen,
          socket,
        ),
      );
      createForMs = 0;
      const stop = letTimePass(platform);
      await client.createStream({ StreamName: "sixth", ShardCount: 1 }).finally(stop);
      server.otherwise(kinesis);
      expect(server.seen.filter(({ operation }) => operation === "DescribeStreamSummary")).toHaveLength(5);
      expect(platform.monotonicMs()).toBeLessThan(3_000);
      await client.close();
    });

    test("doesn't move on for a second create of a stream that is CREATING", async () => {
      const platform = fakePlatform();
      const client = await full(platform);
      await expect(client.createStream({ StreamName: "a", ShardCount: 1 })).rejects.toMatchObject({
        code: "ResourceInUseException",
      });
      await expect(
        client.createStream({ StreamName: "sixth", ShardCount: 1 }, { deadlineMs: 20_000 }),
      ).rejects.toMatchObject({ code: "ERR_KINESIS_DEADLINE" });
      expect(refused).toBe(0);
      await client.close();
    });

    test("counts a stream whose create may have taken effect, or that was there already", async () => {
      const platform = fakePlatform();
      clock = platform;
      createForMs = Number.POSITIVE_INFINITY;
      const client = connect(platform);
      await Promise.all(names.slice(2).map((StreamName) => client.createStream({ StreamName, ShardCount: 1 })));
      streams.set("a", platform.monotonicMs());
      streams.set("b", platform.monotonicMs());
      server.script(refuse(400, "ResourceInUseException"), reset);
      const create = (StreamName: string, deadlineMs?: number) =>
        client.createStream({ StreamName, ShardCount: 1 }, { deadlineMs }).catch(({ code }) => code);
      expect(await create("a")).toBe("ResourceInUseException");
      expect(await create("b")).toBe("ERR_KINESIS_OUTCOME_UNKNOWN");
      expect(await create("sixth", 20_000)).toBe("ERR_KINESIS_DEADLINE");
      expect(refused).toBe(0);
      await client.close();
    });

    test("is none for who comes after a refused create: it holds no place", async () => {
      const platform = fakePlatform();
      clock = platform;
      createForMs = Number.POSITIVE_INFINITY;
      const client = connect(platform);
      await Promise.all(names.slice(1).map((StreamName) => client.createStream({ StreamName, ShardCount: 1 })));
      server.script(refuse(400, "InvalidArgumentException"));
      await client.createStream({ StreamName: "bad", ShardCount: 1 }).catch(() => {});
      platform.advance(1_100);
      await client.createStream({ StreamName: "a", ShardCount: 1 });
      expect(platform.sleeps).toEqual([]);
      await client.close();
    });

    for (const describe of ["describeStream", "describeStreamSummary"] as const) {
      test(`is none for who comes after ${describe} has seen a stream ACTIVE`, async () => {
        const platform = fakePlatform();
        const client = await full(platform);
        createForMs = 0;
        if (describe === "describeStream") {
          const { StreamDescriptionSummary } = summary("c", "ACTIVE");
          server.script(ok({ StreamDescription: { ...StreamDescriptionSummary, Shards: [], HasMoreShards: false } }));
        }
        await client[describe]({ StreamName: "c" });
        platform.advance(1_100);
        await client.createStream({ StreamName: "sixth", ShardCount: 1 });
        expect(platform.sleeps).toEqual([]);
        await client.close();
      });
    }

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

  test("throttling and success reach the bucket", async () => {
    const platform = fakePlatform();
    clock = platform;
    const client = connect(platform);
    server.script(refuse(400, "ThrottlingException"));
    // The pause, then what is left of 1,680 ms; then the pace that each success makes quicker.
    for (let count = 0; count < 4; count++) await client.describeLimits();
    expect(platform.sleeps.map(Math.round)).toEqual([500, 1180, 1680, 1630, 1580]);
    await client.close();
  });

  test("GetRecords: five a second for each shard, told by the iterators that AWS gave out", async () => {
    const platform = fakePlatform();
    clock = platform;
    const client = connect(platform);
    let given = 0;
    server.otherwise((response, seen, socket) => {
      const { ShardId, ShardIterator = ShardId } = JSON.parse(seen.body);
      const next = `${ShardIterator.slice(0, 7)} ${++given}`;
      const answer = ShardId ? { ShardIterator: next } : { Records: [], NextShardIterator: next };
      return ok(answer)(response, seen, socket);
    });
    const read = async (ShardId: string, times: number) => {
      let { ShardIterator } = await client.getShardIterator({
        StreamName: "s",
        ShardId,
        ShardIteratorType: "TRIM_HORIZON",
      });
      for (let count = 0; count < times; count++) {
        ({ NextShardIterator: ShardIterator } = await client.getRecords({ ShardIterator: ShardIterator ?? "" }));
      }
    };
    await read("shard-1", 5);
    await read("shard-2", 5);
    expect(platform.sleeps).toEqual([]);
    await read("shard-1", 1);
    expect(platform.sleeps.map(Math.round)).toEqual([1050]);
    server.otherwise(kinesis);
    await client.close();
  });

  test("the one call of a stream isn't starved by the thousand of another", async () => {
    const platform = fakePlatform();
    clock = platform;
    createForMs = 0;
    // A socket for each: the faked time passes while they wait for real ones.
    const client = connect(platform, { maxSockets: 1_000 });
    // Some four hundred of the thousand get their turn.
    const busy = Array.from({ length: 1_000 }, () =>
      client.describeStreamSummary({ StreamName: "busy" }, { deadlineMs: 20_000 }).catch(() => {}),
    );
    await client.describeStreamSummary({ StreamName: "other" });
    await Promise.all(busy);
    // Twenty of the thousand went at once; the other's was among the next twenty. (Some overtake others on the way.)
    const names = server.seen.map(({ body }) => JSON.parse(body).StreamName);
    expect(names.length).toBeGreaterThan(150);
    expect(names.indexOf("other")).toBeLessThan(100);
    await client.close();
  });
});

describe("whose limits are the same", () => {
  const secretAccessKey = "s";
  // The example keys of those who found out: 609629065308 and 029608264753.
  const keys = { accessKeyId: "ASIAY34FZKBOKMUTVV7A", secretAccessKey };
  const key = (url: string, credentials: Credentials = keys, region = "eu-west-1") =>
    limitsKey(new URL(url), region, credentials);

  test("the account: as the credentials say, or their key; else the key stands for itself", () => {
    const { accountId } = { accountId: "123456789012" };
    expect(accountOf({ ...keys, accountId })).toBe(accountId);
    expect(accountOf(keys)).toBe("609629065308");
    expect(accountOf({ accessKeyId: "ASIAQNZGKIQY56JQ7WML", secretAccessKey })).toBe("029608264753");
    // Before 2019 keys began with AKIAI or AKIAJ and carried nothing; an emulator's are anything.
    for (const accessKeyId of ["AKIAIOSFODNN7EXAMPLE", "test", "asiay34fzkbokmutvv7a"]) {
      expect(accountOf({ accessKeyId, secretAccessKey })).toBeUndefined();
    }
    expect(key("http://localhost:4567", { accessKeyId: "test", secretAccessKey })).toBe("http://localhost:4567 test");
  });

  test("the region: by all of AWS's names for its endpoints; others stand for themselves", () => {
    for (const url of [
      "https://kinesis.eu-west-1.amazonaws.com",
      "https://kinesis-fips.eu-west-1.amazonaws.com",
      "https://kinesis.eu-west-1.api.aws",
      "https://vpce-0a1b-2c3d.kinesis.eu-west-1.vpce.amazonaws.com",
    ]) {
      expect(key(url)).toBe("eu-west-1 609629065308");
    }
    expect(key("https://kinesis.us-east-1.amazonaws.com", keys, "us-east-1")).toBe("us-east-1 609629065308");
    expect(key("https://kinesis.corp.example:8443")).toBe("https://kinesis.corp.example:8443 609629065308");
    expect(key("https://amazonaws.com.example")).toBe("https://amazonaws.com.example 609629065308");
  });

  test("two clients with different keys of one account wait for each other", async () => {
    const platform = fakePlatform();
    clock = platform;
    const client = connect(platform, { credentials: keys });
    const other = connect(platform, { credentials: { accessKeyId: "AKIAY34FZKBOAAAAAAAA", secretAccessKey } });
    await client.describeLimits();
    await other.describeLimits();
    expect(platform.sleeps.map(Math.round)).toEqual([1050]);
    await Promise.all([client.close(), other.close()]);
  });

  test("accounts that nobody calls for any more are forgotten, those in use are kept", () => {
    const platform = fakePlatform();
    const limitsOf = (account: string) => sharedRateLimits(platform, account);
    const use = (limits: RateLimits) =>
      limits.bucket("ListStreams", { calls: 5, per: "account", source: "assumed" }, "");
    const gone = limitsOf("gone");
    use(gone);
    platform.advance(600_000);
    const used = limitsOf("used");
    use(used);
    for (let tenant = 0; tenant < 1_000; tenant++) limitsOf(`tenant ${tenant}`);
    expect(limitsOf("used")).toBe(used);
    expect(limitsOf("gone")).not.toBe(gone);
  });

  test("a client whose limits were forgotten shares them again with those that come after", async () => {
    const platform = fakePlatform();
    clock = platform;
    const [client, other] = [connect(platform), connect(platform)];
    await client.describeLimits();
    await other.describeLimits();
    platform.advance(600_000);
    for (let tenant = 0; tenant < 1_000; tenant++) sharedRateLimits(platform, `tenant ${tenant}`);
    platform.sleeps.length = 0;
    await other.describeLimits();
    await client.describeLimits();
    await connect(platform).describeLimits();
    expect(platform.sleeps.map(Math.round)).toEqual([1050, 1050]);
    await Promise.all([client.close(), other.close()]);
  });
});
