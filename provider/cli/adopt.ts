import { randomUUID } from "node:crypto";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { providerClosure } from "../../sdk/provider-closure";
import { MoveError } from "../errors";
import { moveStack } from "../moving/move-stack";
import { programFor } from "./adopt-program";
import { findStreams } from "./adopt-streams";
import type { ConnectionOptions } from "./connection";
import { connected, namesConnection, withConnection } from "./connection";
import { streamNames } from "./iam-policy";

interface AdoptOptions extends ConnectionOptions {
  stream?: string[];
  fromStack?: string;
  back?: true;
  out?: string;
}

export function addAdopt(program: Command): void {
  const command = program
    .command("adopt")
    .summary("take over streams that exist, or a stack of @pulumi/aws")
    .description(
      "Write a program that takes over streams as they are, or move the Kinesis resources of @pulumi/aws in an exported " +
        "stack to pulumi-kinesis and back. Changes neither AWS nor the stack.",
    )
    .usage("--stream <names...> | --from-stack <file> [--back]  [--out <file>]")
    .option("--stream <names...>", "write a program for these streams; * and ? stand for any letters", streamNames)
    .option("--from-stack <file>", "move what `pulumi stack export` wrote; - for standard input; calls nobody")
    .option("--back", "move ours to @pulumi/aws instead")
    .option("--out <file>", "write into this file instead of to standard output");
  withConnection(command)
    .addHelpText(
      "after",
      `
Streams that exist:
  $ pulumi-kinesis adopt --stream orders 'bills-*' --out index.ts
  $ pulumi preview   # says "will adopt" of each stream, and nothing of a change

From @pulumi/aws:
  $ pulumi stack export --file before.json
  $ pulumi-kinesis adopt --from-stack before.json --out after.json
    (change the import in the program: aws.kinesis.Stream becomes Stream)
  $ pulumi stack import --file after.json
  $ pulumi preview   # shows no stream created, replaced or deleted`,
    )
    .action(async (options: AdoptOptions, self: Command) => {
      const { stream, fromStack, back } = options;
      if ((stream === undefined) === (fromStack === undefined)) {
        self.error("error: give --stream or --from-stack", { exitCode: 2 });
      }
      if (fromStack !== undefined && namesConnection(options)) {
        self.error("error: --from-stack calls nobody: leave --region, --profile and --endpoint out", { exitCode: 2 });
      }
      if (back && fromStack === undefined) self.error("error: --back goes with --from-stack", { exitCode: 2 });
      if (stream !== undefined) await adoptStreams(stream, options);
      else adoptStack(String(fromStack), options);
    });
}

async function adoptStreams(names: readonly string[], { out, ...connection }: AdoptOptions): Promise<void> {
  const { streams, notes, region } = await connected(connection, (to) => findStreams(to, names));
  const text = programFor(streams, region);
  if (out !== undefined) writeNew(out, text);
  else process.stdout.write(text);
  for (const note of notes) console.error(note);
  console.error(
    `${streams.length} stream${streams.length === 1 ? "" : "s"} of ${region}: \`pulumi preview\` must say "will adopt" of each, ` +
      "and nothing of a change",
  );
}

/** Somebody's program, or the stack that undoes an earlier move, is not written over. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new MoveError(`${file} is there already and was left as it is: name a file that isn't`);
  }
}

function adoptStack(fromStack: string, { back, out }: AdoptOptions): void {
  if (out !== undefined && isSameFile(out, fromStack)) {
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
  else writeNew(out, text);
  // Apart from the stack, which may go down a pipe.
  for (const urn of moved) console.error(`moved ${urn}`);
  for (const note of notes) console.error(note);
}

/** On Windows and macOS one file has many names, `before.json` and `Before.json`; everywhere a link gives it another. */
function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  try {
    return realpathSync.native(one) === realpathSync.native(other);
  } catch {
    // The one that is to be written needs not be there.
    return false;
  }
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
