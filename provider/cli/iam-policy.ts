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
    .option("--region <region>", "their region", "*")
    .option("--account <number>", "their account", "*")
    .option("--partition <partition>", "aws-cn in China, aws-us-gov in GovCloud", "aws")
    .option("--kms-key <arn>", "a key of your own that streams are encrypted with")
    .action(({ stream: streams = ["*"], for: uses, kmsKey: kmsKeyArn, ...place }: IamPolicyOptions) => {
      console.log(JSON.stringify(iamPolicy({ streams, uses, kmsKeyArn, ...place }), undefined, 2));
    });
}

/** Names of streams, or patterns of them, as they come one by one. */
export function streamNames(name: string, before: readonly string[] = []): string[] {
  if (!/^[\w.*?-]{1,128}$/.test(name)) {
    throw new InvalidArgumentError("a stream's name has letters, digits, _ . and -, here also * and ?.");
  }
  return [...before, name];
}
