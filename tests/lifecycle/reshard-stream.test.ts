/**
 * The executor against the emulator, with something going wrong at every single call. What was really split and merged is
 * read from the parents of the shards, which Kinesis keeps: no count of ours takes part.
 */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Shard } from "../../provider/client";
import { KinesisClient } from "../../provider/client";
import { ProviderContext } from "../../provider/lifecycle/context";
import type { Properties } from "../../provider/lifecycle/resource";
import { streamResource } from "../../provider/lifecycle/stream";
import { realPlatform } from "../../provider/platform";
import { isAdmissible, planReshard } from "../../provider/reshard";
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { evenShards } from "../reshard/shards";
import type { CountingProxy, Fault } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import { fasterPlatform } from "../support/faster-platform";

/** Waits pass so much faster: the fifteen seconds that a lost answer may take, a second between five splits. */
const SPEED = 20;

let emulator: Emulator;
let proxy: CountingProxy;
let client: KinesisClient;

beforeAll(async () => {
  const durations = { createMs: 5, splitMs: 15, mergeMs: 15, updateShardCountMs: 15 };
  emulator = await startEmulator({ ...durations, shardLimit: 100_000 });
  proxy = await startCountingProxy(emulator.url);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new KinesisClient({ region: "us-east-1", endpoint: emulator.url, credentials, rateLimits: false });
}, 60_000);

afterAll(async () => {
  await client.close();
  await proxy.stop();
  await emulator.stop();
});

/** A provider process of its own: what the last one knew is forgotten. */
function startProcess() {
  const lines: string[] = [];
  const env = emulatorEnv(proxy.url);
  const platform = { ...fasterPlatform(SPEED), env, log: (line: string) => void lines.push(line) };
  return { stream: streamResource(new ProviderContext(platform)), lines };
}

interface Subject {
  readonly name: string;
  readonly id: string;
  readonly state: Properties;
}

let created = 0;
async function createStream(shardCount: number): Promise<Subject> {
  const name = `stream-${created++}`;
  const { id, outs } = await startProcess().stream.create({ name, shardCount, __logicalName: name });
  return { name, id, state: outs };
}

/** Runs one update as the engine does; what it throws is what the engine keeps. */
async function update({ id, name }: Subject, state: Properties, wanted: Properties) {
  const { stream, lines } = startProcess();
  try {
    const { outs } = await stream.update(id, state, { name, __logicalName: name, ...wanted });
    return { state: outs, lines, error: undefined };
  } catch (error) {
    const { message, properties } = error as Error & { properties?: Properties };
    return { state: properties, lines, error: message };
  }
}

const asks = ({ id, name }: Subject, state: Properties, wanted: Properties) =>
  startProcess().stream.diff(id, state, { name, __logicalName: name, ...wanted });

type Interfere = (call: {
  target: string;
  nthCall: number;
  nthWrite: number;
}) => Fault | undefined | Promise<Fault | undefined>;

const isWrite = (target: string) => /^(Split|Merge|UpdateShardCount)/.test(target);

/** Does `work` with `interfere` asked about each call that names the stream; answers how many there were. */
async function withInterference<T>({ name }: Subject, interfere: Interfere, work: () => Promise<T>) {
  let calls = 0;
  let writes = 0;
  const targets: string[] = [];
  const unhook = proxy.hook(({ target, body }) => {
    const { StreamName } = body as { StreamName?: string };
    if (StreamName !== name) return undefined;
    targets.push(target);
    return interfere({ target, nthCall: calls++, nthWrite: isWrite(target) ? writes++ : -1 });
  });
  try {
    return { result: await work(), targets };
  } finally {
    unhook();
  }
}

async function shardsOf(StreamName: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  for await (const shard of client.shards({ StreamName })) shards.push(shard);
  return shards;
}

