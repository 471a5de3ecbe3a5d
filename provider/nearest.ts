/** Which of the names that there are somebody meant who has misspelt one; pure. */

/** The name that takes the fewest letters changed, added or left out, if these are at most a third; capitals don't count. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  // Nobody misspells a name into one of twice its length, and comparing takes as long as it is long.
  if (written.length > 2 * Math.max(...names.map(({ length }) => length))) return undefined;
  let best: string | undefined;
  let fewest = Math.floor(written.length / 3) + 1;
  for (const name of names) {
    const changes = distance(written.toLowerCase(), name.toLowerCase());
    if (changes < fewest) {
      best = name;
      fewest = changes;
    }
  }
  return best;
}

/** Levenshtein's: one row of the table at a time. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
