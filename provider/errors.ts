/**
 * Every error that leaves this package. Match on the stable `code`, never on `instanceof`: two copies of a package in
 * one process have two classes of the same name.
 */
export abstract class KinesisError extends Error {
  /** Stable, documented, `ERR_KINESIS_…` or AWS's own code for what AWS answered. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}
