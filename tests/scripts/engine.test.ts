import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ensureEngine } from "../../scripts/engine";
import { cacheRoot, engineDirectory, makeDirectory, removeAbandonedWork, withLock } from "../../scripts/engine/cache";
import { goBuildStep } from "../../scripts/engine/go-build";
import { cacheStep, pathStep } from "../../scripts/engine/installed";
import { withStandIns } from "../../scripts/engine/stand-ins";
import type { Attempt, EngineStep } from "../../scripts/engine/step";
import { firstThatWorks } from "../../scripts/engine/step";
import { pinnedVersion, platformName } from "../../scripts/engine/versions";
import { makeTemporaryDirectory, writeProgram } from "./temporary-directory";

let directory: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ path: directory, remove } = await makeTemporaryDirectory());
});
afterEach(() => remove());

describe("the order of the steps", () => {
  const tried: string[] = [];
  const step = (source: EngineStep["source"], attempt: Attempt): EngineStep => ({
    source,
    attempt: async () => {
      tried.push(source);
      return attempt;
    },
  });
  const missing = (sentence: string): Attempt => ({ worked: false, sentence });
  const found: Attempt = { worked: true, pulumi: "/bin/pulumi", version: "v3.245.0", sentence: "Found." };
  beforeEach(() => {
    tried.length = 0;
  });

  test("the first that works wins, the rest is not tried, each says one sentence", async () => {
    const lines: string[] = [];
    const steps = [step("PATH", missing("Not on the PATH.")), step("cache", found), step("download", found)];
    const engine = await firstThatWorks(steps, (line) => lines.push(line));
    expect(engine).toEqual({ source: "cache", pulumi: "/bin/pulumi", version: "v3.245.0" });
    expect(tried).toEqual(["PATH", "cache"]);
    expect(lines).toEqual(["Not on the PATH.", "Found."]);
  });

  test("nothing is found where no step works", async () => {
    expect(await firstThatWorks([step("PATH", missing("No."))], () => undefined)).toBeUndefined();
  });
});

describe("pulumi on the PATH", () => {
  test("is taken if it is new enough, from the first directory that has it", async () => {
    await writeProgram(join(directory, "b", "pulumi"), "echo v3.300.0");
    const attempt = await pathStep(`${directory}/a:${directory}/b`).attempt();
    expect(attempt).toMatchObject({ worked: true, version: "v3.300.0", pulumi: join(directory, "b", "pulumi") });
  });

  test.each([
    ["is too old", "echo v3.1.0", "on the PATH is v3.1.0, and at least v3.216.0 is needed; leaving it."],
    ["does not run", "exit 3", "on the PATH does not run; leaving it."],
  ])("is left if it %s", async (_, script, sentence) => {
    await writeProgram(join(directory, "pulumi"), script);
    const attempt = await pathStep(directory).attempt();
    expect(attempt.worked).toBe(false);
    expect(attempt.sentence).toContain(sentence);
  });

  test("is not a file that can't be executed", async () => {
    await writeFile(join(directory, "pulumi"), "text");
    expect(await pathStep(directory).attempt()).toEqual({ worked: false, sentence: "There is no pulumi on the PATH." });
  });
});

