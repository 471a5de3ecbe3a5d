import type { KinesisError } from "../errors";
import { hasErrorCode, mayPass, WaitTimeoutError } from "../errors";
import type { Platform } from "../platform";
import { formatDuration } from "../reshard/duration";
import { Cadence, SECOND_CTRL_C, tellingOfInterrupt } from "./progress";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** First delay, growth and longest delay between two looks: an emulator needs half a second, AWS 10 to 30. */
const POLL = { firstMs: 200, factor: 1.5, longestMs: 5_000 };

/** The pause after so many looks (0 after the first one), in milliseconds. */
export const pollDelayMs = (looks: number) => Math.min(POLL.firstMs * POLL.factor ** looks, POLL.longestMs);

/**
 * How long a wait goes on without the network. What AWS itself answers (too fast, out of order) is waited out until the
 * deadline; who has pulled the plug, or stopped an emulator, wants to hear of it sooner.
 */
const CUT_OFF_MS = 60_000;
/** The most that one look may take, and the least, which it has even at the end of the wait. */
const LOOK_MS = { most: 60_000, least: 1_000 };

/** A look that AWS did not answer; it says nothing about the thing. */
class Unanswered {
  readonly status: string;

  constructor(readonly error: KinesisError) {
    this.status = `unanswered (${error.code})`;
  }
}

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
  /** Takes no longer than `deadlineMs`. Undefined where AWS doesn't know the thing. */
  look: (options: { deadlineMs: number }) => Promise<Thing | undefined>;
  /** Called with every look, so that a failure later on leaves in the state what was seen. */
  onSeen?: ((thing: Thing) => void) | undefined;
  /** Called after each look in vain: what the wait is a part of says itself how long it goes on, and what Ctrl-C does. */
  onWaiting?: (() => void) | undefined;
}

/**
 * Looks until `isDone` says so; `first` is a look that was taken just now. What it saw on the way is counted and told when
 * the time is over: "waiting for stream orders to become ACTIVE after SplitShard shardId-…". A wait of minutes says now and
 * then that it goes on. A look that fails, and may pass, is one look less and not the end: what is waited for goes on at AWS.
 * @throws WaitTimeoutError; TransportError after a minute without the network; what a look can't get over
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

  /** A refusal is an answer, too. */
  let answeredMs = startedMs;
  const look = async (): Promise<Thing | undefined | Unanswered> => {
    try {
      const deadlineMs = Math.max(LOOK_MS.least, Math.min(leftMs(), LOOK_MS.most));
      const seen = await watch.look({ deadlineMs });
      answeredMs = platform.monotonicMs();
      return seen;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (!hasErrorCode(error, "ERR_KINESIS_TRANSPORT")) answeredMs = platform.monotonicMs();
      else if (platform.monotonicMs() - answeredMs > CUT_OFF_MS) throw error;
      return new Unanswered(error);
    }
  };

  const untilDone = async () => {
    let seen = first ?? (await look());
    for (let looks = 0; ; looks++) {
      if (!(seen instanceof Unanswered)) {
        if (seen) watch.onSeen?.(seen);
        if (isDone(seen)) return seen;
      }
      const status = seen === undefined ? "not found" : seen.status;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const soFar = `${wait}: still ${status} after ${formatDuration(platform.monotonicMs() - startedMs)}`;
      if (hasPassed(deadline, platform)) {
        throw new WaitTimeoutError(
          `${soFar}, the limit of ${deadline.limit} ` +
            `(polls: ${[...statuses].map(([name, count]) => `${count} ${name}`).join(", ")}). ${watch.advice}`,
          { cause: seen instanceof Unanswered ? seen.error : undefined },
        );
      }
      if (watch.onWaiting) watch.onWaiting();
      else if (cadence.isDue()) platform.log(`${soFar}; ${formatDuration(leftMs())} left of ${deadline.limit}`);
      await platform.sleep(pollDelayMs(looks));
      seen = await look();
    }
  };
  const tell = () => `Ctrl-C: at most ${formatDuration(leftMs())} left; ${SECOND_CTRL_C}. Now ${wait}.`;
  return watch.onWaiting ? untilDone() : tellingOfInterrupt(platform, tell, untilDone);
}
