/** Ids and states that we have not written, as an edited stack has them: refused in a sentence, before anything is sent. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import type { Properties, Provider } from "../../provider/lifecycle/resource";
import { toProvider } from "../../provider/lifecycle/resource";
import { readState } from "../../provider/lifecycle/state-shape";
import { fakePlatform } from "../client/fake-platform";
import type { MisbehavingServer } from "../client/misbehaving-server";
import { raw, refuse, startMisbehavingServer } from "../client/misbehaving-server";
import { faultsOfText } from "./clear-error";
import { useManyErrors } from "./how-many";
import { malformed } from "./malformed";
import { NO_ARNS, RESOURCES, STREAM_ARN } from "./resources";
import type { Fields } from "./shapes";
import { flag, fraction, list, map, optional, patterned, record } from "./shapes";
import { RESOURCE_KINDS } from "./try-resources";

useManyErrors();
let server: MisbehavingServer;
beforeAll(async () => {
  server = await startMisbehavingServer();
  server.otherwise(refuse(400, "Reached"));
});
afterAll(() => server.close());

function providerOf(kind: string): Provider {
  const context = new ProviderContext(fakePlatform());
  const keys = { "kinesis:accessKey": "a", "kinesis:secretKey": "s" };
  context.configure({ "kinesis:region": "eu-west-1", "kinesis:endpoint": server.url, ...keys });
  const resource = RESOURCE_KINDS[kind]?.(context);
  if (!resource) throw new Error(`there is no resource ${kind}`);
  return toProvider(context, resource);
}

/** A stream with tags, or nothing that anybody waits for. */
const tagged = raw(200, JSON.stringify({ Tags: [{ Key: "a", Value: "b" }], HasMoreTags: false, Policy: "{}" }));

const text = patterned(0, Number.POSITIVE_INFINITY, /^/, []);
const number = fraction(-Number.MAX_VALUE, Number.MAX_VALUE);
const texts = map(0, Number.POSITIVE_INFINITY, text, text);
const moment = patterned(
  0,
  Number.POSITIVE_INFINITY,
  /^2\d{3}-[01]\d-\d\dT/,
  ["", "yesterday", "2026-13-01", "2026-01-31", "1769860800"],
  () => "2026-01-31T12:00:00.000Z",
);
const digits = patterned(1, 39, /^\d+$/, ["-1", "0x1", "1.5"], () => "0");
const last = "340282366920938463463374607431768211455";
const shard = { shardId: "shardId-000000000000", startingHashKey: "0", endingHashKey: last };
const shards = list(
  record({ shardId: optional(text), startingHashKey: optional(digits), endingHashKey: optional(digits) }),
  1,
  1,
  () => shard,
);

/** What is in the state, and what kind of thing it is; more than that only AWS knows. */
const COMMON: Fields = {
  tags: optional(texts),
  region: optional(text),
  __customTimeouts: optional(texts),
  __endpoint: optional(text),
  __logicalName: optional(text),
  __urn: optional(text),
};
const STATES: Readonly<Record<string, { readonly id: string; readonly good: Properties; readonly fields: Fields }>> = {
  Stream: {
    id: STREAM_ARN,
    good: { name: "s", shardCount: 1, openShards: [shard], creationTimestamp: "2026-01-31T12:00:00.000Z" },
    fields: {
      ...COMMON,
      name: optional(text),
      shardCount: optional(number),
      openShards: optional(shards),
      creationTimestamp: optional(moment),
      shardLevelMetrics: optional(list(text, 0, Number.POSITIVE_INFINITY)),
      streamModeDetails: optional(texts),
      retentionPeriod: optional(number),
      kmsKeyId: optional(text),
      enforceConsumerDeletion: optional(flag),
      __kmsKey: optional(texts),
      __creating: optional(text),
      __drifted: optional(list(text, 0, Number.POSITIVE_INFINITY)),
      __modeSwitches: optional(list(moment, 0, Number.POSITIVE_INFINITY)),
      __unfinishedReshard: optional(flag),
      __askedShardCount: optional(number),
    },
  },
  StreamTags: {
    id: `${STREAM_ARN}/tags/billing`,
    good: {
      streamArn: STREAM_ARN,
      streamName: "s",
      tags: { a: "b" },
      __givenBy: "streamArn",
      __logicalName: "billing",
    },
    fields: { ...COMMON, streamArn: optional(text), streamName: optional(text), __givenBy: optional(text) },
  },
  StreamConsumer: {
    id: `${STREAM_ARN}/consumer/c:1`,
    good: { streamArn: STREAM_ARN, name: "c", tags: { a: "b" } },
    fields: { ...COMMON, name: optional(text), streamArn: optional(text), creationTimestamp: optional(moment) },
  },
  ResourcePolicy: {
    id: STREAM_ARN,
    good: { resourceArn: STREAM_ARN, policy: "{}" },
    fields: { ...COMMON, resourceArn: optional(text), policy: optional(text), overwrite: optional(flag) },
  },
};

