#!/usr/bin/env node
/**
 * Stands in for Pulumi's own `pulumi-resource-pulumi-nodejs`: runs the dynamic-provider server of the `@pulumi/pulumi`
 * that the person's program uses. The engine starts us in the program's directory and gives its own address as argument.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

// The engine holds the other end of our standard input; it closes when the engine ends, however it ends. The official
// program outlives a killed engine.
process.stdin.once("end", () => process.exit(1)).once("error", () => process.exit(1));
process.stdin.resume();

const program = process.cwd();
try {
  const server = createRequire(join(program, "package.json")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
  require(server);
} catch (error) {
  if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
  console.error(`@pulumi/pulumi is not installed for the program in ${program}: run npm install there.`);
  process.exit(1);
}
