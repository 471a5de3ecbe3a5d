/**
 * Malformed inputs, made from what an input must be: for each property each wrong type, each documented bound crossed, each
 * pattern broken, and around them the objects that only hostile or careless programs make. First all that can be listed; then
 * chance, from a fixed seed, until there are as many as are asked for. No two are the same.
 */

import { inspect } from "node:util";
import { mulberry32 } from "../support/mulberry32";
import type { Fields, Shape } from "./shapes";
import { goodRecord, HALVES, letters, many, tagsOf } from "./shapes";

export interface Malformed {
  /** The property that is at fault, as a path begins that names it; empty for the input as a whole. */
  readonly path: string;
  /** What the message must name besides: an unknown property, a rule between properties. */
  readonly names?: RegExp;
  readonly input: unknown;
  /** What is wrong, for a test's report. */
  readonly words: string;
}

export interface Source {
  readonly fields: Fields;
  /** The least good input. */
  readonly good: Readonly<Record<string, unknown>>;
  readonly broken?: readonly [input: Record<string, unknown>, names: RegExp][];
  /** Other good properties to stand beside one. */
  readonly instead?: Readonly<Record<string, Record<string, unknown>>>;
  /** Beginnings of properties that are never unknown. */
  readonly hidden?: RegExp;
  /** Only what JSON can say: a resource's inputs come through the engine. */
  readonly onlyJson?: boolean;
}

/** Goes into values that no message may quote. */
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

// -- values of the wrong type -------------------------------------------------------------------------------------

type Named = readonly [words: string, value: unknown];

const cyclic: Record<string, unknown> = { secret: SECRET };
cyclic.self = cyclic;
const deep = many(200_000, () => 0).reduce<unknown>((inside) => [inside], SECRET);
const throwing = Object.defineProperty({}, "StreamName", {
  enumerable: true,
  get: () => {
    throw new Error(`getter ${SECRET}`);
  },
});

/** As JSON has them; all that a resource's inputs can be, since they travel through the engine. */
export const JSON_VALUES: readonly Named[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["0", 0],
  ["1", 1],
  ["-1", -1],
  ["1.5", 1.5],
  ["0.1 + 0.2", 0.1 + 0.2],
  ["-0.5", -0.5],
  ["2^31", 2 ** 31],
  ["2^32", 2 ** 32],
  ["-2^31 - 1", -(2 ** 31) - 1],
  ["2^53", 2 ** 53],
  ["1e300", 1e300],
  ["-1e300", -1e300],
  ["5e-324", 5e-324],
  ["an empty text", ""],
  ["a space", " "],
  ["white space", "\t\r\n\v\u00a0\ufeff"],
  ["a text", SECRET],
  ["a number as text", "1"],
  ["true as text", "true"],
  ["null as text", "null"],
  ["a moment as text", "2024-01-01T00:00:00Z"],
  ["control characters", "\u0000\u0007\u001b[31m"],
  ["half a character", "\ud800"],
  ["a long text", `${letters(100_000)}${SECRET}`],
  ["an empty list", []],
  ["a list of a text", [SECRET]],
  ["a list of null", [null]],
  ["a list in a list", [[[]]]],
  ["an empty object", {}],
  ["an object", { secret: SECRET }],
  ["an object in an object", { a: { b: { c: SECRET } } }],
  ["an object like a list", { 0: "a", length: 1 }],
  ["an own __proto__", JSON.parse(`{"__proto__":{"polluted":"${SECRET}"}}`)],
  ["an own constructor", { constructor: { prototype: { polluted: SECRET } } }],
  ["an object with toString", { toString: SECRET, valueOf: SECRET }],
  ["an object with toJSON", { toJSON: SECRET }],
  // As Pulumi marks what is no plain value.
  ["an asset", { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: SECRET }],
  ["a wrapped secret", { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: SECRET }],
];

