/** Command lines that are wrong: exit code 2, or 1 where the line is right and what it names is not; a sentence, no stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { moveStack } from "../../provider/moving/move-stack";
import { cli } from "../cli/cli";
import { faultsOfText } from "./clear-error";
import { JSON_VALUES } from "./malformed";

const LONG = "x".repeat(100_000);
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";
const directory = mkdtempSync(join(tmpdir(), "bad-input-"));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (text: string) => {
  const path = join(directory, "stack.json");
  writeFileSync(path, text);
  return path;
};

/** [exit code, what the sentence names, arguments] */
const LINES: readonly [number, RegExp, readonly string[]][] = [
  [2, /unknown command 'x+…/, [LONG]],
  [2, /unknown option '--x+…/, ["plan", `--${LONG}`]],
  [2, /'--shards <count>' argument 'x+….*whole number/, ["plan", "--shards", LONG]],
  [2, /'--from <count>' argument '-1'.*whole number from 1 to/, ["plan", "--from=-1", "--to", "2"]],
  [2, /'--to <count>' argument '1e3'.*whole number/, ["plan", "--from", "1", "--to", "1e3"]],
  [2, /'--to <count>' argument '999999999999999999999'/, ["plan", "--from", "1", "--to", "999999999999999999999"]],
  [2, /too many arguments/, ["plan", "--from", "1", "--to", "2", "3"]],
  [2, /'--region <region>' argument missing/, ["plan", "--region"]],
  [1, /StreamName must have at least 1 character/, ["plan", "--stream", "", "--shards", "2", "--region", "eu-west-1"]],
  [
    1,
    /StreamName must have at most 128 characters/,
    ["plan", "--stream", LONG, "--shards", "2", "--region", "eu-west-1"],
  ],
  [1, /"x y" is no AWS region/, ["plan", "--stream", "s", "--shards", "2", "--region", "x y"]],
  [1, /"x+… \(100000 characters\)" is no AWS region/, ["plan", "--stream", "s", "--shards", "2", "--region", LONG]],
  [
    1,
    /The endpoint "nonsense"/,
    ["plan", "--stream", "s", "--shards", "2", "--region", "eu-west-1", "--endpoint", "nonsense"],
  ],
  [
    1,
    /nowhere\/plan\.svg: no such file or directory/,
    ["plan", "--from", "1", "--to", "2", "--svg", "/nowhere/plan.svg"],
  ],
  [2, /'--stream <names...>' argument 'a\/b'/, ["iam-policy", "--stream", "a/b"]],
  [2, /'--region <region>' argument 'a b'.*such as eu-west-1, or \*/, ["iam-policy", "--region", "a b"]],
  [2, /'--account <number>' argument '1'.*twelve digits/, ["iam-policy", "--account", "1"]],
  [2, /'--partition <partition>' argument 'aws:s3'/, ["iam-policy", "--partition", "aws:s3"]],
  [2, /'--kms-key <arn>' argument 'alias\/a'.*a key's ARN/, ["iam-policy", "--kms-key", "alias/a"]],
  [2, /'--for <uses...>' argument 'nope' is invalid/, ["iam-policy", "--for", "nope"]],
  [2, /'--from-stack <file>' argument missing/, ["adopt", "--from-stack"]],
  [1, /EISDIR/, ["adopt", "--from-stack", directory]],
  [
    1,
    /no stack that `pulumi stack export` wrote/,
    ["adopt", "--from-stack", file('{"version":3,"deployment":{"resources":[{}]}}')],
  ],
];

test("a wrong command line is one sentence", async () => {
  const faults: string[] = [];
  const tried = async ([code, sentence, args]: (typeof LINES)[number]) => {
    const result = await cli([...args]);
    const line = args.join(" ").slice(0, 100);
    if (result.code !== code || result.stdout !== "")
      faults.push(`${line}: exit code ${result.code}, ${result.stdout}`);
    if (!sentence.test(result.stderr)) faults.push(`${line}: ${result.stderr.slice(0, 300)}`);
    const text = result.stderr.trimEnd().replace(/\n\(--help tells what there is\)$/, "");
    for (const fault of faultsOfText(text, { path: "", input: args, words: "" })) faults.push(`${line}: ${fault}`);
  };
  for (const line of LINES) await tried(line);
  expect(faults).toEqual([]);
  expect((await cli(["iam-policy", "--region", "*", "--account", "123456789012", "--kms-key", KEY])).code).toBe(0);
}, 120_000);

describe("an exported stack with a wrong value at any place", () => {
  const URN = "urn:pulumi:dev::shop::aws:kinesis/stream:Stream::orders";
  const good = {
    version: 3,
    deployment: {
      resources: [
        {
          urn: URN,
          custom: true,
          id: "arn",
          type: "aws:kinesis/stream:Stream",
          inputs: { __defaults: ["name"], name: "orders", shardCount: 1, streamModeDetails: { __defaults: [] } },
          outputs: { name: "orders", tagsAll: { a: "b" } },
          parent: "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
          provider: "urn:pulumi:dev::shop::pulumi:providers:aws::default::1",
          dependencies: [URN],
        },
      ],
      pending_operations: [],
    },
  };
  const places = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] =>
    typeof value === "object" && value !== null
      ? [
          path,
          ...Object.entries(value).flatMap(([key, inner]) =>
            places(inner, [...path, Array.isArray(value) ? Number(key) : key]),
          ),
        ]
      : [path];
  const withValue = (given: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown => {
    if (key === undefined) return value;
    const copy = Array.isArray(given) ? [...given] : { ...(given as object) };
    (copy as Record<string | number, unknown>)[key] = withValue(
      (given as Record<string | number, unknown>)[key],
      rest,
      value,
    );
    return copy;
  };

  test("is moved, or refused in a sentence", () => {
    const faults: string[] = [];
    let refused = 0;
    for (const place of places(good)) {
      for (const [words, value] of JSON_VALUES) {
        try {
          moveStack(
            withValue(good, place, value),
            "to-pulumi-kinesis",
            () => "",
            () => "id",
          );
        } catch (error) {
          refused++;
          const { code, message } = error as Error & { code?: string };
          const found = faultsOfText(message, { path: "", input: value, words });
          if (code !== "ERR_KINESIS_MOVE") found.push(`${code}: ${message}`);
          for (const fault of found) faults.push(`${place.join(".")} ${words}: ${fault.slice(0, 200)}`);
        }
      }
    }
    expect(faults.slice(0, 20)).toEqual([]);
    expect(refused).toBeGreaterThan(300);
  });
});
