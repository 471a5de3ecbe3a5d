/**
 * Plans as SVG: the key space from left to right, time from top to bottom. Top row: the shards before; bottom row: the
 * shards after; between them one row for each step, with what the step makes. Colours come from one style block that
 * follows the reader's light or dark scheme.
 */
import type { ReshardStep } from "./apply";
import { fraction } from "./exact";
import type { HashKeyRange } from "./keyspace";
import { KEY_SPACE, parseHashKey } from "./keyspace";
import type { ReshardPlan } from "./plan";

export interface PictureOptions {
  /** Width of the picture in pixels. @default 960 */
  readonly widthPx?: number | undefined;
  /** Most steps that get a row of their own; the middle of a longer plan is left out. @default 240 */
  readonly maxSteps?: number | undefined;
}

const MARGIN_PX = 16;
const BAR_PX = 30;
const HEADER_PX = 58;
const LABEL_PX = 20;
const FOOTER_PX = 30;
/** Height of the row that stands for the steps left out. */
const ELISION_PX = 16;
/** Narrower than this a range gets no number: it would not fit. */
const NUMBER_PX = 26;

const STYLE = `
  .paper { fill: #ffffff; } .ink { fill: #1f2328; } .soft { fill: #59636e; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; } .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11px; } .middle { text-anchor: middle; } .end { text-anchor: end; }
  .shard { fill: #d0d7de; stroke: #ffffff; } .kept { fill: #b4bcc5; stroke: #ffffff; } .split { fill: #54a0ff; stroke: #ffffff; } .merge { fill: #f0883e; stroke: #ffffff; }
  .lane { fill: #f3f5f7; } .cut { stroke: #0b5cad; stroke-width: 2; } .gone { stroke: #9a4a00; stroke-width: 2; stroke-dasharray: 3 2; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; } .ink { fill: #f0f6fc; } .soft { fill: #9198a1; }
    .shard { fill: #3d444d; stroke: #0d1117; } .kept { fill: #59626d; stroke: #0d1117; } .split { fill: #1f6feb; stroke: #0d1117; } .merge { fill: #bd561d; stroke: #0d1117; }
    .lane { fill: #161b22; } .cut { stroke: #a5d0ff; } .gone { stroke: #ffc9a3; }
  }
`;

