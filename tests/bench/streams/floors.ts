/**
 * The least that a step takes because a tool waits a fixed time before it looks (again), as its source says. Nothing of it is
 * measured here. `npm test` compares what can be read on this machine.
 */
export interface Floor {
  readonly tool: string;
  readonly source: string;
  readonly constant: string;
  readonly means: string;
}

const TERRAFORM =
  "hashicorp/terraform-provider-aws@03aadd4385481a5bb0e26d7eec2a2d75ea30c9a0, internal/service/kinesis/stream.go";

export const FLOORS: readonly Floor[] = [
  {
    tool: "Terraform `aws_kinesis_stream`",
    source: `${TERRAFORM}, waitStreamCreated, waitStreamUpdated, waitStreamDeleted`,
    constant: "Delay: 10 * time.Second, MinTimeout: 3 * time.Second",
    means: "10 s before the first look after a create, a change or a delete, then looks at least 3 s apart",
  },
  {
    tool: "Terraform `aws_kinesis_stream`",
    source: `${TERRAFORM}, resourceStreamCreate (retention_period has a default, so it is always set)`,
    constant: "IncreaseStreamRetentionPeriod, then waitStreamUpdated",
    means: "another 10 s in every create: 20 s at least",
  },
  {
    tool: "Pulumi `aws.kinesis.Stream`",
    source: "pulumi/pulumi-aws@0dd51681a7cd60e556ffdd2d18efa9ca988b6963, README.md",
    constant: "based on the Terraform Provider for AWS",
    means: "the code of the Terraform resource above waits, as long",
  },
  {
    tool: "AWS SDK for JavaScript v3",
    source: "@aws-sdk/client-kinesis 3.1143.0, dist-es/waiters/waitForStreamExists.js and waitForStreamNotExists.js",
    constant: "minDelay: 10, maxDelay: 120",
    means: "10 s between the first look and the second, up to 120 s between later ones",
  },
  {
    tool: "boto3 and `aws kinesis wait`",
    source: "boto/botocore@c948ed2ece963756ad440d1c790f48f44c6aedec, botocore/data/kinesis/2013-12-02/waiters-2.json",
    constant: '"delay": 10, "maxAttempts": 18',
    means: "10 s between looks; gives up after 18 of them, about three minutes",
  },
  {
    tool: "CloudFormation, waited for with boto3 or `aws cloudformation wait`",
    source:
      "boto/botocore@035d026dd48d946cc53211a2ace1a52f3e958b01, botocore/data/cloudformation/2010-05-15/waiters-2.json",
    constant: '"delay": 30 of StackCreateComplete, StackUpdateComplete, StackDeleteComplete',
    means: "30 s between looks at the stack",
  },
  {
    tool: "CloudFormation, `aws cloudformation deploy`",
    source:
      "aws/aws-cli@029e5be78f8c06319667f1de83141faa04035841, awscli/customizations/cloudformation/deployer.py, wait_for_execute",
    constant: "'Delay': 5",
    means:
      "5 s between looks at the stack. How long CloudFormation itself waits between its looks at a stream is not public, so it has no floor here",
  },
];
