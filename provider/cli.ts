#!/usr/bin/env node
import { getSystemErrorMap } from "node:util";
import { Command } from "commander";
import { addAdopt } from "./cli/adopt";
import { addDoctor } from "./cli/doctor";
import { addIamPolicy } from "./cli/iam-policy";
import { ownManifest } from "./cli/manifest";
import { addPlan } from "./cli/plan";
import { excerpt, isPresentable } from "./errors";

const program = new Command("pulumi-kinesis")
  .description("Amazon Kinesis Data Streams for Pulumi, at the terminal.")
  .version(ownManifest.version, "-V, --version", "print the version of pulumi-kinesis")
  // It quotes what is wrong, however long that is.
  .configureOutput({ outputError: (text, write) => write(text.replace(/[^\s]{128,}/g, (long) => excerpt(long))) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .showHelpAfterError("(--help tells what there is)")
  .addHelpText(
    "afterAll",
    `
Exit codes:
  0  done
  1  AWS, the planner or a check says no; standard error says why
  2  the command line is wrong`,
  );
addPlan(program);
addDoctor(program);
addAdopt(program);
addIamPolicy(program);

/** What the system refuses, as a file that can't be written, in its own words. */
function refusalOfSystem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error)) return undefined;
  const { errno, path, message } = error as NodeJS.ErrnoException;
  const words = wordsOf(errno);
  return path === undefined || words === undefined ? message : `${path}: ${words}`;
}

const wordsOf = (errno = 0): string | undefined => getSystemErrorMap().get(errno)?.[1];

// The console takes no notice of output that can't be written. Who reads only the beginning of it, as `head`, has closed the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  console.error(`standard output: ${wordsOf(error.errno) ?? error.message}`);
  process.exitCode = 1;
});

program.parseAsync().catch((error: unknown) => {
  console.error(isPresentable(error) ? error.message : (refusalOfSystem(error) ?? error));
  process.exitCode = 1;
});
