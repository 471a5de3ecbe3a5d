/**
 * Resource policies compared by what they say, not by how they are written. AWS gives a policy back in a form of its own
 * (a list of one as a single value, an account number as the ARN of its root), and programs write the same policy in many
 * ways. Pure.
 *
 * The rules are those of the policy grammar,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and …/reference_policies_elements.html:
 *
 * - Statements, and the values of Action, Resource, Principal and Condition, are sets: neither order nor repetition counts,
 *   and a single value is a set of one.
 * - Actions and condition keys don't distinguish case. Everything else does.
 * - A principal `123456789012` is `arn:<partition>:iam::123456789012:root`, and `"*"` is `{ "AWS": "*" }`.
 * - Condition values are texts: `true` is `"true"`.
 * - A policy without Version is one of 2008-10-17. Sid and Condition left out are empty ones.
 *
 * What the grammar doesn't know is compared as it stands, so an element that AWS may add one day is a difference.
 */

/** Whether two policies say the same. Texts that are no policies are the same only where they are equal. */
export function samePolicy(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [parsePolicy(left), parsePolicy(right)];
  return one !== undefined && other !== undefined && canonicalPolicy(one) === canonicalPolicy(other);
}

/**
 * What is wrong with a text that should be a resource policy; undefined where nothing is. Its size is left to AWS, which
 * documents no limit for Kinesis.
 */
export function findPolicyFault(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Node's words quote the text, which may be a secret of the program's.
    const { message } = error as Error;
    const [, at] = / at position (\d+)/.exec(message) ?? [];
    if (/^Unexpected end|^Unterminated/.test(message)) return "must be JSON: it ends too soon";
    return at === undefined ? "must be JSON, and is not" : `must be JSON: character ${Number(at) + 1} is wrong`;
  }
  if (!isRecord(value)) return "must be a policy document: a JSON object with a Statement";
  const statements = toList(value.Statement);
  if (statements.length === 0) return "has no Statement";
  for (const [index, statement] of statements.entries()) {
    const fault = findStatementFault(statement);
    if (fault !== undefined) return `has a fault in statement ${index + 1} of ${statements.length}: ${fault}`;
  }
  return undefined;
}

function findStatementFault(statement: unknown): string | undefined {
  if (!isRecord(statement)) return "it is not an object";
  const { Effect } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") return 'its Effect must be "Allow" or "Deny"';
  if (!hasOne(statement, "Principal", "NotPrincipal")) return "it needs a Principal, as every policy on a resource";
  if (!hasOne(statement, "Action", "NotAction")) return "it needs an Action";
  return undefined;
}

const hasOne = (statement: Json, ...names: string[]) => names.some((name) => statement[name] !== undefined);

/** Whether a text has statements at all: some implementations answer with an empty document where there is no policy. */
export const isPolicy = (text: string): boolean => toList(parsePolicy(text)?.Statement).length > 0;

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const toList = (value: unknown): unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};

function parsePolicy(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------------------------------------------------------
// The canonical form: equal texts for equal meanings
// ---------------------------------------------------------------------------------------------------------------

function canonicalPolicy({ Version = "2008-10-17", Statement, ...others }: Json): string {
  return canonicalObject({ ...others, Version, Statement: toSet(toList(Statement).map(canonicalStatement)) });
}

function canonicalStatement(statement: unknown): string {
  if (!isRecord(statement)) return canonicalValue(statement);
  const parts = Object.entries(statement).map(([name, value]) => [name, canonicalElement(name, value)] as const);
  return canonicalObject(Object.fromEntries(parts.filter(([, value]) => value !== undefined)));
}

/** An element of a statement; undefined where it is as good as left out. */
function canonicalElement(name: string, value: unknown): unknown {
  switch (name) {
    case "Sid":
      return value === "" ? undefined : value;
    case "Action":
    case "NotAction":
      return toSet(toList(value).map((action) => String(action).toLowerCase()));
    case "Resource":
    case "NotResource":
      return toSet(toList(value).map(canonicalValue));
    case "Principal":
    case "NotPrincipal":
      return canonicalPrincipals(value === "*" ? { AWS: "*" } : value);
    case "Condition":
      return canonicalConditions(value);
    default:
      return value;
  }
}

const ROOT_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):root$/;

function canonicalPrincipals(principals: unknown): unknown {
  if (!isRecord(principals)) return principals;
  const kinds = Object.entries(principals).map(([kind, value]) => {
    const ids = toList(value).map(String);
    return [kind, toSet(kind === "AWS" ? ids.map((id) => ROOT_ARN.exec(id)?.[1] ?? id) : ids)];
  });
  return Object.fromEntries(kinds.filter(([, ids]) => ids?.length !== 0));
}

function canonicalConditions(conditions: unknown): unknown {
  if (!isRecord(conditions)) return conditions;
  const operators = Object.entries(conditions)
    .filter(([, keys]) => !isRecord(keys) || Object.keys(keys).length > 0)
    .map(([operator, keys]) => {
      if (!isRecord(keys)) return [operator, keys];
      // A list of pairs, not an object: two keys that differ only in case stay two.
      const pairs = Object.entries(keys).map(([key, values]) =>
        canonicalValue([key.toLowerCase(), toSet(toList(values).map(String))]),
      );
      return [operator, toSet(pairs)];
    });
  return operators.length === 0 ? undefined : Object.fromEntries(operators);
}

const toSet = (items: string[]): string[] => [...new Set(items)].sort();

const canonicalObject = (value: Json): string => canonicalValue(value);

/** JSON with its keys in order. */
function canonicalValue(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
