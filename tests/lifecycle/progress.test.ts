/** What a person hears who waits: on a clock of the test's, so hours pass in no time. */
import { expect, test } from "@jest/globals";
import type { Session } from "../../provider/lifecycle/context";
import type { ObservedStream } from "../../provider/lifecycle/observe";
import { poll } from "../../provider/lifecycle/poll";
import { reshardStream } from "../../provider/lifecycle/reshard-stream";
import type { StreamInputs } from "../../provider/lifecycle/stream-inputs";
import type { StreamState } from "../../provider/lifecycle/stream-state";
import { evenShards } from "../../provider/reshard/even-shards";
import type { FakePlatform } from "../client/fake-platform";
import { fakePlatform } from "../client/fake-platform";

const MINUTE = 60_000;

/** A platform whose Ctrl-C is pressed at a moment, and which notes when each line came. */
function personWaiting(ctrlCAtMs = Number.POSITIVE_INFINITY) {
  const ctrlC = new AbortController();
  const heard: { atMin: number; line: string }[] = [];
  const platform: FakePlatform = fakePlatform({
    interrupted: ctrlC.signal,
    log: (line) => heard.push({ atMin: Math.floor(platform.monotonicMs() / MINUTE), line }),
  });
  const sleep = platform.sleep;
  platform.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (platform.monotonicMs() >= ctrlCAtMs) ctrlC.abort();
  };
  return { platform, heard };
}

const waitFor = (platform: FakePlatform, minutes: number, onWaiting?: () => void) =>
  poll(
    {
      platform,
      deadline: { atMs: 120 * MINUTE, limit: "2 h (customTimeouts.create)" },
      subject: "stream orders",
      after: "CreateStream",
      advice: "",
      look: async () => ({ status: platform.monotonicMs() < minutes * MINUTE ? "CREATING" : "ACTIVE" }),
      onWaiting,
    },
    "to become ACTIVE",
    (seen) => seen?.status === "ACTIVE",
    undefined,
  );

test("a wait of seconds says nothing, one of an hour says now and then how long it may go on", async () => {
  const short = personWaiting();
  await waitFor(short.platform, 0.9);
  expect(short.heard).toEqual([]);

  const long = personWaiting();
  await waitFor(long.platform, 60);
  expect(long.heard.map(({ atMin }) => atMin)).toEqual([1, 2, 4, 8, 13, 18, 23, 28, 33, 38, 43, 48, 53, 58]);
  expect(long.heard[3]?.line).toMatch(
    /^waiting for stream orders to become ACTIVE after CreateStream: still CREATING after 8 min \d+ s; 1 h 51 min left of 2 h \(customTimeouts\.create\)$/,
  );
});

test("Ctrl-C during a wait says what it waits for and how long at most, once", async () => {
  const { platform, heard } = personWaiting(0.5 * MINUTE);
  await waitFor(platform, 0.9);
  expect(heard.map(({ line }) => line)).toEqual([
    "Ctrl-C: at most 1 h 59 min left; a second one ends at once, as a kill does. " +
      "Now waiting for stream orders to become ACTIVE after CreateStream.",
  ]);
  await waitFor(platform, 0.9);
  expect(heard).toHaveLength(1);

  const part = personWaiting(0.5 * MINUTE);
  await waitFor(part.platform, 2, () => {});
  expect(part.heard).toEqual([]);
});

