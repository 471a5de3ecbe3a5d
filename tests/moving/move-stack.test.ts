import { describe, expect, test } from "@jest/globals";
import type { MovedStack } from "../../provider/moving/move-stack";
import { moveStack } from "../../provider/moving/move-stack";

const ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders-1a2b3c4";
const urn = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;
const STACK = urn("pulumi:pulumi:Stack", "shop-prod");
const AWS = urn("pulumi:providers:aws", "default_6_66_2");
const AWS_STREAM = urn("aws:kinesis/stream:Stream", "orders");
const OUR_STREAM = urn("pulumi-nodejs:dynamic/kinesis:Stream", "orders");

/** As `pulumi stack export` of a program with @pulumi/aws writes it, shortened. */
const awsStream = {
  urn: AWS_STREAM,
  custom: true,
  id: ARN,
  type: "aws:kinesis/stream:Stream",
  inputs: {
    __defaults: ["encryptionType", "enforceConsumerDeletion", "name"],
    encryptionType: "NONE",
    enforceConsumerDeletion: false,
    name: "orders-1a2b3c4",
    retentionPeriod: 48,
    shardCount: 2,
    streamModeDetails: { __defaults: [], streamMode: "PROVISIONED" },
    tags: { __defaults: [], team: "a" },
  },
  outputs: {
    __meta: '{"schema_version":"1"}',
    arn: ARN,
    id: ARN,
    name: "orders-1a2b3c4",
    shardCount: 2,
    tags: { team: "a" },
    tagsAll: { team: "a", stage: "prod" },
  },
  parent: STACK,
  provider: `${AWS}::6f0a2a5d`,
  propertyDependencies: { shardCount: [], tags: null },
  protect: true,
};
const exported = {
  version: 3,
  deployment: {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "m", version: "v3.245.0" },
    secrets_providers: { type: "passphrase", state: { salt: "v1:…" } },
    resources: [
      { urn: STACK, custom: false, type: "pulumi:pulumi:Stack" },
      { urn: AWS, custom: true, id: "6f0a2a5d", type: "pulumi:providers:aws", inputs: { region: "eu-west-1" } },
      awsStream,
      {
        urn: urn("aws:kinesis/stream:Stream$aws:cloudwatch/metricAlarm:MetricAlarm", "lag"),
        custom: true,
        id: "lag",
        type: "aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs: { dimensions: { StreamName: "orders-1a2b3c4" }, comment: AWS_STREAM },
        parent: AWS_STREAM,
        dependencies: [AWS_STREAM],
        propertyDependencies: { dimensions: [AWS_STREAM] },
        deletedWith: AWS_STREAM,
        provider: `${AWS}::6f0a2a5d`,
      },
    ],
  },
};

interface Moved {
  version: number;
  deployment: { resources: Record<string, unknown>[] };
}
const text = (kind: string) => `require("pulumi-kinesis/provider").${kind}`;
const there = (stack: unknown = exported): MovedStack => moveStack(stack, "to-pulumi-kinesis", text, () => "new-uuid");
const back = (stack: unknown): MovedStack => moveStack(stack, "to-aws", text, () => "unused");
const resources = (moved: MovedStack) => (moved.stack as Moved).deployment.resources;
const find = (moved: MovedStack, wanted: string) => resources(moved).find((one) => one.urn === wanted);
const withResources = (change: (all: Record<string, unknown>[]) => unknown[], more: object = {}) => ({
  ...exported,
  deployment: { ...exported.deployment, resources: change(exported.deployment.resources), ...more },
});

