/** Some random stories, and those in which something was found. `npm run test:soak` has hundreds. */
import { afterAll, beforeAll, test } from "@jest/globals";
import * as fc from "fast-check";
import { stories } from "./programs";
import { Worlds } from "./world";

const SEED = Number(process.env.PULUMI_KINESIS_SEED ?? 1);

let worlds: Worlds;
beforeAll(async () => {
  worlds = await Worlds.start();
}, 60_000);
afterAll(() => worlds.stop());

test("whatever happens to a stack, an up makes what its program says true, and touches nobody else's", async () => {
  await fc.assert(
    fc.asyncProperty(stories(4), (story) => worlds.live(story)),
    { seed: SEED, numRuns: 15, endOnFailure: true },
  );
  console.log(worlds.counts);
}, 300_000);
