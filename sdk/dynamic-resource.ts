import * as pulumi from "@pulumi/pulumi";
import type { ProviderKind } from "./provider-closure";
import { providerClosure } from "./provider-closure";

/**
 * The base of our resources: what `pulumi.dynamic.Resource` is to a program, with the provider text of
 * provider-closure.ts in place of a serialised object.
 *
 * Pulumi hands a dynamic provider neither the resource's logical name nor its `customTimeouts`, so both travel as
 * hidden inputs: the first makes auto-names, the second bounds our waits.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  protected constructor(
    kind: ProviderKind,
    type: string,
    name: string,
    props: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    super(
      `pulumi-nodejs:dynamic/kinesis:${type}`,
      name,
      {
        ...props,
        __provider: providerClosure(kind),
        __logicalName: name,
        __customTimeouts: opts?.customTimeouts,
      },
      opts,
    );
  }
}

/** The region in an ARN: known whenever the ARN is, so nothing that uses it has to wait for an update. */
export function regionOf(arn: pulumi.Output<string>): pulumi.Output<string> {
  return arn.apply((text) => text.split(":")[3] ?? "");
}
