/**
 * Golden plans: tests/reshard/golden/*.txt, each with a comment saying why it is there, the request, and after the line
 * of dashes everything the planner answers. `UPDATE_GOLDEN=1 npx jest tests/reshard/golden` rewrites the answers; read
 * the difference before committing it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { applyStep } from "../../provider/reshard/apply";
import { describePlan } from "../../provider/reshard/describe";
import { KEY_SPACE } from "../../provider/reshard/keyspace";
import type { ReshardPlan, ReshardRequest } from "../../provider/reshard/plan";
import { planReshard } from "../../provider/reshard/plan";
import { shardsOf } from "./shards";

const FOLDER = join(__dirname, "golden");
const RULE = `${"-".repeat(40)}\n`;

/** `widths: 1 2 1` are proportions; `widths: 1*100` is a hundred ones. */
function parse(question: string): ReshardRequest {
  const fields = new Map<string, string>();
  for (const line of question.split("\n")) {
    const colon = line.indexOf(":");
    if (line.startsWith("#") || colon < 0) continue;
    fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const known = ["widths", "target", "weights", "loads", "over", "under", "maxOpenShards", "allowHotMerge", "prefer"];
  for (const name of fields.keys()) if (!known.includes(name)) throw new Error(`unknown field ${name}`);
  const numbers = (name: string) => fields.get(name)?.split(" ").flatMap(repeated);
  const number = (name: string) => (fields.has(name) ? Number(fields.get(name)) : undefined);
  const widths = numbers("widths") ?? [];
  const sum = BigInt(widths.reduce((a, b) => a + b, 0));
  let running = 0n;
  const cuts = [0n];
  for (const width of widths) {
    running += BigInt(width);
    cuts.push((running * KEY_SPACE) / sum);
  }
  return {
    shards: shardsOf(cuts),
    target: { shardCount: number("target") ?? 0, weights: numbers("weights"), loads: numbers("loads") },
    tolerance: { over: number("over") ?? 0.1, under: number("under") ?? 0.25 },
    maxOpenShards: number("maxOpenShards"),
    allowHotMerge: fields.get("allowHotMerge") === "true",
    prefer: fields.get("prefer") === "stay" ? "stay" : "balance",
  };
}

function repeated(word: string): number[] {
  const [value, times = "1"] = word.split("*");
  return new Array(Number(times)).fill(Number(value));
}

function answer(request: ReshardRequest): string {
  let plan: ReshardPlan;
  try {
    plan = planReshard(request);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}\n${message}\n`;
  }
  const open = [plan.initial.length];
  let shards = plan.initial;
  for (const step of plan.steps) {
    shards = applyStep(shards, step);
    open.push(shards.length);
  }
  const widths = plan.result.map(
    ({ startingHashKey, endingHashKey }) => Number(BigInt(endingHashKey) - BigInt(startingHashKey)) / 2 ** 128,
  );
  return [
    describePlan(plan, { maxSteps: 30 }),
    `open shards: ${open.length > 40 ? `${open.slice(0, 40).join(" ")} …` : open.join(" ")}`,
    `widest ${plan.balance.widest.toFixed(4)}, narrowest ${plan.balance.narrowest.toFixed(4)} of ideal`,
    `result: ${widths.map((width) => `${Number((width * 100).toFixed(3))}%`).join(" ")}`,
    "",
  ].join("\n");
}

describe("golden plans", () => {
  test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".txt")))("%s", (name) => {
    const path = join(FOLDER, name);
    const [question = "", expected = ""] = readFileSync(path, "utf8").split(RULE);
    const actual = answer(parse(question));
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, question + RULE + actual);
    else expect(actual).toBe(expected);
  });
});
