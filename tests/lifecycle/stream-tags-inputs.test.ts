import { expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import { streamTagsResource } from "../../provider/lifecycle/stream-tags";
import { realPlatform } from "../../provider/platform";

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
