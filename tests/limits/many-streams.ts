/** Two hundred streams in one stack, in an account that has AWS's limits and AWS's lag: what the soak checks and the bench times. */
import type { EmulatorOptions } from "../../scripts/emulator";
import type { OperationResult, PulumiProject } from "../pulumi/harness";
import { actAsAccount } from "../support/aws-account";
import type { CountingProxy } from "../support/counting-proxy";

/** The account says how long things take, and what there may be; the emulator under it is to be no slower. */
export const FAST_KINESIS = {
  createMs: 1,
  splitMs: 1,
  mergeMs: 1,
  deleteMs: 300,
  shardLimit: 100_000,
} satisfies EmulatorOptions;

/** CreateStream, SplitShard and DeleteStream: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html */
export const WRITES_A_SECOND = 5;

export interface Figure {
  readonly what: string;
  readonly seconds: number;
  /** What AWS's limit for the calls that have to be made leaves as the least. */
  readonly floorSeconds: number;
  readonly calls: number;
  readonly throttled: number;
}

export const manyStreams = (streams: number, shardCount: number) => `
import { Stream } from "pulumi-kinesis";
for (let n = 0; n < ${streams}; n++) {
  new Stream("stream-" + n, { name: "stream-" + n, shardCount: ${shardCount}, tags: { team: "a" } });
}
`;

/** Creates the streams of `manyStreams(streams, 1)`, reshards them to three shards each, and destroys them. */
export async function lifeOfManyStreams(
  project: PulumiProject,
  proxy: CountingProxy,
  streams: number,
  onResharded: () => Promise<void> = async () => {},
): Promise<Figure[]> {
  const account = actAsAccount(proxy);
  const figures: Figure[] = [];
  const measure = async (what: string, writes: number, work: () => Promise<OperationResult>) => {
    proxy.reset();
    const [startedMs, throttled] = [performance.now(), account.throttled];
    const { exitCode, output } = await work();
    const seconds = (performance.now() - startedMs) / 1_000;
    if (exitCode !== 0) throw new Error(`${what} failed:\n${output.slice(-5_000)}`);
    const floorSeconds = writes / WRITES_A_SECOND;
    figures.push({ what, seconds, floorSeconds, calls: proxy.count(), throttled: account.throttled - throttled });
  };

  const deadlineMs = 900_000;
  await measure("create", streams, () => project.up({ deadlineMs }));
  await project.writeProgram(manyStreams(streams, 3));
  await measure("reshard 1 -> 3", 2 * streams, () => project.up({ deadlineMs }));
  await onResharded();
  await measure("destroy", streams, () => project.destroy({ deadlineMs }));
  return figures;
}

/** As they are printed. */
export const asRows = (figures: readonly Figure[]) =>
  figures.map(({ seconds, floorSeconds, ...figure }) => ({
    ...figure,
    seconds: Number(seconds.toFixed(1)),
    floorSeconds,
    ratio: Number((seconds / floorSeconds).toFixed(2)),
  }));
