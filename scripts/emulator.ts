/**
 * The embedded emulator: npm's `kinesis-local`, on free ports of its own, ready when it answers.
 * It takes any credentials and any region; an access key id of twelve digits chooses the account.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface EmulatorOptions {
  /** How long a stream stays CREATING, UPDATING, … after each kind of call. @default 500, the emulator's own. */
  readonly createMs?: number;
  readonly deleteMs?: number;
  readonly splitMs?: number;
  readonly mergeMs?: number;
  readonly updateShardCountMs?: number;
  readonly updateStreamModeMs?: number;
  readonly startEncryptionMs?: number;
  readonly stopEncryptionMs?: number;
  readonly registerConsumerMs?: number;
  readonly deregisterConsumerMs?: number;
  /** Open shards in the account and region. @default 50, the emulator's own. */
  readonly shardLimit?: number;
  /** @default 10, the emulator's own. */
  readonly onDemandStreamLimit?: number;
  /** Any other setting of `kinesis-local`, by its own name (`LOG_LEVEL`, `INITIALIZE_STREAMS`, …). */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Emulator {
  readonly url: string;
  readonly region: "us-east-1";
  readonly pid: number;
  /** What it has printed lately, for the message of a failure. */
  log(): string;
  /** Resolves when the process is gone. May be called twice. */
  stop(): Promise<void>;
}

/** Thrown when the emulator does not come up. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}

const readyWithinMs = 30_000;
const pollEveryMs = 25;
const keptLogLines = 100;

/**
 * Runs the emulator inside a process that ends as soon as its standard input closes. We hold the other end, so it never
 * outlives us, however we end.
 */
const boundToParent = `
  const end = () => process.exit(0);
  process.stdin.on("end", end).on("error", end).resume();
  require("./main.js");
`;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const [plainPort, tlsPort] = await findFreePorts();
  const env = { ...process.env, ...settings(options), ...ports(plainPort, tlsPort), ...options.env };
  // It looks for its certificate in the working directory, so it runs in its own folder.
  const cwd = dirname(require.resolve("kinesis-local/main.js"));
  const child = spawn(process.execPath, ["-e", boundToParent], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const log = keepLog(child);
  const ended = new AbortController();
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  }).finally(() => ended.abort());
  const stop = async () => {
    child.kill("SIGKILL");
    await gone;
  };

  const url = `http://127.0.0.1:${plainPort}`;
  const failure = await Promise.race([
    untilHealthy(url, ended.signal),
    gone.then((how) => `The Kinesis emulator (npm kinesis-local) ended before it was ready, with ${how}.`),
  ]);
  if (failure) {
    await stop();
    throw new EmulatorError(`${failure} It printed:\n${log() || "(nothing)"}`);
  }
  return { url, region: "us-east-1", pid: child.pid ?? 0, log, stop };
}

function settings(options: EmulatorOptions): Record<string, string> {
  const durations: Record<string, number | undefined> = {
    CREATE_STREAM_DURATION: options.createMs,
    DELETE_STREAM_DURATION: options.deleteMs,
    SPLIT_SHARD_DURATION: options.splitMs,
    MERGE_SHARDS_DURATION: options.mergeMs,
    UPDATE_SHARD_COUNT_DURATION: options.updateShardCountMs,
    UPDATE_STREAM_MODE_DURATION: options.updateStreamModeMs,
    START_STREAM_ENCRYPTION_DURATION: options.startEncryptionMs,
    STOP_STREAM_ENCRYPTION_DURATION: options.stopEncryptionMs,
    REGISTER_STREAM_CONSUMER_DURATION: options.registerConsumerMs,
    DEREGISTER_STREAM_CONSUMER_DURATION: options.deregisterConsumerMs,
  };
  const env: Record<string, string> = { AWS_REGION: "us-east-1", SHOULD_PERSIST_DATA: "false" };
  for (const [name, ms] of Object.entries(durations)) if (ms !== undefined) env[name] = `${ms}ms`;
  if (options.shardLimit !== undefined) env.SHARD_LIMIT = String(options.shardLimit);
  if (options.onDemandStreamLimit !== undefined) env.ON_DEMAND_STREAM_COUNT_LIMIT = String(options.onDemandStreamLimit);
  return env;
}

function ports(plain: number, tls: number): Record<string, string> {
  return { KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls) };
}

/** Two ports that nobody uses. Both are held until both are known, so they differ. */
export async function findFreePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  const [plain, tls] = await Promise.all(servers.map(listen));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  if (plain === undefined || tls === undefined) throw new EmulatorError("There is no free port on 127.0.0.1.");
  return [plain, tls];
}

function listen(server: ReturnType<typeof createServer>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? address?.port : undefined);
    });
  });
}

function keepLog(child: ChildProcess): () => string {
  let lines: string[] = [];
  const keep = (text: string) => {
    lines = [...lines, ...text.trimEnd().split("\n")].slice(-keptLogLines);
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  return () => lines.join("\n");
}

/** Undefined when it answers, else what is wrong. Asks no further once the process has ended. */
async function untilHealthy(url: string, ended: AbortSignal): Promise<string | undefined> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && !ended.aborted) {
    const answer = await fetch(`${url}/healthcheck`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return undefined;
    await sleep(pollEveryMs);
  }
  return `The Kinesis emulator (npm kinesis-local) did not answer on ${url} within ${readyWithinMs / 1000} s.`;
}
