/**
 * A stack that uses every kind of secret at once, and what others may read of its runs: outputs, errors, events, state. Pulumi logs
 * secret inputs in plain text, as it decrypts them for its plugins; those lines are told apart from all others.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import type { MisbehavingServer } from "../client/misbehaving-server";
import { raw, startMisbehavingServer } from "../client/misbehaving-server";
import type { EngineEvent, OperationResult, PulumiProject } from "../pulumi/harness";
import type { Place } from "./leaks";
import { leaksIn } from "./leaks";

/** No place at all may hold one of these. */
export const CREDENTIALS = {
  accessKey: "AKIACONFIGEXAMPLE000",
  secretKey: "cfgJalrXUtnFEMI/K7MDENG/bPxRfiCYCONFIGKEY",
  token: "cfgToken/FwoGZXIvYXdzEXAMPLE+configured==",
  environmentKey: "envJalrXUtnFEMI/K7MDENG/bPxRfiCYENVIRONM",
  environmentToken: "envToken/FwoGZXIvYXdzEXAMPLE+environment=",
  profileKey: "proJalrXUtnFEMI/K7MDENG/bPxRfiCYPROFILEK",
  profileToken: "proToken/FwoGZXIvYXdzEXAMPLE+profile=====",
  processKey: "prcJalrXUtnFEMI/K7MDENG/bPxRfiCYPROCESSK",
  processToken: "prcToken/FwoGZXIvYXdzEXAMPLE+process=====",
  /** A secret of the program's own, in the same configuration. */
  password: "password/of-the-program+secret@2041",
} as const;

/** Secret arguments. Pulumi's own log has them. */
export const ARGUMENTS = {
  kmsKey: "alias/secret-key-of-the-program-2041",
  policySid: "SecretSidOfTheProgram2041",
  defaultTag: "default-tag/of-the-stack+secret@2041",
  tag: "stream-tag/of-the-program+secret@2041",
  streamTag: "streamtags/of-the-program+secret@2041",
  consumerTag: "consumer-tag/of-the-program+secret@2041",
  nextTag: "stream-tag/of-the-next-program+secret@2042",
  nextStreamTag: "streamtags/of-the-next-program+secret@2042",
  nextConsumerTag: "consumer-tag/of-the-next-program+secret@2042",
} as const;

export const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT00000",
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.environmentKey,
  AWS_SESSION_TOKEN: CREDENTIALS.environmentToken,
};

interface TagValues {
  readonly tag: string;
  readonly streamTag: string;
  readonly consumerTag: string;
}

/** All four resources with a secret in each, and outputs of them. The program's own text must not hold the secrets. */
export const program = ({ tag, streamTag, consumerTag }: TagValues = ARGUMENTS) => `
import * as pulumi from "@pulumi/pulumi";
import { ResourcePolicy, Stream, StreamConsumer, StreamTags } from "pulumi-kinesis";
const secret = (text: string) => pulumi.secret(Buffer.from(text, "hex").toString());
const orders = new Stream("orders", {
  name: "secretive", shardCount: 1, encryptionType: "KMS", kmsKeyId: ${secret(ARGUMENTS.kmsKey)}, tags: { owner: ${secret(tag)} },
});
const billing = new StreamTags("billing", { streamArn: orders.arn, tags: { billing: ${secret(streamTag)} } });
const reader = new StreamConsumer("reader", { name: "reader", streamArn: orders.arn, tags: { reader: ${secret(consumerTag)} } });
const Statement = ${secret(ARGUMENTS.policySid)}.apply((Sid) => [
  { Sid, Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: "*" },
]);
const partners = new ResourcePolicy("partners", { resourceArn: orders.arn, policy: pulumi.jsonStringify({ Statement }) });
export const { kmsKeyId, tags, tagsAll } = orders;
export const all = { billing: billing.tags, reader: reader.tagsAll, partners: partners.policy };
`;

const secret = (text: string) => `secret("${Buffer.from(text).toString("hex")}")`;

export const nextProgram = () =>
  program({ tag: ARGUMENTS.nextTag, streamTag: ARGUMENTS.nextStreamTag, consumerTag: ARGUMENTS.nextConsumerTag });

/** Secret settings of the stack that are not credentials. */
export async function setSecrets(project: PulumiProject): Promise<void> {
  await project.config("kinesis:defaultTags", `{"tags":{"default":"${ARGUMENTS.defaultTag}"}}`, { secret: true });
  await project.config("password", CREDENTIALS.password, { secret: true });
}

/** Keys in the stack's configuration. */
export async function setKeys(project: PulumiProject): Promise<void> {
  await project.config("aws:accessKey", CREDENTIALS.accessKey, { secret: true });
  await project.config("aws:secretKey", CREDENTIALS.secretKey, { secret: true });
  await project.config("aws:token", CREDENTIALS.token, { secret: true });
}

