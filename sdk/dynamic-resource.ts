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

/** The region in an ARN: known whenever the ARN is, so nothing that uses it has to wait for an update. */
export function regionOf(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => text.split(":")[3] ?? "");
}
