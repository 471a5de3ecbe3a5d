/** Everything that a program can ask for in the life of a stream, `up` by `up`, in an account of its own, on a day good or bad. */
import type { Emulator } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import type { Json } from "../support/account-view";
import { AccountView } from "../support/account-view";
import type { CountingProxy } from "../support/counting-proxy";
import { accountOf, startCountingProxy, tookEffect } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import type { Declared, Run } from "../support/engine-imitation";
import { EngineImitation } from "../support/engine-imitation";
import { fasterPlatform } from "../support/faster-platform";
import { trouble } from "../support/random-faults";

const policy = (action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: action, Resource: "*" }],
  });

interface Beside {
  tags?: Record<string, string>;
  consumer?: { name: string; tags: Record<string, string> };
  policy?: string;
}

/** A stream, and what goes with it. */
function program(stream: Json, { tags, consumer, policy }: Beside = {}): Declared[] {
  const program: Declared[] = [{ kind: "Stream", name: "orders", args: { name: "orders", ...stream } }];
  if (tags)
    program.push({ kind: "StreamTags", name: "billing", args: (of) => ({ streamArn: of("orders").arn, tags }) });
  if (consumer) {
    const args = (of: (name: string) => Json) => ({
      name: consumer.name,
      streamArn: of("orders").arn,
      tags: consumer.tags,
    });
    program.push({ kind: "StreamConsumer", name: "reader", args });
  }
  if (policy) {
    program.push({ kind: "ResourcePolicy", name: "policy", args: (of) => ({ resourceArn: of("orders").arn, policy }) });
  }
  return program;
}

