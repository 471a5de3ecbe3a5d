/**
 * Plans as SVG: the key space from left to right, time from top to bottom. Top row: the shards before; bottom row: the
 * shards after; between them one row for each step, with its number, what it splits or merges and, up to twenty rows, where,
 * and how many shards are open then. Colours come from one style block that follows the reader's light or dark scheme; no
 * meaning hangs on colour alone where there is room for more: a split has a solid line, a merge a dashed one.
 */
import type { ReshardStep } from "./apply";
import { cutOf } from "./describe";
import { fraction } from "./exact";
import type { HashKeyRange } from "./keyspace";
import { KEY_SPACE, parseHashKey } from "./keyspace";
import type { ReshardPlan } from "./plan";

/** How large `renderPlanSvg` draws. */
export interface PictureOptions {
  /** Width of the picture in pixels, at least 320. @default 960 */
  readonly widthPx?: number | undefined;
  /** Most steps that get a row of their own; the middle of a longer plan is left out. @default 240 */
  readonly maxSteps?: number | undefined;
}

const MARGIN_PX = 16;
const LEAST_WIDTH_PX = 320;
const BAR_PX = 32;
const LABEL_PX = 24;
const LINE_PX = 20;
/** Height of the row that stands for the steps left out. */
const ELISION_PX = 22;
/** Above so many steps not every row gets its number, but the first of each ten. */
const NUMBERED_ROWS = 20;
/** What a mark must have to be seen. */
const LEAST_MARK_PX = 4;

/** Neighbours thinner than this are drawn as one: a file with many shapes to a pixel is large, and shows no more. */
const LEAST_SHARD_PX = 1;
/** Lines over what stands for many shards, across its height. */
const COMB = 'stroke-dasharray="0.5 3.5"';

/** No reader's font is known here: a letter takes at most so much of the font's size, in the widest that are usual. */
const LETTER = 0.62;
const TEXT_PX = 13;
const SMALL_PX = 12;
const TITLE_PX = 17;

/** By class, then by what it colours. Tests hold each pair that has to be told apart to WCAG's contrast. */
const LIGHT = {
  paper: "#ffffff",
  ink: "#1f2328",
  soft: "#59636e",
  lane: "#f3f5f7",
  guide: "#c8d1da",
  edge: "#7d8590",
  shard: "#dfe5eb",
  kept: "#59636e",
  onKept: "#ffffff",
  split: "#2f7be8",
  cut: "#020a18",
  merge: "#d1620e",
  gone: "#1c0a00",
};
const DARK: typeof LIGHT = {
  paper: "#0d1117",
  ink: "#f0f6fc",
  soft: "#9da7b1",
  lane: "#161b22",
  guide: "#3d444d",
  edge: "#6e7681",
  shard: "#2a3038",
  kept: "#9aa4ae",
  onKept: "#0d1117",
  split: "#388bfd",
  cut: "#0d1117",
  merge: "#db6d28",
  gone: "#0d1117",
};

const colours = (of: typeof LIGHT) => `
  .paper { fill: ${of.paper}; } .ink { fill: ${of.ink}; } .soft { fill: ${of.soft}; } .on-kept { fill: ${of.onKept}; }
  .lane { fill: ${of.lane}; } .guide { stroke: ${of.guide}; }
  .shard { fill: ${of.shard}; stroke: ${of.edge}; } .kept { fill: ${of.kept}; stroke: ${of.paper}; }
  .comb-shard { stroke: ${of.edge}; } .comb-kept { stroke: ${of.paper}; }
  .split { fill: ${of.split}; } .cut { stroke: ${of.cut}; } .merge { fill: ${of.merge}; } .gone { stroke: ${of.gone}; }
  .at-cut { fill: ${of.cut}; } .at-gone { fill: ${of.gone}; }`;

const STYLE = `
  text { font: ${TEXT_PX}px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
  .title { font-size: ${TITLE_PX}px; font-weight: 600; } .small { font-size: ${SMALL_PX}px; }
  .middle { text-anchor: middle; } .end { text-anchor: end; } .gone { stroke-dasharray: 3 2; }${colours(LIGHT)}
  @media (prefers-color-scheme: dark) {${colours(DARK)}
  }
`;

