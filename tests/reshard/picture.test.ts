import { describe, expect, test } from "@jest/globals";
import { describePlan } from "../../provider/reshard/describe";
import type { PictureOptions } from "../../provider/reshard/picture";
import { renderPlanSvg } from "../../provider/reshard/picture";
import { planReshard } from "../../provider/reshard/plan";
import { evenShards, shardsOf } from "./shards";

const even = (before: number, target: number) => planReshard({ shards: evenShards(before), target });
const WHOLE = 2n ** 128n;
const uneven = shardsOf([0n, WHOLE / 12n, WHOLE / 3n, WHOLE / 2n, (WHOLE * 11n) / 12n, WHOLE]);

const pictures: [string, string][] = [
  ["2 -> 3", renderPlanSvg(even(2, 3))],
  ["5 uneven -> 8", renderPlanSvg(planReshard({ shards: uneven, target: 8 }))],
  ["100 -> 150", renderPlanSvg(even(100, 150))],
  ["nothing to do", renderPlanSvg(even(1, 1))],
  [
    "weights",
    renderPlanSvg(
      planReshard({ shards: evenShards(4), target: { shardCount: 5, weights: [1, 1, 2, 4, 8] }, tolerance: 0 }),
    ),
  ],
  ["steps left out", renderPlanSvg(even(500, 300), { maxSteps: 41 })],
  ["more shards than pixels", renderPlanSvg(even(10_000, 10_100))],
  ["narrow", renderPlanSvg(planReshard({ shards: uneven, target: 8 }), { widthPx: 320 })],
];

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

