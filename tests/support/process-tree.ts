import { execFileSync } from "node:child_process";

/** A process, and when it began: ids are used again. */
export interface ProcessReference {
  readonly pid: number;
  readonly began: string;
}

interface ListedProcess extends ProcessReference {
  readonly parent: number;
}

/** `ps` with these options is the same on Linux and macOS. A zombie, which only waits for its parent, is not listed. */
function listProcesses(): ListedProcess[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,lstart="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [pid, parent, state, ...began] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), began: began.join(" ") }];
  });
}

/** Everything that a process has started, directly or not. */
export function findDescendants(root: number): ProcessReference[] {
  const all = listProcesses();
  const childrenOf = (parent: number): ListedProcess[] => {
    const children = all.filter((each) => each.parent === parent);
    return children.flatMap((child) => [child, ...childrenOf(child.pid)]);
  };
  return childrenOf(root);
}

export function isAlive(process: ProcessReference | number): boolean {
  const all = listProcesses();
  if (typeof process === "number") return all.some(({ pid }) => pid === process);
  return all.some(({ pid, began }) => pid === process.pid && began === process.began);
}

/** Kills these, as far as they still live. */
export function killAll(processes: readonly ProcessReference[]): void {
  for (const one of processes) {
    if (isAlive(one)) kill(one.pid);
  }
}

/** Kills a process of ours that still runs, and all that it started: the engine gives each plugin a process group of its own. */
export function killTree(root: number): void {
  const descendants = findDescendants(root);
  kill(root);
  killAll(descendants);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