/** The plan as a complete SVG document (UTF-8 text). */
export function renderPlanSvg(plan: ReshardPlan, options: PictureOptions = {}): string {
  const width = Math.max(LEAST_WIDTH_PX, options.widthPx ?? 960);
  const rows = shownSteps(plan, options.maxSteps ?? 240);
  const isNumbered = rows.length <= NUMBERED_ROWS;
  const rowPx = isNumbered ? 22 : rows.length <= 60 ? 12 : 5;
  const gutters = rows.length === 0 ? { left: 0, right: 0 } : guttersOf(plan);
  const left = MARGIN_PX + gutters.left;
  const right = width - MARGIN_PX - gutters.right;
  const x = (key: bigint) => left + fraction(key, KEY_SPACE) * (right - left);

  const title = titleOf(plan);
  const details = detailsOf(plan);
  const drawn: string[] = [`<text class="ink title" x="${MARGIN_PX}" y="30">${title}</text>`];
  let y = 30;
  for (const line of inLines(details, " · ", width - 2 * MARGIN_PX, TEXT_PX)) {
    y += LINE_PX;
    drawn.push(`<text class="soft" x="${MARGIN_PX}" y="${y}">${line}</text>`);
  }
  y += 12;

  const before = new Set(plan.initial.map(rangeKey));
  const after = new Set(plan.result.map(rangeKey));
  const inBars = new Set<"kept" | "shard" | "comb">();
  y = drawBar(`before: ${plural(plan.initial.length, "shard")}`, plan.initial, (range) => after.has(range));
  if (rows.length > 0) y = drawLanes();
  y = drawBar(`after: ${plural(plan.result.length, "shard")}`, plan.result, (range) => before.has(range));
  y = drawScale();
  y = drawLegend();
  const height = Math.ceil(y + MARGIN_PX);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title}; ${details.join(", ")}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");

  function box(kind: string, [start, end]: Limits, top: number, boxHeight: number, leastPx = 0, more = ""): string {
    const boxWidth = Math.max(leastPx, x(end) - x(start));
    // One that is made wider to be seen keeps its middle, within the picture.
    const at = Math.max(left, Math.min(right - boxWidth, (x(start) + x(end) - boxWidth) / 2));
    return `<rect class="${kind}" x="${px(at)}" y="${px(top)}" width="${px(boxWidth)}" height="${px(boxHeight)}"${more}/>`;
  }

  function drawBar(label: string, ranges: readonly HashKeyRange[], stays: (range: string) => boolean): number {
    const top = y + LABEL_PX;
    drawn.push(`<text class="soft small" x="${left}" y="${top - 7}">${label}</text>`);
    // Of very many shards the lines between them would be all that is seen.
    const stroke = (right - left) / ranges.length < 5 ? ' stroke-width="0.3"' : "";
    for (const { start, end, isKept, first, last } of visibleShards(ranges, stays)) {
      const [kind, from, to] = [isKept ? "kept" : "shard", x(start), x(end)] as const;
      inBars.add(kind);
      drawn.push(box(kind, [start, end], top, BAR_PX, LEAST_SHARD_PX, stroke));
      if (first < last) {
        inBars.add("comb");
        drawn.push(comb(kind, from, to, top, BAR_PX));
      } else if (to - from >= textPx(String(first), TEXT_PX) + 8) {
        const [at, baseline] = [px((from + to) / 2), top + BAR_PX / 2 + 4.5];
        drawn.push(`<text class="${isKept ? "on-kept" : "ink"} middle" x="${at}" y="${baseline}">${first}</text>`);
      }
    }
    return top + BAR_PX;
  }

  /** One shard each, or a run of those that are too thin; where one of a pixel changes, the pixel does. */
  function visibleShards(ranges: readonly HashKeyRange[], stays: (range: string) => boolean): VisibleShards[] {
    const isThin = ({ start, end }: VisibleShards) => x(end) - x(start) < LEAST_SHARD_PX;
    const found: VisibleShards[] = [];
    let isRun = false;
    for (const [i, range] of ranges.entries()) {
      const [start, end] = limits(range);
      const next = { start, end, isKept: stays(rangeKey(range)), first: i + 1, last: i + 1 };
      const before = found.at(-1);
      const isNextThin = isThin(next);
      if (before !== undefined && isRun && isNextThin && (isThin(before) || before.isKept === next.isKept)) {
        const isKept = before.isKept && next.isKept;
        found[found.length - 1] = { ...next, start: before.start, first: before.first, isKept };
      } else found.push(next);
      isRun = isNextThin;
    }
    return found;
  }

  function comb(kind: string, from: number, to: number, top: number, combHeight: number): string {
    const middle = px(top + combHeight / 2);
    return `<line class="comb-${kind}" x1="${px(from)}" x2="${px(to)}" y1="${middle}" y2="${middle}" stroke-width="${combHeight}" ${COMB}/>`;
  }

  function drawLanes(): number {
    const top = y + LABEL_PX;
    drawn.push(
      `<text class="soft small end" x="${left - 8}" y="${top - 7}">step</text>`,
      `<text class="soft small end" x="${width - MARGIN_PX}" y="${top - 7}">open</text>`,
    );
    const marks: string[] = [];
    let laneTop = top;
    for (const [i, row] of rows.entries()) {
      const laneHeight = row.step === undefined ? ELISION_PX : rowPx;
      if (row.step === undefined) {
        const [at, words] = [px((left + right) / 2), `… ${row.left} more steps …`];
        marks.push(`<text class="soft small middle" x="${at}" y="${px(laneTop + 15)}">${words}</text>`);
      } else {
        // Rows that are too thin to be told apart are told in tens.
        if (isNumbered || Math.floor(i / 10) % 2 === 0) marks.push(lane(laneTop, laneHeight));
        if (isNumbered || i % 10 === 0) marks.push(...numbers(row, laneTop + (isNumbered ? laneHeight / 2 + 4.5 : 11)));
        marks.push(...mark(row.step, laneTop, laneHeight));
      }
      laneTop += laneHeight;
    }
    const guides = QUARTERS.map((quarter) => {
      const at = px(left + (right - left) * quarter);
      return `<line class="guide" x1="${at}" x2="${at}" y1="${px(top)}" y2="${px(laneTop)}"/>`;
    });
    drawn.push(
      ...marks.filter((one) => one.includes("lane")),
      ...guides,
      ...marks.filter((one) => !one.includes("lane")),
    );
    return laneTop;
  }

  function lane(top: number, laneHeight: number): string {
    const inset = isNumbered ? 1 : 0;
    return `<rect class="lane" x="${left}" y="${px(top + inset)}" width="${px(right - left)}" height="${px(laneHeight - 2 * inset)}"/>`;
  }

  function numbers({ number, open }: StepRow, baseline: number): string[] {
    return [
      `<text class="soft small end" x="${left - 8}" y="${px(baseline)}">${number}</text>`,
      `<text class="soft small end" x="${width - MARGIN_PX}" y="${px(baseline)}">${open}</text>`,
    ];
  }

  function mark(step: ReshardStep, top: number, laneHeight: number): string[] {
    const isSplit = step.action === "split";
    const inset = laneHeight > 12 ? 4 : laneHeight > 6 ? 1.5 : 0.5;
    const range: Limits = isSplit ? limits(step.shard) : [limits(step.shard)[0], limits(step.adjacentShard)[1]];
    // In a small mark the line must not hide the colour.
    const stroke = laneHeight > 6 && x(range[1]) - x(range[0]) >= 10 ? 2 : 1;
    const at = x(isSplit ? parseHashKey(step.newStartingHashKey) : limits(step.adjacentShard)[0]);
    const line = isSplit ? "cut" : "gone";
    return [
      box(step.action, range, top + inset, laneHeight - 2 * inset, LEAST_MARK_PX),
      `<line class="${line}" x1="${px(at)}" x2="${px(at)}" y1="${px(top + inset)}" y2="${px(top + laneHeight - inset)}" stroke-width="${stroke}"/>`,
      ...(isNumbered ? place(cutOf(step), at, [x(range[0]), x(range[1])], line, top + laneHeight / 2 + 4.5) : []),
    ];
  }

  /** The place of a line: beside it in its mark, or else beside the mark, where there is room for it. */
  function place(words: string, at: number, [start, end]: readonly [number, number], line: string, baseline: number) {
    const gap = 5;
    const room = textPx(words, SMALL_PX) + 2 * gap;
    const spots = [
      { kind: `at-${line}`, from: at, isFree: end - at >= room },
      { kind: `at-${line} end`, from: at, isFree: at - start >= room },
      { kind: "soft", from: end, isFree: right - end >= room },
      { kind: "soft end", from: start, isFree: start - left >= room },
    ];
    const spot = spots.find(({ isFree }) => isFree);
    if (spot === undefined) return [];
    const textAt = spot.from + (spot.kind.endsWith("end") ? -gap : gap);
    return [`<text class="small ${spot.kind}" x="${px(textAt)}" y="${px(baseline)}">${words}</text>`];
  }

  function drawScale(): number {
    const room = (right - left) / 4 - 2 * textPx("100 %", SMALL_PX);
    for (const quarter of room > 0 ? QUARTERS : [0, 0.5, 1]) {
      const at = px(left + (right - left) * quarter);
      const anchor = quarter === 0 ? "" : quarter === 1 ? " end" : " middle";
      drawn.push(`<text class="soft small${anchor}" x="${at}" y="${px(y + 17)}">${quarter * 100} %</text>`);
    }
    return y + 17;
  }

  /** What is in the picture, and nothing else. */
  function drawLegend(): number {
    const kinds = new Set(rows.map(({ step }) => step?.action));
    const entries = [
      ...(inBars.has("kept") ? [["kept", "stays as it is"]] : []),
      ...(inBars.has("shard") ? [["shard", "closed on the way, or new"]] : []),
      ...(kinds.has("split") ? [["split", "split at the line"]] : []),
      ...(kinds.has("merge") ? [["merge", "merged across the dashed line"]] : []),
      ...(inBars.has("comb") ? [["comb", "too many shards to draw each"]] : []),
      ["", "%: share of the hash keys"],
    ];
    const swatch = 18;
    let at = MARGIN_PX;
    let baseline = y + 28;
    for (const [kind = "", text = ""] of entries) {
      const wide = (kind === "" ? 0 : swatch) + textPx(text, SMALL_PX);
      if (at > MARGIN_PX && at + wide > width - MARGIN_PX) {
        at = MARGIN_PX;
        baseline += LINE_PX;
      }
      const box = kind === "comb" ? "shard" : kind;
      if (kind !== "") drawn.push(`<rect class="${box}" x="${px(at)}" y="${baseline - 10}" width="12" height="12"/>`);
      if (kind === "comb") drawn.push(comb(box, at, at + 12, baseline - 10, 12));
      if (kind === "split" || kind === "merge") {
        const line = kind === "split" ? "cut" : "gone";
        const middle = px(at + 6);
        drawn.push(
          `<line class="${line}" x1="${middle}" x2="${middle}" y1="${baseline - 10}" y2="${baseline + 2}" stroke-width="2"/>`,
        );
      }
      const textAt = px(at + (kind === "" ? 0 : swatch));
      drawn.push(`<text class="soft small" x="${textAt}" y="${baseline}">${text}</text>`);
      at += wide + 14;
    }
    return baseline;
  }
}

