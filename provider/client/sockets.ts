/**
 * Who has one of the `maxSockets` connections: a call takes its place before it is signed and sent, in the order of their
 * coming. Waiting here is no fault of the network, so it ends by the call's deadline alone, and the time of a request
 * (and the five minutes that AWS takes a signature for) begins after it.
 */
import type { Patience, Waiter } from "./waiting";
import { inLine } from "./waiting";

export class Sockets {
  #free: number;
  readonly #line = new Set<Waiter>();

  constructor(most: number) {
    this.#free = most;
  }

  /**
   * Resolves with what gives the place back. Rejects with the signal's reason if that comes first, and with `late` after
   * `waitMs`, real ones as those of connections are.
   */
  async take(waitMs: number, patience: Patience): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(waitMs, patience);
    return () => this.#giveBack();
  }

  async #turn(waitMs: number, patience: Patience): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const join = (waiter: Waiter) => {
      this.#line.add(waiter);
      timer = setTimeout(() => {
        this.#line.delete(waiter);
        waiter.stop(patience.late());
      }, waitMs);
    };
    try {
      await inLine({}, patience, join, (waiter) => this.#line.delete(waiter));
    } finally {
      clearTimeout(timer);
    }
  }

  /** To the first in line, who has it at once: nobody who comes meanwhile can be before them. */
  #giveBack(): void {
    const [first] = this.#line;
    if (!first) {
      this.#free++;
      return;
    }
    this.#line.delete(first);
    first.go();
  }
}
