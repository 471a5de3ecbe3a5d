/** What a person reads before anything is split or merged. */
import { isPresentable } from "../errors";
import { describePlan } from "../reshard/describe";
import { formatDuration } from "../reshard/duration";
import { KEY_SPACE, tiles } from "../reshard/keyspace";
import { hasUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import type { ObservedStream, OpenShard } from "./observe";
import { findStream } from "./observe";
import type { Operation, ReshardOperations, ShardCountStep } from "./reshard-strategy";
import { ASSUMED_MS, planOperations, refuseTooMany, UPDATES_A_DAY, updatePeak } from "./reshard-strategy";
import { isWithin, keepsBalance, openShardsCap } from "./resharding";
import type { ShardRoom } from "./shard-quota";
import { headRoom } from "./shard-quota";
import type { StreamInputs } from "./stream-inputs";
import { changedSettings } from "./stream-settings";
import type { StreamState } from "./stream-state";
import { timeoutMs } from "./timeouts";

/** Prints at preview what the update would split and merge, from the shards as AWS has them now. */
export async function announceReshard(
  context: ProviderContext,
  id: string,
  olds: StreamState,
  news: StreamInputs,
  justRead: ObservedStream | undefined,
) {
  const { log } = context.platform;
  let shards = olds.openShards ?? [];
  let session: Session | undefined;
  try {
    const existing = await context.existing(id);
    session = existing.session;
    const stream = justRead ?? (await findStream(session, existing.reference));
    if (!stream) {
      log(`${news.name}: the stream is not there any more; run \`pulumi refresh\` so that the state knows`);
      return;
    }
    if (stream.settings.streamMode === "ON_DEMAND" && changedSettings(olds, news).streamMode === undefined) {
      log(`${news.name}: the stream is in ON_DEMAND mode, in which AWS sets the number of shards; it is not resharded`);
      return;
    }
    shards = stream.openShards;
  } catch (error) {
    log(
      `${news.name}: the shards are those of the state, the stream itself was not checked: ${(error as Error).message}`,
    );
  }
  await announcePlan(context, session, news, shards);
}

/**
 * Prints what adopting a stream would split and merge, and counts the shards of a new one. While a create is previewed the
 * engine asks for nothing but the check of its inputs, so this is where it is called.
 */
export async function announceCreate(context: ProviderContext, inputs: StreamInputs): Promise<void> {
  if (hasUnknown([inputs.name, inputs.region, inputs.shardCount, inputs.resharding, inputs.adopt])) return;
  try {
    const session = await context.session(inputs.region);
    const stream = inputs.adopt === true ? await findStream(session, { StreamName: inputs.name }) : undefined;
    if (!stream || stream.status === "DELETING") {
      session.shardQuota.willGrow(inputs.name, inputs.shardCount);
    } else if (stream.settings.streamMode !== "ON_DEMAND" && adoptionReshards(inputs, stream)) {
      await announcePlan(context, session, inputs, stream.openShards);
    }
  } catch (error) {
    if (!isPresentable(error)) throw error;
    // A setting that is missing is told by the create; that an adoption reshards is told nowhere else in time.
    if (inputs.adopt === true) {
      context.platform.log(`${inputs.name}: whether adopting it reshards it was not checked: ${error.message}`);
    }
  }
}

/** Whether taking this stream over changes its shards. */
export function adoptionReshards(inputs: StreamInputs, stream: ObservedStream): boolean {
  return !keepsBalance(inputs) || stream.openShards.length !== inputs.shardCount;
}

/** Prints the plan from these shards, once; without a session its quota is not checked. */
export async function announcePlan(
  context: ProviderContext,
  session: Session | undefined,
  inputs: StreamInputs,
  shards: readonly OpenShard[],
): Promise<void> {
  if (!tiles(shards)) {
    context.platform.log(`${inputs.name}: somebody is resharding the stream now; the plan is made once it is ACTIVE`);
    return;
  }
  const key = JSON.stringify([inputs.name, inputs.shardCount, inputs.resharding, shards]);
  try {
    if (isWithin(inputs, shards)) return;
    const room = (await session?.shardQuota.roomFor(inputs.name)) ?? "AWS was not asked";
    const cap = openShardsCap(inputs, shards.length);
    const planned = planOperations(inputs, shards, cap, { headRoom: headRoom(room) });
    if (planned.operations.length === 0) return;
    const peak = peakOf(planned, shards.length);
    session?.shardQuota.willGrow(inputs.name, peak - shards.length);
    const lines = [
      summary(planned, shards.length, inputs.shardCount),
      throughput(planned, shards, inputs),
      quota(room, peak - shards.length),
      ...longerThanAllowed(planned.operations, inputs),
      ...refusal(inputs, planned.operations.length),
    ];
    // The same words at preview, at the update itself and at a refresh, whose end the engine settles with a diff as well.
    context.announce(key, `${inputs.name}: the next update will ${lines.join("\n")}`);
  } catch (error) {
    if (!isPresentable(error)) throw error;
    context.announce(key, `${inputs.name}: the next update will refuse this: ${error.message}`);
  }
}

function peakOf(planned: ReshardOperations, from: number): number {
  return planned.strategy === "split-merge" ? planned.plan.peakOpenShards : updatePeak(from, planned.operations);
}

function summary(planned: ReshardOperations, from: number, to: number): string {
  return planned.strategy === "split-merge"
    ? describePlan(planned.plan)
    : describeUpdates(planned.operations, from, to);
}

function describeUpdates(steps: readonly ShardCountStep[], from: number, to: number): string {
  const calls = steps.length === 1 ? "1 call" : `${steps.length} calls`;
  const counts = steps.map(({ targetShardCount }) => targetShardCount).join(", ");
  const today = steps.length > UPDATES_A_DAY ? "; the others are for a `pulumi up` after that" : "";
  return [
    `reshard ${from} -> ${to} shards: ${calls} of UpdateShardCount (to ${counts}), about ` +
      `${formatDuration(expectedMs(steps))} if one takes ${formatDuration(ASSUMED_MS.update)}`,
    `  open shards: AWS opens short-lived ones on the way, at most ${updatePeak(from, steps)} in all if it splits before it merges`,
    `  AWS takes ${UPDATES_A_DAY} such calls for a stream in 24 hours${today}`,
  ].join("\n");
}

/** What a shard takes and gives: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD = { writeMegabytes: 1, writeRecords: 1_000, readMegabytes: 2 };

function throughput(planned: ReshardOperations, shards: readonly OpenShard[], inputs: StreamInputs): string {
  const weighted = inputs.resharding?.weights !== undefined;
  const before = weighted ? shards.length : evenlyHashed(shards);
  const after = weighted || planned.strategy !== "split-merge" ? inputs.shardCount : evenlyHashed(planned.plan.result);
  const change = (each: number) => `${round(before * each)} -> ${round(after * each)}`;
  return (
    `  throughput ${weighted ? "of all shards together" : "for evenly hashed keys"}: ${change(SHARD.writeMegabytes)} MB/s ` +
    `and ${change(SHARD.writeRecords)} records/s in, ${change(SHARD.readMegabytes)} MB/s out`
  );
}

/** How many shards of equal width take as much as these before the widest of them is full. */
function evenlyHashed(ranges: readonly { startingHashKey: string; endingHashKey: string }[]): number {
  let widest = 1n;
  for (const { startingHashKey, endingHashKey } of ranges) {
    const width = BigInt(endingHashKey) - BigInt(startingHashKey) + 1n;
    if (width > widest) widest = width;
  }
  return Number(KEY_SPACE) / Number(widest);
}

const round = (value: number) => String(Number(value.toFixed(value < 100 ? 2 : 0)));

function quota(room: ShardRoom | string, more: number): string {
  if (typeof room === "string") return `  shard quota of the account: not checked (${room})`;
  const { limit, open, others } = room;
  const total = open + more + others;
  const sum = `${open} open now, ${more} more here${others > 0 ? `, ${others} more for other streams of this run` : ""}`;
  return (
    `  shard quota of the account: at most ${total} of ${limit} (${sum})` +
    (total > limit ? "; AWS will refuse what is too much: ask it to raise the quota first (Service Quotas)" : "")
  );
}

function expectedMs(operations: readonly Operation[]): number {
  return operations.reduce((sum, { action }) => sum + ASSUMED_MS[action], 0);
}

function longerThanAllowed(operations: readonly Operation[], inputs: StreamInputs): string[] {
  const allowedMs = timeoutMs("update", inputs.__customTimeouts);
  if (expectedMs(operations) <= allowedMs) return [];
  const limit = formatDuration(allowedMs);
  return [
    `  longer than customTimeouts.update (${limit}): the update ends between two operations, and the next \`pulumi up\` goes on`,
  ];
}

function refusal(inputs: StreamInputs, operations: number): string[] {
  try {
    refuseTooMany(inputs, operations);
    return [];
  } catch (error) {
    return [`  the update will refuse this: ${(error as Error).message}`];
  }
}
