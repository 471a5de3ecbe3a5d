/**
 * An HTTP proxy in front of an emulator. It records every call in order, and a test can make a call fail, wait, or lose
 * its connection. It shares no code with the provider: it must not be wrong in the same way.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface Call {
  /** The operation: `CreateStream`. */
  readonly target: string;
  /** The parsed JSON body; the raw text if it isn't JSON. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** 0 for the first call that came, 1 for the next, … */
  readonly index: number;
  /** 1 for the first call of this target, 2 for the second, … */
  readonly nth: number;
}

export interface RecordedCall extends Call {
  readonly startedMs: number;
  /** The answer that the caller got; undefined while it is under way and if the connection was cut. */
  status?: number;
  /** The parsed answer. */
  answer?: unknown;
  cut?: "before" | "after";
  /** What the emulator answered, whatever the caller got of it; undefined where it was not asked. */
  emulatorStatus?: number;
}

/** Whether a write was carried out, whatever its caller heard of it. */
export const tookEffect = ({ emulatorStatus }: RecordedCall) => emulatorStatus === 200;

/** Whether an operation changes something, by its name. */
export const isWrite = (target: string): boolean => !/^(Describe|List|Get)/.test(target);

/** The account of the emulator that a call is for: an access key of twelve digits names one. */
export const accountOf = ({ headers }: Call): string | undefined =>
  /Credential=(\d{12})\//.exec(headers.authorization ?? "")?.[1];

export interface ErrorAnswer {
  readonly status: number;
  /** AWS's error code; without it the answer isn't AWS's, as a gateway in between gives. */
  readonly code?: string;
  readonly message?: string;
}

export interface Fault {
  /** Hold the call back this long first. */
  readonly delayMs?: number;
  /** Answer this instead of asking the emulator. */
  readonly fail?: ErrorAnswer;
  /** Let the emulator do it, then answer this: the call was accepted and the caller doesn't know. */
  readonly failAfter?: ErrorAnswer;
  /** Let the emulator do it, and tell what it answered before the caller gets it. */
  readonly heard?: (status: number, answer: unknown) => void;
  /** Let the emulator do it, and answer what this makes of its answer. */
  readonly rewrite?: (answer: unknown) => unknown;
  /** Cut the connection: "before" the emulator sees the call, or "after" it has done it. */
  readonly cut?: "before" | "after";
  /**
   * Let the emulator do it, and spoil its answer: half of the body and then the end of the connection, a Content-Length that is
   * too large or too small, or all of it a few bytes at a time.
   */
  readonly spoil?: "half" | "announces more" | "announces less" | "trickles";
}

/** Sees each call before the emulator does. Undefined: let it through. The first hook that answers decides. */
export type Hook = (call: Call) => Fault | undefined | Promise<Fault | undefined>;

export interface CountingProxy {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  /** The operations called so far, in order. */
  targets(): string[];
  count(target?: string): number;
  /** Forgets the calls so far and starts counting at 0 again; hooks stay. */
  reset(): void;
  /** Returns the function that takes the hook away again. */
  hook(hook: Hook): () => void;
  stop(): Promise<void>;
}

/** So many pieces of an answer that trickles, and the time between them. */
const TRICKLES = 8;
const TRICKLE_MS = 10;

