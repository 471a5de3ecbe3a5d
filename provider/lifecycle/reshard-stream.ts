import { hasErrorCode, ReshardInterruptedError } from "../errors";
import type { ReshardStep } from "../reshard/apply";
import { applyStep } from "../reshard/apply";
import { describePlan, describeStep } from "../reshard/describe";
import { formatDuration } from "../reshard/duration";
import { planReshard } from "../reshard/plan";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream, Wait } from "./observe";
import { callInLine, waitUntilActive } from "./observe";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** Assumed until this run has measured its own: AWS takes about this long for a split or merge. */
const ASSUMED_OPERATION_MS = 30_000;

/** How long a lost answer may take to show in the listing before we hold that the call never took effect. */
const LOST_ANSWER_GRACE_MS = 15_000;

/** Refusals in a row (a shard that somebody else has just closed) after which planning again is no longer progress. */
const MAX_REFUSALS = 5;

export interface ReshardRun {
  session: Session;
  reference: StreamReference;
  shardCount: number;
  deadline: Deadline;
  /** Called with the stream as it is after each operation, so that a failure leaves the truth in the state. */
  onProgress(stream: ObservedStream): void;
}

/**
 * Brings the stream to `shardCount` shards of admissible width. The stream itself is the only memory: every round plans
 * from the open shards as they are, carries out the first step alone and looks again. So a run that was killed goes on
 * where it was, a foreign split in between is planned around, and as each optimal step brings the admissible set nearer
 * by exactly one, planning anew costs no extra operation.
 *
 * Done means that nothing is left to plan, never that the count is right: a kill inside 2 -> 3 can leave three shards of
 * 1/3, 1/6 and 1/2.
 * @throws ReshardInterruptedError when the deadline passes between two operations; WaitTimeoutError; StreamGoneError
 */
export async function reshardStream(run: ReshardRun, start: ObservedStream): Promise<ObservedStream> {
  const { session, reference, shardCount, deadline } = run;
  const { platform } = session;
  const name = reference.StreamName;
  const startedMs = platform.monotonicMs();
  // The cap on open shards belongs to the whole run: taken anew at each step it could creep upwards.
  let maxOpenShards = Math.max(start.openShards.length, shardCount) + 1;
  let stream = start;
  let done = 0;
  let refusals = 0;
  for (;;) {
    const [step, ...later] = planReshard({ shards: stream.openShards, target: shardCount, maxOpenShards }).steps;
    const left = later.length + 1;
    if (step === undefined) {
      if (done > 0) {
        const took = formatDuration(platform.monotonicMs() - startedMs);
        platform.log(
          `${name}: resharded to ${stream.openShards.length} shards with ${done} operation${done === 1 ? "" : "s"} in ${took}`,
        );
      }
      return stream;
    }
    if (hasPassed(deadline, platform)) {
      throw new ReshardInterruptedError(
        `the limit of ${deadline.limit} passed while stream ${name} was resharded to ${shardCount} shards: ${done} ` +
          `operations are done, ${left} are left. Run \`pulumi up\` again to go on from the shards as they are.`,
      );
    }
    const operationMs = done === 0 ? ASSUMED_OPERATION_MS : (platform.monotonicMs() - startedMs) / done;
    platform.log(
      `${name}: operation ${done + 1} of ${done + left}: ${describeStep(step)}, ` +
        `about ${formatDuration(operationMs * left)} left`,
    );
    const outcome = await carryOut(run, stream, step);
    if (outcome.refusal !== undefined) {
      refusals += 1;
      if (refusals >= MAX_REFUSALS) throw outcome.refusal;
    } else {
      refusals = 0;
      done += 1;
    }
    const expected = outcome.refusal === undefined ? applyStep(stream.openShards, step) : stream.openShards;
    stream = outcome.stream;
    if (boundaries(stream.openShards) !== boundaries(expected)) {
      platform.log(`${name}: somebody else has changed the shards meanwhile; planning from what is there now`);
      maxOpenShards = Math.max(maxOpenShards, stream.openShards.length + 1);
    }
    run.onProgress(stream);
  }
}

interface Outcome {
  stream: ObservedStream;
  /** AWS's refusal, when it took none of the step. */
  refusal?: unknown;
}

/**
 * Carries out one step and waits until the listing shows it. An answer lost on the way is looked up and never repeated
 * blindly.
 */
async function carryOut(run: ReshardRun, before: ObservedStream, step: ReshardStep): Promise<Outcome> {
  const { session, reference, deadline } = run;
  const { client, platform } = session;
  const wait: Wait = {
    session,
    reference,
    deadline,
    after: step.action === "split" ? `SplitShard ${step.shard.shardId}` : `MergeShards ${step.shard.shardId}`,
    advice: "The operation was accepted; run `pulumi up` again to go on from the shards as they are.",
  };
  const isChanged = (stream: ObservedStream) => boundaries(stream.openShards) !== boundaries(before.openShards);
  try {
    await callInLine(wait, () =>
      step.action === "split"
        ? client.splitShard({
            ...reference,
            ShardToSplit: shardId(step.shard),
            NewStartingHashKey: step.newStartingHashKey,
          })
        : client.mergeShards({
            ...reference,
            ShardToMerge: shardId(step.shard),
            AdjacentShardToMerge: shardId(step.adjacentShard),
          }),
    );
  } catch (error) {
    if (hasErrorCode(error, "InvalidArgumentException") || hasErrorCode(error, "ResourceNotFoundException")) {
      // Somebody else closed the shard since we looked. The plan is made anew from what is there now.
      return { stream: await waitUntilActive(wait), refusal: error };
    }
    if (!hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) throw error;
    const giveUpAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    const settled = (stream: ObservedStream) => isChanged(stream) || platform.monotonicMs() >= giveUpAtMs;
    const stream = await waitUntilActive(wait, { settled });
    return isChanged(stream) ? { stream } : { stream, refusal: error };
  }
  return { stream: await waitUntilActive(wait, { settled: isChanged }) };
}

const boundaries = (shards: readonly { startingHashKey: string }[]) =>
  shards.map(({ startingHashKey }) => startingHashKey).join();

function shardId(shard: { shardId?: string | undefined }): string {
  if (shard.shardId === undefined) throw new TypeError("a plan made from listed shards names its shards");
  return shard.shardId;
}

/** The plan as text for `pulumi preview`, or undefined when nothing would be split or merged. */
export function describeReshard(name: string, openShards: ObservedStream["openShards"], shardCount: number) {
  const plan = planReshard({ shards: openShards, target: shardCount });
  return plan.steps.length === 0 ? undefined : `${name}: ${describePlan(plan)}`;
}
