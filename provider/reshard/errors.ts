/** What can be wrong with a request for a plan, or with a step. */
export type ReshardErrorCode =
  | "ERR_KINESIS_RESHARD_INVALID_INPUT"
  | "ERR_KINESIS_RESHARD_NOT_TILING"
  | "ERR_KINESIS_RESHARD_TOO_NARROW"
  | "ERR_KINESIS_RESHARD_ILLEGAL_STEP"
  | "ERR_KINESIS_RESHARD_TOO_FEW_OPEN_SHARDS_ALLOWED"
  | "ERR_KINESIS_RESHARD_HOT_MERGE_NEEDED";

/** Everything this folder throws. Match on `code`: it is stable, the message is for people. */
export class ReshardError extends Error {
  readonly code: ReshardErrorCode;

  constructor(code: ReshardErrorCode, message: string) {
    super(message);
    this.name = "ReshardError";
    this.code = code;
  }
}