/** Where the scale has its marks. */
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

function titleOf(plan: ReshardPlan): string {
  const [before, after] = [plan.initial.length, plan.result.length];
  if (plan.steps.length === 0) return `${plural(after, "shard")}: nothing to reshard`;
  return `${before} → ${plural(after, "shard")}: ${plural(plan.steps.length, "operation")}`;
}

function detailsOf(plan: ReshardPlan): string[] {
  if (plan.steps.length === 0) return ["within the tolerance already"];
  return [
    plural(plan.splits, "split"),
    plural(plan.merges, "merge"),
    `at most ${plan.peakOpenShards} open`,
    `${Number((plan.movedFraction * 100).toFixed(1))} % of the key space moves`,
  ];
}

/** Room for the numbers of the steps and of the open shards beside their rows. */
function guttersOf(plan: ReshardPlan) {
  const room = (...texts: (string | number)[]) =>
    Math.ceil(Math.max(...texts.map((text) => textPx(String(text), SMALL_PX)))) + 8;
  return { left: room("step", plan.steps.length), right: room("open", plan.peakOpenShards) };
}

/** What stands for one shard, or for several neighbours. */
interface VisibleShards {
  readonly start: bigint;
  readonly end: bigint;
  readonly isKept: boolean;
  /** The numbers of the first and the last of them, counted from one. */
  readonly first: number;
  readonly last: number;
}

