import { styleText } from "node:util";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { Use } from "../permissions";
import type { Platform } from "../platform";
import { realPlatform } from "../platform";
import type { ConnectionOptions } from "./connection";
import { withConnection } from "./connection";
import { checkAws } from "./doctor/aws";
import { checkEngine } from "./doctor/engine";
import type { Finding } from "./doctor/finding";
import { problem } from "./doctor/finding";
import { checkNode, checkOwnVersion, checkPulumiPackage } from "./doctor/packages";
import { usesOption } from "./iam-policy";

interface DoctorOptions extends ConnectionOptions {
  stream?: string;
  for: Use[];
  json?: true;
}

/** All calls of AWS together; each has a bound of its own far below. */
const AWS_MS = 45_000;
const ENGINE_MS = 15_000;

export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .summary("check what pulumi-kinesis needs on this machine and in AWS")
    .description(
      "Check region, endpoint, credentials, clock, permissions and quotas, the Pulumi engine, and the versions of what is " +
        "installed. Asks AWS only what changes nothing, and ends within a minute.",
    )
    .option("--stream <name>", "whose permissions are checked; default: those on a stream that isn't there", streamName)
    .addOption(usesOption(["Stream"], "Stream"));
  withConnection(command)
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `
Exit code 1 if there is a problem; warnings and what could not be checked are
none. --json prints { ok, checks: [{ check, status, found, advice? }] }, where a
status is ok, warning, problem or unknown.
A stack's own kinesis:region, kinesis:profile and kinesis:endpoint are not read:
give them as options.`,
    )
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options, realPlatform, process.cwd());
      const isOk = !findings.some(({ status }) => status === "problem");
      const text = options.json
        ? JSON.stringify({ ok: isOk, checks: findings }, undefined, 2)
        : inWords(findings, process.stdout.columns ?? 100, isColoured(process.stdout, realPlatform.env));
      // Ends here: what hangs, a metadata service or a sign-in, would keep the process alive after it was given up.
      const end = () => process.exit(process.exitCode ?? (isOk ? 0 : 1));
      // What can't be written is told in the stream's "error", which comes after this.
      process.stdout.write(`${text}\n`, (error) => (error ? setImmediate(end) : end()));
    });
}

async function examine(
  { stream, for: uses, ...connection }: DoctorOptions,
  platform: Platform,
  directory: string,
): Promise<Finding[]> {
  const tooLong = problem(
    "AWS",
    `no end within ${AWS_MS / 1000} s`,
    "Look for what hangs: a sign-in, a proxy, the network.",
  );
  const [engine, aws] = await Promise.all([
    checkEngine(platform.env, ENGINE_MS),
    Promise.race([checkAws({ ...connection, stream, uses }, platform), platform.sleep(AWS_MS).then(() => [tooLong])]),
  ]);
  return [checkNode(process.versions.node), checkOwnVersion(), checkPulumiPackage(directory), engine, ...aws];
}

const COLOURS = { ok: "green", warning: "yellow", problem: "red", unknown: "gray" } as const;

function inWords(findings: readonly Finding[], columns: number, coloured: boolean): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = 8 + 1 + width + 2;
  const lines = findings.flatMap(({ check, status, found, advice }) => {
    const mark = status.padEnd(8);
    const shown = coloured ? styleText(COLOURS[status], mark) : mark;
    const text = wrapped(advice === undefined ? [found] : [found, `-> ${advice}`], Math.max(40, columns - indent));
    return text.map((line, i) =>
      i === 0 ? `${shown} ${check.padEnd(width)}  ${line}` : `${" ".repeat(indent)}${line}`,
    );
  });
  const count = (wanted: Finding["status"]) => findings.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const plural = (n: number, noun: string) => `${n === 0 ? "no" : n} ${noun}${n === 1 ? "" : "s"}`;
  return [...lines, "", `${plural(problems, "problem")}, ${plural(warnings, "warning")}`].join("\n");
}

/** Lines of at most so many characters, broken between words. */
function wrapped(paragraphs: readonly string[], columns: number): string[] {
  return paragraphs.flatMap((paragraph) => {
    const lines: string[] = [];
    for (const word of paragraph.split(" ")) {
      const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
      if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  });
}

/** FORCE_COLOR and NO_COLOR before what the terminal can: https://no-color.org, https://force-color.org. */
function isColoured(output: NodeJS.WriteStream, { FORCE_COLOR, NO_COLOR, TERM }: Platform["env"]): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return output.isTTY === true && TERM !== "dumb";
}

function streamName(name: string): string {
  if (!/^[\w.-]{1,128}$/.test(name)) throw new InvalidArgumentError("A stream's name has letters, digits, _ . and -.");
  return name;
}
