import { WaitTimeoutError } from "../errors";
import type { Platform } from "../platform";
import { formatDuration } from "../reshard/duration";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** First delay, growth and longest delay between two looks: an emulator needs half a second, AWS 10 to 30. */
const POLL = { firstMs: 200, factor: 1.5, longestMs: 5_000 };

/** The pause after so many looks (0 after the first one), in milliseconds. */
export const pollDelayMs = (looks: number) => Math.min(POLL.firstMs * POLL.factor ** looks, POLL.longestMs);

/** What is looked at, and in which words its time-out is told. */
export interface Watch<Thing extends { status: string }> {
  platform: Platform;
  deadline: Deadline;
  /** For example "stream orders". */
  subject: string;
  /** The call that the wait follows. */
  after: string;
  /** What the person can do when the time is over. */
  advice: string;
  /** Undefined where AWS doesn't know the thing. */
  look: () => Promise<Thing | undefined>;
  /** Called with every look, so that a failure later on leaves in the state what was seen. */
  onSeen?: ((thing: Thing) => void) | undefined;
}

/**
 * Looks until `isDone` says so; `first` is a look that was taken just now. What it saw on the way is counted and told when
 * the time is over: "waiting for stream orders to become ACTIVE after SplitShard shardId-…".
 * @throws WaitTimeoutError
 */
export async function poll<Thing extends { status: string }>(
  watch: Watch<Thing>,
  goal: string,
  isDone: (seen: Thing | undefined) => boolean,
  first: Thing | undefined,
): Promise<Thing | undefined> {
  const { platform, deadline } = watch;
  const startedMs = platform.monotonicMs();
  const statuses = new Map<string, number>();
  let seen = first ?? (await watch.look());
  for (let looks = 0; ; looks++) {
    if (seen) watch.onSeen?.(seen);
    if (isDone(seen)) return seen;
    const status = seen === undefined ? "not found" : seen.status;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (hasPassed(deadline, platform)) {
      throw new WaitTimeoutError(
        `waiting for ${watch.subject} ${goal} after ${watch.after}: still ${status} after ` +
          `${formatDuration(platform.monotonicMs() - startedMs)}, the limit of ${deadline.limit} ` +
          `(polls: ${[...statuses].map(([name, count]) => `${count} ${name}`).join(", ")}). ${watch.advice}`,
      );
    }
    await platform.sleep(pollDelayMs(looks));
    seen = await watch.look();
  }
}
