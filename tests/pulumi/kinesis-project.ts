import { afterAll, afterEach, beforeAll } from "@jest/globals";
import type { Emulator, EmulatorOptions } from "../../scripts/emulator";
import { startEmulator } from "../../scripts/emulator";
import { callKinesis } from "../support/call-kinesis";
import type { CountingProxy } from "../support/counting-proxy";
import { startCountingProxy } from "../support/counting-proxy";
import { emulatorEnv } from "../support/emulator-env";
import { eventually } from "../support/eventually";
import type { ProjectOptions } from "./harness";
import { PulumiProject } from "./harness";

/** The names of the operations that change something. */
export const WRITES =
  /^(Create|Delete|Split|Merge|Add|Remove|Update|Start|Stop|Put|Register|Deregister|Increase|Decrease)/;

export interface Kinesis {
  readonly proxy: CountingProxy;
  /** A project with an initialised stack whose provider calls the emulator through the proxy. */
  project(program: ProjectOptions["program"], options?: Partial<ProjectOptions>): Promise<PulumiProject>;
  /** Calls Kinesis as somebody else would: past the proxy's count and hooks. */
  call<Answer = Record<string, unknown>>(operation: string, input: object): Promise<Answer>;
  /** Open shards by first hash key. */
  openShards(name: string): Promise<{ ShardId: string; start: bigint; end: bigint }[]>;
  tags(name: string): Promise<Record<string, string>>;
  untilActive(name: string): Promise<void>;
  /** Asks until Kinesis says ResourceNotFound; any other refusal is thrown. */
  untilGone(name: string): Promise<void>;
}

interface ShardAnswer {
  ShardId: string;
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
  /** The emulator writes null where AWS leaves out. */
  SequenceNumberRange: { EndingSequenceNumber?: string | null };
}

/** An emulator and a proxy for a test file, and projects that are disposed of after each test. */
export function useKinesis(options: EmulatorOptions = {}): Kinesis {
  let emulator: Emulator;
  let proxy: CountingProxy;
  let projects: PulumiProject[] = [];
  beforeAll(async () => {
    // Below the first pause between two looks: a test that wants to see the stream in between says so.
    emulator = await startEmulator({ createMs: 150, deleteMs: 100, ...options });
    proxy = await startCountingProxy(emulator.url);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(projects.map((project) => project.dispose()));
    projects = [];
    await removeStreams();
    proxy.reset();
  }, 120_000);
  afterAll(async () => {
    await proxy.stop();
    await emulator.stop();
  });

  const call = <Answer>(operation: string, input: object) => callKinesis<Answer>(emulator.url, operation, input);

  /** A destroy of the engine's takes seconds of both cores: a test that is not about it leaves its streams to us. */
  const removeStreams = async () => {
    // kinesis-local carries out every DeleteStream, a second one perhaps on the next stream of that name.
    const deleted = new Set<string>();
    await eventually(
      "no stream is left",
      async () => {
        const { StreamNames } = await call<{ StreamNames: string[] }>("ListStreams", {});
        for (const StreamName of StreamNames.filter((name) => !deleted.has(name))) {
          // The emulator keeps a policy longer than its stream, and takes none away once that is gone.
          const ResourceARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
          await call("DeleteResourcePolicy", { ResourceARN }).catch(() => undefined);
          // Refused while the stream is being changed.
          const accepted = call("DeleteStream", { StreamName, EnforceConsumerDeletion: true });
          await accepted.then(() => deleted.add(StreamName)).catch(() => undefined);
        }
        return StreamNames.length === 0;
      },
      60_000,
    );
  };

  return {
    get proxy() {
      return proxy;
    },
    async project(program, projectOptions = {}) {
      const env = { ...emulatorEnv(proxy.url), ...projectOptions.env };
      const project = await PulumiProject.create({ ...projectOptions, program, env });
      projects.push(project);
      await project.init();
      return project;
    },
    call,
    async openShards(StreamName) {
      const { Shards } = await call<{ Shards: ShardAnswer[] }>("ListShards", { StreamName });
      return Shards.filter((shard) => (shard.SequenceNumberRange.EndingSequenceNumber ?? undefined) === undefined)
        .map(({ ShardId, HashKeyRange }) => ({
          ShardId,
          start: BigInt(HashKeyRange.StartingHashKey),
          end: BigInt(HashKeyRange.EndingHashKey),
        }))
        .sort((a, b) => (a.start < b.start ? -1 : 1));
    },
    async tags(StreamName) {
      const { Tags } = await call<{ Tags: { Key: string; Value: string }[] }>("ListTagsForStream", { StreamName });
      return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    },
    async untilGone(StreamName) {
      try {
        for (;;) await call("DescribeStreamSummary", { StreamName });
      } catch (error) {
        if (!String(error).includes("ResourceNotFound")) throw error;
      }
    },
    async untilActive(StreamName) {
      for (;;) {
        const { StreamDescriptionSummary } = await call<{ StreamDescriptionSummary: { StreamStatus: string } }>(
          "DescribeStreamSummary",
          { StreamName },
        );
        if (StreamDescriptionSummary.StreamStatus === "ACTIVE") return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
