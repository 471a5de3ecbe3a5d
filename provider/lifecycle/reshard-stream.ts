import { isPresentable, ReshardInterruptedError, StreamGoneError, UpdateShardCountError } from "../errors";
import { applyStep } from "../reshard/apply";
import { formatDuration } from "../reshard/duration";
import type { StreamReference } from "./arn";
import type { Session } from "./context";
import type { ObservedStream } from "./observe";
import { Cadence, SECOND_CTRL_C, tellingOfInterrupt } from "./progress";
import type { Outcome } from "./reshard-operation";
import { boundaries, carryOut, describeOperation } from "./reshard-operation";
import type { Operation, ReshardOperations, ShardCountStep } from "./reshard-strategy";
import { ASSUMED_MS, planOperations, refuseTooMany, UPDATES_A_DAY } from "./reshard-strategy";
import { isWithin, openShardsCap } from "./resharding";
import { headRoom } from "./shard-quota";
import type { StreamInputs } from "./stream-inputs";
import type { StreamState } from "./stream-state";
import { record } from "./stream-state";
import type { Deadline } from "./timeouts";
import { hasPassed } from "./timeouts";

export interface ReshardRun {
  session: Session;
  reference: StreamReference;
  inputs: StreamInputs;
  deadline: Deadline;
  /** Kept true after each operation, for a failure on the way: the shards as they are, and that the reshard has not ended. */
  state: StreamState;
}

interface Pace {
  count: number;
  ms: number;
}

/** Where a run is. */
interface Progress {
  stream: ObservedStream;
  /** How many shards were open when the run began. */
  readonly began: number;
  /** What the plan still has; empty: plan anew. */
  left: readonly Operation[];
  /** The strategy of the plan that a person was shown or that was checked last. */
  strategy: ReshardOperations["strategy"] | undefined;
  /** The most open shards on the way. It belongs to the whole run: taken anew at each step it could creep upwards. */
  cap: number;
  /** Why UpdateShardCount is out for the rest of the run. */
  noUpdate: string | undefined;
  hasBegun: boolean;
  done: number;
  /** How often in a row AWS took nothing, and how often of these because a shard was closed. */
  inVain: number;
  closed: number;
  /** The operation that was printed last: while it waits in line the same operation comes up again and again. */
  printed: string;
  readonly cadence: Cadence;
  /** When the operation under way was begun. */
  operationAtMs: number;
  /** Operations that this run has measured, and how long they took together. A split takes as long as a merge. */
  measured: { readonly steps: Pace; readonly updates: Pace };
}

/**
 * Brings the stream to the shards that `inputs` ask for. It plans from the open shards as they are, carries out one
 * operation, and looks again: while the stream is what the plan expects, the plan that was shown goes on; as soon as it is
 * anything else, it is planned anew. The stream itself is the only memory. So a run that was killed goes on where it was, a
 * foreign split in between is planned around, and as each optimal step brings the admissible set nearer by exactly one,
 * planning anew costs no extra operation.
 *
 * Done means that nothing is left to plan, never that the count is right: a kill inside 2 -> 3 can leave three shards of
 * 1/3, 1/6 and 1/2.
 * @throws TooManyOperationsError, UpdateShardCountError, ReshardError before the first operation; ReshardInterruptedError, which says what was done, for whatever ends it later; StreamGoneError
 */
export async function reshardStream(run: ReshardRun, start: ObservedStream): Promise<ObservedStream> {
  const { platform } = run.session;
  const startedMs = platform.monotonicMs();
  const progress: Progress = {
    stream: start,
    began: start.openShards.length,
    left: [],
    strategy: undefined,
    cap: openShardsCap(run.inputs, start.openShards.length),
    noUpdate: undefined,
    hasBegun: false,
    done: 0,
    inVain: 0,
    closed: 0,
    printed: "",
    cadence: new Cadence(platform),
    operationAtMs: startedMs,
    measured: { steps: { count: 0, ms: 0 }, updates: { count: 0, ms: 0 } },
  };
  try {
    const carryOutAll = async () => {
      for (let next = await nextOperation(run, progress); next; next = await nextOperation(run, progress)) {
        progress.hasBegun = true;
        refuseLate(run);
        progress.operationAtMs = platform.monotonicMs();
        announceOperation(run, progress, next);
        await carryOutNext(run, progress, next);
      }
    };
    await tellingOfInterrupt(platform, () => whatCtrlCDoes(run, progress), carryOutAll);
    delete run.state.__unfinishedReshard;
  } catch (error) {
    throw withProgress(error, run, progress);
  }
  const { stream, done } = progress;
  if (done > 0) {
    const took = formatDuration(platform.monotonicMs() - startedMs);
    platform.log(`${stream.name}: resharded to ${stream.openShards.length} shards with ${operations(done)} in ${took}`);
  }
  if (progress.strategy === "update-shard-count" && !isWithin(run.inputs, stream.openShards)) {
    platform.log(
      `${stream.name}: AWS has left some of its ${stream.openShards.length} shards wider or narrower than resharding.tolerance ` +
        'allows, and UpdateShardCount does not mend that; resharding.strategy "auto" does, with splits and merges',
    );
  }
  return stream;
}

