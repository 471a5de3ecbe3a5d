#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { providerClosure } from "../sdk/provider-closure";
import { KinesisClient } from "./client";
import { excerpt, isPresentable, MoveError } from "./errors";
import { moveStack } from "./moving/move-stack";
import type { Use } from "./permissions";
import { iamPolicy, PERMISSIONS } from "./permissions";
import type { ShardRange } from "./reshard";
import { describePlan, MOST_SHARDS, planReshard, renderPlanSvg } from "./reshard";
import { evenShards } from "./reshard/even-shards";

/** Exit codes: 0 done, 1 AWS or the planner said no, 2 the command line is wrong. */
const program = new Command("pulumi-kinesis")
  .description("Amazon Kinesis Data Streams for Pulumi, at the terminal.")
  // It quotes what is wrong, however long that is.
  .configureOutput({ outputError: (text, write) => write(text.replace(/[^\s]{128,}/g, (long) => excerpt(long))) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

interface PlanOptions {
  stream?: string;
  shards?: number;
  from?: number;
  to?: number;
  region?: string;
  endpoint?: string;
  json?: true;
  svg?: string;
}

program
  .command("plan")
  .description("Show the splits and merges that bring a stream to a shard count. Changes nothing.")
  .usage("--stream <name> --shards <count> | --from <count> --to <count>")
  .option("--stream <name>", "plan from this stream's open shards (needs AWS credentials)")
  .option("--shards <count>", "the shard count that the stream is to reach", shardCount)
  .option("--from <count>", "plan from so many even shards (needs no AWS)", shardCount)
  .option("--to <count>", "the shard count to reach from there", shardCount)
  .option("--region <region>", "the stream's region; default: AWS's own settings")
  .option("--endpoint <url>", "another Kinesis endpoint, an emulator for example")
  .option("--json", "print the plan as JSON")
  .option("--svg <file>", "draw the plan into this file")
  .action(async (options: PlanOptions, command: Command) => {
    const { stream, shards, from, to } = options;
    const named = stream !== undefined && shards !== undefined && from === undefined && to === undefined;
    const even = from !== undefined && to !== undefined && stream === undefined && shards === undefined;
    if (!named && !even) command.error("error: give --stream with --shards, or --from with --to", { exitCode: 2 });
    const plan = even
      ? planReshard({ shards: evenShards(from), target: to })
      : planReshard({ shards: await openShards(options), target: Number(shards) });
    if (options.svg !== undefined) writeFileSync(options.svg, renderPlanSvg(plan));
    console.log(options.json ? JSON.stringify(plan, undefined, 2) : describePlan(plan));
  });

program
  .command("adopt")
  .description(
    "Move the Kinesis resources of @pulumi/aws in an exported stack to pulumi-kinesis, or back. Calls nobody.",
  )
  .requiredOption("--from-stack <file>", "what `pulumi stack export` wrote; - for standard input")
  .option("--back", "move ours to @pulumi/aws instead")
  .option("--out <file>", "write the stack into this file instead of to standard output")
  .addHelpText(
    "after",
    `
To move: change the import in the program, then
  pulumi stack export > before.json
  pulumi-kinesis adopt --from-stack before.json --out after.json
  pulumi stack import --file after.json
  pulumi preview   # shows no stream created, replaced or deleted`,
  )
  .action(({ fromStack, back, out }: { fromStack: string; back?: true; out?: string }) => {
    if (out !== undefined && resolve(out) === resolve(fromStack)) {
      throw new MoveError(`${out} is the stack that is read: write into another file, so that the move can be undone`);
    }
    const { stack, moved, notes } = moveStack(
      readStack(fromStack),
      back ? "to-aws" : "to-pulumi-kinesis",
      providerClosure,
      randomUUID,
    );
    const text = `${JSON.stringify(stack, undefined, 4)}\n`;
    if (out === undefined) process.stdout.write(text);
    else writeFileSync(out, text);
    // Apart from the stack, which may go down a pipe.
    for (const urn of moved) console.error(`moved ${urn}`);
    for (const note of notes) console.error(note);
  });

const USES = Object.keys(PERMISSIONS) as Use[];

interface IamPolicyOptions {
  stream?: string[];
  for: Use[];
  region: string;
  account: string;
  partition: string;
  kmsKey?: string;
}

program
  .command("iam-policy")
  .description("Print the least that IAM has to allow for what a program does with its streams. Calls nobody.")
  .option("--stream <names...>", "the streams by name, * and ? as IAM has them; default: all", streamNames)
  .addOption(new Option("--for <uses...>", "what the program uses").choices(USES).default(USES, "all of it"))
  .option(
    "--region <region>",
    "their region",
    like(/^([a-z]{2,}(-[a-z]+)+-\d+|\*)$/, "a region such as eu-west-1, or *"),
    "*",
  )
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
    like(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "a key's ARN, arn:aws:kms:<region>:<account>:key/<id>"),
  )
  .action(({ stream: streams = ["*"], for: uses, kmsKey: kmsKeyArn, ...place }: IamPolicyOptions) => {
    console.log(JSON.stringify(iamPolicy({ streams, uses, kmsKeyArn, ...place }), undefined, 2));
  });

function streamNames(name: string, before: readonly string[] = []): string[] {
  if (!/^[\w.*?-]{1,128}$/.test(name)) {
    throw new InvalidArgumentError("a stream's name has letters, digits, _ . and -, here also * and ?.");
  }
  return [...before, name];
}

/** What is written into a policy must be what it is for: IAM would take another text for another resource. */
function like(pattern: RegExp, words: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`it must be ${words}.`);
  };
}

function readStack(file: string): unknown {
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new MoveError(
      `${file === "-" ? "standard input" : file} is no JSON: give it what \`pulumi stack export\` wrote`,
    );
  }
}

function shardCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_SHARDS) {
    throw new InvalidArgumentError(`it must be a whole number from 1 to ${MOST_SHARDS}.`);
  }
  return count;
}

async function openShards({ stream, region, endpoint }: PlanOptions): Promise<ShardRange[]> {
  const client = new KinesisClient({ region, endpoint });
  try {
    const shards: ShardRange[] = [];
    for await (const shard of client.shards({ StreamName: stream, ShardFilter: { Type: "AT_LATEST" } })) {
      const { StartingHashKey, EndingHashKey } = shard.HashKeyRange;
      shards.push({ shardId: shard.ShardId, startingHashKey: StartingHashKey, endingHashKey: EndingHashKey });
    }
    return shards;
  } finally {
    await client.close();
  }
}

program.parseAsync().catch((error: unknown) => {
  // What the system refuses, as a file that can't be written, is told in its own sentence.
  const isSystems = error instanceof Error && "syscall" in error;
  console.error(isPresentable(error) || isSystems ? error.message : error);
  process.exitCode = 1;
});
