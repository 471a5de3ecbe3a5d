import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A step did not end as it should; the message is for a person. */
export class StepFailed extends Error {}

/** An engine run that says nothing for this long hangs: a plugin that fails to start, for example. */
const SILENCE_MS = 15 * 60_000;

/** Runs `pulumi` in one project and shows of its output what a person wants to follow. */
export class PulumiRunner {
  private running: ChildProcess | undefined;
  private interrupted = false;

  constructor(
    private readonly pulumi: string,
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly verbose: boolean,
  ) {}

  /** Passes Ctrl-C on: the engine ends the step it is in, a second one makes it give up. No further command is started. */
  interrupt(): void {
    this.interrupted = true;
    this.running?.kill("SIGINT");
  }

  /** Starts commands again after an interrupt: for cleaning up. */
  resume(): void {
    this.interrupted = false;
  }

  /** @throws StepFailed with all that the engine printed */
  async run(...args: string[]): Promise<string> {
    if (this.interrupted) throw new StepFailed("Interrupted.");
    const child = spawn(this.pulumi, ["--non-interactive", "--color", "never", ...args], {
      cwd: this.directory,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, or Ctrl-C in a terminal would reach the engine twice, which means "give up".
      detached: true,
    });
    this.running = child;
    let output = "";
    let watchdog: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
    };
    heard();
    const show = this.verbose ? showAll : showMain();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        output += `${line}\n`;
        heard();
        show(line);
      });
    }
    const status = await new Promise<number | string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
    });
    clearTimeout(watchdog);
    this.running = undefined;
    if (status === 0) return output;
    if (this.interrupted) throw new StepFailed("Interrupted.");
    throw new StepFailed(`pulumi ${args.join(" ")} ended with ${status}. It printed:\n${output}`);
  }
}

const showAll = (line: string) => console.log(`   | ${line}`);

/** What resources became, and what the provider says; each once, although the engine prints the latter again at its end. */
function showMain(): (line: string) => void {
  const shown = new Set<string>();
  return (line) => {
    const resource = /^ *([-+~]+)? *pulumi-nodejs:dynamic\/kinesis:(\w+ \S+ (?:created|updated|deleted)\b.*)/.exec(
      line,
    );
    const message = /^ *[-+~]* *pulumi:pulumi:Stack \S+ (?:running|creating \(\d+s\)|refreshing \(\d+s\)) (.+)$/.exec(
      line,
    );
    const text = resource ? `${resource[1] ?? " "} ${resource[2]}` : message?.[1];
    if (text === undefined || shown.has(text)) return;
    shown.add(text);
    console.log(`   | ${text.trimEnd()}`);
  };
}