/** A stream whose splits take so long each. */
function slowStream(platform: FakePlatform, operationMs: number): { session: Session; stream: ObservedStream } {
  let shards = evenShards(1).map((shard) => ({ ...shard, shardId: "shard-0" }));
  let activeAtMs = 0;
  let made = 1;
  const splitShard = async (input: { ShardToSplit: string; NewStartingHashKey: string }) => {
    activeAtMs = platform.monotonicMs() + operationMs;
    shards = shards.flatMap((shard) => {
      if (shard.shardId !== input.ShardToSplit) return [shard];
      const before = String(BigInt(input.NewStartingHashKey) - 1n);
      return [
        { ...shard, endingHashKey: before, shardId: `shard-${made++}` },
        { ...shard, startingHashKey: input.NewStartingHashKey, shardId: `shard-${made++}` },
      ];
    });
  };
  const describeStreamSummary = async () => ({
    StreamDescriptionSummary: {
      StreamARN: "arn",
      StreamName: "orders",
      StreamStatus: platform.monotonicMs() < activeAtMs ? "UPDATING" : "ACTIVE",
      EnhancedMonitoring: [],
    },
  });
  async function* listed() {
    for (const { shardId: ShardId, startingHashKey: StartingHashKey, endingHashKey: EndingHashKey } of shards) {
      yield { ShardId, HashKeyRange: { StartingHashKey, EndingHashKey }, SequenceNumberRange: {} };
    }
  }
  const client = { splitShard, describeStreamSummary, shards: listed };
  const stream = { arn: "arn", name: "orders", status: "ACTIVE", openShards: shards, settings: {} };
  return { session: { client, platform } as never, stream: stream as never };
}

const reshard = (platform: FakePlatform, shardCount: number, operationMs: number) => {
  const { session, stream } = slowStream(platform, operationMs);
  const deadline = { atMs: 600 * MINUTE, limit: "10 h" };
  const inputs = { name: "orders", shardCount } as StreamInputs;
  return reshardStream(
    { session, reference: { StreamName: "orders" }, inputs, deadline, state: {} as StreamState },
    stream,
  );
};

test("a reshard of an hour and a half: few lines, each with what is left by the pace that was measured", async () => {
  const { platform, heard } = personWaiting();
  await reshard(platform, 64, 90_000);
  const lines = heard.map(({ line }) => line.replace(/: split .*?, about/, ": split …, about"));
  // By the assumed half minute an operation; then by the minute and a half that it took.
  expect(lines[0]).toBe(
    "orders: operation 1 of 63: split …, about 32 min left; Ctrl-C waits for all of it, a second one ends at once",
  );
  expect(lines[2]).toMatch(/^orders: operation 2 of 63: split …, about 1 h 3\d min left$/);
  // A minute into the first it is seen to be slow; it began the count of the lines that come now and then.
  expect(lines[1]).toMatch(/^orders: operation 1 of 63: split …, about 1 h \d min left$/);
  expect(lines.at(-1)).toMatch(/^orders: resharded to 64 shards with 63 operations in 1 h \d\d min$/);
  const progress = heard.filter(({ line }) => /operation \d+ of 63/.test(line));
  expect(progress.length).toBeLessThan(32);
  const silences = heard.slice(1).map(({ atMin }, index) => atMin - Number(heard[index]?.atMin));
  expect(Math.max(...silences)).toBeLessThanOrEqual(8);
});

test("an operation of many minutes says that it goes on", async () => {
  const { platform, heard } = personWaiting();
  await reshard(platform, 2, 5 * MINUTE);
  expect(heard.map(({ atMin }) => atMin)).toEqual([0, 1, 2, 4, 5]);
  const operation = "orders: operation 1 of 1: split shard-0 (0 %-100 %) at 50 %";
  expect(heard.map(({ line }) => line).slice(0, 2)).toEqual([
    `${operation}, about 30 s left`,
    `${operation}, which takes longer than expected`,
  ]);
});

test("Ctrl-C in a reshard says how many operations it waits for and how long they take, once", async () => {
  const { platform, heard } = personWaiting(2.2 * MINUTE);
  await reshard(platform, 8, MINUTE - 2_000);
  const [said, ...more] = heard.filter(({ line }) => line.startsWith("Ctrl-C"));
  expect(more).toEqual([]);
  expect(said?.line).toMatch(
    /^Ctrl-C: 5 operations of 7, about 4 min \d+ s left; a second one ends at once, as a kill does\. Stream orders is resharded to its end first\.$/,
  );
});
