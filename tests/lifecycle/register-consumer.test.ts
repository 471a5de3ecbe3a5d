/** What kinesis-local can't do: the fake below has AWS's answers for it, and time passes only where somebody sleeps. */
import { describe, expect, test } from "@jest/globals";
import type { Consumer } from "../../provider/client/shapes";
import type { PartialStateError, ServiceErrorDetails } from "../../provider/errors";
import { OutcomeUnknownError, ServiceError, serviceErrors, TransportError } from "../../provider/errors";
import type { ProviderContext } from "../../provider/lifecycle/context";
import { creatingMark } from "../../provider/lifecycle/creating-mark";
import type { Properties } from "../../provider/lifecycle/resource";
import { streamConsumerResource } from "../../provider/lifecycle/stream-consumer";
import { TagClaims } from "../../provider/lifecycle/tag-claims";
import { fakePlatform } from "../client/fake-platform";

const streamArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const inputs = { name: "reporting", streamArn, __logicalName: "reporting" };

const refusal = (code: string) => {
  const Refusal = serviceErrors[code];
  if (!Refusal) throw new Error(code);
  return new Refusal({ code } as ServiceErrorDetails, `${code} by AWS`);
};

interface FakeConsumer extends Consumer {
  tags: Record<string, string>;
  /** What ListTagsForResource shows, where it lags behind. */
  listed?: Record<string, string>;
}

/** Consumers in memory; `answer` may refuse or lose a registration, by how many there were before. */
function useFake(answer: (nth: number, fake: { register: () => void }) => void = (_, { register }) => register()) {
  const fake = { refuseUntag: false };
  const platform = fakePlatform();
  const calls: string[] = [];
  const consumers: FakeConsumer[] = [];
  let registrations = 0;
  const find = (name: string) => {
    const consumer = consumers.find(({ ConsumerName, ConsumerARN }) => name === ConsumerName || name === ConsumerARN);
    if (!consumer) throw refusal("ResourceNotFoundException");
    return consumer;
  };
  const add = (ConsumerName: string, ConsumerStatus: string, tags = {}) => {
    const ConsumerARN = `${streamArn}/consumer/${ConsumerName}:${1_700_000_000 + consumers.length}`;
    consumers.push({ ConsumerName, ConsumerARN, ConsumerStatus, ConsumerCreationTimestamp: new Date(0), tags });
  };
  const client = {
    async registerStreamConsumer({ ConsumerName, Tags }: { ConsumerName: string; Tags?: Record<string, string> }) {
      calls.push("Register");
      answer(registrations++, { register: () => add(ConsumerName, "ACTIVE", Tags) });
      return { Consumer: find(ConsumerName) };
    },
    async describeStreamConsumer(reference: { ConsumerName?: string; ConsumerARN?: string }) {
      calls.push("Describe");
      return {
        ConsumerDescription: { ...find(reference.ConsumerARN ?? reference.ConsumerName ?? ""), StreamARN: streamArn },
      };
    },
    async listTagsForResource({ ResourceARN }: { ResourceARN: string }) {
      calls.push("ListTags");
      const { tags, listed = tags } = find(ResourceARN);
      return { Tags: Object.entries(listed).map(([Key, Value]) => ({ Key, Value })) };
    },
    async tagResource({ ResourceARN, Tags }: { ResourceARN: string; Tags: Record<string, string> }) {
      calls.push(`Tag ${Object.keys(Tags)}`);
      Object.assign(find(ResourceARN).tags, Tags);
    },
    async untagResource({ ResourceARN, TagKeys }: { ResourceARN: string; TagKeys: string[] }) {
      calls.push(`Untag ${TagKeys}`);
      if (fake.refuseUntag) throw refusal("AccessDeniedException");
      for (const key of TagKeys) delete find(ResourceARN).tags[key];
    },
    async *consumers() {
      calls.push("List");
      yield* consumers;
    },
  };
  const ofAll = { tagClaims: new TagClaims(), streams: { isOutOfReach: false, hasFailed: () => {} } };
  const session = { client, platform, region: "eu-west-1", endpoint: "https://fake/", ...ofAll };
  const reference = { StreamName: "orders", StreamARN: streamArn };
  const announce = (_: string, line: string) => platform.log(line);
  const context = { platform, settings: { defaultTags: {} }, announce, existing: async () => ({ session, reference }) };
  const resource = streamConsumerResource(context as unknown as ProviderContext);
  return Object.assign(fake, { resource, calls, consumers, add, platform });
}

