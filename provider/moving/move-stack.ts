/**
 * Rewrites an exported stack so that the Kinesis resources of `@pulumi/aws` become ours, or ours theirs; pure, and
 * without any call to AWS. Removing a resource from a program deletes its stream, so a move from one provider to the
 * other has to happen in the state: the same resource, under another type and another provider.
 *
 *   pulumi stack export > before.json
 *   pulumi-kinesis adopt --from-stack before.json > after.json
 *   pulumi stack import --file after.json
 *
 * The format is that of `pulumi stack export`: a list of resources, each naming others by URN
 * (`urn:pulumi:<stack>::<project>::<parent's type>$<type>::<name>`), so a type that changes changes the URNs of all that
 * are below it, and every mention of them. What this module doesn't know is passed on as it is.
 */
import * as z from "zod";
import { MoveError } from "../errors";

export type Direction = "to-pulumi-kinesis" | "to-aws";

export interface MovedStack {
  /** To be written as JSON and imported. */
  readonly stack: unknown;
  /** The URNs of the resources that changed, as they are now. */
  readonly moved: readonly string[];
  /** What a person should know before importing, a sentence each. */
  readonly notes: readonly string[];
}

/** The provider text that the state of one of our resources holds, by the resource's kind. */
export type ProviderText = (kind: Kind["kind"]) => string;

/** The resources that both sides have. The arguments are those that have the same name and the same meaning. */
const KINDS = [
  {
    kind: "stream",
    theirs: "aws:kinesis/stream:Stream",
    ours: "pulumi-nodejs:dynamic/kinesis:Stream",
    arguments: [
      "name",
      "shardCount",
      "streamModeDetails",
      "retentionPeriod",
      "shardLevelMetrics",
      "encryptionType",
      "kmsKeyId",
      "enforceConsumerDeletion",
      "maxRecordSizeInKib",
      "tags",
      "region",
    ],
  },
  {
    kind: "streamConsumer",
    theirs: "aws:kinesis/streamConsumer:StreamConsumer",
    ours: "pulumi-nodejs:dynamic/kinesis:StreamConsumer",
    arguments: ["name", "streamArn", "tags", "region"],
  },
  {
    kind: "resourcePolicy",
    theirs: "aws:kinesis/resourcePolicy:ResourcePolicy",
    ours: "pulumi-nodejs:dynamic/kinesis:ResourcePolicy",
    arguments: ["policy", "resourceArn", "region"],
  },
] as const;
type Kind = (typeof KINDS)[number];

type Json = Record<string, unknown>;

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  provider: z.string().optional(),
  delete: z.boolean().optional(),
});
type Resource = z.infer<typeof resourceSchema>;

const stackSchema = z.looseObject({
  version: z.union([z.literal(3), z.literal(4)]),
  deployment: z.looseObject({
    resources: z.array(resourceSchema).optional(),
    pending_operations: z.array(z.looseObject({ resource: resourceSchema })).optional(),
  }),
});

/**
 * @param exported What `pulumi stack export` printed, parsed.
 * @param newId Makes the id of a provider's record, a UUID.
 * @throws MoveError where the text is no export, or where moving could lose a stream.
 */
