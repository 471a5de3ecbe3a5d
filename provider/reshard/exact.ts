/** Arithmetic on bigint that the language leaves out. */

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** For a ≥ 0, b > 0. */
export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** A part of a whole as a double, to about 15 digits; both up to 2^1000. */
export function fraction(part: bigint, whole: bigint): number {
  return Number(part) / Number(whole);
}

/** Doubles times one common power of two, so that all become integers: exact. */
export function toIntegers(values: readonly number[]): bigint[] {
  const scaled = values.map((value) => {
    let exponent = 0;
    let integer = value;
    while (!Number.isInteger(integer)) {
      integer *= 2;
      exponent++;
    }
    return { integer: BigInt(integer), exponent };
  });
  const common = scaled.reduce((most, { exponent }) => Math.max(most, exponent), 0);
  return scaled.map(({ integer, exponent }) => integer << BigInt(common - exponent));
}
