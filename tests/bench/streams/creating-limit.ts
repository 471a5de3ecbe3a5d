/**
 * Five streams of an account may be CREATING at a time: "Have more than five streams in the CREATING state at any point in time",
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html. The emulator refuses a sixth too, but not where
 * several ask at once, and then a tool that does would be quicker here than AWS ever lets it be.
 */
import type { CountingProxy } from "../../support/counting-proxy";

const CREATING = 5;

export function limitCreating(proxy: CountingProxy, createMs: number): void {
  proxy.hook(({ target, index }) => {
    if (target !== "CreateStream") return undefined;
    const since = performance.now() - createMs;
    const creating = proxy.calls
      .slice(0, index)
      .filter((call) => call.target === target && (call.status ?? 200) === 200 && call.startedMs > since);
    if (creating.length < CREATING) return undefined;
    return { fail: { status: 400, code: "LimitExceededException", message: "Five streams are CREATING" } };
  });
}
