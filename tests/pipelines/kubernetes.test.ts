/**
 * The manifests for the Pulumi Kubernetes Operator. Its schemas are in no package that can be had here, so the fields are listed,
 * as in deploy/crds/pulumi.com_stacks.yaml of the operator's v2.9.0; of what belongs to Kubernetes, those that the manifests use.
 * With that file at hand a validator that refuses unknown fields took the manifest, and each row here has its type and its "!".
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { gitops } from "./steps";

type Kind = "string" | "boolean" | "integer" | "strings" | "quantity" | Fields;
/** A field that must be there ends in "!"; "*" is any name, "[]" every element of a list. */
interface Fields {
  readonly [name: string]: Kind;
}

const METADATA: Fields = { "name!": "string", namespace: "string", annotations: { "*": "string" } };

const RESOURCE_REF: Fields = {
  "type!": "string",
  env: { "name!": "string" },
  filesystem: { "path!": "string" },
  literal: { "value!": "string" },
  secret: { "name!": "string", "key!": "string", namespace: "string" },
};

const STACK: Fields = {
  "apiVersion!": "string",
  "kind!": "string",
  "metadata!": METADATA,
  "spec!": {
    "stack!": "string",
    accessTokenSecret: "string",
    backend: "string",
    branch: "string",
    commit: "string",
    continueResyncOnCommitMatch: "boolean",
    destroyOnFinalize: "boolean",
    envRefs: { "*": RESOURCE_REF },
    envSecrets: "strings",
    environment: "strings",
    envs: "strings",
    gitAuthSecret: "string",
    preview: "boolean",
    projectRepo: "string",
    refresh: "boolean",
    repoDir: "string",
    resyncFrequencySeconds: "integer",
    retryMaxBackoffDurationSeconds: "integer",
    retryOnUpdateConflict: "boolean",
    runProgram: "boolean",
    secretsProvider: "string",
    serviceAccountName: "string",
    shallow: "boolean",
    targetDependents: "boolean",
    targets: "strings",
    useLocalStackOnly: "boolean",
    workspaceReclaimPolicy: "string",
    workspaceTemplate: {
      spec: {
        image: "string",
        imagePullPolicy: "string",
        pulumiLogLevel: "integer",
        securityProfile: "string",
        serviceAccountName: "string",
        resources: {
          requests: { cpu: "quantity", memory: "quantity" },
          limits: { cpu: "quantity", memory: "quantity" },
        },
        podTemplate: {
          metadata: { annotations: { "*": "string" }, labels: { "*": "string" } },
          // A pod's own schema has the containers as the one field that has to be there, in a template that is merged too.
          spec: { "containers!": { "[]": { "name!": "string" } }, terminationGracePeriodSeconds: "integer" },
        },
      },
    },
  },
};

const SERVICE_ACCOUNT: Fields = { "apiVersion!": "string", "kind!": "string", "metadata!": METADATA };

const BINDING: Fields = {
  "apiVersion!": "string",
  "kind!": "string",
  "metadata!": METADATA,
  "roleRef!": { "apiGroup!": "string", "kind!": "string", "name!": "string" },
  "subjects!": { "[]": { "kind!": "string", "name!": "string", namespace: "string" } },
};

const text = readFileSync(join(gitops, "kubernetes", "stack.yaml"), "utf8");
const read = (manifests: string) => parseAllDocuments(manifests).map((document) => document.toJS());

/** What does not fit, each with its path. */
function faults(value: unknown, kind: Kind, path: string): string[] {
  if (kind === "integer") return Number.isInteger(value) ? [] : [`${path} is no integer`];
  // Of Kubernetes's spellings the usual ones.
  if (kind === "quantity") return /^\d+(m|[kMG]|[KMG]i)?$/.test(String(value)) ? [] : [`${path} is no quantity`];
  if (kind === "strings") return faults(value, { "[]": "string" }, path);
  if (typeof kind === "string") return typeof value === kind ? [] : [`${path} is no ${kind}`];
  const element = kind["[]"];
  if (element !== undefined) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((one, index) => faults(one, element, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is no object`];
  const missing = Object.keys(kind)
    .filter((name) => name.endsWith("!") && !(name.slice(0, -1) in value))
    .map((name) => `${path}.${name.slice(0, -1)} is missing`);
  const others = Object.entries(value).flatMap(([name, field]) => {
    const known = kind[name] ?? kind[`${name}!`] ?? kind["*"];
    return known === undefined ? [`${path}.${name} is unknown`] : faults(field, known, `${path}.${name}`);
  });
  return [...missing, ...others];
}

test("the manifests have the fields that the operator and Kubernetes know, and no other", () => {
  const [account, binding, stack, ...rest] = read(text);
  expect(rest).toEqual([]);
  expect([account, binding, stack].map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    "v1 ServiceAccount",
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
    "pulumi.com/v1 Stack",
  ]);
  expect(faults(account, SERVICE_ACCOUNT, "ServiceAccount")).toEqual([]);
  expect(faults(binding, BINDING, "ClusterRoleBinding")).toEqual([]);
  expect(faults(stack, STACK, "Stack")).toEqual([]);
  // The schema's one rule that is no field's own.
  expect(stack.metadata.name.length).toBeLessThanOrEqual(42);
  expect(stack.spec.envRefs).toEqual({
    PULUMI_CONFIG_PASSPHRASE: { type: "Secret", secret: { name: "streams-passphrase", key: "passphrase" } },
  });
  // Exactly one of them, says the operator.
  expect(["branch", "commit"].filter((source) => source in stack.spec)).toEqual(["branch"]);
});

test("a field that is misspelt, missing or of another type is found", () => {
  const [, , stack] = read(text.replace("resyncFrequencySeconds: 21600", "resyncFrequency: 6h"));
  delete stack.spec.stack;
  delete stack.spec.workspaceTemplate.spec.podTemplate.spec.containers;
  stack.spec.refresh = "yes";
  stack.spec.workspaceTemplate.spec.resources.limits.memory = "1 GB";
  expect(faults(stack, STACK, "Stack").sort()).toEqual([
    "Stack.spec.refresh is no boolean",
    "Stack.spec.resyncFrequency is unknown",
    "Stack.spec.stack is missing",
    "Stack.spec.workspaceTemplate.spec.podTemplate.spec.containers is missing",
    "Stack.spec.workspaceTemplate.spec.resources.limits.memory is no quantity",
  ]);
});

test("the stack's pod calls AWS and the API server as the account that the manifests make", () => {
  const [account, binding, stack] = read(text);
  const { name, namespace } = account.metadata;
  expect(stack).toMatchObject({ metadata: { namespace }, spec: { serviceAccountName: name } });
  expect(binding).toMatchObject({
    roleRef: { kind: "ClusterRole", name: "system:auth-delegator" },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  });
  expect(account.metadata.annotations).toHaveProperty(["eks.amazonaws.com/role-arn"]);
});

test("deleting the manifest deletes no stream, and ending its pod waits for the update that is under way", () => {
  const [, , { spec }] = read(text);
  expect(spec.destroyOnFinalize).toBe(false);
  // `timeouts: { update: "2h" }` in examples/gitops/index.ts, 7200 s.
  const { terminationGracePeriodSeconds } = spec.workspaceTemplate.spec.podTemplate.spec;
  expect(terminationGracePeriodSeconds).toBeGreaterThan(7_200);
});
