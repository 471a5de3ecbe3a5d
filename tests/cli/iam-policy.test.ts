import { expect, test } from "@jest/globals";
import { cli } from "./cli";

const policy = async (...args: string[]) => JSON.parse((await cli(["iam-policy", ...args])).stdout);

test("what is used, on the streams that are named, and on everything only what AWS knows no resource of", async () => {
  const args = ["--stream", "orders", "bills-*", "--region", "eu-west-1", "--account", "123456789012"];
  expect(await policy(...args, "--for", "StreamConsumer", "plan")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Streams",
        Effect: "Allow",
        Action: [
          "kinesis:DescribeStream",
          "kinesis:DescribeStreamConsumer",
          "kinesis:DescribeStreamSummary",
          "kinesis:ListShards",
          "kinesis:ListStreamConsumers",
          "kinesis:RegisterStreamConsumer",
        ],
        Resource: [
          "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
          "arn:aws:kinesis:eu-west-1:123456789012:stream/bills-*",
        ],
      },
      {
        Sid: "Consumers",
        Effect: "Allow",
        Action: expect.arrayContaining(["kinesis:DeregisterStreamConsumer", "kinesis:TagResource"]),
        Resource: [
          "arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/*",
          "arn:aws:kinesis:eu-west-1:123456789012:stream/bills-*/consumer/*",
        ],
      },
    ],
  });
});

test("by default all uses of all streams; a key of one's own is one more statement", async () => {
  const all = await policy();
  expect(all.Statement.map(({ Sid, Resource }: { Sid: string; Resource: string[] }) => [Sid, Resource])).toEqual([
    ["Streams", ["arn:aws:kinesis:*:*:stream/*"]],
    ["Consumers", ["arn:aws:kinesis:*:*:stream/*/consumer/*"]],
    ["Account", ["*"]],
  ]);
  const key = "arn:aws-cn:kms:cn-north-1:123456789012:key/1";
  expect((await policy("--partition", "aws-cn", "--kms-key", key)).Statement[3]).toEqual({
    Sid: "Key",
    Effect: "Allow",
    Action: ["kms:DescribeKey", "kms:GenerateDataKey"],
    Resource: [key],
  });
});

test.each([
  [["--for", "Everything"], /Allowed choices are Stream, StreamTags, /],
  [["--stream", "a/b"], /A stream's name has letters/],
])("a wrong command line is one sentence and exit code 2: %j", async (args, message) => {
  const { code, stderr } = await cli(["iam-policy", ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
