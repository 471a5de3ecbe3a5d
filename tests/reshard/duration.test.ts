import { expect, test } from "@jest/globals";
import { formatDuration } from "../../provider/reshard/duration";

test.each([
  [400, "0 s"],
  [45_000, "45 s"],
  [90_000, "1 min 30 s"],
  [600_000, "10 min"],
  [3_599_700, "1 h"],
  [185_000, "3 min 5 s"],
  [905_000, "15 min"],
  [7_200_000, "2 h"],
  [5_400_000, "1 h 30 min"],
])("%p ms reads as %p", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
