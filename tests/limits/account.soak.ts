/** Two hundred streams in one stack, in an account that has AWS's limits and AWS's lag. */
import { expect, test } from "@jest/globals";
import { useKinesis } from "../pulumi/kinesis-project";
import { asRows, FAST_KINESIS, lifeOfManyStreams, manyStreams } from "./many-streams";

const STREAMS = 200;
const kinesis = useKinesis(FAST_KINESIS);

test("200 streams are created, resharded and destroyed, and fewer than 1 in 100 calls is throttled", async () => {
  const project = await kinesis.project(manyStreams(STREAMS, 1));
  const figures = await lifeOfManyStreams(project, kinesis.proxy, STREAMS, async () => {
    const shards = await Promise.all(Array.from({ length: STREAMS }, (_, n) => kinesis.openShards(`stream-${n}`)));
    expect(shards.filter((open) => open.length !== 3)).toEqual([]);
  });
  console.table(asRows(figures));
  const { StreamNames } = await kinesis.call<{ StreamNames: string[] }>("ListStreams", {});
  expect(StreamNames).toEqual([]);
  for (const { what, throttled, calls } of figures) {
    expect({ what, isRare: throttled / calls < 0.01 }).toEqual({ what, isRare: true });
  }
}, 2_400_000);