async function carryOutNext(run: ReshardRun, progress: Progress, operation: Operation): Promise<void> {
  const { platform } = run.session;
  const { stream: before, inVain, closed, operationAtMs, cadence } = progress;
  const onTaken = () => {
    run.state.__unfinishedReshard = true;
  };
  const onWaiting = () => {
    if (cadence.isDue()) platform.log(lineOf(run, progress, operation, before));
  };
  const outcome = await carryOut({ ...run, inVain, closed, onTaken, onWaiting }, before, operation);
  progress.stream = outcome.stream;
  record(run.state, run.session, outcome.stream);
  judge(run, progress, before, operation, outcome, platform.monotonicMs() - operationAtMs);
}

/** What to do next; undefined once the stream is what the program wants. */
async function nextOperation(run: ReshardRun, progress: Progress): Promise<Operation | undefined> {
  const { inputs, session, reference } = run;
  if (progress.left.length === 0) {
    // Only "auto" weighs the quota; the other strategies need no leave to ask for it.
    const isAuto = inputs.resharding?.strategy === "auto";
    const room = isAuto ? headRoom(await session.shardQuota.roomFor(reference.StreamName)) : undefined;
    // What others do meanwhile may make the plan that was shown longer; it may not become another one unseen.
    const begun = progress.done > 0 ? progress.strategy : undefined;
    const circumstances = {
      // The account was asked before this run began; what the stream has grown since is taken.
      headRoom: room === undefined ? undefined : room - (progress.stream.openShards.length - progress.began),
      noUpdate: progress.noUpdate,
      begun,
    };
    const planned = planOperations(inputs, progress.stream.openShards, progress.cap, circumstances);
    if (planned.strategy !== begun) refuseTooMany(inputs, planned.operations.length);
    progress.left = planned.operations;
    progress.strategy = planned.strategy;
  }
  return progress.left[0];
}

function refuseLate({ session, deadline, inputs, reference }: ReshardRun): void {
  if (!hasPassed(deadline, session.platform)) return;
  throw new ReshardInterruptedError(
    `the limit of ${deadline.limit} passed while stream ${reference.StreamName} was resharded to ${inputs.shardCount} shards.`,
  );
}

/** Of a long reshard the first operations have a line each, and then now and then one. */
const EACH_OF_THE_FIRST = 10;
/** What takes longer should not surprise whoever presses Ctrl-C. */
const LONG_MS = 60_000;

function announceOperation(run: ReshardRun, progress: Progress, operation: Operation): void {
  const { done, left, stream, cadence } = progress;
  const isDue = cadence.isDue();
  const key = `${done} of ${left.length}: ${describeOperation(stream, operation)}`;
  if (key === progress.printed || (done >= EACH_OF_THE_FIRST && !isDue)) return;
  const isLong = progress.printed === "" && expectedMs(run, progress) >= LONG_MS;
  const ctrlC = isLong ? "; Ctrl-C waits for all of it, a second one ends at once" : "";
  run.session.platform.log(`${lineOf(run, progress, operation, stream)}${ctrlC}`);
  progress.printed = key;
}

function lineOf(run: ReshardRun, progress: Progress, operation: Operation, stream: ObservedStream): string {
  const { done, left } = progress;
  const what = `operation ${done + 1} of ${done + left.length}: ${describeOperation(stream, operation)}`;
  return `${run.reference.StreamName}: ${what}, ${timeLeft(run, progress)}`;
}

function timeLeft(run: ReshardRun, progress: Progress): string {
  const ms = expectedMs(run, progress);
  return ms === 0 ? "which takes longer than expected" : `about ${formatDuration(ms)} left`;
}

/** How long the rest of the plan takes, by this run's own pace as far as it has one. */
function expectedMs({ session }: ReshardRun, progress: Progress): number {
  const underWayMs = session.platform.monotonicMs() - progress.operationAtMs;
  const [current = 0, ...others] = progress.left.map(({ action }) => {
    const { count, ms } = paceOf(progress, action);
    return count === 0 ? Math.max(ASSUMED_MS[action], underWayMs) : ms / count;
  });
  return others.reduce((sum, ms) => sum + ms, Math.max(0, current - underWayMs));
}

