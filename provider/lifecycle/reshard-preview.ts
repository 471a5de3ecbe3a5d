/** What a person reads before anything is split or merged. */
import { hasErrorCode, isPresentable, TooManyOperationsError } from "../errors";
import { describePlan, NEARBY, percent } from "../reshard/describe";
import { formatDuration } from "../reshard/duration";
import { evenShards } from "../reshard/even-shards";
import { tiles } from "../reshard/keyspace";
import type { ReshardPlan } from "../reshard/plan";
import { planReshard } from "../reshard/plan";
import { adoptionReshards, describeAdoption } from "./adoption-preview";
import { hasUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import type { ObservedStream, OpenShard } from "./observe";
import { findStream } from "./observe";
import type { Operation, ReshardOperations, ShardCountStep } from "./reshard-strategy";
import { ASSUMED_MS, planOperations, refuseTooMany, UPDATES_A_DAY, updatePeak } from "./reshard-strategy";
import { isWithin, openShardsCap } from "./resharding";
import type { CheckFailure } from "./resource";
import type { ShardRoom } from "./shard-quota";
import { headRoom } from "./shard-quota";
import type { AnyStreamInputs, StreamInputs } from "./stream-inputs";
import { isProvisioned } from "./stream-inputs";
import { changedSettings, needsSummary, wantedSettings } from "./stream-settings";
import type { StreamState } from "./stream-state";
import { isAnother, UNLESS_EDITED } from "./stream-state";
import { listTags } from "./tags";
import { timeoutMs, timeoutName } from "./timeouts";

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
    if (isAnother(stream, olds)) {
      log(
        `${news.name}: the stream of this stack is gone, and somebody else created another one of its name at ` +
          `${stream.creationTimestamp}, ${UNLESS_EDITED}; it is left alone. Run \`pulumi refresh\` so that the state knows`,
      );
      return;
    }
    if (stream.settings.streamMode === "ON_DEMAND" && changedSettings(olds, news).streamMode === undefined) {
      log(`${news.name}: the stream is in ON_DEMAND mode, in which AWS sets the number of shards; it is not resharded`);
      return;
    }
    shards = stream.openShards;
  } catch (error) {
    if (!isPresentable(error)) throw error;
    log(`${news.name}: the shards are those of the state, the stream itself was not checked: ${error.message}`);
  }
  await announcePlan(context, session, news, shards, { isRefresh: justRead !== undefined });
}

/**
 * Prints what creating or adopting a stream would split and merge, and answers why a create can't be carried out. While a
 * create is previewed the engine asks for nothing but the check of its inputs, so this is where it is called.
 */
export async function announceCreate(context: ProviderContext, inputs: AnyStreamInputs): Promise<CheckFailure[]> {
  const pending = DECISIVE.filter((argument) => hasUnknown(inputs[argument]));
  if (pending.length > 0) {
    if (inputs.adopt === true) {
      const when = "before it is taken over";
      context.platform.log(
        `${inputs.name}: what adopting it changes is told when ${pending.join(" and ")} is known, ${when}`,
      );
    }
    return [];
  }
  try {
    const session = await context.session(inputs.region);
    const look = { withSummary: needsSummary(wantedSettings(inputs)) };
    const stream = inputs.adopt === true ? await findStream(session, { StreamName: inputs.name }, look) : undefined;
    if (inputs.adopt === true && stream === undefined)
      context.announce(
        `${session.region}/${inputs.name}: nothing to adopt`,
        `${inputs.name}: there is no stream of this name in ${session.region} to adopt; a new one will be created`,
      );
    if (stream && stream.status !== "DELETING") await announceAdoption(context, session, inputs, stream);
    else if (isProvisioned(inputs)) {
      session.shardQuota.willGrow(inputs.name, inputs.shardCount);
      return await announceWidths(context, session, inputs);
    }
  } catch (error) {
    if (!isPresentable(error)) throw error;
    // A setting that is missing is told by the create; what an adoption changes is told nowhere else in time.
    if (inputs.adopt === true) {
      context.platform.log(`${inputs.name}: what adopting it changes was not checked: ${error.message}`);
    } else if (isProvisioned(inputs)) return announceWidths(context, undefined, inputs);
  }
  return [];
}

