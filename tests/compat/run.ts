import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end; fails with all that it printed. */
export async function run(program: string, args: readonly string[], { cwd, env }: Where): Promise<string> {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: unknown };
    throw new Error(`${program} ${args.join(" ").slice(0, 200)} failed with ${code} in ${cwd}:\n${stdout}\n${stderr}`);
  }
}

/** The JSON that one of programs.ts prints in its last line. */
export async function ask(node: string, program: string, where: Where, type: "commonjs" | "module" = "commonjs") {
  // The address of an engine that nobody calls: Pulumi's dynamic provider wants one, in the place after a script's name.
  const printed = await run(node, [`--input-type=${type}`, "-e", program, "127.0.0.1:1", "127.0.0.1:1"], where);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "") as unknown;
}