/** The plan as a complete SVG document (UTF-8 text). */
export function renderPlanSvg(plan: ReshardPlan, options: PictureOptions = {}): string {
  const width = options.widthPx ?? 960;
  const rows = shownSteps(plan.steps, options.maxSteps ?? 240);
  const rowPx = rows.length <= 20 ? 18 : rows.length <= 60 ? 10 : 5;
  const inner = width - 2 * MARGIN_PX;
  const top = HEADER_PX + LABEL_PX;
  const lanesTop = top + BAR_PX + 10;
  const x = (key: bigint) => MARGIN_PX + fraction(key, KEY_SPACE) * inner;
  const lanes: string[] = [];
  let lanesBottom = lanesTop;
  for (const row of rows) {
    const laneHeight = row.step === undefined ? ELISION_PX : rowPx;
    lanes.push(...lane(row, lanesBottom, laneHeight));
    lanesBottom += laneHeight;
  }
  const bottom = lanesBottom + (rows.length > 0 ? 10 : 0) + LABEL_PX;
  const height = bottom + BAR_PX + FOOTER_PX + MARGIN_PX;

  const before = new Set(plan.initial.map(rangeKey));
  const after = new Set(plan.result.map(rangeKey));
  const title = `${plan.initial.length} → ${plan.result.length} shards: ${plural(plan.steps.length, "operation")}`;
  const detail =
    `${plural(plan.splits, "split")}, ${plural(plan.merges, "merge")} · at most ${plan.peakOpenShards} open · ` +
    `${Number((plan.movedFraction * 100).toFixed(1))} % of the key space moves`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title}; ${detail}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="ink title" x="${MARGIN_PX}" y="28">${title}</text>`,
    `<text class="soft" x="${MARGIN_PX}" y="48">${detail}</text>`,
    label("before", top),
    ...bar(plan.initial, top, (range) => (after.has(range) ? "kept" : "shard")),
    ...lanes,
    label("after", bottom),
    ...bar(plan.result, bottom, (range) => (before.has(range) ? "kept" : "shard")),
    ...legend(bottom + BAR_PX + 22),
    "</svg>",
    "",
  ].join("\n");

  function label(text: string, y: number): string {
    return `<text class="soft small" x="${MARGIN_PX}" y="${y - 6}">${text}</text>`;
  }

  function box(kind: string, start: bigint, end: bigint, y: number, boxHeight: number): string {
    const left = x(start);
    return `<rect class="${kind}" x="${px(left)}" y="${px(y)}" width="${px(x(end) - left)}" height="${px(boxHeight)}"/>`;
  }

  function bar(ranges: readonly HashKeyRange[], y: number, kindOf: (range: string) => string): string[] {
    return ranges.flatMap((range, i) => {
      const [start, end] = limits(range);
      const drawn = [box(kindOf(rangeKey(range)), start, end, y, BAR_PX)];
      if (x(end) - x(start) >= NUMBER_PX) {
        drawn.push(
          `<text class="ink middle" x="${px((x(start) + x(end)) / 2)}" y="${y + BAR_PX / 2 + 4.5}">${i + 1}</text>`,
        );
      }
      return drawn;
    });
  }

  function lane(row: Row, y: number, laneHeight: number): string[] {
    if (row.step === undefined) {
      return [
        `<text class="soft small middle" x="${width / 2}" y="${px(y + laneHeight - 4)}">… ${row.left} more steps …</text>`,
      ];
    }
    const { step } = row;
    const inset = laneHeight > 12 ? 3 : laneHeight > 6 ? 1 : 0.5;
    const drawn = [
      `<rect class="lane" x="${MARGIN_PX}" y="${px(y + 1)}" width="${inner}" height="${px(laneHeight - 2)}"/>`,
    ];
    const [start, end] =
      step.action === "split" ? limits(step.shard) : [limits(step.shard)[0], limits(step.adjacentShard)[1]];
    const cut = step.action === "split" ? parseHashKey(step.newStartingHashKey) : limits(step.adjacentShard)[0];
    drawn.push(box(step.action, start, end, y + inset, laneHeight - 2 * inset));
    const at = px(x(cut));
    const kind = step.action === "split" ? "cut" : "gone";
    drawn.push(`<line class="${kind}" x1="${at}" x2="${at}" y1="${px(y)}" y2="${px(y + laneHeight)}"/>`);
    return drawn;
  }

  function legend(y: number): string[] {
    const entries = [
      ["kept", "stays as it is"],
      ["shard", "closed before, new after"],
      ["split", "split at the line"],
      ["merge", "merge across the dashed line"],
    ];
    let left = MARGIN_PX;
    return entries.flatMap(([kind = "", text = ""]) => {
      const drawn = [
        `<rect class="${kind}" x="${left}" y="${y - 10}" width="12" height="12"/>`,
        `<text class="soft small" x="${left + 17}" y="${y}">${text}</text>`,
      ];
      left += 17 + text.length * 6 + 22;
      return drawn;
    });
  }
}

interface Row {
  /** Undefined for the row that stands for those left out. */
  readonly step?: ReshardStep;
  readonly left?: number;
}

function shownSteps(steps: readonly ReshardStep[], most: number): Row[] {
  const rows = steps.map((step): Row => ({ step }));
  if (rows.length <= most) return rows;
  const head = Math.ceil((most - 1) / 2);
  const tail = Math.floor((most - 1) / 2);
  return [...rows.slice(0, head), { left: rows.length - head - tail }, ...rows.slice(rows.length - tail)];
}

/** First key, and first key after the range. */
function limits(range: HashKeyRange): [bigint, bigint] {
  return [parseHashKey(range.startingHashKey), parseHashKey(range.endingHashKey) + 1n];
}

const rangeKey = (range: HashKeyRange) => `${range.startingHashKey}-${range.endingHashKey}`;

const px = (value: number) => String(Number(value.toFixed(2)));

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
