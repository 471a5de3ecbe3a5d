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
