import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/lifecycle/check-inputs";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamResource } from "../../provider/lifecycle/stream";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import { realPlatform } from "../../provider/platform";
import type { Behaviour, MisbehavingServer } from "../client/misbehaving-server";
import { refuse, reset, startMisbehavingServer } from "../client/misbehaving-server";
import { emulatorEnv } from "../support/emulator-env";
import { fasterPlatform } from "../support/faster-platform";

const resource = streamTagsResource(new ProviderContext(realPlatform));
const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

test.each([
  [{ tags: { a: "b" } }, "streamArn", /set exactly one of streamArn and streamName/],
  [
    { streamArn: arn, streamName: "orders", tags: { a: "b" } },
    "streamArn",
    /set exactly one of streamArn and streamName/,
  ],
  [{ streamArn: "orders", tags: { a: "b" } }, "streamArn", /must be the ARN of a stream/],
  [{ streamName: "my orders", tags: { a: "b" } }, "streamName", /may contain only/],
  [{ streamName: "orders" }, "tags", /is required/],
  [{ streamName: "orders", tags: { "aws:a": "b" } }, 'tags["aws:a"]', /reserves/],
  [{ streamName: "orders", tags: {}, overwrite: 1 }, "overwrite", /true or false/],
  [{ streamName: "orders", tags: {}, arn }, "arn", /not an argument of StreamTags/],
  [{ streamName: "orders", tags: {}, overrite: true }, "overrite", /did you mean overwrite\?/],
])("%j fails on %s before any call", async (news, property, reason) => {
  const { failures } = await resource.check({}, { __logicalName: "t", ...news });
  expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});

test.each([
  [{ streamArn: arn.replace("orders", "bills"), tags: {} }, ["streamArn"]],
  [{ streamName: "bills", tags: {} }, ["streamName"]],
  [{ streamName: "orders", region: "us-east-1", tags: {} }, ["region"]],
  [{ streamName: "orders", region: "eu-west-1", tags: { a: "c" } }, undefined],
])("with %j it is replaced for %j", async (news, replaces) => {
  const olds = { streamArn: arn, streamName: "orders", tags: { a: "b" } };
  expect((await resource.diff(`${arn}/tags/t`, olds, news)).replaces).toEqual(replaces);
});

describe("a new resource's stream", () => {
  let server: MisbehavingServer;
  beforeAll(async () => {
    server = await startMisbehavingServer();
  });
  afterAll(() => server.close());
  beforeEach(() => server.otherwise(refuse(400, "ResourceNotFoundException")));

  /** A process of its own: what it was asked, and what it has printed. */
  function preview(behaviour?: Behaviour) {
    server.seen.length = 0;
    if (behaviour) server.otherwise(behaviour);
    const lines: string[] = [];
    const platform = {
      ...fasterPlatform(20),
      env: emulatorEnv(server.url),
      log: (line: string) => void lines.push(line),
    };
    const context = new ProviderContext(platform);
    const check = async (name: string, news: object, olds = {}) => {
      const { failures } = await streamTagsResource(context).check(olds, { __logicalName: name, tags: {}, ...news });
      expect(failures).toEqual([]);
    };
    return { context, lines, check, asked: () => server.seen.map(({ operation }) => operation) };
  }

  test.each([
    ["by its name", { streamName: "orders", region: "eu-west-1" }],
    ["by its ARN", { streamArn: arn }],
  ])("that isn't there is told, once, and is no failure: %s", async (_, news) => {
    const { lines, check, asked } = preview();
    await check("billing", news);
    await check("audit", news);
    expect(lines).toEqual([
      expect.stringMatching(
        /^billing: there is no stream orders in eu-west-1, and tags need a stream to be on\. .* Unless something creates it before, this will fail\.$/,
      ),
    ]);
    expect(new Set(asked())).toEqual(new Set(["DescribeStream"]));
  });

  test("is not asked for where it is known only later, where the tags are in the state, or where the program creates it", async () => {
    const { context, lines, check, asked } = preview();
    await check("later", { streamArn: UNKNOWN });
    await check("there", { streamName: "there" }, { streamName: "there", tags: {} });
    const orders = { __logicalName: "orders", name: "orders", shardCount: 1 };
    expect((await streamResource(context).check({}, orders)).failures).toEqual([]);
    await check("ours", { streamName: "orders" });
    expect(lines.filter((line) => line.includes("no stream"))).toEqual([]);
    expect(asked()).not.toContain("DescribeStream");
  });

  test("that AWS doesn't tell of is told of to nobody, and waited for once and briefly", async () => {
    const denied = preview(refuse(400, "AccessDeniedException"));
    await denied.check("billing", { streamName: "orders" });
    await denied.check("audit", { streamName: "bills" });
    expect(denied.lines).toEqual([]);
    // One that may not be looked at says nothing of another.
    expect(denied.asked()).toHaveLength(2);
    const away = preview(reset);
    await away.check("billing", { streamName: "orders" });
    await away.check("audit", { streamName: "bills" });
    expect(away.lines).toEqual([]);
    expect(away.asked().length).toBeLessThanOrEqual(3);
  });

  test("is looked for by the first fifty only: hundreds would use up the account's DescribeStream, at preview and again", async () => {
    const { lines, check, asked } = preview();
    for (let n = 0; n < 60; n++) await check(`tags-${n}`, { streamName: `orders-${n}` });
    expect(lines).toHaveLength(50);
    expect(asked()).toHaveLength(50);
  });
});
