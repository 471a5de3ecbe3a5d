import { execFileSync } from "node:child_process";

/** Processes by id, with their parents' ids. `ps` with these options is the same on Linux and macOS. */
function listParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const line of execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && parent !== undefined) parents.set(pid, parent);
  }
  return parents;
}

/** Everything that a process has started, directly or not. */
export function findDescendants(root: number): number[] {
  const parents = listParents();
  const found: number[] = [];
  const visit = (parent: number) => {
    for (const [pid, itsParent] of parents) {
      if (itsParent !== parent) continue;
      found.push(pid);
      visit(pid);
    }
  };
  visit(root);
  return found;
}

/** A zombie, which only waits for its parent to notice, does not count. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return state !== "" && !state.startsWith("Z");
  } catch {
    return false;
  }
}

/** Kills a process and all that it started: the engine puts each plugin into a process group of its own. */
export function killTree(root: number): void {
  for (const pid of [root, ...findDescendants(root)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}
