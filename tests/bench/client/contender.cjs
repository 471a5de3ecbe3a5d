/**
 * One contender in a process of its own, so that neither a loader nor another contender is measured with it.
 * node contender.cjs <ours|sdk|undici|signed|node> <start|rate> <url> [in flight] [milliseconds] -> one line of JSON
 */
const [, , name, measure, url, inFlight = "1", milliseconds = "0"] = process.argv;
const began = performance.now();
const input = { StreamName: "bench", Data: Buffer.alloc(100, 1), PartitionKey: "key" };
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
process.removeAllListeners("warning");

const contenders = {
  ours: () => {
    const { KinesisClient } = require(process.env.BENCH_CLIENT);
    const client = new KinesisClient({ region: "us-east-1", endpoint: url, credentials });
    return () => client.putRecord(input);
  },
  sdk: () => {
    const { KinesisClient, PutRecordCommand } = require("@aws-sdk/client-kinesis");
    // Its default for Kinesis is HTTP/2, which a plain local server doesn't speak.
    const { NodeHttpHandler } = require("@smithy/node-http-handler");
    const requestHandler = new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 50 } });
    const client = new KinesisClient({ region: "us-east-1", endpoint: url, credentials, requestHandler });
    return () => client.send(new PutRecordCommand(input));
  },
  undici: () => bare(),
  // The same request with nothing but a signature, by the signer that the SDK has.
  signed: () => {
    const { SignatureV4 } = require("@smithy/signature-v4");
    const { createHash, createHmac } = require("node:crypto");
    class Sha256 {
      constructor(secret) {
        this.hash = secret ? createHmac("sha256", secret) : createHash("sha256");
      }
      update(data) {
        this.hash.update(data);
      }
      async digest() {
        return this.hash.digest();
      }
    }
    const signer = new SignatureV4({ region: "us-east-1", service: "kinesis", credentials, sha256: Sha256 });
    const { hostname, host, protocol } = new URL(url);
    return bare(async (body) => {
      const headers = { host, "x-amz-target": "Kinesis_20131202.PutRecord" };
      const signed = await signer.sign({ method: "POST", protocol, hostname, path: "/", query: {}, headers, body });
      return signed.headers;
    });
  },
  // The process alone, whose memory nobody can go below.
  node: () => async () => {},
};

function bare(headersFor) {
  const { Pool } = require("undici");
  const pool = new Pool(url, { connections: 50 });
  const body = JSON.stringify({ ...input, Data: input.Data.toString("base64") });
  return async () => {
    const response = await pool.request({ path: "/", method: "POST", headers: await headersFor?.(body), body });
    return response.body.json();
  };
}

async function main() {
  const call = contenders[name]();
  const loadedMs = performance.now() - began;
  await call();
  const firstMs = performance.now() - began;
  if (measure === "start") return { loadedMs, firstMs, rssMB: process.memoryUsage().rss / 1e6 };
  const run = async (untilMs) => {
    let calls = 0;
    const worker = async () => {
      while (performance.now() < untilMs) {
        await call();
        calls++;
      }
    };
    await Promise.all(Array.from({ length: Number(inFlight) }, worker));
    return calls;
  };
  await run(performance.now() + Number(milliseconds) / 3); // until the compiler has warmed up
  const cpu = process.cpuUsage();
  const start = performance.now();
  const calls = await run(start + Number(milliseconds));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: calls / seconds, cpuMicroseconds: (user + system) / calls, rssMB: process.memoryUsage().rss / 1e6 };
}

main().then(
  (result) => {
    console.log(JSON.stringify(result));
    process.exit();
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