export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const calls: RecordedCall[] = [];
  const times = new Map<string, number>();
  const hooks = new Set<Hook>();
  const agent = new Agent({ keepAlive: true });

  const record = (target: string, text: string, headers: IncomingHttpHeaders): RecordedCall => {
    const nth = (times.get(target) ?? 0) + 1;
    times.set(target, nth);
    const call = { target, body: parse(text), headers, index: calls.length, nth, startedMs: performance.now() };
    calls.push(call);
    return call;
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const bytes = await collect(incoming);
    const target = String(incoming.headers["x-amz-target"] ?? "").split(".")[1] ?? `${incoming.method} ${incoming.url}`;
    const call = record(target, bytes.toString("utf8"), incoming.headers);
    const fault = await decide(hooks, call);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false });
    if (fault?.cut === "before") return cut(response, call, "before");
    if (fault?.fail) return answerError(response, call, fault.fail);

    const path = incoming.url ?? "/";
    const answer = await ask(new URL(path, upstream), agent, incoming.method ?? "POST", incoming.headers, bytes);
    if (answer) call.emulatorStatus = answer.status;
    if (answer?.status === 200 && target === "RegisterStreamConsumer")
      await tagConsumer(call.body, answer, incoming.headers);
    if (fault?.cut === "after") return cut(response, call, "after");
    if (fault?.failAfter) return answerError(response, call, fault.failAfter);
    if (!answer)
      return answerError(response, call, { status: 502, message: `the emulator at ${upstream} is not there` });
    call.status = answer.status;
    call.answer = parse(answer.bytes.toString("utf8"));
    fault?.heard?.(answer.status, call.answer);
    if (fault?.rewrite && answer.status === 200) {
      call.answer = fault.rewrite(call.answer);
      const { "content-length": _, ...headers } = withoutHopHeaders(answer.headers);
      response.writeHead(answer.status, headers).end(JSON.stringify(call.answer));
      return;
    }
    if (fault?.spoil) return spoil(response, answer, fault.spoil);
    response.writeHead(answer.status, withoutHopHeaders(answer.headers));
    response.end(answer.bytes);
  };
  /** AWS gives a consumer the tags that come with its registration; kinesis-local drops them. */
  const tagConsumer = async (asked: unknown, { bytes }: Answer, headers: IncomingHttpHeaders) => {
    const { Tags } = asked as { Tags?: object };
    if (Tags === undefined || Object.keys(Tags).length === 0) return;
    const { Consumer } = JSON.parse(bytes.toString("utf8")) as { Consumer: { ConsumerARN: string } };
    const body = Buffer.from(JSON.stringify({ ResourceARN: Consumer.ConsumerARN, Tags }));
    const { "content-length": _, ...others } = headers;
    const asTagResource = {
      ...others,
      "x-amz-target": "Kinesis_20131202.TagResource",
      "content-length": String(body.length),
    };
    await ask(new URL(upstream), agent, "POST", asTagResource, body);
  };
  const server = createServer((incoming, response) => {
    // The caller hung up half way, or a hook threw: a failed call with the reason, never a crash of the test run.
    serve(incoming, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(`the counting proxy failed: ${error}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    targets: () => calls.map((call) => call.target),
    count: (target) => (target === undefined ? calls : calls.filter((call) => call.target === target)).length,
    reset: () => {
      calls.length = 0;
      times.clear();
    },
    hook: (hook) => {
      hooks.add(hook);
      return () => hooks.delete(hook);
    },
    stop: () => {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function decide(hooks: Iterable<Hook>, call: Call): Promise<Fault | undefined> {
  for (const hook of hooks) {
    const fault = await hook(call);
    if (fault) return fault;
  }
  return undefined;
}

function cut(response: ServerResponse, call: RecordedCall, when: "before" | "after"): void {
  call.cut = when;
  response.socket?.destroy();
}

/** On the socket itself: Node sends no answer whose length it knows to be wrong. */
async function spoil({ socket }: ServerResponse, { status, bytes }: Answer, how: Fault["spoil"]): Promise<void> {
  if (!socket) return;
  const announced = { "announces more": bytes.length + 10, "announces less": Math.max(0, bytes.length - 3) };
  const length = how === "announces more" || how === "announces less" ? announced[how] : bytes.length;
  const head = `HTTP/1.1 ${status} \r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: ${length}\r\n\r\n`;
  if (how === "half") socket.end(Buffer.concat([Buffer.from(head), bytes.subarray(0, Math.floor(bytes.length / 2))]));
  else if (how !== "trickles") socket.end(Buffer.concat([Buffer.from(head), bytes]));
  else {
    const pieces = Math.ceil(bytes.length / TRICKLES);
    socket.write(head);
    for (let from = 0; from < bytes.length; from += pieces) {
      await sleep(TRICKLE_MS, undefined, { ref: false });
      socket.write(bytes.subarray(from, from + pieces));
    }
    socket.end();
  }
}

/** As Kinesis says it: the code in the body's `__type`. */
function answerError(response: ServerResponse, call: RecordedCall, error: ErrorAnswer): void {
  const { status, code, message = "injected by the test" } = error;
  call.status = status;
  if (code === undefined) {
    response.writeHead(status, { "content-type": "text/plain" }).end(message);
    return;
  }
  const body = { __type: code, message };
  call.answer = body;
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

function ask(url: URL, agent: Agent, method: string, headers: IncomingHttpHeaders, body: Buffer) {
  return new Promise<Answer | undefined>((resolve) => {
    const asking = httpRequest(url, { agent, method, headers: withoutHopHeaders(headers) }, async (answer) => {
      const bytes = await collect(answer).catch(() => undefined);
      resolve(bytes && { status: answer.statusCode ?? 0, headers: answer.headers, bytes });
    });
    asking.once("error", () => resolve(undefined));
    asking.end(body);
  });
}

/** What concerns one connection only. The length is set anew from the bytes. */
function withoutHopHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection, "transfer-encoding": encoding, "keep-alive": keepAlive, ...others } = headers;
  return others;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
