/** Malformed settings of a stack: each is refused before any call, and none is taken for "not set". */
import { expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import { fakePlatform } from "../client/fake-platform";
import { refuse, startMisbehavingServer } from "../client/misbehaving-server";
import { faultsOfText } from "./clear-error";
import { JSON_VALUES, SECRET } from "./malformed";

const GOOD = { "kinesis:region": "eu-west-1", "kinesis:accessKey": "a", "kinesis:secretKey": "s" };
const ODD = [" ", "a b", "\n", "\u0000", "é", "💥", "[]", "{", `${SECRET}\n`, `x${SECRET}\u001b`, "x".repeat(100_000)];
// A region is quoted: it is no secret.
const NO_REGIONS = [
  ...ODD.filter((value) => !value.includes(SECRET)),
  "EU-WEST-1",
  "eu-west-1.",
  "eu-west-1/x",
  "-eu",
  "eu@x",
  "http://x",
];
const NO_URLS = [
  ...ODD,
  "localhost:4567",
  "ftp://x",
  "//x",
  "http://",
  `https://user:${SECRET}@x`,
  `https://x?token=${SECRET}`,
  "file:///etc",
];
const NO_TAGS = [
  ...ODD,
  "1",
  "[]",
  '"x"',
  "true",
  '{"team":"a"}',
  '{"tags":[]}',
  '{"tags":1}',
  '{"tags":{"a":1}}',
  '{"tags":{"a":null}}',
];
const NO_KEYS = ["\n", "é", "💥", `${SECRET}\n`, ` ${SECRET}`, "\u0000", "a\tb"];
const REFUSED = ["assumeRole", "assumeRoles", "allowedAccountIds", "forbiddenAccountIds", "insecure", "httpProxy"];

const settings: [key: string, value: unknown][] = [
  ...NO_REGIONS.flatMap((value): [string, unknown][] => [["kinesis:region", value]]),
  ...NO_URLS.flatMap((value): [string, unknown][] => [["kinesis:endpoint", value]]),
  ...NO_TAGS.flatMap((value): [string, unknown][] => [
    ["kinesis:defaultTags", value],
    ["aws:defaultTags", value],
  ]),
  ...NO_KEYS.flatMap((value): [string, unknown][] => [
    ["kinesis:accessKey", value],
    ["kinesis:secretKey", value],
    ["kinesis:token", value],
  ]),
  ...REFUSED.map((name): [string, unknown] => [`aws:${name}`, `{"x":"${SECRET}"}`]),
  ...["regoin", "Region", "x".repeat(100_000), "", "__proto__"].map((name): [string, unknown] => [
    `kinesis:${name}`,
    SECRET,
  ]),
  // Pulumi hands all of them over as texts.
  ...JSON_VALUES.filter(([, value]) => typeof value !== "string").flatMap(([, value]): [string, unknown][] =>
    ["region", "endpoint", "accessKey", "secretKey", "token", "profile"].map((name) => [`kinesis:${name}`, value]),
  ),
];

test("each is refused in a sentence that names the setting and tells no secret, before any call", async () => {
  const server = await startMisbehavingServer();
  server.otherwise(refuse(400, "Reached"));
  const faults: string[] = [];
  for (const [key, value] of settings) {
    const context = new ProviderContext(fakePlatform());
    context.configure({ "kinesis:endpoint": server.url, ...GOOD, [key]: value });
    const call = async () => (await context.session(undefined)).client.listStreams();
    const error = await call().catch((reason: unknown) => reason);
    const words = `${key.slice(0, 40)} ${JSON.stringify(value)?.slice(0, 60)}`;
    const { code, message } = error as Error & { code?: string };
    if (code !== "ERR_KINESIS_CONFIGURATION") faults.push(`${words}: ${code} ${message}`);
    else
      for (const fault of faultsOfText(message, { path: "", input: value, words })) faults.push(`${words}: ${fault}`);
  }
  await server.close();
  expect(faults).toEqual([]);
  expect(server.seen).toEqual([]);
  expect(settings.length).toBeGreaterThan(200);
});
