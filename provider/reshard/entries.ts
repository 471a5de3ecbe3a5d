/**
 * Reading arrays by an index that must be in range: a wrong one is a bug, and stops the plan instead of making it a
 * plausible other one. One function for each kind of array, because engines compile a read that meets one kind only to a
 * few instructions, and a read that meets all of them to a search.
 */

/** An entry of a list. */
export function entry<T>(list: readonly T[], index: number): T {
  const value = list[index];
  return value === undefined ? missing(index, list.length) : value;
}

/** An entry of an array of whole numbers. */
export function int(list: Int32Array, index: number): number {
  const value = list[index];
  return value === undefined ? missing(index, list.length) : value;
}

/** An entry of an array of doubles. */
export function double(list: Float64Array, index: number): number {
  const value = list[index];
  return value === undefined ? missing(index, list.length) : value;
}

function missing(index: number, length: number): never {
  throw new RangeError(`no entry ${index} in ${length}: a bug of the reshard planner`);
}