test("tags that came with the registration are not written again", async () => {
  const { resource, calls } = useFake();
  const { outs } = await resource.create({ ...inputs, tags: { team: "a" } });
  expect(calls).toEqual(["Describe", "Register", "ListTags"]);
  expect(outs).toMatchObject({ tags: { team: "a" } });
});

test("a registration that was lost before AWS saw it is repeated, once it is certain that nothing came of it", async () => {
  const { resource, calls, platform } = useFake((nth, { register }) => {
    if (nth === 0) throw new OutcomeUnknownError("RegisterStreamConsumer", "lost");
    register();
  });
  const { id } = await resource.create(inputs);
  expect(id).toBe(`${streamArn}/consumer/reporting:1700000000`);
  expect(calls.filter((call) => call === "Register")).toHaveLength(2);
  expect(platform.monotonicMs()).toBeGreaterThanOrEqual(15_000);
});

test("one that shows only when it is repeated is ours", async () => {
  const { resource, calls } = useFake((nth, { register }) => {
    if (nth === 0) throw new OutcomeUnknownError("RegisterStreamConsumer", "lost");
    register();
    throw refusal("ResourceInUseException");
  });
  expect((await resource.create(inputs)).id).toBe(`${streamArn}/consumer/reporting:1700000000`);
  expect(calls.filter((call) => call === "Register")).toHaveLength(2);
});

test("a name that somebody takes in between is theirs", async () => {
  const { resource } = useFake((_, { register }) => {
    register();
    throw refusal("ResourceInUseException");
  });
  await expect(resource.create(inputs)).rejects.toMatchObject({ code: "ERR_KINESIS_CONSUMER_EXISTS" });
});

test("while others are registering consumers, it waits in line and says so once", async () => {
  const { resource, calls, platform } = useFake((nth, { register }) => {
    if (nth < 3) throw refusal("LimitExceededException");
    register();
  });
  await resource.create(inputs);
  expect(calls).toEqual([
    "Describe",
    ...["Register", "List"],
    ...["Register", "List"],
    ...["Register", "List"],
    "Register",
  ]);
  expect(platform.lines).toEqual(["orders: others are registering consumers; waiting in line"]);
});

test("it waits no longer than its time, and ends with AWS's own words", async () => {
  const { resource, platform } = useFake(() => {
    throw refusal("LimitExceededException");
  });
  const limited = { ...inputs, __customTimeouts: { create: "1m" } };
  await expect(resource.create(limited)).rejects.toThrow("LimitExceededException by AWS");
  expect(platform.monotonicMs()).toBeGreaterThanOrEqual(60_000);
  expect(platform.monotonicMs()).toBeLessThan(70_000);
});

test("a full stream is waited for only as long as one of its consumers is on the way", async () => {
  const { resource, consumers, add, platform } = useFake(() => {
    if (consumers[0] && platform.monotonicMs() > 1_000) consumers[0].ConsumerStatus = "ACTIVE";
    throw refusal("LimitExceededException");
  });
  for (const n of Array(20).keys()) add(`c${n}`, n === 0 ? "CREATING" : "ACTIVE");
  await expect(resource.create(inputs)).rejects.toMatchObject({
    code: "ERR_KINESIS_CONSUMER_LIMIT",
    consumers: expect.arrayContaining(["c0", "c19"]),
  });
  expect(platform.monotonicMs()).toBeLessThan(10_000);
});

test("a consumer of the name that somebody is deregistering is waited for", async () => {
  const { resource, consumers, add, platform } = useFake();
  add("reporting", "DELETING");
  void platform.sleep(2_000).then(() => consumers.pop());
  expect((await resource.create(inputs)).id).toBe(`${streamArn}/consumer/reporting:1700000000`);
  expect(platform.lines).toEqual(["orders: somebody is deregistering a consumer reporting; waiting until it is gone"]);
});

