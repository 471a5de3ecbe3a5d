/**
 * What an engineer writes with the AWS SDK instead: node sdk-script.cjs <start|create|reshard|destroy> <streams> <waiter|second>
 * "waiter" waits as the SDK does; "second" asks every second. Twenty streams at a time: one look a second at each is what AWS's
 * twenty DescribeStreamSummary a second allow.
 */
const { setTimeout: sleep } = require("node:timers/promises");
const sdk = require("@aws-sdk/client-kinesis");
const { NodeHttpHandler } = require("@smithy/node-http-handler");

const [, , work, streams, waiting] = process.argv;
const names = Array.from({ length: Number(streams) }, (_, n) => `stream-${n}`);
// Its default for Kinesis is HTTP/2, which a plain local endpoint doesn't speak. Retries are its defaults.
const client = new sdk.KinesisClient({ requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true } }) });
const waits = { client, maxWaitTime: 900 };

async function eachOf(items, act) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}

/** More of the account's calls, or more streams CREATING, than AWS takes at once: again a second later. */
async function send(command) {
  for (;;) {
    try {
      return await client.send(command);
    } catch (error) {
      if (error.name !== "LimitExceededException") throw error;
      await sleep(1000);
    }
  }
}

const status = async (StreamName) => {
  const answer = await send(new sdk.DescribeStreamSummaryCommand({ StreamName }));
  return answer.StreamDescriptionSummary.StreamStatus;
};

const untilActive = {
  waiter: (StreamName) => sdk.waitUntilStreamExists(waits, { StreamName }),
  second: async (StreamName) => {
    // What has just been changed may still be listed as it was, so it waits before it looks.
    do await sleep(1000);
    while ((await status(StreamName)) !== "ACTIVE");
  },
}[waiting];

const untilGone = {
  waiter: (StreamName) => sdk.waitUntilStreamNotExists(waits, { StreamName }),
  second: async (StreamName) => {
    try {
      for (;;) {
        await sleep(1000);
        await status(StreamName);
      }
    } catch (error) {
      if (error.name !== "ResourceNotFoundException") throw error;
    }
  },
}[waiting];

async function split(StreamName, fraction) {
  const { Shards } = await send(new sdk.ListShardsCommand({ StreamName }));
  const range = (shard) => [BigInt(shard.HashKeyRange.StartingHashKey), BigInt(shard.HashKeyRange.EndingHashKey)];
  // The highest of the open ones: the first split leaves two thirds there.
  const [shard] = Shards.filter((one) => !one.SequenceNumberRange.EndingSequenceNumber).sort((a, b) =>
    range(a)[0] < range(b)[0] ? 1 : -1,
  );
  const [first, last] = range(shard);
  const NewStartingHashKey = String(first + (last - first + 1n) / fraction);
  await send(new sdk.SplitShardCommand({ StreamName, ShardToSplit: shard.ShardId, NewStartingHashKey }));
  await untilActive(StreamName);
}

const works = {
  start: async () => {},
  create: async () => {
    // All are asked for first, so that they are created while others wait.
    await eachOf(names, (StreamName) =>
      send(new sdk.CreateStreamCommand({ StreamName, ShardCount: 1, Tags: { team: "a" } })),
    );
    await eachOf(names, untilActive);
  },
  reshard: () =>
    eachOf(names, async (name) => {
      await split(name, 3n);
      await split(name, 2n);
    }),
  destroy: async () => {
    await eachOf(names, (StreamName) => send(new sdk.DeleteStreamCommand({ StreamName })));
    await eachOf(names, untilGone);
  },
};

works[work]().then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
