import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { usingAll } from "../compat/programs";
import { blocksOf, page } from "../house/pages";
import type { PulumiProject } from "../pulumi/harness";
import { useKinesis } from "../pulumi/kinesis-project";

const root = join(__dirname, "..", "..");
const kinesis = useKinesis();
const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-tarball-"));
let tarball = "";

/** Runs a program in `cwd`; fails with all that it printed. */
async function run(program: string, args: string[], cwd: string, env = process.env): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
  }
}

beforeAll(async () => {
  // dist/ is there already: npm's own lifecycle would build it once more.
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], root);
  tarball = join(directory, readdirSync(directory).find((file) => file.endsWith(".tgz")) ?? "");
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the tarball holds the compiled package and its papers, and nothing else", async () => {
  const listed = (await run("tar", ["-tzf", tarball], directory)).trim().split("\n");
  const others = listed.filter((file) => !/^package\/dist\/(provider|sdk)\/.*\.(js|d\.ts)$/.test(file));
  expect(others.sort()).toEqual([
    "package/CHANGELOG.md",
    "package/LICENSE",
    "package/README.md",
    "package/SECURITY.md",
    "package/dist/provider/client/LICENSES.txt",
    "package/package.json",
  ]);
});

test("a release would publish the same files, for everybody and with its provenance, and is tried without a network", async () => {
  // Nobody listens there.
  const env = { ...process.env, npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };
  const args = ["run", "--silent", "release:dry", "--", "--json", "--ignore-scripts"];
  const answer = JSON.parse(await run("npm", args, root, env)) as Released & Record<string, Released>;
  // By the package's name since npm 11.
  const { files, version } = answer["pulumi-kinesis"] ?? answer;
  const listed = (await run("tar", ["-tzf", tarball], directory)).trim().split("\n");
  expect(files.map(({ path }) => `package/${path}`).sort()).toEqual(listed.sort());
  const { publishConfig, repository, version: ours } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(version).toBe(ours);
  expect(publishConfig).toEqual({ access: "public", provenance: true });
  // npm refuses provenance of a package that names another repository than the one whose workflow publishes it.
  expect(repository.url).toBe("git+https://github.com/pulumi-kinesis/pulumi-kinesis.git");
}, 60_000);

interface Released {
  readonly version: string;
  readonly files: readonly { readonly path: string }[];
}

describe("the published client is one file", () => {
  const folder = join(root, "dist", "provider", "client");

  test("beside the declarations, with the licences of what is inside", () => {
    expect(readdirSync(folder).filter((file) => !file.endsWith(".d.ts"))).toEqual(["LICENSES.txt", "index.js"]);
    const licences = readFileSync(join(folder, "LICENSES.txt"), "utf8");
    const inside = ["@smithy/core", "@smithy/signature-v4", "@smithy/types", "undici", "zod"];
    expect(licences.match(/^\S+ \S+ \(\S+\)\n=+$/gm)?.map((title) => title.split("\n")[0])).toEqual(
      inside.map((name) => {
        const { version, license } = require(`${name}/package.json`);
        return `${name} ${version} (${license})`;
      }),
    );
  });

  test("in short lines, because Node prints the whole line where an uncaught error was thrown", () => {
    const lines = readFileSync(join(folder, "index.js"), "utf8").split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(1_000);
  });

  test("and a first call loads nothing else from the disk", async () => {
    const program = `
      const { KinesisClient } = require(${JSON.stringify(folder)});
      const server = require("node:http").createServer((_, response) => response.end('{"StreamNames":[],"HasMoreStreams":false}'));
      server.listen(0, "127.0.0.1", async () => {
        const before = Object.keys(require.cache);
        const client = new KinesisClient({
          region: "eu-west-1",
          endpoint: "http://127.0.0.1:" + server.address().port,
          credentials: { accessKeyId: "A", secretAccessKey: "B" },
        });
        const { HasMoreStreams } = await client.listStreams({});
        console.log(JSON.stringify({ HasMoreStreams, before, later: Object.keys(require.cache).slice(before.length) }));
        await client.close();
        server.close();
      });`;
    const provider = join(root, "dist", "provider");
    expect(JSON.parse(await run(process.execPath, ["-e", program], directory))).toEqual({
      HasMoreStreams: false,
      before: [join(folder, "index.js"), join(provider, "errors.js"), join(provider, "platform.js")],
      later: [],
    });
  });
});

