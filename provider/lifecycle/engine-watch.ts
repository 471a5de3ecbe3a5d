/** Pulumi's dynamic provider, which loads us, is loaded itself: so this process belongs to an engine. */
function isProviderProcess(): boolean {
  return Object.keys(require.cache).some((path) => /[\\/]cmd[\\/]dynamic-provider[\\/]/.test(path));
}

/**
 * Ends a provider process whose engine is gone, however that was killed. Left alone it would go on splitting and merging
 * beside the next `pulumi up`, and spin on the error of its closed output for ever. The engine holds the other end of
 * our standard input as well as of our output, and the system closes both with it.
 */
export function endWithEngine(): void {
  if (!isProviderProcess()) return;
  const end = () => process.exit(1);
  for (const output of [process.stdout, process.stderr]) output.on("error", end);
  process.stdin.once("end", end).once("error", end).resume();
}

/** What the engine calls on every plugin at the first Ctrl-C. */
const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

interface Listening {
  readonly listening?: unknown;
  on(event: "stream", listener: (stream: unknown, headers?: Record<string, unknown>) => void): void;
}

/**
 * Aborts `interruption` at the first Ctrl-C. No signal reaches us, since the engine gives each plugin a process group of its own,
 * and Pulumi's dynamic provider answers the engine's call and tells nobody. So we listen beside it, at the HTTP/2 server under
 * its gRPC. Node has no documented way to find that; where it is not found, Ctrl-C does the same and nothing is said of it.
 */
export function hearOfInterrupts(interruption: AbortController): void {
  if (!isProviderProcess()) return;
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles?: () => Listening[] };
  for (const handle of handles?.call(process) ?? []) {
    if (handle.listening !== true) continue;
    handle.on("stream", (_, headers) => {
      if (headers?.[":path"] === CANCEL) interruption.abort();
    });
  }
}
