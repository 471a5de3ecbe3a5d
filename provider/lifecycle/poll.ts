import { WaitTimeoutError } from "../errors";
import type { Platform } from "../platform";
import { formatDuration } from "../reshard/duration";
import { Cadence, SECOND_CTRL_C, tellingOfInterrupt } from "./progress";
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
  /** Called after each look in vain: what the wait is a part of says itself how long it goes on, and what Ctrl-C does. */
  onWaiting?: (() => void) | undefined;
}

/**
 * Looks until `isDone` says so; `first` is a look that was taken just now. What it saw on the way is counted and told when
 * the time is over: "waiting for stream orders to become ACTIVE after SplitShard shardId-…". A wait of minutes says now and
 * then that it goes on.
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
  const cadence = new Cadence(platform);
  const statuses = new Map<string, number>();
  const wait = `waiting for ${watch.subject} ${goal} after ${watch.after}`;
  const leftMs = () => Math.max(0, deadline.atMs - platform.monotonicMs());

  const untilDone = async () => {
    let seen = first ?? (await watch.look());
    for (let looks = 0; ; looks++) {
      if (seen) watch.onSeen?.(seen);
      if (isDone(seen)) return seen;
      const status = seen === undefined ? "not found" : seen.status;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const soFar = `${wait}: still ${status} after ${formatDuration(platform.monotonicMs() - startedMs)}`;
      if (hasPassed(deadline, platform)) {
        throw new WaitTimeoutError(
          `${soFar}, the limit of ${deadline.limit} ` +
            `(polls: ${[...statuses].map(([name, count]) => `${count} ${name}`).join(", ")}). ${watch.advice}`,
        );
      }
      if (watch.onWaiting) watch.onWaiting();
      else if (cadence.isDue()) platform.log(`${soFar}; ${formatDuration(leftMs())} left of ${deadline.limit}`);
      await platform.sleep(pollDelayMs(looks));
      seen = await watch.look();
    }
  };
  const tell = () => `Ctrl-C: ${wait} first, at most ${formatDuration(leftMs())}. ${SECOND_CTRL_C}`;
  return watch.onWaiting ? untilDone() : tellingOfInterrupt(platform, tell, untilDone);
}