/** As only a program in the same process can give them. */
const LIVE_VALUES: readonly Named[] = [
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["a BigInt", 10n],
  ["a symbol", Symbol(SECRET)],
  ["a function", () => SECRET],
  ["a class", class Secret {}],
  ["a Date", new Date(0)],
  ["an invalid Date", new Date(Number.NaN)],
  ["a Buffer", Buffer.from(SECRET)],
  ["a Uint8Array", new Uint8Array(3)],
  ["a Uint16Array", new Uint16Array(3)],
  ["an ArrayBuffer", new ArrayBuffer(3)],
  ["a DataView", new DataView(new ArrayBuffer(3))],
  ["a Map", new Map([["a", SECRET]])],
  ["a Set", new Set([SECRET])],
  ["a WeakMap", new WeakMap()],
  ["a RegExp", /a/],
  ["a promise", Promise.resolve(SECRET)],
  ["an Error", new Error(SECRET)],
  ["a URL", new URL("https://localhost/")],
  ["a String object", new String(SECRET)],
  ["a Number object", new Number(1)],
  ["a Boolean object", new Boolean(false)],
  ["an object without prototype", Object.create(null)],
  ["an object that refers to itself", cyclic],
  ["a list that refers to itself", ((list: unknown[]) => list.push(list) && list)([])],
  ["a deep list", deep],
  ["an object whose getter throws", throwing],
  [
    "a proxy that throws",
    new Proxy(
      {},
      {
        get: () => {
          throw new Error(SECRET);
        },
        ownKeys: () => {
          throw new Error(SECRET);
        },
      },
    ),
  ],
  ["a list with a hole", new Array(1).concat("a")],
  ["a list of four billion holes", new Array(2 ** 32 - 1)],
  [
    "arguments",
    (function () {
      // biome-ignore lint/complexity/noArguments: they are what is tried
      return arguments;
    })(),
  ],
];

const isNumberOf = (shape: Shape & { kind: "number" }, value: unknown): boolean =>
  typeof value === "number" &&
  value >= shape.least &&
  value <= shape.most &&
  (!shape.whole || Number.isInteger(value)) &&
  Number.isFinite(value);

const isObject = (value: unknown): value is object => {
  try {
    return Object.prototype.toString.call(value) === "[object Object]";
  } catch {
    return false;
  }
};

const isUnicode = (value: string): boolean => !/\p{Surrogate}/u.test(value);

/** Whether a value of the lists above is a good one all the same. */
function isGood(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case "text":
      if (typeof value !== "string" || value.length < shape.least || value.length > shape.most) return false;
      return shape.fits.test(value);
    case "number":
      return isNumberOf(shape, value);
    case "flag":
      return typeof value === "boolean";
    case "moment":
      return value instanceof Date && !Number.isNaN(value.getTime());
    case "bytes":
      return (typeof value === "string" && isUnicode(value)) || value instanceof Uint8Array;
    case "choice":
      return shape.of.includes(value as string);
    case "list":
      return (
        Array.isArray(value) &&
        Object.keys(value).length === value.length &&
        value.length >= shape.least &&
        value.length <= shape.most &&
        value.every((one) => isGood(shape.of, one))
      );
    case "map":
      return isObject(value) && isMapOf(shape, value);
    case "record":
      return isObject(value) && isRecordOf(shape.fields, value);
    case "either":
      return shape.of.some((one) => isGood(one, value));
  }
}

/** Whether nothing throws and all of it is good. */
function isMapOf(shape: Shape & { kind: "map" }, value: object): boolean {
  try {
    const entries = Object.entries(value);
    return (
      entries.length >= shape.least &&
      entries.length <= shape.most &&
      entries.every(([key, one]) => isGood(shape.key, key) && isGood(shape.value, one))
    );
  } catch {
    return false;
  }
}

function isRecordOf(fields: Fields, value: object): boolean {
  try {
    const given = value as Record<string, unknown>;
    return (
      Object.keys(value).every((key) => Object.hasOwn(fields, key)) &&
      Object.entries(fields).every(([name, { shape, required }]) =>
        given[name] === undefined ? !required : isGood(shape, given[name]),
      )
    );
  } catch {
    return false;
  }
}

// -- what is wrong with a value -----------------------------------------------------------------------------------

interface Wrong {
  /** Under the value's own path. */
  readonly path: string;
  readonly value: unknown;
  readonly words: string;
  readonly names?: RegExp;
}

