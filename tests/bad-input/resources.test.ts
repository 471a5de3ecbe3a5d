/** Every resource and look-up with malformed inputs: all refused before anything is sent. The soak has more of them. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import { createLookUps } from "../../provider/lifecycle/look-ups";
import { fakePlatform } from "../client/fake-platform";
import type { MisbehavingServer } from "../client/misbehaving-server";
import { refuse, startMisbehavingServer } from "../client/misbehaving-server";
import { faultsOf } from "./clear-error";
import { inputsFor, useManyErrors } from "./how-many";
import { LOOK_UPS, RESOURCES } from "./resources";
import { atBounds } from "./shapes";
import { faultsOfCheck, RESOURCE_KINDS } from "./try-resources";

useManyErrors();
let server: MisbehavingServer;
let settings: Record<string, string>;
beforeAll(async () => {
  server = await startMisbehavingServer();
  server.otherwise(refuse(400, "Reached"));
  settings = {
    "kinesis:region": "eu-west-1",
    "kinesis:endpoint": server.url,
    "kinesis:accessKey": "a",
    "kinesis:secretKey": "s",
  };
});
afterAll(() => server.close());

test.each(Object.entries(RESOURCES))("%s", async (kind, source) => {
  const context = new ProviderContext(fakePlatform());
  context.configure(settings);
  const resource = RESOURCE_KINDS[kind]?.(context);
  if (!resource) throw new Error(`there is no resource ${kind}`);
  const inputs = inputsFor(kind, source);
  server.seen.length = 0;
  const faults: string[] = [];
  for (const one of inputs) {
    for (const fault of await faultsOfCheck(resource, one)) faults.push(`${one.path} ${one.words}: ${fault}`);
    if (faults.length > 20) break;
  }
  expect(faults).toEqual([]);
  expect(server.seen).toEqual([]);

  for (const [name, { shape }] of Object.entries(source.fields)) {
    for (const [words, value] of atBounds(shape)) {
      // KMS wants a key, and ON_DEMAND no shards; adopting looks at the stream, and a region must be that of the ARN.
      if (value === "KMS" || name === "region" || words === "streamMode: ON_DEMAND") continue;
      const input = { ...source.good, ...source.instead?.[name], [name]: value };
      const { failures } = await resource.check({}, input);
      if (failures.length > 0 && name !== "adopt")
        faults.push(`${name} of ${words}: ${JSON.stringify(failures).slice(0, 300)}`);
    }
  }
  expect(faults).toEqual([]);
});

test.each(Object.entries(LOOK_UPS))("%s", async (name, source) => {
  const lookUp = createLookUps(fakePlatform())[name as keyof typeof LOOK_UPS];
  const inputs = inputsFor(name, source);
  server.seen.length = 0;
  const faults: string[] = [];
  for (const one of inputs) {
    const error = await lookUp(one.input as never, settings, "test").catch((reason: unknown) => reason);
    for (const fault of faultsOf(error, one)) faults.push(`${one.path} ${one.words}: ${fault}`);
    if (faults.length > 20) break;
  }
  expect(faults).toEqual([]);
  expect(server.seen).toEqual([]);

  for (const [property, { shape }] of Object.entries(source.fields)) {
    for (const [words, value] of atBounds(shape)) {
      if (property === "region") continue;
      const given = { ...source.good, [property]: value };
      const error = await lookUp(given, settings, "test").catch((reason: unknown) => reason);
      if ((error as { code?: string }).code !== "Reached")
        faults.push(`${property} of ${words}: ${String(error).slice(0, 300)}`);
    }
  }
  expect(faults).toEqual([]);
});