/** Beside ours: the newest Pulumi that runs on Node 20, and a TypeScript, as a user's project has them. */
const packages = () => [tarball, "@pulumi/pulumi@~3.245.0", "typescript@~5.9.3", "@types/node@^20"];
const pnpm = join(root, "node_modules", "pnpm", "bin", "pnpm.cjs");

/** A program in the project that the package was installed into, and what it is deployed for. */
interface Deployed {
  readonly program: string;
  deploy(project: PulumiProject): Promise<void>;
}

/** As somebody's who follows the README: its first program, then the change that it proposes. */
const readme: Deployed = {
  program: blocksOf(page("README.md"), "ts")[0] ?? "",
  async deploy(project) {
    expect((await project.up()).changes).toEqual({ create: 3 });
    const { streamName, openShards } = await project.outputs();
    expect(streamName).toMatch(/^orders-[0-9a-f]{7}$/);
    expect(await kinesis.openShards(String(streamName))).toHaveLength(3);
    expect(openShards).toHaveLength(3);
    expect(await kinesis.tags(String(streamName))).toEqual({
      team: "checkout",
      environment: "prod",
      "cost-centre": "4711",
    });
    await project.writeProgram(this.program.replace("shardCount: 3", "shardCount: 5"));
    const preview = await project.preview();
    expect(preview.changes).toEqual({ same: 2, update: 1 });
    expect(preview.stdout).toMatch(/will reshard 3 -> 5 shards: 6 operations/);
    expect((await project.destroy()).changes).toEqual({ delete: 3 });
  },
};

const everything: Deployed = {
  program: usingAll("packed"),
  async deploy(project) {
    const up = await project.up();
    expect(up.output).not.toMatch(/error/i);
    expect(up.changes).toEqual({ create: 5 });
    expect(await kinesis.tags("packed")).toEqual({ team: "a", "cost-centre": "4711" });
    expect(await project.outputs()).toEqual({
      missing: "ResourceNotFoundException",
      absent: "ERR_KINESIS_NOT_FOUND",
      openShards: ["shardId-000000000000", "shardId-000000000001"],
    });
    expect((await project.refresh()).changes).toEqual({ same: 5 });
    expect((await project.destroy()).changes).toEqual({ delete: 5 });
  },
};

describe.each([
  ["npm", readme, (cwd: string) => run("npm", ["install", "--no-audit", "--no-fund", ...packages()], cwd)],
  ["pnpm", everything, (cwd: string) => run(process.execPath, [pnpm, "add", "--ignore-scripts", ...packages()], cwd)],
])("installed by %s in an empty directory", (_, deployed, install) => {
  test("every entry loads, types check, the command runs, and pulumi up deploys its program", async () => {
    const project = await kinesis.project(deployed.program, {
      typeCheck: true,
      install: async (cwd) => {
        await install(cwd);
      },
    });
    const cwd = project.directory;

    const required = `for (const entry of ["", "/provider", "/client", "/reshard"])
      console.log(Object.keys(require("pulumi-kinesis" + entry)).length > 0)`;
    expect(await run(process.execPath, ["-e", required], cwd)).toBe("true\n".repeat(4));

    writeFileSync(
      join(cwd, "program.mjs"),
      `import { Stream } from "pulumi-kinesis";
       import { KinesisClient } from "pulumi-kinesis/client";
       console.log(Stream.name, KinesisClient.name);`,
    );
    expect(await run(process.execPath, ["program.mjs"], cwd)).toBe("Stream KinesisClient\n");

    const cli = join(cwd, "node_modules", ".bin", "pulumi-kinesis");
    expect(await run(cli, ["plan", "--from", "2", "--to", "3"], cwd)).toMatch(/^reshard 2 -> 3 shards/);

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
      expect(await run(process.execPath, [tsc, ...options, "--skipLibCheck", "false", "all.ts"], cwd)).toBe("");
    }

    await deployed.deploy(project);
  }, 420_000);
});
