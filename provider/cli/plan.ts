import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { UnsupportedStreamError } from "../errors";
import type { ObservedStream } from "../lifecycle/observe";
import { findStream } from "../lifecycle/observe";
import { DEFAULT_MAX_OPERATIONS } from "../lifecycle/resharding";
import type { ReshardPlan, ShardRange, Tolerance } from "../reshard";
import { describePlan, MOST_SHARDS, planReshard, renderPlanSvg } from "../reshard";
import type { OptionNames } from "../reshard/errors";
import { OptionError } from "../reshard/errors";
import { evenShards } from "../reshard/even-shards";
import type { ConnectionOptions } from "./connection";
import { connected, namesConnection, noStream, withConnection } from "./connection";

interface PlanOptions extends ConnectionOptions {
  stream?: string;
  shards?: number;
  from?: number;
  to?: number;
  weights?: number[];
  tolerance?: number | Tolerance;
  balance: "keyspace" | "none";
  maxOpenShards?: number;
  allowHotMerge?: true;
  allSteps?: true;
  json?: true;
  svg?: string;
}

export function addPlan(program: Command): void {
  const command = program
    .command("plan")
    .summary("show the splits and merges of a reshard")
    .description("Show the splits and merges that bring a stream to a shard count. Changes nothing.")
    .usage("--stream <name> --shards <count> | --from <count> --to <count>")
    .option("--stream <name>", "plan from this stream's open shards (needs AWS credentials)")
    .option("--shards <count>", "the shard count that the stream is to reach", shardCount)
    .option("--from <count>", "plan from so many even shards (needs no AWS)", shardCount)
    .option("--to <count>", "the shard count to reach from there", shardCount)
    .option("--weights <numbers>", "how wide each shard is to be, as 1,1,2; default: all the same", weights)
    .option(
      "--tolerance <over[,under]>",
      "how far a shard may be from its width: 0.1,0.25 is 10 % wider and 25 % narrower, the default",
      tolerance,
    )
    .addOption(
      new Option("--balance <kind>", "none leaves shards alone that have the right count and other widths")
        .choices(["keyspace", "none"])
        .default("keyspace"),
    )
    .option("--max-open-shards <count>", "never more than this on the way; default: one more than needed", shardCount)
    .option("--allow-hot-merge", "where that leaves no other way, merge first and be hotter for a step")
    .option("--all-steps", "print every step; default: the first and the last")
    .option("--json", "print the plan as JSON")
    .option("--svg <file>", "draw the plan into this file");
  withConnection(command)
    .addHelpText(
      "after",
      `
The options mean what they mean under resharding: { … } in a program, and have
the same defaults.
--json prints a ReshardPlan of pulumi-kinesis/reshard: steps, splits, merges,
peakOpenShards, estimatedSeconds, movedFraction, balance, initial and result
(hash keys as decimal text), and the request.

Examples:
  $ pulumi-kinesis plan --from 4 --to 6 --svg plan.svg
  $ pulumi-kinesis plan --stream orders --shards 12 --region eu-west-1`,
    )
    .action(async (options: PlanOptions, self: Command) => {
      const count = wantedCount(options, self);
      const plan = planOf(options, count, await startOf(options));
      const text = options.json ? JSON.stringify(plan, undefined, 2) : inWords(plan, options);
      if (options.svg !== undefined) writeFileSync(options.svg, renderPlanSvg(plan));
      console.log(text);
    });
}

/** The count that the plan is to reach. Ends the process where the options don't go together. */
function wantedCount(options: PlanOptions, self: Command): number {
  const { stream, shards, from, to, weights, svg } = options;
  const wrong = (message: string) => self.error(`error: ${message}`, { exitCode: 2 });
  const named = stream !== undefined && shards !== undefined && from === undefined && to === undefined;
  const even = from !== undefined && to !== undefined && stream === undefined && shards === undefined;
  if (!named && !even) wrong("give --stream with --shards, or --from with --to");
  if (even && namesConnection(options)) wrong("--from calls nobody: leave --region, --profile and --endpoint out");
  // An older picture is replaced, somebody's program is not.
  if (svg !== undefined && isOthersFile(svg)) {
    wrong(`${svg} is there already and is no picture of a plan: name another file`);
  }
  const count = Number(shards ?? to);
  if (weights !== undefined && weights.length !== count) {
    wrong(`--weights has ${weights.length} numbers for ${count} shards: give one for each, in the order of hash keys`);
  }
  return count;
}

