/** The real engine with every kind of secret at once, its log at the highest level: who can read what. The soak does all it can do. */
import { expect, test } from "@jest/globals";
import { useKinesis } from "../pulumi/kinesis-project";
import {
  CREDENTIALS,
  ENVIRONMENT,
  isPulumisOwn,
  LOUD,
  leaksOf,
  leftOf,
  linesOf,
  program,
  setKeys,
  setSecrets,
  useEcho,
} from "./secret-project";

const kinesis = useKinesis();
const echo = useEcho();

test("no secret is in state, outputs, events or messages, whatever AWS answers; in the log only what Pulumi itself puts there", async () => {
  const project = await kinesis.project(program(), { env: ENVIRONMENT });
  await setSecrets(project);
  // The keys of the environment, with a server that quotes them.
  const denied = await project.up({ args: LOUD, env: { AWS_ENDPOINT_URL_KINESIS: echo.url } });
  expect(denied.exitCode).not.toBe(0);
  expect(denied.output).toContain("AccessDeniedException");
  expect(echo.seen[0]?.headers["x-amz-security-token"]).toBe(CREDENTIALS.environmentToken);
  // Those of the configuration, and an up that works.
  await setKeys(project);
  const created = await project.up({ args: LOUD });
  expect(created.exitCode).toBe(0);
  const left = await leftOf(project);
  expect(left[0]?.text).toContain("__kmsKey");
  // As SECURITY.md says, wherever it was set.
  expect(left[0]?.text).toContain(`"__endpoint": "${kinesis.proxy.url}/"`);
  expect(leaksOf([denied, created], left)).toEqual([]);

  // What the engine logs of our words is held to be ours, whatever it ends with.
  const ours = linesOf(denied, "AccessDeniedException");
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.filter(isPulumisOwn)).toEqual([]);
}, 300_000);

test.each([
  "eventSink::Infoerr(<{%reset%}>orders: map[tags:{map[owner:{secret}]}])",
  "eventSink::Debug(<{%reset%}>Planner decided to create 'urn:pulumi:dev::test::a::b' (inputs=map[])",
  "orders: Marshaling property for RPC[Provider.Check(urn).news]: owner={secret}",
  "RegisterResource RPC finished: resource:orders[pulumi-nodejs:dynamic/kinesis:Stream]; err: Error: secret, resp: undefined",
  "Planner decided to create 'urn:pulumi:dev::test::a::b' secret (inputs=map[])",
])("a line that is not Pulumi's alone is not taken for one: %s", (msg) => {
  expect(isPulumisOwn(JSON.stringify({ time: "2041-01-01T00:00:00Z", level: "INFO", msg, v: 7 }))).toBe(false);
  expect(isPulumisOwn(JSON.stringify({ diagnosticEvent: { message: msg, severity: "debug" } }))).toBe(false);
});
