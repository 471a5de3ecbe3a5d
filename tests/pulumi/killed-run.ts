import { expect } from "@jest/globals";
import { eventually } from "../support/eventually";
import type { ProcessReference } from "../support/process-tree";
import { findDescendants, isAlive } from "../support/process-tree";
import type { PulumiProject, RunningPulumi } from "./harness";
import type { Kinesis } from "./kinesis-project";

/** How long a provider may go on without its engine: it notices at once, on a busy machine when its turn comes. */
const GONE_WITHIN_MS = 60_000;

interface KilledRun {
  /** @default `up` */
  readonly command?: "up" | "destroy";
  /** The call at which it ends: so many of its target came before. @default 0 */
  readonly nth?: number;
  /** @default a crash of the engine alone */
  readonly end?: (running: RunningPulumi) => unknown;
}

/**
 * Runs the engine, ends it at a call of `target`, has the emulator carry out that call once nothing of the run is left to hear the
 * answer, and unlocks the stack. @returns how long its processes outlived it, in milliseconds, and what it printed
 */
export async function killRun(
  { proxy }: Kinesis,
  project: PulumiProject,
  target: string,
  { command = "up", nth = 0, end = (running) => running.kill() }: KilledRun = {},
): Promise<{ outlivedMs: number; output: string }> {
  const running = project.start([command, "--yes", "--skip-preview"]);
  let started: ProcessReference[] | undefined;
  let carriedOut = () => false;
  let seen = 0;
  const unhook = proxy.hook(async (call) => {
    if (call.target !== target || seen++ !== nth) return undefined;
    const processes = findDescendants(running.pid);
    started = processes;
    const recorded = proxy.calls.at(call.index);
    carriedOut = () => recorded?.cut === "after";
    await end(running);
    // Answered sooner, a provider that has not noticed yet goes on: how far would hang on the machine's pace.
    await untilGone(processes);
    return { cut: "after" };
  });
  const { output } = await running.result;
  const endedMs = performance.now();
  if (started === undefined) throw new Error(`the run ended without ${nth + 1} calls of ${target}:\n${output}`);
  await untilGone(started);
  const outlivedMs = Math.round(performance.now() - endedMs);
  await eventually(`the emulator has carried out ${target}`, carriedOut, GONE_WITHIN_MS);
  unhook();
  expect((await project.run(["cancel", "--yes"])).exitCode).toBe(0);
  return { outlivedMs, output };
}

const untilGone = (processes: readonly ProcessReference[]) =>
  eventually("all of its processes are gone", () => !processes.some(isAlive), GONE_WITHIN_MS);
