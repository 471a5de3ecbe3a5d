import { isAdmissible } from "../reshard/plan";
import { parseStreamArn } from "./arn";
import { UNKNOWN } from "./check-inputs";
import type { Diff } from "./resource";
import type { StreamInputs } from "./stream-inputs";
import type { StreamState } from "./stream-state";

/** What an `up` would do with the stream as the state has it. Pure: it calls nobody. */
export function diffStream(id: string, olds: StreamState, news: StreamInputs): Diff {
  const replaces: string[] = [];
  if (news.name !== olds.name) replaces.push("name");
  // A region that is left out is the one the stream is in.
  if (news.region !== undefined && news.region !== parseStreamArn(id)?.region) replaces.push("region");
  if (replaces.length > 0) return { changes: true, replaces };
  return isUneven(olds, news) ? { changes: true } : {};
}

/**
 * Whether the shards have the right count and the wrong widths: a reshard was cut short, or somebody split and merged
 * behind our back. The inputs don't show that. A stream that was adopted keeps its own balance.
 */
export function isUneven(olds: StreamState, news: StreamInputs): boolean {
  return (
    olds.shardCount === news.shardCount &&
    news.adopt !== true &&
    olds.openShards !== undefined &&
    !isAdmissible(olds.openShards, news.shardCount)
  );
}

/** Whether the number or width of the shards would change, as far as it is known at preview. */
export function changesShards(olds: StreamState, news: StreamInputs): boolean {
  if ((news.shardCount as unknown) === UNKNOWN) return false;
  return olds.shardCount !== news.shardCount || isUneven(olds, news);
}
