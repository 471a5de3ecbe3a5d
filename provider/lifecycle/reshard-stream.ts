import { hasErrorCode, isPresentable, ReshardInterruptedError, TooManyOperationsError } from "../errors";
import type { ReshardStep } from "../reshard/apply";
import { applyStep } from "../reshard/apply";
import { describePlan, describeStep } from "../reshard/describe";
import { formatDuration } from "../reshard/duration";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream, OpenShard, Wait } from "./observe";
import { LOST_ANSWER_GRACE_MS, waitUntilActive } from "./observe";
import { pollDelayMs } from "./poll";
import { DEFAULT_MAX_OPERATIONS, openShardsCap, planFor } from "./resharding";
import type { StreamInputs } from "./stream-inputs";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

/** Assumed until this run has measured its own: AWS takes about this long for a split or merge. */
const ASSUMED_OPERATION_MS = 30_000;

/** An operation that AWS has accepted is waited for, whatever is left of the update's time: it ends between two operations. */
const ACCEPTED_OPERATION_MS = 10 * 60_000;

/** Refusals in a row after which planning again is no longer progress. */
const MAX_REFUSALS = 5;

export interface ReshardRun {
  session: Session;
  reference: StreamReference;
  inputs: StreamInputs;
  deadline: Deadline;
  /** Called with the stream as it is after each operation, so that a failure leaves the truth in the state. */
  onProgress(stream: ObservedStream): void;
}

/**
 * Brings the stream to the shards that `inputs` ask for. It plans from the open shards as they are, carries out one step,
 * and looks again: while the stream is what the plan expects, the plan that was shown goes on; as soon as it is anything
 * else, it is planned anew. The stream itself is the only memory. So a run that was killed goes on where it was, a foreign
 * split in between is planned around, and as each optimal step brings the admissible set nearer by exactly one, planning
 * anew costs no extra operation.
 *
 * Done means that nothing is left to plan, never that the count is right: a kill inside 2 -> 3 can leave three shards of
 * 1/3, 1/6 and 1/2.
 * @throws TooManyOperationsError before the first one; ReshardInterruptedError when the deadline passes between two operations; WaitTimeoutError; StreamGoneError
 */
export async function reshardStream(run: ReshardRun, start: ObservedStream): Promise<ObservedStream> {
  const { session, reference, inputs, deadline } = run;
  const { platform } = session;
  const name = reference.StreamName;
  const startedMs = platform.monotonicMs();
  // The cap on open shards belongs to the whole run: taken anew at each step it could creep upwards.
  let cap = openShardsCap(inputs, start.openShards.length);
  let stream = start;
  let done = 0;
  let refusals = 0;
  let announced = "";
  let plan: readonly ReshardStep[] = [];
  refuseTooMany(inputs, Math.abs(inputs.shardCount - start.openShards.length));
  for (;;) {
    if (plan.length === 0) plan = planFor(inputs, stream.openShards, cap).steps;
    const [step, ...later] = plan;
    const left = plan.length;
    if (step === undefined) {
      if (done > 0) {
        const took = formatDuration(platform.monotonicMs() - startedMs);
        platform.log(
          `${name}: resharded to ${stream.openShards.length} shards with ${done} operation${done === 1 ? "" : "s"} in ${took}`,
        );
      }
      return stream;
    }
    if (done === 0) refuseTooMany(inputs, left);
    if (hasPassed(deadline, platform)) {
      throw new ReshardInterruptedError(
        `the limit of ${deadline.limit} passed while stream ${name} was resharded to ${inputs.shardCount} shards: ${done} ` +
          `operations are done, ${left} are left. Run \`pulumi up\` again to go on from the shards as they are.`,
      );
    }
    const operationMs = done === 0 ? ASSUMED_OPERATION_MS : (platform.monotonicMs() - startedMs) / done;
    const operation = `${name}: operation ${done + 1} of ${done + left}: ${describeStep(namedStep(stream, step))}`;
    // While it waits in line the same operation comes up again and again.
    if (operation !== announced) platform.log(`${operation}, about ${formatDuration(operationMs * left)} left`);
    announced = operation;
    const { outcome, stream: after } = await carryOut(run, stream, step, refusals);
    const isDone = outcome === "done";
    refusals = isDone ? 0 : refusals + 1;
    if (isDone) done += 1;
    const expected = isDone ? applyStep(stream.openShards, step) : stream.openShards;
    plan = isDone ? later : [];
    stream = after;
    if (boundaries(stream.openShards) !== boundaries(expected)) {
      plan = [];
      platform.log(`${name}: somebody else has changed the shards meanwhile; planning from what is there now`);
      cap = Math.max(cap, openShardsCap(inputs, stream.openShards.length));
    }
    run.onProgress(stream);
  }
}

interface Outcome {
  /** "waited": AWS took nothing yet, because somebody else is changing the stream, or its answer was lost on the way in. */
  outcome: "done" | "waited";
  stream: ObservedStream;
}

