import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { findPolicyFault, isPolicy, samePolicy } from "../../provider/lifecycle/policy";

const stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const statement = {
  Effect: "Allow",
  Principal: { AWS: "111122223333" },
  Action: "kinesis:PutRecord",
  Resource: stream,
};
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const base = policy(statement);

describe("a policy says the same", () => {
  test.each<[string, string]>([
    ["with white space", JSON.stringify(JSON.parse(base), undefined, 4)],
    ["with its keys in another order", JSON.stringify({ Statement: [statement], Version: "2012-10-17" })],
    ["with a statement that is no list", JSON.stringify({ Version: "2012-10-17", Statement: statement })],
    ["with lists of one", policy({ ...statement, Action: ["kinesis:PutRecord"], Resource: [stream] })],
    ["with a principal in a list", policy({ ...statement, Principal: { AWS: ["111122223333"] } })],
    ["with the ARN of an account", policy({ ...statement, Principal: { AWS: "arn:aws:iam::111122223333:root" } })],
    ["with the ARN of a partition", policy({ ...statement, Principal: { AWS: "arn:aws-cn:iam::111122223333:root" } })],
    ["with an action in other case", policy({ ...statement, Action: "Kinesis:putrecord" })],
    ["with a statement twice", policy(statement, statement)],
    ["with an empty Sid and Condition", policy({ Sid: "", Condition: {}, ...statement })],
    ["with an operator without keys", policy({ ...statement, Condition: { StringEquals: {} } })],
  ])("%s", (_, other) => {
    expect(samePolicy(base, other)).toBe(true);
    expect(samePolicy(other, base)).toBe(true);
  });

  test("whether everybody is a text or an object", () => {
    const [one, other] = [{ Principal: "*" }, { Principal: { AWS: "*" } }].map((all) =>
      policy({ ...statement, ...all }),
    );
    expect(samePolicy(one ?? "", other ?? "")).toBe(true);
  });

  test("whether a condition's values and keys are written in one way or the other", () => {
    const withCondition = (condition: object) => policy({ ...statement, Condition: condition });
    const left = withCondition({ Bool: { "aws:SecureTransport": true }, NumericLessThan: { "aws:x": [1, 2] } });
    const right = withCondition({
      NumericLessThan: { "AWS:X": ["2", "1"] },
      Bool: { "aws:securetransport": ["true"] },
    });
    expect(samePolicy(left, right)).toBe(true);
  });

  test("whether the oldest version is written down or not", () => {
    expect(
      samePolicy(
        JSON.stringify({ Statement: [statement] }),
        JSON.stringify({ Version: "2008-10-17", Statement: [statement] }),
      ),
    ).toBe(true);
  });
});

describe("a policy says something else", () => {
  test.each<[string, string]>([
    ["in another version", JSON.stringify({ Version: "2008-10-17", Statement: [statement] })],
    ["with another effect", policy({ ...statement, Effect: "Deny" })],
    ["with another principal", policy({ ...statement, Principal: { AWS: "111122223334" } })],
    ["for a user of the account", policy({ ...statement, Principal: { AWS: "arn:aws:iam::111122223333:user/root" } })],
    ["for a service of that name", policy({ ...statement, Principal: { Service: "111122223333" } })],
    ["for everybody but", policy({ ...statement, Principal: undefined, NotPrincipal: { AWS: "111122223333" } })],
    ["with one action more", policy({ ...statement, Action: ["kinesis:PutRecord", "kinesis:PutRecords"] })],
    ["with every action but", policy({ ...statement, Action: undefined, NotAction: "kinesis:PutRecord" })],
    ["with a resource in other case", policy({ ...statement, Resource: stream.toUpperCase() })],
    ["with a Sid", policy({ ...statement, Sid: "writers" })],
    ["with a condition", policy({ ...statement, Condition: { Bool: { "aws:SecureTransport": "true" } } })],
    ["with one statement more", policy(statement, { ...statement, Action: "kinesis:GetRecords" })],
    ["with an element that nobody knows yet", policy({ ...statement, Novelty: [1, 2] })],
    ["where it is no JSON", `${base}.`],
  ])("%s", (_, other) => {
    expect(samePolicy(base, other)).toBe(false);
    expect(samePolicy(other, base)).toBe(false);
  });

  test("with the values of an element that nobody knows in another order", () => {
    const [left, right] = [
      [1, 2],
      [2, 1],
    ].map((Novelty) => policy({ ...statement, Novelty }));
    expect(samePolicy(left ?? "", right ?? "")).toBe(false);
  });
});

// -- random policies over small alphabets, so that equal ones come up ------------------------------------------------

