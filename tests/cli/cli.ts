import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "..", "..");

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built command, without this machine's AWS settings. */
export async function cli(args: string[], env: Record<string, string> = {}): Promise<Result> {
  const command = [join(root, "dist", "provider", "cli.js"), ...args];
  const options = { env: { PATH: process.env.PATH ?? "", AWS_EC2_METADATA_DISABLED: "true", HOME: tmpdir(), ...env } };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, options)) };
  } catch (error) {
    return error as Result;
  }
}