/** Not what is empty, or no file: a pipe, /dev/null. */
function isOthersFile(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = statSync(path);
  return file.isFile() && file.size > 0 && !readFileSync(path, "utf8").startsWith("<svg ");
}

async function startOf(options: PlanOptions): Promise<readonly ShardRange[]> {
  if (options.stream === undefined) return evenShards(Number(options.from));
  return (await streamToPlan(options.stream, options)).openShards;
}

async function streamToPlan(name: string, options: ConnectionOptions): Promise<ObservedStream> {
  const stream = await connected(options, async (connection) => {
    const found = await findStream(connection, { StreamName: name }, { withSummary: true });
    if (found) return found;
    throw noStream(connection, name);
  });
  if (stream.status === "CREATING" || stream.status === "DELETING") {
    throw new UnsupportedStreamError(`stream ${name} is ${stream.status}: there are no shards to plan from.`);
  }
  // What goes down a pipe is the plan.
  if (stream.settings.streamMode === "ON_DEMAND") {
    console.error(
      `stream ${name} is in ON_DEMAND mode, in which AWS sets the shards: this is what would follow a switch to PROVISIONED`,
    );
  }
  if (stream.status === "UPDATING") {
    console.error(`stream ${name} is being changed by somebody: its shards may be others soon`);
  }
  return stream;
}

function planOf(options: PlanOptions, shardCount: number, shards: readonly ShardRange[]): ReshardPlan {
  const { weights, tolerance, balance, maxOpenShards, allowHotMerge } = options;
  const isLeftAlone = balance === "none" && shards.length === shardCount;
  try {
    return planReshard({
      shards,
      target: { shardCount, weights },
      tolerance: isLeftAlone ? ANY_WIDTH : tolerance,
      maxOpenShards,
      allowHotMerge,
    });
  } catch (error) {
    throw error instanceof OptionError ? error.withNames(FLAGS) : error;
  }
}

const FLAGS: OptionNames = { maxOpenShards: "--max-open-shards", allowHotMerge: "--allow-hot-merge" };

/** The widest that the planner takes: with it every partition of the right count is good. */
const ANY_WIDTH: Tolerance = { over: 1000, under: 1 };

function inWords(plan: ReshardPlan, { allSteps, balance }: PlanOptions): string {
  const count = plan.result.length;
  if (balance === "none" && plan.steps.length === 0) {
    return `${count} shard${count === 1 ? "" : "s"} as asked for: their widths are left alone, nothing to reshard`;
  }
  const text = describePlan(plan, allSteps ? { maxSteps: plan.steps.length } : {});
  const operations = plan.steps.length;
  if (operations <= DEFAULT_MAX_OPERATIONS) return text;
  return `${text}\n  \`pulumi up\` refuses more than ${DEFAULT_MAX_OPERATIONS} unless resharding.maxOperations is ${operations} or more`;
}

function shardCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_SHARDS) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_SHARDS}.`);
  }
  return count;
}

function weights(text: string): number[] {
  const numbers = text.split(",").map(asNumber);
  if (!numbers.every((weight) => weight > 0 && Number.isFinite(weight))) {
    throw new InvalidArgumentError("It must be positive numbers with commas between them, as 1,1,2.");
  }
  return numbers;
}

/** As in a program: one number for both directions, or each. */
function tolerance(text: string): number | Tolerance {
  const [over = Number.NaN, under, ...more] = text.split(",").map(asNumber);
  const isWithin = (value: number, most: number) => value >= 0 && value <= most;
  const isGood = isWithin(over, under === undefined ? 0.99 : 10) && isWithin(under ?? 0, 0.99) && more.length === 0;
  if (!isGood) {
    throw new InvalidArgumentError(
      "It must be a part of the width from 0 to 0.99, or two: over from 0 to 10, under from 0 to 0.99, as 0.1,0.25.",
    );
  }
  return under === undefined ? over : { over, under };
}

/** An empty text is 0 to JavaScript. */
const asNumber = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
