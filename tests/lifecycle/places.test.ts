import { expect, test } from "@jest/globals";
import { Places } from "../../provider/lifecycle/places";

test("no more at a time than there are places, in the order of arrival, and a failure frees its place", async () => {
  const places = new Places(2);
  const began: number[] = [];
  let [inside, most] = [0, 0];
  const work = (which: number) =>
    places.hold(async () => {
      began.push(which);
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      if (which % 2 === 0) throw new Error(`no ${which}`);
      return which;
    });
  const ended = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(work));
  expect(began).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(2);
  expect(ended.map(({ status }) => status)).toEqual([
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});
