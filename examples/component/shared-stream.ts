import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream, StreamConsumer } from "pulumi-kinesis";

export interface SharedStreamArgs {
  shardCount: pulumi.Input<number>;
  /** The names of the consumers with fan-out of their own. */
  consumers?: readonly string[];
  /** ARNs of those who may read the stream from other accounts. */
  readers?: readonly pulumi.Input<string>[];
}

/** A stream that other teams read: with a consumer for each of them, and with a policy for those in other accounts. */
export class SharedStream extends pulumi.ComponentResource {
  readonly stream: Stream;
  /** The ARN of each consumer by its name. */
  readonly consumerArns: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SharedStreamArgs, options?: pulumi.ComponentResourceOptions) {
    super("acme:kinesis:SharedStream", name, {}, options);
    const { shardCount, consumers = [], readers = [] } = args;
    this.stream = new Stream(name, { shardCount }, { parent: this });
    const registered = consumers.map((consumer) => {
      const { arn } = new StreamConsumer(
        `${name}-${consumer}`,
        { name: consumer, streamArn: this.stream.arn },
        { parent: this },
      );
      return [consumer, arn] as const;
    });
    this.consumerArns = pulumi.output(Object.fromEntries(registered));
    if (readers.length > 0) {
      const policy = pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Readers",
            Effect: "Allow",
            Principal: { AWS: readers },
            Action: [
              "kinesis:DescribeStreamSummary",
              "kinesis:ListShards",
              "kinesis:GetShardIterator",
              "kinesis:GetRecords",
            ],
            Resource: this.stream.arn,
          },
        ],
      });
      new ResourcePolicy(name, { resourceArn: this.stream.arn, policy }, { parent: this });
    }
    this.registerOutputs({ consumerArns: this.consumerArns });
  }
}
