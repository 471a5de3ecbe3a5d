import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../scripts/emulator";
import { eventually } from "../support/eventually";
import { useKinesis, WRITES } from "./kinesis-project";

// A consumer of kinesis-local stays DELETING for ever while another stream has one of the same name: no test leaves any
// behind, and none has two of one name at a time.
const kinesis = useKinesis({ registerConsumerMs: 700, deregisterConsumerMs: 700 });
const targets = () =>
  kinesis.proxy.targets().filter((target) => !/^(Describe|List)Stream$|TagsForStream|^DescribeLimits$/.test(target));
const writes = () => kinesis.proxy.targets().filter((target) => WRITES.test(target));
/** The calls, with each run of polls as one. */
const sequence = () => targets().filter((target, index, all) => target !== all[index - 1]);

const STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/";

interface Consumer {
  ConsumerName: string;
  ConsumerARN: string;
  ConsumerStatus: string;
}

const consumers = async (stream: string) =>
  (await kinesis.call<{ Consumers: Consumer[] }>("ListStreamConsumers", { StreamARN: STREAM_ARN + stream })).Consumers;
const names = async (stream: string) => (await consumers(stream)).map(({ ConsumerName }) => ConsumerName).sort();
const tags = async (ResourceARN: string) => {
  const { Tags } = await kinesis.call<{ Tags: { Key: string; Value: string }[] }>("ListTagsForResource", {
    ResourceARN,
  });
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
};
const untilDeregistered = async (stream: string, name: string) => {
  await eventually(`${name} is gone`, async () => !(await names(stream)).includes(name));
};
const createStream = async (StreamName: string) => {
  await kinesis.call("CreateStream", { StreamName, ShardCount: 1 });
  await kinesis.untilActive(StreamName);
};

const program = (stream: string, ...resources: string[]) => `
import { Stream, StreamConsumer } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "${stream}", shardCount: 1 });
${resources.join("\n")}
`;
const reporting = (args: string, more = "") =>
  `const reporting = new StreamConsumer("reporting", { streamArn: orders.arn, ${args} }${more});
   export const { arn, name, creationTimestamp, region, streamArn, tags, tagsAll } = reporting;`;

