/**
 * Where inputs carry records, how large these may be, and how their Data travels; pure. By operation and place, never by
 * a property's name: a tag may be called "Data", too.
 *
 * The sizes count before base64, partition keys included; a stream's own MaxRecordSizeInKiB may be less (1 MiB unless it
 * was raised), which only AWS knows.
 *
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
import type { InputIssue } from "../errors";

/** The most that a record, or all records of a PutRecords together, may have. */
const MOST_BYTES = 10 * 1024 * 1024;
const MOST = `${MOST_BYTES} bytes (10 MiB)`;

/** As a caller who checks nothing may give it. */
interface Entry {
  readonly Data?: unknown;
  readonly PartitionKey?: unknown;
}

/** What is too large in an input that has passed its schema. `base64` as in the call's options. */
export function sizeIssues(operation: string, input: object, base64: boolean): InputIssue[] {
  if (operation === "PutRecord") {
    return sizeOf(input, base64) > MOST_BYTES
      ? [{ path: "Data", problem: `must be at most ${MOST} together with PartitionKey` }]
      : [];
  }
  if (operation !== "PutRecords") return [];
  let together = 0;
  const issues: InputIssue[] = [];
  for (const [place, record] of recordsOf(input).entries()) {
    const size = sizeOf(record, base64);
    together += size;
    if (size > MOST_BYTES) {
      issues.push({ path: `Records[${place}].Data`, problem: `must be at most ${MOST} together with PartitionKey` });
    }
  }
  if (issues.length === 0 && together > MOST_BYTES) {
    issues.push({ path: "Records", problem: `must be at most ${MOST} together: send them in several calls` });
  }
  return issues;
}

/** The input with its Data as it travels; inputs without records as they are. */
export function withDataAsText(operation: string, input: object, base64: boolean): object {
  const asText = (record: Entry) => ({ ...record, Data: dataAsText(record.Data, base64) });
  if (operation === "PutRecord") return asText(input);
  if (operation === "PutRecords") return { ...input, Records: recordsOf(input).map(asText) };
  return input;
}

const recordsOf = (input: object): Entry[] => (input as { Records: Entry[] }).Records;

function sizeOf({ Data, PartitionKey }: Entry, base64: boolean): number {
  const data = base64 ? byteLength(Data) : decodedLength(dataAsText(Data, false));
  return data + byteLength(PartitionKey);
}

const byteLength = (data: unknown): number =>
  typeof data === "string" ? Buffer.byteLength(data) : data instanceof Uint8Array ? data.byteLength : 0;

const decodedLength = (text: unknown): number => (typeof text === "string" ? Buffer.byteLength(text, "base64") : 0);

function dataAsText(data: unknown, base64: boolean): unknown {
  if (typeof data === "string") return base64 ? Buffer.from(data, "utf8").toString("base64") : data;
  if (data instanceof Uint8Array) {
    const view = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return base64 ? view.toString("base64") : view.toString("latin1");
  }
  return data;
}
