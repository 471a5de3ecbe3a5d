/**
 * The main job in one command: plain `pulumi up` of examples/quickstart on the real engine, against the embedded
 * emulator or, with --aws, on the account. After each step it asks Kinesis itself, not Pulumi's state, whether what the
 * program says is true, and ends with 1 if it isn't.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import type { Emulator } from "./emulator";
import { startEmulator } from "./emulator";
import { ensureEngine } from "./engine";
import { KinesisWitness } from "./quickstart/kinesis-witness";
import { PulumiRunner, StepFailed } from "./quickstart/pulumi-runner";

const root = join(__dirname, "..");
const project = join(root, "examples", "quickstart");
const say = (line: string) => console.log(line);

async function main(): Promise<void> {
  const command = new Command("npm run quickstart --")
    .description("Creates, tags, reshards and destroys a Kinesis stream with the real Pulumi engine.")
    .option("--aws", "on the AWS account that your environment names, instead of the embedded emulator")
    .option("--verbose", "show all that pulumi prints")
    .parse();
  const { aws = false, verbose = false } = command.opts<{ aws?: boolean; verbose?: boolean }>();

  const where = join(root, ".cache", "quickstart", aws ? "aws" : "emulator");
  // A stack on AWS that an earlier run left behind is found again; the emulator forgets everything when it ends.
  if (!aws) await rm(where, { recursive: true, force: true });
  await mkdir(join(where, "state"), { recursive: true });

  const engine = await ensureEngine({ log: say });
  const emulator = aws ? undefined : await startEmulator();
  const env: NodeJS.ProcessEnv = {
    ...(emulator ? emulatorEnvironment(emulator) : process.env),
    ...engine.env,
    PULUMI_HOME: join(where, "home"),
    PULUMI_BACKEND_URL: `file://${join(where, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "quickstart",
  };
  const kinesis = new KinesisWitness(env);
  const pulumi = new PulumiRunner(engine.pulumi, project, env, verbose);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => pulumi.interrupt());
  try {
    say(emulator ? `Kinesis: the embedded emulator at ${emulator.url}` : `Kinesis: ${await kinesis.describe()}`);
    await play(pulumi, kinesis, aws);
  } finally {
    await kinesis.close();
    await emulator?.stop();
  }
}

/** The story. Each step is a sentence, what a person would type, and what has to be true in Kinesis afterwards. */
async function play(pulumi: PulumiRunner, kinesis: KinesisWitness, aws: boolean): Promise<void> {
  const stack = aws ? "quickstart-aws" : "quickstart";
  if (!aws) await rm(join(project, `Pulumi.${stack}.yaml`), { force: true });
  await pulumi.run("stack", "select", "--create", stack);
  // What an interrupted run on AWS has left in the stack's configuration.
  await pulumi.run("config", "rm", "tags").catch(() => undefined);
  const up = (...args: string[]) => pulumi.run("up", "--yes", ...args);
  const reshard = async (shards: number) => {
    await pulumi.run("config", "set", "shardCount", String(shards));
    await up();
    await kinesis.expect(name, { shards });
  };
  const tags = { team: "checkout", environment: stack, "cost-centre": "4711" };
  let name = "";
  try {
    await step("pulumi up: create a stream of 2 shards, with tags of two teams", async () => {
      await pulumi.run("config", "set", "shardCount", "2");
      await up();
      name = (await pulumi.run("stack", "output", "streamName")).trim();
      await kinesis.expect(name, { shards: 2, tags });
    });
    await step("pulumi up again: nothing is left to do", async () => {
      await up("--expect-no-changes");
      await kinesis.expect(name, { shards: 2, tags });
    });
    await step("shardCount 2 -> 3, in place", () => reshard(3));
    await step("shardCount 3 -> 5", () => reshard(5));
    await step("shardCount 5 -> 3", () => reshard(3));
    await step("add a tag", async () => {
      await pulumi.run("config", "set", "--path", "tags.owner", "data-platform");
      await up();
      await kinesis.expect(name, { shards: 3, tags: { ...tags, owner: "data-platform" } });
    });
    await step(
      "somebody merges two shards, removes a tag and adds one behind our back; pulumi refresh sees it",
      async () => {
        await kinesis.meddle(name);
        const refreshed = await pulumi.run("refresh", "--yes");
        if (!/Stream orders updated.*shardCount.*tags/.test(refreshed)) {
          throw new StepFailed(`pulumi refresh did not notice the changes. It printed:\n${refreshed}`);
        }
      },
    );
    await step("pulumi up makes the program true again and leaves the foreign tag alone", async () => {
      await up();
      await kinesis.expect(name, { shards: 3, tags: { ...tags, owner: "data-platform", console: "by hand" } });
    });
  } catch (error) {
    // On AWS a stream costs money: nothing is left behind, as far as it can be helped.
    if (aws) await cleanUp(pulumi);
    throw error;
  }
  await step("pulumi destroy", async () => {
    await pulumi.run("destroy", "--yes");
    await kinesis.expectGone(name);
    await pulumi.run("stack", "rm", "--yes", stack);
  });
  say("\nAll of it is true. Read examples/quickstart/index.ts next: it is the whole program.");
}

let steps = 0;

async function step(title: string, work: () => Promise<void>): Promise<void> {
  steps += 1;
  say(`\n${steps}. ${title}`);
  const started = performance.now();
  await work();
  say(`   ok, asked Kinesis itself (${Math.round((performance.now() - started) / 1000)} s)`);
}

async function cleanUp(pulumi: PulumiRunner): Promise<void> {
  say("\nRemoving what was created: pulumi destroy");
  pulumi.resume();
  try {
    await pulumi.run("cancel", "--yes").catch(() => undefined);
    await pulumi.run("destroy", "--yes");
  } catch (error) {
    say(
      `${(error as Error).message}\nThe stream may still exist. Run npm run quickstart -- --aws again: it goes on from here.`,
    );
  }
}

/** Nothing of the person's own AWS settings reaches a run against the emulator, and no proxy stands in between. */
function emulatorEnvironment(emulator: Emulator): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([key]) => !/^(AWS_|PULUMI_)|_PROXY$/i.test(key));
  return {
    ...Object.fromEntries(others),
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_SECRET_ACCESS_KEY: "emulator",
    AWS_REGION: emulator.region,
    AWS_ENDPOINT_URL_KINESIS: emulator.url,
  };
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
