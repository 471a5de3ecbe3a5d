import * as pulumi from "@pulumi/pulumi";
import type { ProviderKind } from "./provider-closure";
import { providerClosure } from "./provider-closure";

/**
 * The base of our resources: what `pulumi.dynamic.Resource` is to a program, with the provider text of
 * provider-closure.ts in place of a serialised object.
 *
 * Pulumi hands a dynamic provider neither the resource's logical name nor its URN nor its `customTimeouts`, so they travel as
 * hidden inputs: the first makes auto-names, the second tells resources apart, the third bounds our waits.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  protected constructor(
    kind: ProviderKind,
    type: string,
    name: string,
    props: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const token = `pulumi-nodejs:dynamic/kinesis:${type}`;
    refuseOptions(`${type} ${name}`, props, opts);
    super(
      token,
      name,
      {
        ...props,
        __provider: providerClosure(kind),
        __logicalName: name,
        __urn: urnOf(token, name, opts?.parent),
        __customTimeouts: opts?.customTimeouts,
      },
      opts,
    );
  }
}

/**
 * The URN that the engine is going to give the resource. A promise and no output: who depends on a component waits for all of
 * its children, and this is one of them.
 */
function urnOf(type: string, name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, type, parent);
  return new Promise((resolve) => {
    urn.apply(resolve);
  });
}

/**
 * Pulumi drops a provider of another package without a word: a program that comes from `@pulumi/aws` would create its
 * streams in the default account and region. And it asks for an import without saying which code is behind the resource.
 * @throws pulumi.RunError, which Pulumi prints without a stack
 */
function refuseOptions(who: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions | undefined): void {
  const { region, streamArn, resourceArn } = props;
  if (opts?.import !== undefined) {
    throw new pulumi.RunError(
      `${who}: Pulumi's option import can't work with dynamic resources. Give it the name of the stream and adopt: true to ` +
        "take over a stream that exists; a StreamConsumer or ResourcePolicy of @pulumi/aws moves with " +
        "`pulumi-kinesis adopt --from-stack`.",
    );
  }
  const instead =
    "set the argument region, and say the account for the whole stack: kinesis:profile in its configuration, or AWS_PROFILE";
  if (opts?.provider !== undefined) {
    throw new pulumi.RunError(
      `${who}: the option provider has no effect on dynamic resources. Take it out, and ${instead}.`,
    );
  }
  const isPlaced = (region ?? streamArn ?? resourceArn ?? opts?.id) !== undefined;
  if (!isPlaced && opts?.parent?.getProvider("aws:kinesis/stream:Stream") !== undefined) {
    throw new pulumi.RunError(
      `${who}: its parent has a provider of @pulumi/aws, which has no effect on dynamic resources: ${instead}.`,
    );
  }
}

/** The region in an ARN: known whenever the ARN is, so nothing that uses it has to wait for an update. */
export function regionOf(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => text.split(":")[3] ?? "");
}

/**
 * The stack's `defaultTags` become tags of the resource. Its provider is not told which settings are secrets, and Pulumi keeps as a
 * secret what has the name of a secret input: so these are the resource's tags, as a secret, where a setting of default tags is one.
 * Of a resource that is only read they are nobody's.
 */
export function tagsUnderSecretDefaults(args: { tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }> }) {
  const isSecret = !("__get" in args) && ["kinesis:defaultTags", "aws:defaultTags"].some(isSecretSetting);
  return isSecret ? { tags: pulumi.secret(args.tags ?? {}) } : {};
}

/** Pulumi has the answer for itself only. Where it does not give it, a setting counts as a secret. */
function isSecretSetting(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? pulumi.runtime.allConfig()[key] !== undefined;
}
