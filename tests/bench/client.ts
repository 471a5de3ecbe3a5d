/**
 * The client beside the AWS SDK, boto3 and a bare undici POST (without a signature and with one), in one run on one
 * local server: time and memory to the first response, calls a second and CPU for each call at 1, 10 and 50 in flight.
 *
 *   npm run bench -- client [--quick]
 */
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Bench } from "./bench";
import { median } from "./bench";
import type { Aim } from "./markdown";
import { aimLine, fixed, table } from "./markdown";

const run = promisify(execFile);
const root = join(__dirname, "../..");

/** The client as it is published; `npm run bench` has built it. */
const published = join(root, "dist/provider/client/index.js");

interface Start {
  readonly loadedMs: number;
  readonly firstMs: number;
  readonly rssMB: number;
}
interface Rate {
  readonly rate: number;
  readonly cpuMicroseconds: number;
  readonly rssMB: number;
}

export interface ClientFigures {
  /** How many fresh processes a median of the starts is of. */
  readonly starts: number;
  /** How long each rate is measured. */
  readonly milliseconds: number;
  readonly boto3: string | undefined;
  readonly nodeMB: number;
  readonly start: readonly ({ readonly name: string } & Start)[];
  /** One of `runs` for each fresh process. */
  readonly rates: readonly { readonly name: string; readonly inFlight: number; readonly runs: readonly Rate[] }[];
}

const WHO: Readonly<Record<string, string>> = {
  ours: "this package's client, as published",
  sdk: "`@aws-sdk/client-kinesis`, held to HTTP/1.1: its default for Kinesis is HTTP/2, which the server here doesn't speak",
  boto3: "Python's, with up to 50 connections",
  undici: "a POST by undici's Pool, without a signature",
  signed:
    "the same POST with a signature by `@smithy/signature-v4`, nothing else; no bound for who signs in another way",
};
const IN_FLIGHT = [1, 10, 50];
const RATE_ROUNDS = 3;

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
def run(until):
    counts = [0] * flight
    def worker(i):
        while time.perf_counter() < until:
            call(); counts[i] += 1
    threads = [threading.Thread(target=worker, args=(i,)) for i in range(flight)]
    [t.start() for t in threads]; [t.join() for t in threads]
    return sum(counts)