interface StepRow {
  readonly step: ReshardStep;
  /** Counted from one. */
  readonly number: number;
  /** How many shards are open once it is done. */
  readonly open: number;
}

/** A row for a step, or the one that stands for those left out. */
type Row = StepRow | { readonly step?: undefined; readonly left: number };

function shownSteps({ initial, steps }: ReshardPlan, most: number): Row[] {
  let open = initial.length;
  const rows = steps.map((step, i): Row => {
    open += step.action === "split" ? 1 : -1;
    return { step, number: i + 1, open };
  });
  if (rows.length <= most) return rows;
  const head = Math.ceil((most - 1) / 2);
  const tail = Math.floor((most - 1) / 2);
  return [...rows.slice(0, head), { left: rows.length - head - tail }, ...rows.slice(rows.length - tail)];
}

/** As many parts on a line as fit into it. */
function inLines(parts: readonly string[], separator: string, widthPx: number, fontPx: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)}${separator}${part}`;
    if (lines.length > 0 && textPx(longer, fontPx) <= widthPx) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** The most that a text may take. */
const textPx = (text: string, fontPx: number) => text.length * fontPx * LETTER;

/** First key, and first key after the range. */
type Limits = [bigint, bigint];
function limits(range: HashKeyRange): Limits {
  return [parseHashKey(range.startingHashKey), parseHashKey(range.endingHashKey) + 1n];
}

const rangeKey = (range: HashKeyRange) => `${range.startingHashKey}-${range.endingHashKey}`;

const px = (value: number) => String(Number(value.toFixed(2)));

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
