import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { findStreams } from "../../provider/cli/adopt-streams";
import { KinesisClient } from "../../provider/client";
import type { Behaviour, MisbehavingServer } from "../client/misbehaving-server";
import { ok, refuse, startMisbehavingServer } from "../client/misbehaving-server";
import { wholeKeySpace } from "../support/shards";
import { cli } from "./cli";

const directory = mkdtempSync(join(tmpdir(), "adopt-streams-"));
let server: MisbehavingServer;
beforeAll(async () => {
  server = await startMisbehavingServer();
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

/** Streams by name, with their status, on pages of two, and whatever else `operations` says. */
const account =
  (streams: Record<string, string>, operations: Record<string, Behaviour> = {}): Behaviour =>
  (response, seen, socket) => {
    const { StreamName = "", ExclusiveStartStreamName = "" } = JSON.parse(seen.body);
    const names = Object.keys(streams).filter((name) => name > ExclusiveStartStreamName);
    const [
      { startingHashKey: StartingHashKey, endingHashKey: EndingHashKey } = { startingHashKey: "", endingHashKey: "" },
    ] = wholeKeySpace;
    const shard = {
      ShardId: "shardId-000000000000",
      HashKeyRange: { StartingHashKey, EndingHashKey },
      SequenceNumberRange: { StartingSequenceNumber: "1" },
    };
    const summary = {
      StreamName,
      StreamARN: `arn:aws:kinesis:eu-west-1:111122223333:stream/${StreamName}`,
      StreamStatus: streams[StreamName],
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: 1700000000,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: "NONE",
      OpenShardCount: 1,
    };
    const Tags = [
      { Key: "aws:cloudformation:stack-name", Value: "theirs" },
      { Key: "team", Value: "a" },
    ];
    const gone = refuse(400, "ResourceNotFoundException", `Stream ${StreamName} not found.`);
    const usual: Record<string, Behaviour> = {
      ListStreams: ok({ StreamNames: names.slice(0, 2), HasMoreStreams: names.length > 2 }),
      DescribeStreamSummary: streams[StreamName] === undefined ? gone : ok({ StreamDescriptionSummary: summary }),
      ListShards: ok({ Shards: [shard] }),
      ListTagsForStream: ok({ Tags, HasMoreTags: false }),
      GetResourcePolicy: ok({ Policy: "{}" }),
      ListStreamConsumers: ok({ Consumers: [] }),
    };
    (operations[seen.operation] ?? usual[seen.operation] ?? gone)(response, seen, socket);
  };

const FIVE = {
  "bills-a": "ACTIVE",
  "bills-b": "DELETING",
  "bills-c": "CREATING",
  orders: "ACTIVE",
  "x.bills": "ACTIVE",
};
beforeEach(() => {
  server.script();
  server.otherwise(account(FIVE));
});

const find = async (...names: string[]) => {
  const [region, endpoint] = ["eu-west-1", server.url];
  const client = new KinesisClient({ region, endpoint, credentials: { accessKeyId: "A", secretAccessKey: "B" } });
  try {
    const { streams, notes } = await findStreams({ client, region, endpoint }, names);
    return { streams, names: streams.map(({ stream }) => stream.name), notes };
  } finally {
    await client.close();
  }
};

test("a pattern stands for streams of every page; those that come or go are left out, with a sentence", async () => {
  const { streams, names, notes } = await find("*");
  expect(names).toEqual(["bills-a", "orders", "x.bills"]);
  expect(notes).toEqual([
    "stream bills-b is being deleted: it is left out",
    "stream bills-c is still being created: it is left out",
  ]);
  expect(streams[0]).toMatchObject({ tags: { team: "a" }, policy: undefined, consumers: [] });
});

test("names and patterns together, each stream once; a dot stands for itself", async () => {
  expect((await find("orders", "bills?a", "o*", "bills-*")).names).toEqual(["orders", "bills-a"]);
  await expect(find("orders", "bills.*")).rejects.toThrow(/no stream like bills\.\*/);
});

test("a name needs no list of all streams", async () => {
  await find("orders");
  expect(server.seen.map(({ operation }) => operation).sort()).toEqual([
    ...["DescribeStreamSummary", "GetResourcePolicy", "ListShards", "ListStreamConsumers", "ListTagsForStream"],
  ]);
});

test("what may not be looked for is told, and the stream is written all the same", async () => {
  const denied = refuse(400, "AccessDeniedException");
  server.otherwise(account(FIVE, { GetResourcePolicy: denied, ListStreamConsumers: denied }));
  expect(await find("orders")).toMatchObject({
    names: ["orders"],
    notes: [
      "stream orders: a resource policy was not looked for, AWS denies GetResourcePolicy",
      "stream orders: consumers were not looked for, AWS denies ListStreamConsumers",
    ],
  });
});

test.each([
  ["ordres", /^There is no stream ordres in eu-west-1 \(through http/],
  ["nothing-*", /^There is no stream like nothing-\* in eu-west-1/],
  ["bills-b", /^there is no stream to write a program for; stream bills-b is being deleted: it is left out/],
])("no stream to adopt is a sentence: %s", async (name, sentence) => {
  await expect(find(name)).rejects.toThrow(sentence);
});

const KEYS = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "B", AWS_REGION: "eu-west-1" };
const adopt = (...args: string[]) => cli(["adopt", ...args, "--endpoint", server.url], KEYS);
const streamsIn = (text: string) => [...text.matchAll(/new Stream\("([^"]+)"/g)].map(([, name]) => name);

test("the program goes to standard output, what is told of it beside that", async () => {
  const { code, stdout, stderr } = await adopt("--stream", "orders", "bills-*");
  expect({ code, streams: streamsIn(stdout) }).toEqual({ code: 0, streams: ["orders", "bills-a"] });
  expect(stderr).toMatch(/^stream bills-b is being deleted: it is left out\nstream bills-c /);
  expect(stderr).toMatch(/\n2 streams of eu-west-1: `pulumi preview` must say "will adopt" of each, /);
});

test("a program that is there is not written over", async () => {
  const out = join(directory, "index.ts");
  expect(await adopt("--stream", "orders", "--out", out)).toMatchObject({ code: 0, stdout: "" });
  expect(streamsIn(readFileSync(out, "utf8"))).toEqual(["orders"]);
  writeFileSync(out, "mine");
  const again = await adopt("--stream", "orders", "--out", out);
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/index.ts is there already and was left as it is/),
  });
  expect(readFileSync(out, "utf8")).toBe("mine");
});

test.each([
  [["--stream", "a", "--from-stack", "b"], /give --stream or --from-stack/],
  [["--stream", "a", "--back"], /--back goes with --from-stack/],
  [["--from-stack", "b", "--region", "eu-west-1"], /--from-stack calls nobody/],
  [["--stream", "a/b"], /A stream's name has letters/],
])("options that don't go together are exit code 2: %j", async (args, message) => {
  const { code, stderr } = await cli(["adopt", ...args]);
  expect({ code, isThere: existsSync("b") }).toEqual({ code: 2, isThere: false });
  expect(stderr).toMatch(message);
});
