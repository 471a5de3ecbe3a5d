/** What comes with us when somebody installs the package: how much it is, and that nothing of it runs while it is installed. */
import { expect, test } from "@jest/globals";

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}
const { packages } = require("../../package-lock.json") as { packages: Readonly<Record<string, Entry>> };
const manifest = require("../../package.json") as {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
};

/** Where Node finds a package that one at `from` asks for. */
function found(from: string, name: string): string {
  for (
    let folder = from;
    ;
    folder = folder.includes("/node_modules/") ? folder.replace(/\/node_modules\/(?!.*\/node_modules\/).*$/, "") : ""
  ) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === "") throw new Error(`${name} of ${from} is not in package-lock.json`);
  }
}

/** Paths in the lock of all that the package needs when it runs, Pulumi apart. */
function runtime(): string[] {
  const reached = new Set<string>();
  const visit = (from: string, dependencies: Readonly<Record<string, string>> = {}) => {
    for (const name of Object.keys(dependencies)) {
      const path = found(from, name);
      if (reached.has(path)) continue;
      reached.add(path);
      visit(path, packages[path]?.dependencies);
    }
  };
  visit("", manifest.dependencies);
  return [...reached];
}

test("six packages are asked for, from four authors; another one is a decision, and changes this list", () => {
  expect(Object.keys(manifest.dependencies)).toEqual([
    "@aws-sdk/credential-provider-node",
    "@smithy/core",
    "@smithy/signature-v4",
    "commander",
    "undici",
    "zod",
  ]);
});

test("what they bring is AWS's own but for two", () => {
  const names = runtime().map((path) => path.replace(/^.*node_modules\//, ""));
  const others = names.filter((name) => !/^@(aws-sdk|aws|smithy)\//.test(name) && !(name in manifest.dependencies));
  expect([...new Set(others)].sort()).toEqual(["bowser", "tslib"]);
  expect(names.length).toBeLessThanOrEqual(26);
});

test("none of them runs a script when it is installed, nor do we", () => {
  expect(runtime().filter((path) => packages[path]?.hasInstallScript)).toEqual([]);
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare|uninstall)$/.test(name))).toEqual(
    [],
  );
});

test("every package of the lock that is installed everywhere is pinned by the hash of what it holds", () => {
  const unpinned = Object.entries(packages).filter(
    ([path, { link, optional, integrity }]) =>
      // npm notes no hash of the builds for other platforms than the one that wrote the lock.
      path.includes("node_modules/") && !link && !optional && !/^sha512-/.test(integrity ?? ""),
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});
