/** The real engine with every kind of secret at once, its log at the highest level: who can read what. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { MisbehavingServer } from "../client/misbehaving-server";
import { raw, startMisbehavingServer } from "../client/misbehaving-server";
import type { OperationResult } from "../pulumi/harness";
import { useKinesis } from "../pulumi/kinesis-project";
import { leaksIn } from "./leaks";

const kinesis = useKinesis();

const SECRETS = {
  accessKey: "AKIACONFIGEXAMPLE000",
  secretKey: "cfgJalrXUtnFEMI/K7MDENG/bPxRfiCYCONFIGKEY",
  token: "cfgToken/FwoGZXIvYXdzEXAMPLE+configured==",
  environmentKey: "envJalrXUtnFEMI/K7MDENG/bPxRfiCYENVIRONM",
  environmentToken: "envToken/FwoGZXIvYXdzEXAMPLE+environment=",
  tag: "tag-value/of-the-program+secret@2041",
  kmsKey: "alias/secret-key-of-the-program-2041",
  policySid: "SecretSidOfTheProgram2041",
} as const;

const program = `
import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream } from "pulumi-kinesis";
const secret = (text: string) => pulumi.secret(Buffer.from(text, "hex").toString());
const orders = new Stream("orders", {
  name: "secretive", shardCount: 1, encryptionType: "KMS",
  kmsKeyId: secret("${Buffer.from(SECRETS.kmsKey).toString("hex")}"),
  tags: { owner: secret("${Buffer.from(SECRETS.tag).toString("hex")}") },
});
const Statement = secret("${Buffer.from(SECRETS.policySid).toString("hex")}").apply((Sid) => [
  { Sid, Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: "*" },
]);
new ResourcePolicy("partners", { resourceArn: orders.arn, policy: pulumi.jsonStringify({ Statement }) });
`;

/** Says back all that it was sent, as no service should. */
let echo: MisbehavingServer;
beforeAll(async () => {
  echo = await startMisbehavingServer();
  echo.otherwise((response, seen, socket) => {
    const headers = Object.entries(seen.headers).map(([name, value]) => `${name}:${value}`);
    const message = `denied: ${headers.join("\n")}\n\n${seen.body}`;
    raw(403, JSON.stringify({ __type: "AccessDeniedException", message }))(response, seen, socket);
  });
});
afterAll(() => echo.close());

const LOUD = ["-v=11", "--logtostderr"];

/** What Pulumi itself logs of the program's secret inputs, which it has decrypted for the plugin. None of it is ours to change. */
const ENGINES_OWN = [
  // sdk/go/common/resource/plugin/rpc.go logs each property that crosses a plugin's border, at level 9.
  /"msg":"(Unm|M)arshaling property for RPC\[/,
  // And the inputs of a step as a whole, a Go map at the end of the line, at level 7.
  /\}\]\)","v":7\}$/,
  // @pulumi/pulumi/runtime/resource.js sends its answers as a message for debugging, which the engine logs and hands on.
  /RegisterResource RPC finished: /,
];

const isEnginesOwn = (line: string) => ENGINES_OWN.some((known) => known.test(line));

const placesOf = (name: string, { stdout, stderr, events }: OperationResult) => {
  const isLog = (line: string) => /^\{"time":"[^"]+","level":"\w+","msg":/.test(line);
  const isDebug = ({ diagnosticEvent }: (typeof events)[number]) => diagnosticEvent?.severity === "debug";
  const lines = stderr.split("\n");
  return {
    open: [
      { name: `${name} output`, text: stdout },
      { name: `${name} errors`, text: lines.filter((line) => !isLog(line)).join("\n") },
      { name: `${name} events`, text: JSON.stringify(events.filter((event) => !isDebug(event))) },
    ],
    engines: [...lines.filter(isLog), ...events.filter(isDebug).map((event) => JSON.stringify(event))],
  };
};

test("no secret is in state, outputs, events or messages, whatever AWS answers; in the engine's own log only what is the engine's", async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT00000",
    AWS_SECRET_ACCESS_KEY: SECRETS.environmentKey,
    AWS_SESSION_TOKEN: SECRETS.environmentToken,
  };
  const project = await kinesis.project(program, { env: environment });
  // The keys of the environment, with a server that quotes them.
  const denied = await project.up({ args: LOUD, env: { AWS_ENDPOINT_URL_KINESIS: echo.url } });
  expect(denied.exitCode).not.toBe(0);
  expect(denied.output).toContain("AccessDeniedException");
  expect(echo.seen[0]?.headers["x-amz-security-token"]).toBe(SECRETS.environmentToken);
  // Those of the configuration, and an up that works.
  await project.config("aws:accessKey", SECRETS.accessKey, { secret: true });
  await project.config("aws:secretKey", SECRETS.secretKey, { secret: true });
  await project.config("aws:token", SECRETS.token, { secret: true });
  const created = await project.up({ args: LOUD });
  expect(created.exitCode).toBe(0);

  const exported = (await project.run(["stack", "export"])).stdout;
  expect(exported).toContain("__kmsKey");
  const shown = (await project.run(["stack", "--show-urns"])).output;
  const stateFolder = join(project.directory, "..", "state");
  const files = (readdirSync(stateFolder, { recursive: true }) as string[]).filter((file) => /json/.test(file));
  expect(files.length).toBeGreaterThan(0);
  const runs = [placesOf("denied", denied), placesOf("created", created)];
  const places = [
    { name: "export", text: exported },
    { name: "stack", text: shown },
    ...files.map((file) => ({ name: "state file", text: readFileSync(join(stateFolder, file), "utf8") })),
    ...runs.flatMap(({ open }) => open),
  ];
  expect(leaksIn(places, SECRETS)).toEqual([]);

  const { tag, kmsKey, policySid, ...credentials } = SECRETS;
  const log = runs.flatMap(({ engines }) => engines);
  expect(log.length).toBeGreaterThan(100);
  // Who may read the log learns secret inputs from Pulumi, and no credentials from anybody.
  expect(leaksIn([{ name: "log", text: log.join("\n") }], credentials)).toEqual([]);
  const rest = log.filter((line) => !isEnginesOwn(line)).join("\n");
  expect(leaksIn([{ name: "log", text: rest }], { tag, kmsKey, policySid })).toEqual([]);
}, 300_000);
