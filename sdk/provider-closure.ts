/**
 * The program text that lands in users' state as `__provider`, and that Pulumi's dynamic provider evaluates to find the
 * code behind a resource: now, at the next refresh, and at a destroy years from now. So this text is wire format:
 *
 * - It is written by hand. `pulumi.dynamic.Resource` would serialise a provider object to the same end: seven methods
 *   come out at 2 kB a resource, twice in the state, with the bytes depending on the releases of TypeScript and Pulumi
 *   that wrote them, so that an upgrade shows every stream as changed. The engine cannot tell the difference: it sees
 *   the same type tokens and the same `exports.handler`.
 * - It names only `pulumi-kinesis/provider` and a key there. All logic stays in the package, where a fix reaches the
 *   streams that exist already.
 * - A text once published is never edited; tests/sdk/provider-closure.test.ts runs each one in a fresh process.
 */
export type ProviderKind = "stream" | "streamTags" | "streamConsumer" | "resourcePolicy";

export function providerClosure(kind: ProviderKind): string {
  return `exports.handler = () => {
  try {
    return require("pulumi-kinesis/provider").${kind};
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    const reason = "the package pulumi-kinesis is not installed: run \`npm install pulumi-kinesis\` in " + process.cwd();
    throw Object.assign(new Error(reason), { stack: "" });
  }
};
`;
}