/** All elements in order. Fails unless every one is closed, in order, and every attribute quoted. */
function parse(svg: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  let at = 0;
  for (const tag of svg.matchAll(/<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g)) {
    const text = svg.slice(at, tag.index);
    if (/[<&]/.test(text)) throw new Error(`not XML: ${text}`);
    const inside = open.at(-1);
    if (inside !== undefined) inside.text += text;
    at = tag.index + tag[0].length;
    const [, closing, name = "", rest = "", empty] = tag;
    if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    const attributes = Object.fromEntries(
      [...rest.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const element = { name, attributes, text: "" };
    elements.push(element);
    if (empty !== "/") open.push(element);
  }
  expect(open).toEqual([]);
  expect(svg.slice(at).trim()).toBe("");
  return elements;
}

const ofClass = (svg: string, name: string) =>
  parse(svg).filter(({ attributes }) => attributes.class?.split(" ").includes(name) && attributes.y !== undefined);
const lines = (svg: string, name: string) =>
  parse(svg).filter((one) => one.name === "line" && one.attributes.class === name);
/** Its legend has one more of each kind that occurs. */
const LEGEND = 1;

test("a picture has every shard before and after, every split and every merge", () => {
  const svg = renderPlanSvg(even(16, 24));
  const bars = parse(svg).filter(({ name, attributes }) => name === "rect" && attributes.height === "32");
  expect(bars).toHaveLength(16 + 24);
  expect(lines(svg, "cut")).toHaveLength(16 + LEGEND);
  expect(lines(svg, "gone")).toHaveLength(8 + LEGEND);
});

test("each step has its number, and how many shards are open after it", () => {
  const numbers = ofClass(renderPlanSvg(even(2, 3)), "end").map(({ text }) => text);
  expect(numbers).toEqual(["step", "open", "1", "3", "2", "4", "3", "3", "100 %"]);
});

test("each split and each merge has its place, as the plan's own words say it", () => {
  const plan = planReshard({ shards: uneven, target: 8 });
  const words = describePlan(plan, { maxSteps: plan.steps.length });
  const places = [...words.matchAll(/ \d+\. (?:split .* at|merge .*?-) ?([\d.]+ %)/g)].map(([, place]) => place);
  expect(places).toHaveLength(plan.steps.length);
  for (const widthPx of [960, 320]) {
    const drawn = parse(renderPlanSvg(plan, { widthPx })).filter(({ attributes }) =>
      /^small (at-|soft)/.test(attributes.class ?? ""),
    );
    expect(drawn.map(({ text }) => text)).toEqual(places);
  }
});

test("rows that are too thin for words have no places", () => {
  expect(renderPlanSvg(even(100, 150))).not.toMatch(/class="small (at-|soft)/);
});

test("the legend tells what is in the picture and nothing else", () => {
  const words = (svg: string) => parse(svg).map(({ text }) => text);
  expect(words(renderPlanSvg(even(1, 1)))).not.toContain("split at the line");
  expect(words(renderPlanSvg(even(1, 2)))).not.toContain("merged across the dashed line");
  expect(words(renderPlanSvg(even(2, 3)))).not.toContain("stays as it is");
});

describe("shards thinner than a pixel", () => {
  test("make no larger file than the picture has pixels for", () => {
    const svg = renderPlanSvg(even(10_000, 12_000), { maxSteps: 2 });
    expect(ofClass(svg, "shard")).toHaveLength(2 + LEGEND + LEGEND); // in both bars, and what the legend says of many
    expect(svg.length).toBeLessThan(6_000);
    // One that is split beside one that stays, all along.
    const weights = Array.from({ length: 4500 }, (_, i) => (i % 3 === 0 ? 2 : 1));
    const mixed = planReshard({ shards: evenShards(3000), target: { shardCount: 4500, weights }, tolerance: 0 });
    expect(mixed.steps).toHaveLength(1500);
    expect(ofClass(renderPlanSvg(mixed, { maxSteps: 2 }), "shard").length).toBeLessThan(2 * 960);
  });

  test("are drawn as one, those that stay apart from those that change and from those that can be seen", () => {
    // Two of a quarter each, which are split, and 3,000 in the other half.
    const cuts = [0n, WHOLE / 4n, ...Array.from({ length: 3001 }, (_, i) => WHOLE / 2n + (WHOLE * BigInt(i)) / 6000n)];
    const weights = [...new Array<number>(4).fill(750), ...new Array<number>(3000).fill(1)];
    const plan = planReshard({ shards: shardsOf(cuts), target: { shardCount: 3004, weights }, tolerance: 0 });
    const svg = renderPlanSvg(plan);
    const widths = (kind: string) => ofClass(svg, kind).map(({ attributes }) => Math.round(Number(attributes.width)));
    const [half = 0, quarter = 0] = [widths("kept")[0], widths("shard")[0]];
    expect(widths("kept")).toEqual([half, half, 12]);
    expect(widths("shard").slice(0, 2)).toEqual([quarter, quarter]);
    expect(half).toBeCloseTo(2 * quarter, -1);
    expect(lines(svg, "comb-kept")).toHaveLength(2);
  });

  test("show a change among many that stay", () => {
    const svg = renderPlanSvg(even(10_000, 10_100), { maxSteps: 2 });
    for (const { attributes } of ofClass(svg, "shard")) expect(Number(attributes.width)).toBeGreaterThanOrEqual(1);
    expect(ofClass(svg, "shard").length).toBeGreaterThan(100);
  });

  test("are told of in the legend, and only where there are some", () => {
    const words = "too many shards to draw each";
    expect(renderPlanSvg(even(2000, 4000))).toContain(words);
    expect(renderPlanSvg(even(500, 750))).not.toContain(words);
  });
});

describe.each(pictures)("%s", (_, svg) => {
  const elements = parse(svg);
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
  const number = (value: string | undefined) => Number(value ?? 0);

  test("is well-formed and has no number that is none", () => {
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(elements[0]).toMatchObject({ name: "svg" });
  });

  test("has no text and no shape beyond its edges", () => {
    const beyond = elements.filter(({ name, attributes, text }) => {
      if (name === "rect") {
        const [right, bottom] = [number(attributes.width), number(attributes.height)];
        return number(attributes.x) + right > width || number(attributes.y) + bottom > height;
      }
      if (name !== "text") return false;
      const kinds = attributes.class?.split(" ") ?? [];
      const size = kinds.includes("title") ? 17 : kinds.includes("small") ? 12 : 13;
      // DejaVu Sans, the widest of the fonts that systems have: 0.6 of its size on average.
      const long = text.length * size * 0.6;
      const start = number(attributes.x) - (kinds.includes("end") ? long : kinds.includes("middle") ? long / 2 : 0);
      return start < 0 || start + long > width || number(attributes.y) >= height;
    });
    expect(beyond).toEqual([]);
  });

  test("has the place of a line within its mark and beside the line, or beside the mark", () => {
    // A row is its mark, its line and its place, in this order.
    const wrong = elements.filter(({ attributes }, index) => {
      const kinds = attributes.class?.split(" ") ?? [];
      const [mark, line] = elements.slice(index - 2, index);
      if (kinds[0] !== "small" || mark === undefined || line === undefined) return false;
      const long = (elements[index]?.text.length ?? 0) * 12 * 0.6;
      const from = number(attributes.x) - (kinds.includes("end") ? long : 0);
      const [start, end] = [number(mark.attributes.x), number(mark.attributes.x) + number(mark.attributes.width)];
      const at = number(line.attributes.x1);
      const isOver = (x: number) => from < x && x < from + long;
      return kinds.includes("soft") ? from < end && from + long > start : [start, at, end].some(isOver);
    });
    expect(wrong).toEqual([]);
  });

  test("has no two texts over each other", () => {
    const texts = elements
      .filter(({ name, text }) => name === "text" && text !== "")
      .map(({ attributes, text }) => {
        const kinds = attributes.class?.split(" ") ?? [];
        const long = text.length * (kinds.includes("small") ? 12 : 13) * 0.55;
        const at = number(attributes.x) - (kinds.includes("end") ? long : kinds.includes("middle") ? long / 2 : 0);
        return { text, y: number(attributes.y), from: at, to: at + long };
      })
      .sort((a, b) => a.y - b.y || a.from - b.from);
    const over = texts.filter((one, i) => {
      const next = texts[i + 1];
      return next !== undefined && next.y - one.y < 10 && next.from < one.to && one.from < next.to;
    });
    expect(over).toEqual([]);
  });
});

test("a picture that is too narrow for its words gets no narrower than 320 pixels", () => {
  const options: PictureOptions = { widthPx: 10 };
  expect(renderPlanSvg(even(2, 3), options)).toContain('width="320"');
});

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s scheme", (_, part) => {
  const style = parse(renderPlanSvg(even(2, 3))).find(({ name }) => name === "style")?.text ?? "";
  const half = style.split("@media (prefers-color-scheme: dark)")[part] ?? "";
  const colour = (kind: string, property = "fill") =>
    new RegExp(`\\.${kind} \\{[^}]*${property}: (#[0-9a-f]{6})`).exec(half)?.[1] ?? "none";

  // WCAG 2.1, 1.4.3: text 4.5.
  test.each([
    ["ink", "paper"],
    ["soft", "paper"],
    ["soft", "lane"],
    ["ink", "shard"],
    ["on-kept", "kept"],
    ["at-cut", "split"],
    ["at-gone", "merge"],
  ])("%s is readable on %s", (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  // WCAG 2.1, 1.4.11: what one must see to understand a graphic 3.
  test.each([
    ["split", "fill", "paper"],
    ["split", "fill", "lane"],
    ["merge", "fill", "paper"],
    ["merge", "fill", "lane"],
    ["kept", "fill", "shard"],
    ["kept", "fill", "paper"],
    ["shard", "stroke", "paper"],
    ["cut", "stroke", "split"],
    ["gone", "stroke", "merge"],
  ])("%s (%s) stands out from %s", (thing, property, ground) => {
    expect(contrast(colour(thing, property), colour(ground))).toBeGreaterThanOrEqual(3);
  });
});
