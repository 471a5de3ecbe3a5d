/**
 * `pulumi up` and `destroy` of 200 streams in an account with AWS's limits and lag, beside a script over the AWS SDK in the same
 * account and the least that the limit of five writes a second leaves: 40, 80 and 40 seconds. Starting the engine and the program
 * counts in.
 *
 *   npm run bench -- account [--quick]
 *
 * --quick does it with 20 streams. The engine does as many things at once as it does for a person on this machine.
 */
import { FAST_KINESIS } from "../limits/many-streams";
import type { Bench } from "./bench";
import type { Aim } from "./markdown";
import { failures } from "./streams";
import type { Contest } from "./streams/contest";
import { hold } from "./streams/contest";
import { pulumiWithoutPreview, WITHOUT_PREVIEW } from "./streams/pulumi";
import {
  aimsOf,
  callsOf,
  contestsInShort,
  floorSeconds,
  REFERENCE,
  renderContest,
  renderTools,
  stepOf,
} from "./streams/render";
import { sdkEverySecond } from "./streams/scripts";

/** What we want to reach. */
const AIM = { ratio: 1.3, throttled: 0.01, toScript: 1 };

async function measure({ quick, log }: Parameters<Bench<Contest>["measure"]>[0]): Promise<Contest> {
  const streams = quick ? 20 : 200;
  const title = `${streams} streams in an account with AWS's rates and lag`;
  return hold(
    { title, streams, emulator: FAST_KINESIS, account: true, contenders: [pulumiWithoutPreview, sdkEverySecond] },
    log,
  );
}

function render(contest: Contest): string {
  const aims = (["create", "reshard", "destroy"] as const).flatMap((work): Aim[] => {
    const what = (of: string) => `${contest.title}: ${work}, ${of}`;
    const [step, script] = [stepOf(contest, WITHOUT_PREVIEW, work), stepOf(contest, REFERENCE, work)];
    const seconds = step?.seconds ?? Number.NaN;
    const to = (bound: number | undefined) => seconds / (bound ?? Number.NaN);
    return [
      {
        what: what("wall to the least that five writes a second leave"),
        value: to(floorSeconds(work, contest.streams)),
        bound: "at most",
        wanted: AIM.ratio,
      },
      {
        what: what("wall to the script that asks every second"),
        value: to(script?.seconds),
        bound: "at most",
        wanted: AIM.toScript,
      },
      {
        what: what("refused calls of all"),
        value: (step?.throttled ?? Number.NaN) / (callsOf(step) ?? Number.NaN),
        bound: "at most",
        wanted: AIM.throttled,
      },
    ];
  });
  return [
    `A change takes 0.3 s. Each step is done once. A proxy before the emulator refuses what is above AWS's documented rates for an account and a sixth stream that is CREATING, and shows each change a quarter of a second late. "Least s" is what five writes a second leave: one for each create and delete, two splits for each reshard.`,
    renderTools([contest]),
    renderContest(contest),
    aimsOf(aims),
  ].join("\n\n");
}

export const bench: Bench<Contest> = {
  title: "Many streams in one account",
  measure,
  render,
  inShort: (contest) =>
    [
      contestsInShort([contest]),
      `Each step once, without a preview; a change takes 0.3 s, so that the account's rates decide.`,
    ].join("\n\n"),
  wrong: failures,
};
