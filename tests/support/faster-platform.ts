import { realPlatform } from "../../provider/platform";

/** A machine whose waits pass so much faster: for the seconds that Kinesis's rates and a lost answer take. */
export const fasterPlatform = (speed: number) => ({
  ...realPlatform,
  monotonicMs: () => performance.now() * speed,
  sleep: (ms: number, signal?: AbortSignal) => realPlatform.sleep(ms / speed, signal),
});
