/** A wait goes on at AWS, whatever becomes of one look at it: on a clock of the test's. */
import { expect, test } from "@jest/globals";
import { DeadlineError, InputError, ServiceError, TransportError } from "../../provider/errors";
import { poll } from "../../provider/lifecycle/poll";
import { fakePlatform } from "../client/fake-platform";

const MINUTE = 60_000;
const refusal = (code: string, retryable: boolean) => {
  const answer = { code, retryable, status: 400, awsMessage: "", requestId: undefined, body: "" };
  return new ServiceError({ ...answer, operation: "DescribeStream", attempts: 25 }, code);
};
const throttled = refusal("ThrottlingException", true);
const denied = refusal("AccessDeniedException", false);
const late = new DeadlineError("DescribeStream", "its turn would come too late");
const unreachable = new TransportError("DescribeStream", "ENETUNREACH", false, "the network is down");

/** A stream that is ACTIVE after ten minutes, seen by looks that fail with `error` from minute `fromMin` to minute `toMin`. */
function wait(error: Error | (() => Error), fromMin: number, toMin: number) {
  const platform = fakePlatform();
  const allowed: number[] = [];
  const look = async ({ deadlineMs }: { deadlineMs: number }) => {
    allowed.push(deadlineMs);
    const minute = platform.monotonicMs() / MINUTE;
    if (minute >= fromMin && minute < toMin) throw error instanceof Error ? error : error();
    return { status: minute < 10 ? "CREATING" : "ACTIVE" };
  };
  const deadline = { atMs: 20 * MINUTE, limit: "20 min" };
  const watch = { platform, deadline, subject: "stream orders", after: "CreateStream", advice: "Again.", look };
  const isDone = (seen: { status: string } | undefined) => seen?.status === "ACTIVE";
  return { platform, allowed, ended: poll(watch, "to become ACTIVE", isDone, undefined) };
}

test.each([
  ["AWS is too busy to answer", throttled, 1, 15],
  ["its turn does not come", late, 0, 15],
  ["the network is away for less than a minute", unreachable, 3, 3.8],
])("a wait outlives looks that fail while %s", async (_name, error, from, to) => {
  await expect(wait(error, from, to).ended).resolves.toEqual({ status: "ACTIVE" });
});

test("what AWS refuses is an answer: a connection that breaks after minutes of refusals ends nothing", async () => {
  let looks = 0;
  const { ended } = wait(() => (looks++ % 10 === 9 ? unreachable : throttled), 0, 15);
  await expect(ended).resolves.toEqual({ status: "ACTIVE" });
});

test("one that the network is gone from for more than a minute ends with what the network said", async () => {
  const { ended, platform } = wait(unreachable, 3, 15);
  await expect(ended).rejects.toBe(unreachable);
  expect(platform.monotonicMs() / MINUTE).toBeCloseTo(4, 0);
});

test.each([
  ["what AWS refuses", denied],
  ["a mistake", new InputError("DescribeStream", [])],
])("%s ends it at once", async (_name, error) => {
  const { ended, platform } = wait(error, 1, 15);
  await expect(ended).rejects.toBe(error);
  expect(platform.monotonicMs() / MINUTE).toBeLessThan(1.2);
});

test("a time-out without an answer says so, and why", async () => {
  const { ended, allowed } = wait(throttled, 1, 30);
  await expect(ended).rejects.toMatchObject({
    code: "ERR_KINESIS_WAIT_TIMEOUT",
    message: expect.stringMatching(
      /still unanswered \(ThrottlingException\) after 20 min.*\(polls: \d+ CREATING, \d+ unanswered \(ThrottlingException\)\)\. Again\.$/,
    ),
    cause: throttled,
  });
  // No look outlasts the wait by more than a moment.
  expect([Math.max(...allowed), allowed.at(-1)]).toEqual([MINUTE, 1_000]);
});
