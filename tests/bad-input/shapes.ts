/** How a test describes what an input must be: each property with its kind and its documented bounds, as literals. */

export type Shape =
  /** Lengths in UTF-16 units. `make` writes a good one of a length; `wrong` are texts of a legal length that the pattern refuses. */
  | { kind: "text"; least: number; most: number; fits: RegExp; make(length: number): string; wrong: readonly string[] }
  | { kind: "number"; least: number; most: number; whole: boolean }
  | { kind: "flag" }
  | { kind: "moment" }
  | { kind: "bytes" }
  | { kind: "choice"; of: readonly string[] }
  | { kind: "list"; of: Shape; least: number; most: number; make(length: number): unknown[] }
  /** Tags, from key to value. */
  | { kind: "map"; least: number; most: number; key: Shape; value: Shape }
  | { kind: "record"; fields: Fields }
  /** Any of several. What is wrong with one of them is told of the whole. */
  | { kind: "either"; of: readonly Shape[] };

export interface Field {
  readonly shape: Shape;
  readonly required: boolean;
}
export type Fields = Readonly<Record<string, Field>>;

export const letters = (length: number): string => "a".repeat(length);
export const many = <T>(length: number, one: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => one(index));

/** Half a character: no Unicode text has it. */
export const HALVES = ["\ud800", "\udfff", "a\ud83d", "\ude00b", "\udc00\ud800"];

/** Any text of a length. */
export const text = (least: number, most: number): Shape => patterned(least, most, /^\P{Surrogate}*$/u, HALVES);

/** A text that a pattern must fit. `made` writes a good one of a length. */
export const patterned = (
  least: number,
  most: number,
  fits: RegExp,
  wrong: readonly string[],
  make: (length: number) => string = letters,
): Shape => ({ kind: "text", least, most, fits, make, wrong });

export const whole = (least: number, most: number): Shape => ({ kind: "number", least, most, whole: true });
export const fraction = (least: number, most: number): Shape => ({ kind: "number", least, most, whole: false });
export const flag: Shape = { kind: "flag" };
export const moment: Shape = { kind: "moment" };
export const bytes: Shape = { kind: "bytes" };
export const choice = (...of: string[]): Shape => ({ kind: "choice", of });
export const list = (of: Shape, least: number, most: number, one?: (index: number) => unknown): Shape => ({
  kind: "list",
  of,
  least,
  most,
  make: (length) => many(length, one ?? (() => goodOf(of))),
});
export const map = (least: number, most: number, key: Shape, value: Shape): Shape => ({
  kind: "map",
  least,
  most,
  key,
  value,
});
export const record = (fields: Fields): Shape => ({ kind: "record", fields });
export const either = (...of: Shape[]): Shape => ({ kind: "either", of });

export const needed = (shape: Shape): Field => ({ shape, required: true });
export const optional = (shape: Shape): Field => ({ shape, required: false });

/** A good value of a shape. */
export function goodOf(shape: Shape): unknown {
  switch (shape.kind) {
    case "text":
      return shape.make(Math.max(shape.least, Math.min(shape.most, 8)));
    case "number":
      return shape.least;
    case "flag":
      return true;
    case "moment":
      return new Date(0);
    case "bytes":
      return "data";
    case "choice":
      return shape.of[0];
    case "list":
      return shape.make(Math.max(1, shape.least));
    case "map":
      return tagsOf(Math.max(1, shape.least));
    case "record":
      return goodRecord(shape.fields);
    case "either":
      return shape.of.map(goodOf)[0];
  }
}

export const tagsOf = (count: number): Record<string, string> =>
  Object.fromEntries(many(count, (index) => [`k${index}`, "v"]));

export const goodRecord = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, { required }]) => required)
      .map(([name, { shape }]) => [name, goodOf(shape)]),
  );

/** A text this long is taken where no bound is documented. */
const NO_BOUND = 10_000;

/** Good values at the bounds of a shape, with words for each. */
export function atBounds(shape: Shape): [words: string, value: unknown][] {
  switch (shape.kind) {
    case "text":
      return [shape.least, Math.min(shape.most, NO_BOUND)].map((length) => [
        `${length} characters`,
        shape.make(length),
      ]);
    case "number":
      return [shape.least, shape.most].map((number) => [String(number), number]);
    case "flag":
      return [true, false].map((value) => [String(value), value]);
    case "choice":
      return shape.of.map((value) => [value, value]);
    case "list":
      return [...new Set([shape.least, Math.min(shape.most, shape.least + 3000)])].map((length) => [
        `${length} entries`,
        shape.make(length),
      ]);
    case "map":
      return [
        [`${shape.least} tags`, tagsOf(shape.least)],
        [`${shape.most} tags`, tagsOf(shape.most)],
        ...atBounds(shape.key).map(([words, key]): [string, unknown] => [`a key of ${words}`, { [String(key)]: "v" }]),
        ...atBounds(shape.value).map(([words, value]): [string, unknown] => [`a value of ${words}`, { k: value }]),
        ["a key of Object's", JSON.parse('{"__proto__":"v","constructor":"v"}')],
      ];
    case "record":
      return Object.entries(shape.fields).flatMap(([name, field]) =>
        atBounds(field.shape).map(([words, value]): [string, unknown] => [
          `${name}: ${words}`,
          { ...goodRecord(shape.fields), [name]: value },
        ]),
      );
    case "either":
      return shape.of.flatMap(atBounds);
    default:
      return [["any", goodOf(shape)]];
  }
}

/** The first values beyond the bounds. */
export function beyondBounds(shape: Shape): [words: string, value: unknown][] {
  switch (shape.kind) {
    case "text":
      return [
        ...(shape.least > 0
          ? [[`${shape.least - 1} characters`, shape.make(shape.least).slice(1)] as [string, unknown]]
          : []),
        ...beyond(shape.most, (length) => [`${length} characters`, shape.make(length)]),
      ];
    case "number":
      return [[String(shape.least - 1), shape.least - 1], ...beyond(shape.most, (number) => [String(number), number])];
    case "list":
      return [
        ...(shape.least > 0 ? [["no entries", []] as [string, unknown]] : []),
        ...beyond(shape.most, (length) => [`${length} entries`, shape.make(length)]),
      ];
    case "map":
      return [
        ...(shape.least > 0 ? [["no tags", {}] as [string, unknown]] : []),
        [`${shape.most + 1} tags`, tagsOf(shape.most + 1)],
        ...beyondBounds(shape.key).map(([words, key]): [string, unknown] => [
          `a key of ${words}`,
          { [String(key)]: "v" },
        ]),
        ...beyondBounds(shape.value).map(([words, value]): [string, unknown] => [`a value of ${words}`, { k: value }]),
      ];
    case "record":
      return Object.entries(shape.fields).flatMap(([name, field]) =>
        beyondBounds(field.shape).map(([words, value]): [string, unknown] => [
          `${name}: ${words}`,
          { ...goodRecord(shape.fields), [name]: value },
        ]),
      );
    case "either":
      return shape.of.flatMap(beyondBounds);
    default:
      return [];
  }
}

const beyond = (most: number, one: (next: number) => [string, unknown]): [string, unknown][] =>
  Number.isFinite(most) ? [one(most + 1)] : [];
