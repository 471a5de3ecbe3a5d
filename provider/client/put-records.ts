/**
 * PutRecords answers with success even where some of its records failed, each for itself (their shard was too busy).
 * This sends those again until all are in, keeping every record and its result at the same place.
 */
import { KinesisError } from "../errors";
import type { PutRecordsInput, PutRecordsOutput, PutRecordsResultEntry } from "./shapes";

/** A record's own failure that another try can mend; the rest (a key that may not be used) stays as it is. */
const PASSING = new Set(["ProvisionedThroughputExceededException", "InternalFailure", "KMSThrottlingException"]);

export interface Retry {
  /** Sends some of the records. */
  send(input: PutRecordsInput): Promise<PutRecordsOutput>;
  /** Waits before the next round; false: no more rounds. */
  pause(round: number): Promise<boolean>;
}

export async function putUntilIn(
  input: PutRecordsInput,
  first: PutRecordsOutput,
  retry: Retry,
): Promise<PutRecordsOutput> {
  const results: PutRecordsResultEntry[] = [...first.Records];
  for (let round = 1; ; round++) {
    const places = [...results.keys()].filter((place) => PASSING.has(results[place]?.ErrorCode ?? ""));
    if (places.length === 0 || !(await retry.pause(round))) break;
    const records = places.flatMap((place) => input.Records[place] ?? []);
    const again = await retry.send({ ...input, Records: records }).catch((error: unknown) => {
      // The others are in: their results must not be lost with an error of the rest.
      if (error instanceof KinesisError) return error;
      throw error;
    });
    for (const [index, place] of places.entries()) {
      if (again instanceof KinesisError) results[place] = { ErrorCode: again.code, ErrorMessage: again.message };
      else results[place] = again.Records[index] ?? results[place] ?? {};
    }
    if (again instanceof KinesisError) break;
  }
  const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
  return { ...first, Records: results, FailedRecordCount: failed };
}
