/**
 * The client beside the AWS SDK, boto3 and a bare undici POST (without a signature and with one), in one run on one
 * local server: time and memory to the first response, calls a second and CPU for each call at 1, 10 and 50 in flight.
 *
 *   npm run bench -- client [--quick]
 */
import { execFile, spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(__dirname, "../..");
const quick = process.argv.includes("--quick");
const milliseconds = quick ? 600 : 3000;
const starts = quick ? 3 : 11;

/** The client as it is published; `npm run bench` has built it. */
const published = join(root, "dist/provider/client/index.js");

interface Start {
  loadedMs: number;
  firstMs: number;
  rssMB: number;
}
interface Rate {
  rate: number;
  cpuMicroseconds: number;
  rssMB: number;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
/** What we want to reach, said to be missed where it is. */
function aim(what: string, ratio: number, bound: "at most" | "at least", wanted: number): void {
  const reached = bound === "at most" ? ratio <= wanted : ratio >= wanted;
  console.log(`${what}: ${ratio.toFixed(2)}; aim ${bound} ${wanted.toFixed(2)}, ${reached ? "reached" : "missed"}`);
}
const cell = (value: number, digits = 0): string => value.toFixed(digits).padStart(9);

const BOTO = `
import json, sys, time, resource, threading
began = time.perf_counter()
import boto3
from botocore.config import Config
url, measure, flight, ms = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
client = boto3.client("kinesis", region_name="us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b", config=Config(max_pool_connections=50))
call = lambda: client.put_record(StreamName="bench", Data=b"1" * 100, PartitionKey="key")
loaded = time.perf_counter() - began
call()
first = time.perf_counter() - began
rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
if measure == "start":
    print(json.dumps({"loadedMs": loaded * 1000, "firstMs": first * 1000, "rssMB": rss()})); sys.exit()
counts = [0] * flight
cpu, start = time.process_time(), time.perf_counter()
def worker(i):
    while time.perf_counter() < start + ms / 1000:
        call(); counts[i] += 1
threads = [threading.Thread(target=worker, args=(i,)) for i in range(flight)]
[t.start() for t in threads]; [t.join() for t in threads]
n = sum(counts)
print(json.dumps({"rate": n / (time.perf_counter() - start), "cpuMicroseconds": (time.process_time() - cpu) / n * 1e6, "rssMB": rss()}))
`;

async function main(): Promise<void> {
  const BENCH_CLIENT = published;
  const server = spawn(process.execPath, [join(__dirname, "client/server.cjs")], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout as NodeJS.ReadableStream).once("line", resolve);
      server.once("error", reject);
    });
    const ask = async <T>(name: string, measure: "start" | "rate", inFlight = 1): Promise<T> => {
      const [command, args] =
        name === "boto3"
          ? ["python3", ["-c", BOTO, url, measure, String(inFlight), String(milliseconds)]]
          : [
              process.execPath,
              [join(__dirname, "client/contender.cjs"), name, measure, url, String(inFlight), String(milliseconds)],
            ];
      const { stdout } = await run(command, args, { env: { ...process.env, BENCH_CLIENT, NODE_NO_WARNINGS: "1" } });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
    };
    const boto = await run("python3", ["-c", "import boto3"]).then(
      () => ["boto3"],
      () => [],
    );
    const names = ["ours", "sdk", ...boto, "undici", "signed"];
    console.log(
      `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)} before; each line a process of its own, all against one HTTP server that answers at once

  ours    this package's client, as published       boto3   Python's, with up to 50 connections${boto.length ? "" : " (not installed)"}
  sdk     @aws-sdk/client-kinesis, HTTP/1.1         signed  undici and a signature by @smithy/signature-v4, nothing else
  undici  a POST by undici's Pool, without a signature

Start, medians of ${starts}: until the client is loaded and made, until its first response, and what the process then holds.
`,
    );

    // One of each in turn, so that a busy moment of the machine meets them all.
    const all = new Map<string, Start[]>([...names, "node"].map((name) => [name, []]));
    for (let count = 0; count < starts; count++) {
      for (const [name, runs] of all) runs.push(await ask<Start>(name, "start"));
    }
    const start = (name: string): Start => {
      const of = (key: keyof Start) => median((all.get(name) ?? []).map((one) => one[key]));
      return { loadedMs: of("loadedMs"), firstMs: of("firstMs"), rssMB: of("rssMB") };
    };
    const node = start("node").rssMB;
    console.log(`start           loaded ms  first ms  MB above Node's ${node.toFixed(1)}`);
    for (const name of names) {
      const { loadedMs, firstMs, rssMB } = start(name);
      console.log(`${name.padEnd(14)} ${cell(loadedMs)} ${cell(firstMs)} ${cell(rssMB - node, 1)}`);
    }
    const [our, sdk] = [start("ours"), start("sdk")];
    console.log("");
    aim("first response, ours to sdk", our.firstMs / sdk.firstMs, "at most", 1 / 3);
    aim("memory above Node's, ours to sdk", (our.rssMB - node) / (sdk.rssMB - node), "at most", 0.5);

    console.log(`\nPutRecord for ${milliseconds} ms, after a warm-up: CPU and calls are the client's process alone.\n`);
    console.log("               in flight   calls/s  CPU µs a call  RSS MB");
    for (const inFlight of [1, 10, 50]) {
      const rates = new Map<string, Rate>();
      for (const name of names) {
        const measured = await ask<Rate>(name, "rate", inFlight);
        rates.set(name, measured);
        const { rate, cpuMicroseconds, rssMB } = measured;
        console.log(`${name.padEnd(14)} ${cell(inFlight)} ${cell(rate)} ${cell(cpuMicroseconds)} ${cell(rssMB, 1)}`);
      }
      const ratio = (to: string) => (rates.get("ours")?.rate ?? Number.NaN) / (rates.get(to)?.rate ?? Number.NaN);
      console.log("");
      aim("calls/s, ours to sdk", ratio("sdk"), "at least", 5);
      aim("calls/s, ours to signed undici", ratio("signed"), "at least", 0.8);
      console.log("");
    }
  } finally {
    server.disconnect();
  }
}

void main();
