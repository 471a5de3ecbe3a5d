import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onInterrupt } from "./interrupt";

export interface CommandResult {
  /** Undefined if the program could not be started at all. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The program is killed after this long. Without it the program may take its time. */
  readonly timeoutMs?: number;
  readonly onStderrLine?: (line: string) => void;
}

/** Runs a program to its end. Never rejects: a program that can't be started is a result like any other. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}) {
  return new Promise<CommandResult>((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
    });
    const done = onInterrupt(() => child.kill("SIGKILL"));
    let stdout = "";
    const stderr: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      stderr.push(line);
      options.onStderrLine?.(line);
    });
    const end = (result: CommandResult) => {
      done();
      resolve(result);
    };
    child.once("error", (error) => end({ exitCode: undefined, stdout, stderr: error.message }));
    child.once("close", (code) => end({ exitCode: code ?? 1, stdout, stderr: stderr.join("\n") }));
  });
}