/** What was done to the stream since it was created, and what is open now. */
async function history(name: string) {
  const shards = await shardsOf(name);
  const open = shards.filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined);
  const merged = shards.filter((shard) => shard.AdjacentParentShardId !== undefined);
  const split = shards.filter(
    (shard) => shard.ParentShardId !== undefined && shard.AdjacentParentShardId === undefined,
  );
  return {
    listed: shards.length,
    operations: merged.length + split.length / 2,
    open: open.map(({ HashKeyRange: { StartingHashKey, EndingHashKey } }) => ({
      startingHashKey: StartingHashKey,
      endingHashKey: EndingHashKey,
    })),
  };
}

const openShards = async (name: string) =>
  (await shardsOf(name)).filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined).length;

const busy = { status: 400, code: "ResourceInUseException", message: "somebody is tagging the stream" };
const closed = { status: 400, code: "InvalidArgumentException", message: "the shard is closed" };
const denied = { status: 400, code: "AccessDeniedException", message: "not now" };
const allowanceUsed = {
  status: 400,
  code: "LimitExceededException",
  message: "Cannot run UpdateShardCount more than 10 times in a 24 hour period",
};
/** What can happen to one call. A read that is cut is asked again by the client; its other accidents are those of a write. */
const FAULTS: ReadonlyArray<[string, Fault, "any call" | "writes"]> = [
  ["is refused", { fail: denied }, "any call"],
  ["takes effect and is answered with a refusal", { failAfter: denied }, "writes"],
  ["takes effect and is answered with an internal error", { failAfter: { status: 500 } }, "writes"],
  ["loses its connection on the way in", { cut: "before" }, "writes"],
  ["loses its connection after it took effect", { cut: "after" }, "writes"],
];

/** Does all of `cases` with a few under way at a time. */
async function each<T>(cases: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...cases];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

describe.each([
  [2, 7],
  [7, 3],
])("%i -> %i", (from, to) => {
  const fewest = planReshard({ shards: evenShards(from), target: to }).minimumOperations;
  const wanted = { shardCount: to };
  let undisturbed: string[];

  beforeAll(async () => {
    const subject = await createStream(from);
    const { result, targets } = await withInterference(
      subject,
      () => undefined,
      () => update(subject, subject.state, wanted),
    );
    expect(result.error).toBeUndefined();
    expect((await history(subject.name)).operations).toBe(fewest);
    expect(targets.filter(isWrite)).toHaveLength(fewest);
    undisturbed = targets;
  }, 30_000);

  /** The stream is what was asked for, with no operation more than it takes without any trouble. */
  const expectFewest = async (subject: Subject, what: string) => {
    const { operations, open } = await history(subject.name);
    expect({ what, operations, admissible: isAdmissible(open, to) }).toEqual({
      what,
      operations: fewest,
      admissible: true,
    });
  };

  test.each(FAULTS)(
    "a call that %s, whichever it is, costs no operation",
    async (how, fault, which) => {
      const all = undisturbed.map((_, index) => index);
      const writes = all.slice(0, fewest);
      await each(which === "writes" ? writes : all, async (index) => {
        const subject = await createStream(from);
        const { result } = await withInterference(
          subject,
          ({ nthCall, nthWrite }) => ((which === "writes" ? nthWrite : nthCall) === index ? fault : undefined),
          () => update(subject, subject.state, wanted),
        );
        if (result.error !== undefined) {
          const again = await update(subject, result.state ?? subject.state, wanted);
          expect(again.error).toBeUndefined();
        }
        await expectFewest(subject, `call ${index} ${how}`);
      });
    },
    120_000,
  );

  test("a process that ends at any call, and an engine that knows nothing of what it did, cost no operation", async () => {
    await each(
      undisturbed.map((_, index) => index),
      async (index) => {
        const subject = await createStream(from);
        await withInterference(
          subject,
          ({ nthCall }) => (nthCall >= index ? { fail: denied } : undefined),
          () => update(subject, subject.state, wanted),
        );
        expect((await update(subject, subject.state, wanted)).error).toBeUndefined();
        await expectFewest(subject, `ended at call ${index}`);
      },
    );
  }, 120_000);

  test("a refusal in the middle says what was done, what is left, and that the next up goes on", async () => {
    const subject = await createStream(from);
    const { result } = await withInterference(
      subject,
      ({ nthWrite }) => (nthWrite === 2 ? { fail: denied } : undefined),
      () => update(subject, subject.state, wanted),
    );
    const open = (await history(subject.name)).open.length;
    expect(result.error).toMatch(/^(Split|Merge)Shards? of stream "stream-\d+" failed: AccessDeniedException: not now/);
    expect(result.error).toContain(
      `2 operations are done, ${fewest - 2} are left; it has ${open} open shards. Run \`pulumi up\` again to go on`,
    );
    expect(result.state).toMatchObject({ shardCount: open });
  }, 30_000);

  test("somebody else's split before any operation costs at most one operation to undo", async () => {
    await each([...Array(fewest).keys()], async (index) => {
      const subject = await createStream(from);
      const { result } = await withInterference(
        subject,
        async ({ nthWrite }) => {
          if (nthWrite !== index) return undefined;
          await splitByHand(subject.name);
          return undefined;
        },
        () => update(subject, subject.state, wanted),
      );
      expect(result.error).toBeUndefined();
      const { operations, open } = await history(subject.name);
      expect(isAdmissible(open, to)).toBe(true);
      // Somebody else's own one is counted too.
      expect(operations).toBeLessThanOrEqual(fewest + 2);
    });
  }, 60_000);
});

