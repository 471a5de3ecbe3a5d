/** Terraform's `aws_kinesis_stream`, which Pulumi's `aws.kinesis.Stream` is a bridge to: same code, same waits. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Contender } from "./contest";
import { NotHere } from "./contest";
import { environment } from "./scripts";

const run = promisify(execFile);

const CONFIGURATION = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
variable "streams" { type = number }
variable "shards" { type = number }
resource "aws_kinesis_stream" "stream" {
  count       = var.streams
  name        = "stream-\${count.index}"
  shard_count = var.shards
  tags        = { team = "a" }
}
`;

/** A folder in which Terraform has its provider. */
async function prepare(): Promise<{ folder: string; version: string }> {
  const folder = await mkdtemp(join(tmpdir(), "terraform-"));
  const terraform = async (args: string[]) => (await run("terraform", args, { cwd: folder, env: quiet() })).stdout;
  try {
    await writeFile(join(folder, "main.tf"), CONFIGURATION);
    await terraform(["version"]).catch(() => {
      throw new NotHere(
        "terraform is not on the PATH; install it from https://developer.hashicorp.com/terraform/install",
      );
    });
    await terraform(["init", "-input=false", "-no-color"]).catch(() => {
      throw new NotHere(
        "`terraform init` can't get the provider hashicorp/aws; let it download it, or name a filesystem_mirror in a file and that in TF_CLI_CONFIG_FILE",
      );
    });
    const { terraform_version, provider_selections } = JSON.parse(await terraform(["version", "-json"])) as {
      terraform_version: string;
      provider_selections: Record<string, string>;
    };
    const [provider] = Object.values(provider_selections);
    return { folder, version: `Terraform ${terraform_version}, hashicorp/aws ${provider}` };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const quiet = () => ({ ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" });

export const terraform: Contender = {
  name: "Terraform",
  how: "`terraform apply` and `destroy` of `aws_kinesis_stream`, ten at a time as by default; the reshard is two applies, 1 -> 2 -> 3, because UpdateShardCount takes at most twice the shards",
  async version() {
    const { folder, version } = await prepare();
    await rm(folder, { recursive: true, force: true });
    return version;
  },
  async enter({ url, streams }) {
    const { folder } = await prepare();
    const env = { ...quiet(), ...environment(url) };
    const terraform = async (command: string, count: number, shards: number) => {
      const variables = ["-var", `streams=${count}`, "-var", `shards=${shards}`];
      const args = [command, "-auto-approve", "-input=false", "-no-color", ...variables];
      await run("terraform", args, { cwd: folder, env, timeout: 900_000, maxBuffer: 2 ** 26 });
    };
    return {
      works: {
        start: () => terraform("apply", 0, 1),
        create: () => terraform("apply", streams, 1),
        again: () => terraform("apply", streams, 1),
        reshard: async () => {
          await terraform("apply", streams, 2);
          await terraform("apply", streams, 3);
        },
        destroy: () => terraform("destroy", streams, 3),
      },
      leave: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
