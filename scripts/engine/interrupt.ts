const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Has `cleanUp` run (synchronously) if the person interrupts us, so that what is half made doesn't stay and the next run
 * need not wait. Returns the function that ends this. The signal then does what it would have done without us.
 */
export function onInterrupt(cleanUp: () => void): () => void {
  const listen = (signal: NodeJS.Signals) => {
    cleanUp();
    stop();
    // Whoever else listens has been told of it and decides. If nobody does, a signal ends the process.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, listen);
  };
  for (const signal of signals) process.on(signal, listen);
  return stop;
}
