import { describe, expect, test } from "@jest/globals";
import { deadlineFor, hasPassed, parseDuration } from "../../provider/lifecycle/timeouts";
import { realPlatform } from "../../provider/platform";

test.each([
  ["90s", 90_000],
  ["10m", 600_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1_500],
  ["250ms", 250],
  ["", undefined],
  ["10", undefined],
  ["ten minutes", undefined],
  ["-5m", undefined],
])("the duration %j is %p ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

describe("a deadline", () => {
  const at = (ms: number) => ({ ...realPlatform, monotonicMs: () => ms });

  test("is ten minutes for create, two hours for update and twenty minutes for delete", () => {
    expect(deadlineFor(at(0), "create", undefined).atMs).toBe(600_000);
    expect(deadlineFor(at(0), "update", undefined).atMs).toBe(7_200_000);
    expect(deadlineFor(at(0), "delete", undefined).atMs).toBe(1_200_000);
  });

  test("follows customTimeouts, names them, and passes", () => {
    const deadline = deadlineFor(at(1_000), "update", { update: "30s" });
    const said = { update: "30s" };
    expect(deadlineFor(at(0), "update", said, said).limit).toBe("30 s (timeouts.update)");
    expect(deadlineFor(at(0), "update", said, { create: "1m" }).limit).toBe("30 s (customTimeouts.update)");
    expect(deadline).toEqual({ atMs: 31_000, limit: "30 s (customTimeouts.update)" });
    expect(hasPassed(deadline, at(30_999))).toBe(false);
    expect(hasPassed(deadline, at(31_000))).toBe(true);
  });
});