export function moveStack(
  exported: unknown,
  direction: Direction,
  providerText: ProviderText,
  newId: () => string,
): MovedStack {
  const parsed = stackSchema.safeParse(exported);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new MoveError(
      `this is no stack that \`pulumi stack export\` wrote (${issue?.path.join(".") || "the whole of it"}: ${issue?.message})`,
    );
  }
  const stack = parsed.data;
  const { resources = [], pending_operations: pending = [] } = stack.deployment;
  const kindOf = (resource: Resource) => findKind(resource, direction);

  const underWay = pending.find(({ resource }) => kindOf(resource));
  if (underWay) {
    throw new MoveError(
      `an operation on ${underWay.resource.urn} was cut short: run \`pulumi refresh\` (after \`pulumi cancel\` if the stack is locked), then export the stack again`,
    );
  }
  const replaced = resources.find((resource) => resource.delete === true && kindOf(resource));
  if (replaced) {
    throw new MoveError(
      `a replacement of ${replaced.urn} was cut short, and the old one waits for its deletion: run \`pulumi up\`, then export the stack again`,
    );
  }

  const leaving = resources.filter((resource) => kindOf(resource));
  if (leaving.length === 0) {
    const types = KINDS.map((kind) => (direction === "to-aws" ? kind.ours : kind.theirs));
    throw new MoveError(`the stack has nothing to move: no resource of ${types.join(", ")}`);
  }
  const provider = findProvider(resources, direction, newId);
  const renamed = renamings(resources, kindOf, direction);
  const notes: string[] = [];
  const moved: string[] = [];
  const rewritten = resources.map((resource) => {
    const named = withReferences(resource, renamed);
    const kind = kindOf(resource);
    if (!kind) return named;
    moved.push(named.urn);
    const inputs =
      direction === "to-aws" ? theirInputs(kind, resource) : ourInputs(kind, resource, named.urn, providerText);
    const known =
      direction === "to-aws"
        ? { id: resource.id, ...(kind.kind === "resourcePolicy" ? {} : { arn: resource.id }) }
        : {};
    notes.push(...notesOn(kind, resource, direction));
    return {
      ...named,
      type: direction === "to-aws" ? kind.theirs : kind.ours,
      provider: `${provider.urn}::${provider.id}`,
      inputs,
      outputs: { ...withoutDefaults(inputs), ...known },
    };
  });
  const left = resources.filter(
    ({ type }) => direction === "to-aws" && type === "pulumi-nodejs:dynamic/kinesis:StreamTags",
  );
  for (const { urn } of left)
    notes.push(`${urn} stays: @pulumi/aws has no resource for tags on a stream that another one owns.`);

  // A provider's record comes before the resources that name it.
  const isNew = !resources.some(({ urn }) => urn === provider.urn);
  const at = rewritten.findIndex(({ urn }) => moved.includes(urn));
  if (isNew) rewritten.splice(at, 0, provider.record);
  return { stack: { ...stack, deployment: { ...stack.deployment, resources: rewritten } }, moved, notes };
}

/** What a resource is if it is to be moved. Another dynamic provider may use the same type: ours is told by its text. */
function findKind({ type, inputs }: Resource, direction: Direction): Kind | undefined {
  if (direction === "to-pulumi-kinesis") return KINDS.find(({ theirs }) => theirs === type);
  const text = inputs?.__provider;
  if (typeof text !== "string" || !text.includes('"pulumi-kinesis/provider"')) return undefined;
  return KINDS.find(({ ours }) => ours === type);
}

interface ProviderRecord {
  readonly urn: string;
  readonly id: string;
  readonly record: Resource;
}

/**
 * The default provider to name. Ours can be made up: a dynamic provider has no configuration that could differ. That of
 * aws must be there: against a made-up one the engine would find another region, and replace every stream.
 */
function findProvider(resources: readonly Resource[], direction: Direction, newId: () => string): ProviderRecord {
  const type = direction === "to-aws" ? "pulumi:providers:aws" : "pulumi:providers:pulumi-nodejs";
  const existing = resources.find((one) => one.type === type && /::default(_[0-9a-z_-]+)?$/.test(one.urn));
  if (existing) return { urn: existing.urn, id: String(existing.id), record: existing };
  if (direction === "to-aws") {
    throw new MoveError(
      "the stack has no default provider of @pulumi/aws whose region the streams could be compared with: add any resource of @pulumi/aws to the program, run `pulumi up`, then export the stack again",
    );
  }
  const [stack, project] = String(resources[0]?.urn).split("::");
  const urn = `${stack}::${project}::${type}::default`;
  const id = newId();
  return { urn, id, record: { urn, custom: true, id, type, inputs: {}, outputs: {} } };
}

