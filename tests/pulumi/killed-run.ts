import { expect } from "@jest/globals";
import { eventually } from "../support/eventually";
import type { ProcessReference } from "../support/process-tree";
import { findDescendants, isAlive } from "../support/process-tree";
import type { PulumiProject, RunningPulumi } from "./harness";
import type { Kinesis } from "./kinesis-project";

/** How long a provider may go on without its engine: it notices at once, on a busy machine a moment later. */
const GONE_WITHIN_MS = 15_000;

interface KilledRun {
  /** @default `up` */
  readonly command?: "up" | "destroy";
  /** The call at which it ends: so many of its target came before. @default 0 */
  readonly nth?: number;
  /** @default a crash of the engine alone */
  readonly end?: (running: RunningPulumi) => void;
}

/**
 * Runs the engine, ends it when the emulator carries out a call of `target`, whose answer nobody hears, waits until nothing of it
 * runs any more, and unlocks the stack. @returns how long its processes outlived it, in milliseconds, and what it printed
 */
export async function killRun(
  { proxy }: Kinesis,
  project: PulumiProject,
  target: string,
  { command = "up", nth = 0, end = (running) => running.kill() }: KilledRun = {},
): Promise<{ outlivedMs: number; output: string }> {
  const running = project.start([command, "--yes", "--skip-preview"]);
  let started: ProcessReference[] | undefined;
  let seen = 0;
  const unhook = proxy.hook((call) => {
    if (call.target !== target || seen++ !== nth) return undefined;
    started = findDescendants(running.pid);
    end(running);
    // The answer is cut off as well: the provider looks for what it did until it notices that its engine is gone.
    return { cut: "after" };
  });
  const { output } = await running.result;
  const endedMs = performance.now();
  if (started === undefined) throw new Error(`the run ended without ${nth + 1} calls of ${target}:\n${output}`);
  const processes = started;
  await eventually("all of its processes are gone", () => !processes.some(isAlive), GONE_WITHIN_MS);
  const outlivedMs = Math.round(performance.now() - endedMs);
  unhook();
  expect((await project.run(["cancel", "--yes"])).exitCode).toBe(0);
  return { outlivedMs, output };
}
