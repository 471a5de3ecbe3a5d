/** A contest as Markdown: wall time and calls of each step by each tool, beside ours. */
import { WRITES_A_SECOND } from "../../limits/many-streams";
import type { Aim } from "../markdown";
import { aimLine, fixed, table } from "../markdown";
import type { Contest, Performed, Step, Work } from "./contest";
import { WORKS } from "./contest";
import { EACH_OF_OURS } from "./pulumi";

const WHAT: Readonly<Record<Work, string>> = {
  start: "no stream",
  create: "create",
  again: "nothing to do",
  reshard: "reshard 1 -> 3",
  destroy: "destroy",
};

/** Each write that the step can't do without, at five a second: what AWS's limits leave as the least. */
const WRITES: Readonly<Partial<Record<Work, number>>> = { create: 1, reshard: 2, destroy: 1 };
export const floorSeconds = (work: Work, streams: number): number | undefined => {
  const writes = WRITES[work];
  return writes === undefined ? undefined : (writes * streams) / WRITES_A_SECOND;
};

/** What the steps of a stream's life are timed against here; Terraform and others are shown, and no aim. */
export const REFERENCE = "SDK script, asks every second";

export function stepOf({ performed }: Contest, name: string, work: Work): Step | undefined {
  return performed.find((one) => one.name === name)?.steps.find((step) => step.work === work);
}

export const callsOf = (step: Step | undefined): number | undefined =>
  step && Object.values(step.calls).reduce((sum, count) => sum + count, 0);

export function renderContest(contest: Contest): string {
  const { title, performed, streams, account } = contest;
  const ours = performed.find(({ name }) => EACH_OF_OURS.includes(name))?.name ?? "";
  const rows = WORKS.flatMap((work) =>
    performed.flatMap(({ name, steps }) => {
      const step = steps.find((one) => one.work === work);
      if (step === undefined) return [];
      const [our, start] = [stepOf(contest, ours, work), steps.find((one) => one.work === "start")];
      const floor = floorSeconds(work, streams);
      const calls = callsOf(step);
      return [
        [
          WHAT[work],
          name,
          fixed(step.seconds),
          withoutStart(step, start),
          ratio(step.seconds, our?.seconds),
          ...(account ? [fixed(floor, 0), ratio(step.seconds, floor)] : []),
          calls ?? "-",
          ratio(calls, callsOf(our)),
          operations(step),
        ],
      ];
    }),
  );
  return [
    `### ${title}`,
    table(
      [
        ["step", "left"],
        ["tool", "left"],
        ["wall s"],
        ["without its start"],
        ["÷ ours"],
        ...(account ? ([["least s"], ["÷ least"]] as const) : []),
        ["API calls"],
        ["÷ ours"],
        ["which", "left"],
      ],
      rows,
    ),
    ...performed.flatMap(problem),
    `Load before each tool: ${performed
      .filter(({ notMeasured }) => notMeasured === undefined)
      .map(({ name, load }) => `${name} ${fixed(load)}`)
      .join(", ")}.`,
  ].join("\n\n");
}

/** Wall time and calls of each step by each tool, and on which engine ours were. */
export function contestsInShort(contests: readonly Contest[]): string {
  const measured = contests.flatMap(({ performed }) =>
    performed.filter(({ steps, incomparable }) => steps.length > 0 && !incomparable),
  );
  const tools = [...new Set(measured.map(({ name }) => name))];
  const rows = contests.flatMap((contest) =>
    (["create", "reshard", "destroy"] as const).map((work) => [
      `${contest.title}: ${WHAT[work]}`,
      ...tools.map((tool) => {
        const step = stepOf(contest, tool, work);
        return step === undefined ? "-" : `${fixed(step.seconds)} s, ${callsOf(step)} calls`;
      }),
    ]),
  );
  const ours = measured.find(({ name }) => EACH_OF_OURS.includes(name));
  const absent = [...new Set(contests.flatMap(({ performed }) => performed.flatMap(problem)))];
  return [
    table([["step", "left"], ...tools.map((tool) => [tool] as const)], rows),
    ...absent,
    // What starts the program and the provider is in our times, and may be this repository's own.
    ...(ours === undefined ? [] : [`${ours.name}: ${ours.version}.`]),
    ...incomparable(contests),
    `Load before each tool: at most ${fixed(Math.max(...measured.map(({ load }) => load)))}.`,
  ].join("\n\n");
}

/** Why a tool that was run is not beside the others. */
function incomparable(contests: readonly Contest[]): string[] {
  const tools = contests.flatMap(({ performed }) =>
    performed.filter((one) => one.incomparable && one.steps.length > 0),
  );
  return [...new Set(tools.map(({ name, how }) => `${name} has no column: ${how}.`))];
}

/** A destroy doesn't start the program, and where there is nothing to do the two differ by chance only. */
function withoutStart({ work, seconds }: Step, start: Step | undefined): string {
  if (work === "start" || work === "destroy" || start === undefined) return "-";
  return fixed(Math.max(0, seconds - start.seconds));
}

/** The tools of all contests, once. */
export function renderTools(contests: readonly Contest[]): string {
  const tools = new Map(contests.flatMap(({ performed }) => performed.map((one) => [one.name, one])));
  return [...tools.values()]
    .map(({ name, version, how }) => `- **${name}** (${version ?? "not here"}): ${how}.`)
    .join("\n");
}

export const aimsOf = (aims: readonly Aim[]): string => aims.map(aimLine).join("\n");

function problem({ name, notMeasured, failed }: Performed): string[] {
  if (notMeasured !== undefined) return [`**${name} not measured: ${notMeasured}.**`];
  if (failed !== undefined) return [`**${name} failed: ${failed.trim().split("\n").at(-1)}**`];
  return [];
}

const ratio = (value: number | undefined, to: number | undefined): string =>
  value === undefined || to === undefined || to === 0 ? "-" : (value / to).toFixed(2);

function operations({ calls, throttled }: Step): string {
  const named = Object.entries(calls)
    .sort(([, a], [, b]) => b - a)
    .map(([operation, count]) => `${operation} ${count}`);
  const all = named.join(", ") || "none";
  return throttled === 0 ? all : `${all}; ${throttled} of them refused by a limit`;
}
