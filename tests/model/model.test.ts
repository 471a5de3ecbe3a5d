/** A few random stories, each of several programs (the emulator takes 10 ms of CPU a call), and some that were told on purpose. */
import { afterAll, beforeAll, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Story, StreamSpec } from "./programs";
import { stories } from "./programs";
import { Worlds } from "./world";

const SEED = Number(process.env.PULUMI_KINESIS_SEED ?? 1);

const plain: StreamSpec = { name: "auto", shards: 1, retention: 24, metrics: false, tags: {}, consumer: false };

/** Each with what it shows; one that has found a fault stays here. */
const EXAMPLES: readonly Story[] = [
  // Killed when AWS has taken CreateStream and nobody knows its name: found by its mark.
  { seed: 1, steps: [{ do: "up", program: { a: plain }, kill: { at: 3, when: "after" } }, { do: "up" }] },
  // Killed between create's last call and the save: the one moment in which a stream is left behind, as documented.
  { seed: 2, steps: [{ do: "up", program: { a: plain }, kill: { at: 5, when: "after" } }, { do: "up" }] },
  // Somebody else has a stream of our name by now: nothing is done to it, by update, refresh or destroy.
  {
    seed: 3,
    steps: [
      { do: "up", program: { a: { ...plain, name: "x" } } },
      { do: "meddle", stream: "a", how: "re-created" },
      { do: "up", program: { a: { ...plain, name: "x", retention: 48 } } },
      { do: "meddle", stream: "a", how: "re-created" },
      { do: "destroy" },
    ],
  },
  // A key that goes with its StreamTags and comes with another value elsewhere is refused: that it is given up is not known yet.
  {
    seed: 4,
    steps: [
      { do: "up", program: { a: { ...plain, tags: { k1: { owner: "first", value: "1" } } } } },
      { do: "up", program: { a: { ...plain, tags: { k1: { owner: "second", value: "2" } } } } },
    ],
  },
  // Killed in a destroy that had removed a tag, which is still in the state: an `up` without a refresh does not set it again. Found
  // by seeds 1130 and 1165 of the soak (there with metrics); no provider that trusts its state before AWS's can do otherwise.
  {
    seed: 5,
    steps: [
      { do: "up", program: { a: { ...plain, tags: { k1: { owner: "first", value: "1" } } } } },
      { do: "destroy", kill: { at: 1, when: "after" } },
      { do: "up" },
    ],
  },
];

let worlds: Worlds;
beforeAll(async () => {
  worlds = await Worlds.start();
}, 60_000);
afterAll(() => worlds.stop());

test("whatever happens to a stack, an up makes what its program says true, and touches nobody else's", async () => {
  await fc.assert(
    fc.asyncProperty(stories(3), (story) => worlds.live(story)),
    // To shrink a story takes minutes: it is printed as it was drawn.
    { seed: SEED, numRuns: 9, endOnFailure: true, examples: EXAMPLES.map((story) => [story]) },
  );
}, 300_000);