const ACCOUNTS = ["111122223333", "444455556666"];
const ACTIONS = ["kinesis:putrecord", "kinesis:getrecords", "kinesis:listshards"];
const RESOURCES = [stream, `${stream}2`];
const some = <T>(items: readonly T[]) => fc.subarray([...items], { minLength: 1 });

interface Rule {
  Effect: "Allow" | "Deny";
  accounts: string[];
  actions: string[];
  resources: string[];
}

const rule: fc.Arbitrary<Rule> = fc.record({
  Effect: fc.constantFrom("Allow" as const, "Deny" as const),
  accounts: some(ACCOUNTS),
  actions: some(ACTIONS),
  resources: some(RESOURCES),
});
const rules = fc.array(rule, { minLength: 1, maxLength: 3 });

/** One of the many ways to write the rules down; `pick` chooses among them. */
function write(all: readonly Rule[], pick: (among: number) => number): string {
  const shuffled = <T>(items: readonly T[]) =>
    items
      .map((item) => ({ item, place: pick(1_000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  const list = (items: readonly string[]) => (items.length === 1 && pick(2) === 0 ? items[0] : shuffled(items));
  const object = (parts: [string, unknown][]) => Object.fromEntries(shuffled(parts));
  const statements = shuffled(pick(4) === 0 ? [...all, ...all.slice(0, 1)] : all).map((one) =>
    object([
      ["Effect", one.Effect],
      ["Principal", { AWS: list(one.accounts.map((id) => (pick(2) === 0 ? id : `arn:aws:iam::${id}:root`))) }],
      ["Action", list(one.actions.map((action) => (pick(2) === 0 ? action : action.toUpperCase())))],
      ["Resource", list(one.resources)],
    ]),
  );
  const Statement = statements.length === 1 && pick(2) === 0 ? statements[0] : statements;
  return JSON.stringify(
    object([
      ["Version", "2012-10-17"],
      ["Statement", Statement],
    ]),
    undefined,
    pick(3),
  );
}

/** A second model, which shares nothing with the first: what the rules decide about every call that there can be. */
function decisions(all: readonly Rule[]): string {
  const calls = ACCOUNTS.flatMap((account) =>
    ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ account, action, resource }))),
  );
  return calls
    .map(({ account, action, resource }) => {
      const effects = all
        .filter((one) => one.accounts.includes(account) && one.actions.includes(action))
        .filter((one) => one.resources.includes(resource))
        .map(({ Effect }) => Effect);
      return effects.includes("Deny") ? "deny" : effects.includes("Allow") ? "allow" : "-";
    })
    .join(" ");
}

const pickFrom = (choices: readonly number[]) => {
  let next = 0;
  return (among: number) => (choices[next++ % choices.length] ?? 0) % among;
};
const choices = fc.array(fc.nat(10_000), { minLength: 50, maxLength: 50 });

test("every way to write a policy down says the same", () => {
  fc.assert(
    fc.property(rules, choices, choices, (all, one, other) => {
      expect(samePolicy(write(all, pickFrom(one)), write(all, pickFrom(other)))).toBe(true);
    }),
  );
});

test("policies that decide otherwise about any call are never held for the same", () => {
  fc.assert(
    fc.property(rules, rules, choices, (left, right, how) => {
      fc.pre(decisions(left) !== decisions(right));
      expect(samePolicy(write(left, pickFrom(how)), write(right, pickFrom(how)))).toBe(false);
    }),
  );
});

describe("what is wrong with a policy is told before any call", () => {
  test.each([
    ["{", /must be JSON: /],
    ["[]", /must be a policy document/],
    ["{}", /has no Statement/],
    [JSON.stringify({ Statement: [] }), /has no Statement/],
    [JSON.stringify({ Statement: ["Allow"] }), /statement 1 of 1: it is not an object/],
    [policy(statement, { ...statement, Effect: "allow" }), /statement 2 of 2: its Effect must be "Allow" or "Deny"/],
    [policy({ ...statement, Principal: undefined }), /needs a Principal/],
    [policy({ ...statement, Action: undefined }), /needs an Action/],
  ])("%s", (text, fault) => {
    expect(findPolicyFault(text)).toMatch(fault);
  });

  test("nothing is wrong with a good one", () => {
    expect(findPolicyFault(base)).toBeUndefined();
    expect(findPolicyFault(policy({ ...statement, Principal: undefined, NotPrincipal: "*" }))).toBeUndefined();
  });
});

test("an answer without statements is no policy", () => {
  expect(["", "{}", '{"Statement":[]}', base].map(isPolicy)).toEqual([false, false, false, true]);
});
