import type { KinesisClient } from "../client/client";
import type { DescribeLimitsOutput } from "../client/shapes";
import { isPresentable } from "../errors";
import { BRIEF_LOOK } from "./brief-look";

/** The account's quota of open shards, in one region. */
export interface ShardRoom {
  /** Open shards that the account may have. */
  readonly limit: number;
  /** Open shards that it had when it was asked, in all of its streams. */
  readonly open: number;
  /** More shards that the other streams of this run will have at their highest, as far as they are known by now. */
  readonly others: number;
}

/**
 * How many shards the account may still open. All streams of a stack grow within one quota, so each says how many more
 * shards it will have; DescribeLimits, one call a second for the whole account, is asked once in a process.
 */
export class ShardQuota {
  #answer: Promise<DescribeLimitsOutput | string> | undefined;
  readonly #growth = new Map<string, number>();

  constructor(readonly client: Pick<KinesisClient, "describeLimits">) {}

  /** Says that in this run the stream will have up to so many more shards than it has, or than there are without it. */
  willGrow(stream: string, shards: number): void {
    this.#growth.set(stream, Math.max(0, shards));
  }

  /** The stream has all its shards: who has not asked for the account's count yet will find them in it. */
  hasGrown(stream: string): void {
    if (this.#answer === undefined) this.#growth.delete(stream);
  }

  /** The room that the account has for this stream, or in words why that is not known. Never throws because AWS says no. */
  async roomFor(stream: string): Promise<ShardRoom | string> {
    this.#answer ??= this.#ask();
    const answer = await this.#answer;
    if (typeof answer === "string") return answer;
    let others = 0;
    for (const [name, shards] of this.#growth) if (name !== stream) others += shards;
    return { limit: answer.ShardLimit, open: answer.OpenShardCount, others };
  }

  async #ask(): Promise<DescribeLimitsOutput | string> {
    try {
      return await this.client.describeLimits({}, BRIEF_LOOK);
    } catch (error) {
      if (!isPresentable(error)) throw error;
      return error.message;
    }
  }
}

/** How many more shards fit; undefined where that is not known. */
export function headRoom(room: ShardRoom | string): number | undefined {
  return typeof room === "string" ? undefined : Math.max(0, room.limit - room.open - room.others);
}