/** Without these nothing can be told. */
const DECISIVE = ["name", "region", "streamModeDetails", "shardCount", "resharding", "adopt"] as const;

/** Prints every change of a stream that is taken over, and the plan where its shards change. */
async function announceAdoption(
  context: ProviderContext,
  session: Session,
  inputs: AnyStreamInputs,
  stream: ObservedStream,
): Promise<void> {
  if (stream.settings.streamMode === "ON_DEMAND" && inputs.streamModeDetails === undefined) {
    const why = "it is in ON_DEMAND mode, in which AWS sets the number of shards";
    context.platform.log(`${inputs.name}: adopting the stream will be refused: ${why}`);
    return;
  }
  const tags = inputs.tags === undefined ? {} : await listTags(session, { StreamName: inputs.name });
  const text = describeAdoption(inputs, stream, tags);
  context.announce(text, text);
  if (isProvisioned(inputs) && adoptionReshards(inputs, stream)) {
    await announcePlan(context, session, inputs, stream.openShards);
  }
}

/** AWS creates even shards, so what other widths take is known, and can be refused, before there is a stream. */
async function announceWidths(
  context: ProviderContext,
  session: Session | undefined,
  inputs: StreamInputs,
): Promise<CheckFailure[]> {
  if (inputs.resharding?.weights === undefined) {
    await announceTooMany(context, session, inputs);
    return [];
  }
  const shards = evenShards(inputs.shardCount);
  const error = await announcePlan(context, session, inputs, shards, { isNew: true });
  if (error === undefined) return [];
  const culprit =
    error instanceof TooManyOperationsError ? "maxOperations" : isAboutOpenShards(error) ? "maxOpenShards" : "weights";
  return [{ property: `resharding.${culprit}`, reason: `can't be kept by the create: ${error.message}` }];
}

/** Prints that the account has no room for a new stream's shards, or that it can't be known. */
async function announceTooMany(context: ProviderContext, session: Session | undefined, inputs: StreamInputs) {
  if (session === undefined) return;
  const room = await session.shardQuota.roomFor(inputs.name);
  const line = `${inputs.name}: ${quota(room, inputs.shardCount).trimStart()}`;
  // Who may not ask for one stream may not for the others: once is enough.
  if (typeof room === "string") context.announce(`${session.region}: quota not checked`, line);
  else if (room.open + inputs.shardCount + room.others > room.limit) context.announce(line, line);
}

const isAboutOpenShards = (error: Error) =>
  hasErrorCode(error, "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED") ||
  hasErrorCode(error, "ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED");

/** Prints the plan from these shards, once, and answers why it will be refused; without a session its quota is not checked. */
export async function announcePlan(
  context: ProviderContext,
  session: Session | undefined,
  inputs: StreamInputs,
  shards: readonly OpenShard[],
  { isNew = false, isRefresh = false } = {},
): Promise<Error | undefined> {
  if (!tiles(shards)) {
    context.platform.log(`${inputs.name}: somebody is resharding the stream now; the plan is made once it is ACTIVE`);
    return undefined;
  }
  // A refresh compares with what the state says, and the program may say something else by now. A diff is asked for by a preview
  // and by what follows it, and isn't told which.
  const actor = isRefresh ? "if the program is the same as at the last update, the next update" : "the update";
  const begin = `${inputs.name}: ${isNew ? "once it has its even shards, the create" : actor} will`;
  const key = JSON.stringify([inputs.name, inputs.shardCount, inputs.resharding, shards]);
  try {
    if (isWithin(inputs, shards)) return undefined;
    const room = (await session?.shardQuota.roomFor(inputs.name)) ?? "AWS was not asked";
    const cap = openShardsCap(inputs, shards.length);
    const planned = planOperations(inputs, shards, cap, { headRoom: headRoom(room) });
    if (planned.operations.length === 0) return undefined;
    const more = peakOf(planned, shards.length) - (isNew ? 0 : shards.length);
    session?.shardQuota.willGrow(inputs.name, more);
    const refused = refusal(inputs, planned.operations.length);
    // AWS makes the shards of UpdateShardCount equally wide: what it comes to is told by the plan that does so.
    const isBySteps = planned.strategy === "split-merge";
    const result = isBySteps ? planned.plan : planReshard({ shards, target: inputs.shardCount, tolerance: 0 });
    const lines = [
      isBySteps ? describePlan(planned.plan) : describeUpdates(planned.operations, result, inputs),
      throughput(result, inputs),
      quota(room, more),
      ...longerThanAllowed(planned.operations, inputs),
      ...(refused === undefined || isNew ? [] : [`  the update will refuse this: ${refused.message}`]),
    ];
    context.announce(key, `${begin} ${lines.join("\n")}`);
    return refused;
  } catch (error) {
    if (!isPresentable(error)) throw error;
    // What a create can't do is a failure of its check.
    if (!isNew) context.announce(key, `${begin} refuse this: ${error.message}`);
    return error;
  }
}