test("of seven at once no more than five are CREATING at a time", async () => {
  let most = 0;
  const fake = useFake((_, { register }) => {
    register();
    const registered = fake.consumers.at(-1);
    if (registered) registered.ConsumerStatus = "CREATING";
    void fake.platform.sleep(3_000).then(() => {
      if (registered) registered.ConsumerStatus = "ACTIVE";
    });
    most = Math.max(most, fake.consumers.filter(({ ConsumerStatus }) => ConsumerStatus === "CREATING").length);
  });
  await Promise.all([...Array(7).keys()].map((n) => fake.resource.create({ ...inputs, name: `c${n}` })));
  expect(most).toBe(5);
  expect(fake.consumers.map(({ ConsumerStatus }) => ConsumerStatus)).toEqual(Array(7).fill("ACTIVE"));
});

const KEY = "pulumi-kinesis:creating";
const marked = { ...inputs, __stack: "acme/shop/dev" };
const markOf = (resource: object) => ({ [KEY]: creatingMark({ ...marked, ...resource }, fakePlatform()) ?? "" });

test("a registration carries the mark of its create, and the create's last call removes it", async () => {
  const { resource, calls, consumers } = useFake((_, { register }) => {
    register();
    expect(consumers[0]?.tags).toEqual({ team: "a", ...markOf({}) });
  });
  const { outs } = await resource.create({ ...marked, tags: { team: "a" } });
  expect(calls).toEqual(["Describe", "Register", "ListTags", `Untag ${KEY}`]);
  expect([consumers[0]?.tags, outs?.tags]).toEqual([{ team: "a" }, { team: "a" }]);
});

test("the consumer of a killed create of the same resource is gone on with, nobody else's", async () => {
  const { resource, calls, consumers, add, platform } = useFake();
  add("reporting", "ACTIVE", markOf({}));
  const { id } = await resource.create(marked);
  expect([id, consumers]).toEqual([consumers[0]?.ConsumerARN, [expect.objectContaining({ tags: {} })]]);
  expect(calls).not.toContain("Register");
  expect(platform.lines).toEqual([
    "orders: going on with the consumer reporting that an interrupted create of this resource has left behind",
  ]);
  for (const tags of [{}, markOf({ __logicalName: "other" }), markOf({ __stack: "acme/shop/prod" })]) {
    const other = useFake();
    other.add("reporting", "ACTIVE", tags);
    await expect(other.resource.create(marked)).rejects.toMatchObject({ code: "ERR_KINESIS_CONSUMER_EXISTS" });
    expect(other.consumers[0]?.tags).toEqual(tags);
  }
});

test("one that shows when a lost registration is repeated is not ours where it carries another one's mark", async () => {
  const { resource, consumers, add } = useFake((nth) => {
    if (nth === 0) throw new OutcomeUnknownError("RegisterStreamConsumer", "lost");
    add("reporting", "ACTIVE", markOf({ __logicalName: "other" }));
    throw refusal("ResourceInUseException");
  });
  await expect(resource.create(marked)).rejects.toMatchObject({ code: "ERR_KINESIS_CONSUMER_EXISTS" });
  expect(consumers[0]?.tags).toEqual(markOf({ __logicalName: "other" }));
});

test("the mark goes last, and goes although no listing shows it", async () => {
  const { resource, calls, consumers } = useFake((_, { register }) => {
    register();
    Object.defineProperty(consumers[0], "listed", { value: {} });
  });
  await resource.create({ ...marked, tags: { team: "a" } });
  expect(calls).toEqual(["Describe", "Register", "ListTags", "Tag team", `Untag ${KEY}`]);
});

test("of fifty tags the last one comes after the mark, whose place it takes", async () => {
  const { resource, calls, consumers } = useFake();
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, "v"]));
  const { outs } = await resource.create({ ...marked, tags });
  expect(calls).toEqual(["Describe", "Register", `Untag ${KEY}`, "ListTags", "Tag k49"]);
  expect([consumers[0]?.tags, outs?.tags]).toEqual([tags, tags]);
});