run(time.perf_counter() + ms / 3000)  # as contender.cjs warms up; here for the connections
cpu, start = time.process_time(), time.perf_counter()
n = run(start + ms / 1000)
print(json.dumps({"rate": n / (time.perf_counter() - start), "cpuMicroseconds": (time.process_time() - cpu) / n * 1e6, "rssMB": rss()}))
`;

async function measure({ quick, log }: Parameters<Bench<ClientFigures>["measure"]>[0]): Promise<ClientFigures> {
  const milliseconds = quick ? 450 : 2000;
  const starts = quick ? 3 : 11;
  const server = spawn(process.execPath, [join(__dirname, "client/server.cjs")], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout as NodeJS.ReadableStream).once("line", resolve);
      server.once("error", reject);
    });
    const ask = async <T>(name: string, what: "start" | "rate", inFlight = 1): Promise<T> => {
      const [command, args] =
        name === "boto3"
          ? ["python3", ["-c", BOTO, url, what, String(inFlight), String(milliseconds)]]
          : [
              process.execPath,
              [join(__dirname, "client/contender.cjs"), name, what, url, String(inFlight), String(milliseconds)],
            ];
      const env = { ...process.env, BENCH_CLIENT: published, NODE_NO_WARNINGS: "1" };
      const { stdout } = await run(command, args, { env });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
    };
    const boto3 = await run("python3", ["-c", "import boto3; print(boto3.__version__)"]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    const names = Object.keys(WHO).filter((name) => name !== "boto3" || boto3 !== undefined);

    log(`client: ${starts} starts of each`);
    // One of each in turn, so that a busy moment of the machine meets them all.
    const all = new Map<string, Start[]>([...names, "node"].map((name) => [name, []]));
    for (let count = 0; count < starts; count++) {
      for (const [name, runs] of all) runs.push(await ask<Start>(name, "start"));
    }
    const startOf = (name: string): Start => {
      const of = (key: keyof Start) => median((all.get(name) ?? []).map((one) => one[key]));
      return { loadedMs: of("loadedMs"), firstMs: of("firstMs"), rssMB: of("rssMB") };
    };
    const rates = IN_FLIGHT.flatMap((inFlight) => names.map((name) => ({ name, inFlight, runs: [] as Rate[] })));
    for (let round = 1; round <= RATE_ROUNDS; round++) {
      log(`client: PutRecord, round ${round} of ${RATE_ROUNDS}`);
      for (const { name, inFlight, runs } of rates) runs.push(await ask<Rate>(name, "rate", inFlight));
    }
    const start = names.map((name) => ({ name, ...startOf(name) }));
    return { starts, milliseconds, boto3, nodeMB: startOf("node").rssMB, start, rates };
  } finally {
    server.disconnect();
  }
}

const medianOf = (runs: readonly Rate[], key: keyof Rate): number => median(runs.map((run) => run[key]));
const range = (runs: readonly Rate[]): string => {
  const rates = runs.map(({ rate }) => rate);
  return `${fixed(Math.min(...rates), 0)} … ${fixed(Math.max(...rates), 0)}`;
};

function render({ starts, milliseconds, boto3, nodeMB, start, rates }: ClientFigures): string {
  const started = (name: string) => start.find((one) => one.name === name);
  const rated = (name: string, inFlight: number) =>
    medianOf(rates.find((one) => one.name === name && one.inFlight === inFlight)?.runs ?? [], "rate");
  const [our, sdk] = [started("ours"), started("sdk")];
  const ratio = (of: (one: Start) => number) => (our && sdk ? of(our) / of(sdk) : Number.NaN);
  const aims: Aim[] = [
    {
      what: "client: first response, ours to sdk",
      value: ratio((one) => one.firstMs),
      bound: "at most",
      wanted: 1 / 3,
    },
    {
      what: "client: memory above Node's, ours to sdk",
      value: ratio((one) => one.rssMB - nodeMB),
      bound: "at most",
      wanted: 0.5,
    },
    ...IN_FLIGHT.flatMap((inFlight): Aim[] => {
      const to = (name: string) => rated("ours", inFlight) / rated(name, inFlight);
      return [
        { what: `client: calls/s, ours to sdk, ${inFlight} in flight`, value: to("sdk"), bound: "at least", wanted: 5 },
        {
          what: `client: calls/s, ours to signed undici, ${inFlight} in flight`,
          value: to("signed"),
          bound: "at least",
          wanted: 0.8,
        },
      ];
    }),
  ];
  return [
    "Each line is a process of its own, all against one HTTP server that answers at once.",
    start.map(({ name }) => `- ${name}: ${WHO[name]}`).join("\n"),
    ...(boto3 === undefined ? ["**boto3 not measured: it is not installed; `pip install boto3`.**"] : []),
    `Start, medians of ${starts}: until the client is loaded and made, until its first response, and what the process then holds above Node's ${nodeMB.toFixed(1)} MB.`,
    table(
      [["client", "left"], ["loaded ms"], ["first response ms"], ["÷ ours"], ["MB above Node's"]],
      start.map(({ name, loadedMs, firstMs, rssMB }) => [
        name,
        fixed(loadedMs, 0),
        fixed(firstMs, 0),
        fixed(firstMs / (our?.firstMs ?? Number.NaN), 2),
        // Node is no part of Python.
        name === "boto3" ? "-" : fixed(rssMB - nodeMB),
      ]),
    ),
    `PutRecord for ${milliseconds} ms, after a warm-up of a third of that: medians, and of the calls the range too, of ${RATE_ROUNDS} fresh processes of each, one of each in turn. CPU and calls are the client's process alone.`,
    table(
      [
        ["client", "left"],
        ["in flight"],
        ["calls/s"],
        ["least … most"],
        ["ours ÷ it"],
        ["CPU µs a call"],
        ["RSS MB (boto3: at its peak)"],
      ],
      rates.map(({ name, inFlight, runs }) => [
        name,
        inFlight,
        fixed(medianOf(runs, "rate"), 0),
        range(runs),
        fixed(rated("ours", inFlight) / medianOf(runs, "rate"), 2),
        fixed(medianOf(runs, "cpuMicroseconds"), 0),
        fixed(medianOf(runs, "rssMB")),
      ]),
    ),
    aims.map(aimLine).join("\n"),
  ].join("\n\n");
}

function inShort({ start, rates }: ClientFigures): string {
  const row = (what: string, of: (name: string) => string) => [what, ...start.map(({ name }) => of(name))];
  return table(
    [["client", "left"], ...start.map(({ name }) => [name] as const)],
    [
      row(
        "first response of a new process",
        (name) => `${fixed(start.find((one) => one.name === name)?.firstMs, 0)} ms`,
      ),
      ...IN_FLIGHT.map((inFlight) =>
        row(`PutRecord, ${inFlight} in flight`, (name) => {
          const runs = rates.find((one) => one.name === name && one.inFlight === inFlight)?.runs ?? [];
          return `${fixed(medianOf(runs, "rate"), 0)}/s (${range(runs)})`;
        }),
      ),
    ],
  );
}

export const bench: Bench<ClientFigures> = { title: "The client", measure, render, inShort, wrong: () => [] };