describe("a consumer's life", () => {
  test("register, nothing to do, tags, refresh, deregister: each with no more calls than it needs", async () => {
    const { proxy } = kinesis;
    const project = await kinesis.project(
      program("life", reporting(`name: "reporting", tags: { team: "a", env: "dev" }`)),
    );
    expect((await project.up()).changes).toEqual({ create: 3 });
    expect(sequence()).toEqual([
      // Whether the stream's name is free.
      "DescribeStreamSummary",
      "CreateStream",
      // The mark of a create that is under way.
      "RemoveTagsFromStream",
      "DescribeStreamConsumer",
      "RegisterStreamConsumer",
      "DescribeStreamConsumer",
      "ListTagsForResource",
      // Its own mark.
      "UntagResource",
    ]);
    const [registered] = await consumers("life");
    expect(registered).toMatchObject({ ConsumerName: "reporting", ConsumerStatus: "ACTIVE" });
    const arn = registered?.ConsumerARN ?? "";
    expect(await tags(arn)).toEqual({ team: "a", env: "dev" });
    expect(await project.outputs()).toEqual({
      arn,
      name: "reporting",
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: "us-east-1",
      streamArn: `${STREAM_ARN}life`,
      tags: { team: "a", env: "dev" },
      tagsAll: { team: "a", env: "dev" },
    });

    proxy.reset();
    expect((await project.up()).changes).toEqual({ same: 3 });
    expect(proxy.targets()).toEqual([]);

    // Somebody else's tag on it is none of ours.
    await kinesis.call("TagResource", { ResourceARN: arn, Tags: { console: "by hand" } });
    for (const [wanted, calls] of [
      [{ team: "b" }, ["UntagResource", "TagResource"]],
      [{ team: "b", env: "prod" }, ["TagResource"]],
      [{}, ["UntagResource"]],
    ] as const) {
      proxy.reset();
      await project.writeProgram(program("life", reporting(`name: "reporting", tags: ${JSON.stringify(wanted)}`)));
      expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
      expect(proxy.targets()).toEqual(["DescribeStreamConsumer", "ListTagsForResource", ...calls]);
      expect(await tags(arn)).toEqual({ ...wanted, console: "by hand" });
    }

    proxy.reset();
    expect((await project.refresh()).changes).toEqual({ same: 3 });
    expect(targets()).toEqual(["DescribeStreamConsumer", "ListTagsForResource"]);

    proxy.reset();
    expect((await project.destroy()).changes).toEqual({ delete: 3 });
    expect(sequence()).toEqual([
      "DeregisterStreamConsumer",
      "DescribeStreamConsumer",
      "DeleteStream",
      "DescribeStreamSummary",
    ]);
  }, 240_000);

  test("an automatic name stays, another name or another stream replaces the consumer", async () => {
    const project = await kinesis.project(program("first", reporting("")));
    await project.up();
    const { name, arn } = await project.outputs();
    expect(name).toMatch(/^reporting-[0-9a-f]{7}$/);
    await project.writeProgram(program("first", reporting(`tags: { a: "b" }`)));
    expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
    expect(await project.outputs()).toMatchObject({ name, arn });

    await project.writeProgram(program("first", reporting(`name: "renamed"`)));
    const preview = await project.preview();
    expect(preview.stdout).toMatch(/StreamConsumer reporting replace \[diff: .*~name/);
    expect((await project.up()).changes).toEqual({ same: 2, replace: 1 });
    expect(await names("first")).toEqual(["renamed"]);

    await createStream("second");
    const elsewhere = reporting(`name: "moved"`).replace("orders.arn", `"${STREAM_ARN}second"`);
    await project.writeProgram(program("first", elsewhere));
    expect((await project.up()).changes).toEqual({ same: 2, replace: 1 });
    expect([await names("first"), await names("second")]).toEqual([[], ["moved"]]);
    expect((await project.destroy()).exitCode).toBe(0);
    expect(await names("second")).toEqual([]);
  }, 300_000);

  test("a stream that is replaced takes its consumer along, and is not held up by it", async () => {
    const project = await kinesis.project(program("before", reporting("")));
    await project.up();
    await project.writeProgram(program("after", reporting("")));
    expect((await project.up()).changes).toEqual({ same: 1, replace: 2 });
    expect(await names("after")).toEqual([expect.stringMatching(/^reporting-/)]);
    await expect(names("before")).rejects.toThrow(/ResourceNotFound/);
  }, 240_000);
});

test("many consumers at once wait in line for AWS's five places, and no call is refused", async () => {
  const many = [...Array(9).keys()].map(
    (n) => `new StreamConsumer("c${n}", { name: "c${n}", streamArn: orders.arn });`,
  );
  const project = await kinesis.project(program("busy", ...many));
  expect((await project.up()).changes).toEqual({ create: 11 });
  expect(await names("busy")).toEqual([...Array(9).keys()].map((n) => `c${n}`));
  expect(kinesis.proxy.calls.filter(({ status }) => status !== 200 && status !== 400)).toEqual([]);
  const refused = kinesis.proxy.calls.filter(
    ({ target, status }) => target === "RegisterStreamConsumer" && status !== 200,
  );
  expect(refused).toEqual([]);
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);

describe("what others do behind our back", () => {
  test("a consumer that vanished is dropped by a refresh and registered by the next up", async () => {
    const project = await kinesis.project(program("vanishing", reporting(`name: "reporting"`)));
    await project.up();
    const { arn } = await project.outputs();
    await kinesis.call("DeregisterStreamConsumer", { ConsumerARN: arn });
    await untilDeregistered("vanishing", "reporting");

    await project.writeProgram(program("vanishing", reporting(`name: "reporting", tags: { a: "b" }`)));
    const blind = await project.up();
    expect(blind.exitCode).not.toBe(0);
    expect(blind.stdout).toMatch(
      /consumer reporting of stream vanishing is not there any more. Run `pulumi refresh` so that the state knows/,
    );
    expect((await project.refresh()).changes).toMatchObject({ delete: 1 });
    expect((await project.up()).changes).toEqual({ same: 2, create: 1 });
  }, 240_000);

  test("one registered anew under the name is not taken for ours: neither tagged nor deregistered", async () => {
    const project = await kinesis.project(program("another", reporting(`name: "reporting"`)));
    await project.up();
    const { arn } = await project.outputs();
    await kinesis.call("DeregisterStreamConsumer", { ConsumerARN: arn });
    await untilDeregistered("another", "reporting");
    // The ARN tells them apart by the second.
    const second = Number(String(arn).split(":").at(-1));
    await eventually("another second", () => Date.now() / 1_000 >= second + 1);
    await kinesis.call("RegisterStreamConsumer", { StreamARN: `${STREAM_ARN}another`, ConsumerName: "reporting" });
    expect(
      (await project.run(["destroy", "--yes", "--skip-preview", "--target-dependents", "--target", "**reporting"]))
        .exitCode,
    ).toBe(0);
    expect(await names("another")).toEqual(["reporting"]);
    await kinesis
      .call("DeregisterStreamConsumer", { StreamARN: `${STREAM_ARN}another`, ConsumerName: "reporting" })
      .catch(() => undefined);
    await untilDeregistered("another", "reporting");
  }, 240_000);

  test("tags that somebody changed are drift, those that somebody added are not; a stream that is gone counts as deregistered", async () => {
    await createStream("gone");
    const project = await kinesis.project(
      program("unused", reporting(`name: "reporting", tags: { team: "a", env: "dev" }`)).replace(
        "orders.arn",
        `"${STREAM_ARN}gone"`,
      ),
    );
    await project.up();
    const arn = String((await project.outputs()).arn);
    await kinesis.call("TagResource", { ResourceARN: arn, Tags: { team: "z", console: "by hand" } });
    await kinesis.call("UntagResource", { ResourceARN: arn, TagKeys: ["env"] });
    expect((await project.refresh()).changes).toEqual({ same: 2, update: 1 });
    expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
    expect(await tags(arn)).toEqual({ team: "a", env: "dev", console: "by hand" });
    expect((await project.refresh()).changes).toEqual({ same: 3 });

    await kinesis.call("DeleteStream", { StreamName: "gone", EnforceConsumerDeletion: true });
    await kinesis.untilGone("gone");
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);
});

describe("what stops a consumer is told in one sentence", () => {
  test("a name that is taken, whose consumer stays as it is; a stream that is full; a stream that is not there", async () => {
    await createStream("taken");
    await kinesis.call("RegisterStreamConsumer", { StreamARN: `${STREAM_ARN}taken`, ConsumerName: "reporting" });
    await createStream("full");
    for (const n of Array(20).keys()) {
      for (;;) {
        const registered = await kinesis
          .call("RegisterStreamConsumer", { StreamARN: `${STREAM_ARN}full`, ConsumerName: `c${n}` })
          .catch((error) => /at the same time/.test(String(error)) || Promise.reject(error));
        if (registered !== true) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const consumer = (stream: string, name: string) =>
      `new StreamConsumer("${stream}", { streamArn: "${STREAM_ARN}${stream}", name: "${name}", tags: { a: "b" } });`;
    const project = await kinesis.project(
      program("own", consumer("taken", "reporting"), consumer("full", "one-more"), consumer("nowhere", "lonely")),
    );
    // Without it the engine may stop at the first one.
    const up = await project.up({ args: ["--continue-on-error"] });
    expect(up.exitCode).not.toBe(0);
    expect(up.stdout).toMatch(/consumer reporting of stream taken exists already \(arn:\S+\) and was left as it is/);
    expect(up.stdout).toMatch(
      /consumer one-more was not registered: stream full has 20 consumers already and AWS admits no more: c0, /,
    );
    expect(up.stdout).toMatch(
      /there is no stream nowhere in us-east-1, and a consumer needs a stream\. Check its name/,
    );
    expect(up.output).not.toMatch(/^\s+at /m);
    expect(writes().filter((target) => /^(Deregister|Tag|Untag)/.test(target))).toEqual([]);
    const tried = kinesis.proxy.calls.filter(({ target }) => target === "RegisterStreamConsumer");
    expect(tried.filter(({ body }) => JSON.stringify(body).includes("stream/taken"))).toEqual([]);
    await project.destroy();
    expect(await names("taken")).toEqual(["reporting"]);
    await kinesis.call("DeleteStream", { StreamName: "taken", EnforceConsumerDeletion: true });
  }, 240_000);

  test("a consumer that is not found through another endpoint is not taken for gone", async () => {
    const project = await kinesis.project(program("elsewhere", reporting(`name: "reporting"`)));
    await project.up();
    const other = await startEmulator();
    try {
      const refresh = await project.run(["refresh", "--yes", "--skip-preview", "--target", "**reporting"], {
        env: { AWS_ENDPOINT_URL_KINESIS: other.url },
      });
      expect(refresh.exitCode).not.toBe(0);
      expect(refresh.stdout).toMatch(
        /consumer reporting of stream elsewhere is not found through .* but was last seen/,
      );
      expect(refresh.output).not.toMatch(/^\s+at /m);
    } finally {
      await other.stop();
    }
    expect((await project.destroy()).exitCode).toBe(0);
  }, 240_000);
});

describe("what goes wrong on the way", () => {
  test("a lost answer to RegisterStreamConsumer is looked up, not repeated", async () => {
    const unhook = kinesis.proxy.hook(({ target, nth }) =>
      target === "RegisterStreamConsumer" && nth === 1 ? { cut: "after" } : undefined,
    );
    const project = await kinesis.project(program("lost", reporting(`name: "reporting"`)));
    expect((await project.up()).exitCode).toBe(0);
    unhook();
    expect(kinesis.proxy.count("RegisterStreamConsumer")).toBe(1);
    expect((await project.up()).changes).toEqual({ same: 3 });
  }, 240_000);

  test("a failure after the registration keeps the consumer in the state, and the next up goes on", async () => {
    const unhook = kinesis.proxy.hook(({ target }) =>
      target === "UntagResource"
        ? { fail: { status: 400, code: "AccessDeniedException", message: "not you" } }
        : undefined,
    );
    const project = await kinesis.project(program("half", reporting(`name: "reporting", tags: { a: "b" }`)));
    const failed = await project.up();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stdout).toMatch(/UntagResource of stream "half" failed: AccessDeniedException: not you/);
    unhook();
    const kept = (await project.exportState()).deployment.resources?.find(({ type }) =>
      type.endsWith(":StreamConsumer"),
    );
    expect(kept?.id).toContain("stream/half/consumer/reporting:");
    expect(kept?.outputs).toMatchObject({ tags: { a: "b" } });
    // What a refresh learns does not end the create.
    expect((await project.refresh()).exitCode).toBe(0);
    expect((await project.up()).changes).toEqual({ same: 2, update: 1 });
    expect(await tags(String(kept?.id))).toEqual({ a: "b" });
    expect(kinesis.proxy.count("RegisterStreamConsumer")).toBe(1);
  }, 240_000);

  test("a stream that somebody is changing is waited for", async () => {
    await createStream("changing");
    let refusals = 0;
    const unhook = kinesis.proxy.hook(({ target }) =>
      /RegisterStreamConsumer|UntagResource|DeregisterStreamConsumer/.test(target) && refusals++ % 2 === 0
        ? { fail: { status: 400, code: "ResourceInUseException", message: "Stream changing not ACTIVE" } }
        : undefined,
    );
    const project = await kinesis.project(
      program("own4", reporting(`name: "reporting", tags: { a: "b" }`)).replace(
        "orders.arn",
        `"${STREAM_ARN}changing"`,
      ),
    );
    expect((await project.up()).exitCode).toBe(0);
    expect((await project.destroy()).exitCode).toBe(0);
    unhook();
    expect(refusals).toBe(6);
    expect(await names("changing")).toEqual([]);
  }, 240_000);
});