/** Splits the shard that was opened last. */
async function splitByHand(StreamName: string): Promise<void> {
  const shards = await shardsOf(StreamName);
  const last = shards.findLast((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined);
  if (last === undefined) throw new Error("no shard is open");
  const start = BigInt(last.HashKeyRange.StartingHashKey);
  const key = start + (BigInt(last.HashKeyRange.EndingHashKey) - start) / 3n;
  await client.splitShard({ StreamName, ShardToSplit: last.ShardId, NewStartingHashKey: String(key) });
}

describe("a listing that lags behind an accepted operation", () => {
  interface Listing {
    Shards: unknown[];
    StreamStatus?: string;
  }
  /** Hands the part of an answer that lists shards to `change`; AWS has it in two places. */
  const inListing = (change: (listing: Listing) => Listing) => (answer: unknown) => {
    const { StreamDescription } = answer as { StreamDescription?: Listing };
    return StreamDescription
      ? { ...(answer as object), StreamDescription: change(StreamDescription) }
      : change(answer as Listing);
  };

  test.each<[string, (now: unknown[], before: unknown[]) => unknown[]]>([
    ["as it was before", (_, before) => before],
    ["without the shard that was opened last", (now) => now.slice(0, -1)],
  ])(
    "is read again until it shows: it lists the shards %s",
    async (_, lag) => {
      for (const [from, to] of [
        [2, 3],
        [5, 3],
      ] as const) {
        const subject = await createStream(from);
        let before: unknown[] = [];
        let lagging = 0;
        const { result, targets } = await withInterference(
          subject,
          ({ target }) => {
            if (isWrite(target)) lagging = 3;
            if (!/^(DescribeStream|ListShards)$/.test(target)) return undefined;
            return {
              rewrite: inListing((listing) => {
                // ListShards says no status, and is asked once the stream is ACTIVE.
                if (![undefined, "ACTIVE"].includes(listing.StreamStatus)) return listing;
                if (lagging-- > 0) return { ...listing, Shards: lag(listing.Shards, before) };
                before = listing.Shards;
                return listing;
              }),
            };
          },
          () => update(subject, subject.state, { shardCount: to }),
        );
        expect(result.error).toBeUndefined();
        expect(result.lines.join("\n")).not.toMatch(/somebody else/);
        const fewest = planReshard({ shards: evenShards(from), target: to }).minimumOperations;
        expect(targets.filter(isWrite)).toHaveLength(fewest);
        const { operations, open } = await history(subject.name);
        expect({ operations, admissible: isAdmissible(open, to) }).toEqual({ operations: fewest, admissible: true });
      }
    },
    30_000,
  );
});

describe("maxOpenShards", () => {
  /** Does `work`, and tells how many shards were open at most: before each operation and in the end. */
  async function withPeak<T>(subject: Subject, interfere: Interfere, work: () => Promise<T>) {
    let peak = 0;
    const look = async () => {
      peak = Math.max(peak, await openShards(subject.name));
    };
    const { result, targets } = await withInterference(
      subject,
      async (call) => {
        if (isWrite(call.target)) await look();
        return interfere(call);
      },
      work,
    );
    await look();
    return { result, targets, peak };
  }

  test.each([
    [3, 7, {}],
    [2, 3, { allowHotMerge: true }],
    [4, 3, { allowHotMerge: true }],
  ])(
    "is kept from %i to %i shards with %j, also when the run is killed at any operation",
    async (from, to, more) => {
      const maxOpenShards = Math.max(from, to);
      const wanted = { shardCount: to, resharding: { maxOpenShards, ...more } };
      const plan = planReshard({ shards: evenShards(from), target: to, maxOpenShards, ...more });
      const fewest = plan.steps.length;
      await each([...Array(fewest + 1).keys()], async (killedAt) => {
        const subject = await createStream(from);
        const { result, peak } = await withPeak(
          subject,
          ({ nthWrite }) => (nthWrite === killedAt ? { fail: denied } : undefined),
          async () => {
            await update(subject, subject.state, wanted);
            return update(subject, subject.state, wanted);
          },
        );
        const { operations, open } = await history(subject.name);
        expect({ killedAt, error: result.error, peak, operations, admissible: isAdmissible(open, to) }).toEqual({
          killedAt,
          error: undefined,
          peak: maxOpenShards,
          operations: fewest,
          admissible: true,
        });
      });
    },
    60_000,
  );

  test("is kept when AWS is busy at any operation: the plan that fits goes on", async () => {
    const wanted = { shardCount: 7, resharding: { maxOpenShards: 7 } };
    const fewest = planReshard({ shards: evenShards(4), target: 7 }).minimumOperations;
    await each([...Array(fewest).keys()], async (index) => {
      const subject = await createStream(4);
      const { result, targets, peak } = await withPeak(
        subject,
        ({ nthWrite }) => (nthWrite === index ? { fail: busy } : undefined),
        () => update(subject, subject.state, wanted),
      );
      const writes = targets.filter(isWrite).length;
      expect({ index, error: result.error, writes, peak }).toEqual({
        index,
        error: undefined,
        writes: fewest + 1,
        peak: 7,
      });
    });
  }, 60_000);

  test("that no safe order fits under is refused before the first operation", async () => {
    const subject = await createStream(2);
    const wanted = { shardCount: 3, resharding: { maxOpenShards: 3 } };
    const { result, targets } = await withInterference(
      subject,
      () => undefined,
      () => update(subject, subject.state, wanted),
    );
    expect(result.error).toMatch(/maxOpenShards.*allowHotMerge/);
    expect(targets.filter(isWrite)).toEqual([]);
  }, 30_000);
});

describe("what AWS takes nothing of", () => {
  /** Answers the first writes with these refusals. */
  const refusing =
    (refusals: readonly Fault["fail"][]): Interfere =>
    ({ nthWrite }) => {
      const fail = refusals[nthWrite];
      return fail && { fail };
    };
  const times = (count: number, refusal: Fault["fail"]) => Array<Fault["fail"]>(count).fill(refusal);

  test("because it is busy is waited for, and does not count against a shard that shows late as closed", async () => {
    const subject = await createStream(2);
    const { result } = await withInterference(subject, refusing([...times(7, busy), ...times(5, closed)]), () =>
      update(subject, subject.state, { shardCount: 3 }),
    );
    expect(result.error).toBeUndefined();
    expect((await history(subject.name)).operations).toBe(3);
  }, 30_000);

  test("because a shard is closed that stays listed as open ends the run, with AWS's words and what to do", async () => {
    const subject = await createStream(2);
    const { result, targets } = await withInterference(subject, refusing(times(50, closed)), () =>
      update(subject, subject.state, { shardCount: 3 }),
    );
    expect(result.error).toMatch(/the shard is closed.* 0 operations are done.*Run `pulumi up` again/);
    expect(targets.filter(isWrite)).toHaveLength(6);
  }, 30_000);
});

describe('balance "none"', () => {
  const none = { resharding: { balance: "none" } };
  test("goes on with a reshard of ours that was cut short, with or without a refresh in between", async () => {
    const wanted = { shardCount: 3, ...none };
    await each([1, 2], async (index) => {
      const subject = await createStream(2);
      const { result } = await withInterference(
        subject,
        ({ nthWrite }) => (nthWrite === index ? { fail: denied } : undefined),
        () => update(subject, subject.state, wanted),
      );
      expect(result.error).toMatch(/Run `pulumi up` again to go on/);
      const refreshed = await startProcess().stream.read(subject.id, result.state ?? {});
      expect(Object.keys(refreshed.inputs ?? {})).not.toContain("__unfinishedReshard");
      for (const state of [result.state ?? {}, refreshed.props ?? {}]) {
        // After two splits there are four shards, which the count tells.
        expect(await asks(subject, state, wanted)).toEqual(index === 1 ? { changes: true } : {});
      }
      const again = await update(subject, refreshed.props ?? {}, wanted);
      expect(again.error).toBeUndefined();
      const { operations, open } = await history(subject.name);
      expect({ index, operations, admissible: isAdmissible(open, 3) }).toEqual({
        index,
        operations: 3,
        admissible: true,
      });
      expect(again.state).not.toHaveProperty("__unfinishedReshard");
    });
  }, 30_000);

  test("goes on with an adoption that was cut short", async () => {
    const { id, name } = await createStream(2);
    const subject = { id, name, state: {} };
    const wanted = { shardCount: 3, adopt: true };
    const { result } = await withInterference(
      subject,
      ({ nthWrite }) => (nthWrite === 1 ? { fail: denied } : undefined),
      () =>
        startProcess()
          .stream.create({ name, __logicalName: name, ...wanted })
          .catch((error: { properties: Properties }) => error.properties),
    );
    expect((await update(subject, result as Properties, wanted)).error).toBeUndefined();
    const { operations, open } = await history(name);
    expect({ operations, admissible: isAdmissible(open, 3) }).toEqual({ operations: 3, admissible: true });
  }, 30_000);

  test("goes on after a kill, which leaves the state as it was before", async () => {
    const subject = await createStream(2);
    const wanted = { shardCount: 3, ...none };
    await withInterference(
      subject,
      ({ nthWrite }) => (nthWrite === 1 ? { fail: denied } : undefined),
      () => update(subject, subject.state, wanted),
    );
    expect((await update(subject, subject.state, wanted)).error).toBeUndefined();
    const { operations, open } = await history(subject.name);
    expect({ operations, admissible: isAdmissible(open, 3) }).toEqual({ operations: 3, admissible: true });
  }, 30_000);

  test("leaves alone what somebody else has made uneven, also after an operation that AWS has refused", async () => {
    const subject = await createStream(2);
    await splitByHand(subject.name);
    const { props = {} } = await startProcess().stream.read(subject.id, subject.state);
    const { result } = await withInterference(
      subject,
      ({ nthWrite }) => (nthWrite >= 0 ? { fail: denied } : undefined),
      () => update(subject, props, { shardCount: 5, ...none }),
    );
    expect(result.error).toMatch(/not now/);
    expect(await asks(subject, result.state ?? {}, { shardCount: 3, ...none })).toEqual({});
    expect((await update(subject, result.state ?? {}, { shardCount: 3, ...none })).error).toBeUndefined();
    expect((await history(subject.name)).operations).toBe(1);
  }, 30_000);
});

describe("UpdateShardCount", () => {
  const byUpdate = { shardCount: 8, resharding: { strategy: "update-shard-count" } };
  test.each(
    [["undisturbed", {}, -1] as [string, Fault, number]].concat(
      FAULTS.flatMap(([how, fault]) => [0, 1].map((index): [string, Fault, number] => [how, fault, index])),
    ),
  )(
    "steps 2 -> 4 -> 8 and takes no step twice: %s (%j, call %i)",
    async (_, fault, index) => {
      const subject = await createStream(2);
      const { result, targets } = await withInterference(
        subject,
        ({ nthWrite }) => (nthWrite === index ? fault : undefined),
        () => update(subject, subject.state, byUpdate),
      );
      if (index < 0) expect(targets.filter(isWrite)).toEqual(["UpdateShardCount", "UpdateShardCount"]);
      if (result.error !== undefined) {
        expect((await update(subject, result.state ?? subject.state, byUpdate)).error).toBeUndefined();
      }
      const { listed, open } = await history(subject.name);
      expect(isAdmissible(open, 8)).toBe(true);
      expect(listed).toBe(2 + 4 + 8);
    },
    30_000,
  );

  test("whose daily ten are used says what was reached and what to do", async () => {
    const subject = await createStream(2);
    const { result } = await withInterference(
      subject,
      ({ nthWrite }) => (nthWrite === 1 ? { fail: allowanceUsed } : undefined),
      () => update(subject, subject.state, byUpdate),
    );
    const { error, state } = result;
    expect(error).toMatch(
      /^AWS takes no more UpdateShardCount of stream stream-\d+ for now, 10 in 24 hours are allowed: .*LimitExceededException/,
    );
    expect(error).toMatch(
      /Set resharding.strategy to "auto" or "split-merge".*1 operation is done.*it has 4 open shards/,
    );
    expect(state).toMatchObject({ shardCount: 4 });
    expect((await update(subject, state ?? {}, { shardCount: 8 })).error).toBeUndefined();
    expect(isAdmissible((await history(subject.name)).open, 8)).toBe(true);
  }, 30_000);

  test("that leaves uneven shards of the right number is not called again and again", async () => {
    // This emulator halves some shards where AWS makes all equally wide.
    const subject = await createStream(2);
    const wanted = { ...byUpdate, shardCount: 3 };
    const { result, targets } = await withInterference(
      subject,
      () => undefined,
      () => update(subject, subject.state, wanted),
    );
    expect(result.error).toBeUndefined();
    expect(targets.filter(isWrite)).toEqual(["UpdateShardCount"]);
    expect(isAdmissible((await history(subject.name)).open, 3)).toBe(false);
    expect(result.lines).toContainEqual(
      expect.stringMatching(/AWS has left some of its 3 shards wider or narrower.*"auto"/),
    );
    // Nor is it a difference that every later `up` would try to mend.
    expect(await asks(subject, result.state ?? {}, wanted)).toEqual({});
  }, 30_000);
});

describe('"auto"', () => {
  const auto = { resharding: { strategy: "auto" } };

  test("takes the quicker way, and finishes with splits and merges what AWS left uneven", async () => {
    const subject = await createStream(16);
    const wanted = { shardCount: 48, ...auto };
    const { result, targets } = await withInterference(
      subject,
      () => undefined,
      () => update(subject, subject.state, wanted),
    );
    expect(result.error).toBeUndefined();
    const updates = targets.filter((target) => target === "UpdateShardCount");
    expect(updates).toHaveLength(2);
    expect(targets.filter(isWrite).length).toBeGreaterThan(2);
    expect(isAdmissible((await history(subject.name)).open, 48)).toBe(true);

    const few = await createStream(2);
    const small = await withInterference(
      few,
      () => undefined,
      () => update(few, few.state, { shardCount: 3, ...auto }),
    );
    expect(small.result.error).toBeUndefined();
    expect(small.targets.filter(isWrite).sort()).toEqual(["MergeShards", "SplitShard", "SplitShard"]);
  }, 60_000);

  test("counts what the stream has grown in this run against the room that the account had before", async () => {
    const subject = await createStream(16);
    // Room for 16 -> 32 -> 48, at most 79 at once; not for 33 -> 48 on top of the 17 that it has more by then.
    const unhook = proxy.hook(({ target }) =>
      target === "DescribeLimits"
        ? { rewrite: (limits) => ({ ...(limits as object), ShardLimit: 163, OpenShardCount: 100 }) }
        : undefined,
    );
    const { result, targets } = await withInterference(
      subject,
      async ({ target, nthWrite }) => {
        if (nthWrite !== 1 || target !== "UpdateShardCount") return undefined;
        await splitByHand(subject.name);
        return { fail: busy };
      },
      () => update(subject, subject.state, { shardCount: 48, ...auto }),
    );
    unhook();
    expect(result.error).toBeUndefined();
    expect(targets.filter((target) => target === "UpdateShardCount")).toHaveLength(2);
    expect(targets.filter(isWrite).length).toBeGreaterThan(15);
  }, 60_000);

  test("goes on with splits where the daily ten are used", async () => {
    const subject = await createStream(16);
    const { result } = await withInterference(
      subject,
      ({ target }) => (target === "UpdateShardCount" ? { fail: allowanceUsed } : undefined),
      () => update(subject, subject.state, { shardCount: 32, ...auto }),
    );
    expect(result.error).toBeUndefined();
    expect(result.lines.join("\n")).toMatch(/going on with splits and merges. AWS takes no more UpdateShardCount/);
    expect((await history(subject.name)).operations).toBe(16);
  }, 60_000);
});

test("a stream in ON_DEMAND mode is not resharded", async () => {
  const subject = await createStream(2);
  await client.updateStreamMode({ StreamARN: subject.id, StreamModeDetails: { StreamMode: "ON_DEMAND" } });
  const { targets, result } = await withInterference(
    subject,
    () => undefined,
    () => update(subject, subject.state, { shardCount: 3 }),
  );
  expect(result.error).toMatch(/ON_DEMAND mode, in which AWS sets the number of shards/);
  expect(targets.filter(isWrite)).toEqual([]);
}, 30_000);

describe("before anything is split or merged", () => {
  /** What `pulumi preview` would print. */
  async function preview(from: number, wanted: Properties): Promise<string> {
    const subject = await createStream(from);
    const { stream, lines } = startProcess();
    await stream.diff(subject.id, subject.state, { name: subject.name, __logicalName: subject.name, ...wanted });
    return lines.join("\n");
  }

  test.each<[string, number, Properties, RegExp[]]>([
    [
      "what it costs and brings, and that a neighbour is cheaper",
      100,
      { shardCount: 101 },
      [
        /the update will reshard 100 -> 101 shards: 5 operations \(3 splits, 2 merges\), about 2 min 30 s if one takes 30 s/,
        /at most 10\d on the way/,
        /key space moved to other shards: \d/,
        /cheaper: 100 shards would take no operation instead of 5/,
        /throughput for evenly hashed keys: 100 -> \d+(\.\d+)? MB\/s and 100000 -> \d+ records\/s in, 200 -> \d+/,
        /shard quota of the account: at most \d+ of 100000 so far \(\d+ open now, \d more here\)/,
      ],
    ],
    ["the weights", 2, { shardCount: 2, resharding: { weights: [1, 3] } }, [/of all shards together: 2 -> 2 MB\/s/]],
    [
      "that its time is too short",
      2,
      { shardCount: 190, __customTimeouts: { update: "1h" } },
      [/188 operations/, /longer than customTimeouts.update \(1 h\): the update ends between two operations/],
    ],
    [
      "that it will be refused",
      2,
      { shardCount: 3, resharding: { maxOperations: 2 } },
      [
        /reshard 2 -> 3 shards: 3 operations/,
        /will refuse this: .* takes 3 operations, more than the 2 .* to 3 to confirm/,
      ],
    ],
    [
      "which calls were chosen",
      16,
      { shardCount: 48, resharding: { strategy: "auto" } },
      [
        /16 -> 48 shards: 2 calls of UpdateShardCount \(to 32, 48\), about 10 min if one takes 5 min/,
        /at most 79 in all/,
        /key space moved to other shards: \d+(\.\d)? %/,
        /splits and merges follow where AWS leaves uneven shards/,
      ],
    ],
    [
      "that a neighbour takes fewer calls",
      7,
      { shardCount: 3, resharding: { strategy: "update-shard-count" } },
      [/2 calls of UpdateShardCount \(to 4, 3\)/, /cheaper: 4 shards would take 1 call instead of 2/],
    ],
    [
      "that a day is not enough",
      1,
      { shardCount: 2000, resharding: { strategy: "update-shard-count" } },
      [/11 calls of UpdateShardCount/, /AWS takes 10 such calls for a stream in 24 hours; the others are for/],
    ],
  ])("a person is told %s", async (_, from, wanted, patterns) => {
    const text = await preview(from, wanted);
    for (const pattern of patterns) expect(text).toMatch(pattern);
  });

  test("a create's weights are planned, and what they take is shown with its quota, before there is a stream", async () => {
    const { stream, lines } = startProcess();
    const name = "weighted";
    const inputs = { name, __logicalName: name, shardCount: 2, resharding: { weights: [1, 3] } };
    expect((await stream.check({}, inputs)).failures).toEqual([]);
    const text = lines.join("\n");
    expect(text).toMatch(/^weighted: once it has its even shards, the create will reshard 2 -> 2 shards: 2 operations/);
    expect(text).toMatch(/open shards: at most 3 on the way/);
    expect(text).toMatch(/shard quota of the account: .*, 3 more here/);
    await stream.create(inputs);
    expect((await history(name)).operations).toBe(2);
  }, 30_000);

  test.each<[string, Properties, RegExp]>([
    [
      "maxOperations",
      { weights: Array.from({ length: 300 }, (_, i) => 1 + (i % 2) * 2) },
      /takes 300 operations, more than the 200/,
    ],
    ["maxOpenShards", { weights: [1, 3], maxOpenShards: 2 }, /no plan of the fewest operations/],
  ])(
    "a create that %s can't be kept with is refused at its check, with or without an account",
    async (setting, resharding, why) => {
      const { stream } = startProcess();
      const shardCount = (resharding.weights as number[]).length;
      const inputs = { name: "refused", __logicalName: "refused", shardCount, resharding };
      const nowhere = streamResource(new ProviderContext({ ...realPlatform, env: {}, log: () => {} }));
      for (const provider of [stream, nowhere]) {
        const { failures } = await provider.check({}, inputs);
        expect(failures).toEqual([{ property: `resharding.${setting}`, reason: expect.stringMatching(why) }]);
      }
    },
    30_000,
  );

  test("that a stream to be adopted is in ON_DEMAND mode is said at preview", async () => {
    const { id, name } = await createStream(2);
    await client.updateStreamMode({ StreamARN: id, StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    const { stream, lines } = startProcess();
    const inputs = { name, __logicalName: name, shardCount: 3, adopt: true };
    await stream.check({}, inputs);
    expect(lines.join()).toMatch(/adopting the stream will be refused: it is in ON_DEMAND mode/);
    await expect(stream.create(inputs)).rejects.toThrow(/ON_DEMAND mode/);
  }, 30_000);

  test("a bug is not taken for an account that can't be reached", async () => {
    const context = new ProviderContext(realPlatform);
    context.existing = () => Promise.reject(new TypeError("a bug"));
    const { id, state } = await createStream(2);
    await expect(streamResource(context).diff(id, state, { ...state, shardCount: 3 })).rejects.toThrow("a bug");
  }, 30_000);

  test("nothing is said where nothing would be done, and the account is not asked", async () => {
    const { result: lines, targets } = await countLimits(() => preview(2, { shardCount: 2 }));
    expect({ lines, targets }).toEqual({ lines: "", targets: 0 });
  });

  async function countLimits<T>(work: () => Promise<T>) {
    const before = proxy.count("DescribeLimits");
    return { result: await work(), targets: proxy.count("DescribeLimits") - before };
  }
});
