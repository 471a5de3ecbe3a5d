/**
 * `npm test`: gets the real engine, then runs every test with Jest; with `--soak` those that take long, instead. What is skipped
 * counts as failed, because a suite that leaves out its real parts would look as green as one that has them. The last line is
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEngine } from "./engine";

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that failed before any of their tests could run. */
  numRuntimeErrorTestSuites: number;
}

async function main(): Promise<void> {
  await ensureEngine({ log: (line) => console.log(line) });
  const directory = await mkdtemp(join(tmpdir(), "pulumi-kinesis-tests-"));
  try {
    const report = join(directory, "report.json");
    const jest = require.resolve("jest/bin/jest");
    const given = process.argv.slice(2);
    const soak = given.includes("--soak") ? { PULUMI_KINESIS_SOAK: "1" } : {};
    const args = [jest, "--json", `--outputFile=${report}`, ...given.filter((argument) => argument !== "--soak")];
    // Whatever a test leaves in the system's folder for temporary files goes with this one.
    const env = { ...process.env, ...soak, TMPDIR: directory };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
    const text = await readFile(report, "utf8").catch(() => undefined);
    if (text === undefined)
      throw new Error(`Jest ended ${status === null ? "by a signal" : `with ${status}`} before it had a result.`);
    conclude(JSON.parse(text) as JestReport);
    if (status !== 0) process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function conclude(report: JestReport): void {
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0)
    console.error(`${skipped} tests were skipped, which counts as failed: nothing is left out in silence.`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + skipped;
  if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1;
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
});
