/** The packed package as its users have it: what a project into which it was installed has to do. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { usingAll } from "../compat/programs";
import { run } from "../compat/run";
import type { PulumiProject } from "../pulumi/harness";
import type { Kinesis } from "../pulumi/kinesis-project";

/** Beside ours: the newest Pulumi that runs on Node 20, and a TypeScript, as a user's project has them. */
export const others = ["@pulumi/pulumi@~3.245.0", "typescript@~5.9.3", "@types/node@^20"];

/** Every entry loads, types check and the command runs. The project that comes back is for deploying the program. */
export async function tryInstalled(
  kinesis: Kinesis,
  program: string,
  install: (cwd: string) => Promise<unknown>,
): Promise<PulumiProject> {
  const project = await kinesis.project(program, {
    typeCheck: true,
    install: async (cwd) => {
      await install(cwd);
    },
  });
  const cwd = project.directory;

  const required = `for (const entry of ["", "/provider", "/client", "/reshard"])
    console.log(Object.keys(require("pulumi-kinesis" + entry)).length > 0)`;
  expect(await run(process.execPath, ["-e", required], { cwd })).toBe("true\n".repeat(4));

  writeFileSync(
    join(cwd, "program.mjs"),
    `import { Stream } from "pulumi-kinesis";
     import { KinesisClient } from "pulumi-kinesis/client";
     console.log(Stream.name, KinesisClient.name);`,
  );
  expect(await run(process.execPath, ["program.mjs"], { cwd })).toBe("Stream KinesisClient\n");

  const cli = join(cwd, "node_modules", ".bin", "pulumi-kinesis");
  expect(await run(cli, ["plan", "--from", "2", "--to", "3"], { cwd })).toMatch(/^reshard 2 -> 3 shards/);

  writeFileSync(join(cwd, "all.ts"), usingAll("packed"));
  for (const resolution of ["node16", "node10"]) {
    const module = resolution === "node16" ? "node16" : "commonjs";
    const options = [
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--module",
      module,
      "--moduleResolution",
      resolution,
    ];
    const tsc = join(cwd, "node_modules", "typescript", "lib", "tsc.js");
    expect(await run(process.execPath, [tsc, ...options, "--skipLibCheck", "false", "all.ts"], { cwd })).toBe("");
  }

  return project;
}
