import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { Stream } from "pulumi-kinesis";

// npx tsx index.ts <stack> <shards>
const [stackName = "dev", shards = "2"] = process.argv.slice(2);

async function main() {
  const program = async () => {
    const orders = new Stream("orders", { shardCount: Number(shards) });
    return { streamName: orders.name, shards: orders.openShards.apply((open) => open.length) };
  };
  // The provider is looked for where the workspace is: here, beside the node_modules that has it.
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, projectName: "automation-api", program },
    { workDir: __dirname },
  );
  const { summary, outputs } = await stack.up({ onOutput: (text) => process.stdout.write(text) });
  console.log(`${summary.result}: ${outputs.streamName?.value} has ${outputs.shards?.value} shards`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
