/** Hundreds of random stories. A failure names the seed of its story: `PULUMI_KINESIS_SEED` begins with it. */
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { stories } from "./programs";
import { Worlds } from "./world";

const FIRST_SEED = Number(process.env.PULUMI_KINESIS_SEED ?? 1_000);
const STORIES = Number(process.env.PULUMI_KINESIS_STORIES ?? 200);
const MOST_STEPS = 10;
/** Each with an emulator of its own: it counts the streams that are being created over all accounts. */
const AT_A_TIME = 3;

test(`in ${STORIES} stories an up makes what its program says true, and touches nobody else's`, async () => {
  const failures: string[] = [];
  const counts: Record<string, number> = {};
  let next = FIRST_SEED;
  const work = async () => {
    const worlds = await Worlds.start();
    try {
      for (let seed = next++; seed < FIRST_SEED + STORIES; seed = next++) {
        const [story] = fc.sample(stories(MOST_STEPS), { seed, numRuns: 1 });
        if (story === undefined) throw new TypeError("fast-check draws as many as it is asked for");
        await worlds.live(story).catch((error: Error) => {
          failures.push(`PULUMI_KINESIS_SEED=${seed}: ${error.message}\n${JSON.stringify(story)}`);
        });
      }
    } finally {
      for (const [what, count] of Object.entries(worlds.counts)) counts[what] = (counts[what] ?? 0) + count;
      await worlds.stop();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  console.table(Object.fromEntries(Object.entries(counts).sort()));
  expect(failures).toEqual([]);
}, 7_200_000);