const inside = (path: string, wrong: Wrong, value: unknown): Wrong => ({
  ...wrong,
  path: wrong.path.startsWith("[") || wrong.path === "" ? `${path}${wrong.path}` : `${path}.${wrong.path}`,
  value,
});

/** All that can be listed. */
function* wrongs(shape: Shape, onlyJson: boolean): Generator<Wrong> {
  for (const [words, value] of onlyJson ? JSON_VALUES : [...JSON_VALUES, ...LIVE_VALUES]) {
    if (!isGood(shape, value)) yield { path: "", value, words };
  }
  switch (shape.kind) {
    case "text": {
      if (shape.least > 0) yield { path: "", value: "", words: "empty" };
      if (shape.least > 1) yield { path: "", value: shape.make(shape.least).slice(0, -1), words: "too short" };
      for (const length of [shape.most + 1, shape.most + 2, 2 * shape.most, shape.most + 1_000_000]) {
        if (Number.isFinite(length)) yield { path: "", value: shape.make(length), words: `${length} characters` };
      }
      for (const one of shape.wrong) yield { path: "", value: one, words: `broken pattern ${inspect(one)}` };
      break;
    }
    case "number": {
      const { least, most } = shape;
      for (const value of [least - 1, most + 1, least - 0.5, most + 0.5, -most, 2 * most, least + 0.1, -0.1]) {
        if (!isNumberOf(shape, value)) yield { path: "", value, words: String(value) };
      }
      for (const value of [String(least), [least], { value: least }, `${most}n`]) {
        yield { path: "", value, words: `${inspect(value)} for a number` };
      }
      break;
    }
    case "choice":
      for (const one of shape.of) {
        for (const value of [one.toLowerCase(), `${one} `, ` ${one}`, `${one}S`, one.slice(1), [one], { [one]: one }]) {
          if (!isGood(shape, value)) yield { path: "", value, words: `${inspect(value)} for a choice` };
        }
      }
      break;
    case "list": {
      if (shape.least > 0) yield { path: "", value: [], words: "no entries" };
      if (Number.isFinite(shape.most)) {
        for (const length of [shape.most + 1, 2 * shape.most, 20_000]) {
          yield { path: "", value: shape.make(length), words: `${length} entries` };
        }
      }
      for (const wrong of wrongs(shape.of, onlyJson)) {
        const [good] = shape.make(1);
        // What is in a list that is too long is not looked at.
        yield inside("[0]", { ...wrong, words: `entry ${wrong.words}` }, [wrong.value]);
        if (shape.most > 1)
          yield inside("[1]", { ...wrong, words: `second entry ${wrong.words}` }, [good, wrong.value]);
      }
      break;
    }
    case "map": {
      if (shape.least > 0) yield { path: "", value: {}, words: "no tags" };
      for (const count of [shape.most + 1, 2 * shape.most, 20_000]) {
        if (count <= shape.most || !Number.isFinite(count)) continue;
        yield { path: "", value: tagsOf(count), words: `${count} tags` };
      }
      for (const wrong of wrongs(shape.key, onlyJson)) {
        if (typeof wrong.value !== "string") continue;
        yield { path: "", value: { [wrong.value]: "v" }, words: `key ${wrong.words}` };
      }
      for (const wrong of wrongs(shape.value, onlyJson)) {
        yield { path: "", value: { k: wrong.value }, words: `value ${wrong.words}` };
        const poisoned = Object.defineProperty({}, "__proto__", { enumerable: true, value: wrong.value });
        yield { path: "", value: poisoned, words: `value of __proto__ ${wrong.words}` };
      }
      break;
    }
    case "record": {
      const good = goodRecord(shape.fields);
      for (const [name, { shape: inner, required }] of Object.entries(shape.fields)) {
        if (required) {
          const { [name]: _, ...rest } = good;
          yield { path: name, value: rest, words: `${name} missing` };
        }
        for (const wrong of wrongs(inner, onlyJson)) {
          yield inside(name, { ...wrong, words: `${name}: ${wrong.words}` }, { ...good, [name]: wrong.value });
        }
      }
      for (const name of UNKNOWN.slice(0, 12)) {
        yield { path: "", value: withUnknown(good, name, SECRET), words: `unknown ${inspect(name)}` };
      }
      break;
    }
    case "either":
      for (const wrong of shape.of.flatMap((one) => [...wrongs(one, onlyJson)])) {
        if (!isGood(shape, wrong.value)) yield { ...wrong, path: "" };
      }
      break;
    default:
  }
}