describe("our cache", () => {
  test("is where PULUMI_KINESIS_CACHE says, else in the home directory", () => {
    expect(cacheRoot({ PULUMI_KINESIS_CACHE: "/elsewhere" })).toBe("/elsewhere");
    expect(cacheRoot({})).toMatch(/\/\.cache\/pulumi-kinesis$/);
    expect(engineDirectory("/c", "v3.245.0", "linux-x64")).toBe("/c/pulumi/v3.245.0-linux-x64");
  });

  test("an engine in it that does not run is replaced", async () => {
    await writeProgram(join(directory, "pulumi"), "exit 1");
    const attempt = await cacheStep(directory).attempt();
    expect(attempt).toMatchObject({ worked: false, sentence: expect.stringContaining("does not run; replacing it") });
  });

  test("what failed half way leaves nothing", async () => {
    const target = join(directory, "engines", "one");
    const failing = makeDirectory(target, async (work) => {
      await writeFile(join(work, "half"), "");
      throw new Error("interrupted");
    });
    await expect(failing).rejects.toThrow("interrupted");
    expect(await readdir(dirname(target))).toEqual([]);
  });

  test("a second making replaces the first whole", async () => {
    const target = join(directory, "one");
    await makeDirectory(target, (work) => writeFile(join(work, "old"), ""));
    await makeDirectory(target, (work) => writeFile(join(work, "new"), ""));
    expect(await readdir(target)).toEqual(["new"]);
    expect(await readdir(directory)).toEqual(["one"]);
  });

  test("two at once both succeed and one of them stays", async () => {
    const target = join(directory, "one");
    const make = (content: string) => makeDirectory(target, (work) => writeFile(join(work, "file"), content));
    await Promise.all(["a", "b", "c", "d"].map(make));
    expect(["a", "b", "c", "d"]).toContain(await readFile(join(target, "file"), "utf8"));
    expect(await readdir(directory)).toEqual(["one"]);
  });

  test("only old remains of killed runs are cleared away", async () => {
    await Promise.all(["making-old", "making-young", "v3"].map((name) => mkdir(join(directory, name))));
    const longAgo = new Date(Date.now() - 24 * 60 * 60_000);
    await utimes(join(directory, "making-old"), longAgo, longAgo);
    await removeAbandonedWork(directory);
    expect((await readdir(directory)).sort()).toEqual(["making-young", "v3"]);
  });

  test("two runs don't make an engine at the same time; the second says that it waits", async () => {
    const lock = join(directory, "lock");
    const lines: string[] = [];
    let atWork = 0;
    const work = async () => {
      atWork += 1;
      expect(atWork).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atWork -= 1;
    };
    await Promise.all([1, 2].map(() => withLock(lock, (line) => lines.push(line), work)));
    expect(lines).toEqual(["Another run is fetching or building the engine; waiting for it to finish."]);
    expect(await readdir(directory)).toEqual([]);
  });

  test("an interrupted run leaves neither its lock nor what it had half made, and ends as interrupted", async () => {
    const cache = join(__dirname, "..", "..", "scripts", "engine", "cache.ts");
    const script = `
      const { makeDirectory, withLock } = require(${JSON.stringify(cache)});
      setInterval(() => undefined, 1000);
      withLock("lock", console.log, () => makeDirectory("engine", () => {
        console.log("at work");
        return new Promise(() => undefined);
      }));
    `;
    const args = ["--require", require.resolve("tsx"), "-e", script];
    const run = spawn(process.execPath, args, { cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(run, "exit");
    await once(run.stdout, "data");
    expect(await readdir(directory)).toEqual(["lock", expect.stringMatching(/^making-/)]);
    run.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(await readdir(directory)).toEqual([]);
  });

  test("the lock of a killed run is taken over", async () => {
    const lock = join(directory, "lock");
    await writeFile(lock, "killed");
    const longAgo = new Date(Date.now() - 60 * 60_000);
    await utimes(lock, longAgo, longAgo);
    expect(
      await withLock(
        lock,
        () => undefined,
        async () => "done",
      ),
    ).toBe("done");
  });
});

describe("the build with Go", () => {
  // A `go` that "compiles" to a shell script. It finds its tools on the real PATH.
  const env = () => ({ PATH: `${join(directory, "bin")}:/usr/bin:/bin` });
  const engineDir = () => join(directory, "cache", "engine");
  const buildWith = async (go: string) => {
    await writeProgram(join(directory, "bin", "go"), go);
    const lines: string[] = [];
    const plan = {
      version: pinnedVersion,
      engineDir: engineDir(),
      env: env(),
      log: (line: string) => lines.push(line),
    };
    return { attempt: await goBuildStep(plan).attempt(), lines };
  };

  test("without Go it says what to install", async () => {
    const plan = { version: pinnedVersion, engineDir: engineDir(), env: { PATH: directory }, log: () => undefined };
    expect(await goBuildStep(plan).attempt()).toEqual({
      worked: false,
      sentence: "Go is not installed, so pulumi can't be built. Install Go 1.25.8 or newer from https://go.dev/dl/.",
    });
  });

  test("with a Go that is too old it says so in Go's words", async () => {
    const { attempt } = await buildWith(`echo "go: go.mod requires go >= 1.25.8 (running go 1.22.0)" >&2; exit 1`);
    expect(attempt.sentence).toBe(
      "This Go can't build pulumi (go: go.mod requires go >= 1.25.8 (running go 1.22.0)). Install Go 1.25.8 or newer from https://go.dev/dl/.",
    );
  });

  test("what is built is put into the cache when it runs", async () => {
    const { attempt, lines } = await buildWith(`
      case "$1" in
        env) echo go1.99 ;;
        list) echo one; echo two ;;
        build) while [ "$1" != "-o" ]; do shift; done
          printf '#!/bin/sh\\necho ${pinnedVersion}\\n' > "$2"; chmod +x "$2" ;;
      esac`);
    expect(attempt).toMatchObject({ worked: true, pulumi: join(engineDir(), "pulumi"), version: pinnedVersion });
    expect(lines).toEqual([expect.stringContaining("with go1.99")]);
  });

  test("a build that fails leaves nothing in the cache", async () => {
    const { attempt } = await buildWith(`
      case "$1" in
        env) echo go1.99 ;;
        list) echo one ;;
        build) echo "link: no space left on device" >&2; exit 2 ;;
      esac`);
    expect(attempt).toEqual({
      worked: false,
      sentence: "Building pulumi with Go failed: go build said: link: no space left on device",
    });
    expect(await readdir(dirname(engineDir()))).toEqual([]);
  });
});

describe("the stand-ins", () => {
  const official = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
  const standInDirectory = (suffix: string) => join(directory, "cache", suffix);

  test("keep out of the way of official plugins beside the engine", async () => {
    const pulumi = join(directory, "pulumi");
    for (const name of ["pulumi", ...official]) await writeProgram(join(directory, name), "");
    expect(await withStandIns(pulumi, "", standInDirectory)).toEqual({ pulumi, standIn: false });
  });

  test("keep out of the way of official plugins on the PATH", async () => {
    const pulumi = join(directory, "engine", "pulumi");
    await writeProgram(pulumi, "");
    for (const name of official) await writeProgram(join(directory, "bin", name), "");
    expect(await withStandIns(pulumi, join(directory, "bin"), standInDirectory)).toEqual({ pulumi, standIn: false });
  });

  test("step in for the one that is missing, beside a link to the engine", async () => {
    const pulumi = join(directory, "engine", "pulumi");
    await writeProgram(pulumi, "echo linked");
    await writeProgram(join(directory, "bin", "pulumi-language-nodejs"), "");
    const first = await withStandIns(pulumi, join(directory, "bin"), standInDirectory);
    expect(first.standIn).toBe(true);
    expect((await readdir(dirname(first.pulumi))).sort()).toEqual(["pulumi", "pulumi-resource-pulumi-nodejs"]);
    expect(await withStandIns(pulumi, join(directory, "bin"), standInDirectory)).toEqual(first);
  });
});

describe("ensureEngine", () => {
  const platform = platformName(process.platform, process.arch) ?? "";

  test("takes the engine of the cache and puts it first on the PATH", async () => {
    const engineDir = engineDirectory(directory, pinnedVersion, platform);
    await writeProgram(join(engineDir, "pulumi"), `echo ${pinnedVersion}`);
    const lines: string[] = [];
    const env = { PULUMI_KINESIS_CACHE: directory, PATH: "/nowhere" };
    const engine = await ensureEngine({ env, log: (line) => lines.push(line) });
    expect(engine).toMatchObject({ source: "cache", standIn: true, version: pinnedVersion });
    expect(engine.env.PATH.split(":")).toEqual([engine.binDir, dirname(process.execPath), "/nowhere"]);
    expect(lines).toEqual([
      "There is no pulumi on the PATH.",
      `Using pulumi ${pinnedVersion} from our cache (${engineDir}).`,
      `Its language host comes from this repository; whole, for a project of your own: export PATH=${engine.binDir}:$PATH`,
    ]);
  });

  test("says in one sentence that the cache can't be used", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    const env = { PULUMI_KINESIS_CACHE: join(file, "cache"), PATH: "/nowhere" };
    await expect(ensureEngine({ env })).rejects.toThrow(
      /^Our cache .* can't be used \(ENOTDIR\): set PULUMI_KINESIS_CACHE to a folder that can be written\.$/,
    );
  });
});
