#!/usr/bin/env node
/**
 * `node scripts/run.mjs <name> [args…]` makes a fresh clone ready and runs `scripts/<name>.ts`.
 *
 * It is the one file here that runs before anything is installed: plain Node, no dependencies, and nothing newer than
 * what lets it tell the owner of an old Node so. With nothing to do it costs a few milliseconds.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const progressEveryMs = 20_000;

/** Ends the run with one sentence that says what to do. */
class Stop extends Error {}

const [name, ...args] = process.argv.slice(2);
try {
  checkNode();
  const script = findScript(name);
  await installIfNeeded();
  await buildIfNeeded();
  await hand(script, args);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function checkNode() {
  const oldest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node.replace(">=", "");
  const wanted = oldest.split(".").map(Number);
  const actual = process.versions.node.split(".").map(Number);
  const differing = wanted.findIndex((part, index) => part !== actual[index]);
  if (differing !== -1 && actual[differing] < wanted[differing]) {
    throw new Stop(
      `Node ${oldest} or newer is needed and this is ${process.version}: install it from https://nodejs.org/.`,
    );
  }
}

function findScript(name) {
  const script = join(root, "scripts", `${name}.ts`);
  if (name && /^[\w-]+$/.test(name) && existsSync(script)) return script;
  throw new Stop(
    `There is no scripts/${name ?? "<name>"}.ts: say what to run, for example "node scripts/run.mjs quickstart".`,
  );
}

async function installIfNeeded() {
  const why = whyInstall();
  if (!why) return;
  console.error(`Installing dependencies with npm ci (${why}).`);
  const ok = await runNpm(["ci", "--no-audit", "--no-fund"], "npm ci is still at work");
  if (!ok) throw new Stop("npm ci failed, as npm says above: mend that, then run this again.");
}

/**
 * npm writes what it has installed into node_modules/.package-lock.json, at the end. Its content is compared, not its age:
 * a checkout touches package-lock.json without changing it, and `npm ci` throws all of node_modules away first.
 */
function whyInstall() {
  const installed = readLock(join(root, "node_modules", ".package-lock.json"));
  if (!installed) return "node_modules is missing or incomplete";
  const wanted = readLock(join(root, "package-lock.json")) ?? {};
  const differs = Object.entries(wanted).find(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return false;
    const found = installed[path];
    // What is for other platforms is rightly absent.
    if (!found) return !optional;
    return !link && found.version !== version;
  });
  return differs && `package-lock.json has another ${differs[0].replace(/^.*node_modules\//, "")}`;
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function buildIfNeeded() {
  const why = whyBuild();
  if (!why) return;
  console.error(`Building the package (${why}).`);
  const ok = await runNpm(["run", "--silent", "build"], "The build is still at work");
  if (!ok) throw new Stop("The package does not build: mend what TypeScript says above, then run this again.");
}

/** Everything that the build reads is compared with the last file that it writes, so an interrupted build is noticed too. */
function whyBuild() {
  const last = join(root, "dist/provider/client/LICENSES.txt");
  if (!existsSync(last)) return "dist/ is missing or incomplete";
  const built = statSync(last).mtimeMs;
  const sources = ["provider", "sdk"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".ts"));
  // What npm has installed, because parts of it go into the client's file.
  const others = ["tsconfig.build.json", "scripts/bundle-client.mjs", "node_modules/.package-lock.json"];
  const newer = [...sources, ...others.filter((file) => existsSync(join(root, file)))].find(
    (file) => statSync(join(root, file)).mtimeMs > built,
  );
  return newer && `${newer} is newer than dist/`;
}

/** Runs npm, which shows its own output; says that it is alive where it shows nothing. */
function runNpm(npmArgs, stillAtWork) {
  // Under `npm run`, npm says which npm it is; pnpm and yarn set the same variable to themselves.
  const npm = process.env.npm_execpath ?? "";
  const [program, first] = basename(npm) === "npm-cli.js" ? [process.execPath, [npm]] : ["npm", []];
  const started = Date.now();
  const progress = setInterval(() => {
    console.error(`${stillAtWork} (${Math.round((Date.now() - started) / 1000)} s).`);
  }, progressEveryMs);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...npmArgs], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    // Gone before npm, we would leave it at work in the background, and in the way of the next run.
    let interrupted = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        if (!interrupted) console.error("Interrupted; waiting for npm to end.");
        interrupted = true;
        child.kill(signal);
      });
    }
    child.once("exit", () => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
      if (interrupted) reject(new Stop("Interrupted."));
    });
    child.once("error", () =>
      reject(new Stop("npm is not on the PATH: it comes with Node, from https://nodejs.org/.")),
    );
    child.once("exit", (code) => resolve(code === 0));
  }).finally(() => clearInterval(progress));
}

/** Gives the terminal to the script: its signals, its exit code. */
async function hand(script, scriptArgs) {
  const tsx = import.meta.resolve("tsx");
  const child = spawn(process.execPath, ["--import", tsx, script, ...scriptArgs], { cwd: root, stdio: "inherit" });
  // In a terminal Ctrl-C reaches the script by itself; a second one would mean "give up".
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  if (signal) {
    // As a shell would see it had it started the script itself.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    return;
  }
  process.exitCode = code ?? 1;
}