/** A create whose last call fails: what it leaves in the state. */
async function halfMade() {
  const fake = useFake();
  fake.refuseUntag = true;
  const { id, properties } = await fake.resource.create(marked).then(
    () => Promise.reject(new Error("created")),
    (error: PartialStateError) => error,
  );
  fake.refuseUntag = false;
  fake.calls.length = 0;
  return { ...fake, id, state: properties as Properties };
}

test("a create that fails after the registration is gone on with by the next update, which removes the mark", async () => {
  const { resource, consumers, id, state } = await halfMade();
  expect([state.__creating, consumers[0]?.tags]).toEqual([markOf({})[KEY], markOf({})]);
  expect(await resource.diff(id, state, marked)).toMatchObject({ changes: true });
  const { outs } = await resource.update(id, state, marked);
  expect(consumers[0]?.tags).toEqual({});
  expect(await resource.diff(id, outs as Properties, marked)).toEqual({});
});

test("a replacement does not take the half-made consumer for its own, which is deregistered after it", async () => {
  const { resource, consumers, state } = await halfMade();
  // As the engine: once as the resource of the state, once as a new one.
  await resource.check(state, marked);
  await resource.check({}, marked);
  await expect(resource.create(marked)).rejects.toMatchObject({ code: "ERR_KINESIS_CONSUMER_EXISTS" });
  expect(consumers[0]?.tags).toEqual(markOf({}));
});

test("what shows after a lost registration is not ours where it carries another one's mark", async () => {
  const { resource, consumers, add } = useFake((nth) => {
    if (nth === 0) add("reporting", "ACTIVE", markOf({ __logicalName: "other" }));
    throw new OutcomeUnknownError("RegisterStreamConsumer", "lost");
  });
  await expect(resource.create(marked)).rejects.toMatchObject({ code: "ERR_KINESIS_CONSUMER_EXISTS" });
  expect(consumers[0]?.tags).toEqual(markOf({ __logicalName: "other" }));
});

test("a registration outlives an account that others keep busy", async () => {
  const { resource, platform } = useFake((nth, { register }) => {
    if (nth < 20) throw new ServiceError({ code: "ThrottlingException", retryable: true } as ServiceErrorDetails, "");
    register();
  });
  await resource.create(marked);
  expect(platform.monotonicMs()).toBeGreaterThan(30_000);
});

test("one that reaches nobody does not go on for its whole time", async () => {
  const { resource, platform } = useFake(() => {
    throw new TransportError("RegisterStreamConsumer", "ENOTFOUND", false, "the host does not resolve");
  });
  await expect(resource.create(marked)).rejects.toMatchObject({ code: "ERR_KINESIS_TRANSPORT" });
  expect(platform.monotonicMs()).toBeLessThan(10_000);
});

describe("an automatic name", () => {
  const { name: _, ...unnamed } = marked;

  test("is that of the consumer that a killed create has left behind", async () => {
    const { resource, add, platform } = useFake();
    add("reporting-0000001", "ACTIVE", markOf({ __stack: "acme/shop/prod" }));
    add("reporting-0000002", "ACTIVE", markOf({}));
    expect((await resource.check({}, unnamed)).inputs.name).toBe("reporting-0000002");
    expect(platform.lines).toEqual([]);
  });

  test("is a new one where there are only others', and names them", async () => {
    const { resource, add, platform } = useFake();
    add("reporting-0000001", "ACTIVE", markOf({ __stack: "acme/shop/prod" }));
    add("reporting-0000002", "ACTIVE");
    add("reporting-0000003", "ACTIVE");
    add("reporting-by-hand", "ACTIVE");
    // What the stack has already is being replaced, and is nobody's to look after.
    await resource.check({ ...unnamed, name: "reporting-0000003" }, unnamed);
    expect((await resource.check({}, unnamed)).inputs.name).not.toMatch(/-000000[123]$/);
    expect(platform.lines.join()).toMatch(
      /already: reporting-0000001, reporting-0000002\. They belong to other resources/,
    );
  });

  test("stays, with no look, once it is in the state", async () => {
    const { resource, calls } = useFake();
    const olds = { ...unnamed, name: "reporting-0000003" };
    expect((await resource.check(olds, unnamed)).inputs.name).toBe("reporting-0000003");
    expect(calls).toEqual([]);
  });
});
