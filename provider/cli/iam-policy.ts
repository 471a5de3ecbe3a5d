import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { Use } from "../permissions";
import { iamPolicy, PERMISSIONS } from "../permissions";

const USES = Object.keys(PERMISSIONS) as Use[];

/** `--for`, with the uses that it has without being said. */
export const usesOption = (fallback: readonly Use[], inWords: string) =>
  new Option("--for <uses...>", "what the program uses").choices(USES).default(fallback, inWords);

export const ALL_USES: readonly Use[] = USES;

interface IamPolicyOptions {
  stream?: string[];
  for: Use[];
  region: string;
  account: string;
  partition: string;
  kmsKey?: string;
}

export function addIamPolicy(program: Command): void {
  program
    .command("iam-policy")
    .summary("print the least that IAM has to allow")
    .description("Print the least that IAM has to allow for what a program does with its streams. Calls nobody.")
    .option("--stream <names...>", "the streams by name, * and ? as IAM has them; default: all", streamNames)
    .addOption(usesOption(USES, "all of it"))
    .option("--region <region>", "their region", like(REGION, "a region such as eu-west-1, or *"), "*")
    .option("--account <number>", "their account", like(/^(\d{12}|\*)$/, "a number of twelve digits, or *"), "*")
    .option(
      "--partition <partition>",
      "aws-cn in China, aws-us-gov in GovCloud",
      like(/^aws(-[a-z]+)*$/, "aws, aws-cn, aws-us-gov and so on"),
      "aws",
    )
    .option(
      "--kms-key <arn>",
      "a key of your own that streams are encrypted with",
      like(KMS_KEY, "a key's ARN, arn:aws:kms:<region>:<account>:key/<id>"),
    )
    .action(({ stream: streams = ["*"], for: uses, kmsKey: kmsKeyArn, ...place }: IamPolicyOptions) => {
      console.log(JSON.stringify(iamPolicy({ streams, uses, kmsKeyArn, ...place }), undefined, 2));
    });
}

const REGION = /^([a-z]{2,}(-[a-z]+)+-\d+|\*)$/;
const KMS_KEY = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** What is written into a policy must be what it is for: IAM would take another text for another resource. */
function like(pattern: RegExp, words: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`It must be ${words}.`);
  };
}

/** Names of streams, or patterns of them, as they come one by one. */
export function streamNames(name: string, before: readonly string[] = []): string[] {
  if (!/^[\w.*?-]{1,128}$/.test(name)) {
    throw new InvalidArgumentError("A stream's name has letters, digits, _ . and -, here also * and ?.");
  }
  return [...before, name];
}