const KMS = { encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" };
const FULL = {
  tags: { team: "a", old: "1" },
  retentionPeriod: 48,
  shardLevelMetrics: ["IncomingBytes", "OutgoingBytes"],
  maxRecordSizeInKib: 2048,
  ...KMS,
};
const OTHER = {
  tags: { team: "b", new: "1" },
  retentionPeriod: 72,
  shardLevelMetrics: ["OutgoingBytes", "WriteProvisionedThroughputExceeded"],
  maxRecordSizeInKib: 1024,
};
/** `reader` is the name of the consumer. */
const beside = (reader: string): Beside => ({
  tags: { cost: "1" },
  consumer: { name: reader, tags: { of: "reporting" } },
  policy: policy("kinesis:PutRecords"),
});
const othersBeside = (reader: string): Beside => ({
  tags: { cost: "2", area: "x" },
  consumer: { name: reader, tags: { of: "audit" } },
  policy: policy("kinesis:GetRecords"),
});
const UPDATING = { resharding: { strategy: "update-shard-count" } };

/** Each is an `up`; undefined is a destroy. */
function allPhases(reader: string): (readonly [string, Declared[] | undefined])[] {
  const [BESIDE, OTHERS_BESIDE] = [beside(reader), othersBeside(reader)];
  return [
    ["create", program({ shardCount: 2, ...FULL }, BESIDE)],
    ["every setting", program({ shardCount: 2, ...OTHER }, OTHERS_BESIDE)],
    ["2 -> 5 shards", program({ shardCount: 5, ...OTHER }, OTHERS_BESIDE)],
    ["5 -> 2 shards", program({ shardCount: 2, ...OTHER }, OTHERS_BESIDE)],
    ["UpdateShardCount to 4", program({ shardCount: 4, ...OTHER, ...UPDATING }, OTHERS_BESIDE)],
    ["ON_DEMAND", program({ streamModeDetails: { streamMode: "ON_DEMAND" } }, BESIDE)],
    ["PROVISIONED", program({ shardCount: 3, retentionPeriod: 24, ...KMS }, BESIDE)],
    ["stream alone", program({ shardCount: 3 })],
    ["destroy", undefined],
  ];
}

/** Carried out twice, these leave something behind, or cost one of a few calls a day. */
const HARMFUL_TWICE =
  /^(CreateStream|SplitShard|MergeShards|UpdateShardCount|UpdateStreamMode|StartStreamEncryption|StopStreamEncryption|RegisterStreamConsumer)$/;

/** More `up`s in a row than any pipeline would try. */
const MOST_UPS = 12;

export interface Life {
  readonly seed: number | undefined;
  /** The account after each phase. */
  readonly views: readonly Json[];
  /** The writes that took effect in each phase and may not be carried out twice, sorted. */
  readonly writes: readonly (readonly string[])[];
  /** How many `up`s each phase needed. */
  readonly ups: readonly number[];
  /** Why the others ended, without numbers. */
  readonly errors: readonly string[];
  readonly calls: number;
  readonly troubles: Readonly<Record<string, number>>;
  /** As the provider's clock has it. */
  readonly simulatedMs: number;
}

export interface Day {
  /** How much faster than the clock on the wall the provider's goes. */
  readonly speed: number;
  /** What the faults are drawn from; without one there are none. */
  readonly seed?: number;
  /** The names of the phases to go through. @default all of them */
  readonly phases?: readonly string[] | undefined;
}

export class Lives {
  #accounts = 200_000_000_000;

  private constructor(
    private readonly emulator: Emulator,
    private readonly proxy: CountingProxy,
  ) {}

  static async start(): Promise<Lives> {
    const ms = { createMs: 20, deleteMs: 20, splitMs: 20, mergeMs: 20, updateShardCountMs: 20, updateStreamModeMs: 20 };
    const others = { startEncryptionMs: 20, stopEncryptionMs: 20, registerConsumerMs: 20, deregisterConsumerMs: 20 };
    const emulator = await startEmulator({ ...ms, ...others, shardLimit: 100_000, onDemandStreamLimit: 1_000 });
    return new Lives(emulator, await startCountingProxy(emulator.url));
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.emulator.stop();
  }

  async live({ speed, seed, phases }: Day): Promise<Life> {
    const account = String(this.#accounts++);
    const view = new AccountView(this.emulator.url, account);
    const troubles = seed === undefined ? {} : trouble(this.proxy, account, seed);
    const machine = fasterPlatform(speed);
    const env = { ...emulatorEnv(this.proxy.url), AWS_ACCESS_KEY_ID: account };
    const engine = new EngineImitation(() => ({ ...machine, env, log: () => {} }));
    const calls = () => this.proxy.calls.filter((call) => accountOf(call) === account);

    const startedMs = machine.monotonicMs();
    const views: Json[] = [];
    const writes: string[][] = [];
    const ups: number[] = [];
    const errors: string[] = [];
    // The emulator mixes up consumers of one name, of whatever account.
    for (const [phase, program] of allPhases(`reader-${account}`)) {
      if (phases?.includes(phase) === false) continue;
      const from = calls().length;
      const failed = await untilDone(phase, (refresh) =>
        program ? engine.up(program, { refresh }) : engine.destroy(),
      );
      ups.push(failed.length + 1);
      errors.push(...failed.flat().map((error) => `${phase}: ${error.replaceAll(/\d+/g, "N")}`));
      const done = calls().slice(from).filter(tookEffect);
      writes.push(
        done
          .map(({ target }) => target)
          .filter((target) => HARMFUL_TWICE.test(target))
          .sort(),
      );
      views.push(withoutAccount(await view.look(), account));
    }
    return {
      seed,
      views,
      writes,
      ups,
      errors,
      calls: calls().length,
      troubles,
      simulatedMs: machine.monotonicMs() - startedMs,
    };
  }
}

/** As a pipeline does: `up` until it works, with a refresh where that is what the error asks for. Answers what failed. */
async function untilDone(phase: string, up: (refresh: boolean) => Promise<Run>): Promise<(readonly string[])[]> {
  const failed: (readonly string[])[] = [];
  for (;;) {
    const isTold = failed.at(-1)?.some((error) => error.includes("pulumi refresh")) === true;
    const { errors } = await up(isTold);
    if (errors.length === 0) return failed;
    failed.push(errors);
    if (failed.length >= MOST_UPS) throw new Error(`${phase}: not done after ${MOST_UPS} ups:\n${failed.join("\n")}`);
  }
}

const withoutAccount = (view: Json, account: string): Json => JSON.parse(JSON.stringify(view).replaceAll(account, "…"));
