import type { OperationName } from "../client/shapes";
import { hasErrorCode } from "../errors";
import type { ObservedStream, Wait } from "./observe";
import { callInLine, LOST_ANSWER_GRACE_MS, waitUntilActive } from "./observe";
import type { SeenSettings, SettingChange, WantedSettings } from "./stream-settings";
import { CHANGES, inOurWords, recentModeSwitches } from "./stream-settings";
import type { StreamState } from "./stream-state";
import { hasPassed } from "./timeouts";

/** The operations that take a stream by its ARN only. */
const BY_ARN: readonly OperationName[] = [
  "UpdateStreamMode",
  "UpdateMaxRecordSize",
  "UpdateStreamRecordDistributionStrategy",
];

export interface SettingsRun {
  /** Its `onSeen` writes what is true of the stream into `state`. */
  wait: Wait;
  state: StreamState;
  wanted: WantedSettings;
}

/**
 * Makes the changes that belong before or after the shards, each only where the stream as it was last seen is not what is
 * wanted, and each followed by looks until it is ACTIVE and shows the change.
 * @returns the stream as it was last seen
 * @throws WaitTimeoutError, StreamGoneError, ServiceError for what AWS refuses
 */
export async function syncSettings(
  run: SettingsRun,
  when: SettingChange["when"],
  start: ObservedStream,
): Promise<ObservedStream> {
  const { state, wanted } = run;
  let stream = start;
  for (const change of CHANGES.filter((change) => change.when === when)) {
    for (;;) {
      const input = change.input(inOurWords(stream.settings, state.__kmsKey), wanted);
      if (input === undefined) break;
      stream = await carryOut(run, change, input, stream);
    }
  }
  return stream;
}

async function carryOut(
  { wait, state, wanted }: SettingsRun,
  change: SettingChange,
  input: Record<string, unknown>,
  before: ObservedStream,
): Promise<ObservedStream> {
  const { client, platform } = wait.session;
  const { operation } = change;
  const after = { ...wait, after: operation };
  const target = BY_ARN.includes(operation) ? { StreamARN: before.arn } : wait.reference;
  const isDone = ({ settings }: ObservedStream) => hasTakenEffect(change, settings, wanted);
  let stream: ObservedStream;
  try {
    // Which input belongs to which operation stands in one row of the table; the client checks it against its schema.
    await callInLine(wait, () => client.call(operation, { ...target, ...input } as never));
    stream = await waitUntilActive(after, { settled: isDone });
  } catch (error) {
    // What was lost on the way is looked up and not repeated on a guess: encryption and modes have daily allowances.
    if (!hasErrorCode(error, "ERR_KINESIS_OUTCOME_UNKNOWN")) throw error;
    const giveUpAtMs = platform.monotonicMs() + LOST_ANSWER_GRACE_MS;
    const settled = (seen: ObservedStream) => isDone(seen) || platform.monotonicMs() >= giveUpAtMs;
    stream = await waitUntilActive(after, { settled });
    if (!isDone(stream)) {
      if (hasPassed(wait.deadline, platform)) throw error;
      return stream;
    }
  }
  if (operation === "UpdateStreamMode") {
    const switches = recentModeSwitches(state.__modeSwitches ?? [], platform.now());
    state.__modeSwitches = [...switches, new Date(platform.now()).toISOString()];
  }
  const shown = stream.settings.kmsKeyId;
  if (operation === "StartStreamEncryption" && typeof wanted.kmsKeyId === "string" && shown !== null) {
    state.__kmsKey = { sent: wanted.kmsKeyId, shown };
    wait.onSeen?.(stream);
  }
  return stream;
}

function hasTakenEffect(change: SettingChange, settings: SeenSettings, wanted: WantedSettings): boolean {
  return change.isDone?.(settings, wanted) ?? change.input(settings, wanted) === undefined;
}
