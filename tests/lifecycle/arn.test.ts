import { expect, test } from "@jest/globals";
import { parseConsumerArn, parseStreamArn, provisionalArn } from "../../provider/lifecycle/arn";

test("an ARN falls into its parts, in every partition", () => {
  expect(parseStreamArn("arn:aws-cn:kinesis:cn-north-1:123456789012:stream/orders.v2")).toEqual({
    partition: "aws-cn",
    region: "cn-north-1",
    account: "123456789012",
    name: "orders.v2",
  });
});

test("the id of a stream that was requested and not seen yet has a region, a name and no account", () => {
  expect(parseStreamArn(provisionalArn("eu-west-1", "orders"))).toMatchObject({
    region: "eu-west-1",
    account: "",
    name: "orders",
  });
});

test.each([
  "orders",
  "",
  "arn:aws:sqs:eu-west-1:123456789012:orders",
  "arn:aws:kinesis:eu-west-1:12345:stream/orders",
  "arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/c:1",
  "arn:aws:kinesis:eu-west-1:123456789012:stream/",
])("%j is not the ARN of a stream", (text) => {
  expect(parseStreamArn(text)).toBeUndefined();
});

test("the ARN of a consumer names its stream", () => {
  const streamArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
  expect(parseConsumerArn(`${streamArn}/consumer/reporting.v2:1700000000`)).toEqual({
    streamArn,
    region: "eu-west-1",
    streamName: "orders",
    name: "reporting.v2",
  });
  expect(parseConsumerArn(streamArn)).toBeUndefined();
  expect(parseConsumerArn(`${streamArn}/consumer/reporting`)).toBeUndefined();
  expect(parseConsumerArn("orders/consumer/reporting:1")).toBeUndefined();
});
