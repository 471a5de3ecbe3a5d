import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pack } from "../compat/installations";
import { run } from "../compat/run";
import { blocksOf, page } from "../house/pages";
import { useKinesis } from "../pulumi/kinesis-project";
import { others, tryInstalled } from "./installed";

const root = join(__dirname, "..", "..");
const kinesis = useKinesis();
const directory = mkdtempSync(join(tmpdir(), "pulumi-kinesis-tarball-"));
let tarball = "";

beforeAll(async () => {
  tarball = await pack(directory);
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the tarball holds the compiled package and its papers, and nothing else", async () => {
  const listed = (await run("tar", ["-tzf", tarball], { cwd: directory })).trim().split("\n");
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
  const env = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };
  const args = ["run", "--silent", "release:dry", "--", "--json", "--ignore-scripts"];
  const answer = JSON.parse(await run("npm", args, { cwd: root, env })) as Released & Record<string, Released>;
  // By the package's name since npm 11.
  const { files, version } = answer["pulumi-kinesis"] ?? answer;
  const listed = (await run("tar", ["-tzf", tarball], { cwd: directory })).trim().split("\n");
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
    expect(JSON.parse(await run(process.execPath, ["-e", program], { cwd: directory }))).toEqual({
      HasMoreStreams: false,
      before: [join(folder, "index.js"), join(provider, "errors.js"), join(provider, "platform.js")],
      later: [],
    });
  });
});

/** What somebody gets who follows the README. Other installers: tarball.soak.ts and tests/compat/compat.soak.ts. */
test("installed by npm in an empty directory, all of it works, and the README's first program is deployed", async () => {
  const program = blocksOf(page("README.md"), "ts")[0] ?? "";
  const project = await tryInstalled(kinesis, program, (cwd) =>
    run("npm", ["install", "--no-audit", "--no-fund", tarball, ...others], { cwd }),
  );
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
  // The change that the README proposes.
  await project.writeProgram(program.replace("shardCount: 3", "shardCount: 5"));
  const preview = await project.preview();
  expect(preview.changes).toEqual({ same: 2, update: 1 });
  expect(preview.stdout).toMatch(/will reshard 3 -> 5 shards: 6 operations/);
  expect((await project.destroy()).changes).toEqual({ delete: 3 });
}, 420_000);
