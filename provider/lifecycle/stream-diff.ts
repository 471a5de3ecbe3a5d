import { isDeepStrictEqual } from "node:util";
import { parseStreamArn } from "./arn";
import { hasUnknown } from "./check-inputs";
import { isWithin, keepsBalance } from "./resharding";
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
 * behind our back. The inputs don't show that.
 */
function isUneven(olds: StreamState, news: StreamInputs): boolean {
  return (
    !asksForOtherShards(olds, news) &&
    !keepsBalance(news) &&
    olds.openShards !== undefined &&
    !isWithin(news, olds.openShards)
  );
}

/** Whether the program wants other shards than it did; how it gets there may change without a split or merge. */
function asksForOtherShards(olds: StreamState, news: StreamInputs): boolean {
  const wanted = ({ shardCount, resharding: { weights, tolerance } = {} }: StreamInputs) => [
    shardCount,
    weights,
    tolerance,
  ];
  return hasUnknown(news.resharding) || !isDeepStrictEqual(wanted(olds), wanted(news));
}

/** Whether the number or width of the shards may change, as far as it is known at preview. */
export function changesShards(olds: StreamState, news: StreamInputs): boolean {
  if (hasUnknown([news.shardCount, news.resharding])) return false;
  return asksForOtherShards(olds, news) || isUneven(olds, news);
}