/** Names that no input has. */
const UNKNOWN: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "toJSON",
  "then",
  "",
  " ",
  "a b",
  "x".repeat(100_000),
  "streamname",
  "STREAMNAME",
  "Streamname",
  "stream_name",
  "StreamName ",
  " StreamName",
  "StreamNames",
  "Stream.Name",
  "StreamName\u0000",
  "StreamName\n",
  "__StreamName__",
  "Limits",
  "limit",
  "Tag",
  "tag",
  "Data ",
  "0",
  "-1",
  "1.5",
  "NaN",
  "null",
  "length",
  "__defineGetter__",
  "__lookupSetter__",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "Symbol.toPrimitive",
  "$where",
  "$ref",
  "../../etc/passwd",
  "a[0]",
  "a.b",
  "名前",
  "💥",
  "\ud800",
  "\u0000",
  "\u001b[31m",
  "\u202e",
  "Namé",
  "<script>",
  "%s%n",
  "'; --",
  "a=b&c",
  "urn",
  "id_",
];

const withUnknown = (good: object, name: string, value: unknown): object =>
  Object.defineProperty({ ...good }, name, { value, enumerable: true, configurable: true, writable: true });

// -- chance -------------------------------------------------------------------------------------------------------

type Chance = () => number;
const under = (chance: Chance, most: number) => Math.floor(chance() * most);
const pick = <T>(chance: Chance, from: readonly T[]): T => from[under(chance, from.length)] as T;
const ODD = "aZ09_.-  \t\n/:@%#é名💥\u0000\u202e\ud800\udfff'\"\\{}[]$".split("");
const oddText = (chance: Chance, length: number) => many(length, () => pick(chance, ODD)).join("");

/** A wrong value of a shape by chance; undefined where chance made a good one. */
function wrongByChance(shape: Shape, chance: Chance): Wrong | undefined {
  const made = (value: unknown, path = ""): Wrong | undefined =>
    isGood(shape, value) ? undefined : { path, value, words: inspect(value, { depth: 3, maxStringLength: 60 }) };
  switch (shape.kind) {
    case "text": {
      if (chance() < 0.3) return made(chance() * 10 ** under(chance, 20));
      if (chance() < 0.5 && Number.isFinite(shape.most)) return made(shape.make(shape.most + 1 + under(chance, 500)));
      const odd = pick(chance, shape.wrong);
      if (odd === undefined || odd.length > 100) return undefined;
      // A text that a pattern refuses, made longer where the pattern refuses it still.
      const half = HALVES.includes(odd) || !/^[\w.-]/.test(odd);
      return half ? made(`${letters(under(chance, 20))}${odd}${letters(under(chance, 20))}`) : undefined;
    }
    case "number": {
      const size = 10 ** under(chance, 16);
      const value = pick(chance, [
        shape.least - 1 - Math.floor(chance() * size),
        shape.most + 1 + Math.floor(chance() * size),
      ]);
      return made(chance() < 0.2 ? String(value) : chance() < 0.4 ? value + chance() * 0.9 + 0.05 : value);
    }
    case "list": {
      const place = under(chance, Math.min(shape.most, 9));
      const wrong = wrongByChance(shape.of, chance);
      if (!wrong) return undefined;
      const value = shape.make(place + 1);
      value[place] = wrong.value;
      return inside(`[${place}]`, { ...wrong, words: `${place}: ${wrong.words}` }, value);
    }
    case "map": {
      const wrong = wrongByChance(chance() < 0.5 ? shape.key : shape.value, chance);
      const isKey = typeof wrong?.value === "string" && !isGood(shape.key, wrong.value);
      const key = isKey ? (wrong?.value as string) : letters(1 + under(chance, 20));
      const value = { [key]: isKey ? "v" : wrong?.value };
      return made(value);
    }
    case "record": {
      const good = goodRecord(shape.fields);
      const [name, field] = pick(chance, Object.entries(shape.fields));
      const wrong = wrongByChance(field.shape, chance);
      return wrong && inside(name, { ...wrong, words: `${name}: ${wrong.words}` }, { ...good, [name]: wrong.value });
    }
    case "either": {
      const wrong = wrongByChance(pick(chance, shape.of), chance);
      return wrong && made(wrong.value);
    }
    default: {
      const value = pick(chance, [chance() * 1e6 + 0.5, [chance()], { [letters(1 + under(chance, 9))]: chance() }]);
      return chance() < 0.5 && shape.kind !== "bytes" ? made(oddText(chance, 1 + under(chance, 12))) : made(value);
    }
  }
}

