import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";
import { programFor } from "../../provider/cli/adopt-program";
import type { FoundStream } from "../../provider/cli/adopt-streams";
import type { SeenSettings } from "../../provider/lifecycle/stream-settings";
import { evenCuts, shardsOf } from "../reshard/shards";

const root = join(__dirname, "..", "..");
const SETTINGS: SeenSettings = {
  streamMode: "PROVISIONED",
  retentionHours: 24,
  shardLevelMetrics: [],
  kmsKeyId: null,
  maxRecordSizeKiB: 1024,
  warmThroughputMiBps: 0,
  recordDistributionStrategy: "USER_PARTITION_KEY",
};

interface Of extends Partial<Omit<FoundStream, "stream">> {
  settings?: Partial<SeenSettings>;
  cuts?: bigint[];
}

function found(name: string, { settings, cuts = evenCuts(2), ...others }: Of = {}): FoundStream {
  const stream = {
    name,
    arn: `arn:aws:kinesis:eu-west-1:111122223333:stream/${name}`,
    status: "ACTIVE",
    creationTimestamp: undefined,
    openShards: shardsOf(cuts),
    settings: { ...SETTINGS, ...settings },
  };
  return { stream, tags: {}, policy: undefined, consumers: [], ...others };
}

/** What TypeScript has to say of a program, with the package's own types. */
function problemsOf(text: string): string[] {
  const file = join(root, "adopted.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    target: ts.ScriptTarget.ES2022,
    // As Pulumi's own template has it.
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: "5.0",
    forceConsistentCasingInFileNames: true,
    paths: { "pulumi-kinesis": [join(root, "sdk/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "),
  );
}

test("every setting is written as it is, the policy with it, and consumers are named", () => {
  const orders = found("orders", {
    settings: {
      retentionHours: 168,
      shardLevelMetrics: ["IncomingBytes", "OutgoingBytes"],
      kmsKeyId: "alias/orders",
      maxRecordSizeKiB: 2048,
    },
    tags: { team: "a", "cost centre": '"4711"' },
    policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["kinesis:Get*"]}]}',
    consumers: ["reporting", "audit"],
  });
  expect(
    programFor([orders], "eu-west-1").split("\n").slice(1).join("\n"),
  ).toBe(`import { ResourcePolicy, Stream } from "pulumi-kinesis";

const orders = new Stream("orders", {
  name: "orders",
  region: "eu-west-1",
  adopt: true,
  shardCount: 2,
  retentionPeriod: 168,
  shardLevelMetrics: ["IncomingBytes", "OutgoingBytes"],
  encryptionType: "KMS",
  kmsKeyId: "alias/orders",
  maxRecordSizeInKib: 2048,
  tags: {
    team: "a",
    "cost centre": "\\"4711\\"",
  },
});
new ResourcePolicy("orders", {
  resourceArn: orders.arn,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: ["kinesis:Get*"],
      },
    ],
  }),
});
// Consumers registered with it, which are not in this program: reporting, audit.
`);
});

test("an ON_DEMAND stream has no shard count, and what only such a stream has", () => {
  const settings = { streamMode: "ON_DEMAND", warmThroughputMiBps: 50, recordDistributionStrategy: "AUTO" };
  const text = programFor([found("clicks", { settings })], "eu-west-1");
  expect(text).toMatch(/streamModeDetails: \{ streamMode: "ON_DEMAND" \},\n/);
  expect(text).toMatch(/warmThroughputMibPs: 50,\n {2}recordDistributionStrategy: "AUTO",/);
  expect(text).not.toContain("shardCount");
  expect(programFor([found("orders")], "eu-west-1")).not.toMatch(/warmThroughput|recordDistribution|streamMode/);
});

test("shards of other widths are left as they are", () => {
  const text = programFor([found("orders", { cuts: [0n, 5n, 2n ** 128n] })], "eu-west-1");
  expect(text).toMatch(/shardCount: 2,\n {2}resharding: \{ balance: "none" \},/);
  expect(programFor([found("orders")], "eu-west-1")).not.toContain("resharding");
});

test("odd names become identifiers that TypeScript takes, each another one", () => {
  const names = [
    ...["orders-eu.v2", "orders.eu-v2", "ordersEuV2", "2024-01.bills", "class", "classStream", "Stream", "Object"],
    ...["...", "_", "__proto__", "a", "A", "await", "require", "undefined", "x".repeat(128)],
  ];
  const tags = { "a\u2028b": "c", __proto__x: "y", ["__proto__"]: "z", ключ: "значение" };
  const policy = '{"Statement":{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"kinesis:*"}}';
  const streams = names.map((name) =>
    found(name, { tags, policy, settings: { shardLevelMetrics: ["IncomingBytes"] } }),
  );
  const onDemand = found("clicks", { settings: { streamMode: "ON_DEMAND", kmsKeyId: "alias/aws/kinesis" } });
  const text = programFor([...streams, onDemand], "eu-west-1");
  expect([...text.matchAll(/^const (\S+) = new Stream/gm)].map(([, identifier]) => identifier).slice(0, 10)).toEqual([
    ...["ordersEuV2", "ordersEuV22", "ordersEuV23", "stream202401Bills", "classStream", "classStream2", "StreamStream"],
    ...["ObjectStream", "stream", "_"],
  ]);
  expect([...text.matchAll(/new Stream\("([^"]+)"/g)].map(([, name]) => name)).toEqual([...names, "clicks"]);
  expect(problemsOf(text)).toEqual([]);
}, 60_000);
