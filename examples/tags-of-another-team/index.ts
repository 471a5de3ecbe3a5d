import * as pulumi from "@pulumi/pulumi";
import { getStreamOutput, StreamTags } from "pulumi-kinesis";

const config = new pulumi.Config();

// Whoever owns the stream, this program sets, watches and removes these two keys and no others. A key that somebody else has set
// to another value is refused, unless `overwrite: true`.
const stream = getStreamOutput({ name: config.require("streamName") });
const billing = new StreamTags("billing", {
  streamArn: stream.arn,
  tags: { "cost-centre": "4711", "billing:owner": "finance" },
});

export const streamArn = billing.streamArn;
export const tags = billing.tags;
