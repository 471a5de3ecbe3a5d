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

/** What is wrong with the records of an input that has passed its schema. `base64` as in the call's options. */
export function recordIssues(operation: string, input: object, base64: boolean): InputIssue[] {
  if (operation === "PutRecord") return issuesOf(input, base64, "Data");
  if (operation !== "PutRecords") return [];
  const records = recordsOf(input);
  const issues = records.flatMap((record, place) => issuesOf(record, base64, `Records[${place}].Data`));
  const together = records.reduce((sum, record) => sum + sizeOf(record, base64), 0);
  if (issues.length === 0 && together > MOST_BYTES) {
    issues.push({ path: "Records", problem: `must be at most ${MOST} together: send them in several calls` });
  }
  return issues;
}

function issuesOf(record: Entry, base64: boolean, path: string): InputIssue[] {
  if (!base64 && !isBase64(record.Data)) {
    return [{ path, problem: "must be base64 text with `base64: false`; bytes and other text go without that option" }];
  }
  return sizeOf(record, base64) > MOST_BYTES
    ? [{ path, problem: `must be at most ${MOST} together with PartitionKey` }]
    : [];
}

/** As AWS reads it: the standard alphabet, padded. Node's own decoder skips whatever else it meets. */
const isBase64 = (data: unknown): boolean =>
  typeof data === "string" && data.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(data.replace(/={1,2}$/, ""));

/** The input with its Data as it travels; inputs without records as they are. */
export function withDataAsText(operation: string, input: object, base64: boolean): object {
  const asText = (record: Entry) => ({ ...record, Data: dataAsText(record.Data, base64) });
  if (operation === "PutRecord") return asText(input);
  if (operation === "PutRecords") return { ...input, Records: recordsOf(input).map(asText) };
  return input;
}

const recordsOf = (input: object): Entry[] => (input as { Records: Entry[] }).Records;

function sizeOf({ Data, PartitionKey }: Entry, base64: boolean): number {
  const data = base64 ? byteLength(Data) : Buffer.byteLength(Data as string, "base64");
  return data + byteLength(PartitionKey);
}

const byteLength = (data: unknown): number =>
  typeof data === "string" ? Buffer.byteLength(data) : data instanceof Uint8Array ? data.byteLength : 0;

function dataAsText(data: unknown, base64: boolean): unknown {
  if (typeof data === "string") return base64 ? Buffer.from(data, "utf8").toString("base64") : data;
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  return data;
}
