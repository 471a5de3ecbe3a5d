/** Two hundred streams in one stack, in an account that has AWS's limits and AWS's lag. */
import { expect, test } from "@jest/globals";
import { useKinesis } from "../pulumi/kinesis-project";
import { actAsAccount } from "../support/aws-account";

const STREAMS = 200;
const kinesis = useKinesis({ createMs: 300, splitMs: 300, mergeMs: 300, deleteMs: 300, shardLimit: 1_000 });

const program = (shardCount: number) => `
import { Stream } from "pulumi-kinesis";
for (let n = 0; n < ${STREAMS}; n++) {
  new Stream("stream-" + n, { name: "stream-" + n, shardCount: ${shardCount}, tags: { team: "a" } });
}
`;

test("200 streams are created, resharded and destroyed, and fewer than 1 in 100 calls is throttled", async () => {
  const { proxy } = kinesis;
  const account = actAsAccount(proxy);
  const figures: object[] = [];
  const measured = async (
    what: string,
    work: () => Promise<{ exitCode: number | null; changes: object; output: string }>,
  ) => {
    proxy.reset();
    const [started, throttled] = [performance.now(), account.throttled];
    const { exitCode, changes, output } = await work();
    if (exitCode !== 0) throw new Error(`${what} failed:\n${output.slice(-5_000)}`);
    const seconds = Math.round((performance.now() - started) / 1_000);
    figures.push({ what, seconds, calls: proxy.count(), throttled: account.throttled - throttled });
    return changes;
  };

  const deadlineMs = 900_000;
  const project = await kinesis.project(program(1));
  expect(await measured("create", () => project.up({ deadlineMs }))).toEqual({ create: STREAMS + 1 });
  await project.writeProgram(program(3));
  expect(await measured("reshard 1 -> 3", () => project.up({ deadlineMs }))).toEqual({ same: 1, update: STREAMS });
  for (const n of [0, 99, 199]) expect(await kinesis.openShards(`stream-${n}`)).toHaveLength(3);
  expect(await measured("destroy", () => project.destroy({ deadlineMs }))).toEqual({ delete: STREAMS + 1 });
  console.table(figures);

  for (const figure of figures as { what: string; calls: number; throttled: number }[]) {
    expect(figure).toMatchObject({ throttled: expect.any(Number) });
    expect(figure.throttled / figure.calls).toBeLessThan(0.01);
  }
}, 2_400_000);