/** A server that says back all that it was sent, as no service should. */
export function useEcho(): { readonly url: string; readonly seen: MisbehavingServer["seen"] } {
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
  return {
    get url() {
      return echo.url;
    },
    get seen() {
      return echo.seen;
    },
  };
}

/** The highest level there is, to the errors, and plugins are told to log as well. */
export const LOUD = ["-v=11", "--logtostderr", "--logflow"];

/** What a run has told. */
interface Told {
  /** For everybody. */
  readonly open: readonly Place[];
  /** In Pulumi's log and its messages for debugging, a line each. */
  readonly log: readonly string[];
}

function toldBy({ stdout, stderr, events }: OperationResult): Told {
  const lines = stderr.split("\n");
  return {
    open: [
      { name: "output", text: stdout },
      { name: "errors", text: lines.filter((line) => !isLog(line)).join("\n") },
      ...events.filter((event) => !isDebug(event)).map((event) => ({ name: "event", text: JSON.stringify(event) })),
    ],
    log: [...lines.filter(isLog), ...events.filter(isDebug).map((event) => JSON.stringify(event))],
  };
}

const isLog = (line: string) => /^\{"time":"[^"]+","level":"\w+","msg":/.test(line);
const isDebug = ({ diagnosticEvent }: EngineEvent) => diagnosticEvent?.severity === "debug";

/** The lines of the log that tell of something, as a test of ours can know it: a part of a sentence of the provider's. */
export const linesOf = (run: OperationResult, words: string) => toldBy(run).log.filter((line) => line.includes(words));

/** What Pulumi itself logs of the program's secret inputs, which it has decrypted for the plugin. None of it is ours to change. */
const PULUMIS_OWN = [
  // sdk/go/common/resource/plugin/rpc.go logs each property that crosses a plugin's border, at level 9.
  /^(Unm|M)arshaling property for RPC\[/,
  // pkg/resource/deploy/step_generator.go the inputs of a step as a whole, a Go map, at level 7.
  /^Planner decided (to create|to update|not to update) 'urn:pulumi:[^']+'( after diff \(same\))? \((inputs|oldprops)=map\[/,
  // @pulumi/pulumi/runtime/resource.js sends its answers as a message for debugging, which the engine logs and hands on. In one that
  // tells of an error our words are as well.
  /^(eventSink::Debug\(<\{%reset%\}>)?RegisterResource RPC finished: resource:[^;]+; err: null, resp: urn:pulumi:/,
];

export function isPulumisOwn(line: string): boolean {
  const { msg, diagnosticEvent } = JSON.parse(line) as { msg?: string; diagnosticEvent?: { message: string } };
  const message = msg ?? diagnosticEvent?.message ?? "";
  return PULUMIS_OWN.some((known) => known.test(message));
}

/**
 * `where: which secret, what is around it`, for all that `runs` and what is `left` of the stack tell. Who may read Pulumi's log learns
 * secret arguments from Pulumi, and credentials from nobody.
 */
export function leaksOf(runs: readonly OperationResult[], left: readonly Place[]): string[] {
  const told = runs.map(toldBy);
  const log = told.flatMap(({ log }) => log);
  const rest = log.filter((line) => !isPulumisOwn(line));
  return [
    ...leaksIn([...left, ...told.flatMap(({ open }) => open)], { ...CREDENTIALS, ...ARGUMENTS }),
    ...leaksIn([{ name: "log", text: log.join("\n") }], CREDENTIALS),
    ...leaksIn([{ name: "log", text: rest.join("\n") }], ARGUMENTS),
  ];
}

/** What commands show of a stack, and every file that Pulumi has written of it and in its home. */
export async function leftOf(project: PulumiProject): Promise<readonly Place[]> {
  const commands = [
    ["stack", "export"],
    ["stack", "output"],
    ["stack", "output", "--json"],
    ["stack", "--show-urns"],
  ];
  const places: Place[] = [];
  for (const command of commands) {
    const { exitCode, output } = await project.run(command);
    if (exitCode !== 0) throw new Error(`pulumi ${command.join(" ")} failed:\n${output}`);
    places.push({ name: command.join(" "), text: output });
  }
  const written = ["state", "home"].flatMap((name) => filesIn(join(project.directory, "..", name)));
  if (!written.some((file) => file.endsWith("dev.json")))
    throw new Error(`there is no state beside ${project.directory}`);
  const files = [...written, join(project.directory, "Pulumi.dev.yaml")];
  return [...places, ...files.map((file) => ({ name: file, text: readFileSync(file, "utf8") }))];
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