/**
 * Carries out one step and waits until the listing shows it. An answer lost on the way is looked up, and a refused step is
 * never simply repeated: whoever made AWS refuse it may have split or merged its very shard.
 */
async function carryOut(
  run: ReshardRun,
  before: ObservedStream,
  step: ReshardStep,
  refusals: number,
): Promise<Outcome> {
  const { session, reference, deadline } = run;
  const { client, platform } = session;
  const advice = "Run `pulumi up` again to go on from the shards as they are.";
  const inLine: Wait = { session, reference, deadline, after: "somebody else's change", advice };
  const ownMs = platform.monotonicMs() + ACCEPTED_OPERATION_MS;
  const accepted: Wait = {
    ...inLine,
    deadline:
      ownMs > deadline.atMs
        ? { atMs: ownMs, limit: `${formatDuration(ACCEPTED_OPERATION_MS)} for an operation` }
        : deadline,
    after: `${step.action === "split" ? "SplitShard" : "MergeShards"} ${openShard(before, step.shard)}`,
  };
  const isChanged = (stream: ObservedStream) => boundaries(stream.openShards) !== boundaries(before.openShards);
  try {
    if (step.action === "split") {
      const ShardToSplit = openShard(before, step.shard);
      await client.splitShard({ ...reference, ShardToSplit, NewStartingHashKey: step.newStartingHashKey });
    } else {
      const [ShardToMerge, AdjacentShardToMerge] = [
        openShard(before, step.shard),
        openShard(before, step.adjacentShard),
      ];
      await client.mergeShards({ ...reference, ShardToMerge, AdjacentShardToMerge });
    }
  } catch (error) {
    // UPDATING by somebody else's hand is waited out for as long as the time-out allows. A shard that is not open any more
    // is a listing that lags behind somebody else's split or merge, and can't stay so for long.
    const isBusy = hasErrorCode(error, "ResourceInUseException");
    const isClosed =
      hasErrorCode(error, "InvalidArgumentException") || hasErrorCode(error, "ResourceNotFoundException");
    if (isBusy || (isClosed && refusals < MAX_REFUSALS)) {
      await platform.sleep(pollDelayMs(refusals));
      return { outcome: "waited", stream: await waitUntilActive(inLine) };
    }
    if (!hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) throw error;
    const giveUpAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    const settled = (stream: ObservedStream) => isChanged(stream) || platform.monotonicMs() >= giveUpAtMs;
    const stream = await waitUntilActive(accepted, { settled });
    return { outcome: isChanged(stream) ? "done" : "waited", stream };
  }
  return { outcome: "done", stream: await waitUntilActive(accepted, { settled: isChanged }) };
}

/** The step with the ids that its shards have by now. */
function namedStep(stream: ObservedStream, step: ReshardStep): ReshardStep {
  const named = <Shard extends { startingHashKey: string }>(shard: Shard) => ({
    ...shard,
    shardId: openShard(stream, shard),
  });
  return step.action === "split"
    ? { ...step, shard: named(step.shard) }
    : { ...step, shard: named(step.shard), adjacentShard: named(step.adjacentShard) };
}

/** The open shard with this range: a plan knows the shards it will have made by their ranges only. */
function openShard(stream: ObservedStream, range: { startingHashKey: string }): string {
  const shard = stream.openShards.find(({ startingHashKey }) => startingHashKey === range.startingHashKey);
  if (!shard) throw new TypeError("a step of a plan is carried out only on the shards that the plan expects");
  return shard.shardId;
}

const boundaries = (shards: readonly { startingHashKey: string }[]) =>
  shards.map(({ startingHashKey }) => startingHashKey).join();

/** Splits and merges that nobody asked for by the thousand are a slip of the finger more often than a wish. */
function refuseTooMany(inputs: StreamInputs, operations: number): void {
  const most = inputs.resharding?.maxOperations ?? DEFAULT_MAX_OPERATIONS;
  if (operations > most) throw new TooManyOperationsError(inputs.name, operations, most);
}

/** The plan as text for `pulumi preview`, or undefined when nothing would be split or merged. */
export function describeReshard(inputs: StreamInputs, openShards: readonly OpenShard[]): string | undefined {
  let text = "";
  try {
    // Each operation changes the count by one, so this many it takes at least; a plan of so many takes long to make.
    refuseTooMany(inputs, Math.abs(inputs.shardCount - openShards.length));
    const plan = planFor(inputs, openShards, openShardsCap(inputs, openShards.length));
    if (plan.steps.length === 0) return undefined;
    text = describePlan(plan);
    refuseTooMany(inputs, plan.steps.length);
    return `${inputs.name}: ${text}`;
  } catch (error) {
    if (!isPresentable(error)) throw error;
    return `${inputs.name}: ${text === "" ? "" : `${text}\n  `}the update will refuse this: ${error.message}`;
  }
}