/** Between two plans there is nothing to wait for. */
function whatCtrlCDoes(run: ReshardRun, progress: Progress): string | undefined {
  const { done, left } = progress;
  if (left.length === 0) return undefined;
  return (
    `Ctrl-C: ${operations(left.length)} of ${done + left.length}, ${timeLeft(run, progress)}; ${SECOND_CTRL_C}. ` +
    `Stream ${run.reference.StreamName} is resharded to its end first.`
  );
}

/**
 * Compares what the stream has become with what the plan expects of the operation, and keeps the rest of the plan where it
 * fits. A plan that fits under maxOpenShards from its start need not do so when it is made anew half-way.
 */
function judge(
  run: ReshardRun,
  progress: Progress,
  before: ObservedStream,
  operation: Operation,
  outcome: Outcome,
  tookMs: number,
): void {
  const now = boundaries(progress.stream.openShards);
  const isUnchanged = now === boundaries(before.openShards);
  const isAsExpected =
    operation.action === "update"
      ? outcome.outcome === "done"
      : now === boundaries(applyStep(before.openShards, operation));
  if (isAsExpected || outcome.outcome === "done") {
    progress.left = progress.left.slice(1);
    progress.inVain = 0;
    progress.closed = 0;
    progress.done += 1;
    const pace = paceOf(progress, operation.action);
    pace.count += 1;
    pace.ms += tookMs;
  } else {
    progress.inVain += 1;
    if (outcome.outcome === "closed") progress.closed += 1;
  }
  if (operation.action === "update") judgeUpdate(run, progress, before, operation, outcome);
  if (isAsExpected || (isUnchanged && outcome.outcome !== "allowance-used")) return;
  progress.left = [];
  if (isUnchanged) return;
  progress.cap = Math.max(progress.cap, openShardsCap(run.inputs, progress.stream.openShards.length));
  const { log } = run.session.platform;
  log(`${run.reference.StreamName}: somebody else has changed the shards meanwhile; planning from what is there now`);
}

const paceOf = ({ measured }: Progress, action: Operation["action"]): Pace =>
  action === "update" ? measured.updates : measured.steps;

/** After UpdateShardCount the shards are what AWS has made of them. One that brings the count no nearer is not called again. */
function judgeUpdate(
  { inputs, session, reference }: ReshardRun,
  progress: Progress,
  before: ObservedStream,
  { targetShardCount }: ShardCountStep,
  { outcome, refusal }: Outcome,
): void {
  const name = reference.StreamName;
  const [had, has] = [before.openShards.length, progress.stream.openShards.length];
  if (outcome === "allowance-used") {
    progress.noUpdate = `AWS takes no more UpdateShardCount of stream ${name} for now, ${UPDATES_A_DAY} in 24 hours are allowed: ${refusal}`;
  } else if (outcome === "done" && has !== targetShardCount) {
    progress.left = [];
    const isNearer = Math.abs(has - inputs.shardCount) < Math.abs(had - inputs.shardCount);
    if (!isNearer)
      progress.noUpdate = `UpdateShardCount of stream ${name} to ${targetShardCount} shards ended with ${has}.`;
  }
  if (progress.noUpdate !== undefined && inputs.resharding?.strategy === "auto") {
    session.platform.log(`${name}: going on with splits and merges. ${progress.noUpdate}`);
  }
}

/** The error with what was done and that nothing is lost; as it is where nothing was begun, or nothing can go on. */
function withProgress(error: unknown, { reference }: ReshardRun, progress: Progress): unknown {
  const { hasBegun, done, left, stream } = progress;
  if (!hasBegun || !isPresentable(error) || error instanceof StreamGoneError) return error;
  const ahead = left.length > 0 ? `, ${left.length} are left` : "";
  // What stops UpdateShardCount stops it again, and its error says what to do.
  const advice =
    error instanceof UpdateShardCountError ? "" : " Run `pulumi up` again to go on from the shards as they are.";
  return new ReshardInterruptedError(
    `${error.message} Of the reshard of stream ${reference.StreamName} ${operations(done)} ${done === 1 ? "is" : "are"} done` +
      `${ahead}; it has ${stream.openShards.length} open shards.${advice}`,
    { cause: error },
  );
}

const operations = (count: number) => `${count} operation${count === 1 ? "" : "s"}`;
