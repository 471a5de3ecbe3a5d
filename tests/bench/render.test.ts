/** What the report makes of figures; that it measures well is to be seen in the report. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { bench as account } from "./account";
import type { Measured } from "./bench";
import { bench as client } from "./client";
import { aimLine } from "./markdown";
import { bench as planner } from "./planner";
import { quoteHead, renderReport } from "./report";
import { bench as streams } from "./streams";
import type { Contest, Performed } from "./streams/contest";
import { FLOORS } from "./streams/floors";
import { engineVersion } from "./streams/pulumi";

const performed = (name: string, more: Partial<Performed> = {}): Performed => ({
  name,
  how: "by hand",
  incomparable: false,
  version: "1.2.3",
  load: 0.5,
  steps: [],
  ...more,
});

const ours = performed("pulumi-kinesis, with its preview", {
  steps: [
    { work: "start", seconds: 2, calls: {}, throttled: 0 },
    { work: "create", seconds: 12, calls: { DescribeStream: 4, CreateStream: 20 }, throttled: 3 },
  ],
});
const script = performed("SDK script, asks every second", {
  steps: [
    { work: "start", seconds: 0.5, calls: {}, throttled: 0 },
    { work: "create", seconds: 18, calls: { CreateStream: 20, DescribeStreamSummary: 16 }, throttled: 0 },
  ],
});

const contest = (more: Partial<Contest> = {}): Contest => ({
  title: "20 streams, slowly",
  streams: 20,
  emulator: { createMs: 10_000 },
  account: false,
  performed: [ours, script],
  ...more,
});

const lines = (text: string, start: string) => text.split("\n").filter((line) => line.startsWith(start));

test("a step is shown with its time, without the tool's start, beside ours, with its calls by operation", () => {
  const text = streams.render({ contests: [contest()], leftOut: [] });
  expect(lines(text, "| create")).toEqual([
    "| create | pulumi-kinesis, with its preview | 12.0 | 10.0 | 1.00 | 24 | 1.00 | CreateStream 20, DescribeStream 4; 3 of them refused by a limit |",
    "| create | SDK script, asks every second | 18.0 | 17.5 | 1.50 | 36 | 1.50 | CreateStream 20, DescribeStreamSummary 16 |",
  ]);
});

test("at durations like AWS's each way of running ours is held to the script that asks every second", () => {
  const atOnce = performed("pulumi-kinesis, with its preview, --parallel 20", {
    steps: [{ work: "create", seconds: 27, calls: { CreateStream: 20 }, throttled: 0 }],
  });
  const aims = (createMs: number) =>
    lines(
      streams.render({
        contests: [contest({ emulator: { createMs }, performed: [ours, atOnce, script] })],
        leftOut: [],
      }),
      "- 20 streams, slowly: create",
    );
  const to = "to the script that asks every second";
  expect(aims(10_000)).toEqual([
    `- 20 streams, slowly: create, wall, pulumi-kinesis, with its preview ${to}: 0.67; aim at most 1.10, reached`,
    `- 20 streams, slowly: create, API calls, pulumi-kinesis, with its preview ${to}: 0.67; aim at most 1.00, reached`,
    `- 20 streams, slowly: create, wall, pulumi-kinesis, with its preview, --parallel 20 ${to}: 1.50; aim at most 1.10, **missed**`,
    `- 20 streams, slowly: create, API calls, pulumi-kinesis, with its preview, --parallel 20 ${to}: 0.56; aim at most 1.00, reached`,
  ]);
  expect(aims(500)).toEqual([]);
});

test("in short, a tool has a column for what it did, and none where its time says nothing", () => {
  const moto = performed("CloudFormation on moto", { incomparable: true, steps: ours.steps });
  const text = streams.inShort({ contests: [contest({ performed: [ours, script, moto] })], leftOut: ["patience"] });
  expect(text.split("\n")).toEqual([
    "| step | pulumi-kinesis, with its preview | SDK script, asks every second |",
    "| --- | --: | --: |",
    "| 20 streams, slowly: create | 12.0 s, 24 calls | 18.0 s, 36 calls |",
    "| 20 streams, slowly: reshard 1 -> 3 | - | - |",
    "| 20 streams, slowly: destroy | - | - |",
    "",
    "pulumi-kinesis, with its preview: 1.2.3.",
    "",
    "CloudFormation on moto has no column: by hand.",
    "",
    "Load before each tool: at most 0.5.",
    "",
    "Each step once. Left out: patience.",
  ]);
});

test("a tool that the machine lacks is named with what to do about it, and one that failed with its last line", () => {
  const figures = {
    contests: [
      contest({
        performed: [
          ours,
          performed("boto3", { notMeasured: "boto3 is not installed; pip install boto3" }),
          performed("Terraform", { failed: "Traceback\n  more of it\nno such thing\n" }),
        ],
      }),
    ],
    leftOut: [],
  };
  for (const one of [streams.render(figures), streams.inShort(figures)]) {
    expect(one).toContain("**boto3 not measured: boto3 is not installed; pip install boto3.**");
    expect(one).toContain("**Terraform failed: no such thing**");
  }
});

test("what we ourselves fail at is wrong, and what a peer fails at is not", () => {
  const failing = (name: string) => contest({ performed: [performed(name, { failed: "no such thing" })] });
  for (const name of ["pulumi-kinesis, with its preview", "pulumi-kinesis, with its preview, --parallel 20"]) {
    expect(streams.wrong({ contests: [failing(name)], leftOut: [] })).toEqual([
      `20 streams, slowly: ${name}: no such thing`,
    ]);
    expect(account.wrong(failing(name))).toHaveLength(1);
  }
  expect(streams.wrong({ contests: [failing("Terraform")], leftOut: [] })).toEqual([]);
});

test("an engine whose language host or launcher of dynamic providers is ours says so", () => {
  expect(engineVersion({ version: "v3.245.0", standIn: true })).toContain("scripts/stand-ins");
  expect(engineVersion({ version: "v3.245.0", standIn: false })).not.toContain("scripts/stand-ins");
});

test("in an account of five writes a second each step stands beside the least that its writes take", () => {
  const text = account.render(
    contest({ account: true, performed: [{ ...ours, name: "pulumi-kinesis, --skip-preview" }, script] }),
  );
  // 20 creates at five a second: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
  expect(lines(text, "| create | pulumi-kinesis")).toEqual([
    "| create | pulumi-kinesis, --skip-preview | 12.0 | 10.0 | 1.00 | 4 | 3.00 | 24 | 1.00 | CreateStream 20, DescribeStream 4; 3 of them refused by a limit |",
  ]);
  const least = "wall to the least that five writes a second leave";
  expect(lines(text, "- 20 streams, slowly: create, ")).toEqual([
    `- 20 streams, slowly: create, ${least}: 3.00; aim at most 1.30, **missed**`,
    "- 20 streams, slowly: create, wall to the script that asks every second: 0.67; aim at most 1.00, reached",
    "- 20 streams, slowly: create, refused calls of all: 0.13; aim at most 0.01, **missed**",
  ]);
  expect(lines(text, `- 20 streams, slowly: destroy, ${least}`)).toEqual([
    `- 20 streams, slowly: destroy, ${least}: NaN; aim at most 1.30, not measured`,
  ]);
});

test("an aim is reached at its bound, and missed beyond it", () => {
  const aim = { what: "a", wanted: 2 };
  expect(aimLine({ ...aim, bound: "at most", value: 2 })).toMatch(/, reached$/);
  expect(aimLine({ ...aim, bound: "at most", value: 2.1 })).toMatch(/\*\*missed\*\*$/);
  expect(aimLine({ ...aim, bound: "at most", value: 2.001 })).toBe("- a: 2.0010; aim at most 2.00, **missed**");
  expect(aimLine({ ...aim, bound: "at least", value: 2 })).toMatch(/, reached$/);
  expect(aimLine({ ...aim, bound: "at least", value: 1.9 })).toMatch(/\*\*missed\*\*$/);
});

test("the client's figures are shown in proportion to ours, its rates as medians with their range", () => {
  const run = (rate: number, cpuMicroseconds: number, rssMB: number) => ({ rate, cpuMicroseconds, rssMB });
  const figures = {
    starts: 3,
    milliseconds: 600,
    boto3: undefined,
    nodeMB: 40,
    start: [
      { name: "ours", loadedMs: 30, firstMs: 40, rssMB: 50 },
      { name: "sdk", loadedMs: 90, firstMs: 160, rssMB: 80 },
    ],
    rates: [
      { name: "ours", inFlight: 10, runs: [run(2_900, 300, 60), run(3_500, 290, 61), run(3_000, 310, 62)] },
      { name: "sdk", inFlight: 10, runs: [run(500, 2_000, 90), run(100, 2_100, 91), run(501, 1_900, 80)] },
    ],
  };
  const text = client.render(figures);
  expect(lines(text, "| sdk")).toEqual([
    "| sdk | 90 | 160 | 4.00 | 40.0 |",
    "| sdk | 10 | 500 | 100 … 501 | 6.00 | 2000 | 90.0 |",
  ]);
  expect(lines(client.inShort(figures), "| PutRecord, 10 in flight")).toEqual([
    "| PutRecord, 10 in flight | 3000/s (2900 … 3500) | 500/s (100 … 501) |",
  ]);
  expect(text).toContain("client: first response, ours to sdk: 0.25; aim at most 0.33, reached");
  expect(text).toContain("client: calls/s, ours to sdk, 10 in flight: 6.00; aim at least 5.00, reached");
  expect(text).toContain("**boto3 not measured: it is not installed; `pip install boto3`.**");
});

test("a plan with more operations than are proven necessary is wrong, and a slow one is not", () => {
  const run = { wallMs: 1e6, againMs: 1e6, cpuMs: 1e6, residentMB: 1e6, peakOpenShards: 3, widest: 1 };
  const figures = (operations: number, proven: number, bound: number) => ({
    rounds: 1,
    cases: [{ name: "even", shards: 2, wanted: 3, runs: [{ ...run, operations, proven }], bound }],
  });
  expect(planner.wrong(figures(3, 3, 3))).toEqual([]);
  expect(lines(planner.render(figures(3, 3, 3)), "- planner: ")).toEqual([
    "- planner: the first plan of a fresh process (100 ms of CPU): 0 of 1 plans; aim all, **missed**",
    "- planner: the same plan again in that process (100 ms once more): 0 of 1 plans; aim all, **missed**",
    "- planner: memory (100 MB): 0 of 1 plans; aim all, **missed**",
  ]);
  expect(planner.wrong(figures(4, 3, 4))).toEqual(["2 -> 3, even: 4 operations, but only 3 are proven necessary"]);
  expect(planner.wrong(figures(3, 3, 2))).toEqual(["2 -> 3, even: 3 operations, the independent bound is 2"]);
  const [even] = figures(3, 3, 3).cases;
  const exact = { operations: 5, proven: 5, bound: 4 };
  expect(planner.wrong({ rounds: 1, cases: even ? [{ ...even, exact }] : [] })).toEqual([
    "2 -> 3, even, tolerance 0: 5 operations, the independent bound is 4",
  ]);
});

test("a plan within the tolerance and an exact one stand beside the peer's algorithm, which is said to be computed", () => {
  const run = { wallMs: 20, againMs: 5, cpuMs: 25, residentMB: 9, peakOpenShards: 101, widest: 1.1 };
  const exact = { operations: 150, proven: 150, bound: 150 };
  const figures = {
    rounds: 1,
    cases: [
      {
        name: "even",
        shards: 100,
        wanted: 101,
        runs: [{ ...run, operations: 5, proven: 5 }],
        bound: 5,
        exact,
        peer: { operations: 300, peak: 101 },
      },
    ],
  };
  const short = planner.inShort(figures);
  // The default tolerance as the README tells it.
  expect(lines(short, "| a reshard")).toEqual([
    "| a reshard | planner, by default +10 % / -25 % | planner, tolerance 0 | amazon-kinesis-scaling-utils, its algorithm, computed | planning takes, by default |",
  ]);
  expect(lines(short, "| 100 -> 101")).toEqual([
    "| 100 -> 101 shards, even | 5 operations | 150 operations | 300 operations | 20 ms |",
  ]);
  expect(planner.render(figures)).toContain("| 5 | 5 | 5 | 101 | 1.1000 | 150 | 300 | 2.00 | 101 |");
});

test("the report says on what it was measured, warns of a busy machine, and shows what is wrong", () => {
  const section: Measured = {
    title: "A part",
    data: { figure: 1 },
    markdown: "Its text.\n- speed: 1.00; aim at least 2.00, **missed**\n- memory: 1.00; aim at most 2.00, reached",
    inShort: "Its figures.",
    wrong: ["too many"],
  };
  const report = {
    command: "npm run bench",
    date: "2026-11-23T12:00:00.000Z",
    minutes: 20,
    machine: { cpu: "Abacus", cores: 2, memoryGB: 8, platform: "linux-x64", node: "v20.0.0" },
    sections: [section],
  };
  const quiet = renderReport({ ...report, load: { before: 0.2, after: 1.5 } });
  expect(quiet).toBe(
    [
      "# What it takes",
      "<!-- in short -->",
      "- `npm run bench`, 2026-11-23T12:00:00.000Z, 20.0 minutes\n- 2 × Abacus, 8 GB, linux-x64, Node v20.0.0\n- load 0.2 before, 1.5 after (its own work is in the latter)",
      "**WRONG: too many**",
      "Its figures.",
      "Aims that this run missed, of those that we have set ourselves (the report has the reached ones too):",
      "- speed: 1.00; aim at least 2.00, **missed**",
      "<!-- end -->",
      "## A part",
      "Its text.\n- speed: 1.00; aim at least 2.00, **missed**\n- memory: 1.00; aim at most 2.00, reached\n",
    ].join("\n\n"),
  );
  expect(renderReport({ ...report, load: { before: 1.5, after: 1.5 } })).toContain("busy with other things");
  const document = (head: string) => `Words.\n\n<!-- in short -->\n\n${head}\n\n<!-- end -->\n\nMore words.\n`;
  const right = renderReport({ ...report, sections: [{ ...section, wrong: [] }], load: { before: 0.2, after: 1.5 } });
  const head = right.split("<!-- in short -->\n\n")[1]?.split("\n\n<!-- end -->")[0] ?? "";
  expect(head).toContain("Its figures.");
  expect(quoteHead(document("Older figures."), right)).toBe(document(head));
  expect(() => quoteHead("Words.\n", right)).toThrow("<!-- in short -->");
  const busy = renderReport({ ...report, sections: [], load: { before: 1.5, after: 1.5 } });
  for (const report of [quiet, busy]) expect(() => quoteHead(document("Older."), report)).toThrow("not to be quoted");
});

test("the SDK that is installed waits as long as the report cites", () => {
  const [floor] = FLOORS.filter(({ tool }) => tool.startsWith("AWS SDK"));
  const sdk = join(__dirname, "../../node_modules/@aws-sdk/client-kinesis");
  const { version } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { version: string };
  expect(floor?.source).toContain(`@aws-sdk/client-kinesis ${version},`);
  for (const waiter of ["waitForStreamExists.js", "waitForStreamNotExists.js"]) {
    expect(readFileSync(join(sdk, "dist-es/waiters", waiter), "utf8")).toContain(floor?.constant);
  }
});
