import * as pulumi from "@pulumi/pulumi";

/** Whose create this is, for the mark that it leaves on what it makes until it ends. Pulumi tells a dynamic provider nothing of it. */
export function stackName(): string {
  return `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
}

/** Users' unit tests with Pulumi's mocks have none, and asking for it throws; then it is the one of Pulumi's file backend. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}
