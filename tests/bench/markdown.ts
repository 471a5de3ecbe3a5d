/** The few forms that all parts of the report have. */

type Column = readonly [name: string, align?: "left" | "right"];

export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = columns.map(([, align = "right"]) => (align === "right" ? "--:" : "---"));
  return [line(columns.map(([name]) => name)), line(rule), ...rows.map(line)].join("\n");
}

export interface Aim {
  readonly what: string;
  readonly value: number;
  readonly bound: "at most" | "at least";
  readonly wanted: number;
}

/** What we want to reach, said to be missed where it is. */
export function aimLine({ what, value, bound, wanted }: Aim): string {
  const reached = bound === "at most" ? value <= wanted : value >= wanted;
  const verdict = Number.isNaN(value) ? "not measured" : reached ? "reached" : "**missed**";
  // 221 calls to 220 are no 1.00 where 1.00 is the aim.
  const shown = !reached && value.toFixed(2) === wanted.toFixed(2) ? value.toFixed(4) : value.toFixed(2);
  return `- ${what}: ${shown}; aim ${bound} ${wanted.toFixed(2)}, ${verdict}`;
}

export const fixed = (value: number | undefined, digits = 1): string => value?.toFixed(digits) ?? "-";
