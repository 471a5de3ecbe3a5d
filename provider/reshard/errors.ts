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

/** What the options that a message is about are called where the person is. */
export interface OptionNames {
  readonly maxOpenShards: string;
  readonly allowHotMerge: string;
}

/** One that tells to change an option: a command line has other names for them than a request. */
export class OptionError extends ReshardError {
  readonly #say: (names: OptionNames) => string;

  constructor(code: ReshardErrorCode, say: (names: OptionNames) => string) {
    super(code, say({ maxOpenShards: "maxOpenShards", allowHotMerge: "allowHotMerge" }));
    this.#say = say;
  }

  withNames(names: OptionNames): ReshardError {
    return new ReshardError(this.code, this.#say(names));
  }
}
