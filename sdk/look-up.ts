import * as pulumi from "@pulumi/pulumi";

/**
 * Calls a look-up of the provider with the configuration of the stack. The provider is found by name and only now: a
 * program that looks nothing up never loads it.
 */
export function lookUp<Result>(name: string, args: object): Promise<Result> {
  const { lookUps } = require("pulumi-kinesis/provider");
  return lookUps[name](args, pulumi.runtime.allConfig(), pulumi.getProject());
}

/**
 * The Output form of a look-up. At a preview it waits, as `pulumi.runtime.invokeOutput` does, for the resources that its
 * arguments come from: their names may be known before they exist.
 */
export function lookUpOutput<Args, Result>(
  look: (args: Args) => Promise<Result>,
  args: pulumi.Input<Args>,
): pulumi.Output<Result> {
  const known = pulumi.output(args);
  const existing = pulumi.getAllResources(known).then((resources) => [...resources].map(idOf));
  return pulumi.all([known, existing]).apply(([values]) => look(values as Args)) as pulumi.Output<Result>;
}

const idOf = (resource: pulumi.Resource) => (pulumi.CustomResource.isInstance(resource) ? resource.id : undefined);
