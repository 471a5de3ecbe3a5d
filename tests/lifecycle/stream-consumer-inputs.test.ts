import { expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/lifecycle/check-inputs";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamConsumerResource } from "../../provider/lifecycle/stream-consumer";
import { realPlatform } from "../../provider/platform";
import { emulatorEnv } from "../support/emulator-env";

/** Nobody listens there: what a check looks for, it does not find. */
const env = emulatorEnv("http://127.0.0.1:9");
const context = new ProviderContext({ ...realPlatform, env, log: () => {} });
const resource = streamConsumerResource(context);
const streamArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const id = `${streamArn}/consumer/reporting:1700000000`;

test.each([
  [{}, "streamArn", /is required/],
  [{ streamArn: "orders" }, "streamArn", /must be the ARN of a stream/],
  [{ streamArn: id }, "streamArn", /must be the ARN of a stream/],
  [{ streamArn, name: "my consumer" }, "name", /may contain only/],
  [{ streamArn, name: "c".repeat(129) }, "name", /at most 128 characters/],
  [{ streamArn, tags: { "aws:a": "b" } }, 'tags["aws:a"]', /reserves/],
  [{ streamArn, region: "us-east-1" }, "region", /is not the region of streamArn, eu-west-1/],
  [{ streamArn, consumerName: "a" }, "consumerName", /is not an argument of StreamConsumer/],
  [{ streamArn, nane: "a" }, "nane", /did you mean name\?/],
  [{ streamArn, __customTimeouts: { create: "soon" } }, "customTimeouts.create", /must be a duration/],
])("%j fails on one property before any call", async (news, property, reason) => {
  const { failures } = await resource.check({}, { __logicalName: "c", ...news });
  expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});

test("all failures are told at once", async () => {
  const { failures } = await resource.check({}, { __logicalName: "c", name: "", streamArn: 1, colour: "red" });
  expect(failures.map(({ property }) => property).sort()).toEqual(["colour", "name", "streamArn"]);
});

test("a name that is left out is made once and kept", async () => {
  const first = await resource.check({}, { __logicalName: "reporting", streamArn });
  expect(first.inputs.name).toMatch(/^reporting-[0-9a-f]{7}$/);
  const second = await resource.check(first.inputs, { __logicalName: "reporting", streamArn });
  expect(second.inputs.name).toBe(first.inputs.name);
});

test("the stack's default tags are below the program's", async () => {
  const withDefaults = new ProviderContext({ ...realPlatform, env, log: () => {} });
  withDefaults.configure({ "aws:defaultTags": '{"tags":{"team":"data","env":"dev"}}' });
  const { inputs } = await streamConsumerResource(withDefaults).check(
    {},
    { __logicalName: "c", streamArn, tags: { env: "prod" } },
  );
  expect(inputs.tags).toEqual({ team: "data", env: "prod" });
});

test.each([
  [{ name: "billing", streamArn }, ["name"]],
  [{ name: "reporting", streamArn: `${streamArn}2` }, ["streamArn"]],
  [{ name: "reporting", streamArn: UNKNOWN }, ["streamArn"]],
  [{ name: "reporting", streamArn, region: "eu-west-1" }, undefined],
  [{ name: "reporting", streamArn, tags: { a: "c" } }, undefined],
])("with %j it is replaced for %j", async (news, replaces) => {
  const olds = { name: "reporting", streamArn, tags: { a: "b" } };
  expect((await resource.diff(id, olds, news)).replaces).toEqual(replaces);
});
