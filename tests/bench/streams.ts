/**
 * `pulumi up` of some streams beside the tools that can do the same on this machine, against the same emulator: at its own half
 * second for each change, and at durations like AWS's, where what is left to differ is when a tool looks and how often.
 *
 *   npm run bench -- streams [--quick]
 */
import type { Bench } from "./bench";
import type { Aim } from "./markdown";
import { table } from "./markdown";
import type { Contender, Contest, Setting } from "./streams/contest";
import { hold } from "./streams/contest";
import { FLOORS } from "./streams/floors";
import { EACH_OF_OURS, pulumi, pulumiTwentyAtOnce } from "./streams/pulumi";
import { aimsOf, callsOf, contestsInShort, REFERENCE, renderContest, renderTools, stepOf } from "./streams/render";
import { boto3, cloudFormation, sdkEverySecond, sdkWaiters } from "./streams/scripts";
import { terraform } from "./streams/terraform";

const HALF_A_SECOND = {
  createMs: 500,
  deleteMs: 500,
  splitMs: 500,
  mergeMs: 500,
  updateShardCountMs: 500,
  shardLimit: 1_000,
};
const LIKE_AWS = {
  createMs: 10_000,
  deleteMs: 10_000,
  splitMs: 30_000,
  mergeMs: 30_000,
  updateShardCountMs: 30_000,
  shardLimit: 1_000,
};

/** At durations like AWS's, beside a script that asks every second: what a person waits, and what an account's rates are spent on. */
const AIMED_AT = ["create", "reshard", "destroy"] as const;
const AIM = { seconds: 1.1, calls: 1 };

export interface StreamsFigures {
  readonly contests: readonly Contest[];
  readonly leftOut: readonly string[];
}

const named = (streams: number) => (streams === 1 ? "1 stream" : `${streams} streams`);

async function measure({ quick, log }: Parameters<Bench<StreamsFigures>["measure"]>[0]): Promise<StreamsFigures> {
  const contests: Contest[] = [];
  const at = async (emulator: Setting["emulator"], says: string, streams: number, contenders: readonly Contender[]) => {
    const title = `${named(streams)}, ${says}`;
    contests.push(await hold({ title, streams, emulator, account: false, contenders }, log));
  };
  const halfASecond = "half a second for each change";
  const asLongAsAws = "10 s to create or delete, 30 s to split, merge or UpdateShardCount";
  if (quick) {
    await at(HALF_A_SECOND, halfASecond, 1, [pulumi, sdkEverySecond, sdkWaiters, cloudFormation]);
    return {
      contests,
      leftOut: ["--quick: no boto3, no Terraform, not 20 streams, no durations like AWS's"],
    };
  }
  const all = [pulumi, sdkEverySecond, sdkWaiters, boto3, terraform, cloudFormation];
  await at(HALF_A_SECOND, halfASecond, 1, all);
  await at(HALF_A_SECOND, halfASecond, 20, [pulumi, sdkEverySecond]);
  await at(LIKE_AWS, asLongAsAws, 1, [pulumi, sdkEverySecond]);
  await at(LIKE_AWS, asLongAsAws, 20, [pulumi, pulumiTwentyAtOnce, sdkEverySecond]);
  return {
    contests,
    leftOut: [
      "20 streams with the SDK's waiters, boto3's, Terraform and CloudFormation: what these wait is seen at one stream",
      "at durations like AWS's the tools that wait longer: what they wait is seen at half a second",
      "200 streams at half a second and with previews: they are measured where the account's rates decide",
      "200 streams at durations like AWS's: with five CREATING at a time their create alone takes 400 s, whatever the tool",
    ],
  };
}

function render({ contests, leftOut }: StreamsFigures): string {
  const likeAws = contests.filter(({ emulator }) => emulator.createMs === LIKE_AWS.createMs);
  const aims = likeAws.flatMap((contest) =>
    EACH_OF_OURS.flatMap((name) =>
      AIMED_AT.flatMap((work): Aim[] => {
        if (!contest.performed.some((one) => one.name === name)) return [];
        const [ours, script] = [stepOf(contest, name, work), stepOf(contest, REFERENCE, work)];
        const what = (of: string) => `${contest.title}: ${work}, ${of}, ${name} to the script that asks every second`;
        const ratio = (our = Number.NaN, its = Number.NaN) => our / its;
        return [
          {
            what: what("wall"),
            value: ratio(ours?.seconds, script?.seconds),
            bound: "at most",
            wanted: AIM.seconds,
          },
          {
            what: what("API calls"),
            value: ratio(callsOf(ours), callsOf(script)),
            bound: "at most",
            wanted: AIM.calls,
          },
        ];
      }),
    ),
  );
  return [
    `Each tool has an emulator (npm's \`kinesis-local\`) of its own behind a proxy that counts, and after each step the emulator is asked whether it is done. Wall time has the tool's own start in it; "no stream" is that start alone, on an empty program or list. Each step is done once, so small differences say nothing. "÷ ours" is what the tool takes for each second, or call, of ours.`,
    renderTools(contests),
    ...contests.map(renderContest),
    ...(aims.length > 0 ? [aimsOf(aims)] : []),
    `Left out: ${leftOut.join("; ")}.`,
    "### Floors that the peers' fixed waits set, from their sources, not measured",
    table(
      [
        ["tool", "left"],
        ["it says", "left"],
        ["so", "left"],
        ["where", "left"],
      ],
      FLOORS.map(({ tool, constant, means, source }) => [tool, `\`${constant}\``, means, source]),
    ),
  ].join("\n\n");
}

const inShort = ({ contests, leftOut }: StreamsFigures): string =>
  [contestsInShort(contests), `Each step once. Left out: ${leftOut.join("; ")}.`].join("\n\n");
const wrong = ({ contests }: StreamsFigures): string[] => contests.flatMap(failures);

/** What we ourselves have not managed; a peer's failure is its own, and told beside its figures. */
export const failures = ({ title, performed }: Contest): string[] =>
  performed.flatMap(({ name, failed }) =>
    failed !== undefined && EACH_OF_OURS.includes(name) ? [`${title}: ${name}: ${failed}`] : [],
  );

export const bench: Bench<StreamsFigures> = { title: "Streams, beside other tools", measure, render, inShort, wrong };