describe("a stream of @pulumi/aws becomes ours", () => {
  test("with the same id, what the program said and the name that was made up; protected as it was", () => {
    const inputs = {
      name: "orders-1a2b3c4",
      retentionPeriod: 48,
      shardCount: 2,
      streamModeDetails: { streamMode: "PROVISIONED" },
      // The provider's default tags too: our check adds those of the stack's configuration in the same way.
      tags: { team: "a", stage: "prod" },
      __provider: text("stream"),
      __logicalName: "orders",
      __urn: OUR_STREAM,
    };
    expect(find(there(), OUR_STREAM)).toEqual({
      ...awsStream,
      urn: OUR_STREAM,
      type: "pulumi-nodejs:dynamic/kinesis:Stream",
      inputs,
      outputs: inputs,
      provider: `${urn("pulumi:providers:pulumi-nodejs", "default")}::new-uuid`,
    });
    expect(there().moved).toEqual([OUR_STREAM]);
    expect(there().notes).toEqual([]);
  });

  test("its provider's record stands before it, and is not made twice", () => {
    const types = resources(there()).map(({ type }) => type);
    expect(types.indexOf("pulumi:providers:pulumi-nodejs")).toBe(
      types.indexOf("pulumi-nodejs:dynamic/kinesis:Stream") - 1,
    );
    const record = {
      urn: urn("pulumi:providers:pulumi-nodejs", "default"),
      custom: true,
      id: "old",
      type: "pulumi:providers:pulumi-nodejs",
    };
    const again = there(withResources(([first, ...others]) => [first, record, ...others]));
    expect(resources(again)).toHaveLength(5);
    expect(find(again, OUR_STREAM)?.provider).toBe(`${record.urn}::old`);
  });

  test("what stands below it or mentions it follows; inputs and outputs of others are theirs", () => {
    expect(resources(there()).at(-1)).toEqual({
      ...exported.deployment.resources.at(-1),
      urn: urn("pulumi-nodejs:dynamic/kinesis:Stream$aws:cloudwatch/metricAlarm:MetricAlarm", "lag"),
      parent: OUR_STREAM,
      dependencies: [OUR_STREAM],
      propertyDependencies: { dimensions: [OUR_STREAM] },
      deletedWith: OUR_STREAM,
    });
  });

  test("everything else is passed on as it is, and the input is left alone", () => {
    const before = JSON.stringify(exported);
    const { version, deployment } = there().stack as Moved;
    expect({ version, deployment: { ...deployment, resources: [] } }).toEqual({
      version: 3,
      deployment: { ...exported.deployment, resources: [] },
    });
    expect(JSON.stringify(exported)).toBe(before);
  });

  test("a name may hold the separator of URNs, and a component may be its parent", () => {
    const component = urn("shop:index:Queue", "queue");
    const inside = { ...awsStream, urn: urn("shop:index:Queue$aws:kinesis/stream:Stream", "a::b"), parent: component };
    const moved = there(withResources((all) => [...all, { urn: component, type: "shop:index:Queue" }, inside]));
    expect(moved.moved).toContain(urn("shop:index:Queue$pulumi-nodejs:dynamic/kinesis:Stream", "a::b"));
    expect(resources(moved).at(-1)).toMatchObject({ inputs: { __logicalName: "a::b" }, parent: component });
  });

  test("one with a provider of its own is named, because its settings don't move", () => {
    const own = { ...awsStream, provider: `${urn("pulumi:providers:aws", "ireland")}::77` };
    expect(there(withResources(([first, second]) => [first, second, own])).notes).toEqual([
      expect.stringMatching(/orders had a provider of its own: its region stays the one of its ARN/),
    ]);
  });
});

describe("the way back", () => {
  test("gives the same resource to @pulumi/aws, which fills in the rest at a refresh", () => {
    const { tagsAll } = awsStream.outputs;
    expect(find(back(there().stack), AWS_STREAM)).toEqual({
      ...awsStream,
      inputs: {
        __defaults: ["name"],
        name: "orders-1a2b3c4",
        retentionPeriod: 48,
        shardCount: 2,
        streamModeDetails: { streamMode: "PROVISIONED" },
        tags: tagsAll,
      },
      outputs: {
        id: ARN,
        arn: ARN,
        name: "orders-1a2b3c4",
        retentionPeriod: 48,
        shardCount: 2,
        streamModeDetails: { streamMode: "PROVISIONED" },
        tags: tagsAll,
      },
    });
  });

  test("and there again changes nothing more", () => {
    const once = there();
    expect(there(back(once.stack).stack)).toEqual(once);
  });

  test("says what of ours has no counterpart", () => {
    const ours = find(there(), OUR_STREAM) as Record<string, object>;
    const tags = {
      urn: urn("pulumi-nodejs:dynamic/kinesis:StreamTags", "t"),
      type: "pulumi-nodejs:dynamic/kinesis:StreamTags",
    };
    const moved = back(
      withResources(([first, second]) => [
        first,
        second,
        { ...ours, inputs: { ...ours.inputs, resharding: {}, adopt: true } },
        tags,
      ]),
    );
    expect(moved.notes).toEqual([
      `${OUR_STREAM}: resharding, adopt of the program has no counterpart in @pulumi/aws.`,
      `${tags.urn} stays: @pulumi/aws has no resource for tags on a stream that another one owns.`,
    ]);
  });

  test("is refused without a provider of @pulumi/aws to compare with, because another region replaces every stream", () => {
    const ours = find(there(), OUR_STREAM);
    expect(() => back(withResources(([first]) => [first, ours]))).toThrow(/no default provider of @pulumi\/aws/);
  });

  test("leaves another dynamic provider with a type of the same name alone", () => {
    const other = {
      ...awsStream,
      urn: OUR_STREAM,
      type: "pulumi-nodejs:dynamic/kinesis:Stream",
      inputs: { __provider: "exports" },
    };
    expect(() => back(withResources(([first, second]) => [first, second, other]))).toThrow(/nothing to move/);
  });
});

describe("refused, with what to do", () => {
  test.each([
    ["no export", { resources: [] }, /no stack that `pulumi stack export` wrote \(version/],
    ["nothing", null, /no stack that `pulumi stack export` wrote \(the whole of it/],
    ["another version", { ...exported, version: 2 }, /no stack that `pulumi stack export` wrote \(version/],
    [
      "nothing to move",
      withResources(([first]) => [first]),
      /nothing to move: no resource of aws:kinesis\/stream:Stream,/,
    ],
    ["an empty stack", { version: 3, deployment: {} }, /nothing to move/],
    [
      "an operation cut short",
      withResources((all) => all, { pending_operations: [{ type: "updating", resource: awsStream }] }),
      /orders was cut short: run `pulumi refresh`/,
    ],
    [
      "a replacement cut short",
      withResources((all) => [...all, { ...awsStream, delete: true }]),
      /a replacement of .*orders was cut short/,
    ],
  ])("%s", (_, stack, sentence) => {
    expect(() => there(stack)).toThrow(sentence);
  });
});