/** The URNs that change: those of the moved resources, and of what has one of them for a parent. */
function renamings(
  resources: readonly Resource[],
  kindOf: (resource: Resource) => Kind | undefined,
  direction: Direction,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  // Parents come before their children in an export.
  for (const resource of resources) {
    const kind = kindOf(resource);
    const parent = typeof resource.parent === "string" ? renamed.get(resource.parent) : undefined;
    if (!kind && parent === undefined) continue;
    const [stack, project, qualified = "", ...name] = resource.urn.split("::");
    const above = qualified.split("$").slice(0, -1);
    const chain = parent === undefined ? above : (parent.split("::")[2] ?? "").split("$");
    const type = kind ? (direction === "to-aws" ? kind.theirs : kind.ours) : resource.type;
    renamed.set(resource.urn, [stack, project, [...chain, type].join("$"), ...name].join("::"));
  }
  return renamed;
}

/** `resource` with every mention of a URN that changed; inputs and outputs are the program's and stay. */
function withReferences(resource: Resource, renamed: ReadonlyMap<string, string>): Resource {
  const replace = (value: unknown): unknown => {
    if (typeof value === "string") return renamed.get(value) ?? value;
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
  };
  const { inputs, outputs, ...rest } = resource;
  return {
    ...(replace(rest) as Resource),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  };
}

/** What our check makes of the same program: what it says, and the hidden inputs of the SDK. */
function ourInputs(kind: Kind, { inputs = {}, outputs = {} }: Resource, urn: string, providerText: ProviderText): Json {
  // What the bridge has filled in and the program did not say; the name it made up has to stay, or the stream would be replaced.
  const filledIn = new Set((Array.isArray(inputs.__defaults) ? inputs.__defaults : []).filter((key) => key !== "name"));
  const ours: Json = {};
  for (const key of kind.arguments) {
    if (inputs[key] !== undefined && !filledIn.has(key)) ours[key] = withoutDefaults(inputs[key]);
  }
  // With the provider's default tags, which our check adds to the program's in the same way.
  if (Object.keys((outputs.tagsAll ?? {}) as Json).length > 0) ours.tags = outputs.tagsAll;
  return {
    ...ours,
    __provider: providerText(kind.kind),
    __logicalName: logicalNameOf(urn),
    __urn: urn,
  };
}

/** All that follows the type: a logical name may hold colons itself. */
const logicalNameOf = (urn: string) => urn.split("::").slice(3).join("::");

function theirInputs(kind: Kind, { urn, inputs = {} }: Resource): Json {
  const theirs: Json = {};
  for (const key of kind.arguments) if (inputs[key] !== undefined) theirs[key] = inputs[key];
  const logicalName = logicalNameOf(urn);
  const madeUp =
    typeof theirs.name === "string" &&
    theirs.name.replace(/-[0-9a-f]{7}$/, "") === logicalName &&
    theirs.name !== logicalName;
  return { __defaults: madeUp ? ["name"] : [], ...theirs };
}

/** The bridge to Terraform keeps a list of what it filled in inside of every object. */
function withoutDefaults(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutDefaults) as unknown as Json;
  if (typeof value !== "object" || value === null) return value as Json;
  const { __defaults, ...rest } = value as Json;
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, withoutDefaults(item)]));
}

function notesOn(kind: Kind, { urn, inputs = {}, provider = "" }: Resource, direction: Direction): string[] {
  if (direction === "to-aws") {
    const lost = Object.keys(inputs).filter(
      (key) => !key.startsWith("__") && !(kind.arguments as readonly string[]).includes(key),
    );
    return lost.length === 0 ? [] : [`${urn}: ${lost.join(", ")} of the program has no counterpart in @pulumi/aws.`];
  }
  return /::default(_[0-9a-z_-]+)?::[^:]+$/.test(provider)
    ? []
    : [
        `${urn} had a provider of its own: its region stays the one of its ARN; its other settings (profile, endpoints, default tags) are read from the stack's configuration as kinesis:… or aws:….`,
      ];
}
