/** An account that allows nothing but what `pulumi-kinesis iam-policy` prints. */
import { expect, test } from "@jest/globals";
import type { Use } from "../../provider/permissions";
import { iamPolicy } from "../../provider/permissions";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis({ registerConsumerMs: 100, deregisterConsumerMs: 100 });

/** Refuses what the policy for these uses of a stream does not allow, and answers what it has refused. */
function allowOnly(uses: readonly Use[], stream: string): string[] {
  const place = { partition: "aws", region: "us-east-1", account: "000000000000" };
  const { Statement } = iamPolicy({ uses, streams: [stream], ...place });
  const refused: string[] = [];
  kinesis.proxy.hook(({ target, body }) => {
    const { StreamName, StreamARN, ConsumerARN, ResourceARN } = body as Record<string, string | undefined>;
    const name = StreamName && `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
    const resource = ConsumerARN ?? ResourceARN ?? StreamARN ?? name ?? "*";
    const isAllowed = Statement.some(
      ({ Action, Resource }) =>
        Action.includes(`kinesis:${target}`) &&
        Resource.some(
          (arn) => arn === "*" || resource === arn || (arn.endsWith("/*") && resource.startsWith(arn.slice(0, -1))),
        ),
    );
    if (isAllowed) return undefined;
    refused.push(`${target} ${resource}`);
    return { fail: { status: 400, code: "AccessDeniedException", message: "not in the policy" } };
  });
  return refused;
}

const program = (shardCount: number, more: string) => `
import { getStreamOutput, ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
const orders = new Stream("orders", { name: "orders", shardCount: ${shardCount}, ${more} });
new StreamTags("billing", { streamArn: orders.arn, tags: { "cost-centre": "${shardCount}" } });
const reporting = new StreamConsumer("reporting", { streamArn: orders.arn, tags: { team: "${shardCount}" } });
const policy = (resource: string) => JSON.stringify({ Statement: [
  { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kinesis:DescribeStreamConsumer", Resource: resource }] });
new ResourcePolicy("access", { resourceArn: reporting.arn, policy: reporting.arn.apply(policy) });
export const shards = getStreamOutput({ name: orders.name }).openShards;
`;

test("is enough for a stream with all that goes with it: created, changed in everything, refreshed, destroyed", async () => {
  const refused = allowOnly(["Stream", "StreamTags", "StreamConsumer", "ResourcePolicy", "look-ups"], "orders");
  const project = await kinesis.project(program(1, `tags: { team: "a" }`));
  expect((await project.up()).exitCode).toBe(0);
  const settings = `retentionPeriod: 48, encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis", shardLevelMetrics: ["IncomingBytes"],
    maxRecordSizeInKib: 2048, enforceConsumerDeletion: true`;
  await project.writeProgram(program(2, settings));
  expect((await project.up()).exitCode).toBe(0);
  await project.writeProgram(program(1, "enforceConsumerDeletion: true"));
  expect((await project.up()).exitCode).toBe(0);
  expect((await project.refresh()).exitCode).toBe(0);
  expect((await project.destroy()).exitCode).toBe(0);
  expect(refused).toEqual([]);
}, 300_000);

test("of another stream allows nothing, and the refusal names the action", async () => {
  const refused = allowOnly(["Stream"], "bills");
  const project = await kinesis.project(
    `import { Stream } from "pulumi-kinesis"; new Stream("s", { name: "orders", shardCount: 1 });`,
  );
  const up = await project.up();
  expect(up.exitCode).not.toBe(0);
  expect(up.stdout).toMatch(/DescribeStream of stream "orders" failed: AccessDeniedException/);
  expect(new Set(refused)).toEqual(new Set(["DescribeStream arn:aws:kinesis:us-east-1:000000000000:stream/orders"]));
}, 120_000);
