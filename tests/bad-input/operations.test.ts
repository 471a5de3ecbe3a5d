/** Every operation of the client with malformed inputs, by its method and by `call`: all refused before anything is sent. */
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { KinesisClient } from "../../provider/client";
import { operations } from "../../provider/client/operations";
import { OPERATIONS } from "../client/aws-reference";
import { fakePlatform } from "../client/fake-platform";
import type { MisbehavingServer } from "../client/misbehaving-server";
import { refuse, startMisbehavingServer } from "../client/misbehaving-server";
import { faultsOf } from "./clear-error";
import { EVERY, inputsFor, useManyErrors } from "./how-many";
import type { Source } from "./malformed";
import { atBounds, goodRecord } from "./shapes";

useManyErrors();
let server: MisbehavingServer;
let client: KinesisClient;
beforeAll(async () => {
  server = await startMisbehavingServer();
  server.otherwise(refuse(400, "Reached"));
  const credentials = { accessKeyId: "a", secretAccessKey: "s" };
  const options = { region: "eu-west-1", endpoint: server.url, credentials, rateLimits: false, maxAttempts: 1 };
  client = new KinesisClient(options, fakePlatform());
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const sourceOf = (operation: string): Source => {
  const described = OPERATIONS[operation];
  if (!described) throw new Error(`tests/client/aws-reference.ts does not describe ${operation}`);
  const good = { ...goodRecord(described.fields), ...described.least };
  return { ...described, good };
};

type Call = (input: unknown) => Promise<unknown>;

/** `call`, and the operation's method: putRecords has code of its own, and so may others one day. */
const waysTo = (operation: string): [Call, Call] => {
  const method = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
  const methods = client as unknown as Record<string, Call>;
  return [
    (input) => client.call(operation as never, input as never),
    (input) => (methods[method] as Call).call(client, input),
  ];
};

test.each(Object.keys(operations))("%s", async (operation) => {
  const source = sourceOf(operation);
  const inputs = inputsFor(operation, source);
  server.seen.length = 0;
  const faults: string[] = [];
  const [byCall, byMethod] = waysTo(operation);
  for (const [index, one] of inputs.entries()) {
    // A method hands on what it gets: some of them show that it does. The soak has all.
    for (const call of index % EVERY === 0 ? [byCall, byMethod] : [byCall]) {
      // What is left out is the empty input, in a method.
      if (one.input === undefined && call === byMethod) continue;
      const error = await call(one.input).catch((reason: unknown) => reason);
      for (const fault of faultsOf(error, one)) faults.push(`${one.path} ${one.words}: ${fault}`);
    }
    if (faults.length > 20) break;
  }
  expect(faults).toEqual([]);
  expect(server.seen).toEqual([]);

  // What stands at its bounds is sent.
  for (const [name, { shape }] of Object.entries(source.fields)) {
    for (const [words, value] of atBounds(shape)) {
      const input = { ...source.good, ...source.instead?.[name], [name]: value };
      const error = await client.call(operation as never, input as never).catch((reason: unknown) => reason);
      if ((error as { code?: string }).code !== "Reached")
        faults.push(`${name} of ${words}: ${inspect(error).slice(0, 300)}`);
    }
  }
  expect(faults).toEqual([]);
});
