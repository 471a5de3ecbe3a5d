import { isDeepStrictEqual } from "node:util";
import { parseStreamArn } from "./arn";
import { hasUnknown } from "./check-inputs";
import { isWithin, keepsBalance } from "./resharding";
import type { Diff } from "./resource";
import type { AnyStreamInputs, StreamInputs } from "./stream-inputs";
import { isProvisioned } from "./stream-inputs";
import { wantedSettings } from "./stream-settings";
import type { StreamState } from "./stream-state";

/** What an `up` would do with the stream as the state has it. Pure: it calls nobody. */
export function diffStream(id: string, olds: StreamState, news: AnyStreamInputs): Diff {
  const replaces: string[] = [];
  if (news.name !== olds.name) replaces.push("name");
  // A region that is left out is the one the stream is in.
  if (news.region !== undefined && news.region !== parseStreamArn(id)?.region) replaces.push("region");
  if (replaces.length > 0) return { changes: true, replaces };
  if (olds.__creating !== undefined) return { changes: true };
  return hasShardsOfOurs(news) && isUneven(olds, news) ? { changes: true } : {};
}

/** Whether the program says how many shards there are; not known at preview where the mode isn't. */
function hasShardsOfOurs(news: AnyStreamInputs): news is StreamInputs {
  return !hasUnknown(news.streamModeDetails) && isProvisioned(news);
}

/** Whether the mode changes so that the shards, AWS's own until then, become the program's. */
function takesOverShards(olds: StreamState): boolean {
  return wantedSettings(olds).streamMode === "ON_DEMAND";
}

/** Whether the shards that AWS has made of a stream in ON_DEMAND mode are those that the program leaves alone. */
function isLeftAlone({ openShards }: StreamState, news: StreamInputs): boolean {
  return keepsBalance(news) && openShards?.length === news.shardCount;
}

/**
 * Whether the shards have the right count and the wrong widths: a reshard was cut short, or somebody split and merged
 * behind our back. The inputs don't show that.
 */
function isUneven(olds: StreamState, news: StreamInputs): boolean {
  return (
    !asksForOtherShards(olds, news) &&
    // Whoever leaves the balance to others does not mean what a reshard of ours has left half-done.
    (olds.__unfinishedReshard === true || !keepsBalance(news)) &&
    olds.openShards !== undefined &&
    !isWithin(news, olds.openShards)
  );
}

/** Whether the program wants other shards than it did; how it gets there may change without a split or merge. */
function asksForOtherShards(olds: StreamState, news: StreamInputs): boolean {
  const wanted = ({ shardCount, resharding: { weights, tolerance } = {} }: AnyStreamInputs) => [
    shardCount,
    weights,
    tolerance,
  ];
  const had = { ...olds, shardCount: olds.__askedShardCount ?? olds.shardCount };
  return hasUnknown(news.resharding) || !isDeepStrictEqual(wanted(had as AnyStreamInputs), wanted(news));
}

/** Whether the number or width of the shards may change, as far as it is known at preview. */
export function changesShards(olds: StreamState, news: AnyStreamInputs): news is StreamInputs {
  if (!hasShardsOfOurs(news) || hasUnknown([news.shardCount, news.resharding])) return false;
  return (takesOverShards(olds) && !isLeftAlone(olds, news)) || asksForOtherShards(olds, news) || isUneven(olds, news);
}