// -- whole inputs -------------------------------------------------------------------------------------------------

/** So many malformed inputs, no two the same. */
export function malformed(source: Source, count: number, seed = 1): Malformed[] {
  const { fields, good, broken = [], instead = {}, onlyJson = false } = source;
  const seen = new Set<string>();
  const found: Malformed[] = [];
  const add = (one: Malformed) => {
    const key = `${one.path}|${one.words}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push(one);
  };
  const withWrong = (name: string, wrong: Wrong) =>
    add({
      ...inside(name, wrong, { ...good, ...instead[name], [name]: wrong.value }),
      input: { ...good, ...instead[name], [name]: wrong.value },
    });

  for (const [words, input] of onlyJson ? [] : [...JSON_VALUES, ...LIVE_VALUES, ["undefined", undefined] as const]) {
    if (!isGood({ kind: "record", fields }, input) && !isObject(input)) add({ path: "", input, words });
  }
  for (const [input, names] of broken) add({ path: "", names, input: { ...good, ...input }, words: `${names}` });
  for (const [name, { shape, required }] of Object.entries(fields)) {
    if (required) {
      const { [name]: _, ...rest } = good;
      add({ path: name, input: rest, words: "missing" });
    }
    if (!onlyJson) {
      const input = Object.defineProperty({ ...good, ...instead[name] }, name, {
        enumerable: true,
        get: () => {
          throw new Error(`getter ${SECRET}`);
        },
      });
      add({ path: name, input, words: "a getter that throws" });
    }
    for (const wrong of wrongs(shape, onlyJson)) withWrong(name, wrong);
  }
  for (const name of UNKNOWN) {
    if (source.hidden?.test(name) || Object.hasOwn(fields, name)) continue;
    add({ path: "", names: namedAs(name), input: withUnknown(good, name, SECRET), words: `unknown ${inspect(name)}` });
  }
  const chance = mulberry32(seed);
  const scalars = Object.entries(fields);
  const values = onlyJson ? JSON_VALUES : [...JSON_VALUES, ...LIVE_VALUES];
  for (let tries = 0; found.length < count && tries < 50 * count; tries++) {
    if (scalars.length === 0 || tries % 8 === 0) {
      const name = `${pick(chance, UNKNOWN).slice(0, 20)}${letters(1 + under(chance, 30))}`;
      const [words, value] = pick(chance, values);
      if (source.hidden?.test(name) || Object.hasOwn(fields, name)) continue;
      add({
        path: "",
        names: namedAs(name),
        input: withUnknown(good, name, value),
        words: `unknown ${inspect(name)}: ${words}`,
      });
      continue;
    }
    const [name, { shape }] = scalars[tries % scalars.length] as [string, { shape: Shape }];
    const wrong = wrongByChance(shape, chance);
    if (wrong) withWrong(name, wrong);
  }
  return found;
}

/** An unknown name in a message: as it is where it is a word, else quoted, a long one cut. */
const namedAs = (name: string): RegExp => {
  const quoted = /^[\w$-]+$/.test(name) ? name : JSON.stringify(name).slice(1, -1);
  return new RegExp((quoted.length > 64 ? quoted.slice(0, 40) : quoted).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
};
