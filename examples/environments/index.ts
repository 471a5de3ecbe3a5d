import * as pulumi from "@pulumi/pulumi";
import { Stream } from "pulumi-kinesis";

// What differs between the environments is in Pulumi.dev.yaml, Pulumi.staging.yaml and Pulumi.prod.yaml.
const config = new pulumi.Config();
const environment = pulumi.getStack();
const isProduction = environment === "prod";

const orders = new Stream(
  "orders",
  {
    name: `${environment}-orders`,
    shardCount: config.requireNumber("shardCount"),
    retentionPeriod: config.getNumber("retentionHours") ?? 24,
    shardLevelMetrics: isProduction ? ["IncomingBytes", "OutgoingBytes", "WriteProvisionedThroughputExceeded"] : [],
    ...(isProduction ? { encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" } : {}),
    tags: { environment },
  },
  // Pulumi refuses to delete or replace it until `pulumi state unprotect`.
  { protect: isProduction },
);

export const streamName = orders.name;
export const streamArn = orders.arn;