/** All that the engine asks for of a resource that is in the state, with the program as it was. */
const askedOf = (provider: Provider, id: string, state: Properties, news: Properties) => ({
  diff: () => provider.diff(id, state, news),
  read: () => provider.read(id, state),
  update: () => provider.update(id, state, news),
  delete: () => provider.delete(id, state),
});

describe.each(Object.entries(STATES))("%s", (kind, { id, good, fields }) => {
  const __urn = `urn:pulumi:dev::test::kinesis:${kind}::orders`;
  const news = { ...good, ...RESOURCES[kind]?.good, __urn };

  test("an id that is none is refused, by its name", async () => {
    server.seen.length = 0;
    const provider = providerOf(kind);
    const ids = [
      ...NO_ARNS,
      "orders",
      `${STREAM_ARN}/consumer/c`,
      `${STREAM_ARN}/consumer/c:1/consumer/c:1`,
      "\u001b[31m",
    ];
    for (const none of ids) {
      for (const [what, ask] of Object.entries(askedOf(provider, none, good, news))) {
        const error = (await ask().catch((reason: unknown) => reason)) as {
          code: string;
          message: string;
          stack: string;
        };
        // What differs is told without a look at the id.
        if (what === "diff" && !(error instanceof Error)) continue;
        expect({ none, what, code: error.code, stack: error.stack }).toEqual({
          none,
          what,
          code: "ERR_KINESIS_INVALID_ID",
          stack: "",
        });
        const names = none.length > 200 || none.includes("\u001b") ? /an id/ : undefined;
        expect(
          faultsOfText(error.message, {
            path: names ? "" : JSON.stringify(none).slice(1, -1),
            input: none,
            words: none,
            ...(names && { names }),
          }),
        ).toEqual([]);
      }
    }
    expect(server.seen).toEqual([]);
  });

  test("a state that nobody has written is refused, with what is wrong in it", async () => {
    server.seen.length = 0;
    const provider = providerOf(kind);
    const states = malformed({ fields, good, onlyJson: true, hidden: /^/ }, 600);
    const faults: string[] = [];
    for (const one of states) {
      const [property = ""] = one.path.split(/[.[]/);
      const state = one.input as Properties;
      // What is null says nothing, and is no fault.
      if (state[property] === null) continue;
      const asked = { ...askedOf(provider, id, state, news), check: () => provider.check(state, news) };
      for (const [what, ask] of Object.entries(asked)) {
        const error = await ask().then(
          () => ({ code: "none: it was accepted", message: "", stack: "" }),
          (reason: { code: string; message: string; stack: string }) => reason,
        );
        if (error.code !== "ERR_KINESIS_INVALID_STATE" || error.stack !== "")
          faults.push(`${what} with ${one.path} ${one.words}: ${error.code}`);
        else {
          const names = new RegExp(what === "check" ? __urn : id);
          for (const fault of faultsOfText(error.message, { ...one, path: property, names }))
            faults.push(`${what} with ${one.words}: ${fault}`);
        }
      }
      if (faults.length > 20) break;
    }
    expect(faults).toEqual([]);
    expect(states.length).toBeGreaterThan(150);
    expect(server.seen).toEqual([]);
  });

  test("what is missing in the state, or null, ends in no error of our inside", async () => {
    const provider = providerOf(kind);
    server.otherwise(tagged);
    for (const property of Object.keys(good)) {
      for (const value of [undefined, null]) {
        for (const [what, ask] of Object.entries(askedOf(provider, id, { ...good, [property]: value }, news))) {
          const error = (await ask().catch((reason: unknown) => reason)) as
            | { code?: string; stack?: string }
            | undefined;
          if (error instanceof Error)
            expect({ property, what, stack: error.stack }).toEqual({ property, what, stack: "" });
        }
      }
    }
    server.otherwise(refuse(400, "Reached"));
  });
});

test("a stream's or consumer's id whose name is not the state's is refused: it would be another one's", () => {
  const orders = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
  expect(readState(orders, { name: "orders" })).toEqual({ name: "orders" });
  expect(readState(`${orders}/consumer/reports:1`, { name: "reports" })).toEqual({ name: "reports" });
  for (const id of [orders, `${orders}/consumer/reports:1`]) {
    expect(() => readState(id, { name: "other" })).toThrow(/^The state of .* name must be the one in the id\./);
  }
});