function peakOf(planned: ReshardOperations, from: number): number {
  return planned.strategy === "split-merge" ? planned.plan.peakOpenShards : updatePeak(from, planned.operations);
}

function describeUpdates(steps: readonly ShardCountStep[], result: ReshardPlan, inputs: StreamInputs): string {
  const [from, to] = [result.initial.length, inputs.shardCount];
  const calls = (count: number) => (count === 1 ? "1 call" : `${count} calls`);
  const counts = steps.map(({ targetShardCount }) => targetShardCount).join(", ");
  const today = steps.length > UPDATES_A_DAY ? "; the others are for a `pulumi up` after that" : "";
  const lines = [
    `reshard ${from} -> ${to} shards: ${calls(steps.length)} of UpdateShardCount (to ${counts}), about ` +
      `${formatDuration(expectedMs(steps))} if one takes ${formatDuration(ASSUMED_MS.update)}`,
    `  open shards: AWS opens short-lived ones on the way, at most ${updatePeak(from, steps)} in all if it splits before it merges`,
    `  AWS takes ${UPDATES_A_DAY} such calls for a stream in 24 hours${today}`,
    `  key space moved to other shards: ${percent(result.movedFraction, 1)}`,
  ];
  if (inputs.resharding?.strategy === "auto") {
    lines.push("  splits and merges follow where AWS leaves uneven shards, or takes no more of these calls");
  }
  // More shards never take fewer calls; fewer merges may.
  const nearer = steps.at(-2)?.targetShardCount;
  if (nearer !== undefined && nearer > to && nearer < from && nearer - to <= Math.max(1, to * NEARBY)) {
    lines.push(`  cheaper: ${nearer} shards would take ${calls(steps.length - 1)} instead of ${steps.length}`);
  }
  return lines.join("\n");
}

/** What a shard takes and gives: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD = { writeMegabytes: 1, writeRecords: 1_000, readMegabytes: 2 };

function throughput(result: ReshardPlan, { resharding }: StreamInputs): string {
  const weighted = resharding?.weights !== undefined;
  const before = weighted ? result.initial.length : result.initialEffectiveShards;
  const after = weighted ? result.result.length : result.balance.effectiveShards;
  const change = (each: number) => `${round(before * each)} -> ${round(after * each)}`;
  return (
    `  throughput ${weighted ? "of all shards together" : "for evenly hashed keys"}: ${change(SHARD.writeMegabytes)} MB/s ` +
    `and ${change(SHARD.writeRecords)} records/s in, ${change(SHARD.readMegabytes)} MB/s out`
  );
}

const round = (value: number) => String(Number(value.toFixed(value < 100 ? 2 : 0)));

function quota(room: ShardRoom | string, more: number): string {
  if (typeof room === "string") return `  shard quota of the account: not checked (${room})`;
  const { limit, open, others } = room;
  const total = open + more + others;
  const sum = `${open} open now, ${more} more here${others > 0 ? `, ${others} more for other streams of this run` : ""}`;
  return (
    `  shard quota of the account: at most ${total} of ${limit} so far (${sum})` +
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
    `  longer than ${timeoutName("update", inputs.timeouts)} (${limit}): the update ends between two operations, and the next \`pulumi up\` goes on`,
  ];
}

function refusal(inputs: StreamInputs, operations: number): Error | undefined {
  try {
    refuseTooMany(inputs, operations);
    return undefined;
  } catch (error) {
    if (error instanceof TooManyOperationsError) return error;
    throw error;
  }
}
