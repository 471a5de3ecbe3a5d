import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { oldestVersion, parseVersion, pinnedVersion, platformName, whyUnsuitable } from "../../scripts/engine/versions";

const repository = join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  peerDependencies: Record<string, string>;
};

describe("which engine is suitable", () => {
  test.each([
    ["v3.245.0", undefined],
    ["3.245.0\n", undefined],
    ["v3.216.0", undefined],
    ["v3.300.1-alpha.1", undefined],
    ["v3.215.9", "is v3.215.9, and at least v3.216.0 is needed"],
    ["v2.300.0", "is v2.300.0, and we need a v3"],
    ["v4.0.0", "is v4.0.0, and we need a v3"],
    ["(devel)", 'says its version is "(devel)", which is no version number'],
    ["", 'says its version is "", which is no version number'],
  ])("%j: %s", (version, problem) => {
    expect(whyUnsuitable(version)).toBe(problem);
  });

  test("a version is three numbers", () => {
    expect(parseVersion("v3.245.10")).toEqual({ major: 3, minor: 245, patch: 10 });
    expect(parseVersion("v3.245")).toBeUndefined();
    expect(parseVersion("3.245.0.1")).toBeUndefined();
  });
});

describe("the versions named in different places agree", () => {
  test("the oldest engine is the oldest SDK of the peer range", () => {
    expect(manifest.peerDependencies["@pulumi/pulumi"]).toBe(`^${oldestVersion.slice(1)}`);
  });

  test("the engine that we fetch is the installed SDK's version", () => {
    const sdk = JSON.parse(readFileSync(require.resolve("@pulumi/pulumi/package.json"), "utf8")) as { version: string };
    expect(parseVersion(sdk.version)).toMatchObject({ ...parseVersion(pinnedVersion), patch: expect.any(Number) });
  });

  test("go.mod builds the engine that we would download", () => {
    const goMod = readFileSync(join(repository, "scripts", "engine-build", "go.mod"), "utf8");
    expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 ${pinnedVersion}`);
    expect(goMod).toContain(`github.com/pulumi/pulumi/sdk/v3 ${pinnedVersion}`);
  });

  test("the Go that we ask for is the one that go.mod asks for", () => {
    const goMod = readFileSync(join(repository, "scripts", "engine-build", "go.mod"), "utf8");
    const source = readFileSync(join(repository, "scripts", "engine", "go-build.ts"), "utf8");
    const [, wanted] = /^go (\S+)$/m.exec(goMod) ?? [];
    expect(source).toContain(`oldestGo = "${wanted}"`);
  });
});

test.each([
  ["linux", "x64", "linux-x64"],
  ["linux", "arm64", "linux-arm64"],
  ["darwin", "arm64", "darwin-arm64"],
  ["win32", "x64", undefined],
  ["linux", "ia32", undefined],
])("on %s %s the release is for %s", (platform, arch, name) => {
  expect(platformName(platform, arch)).toBe(name);
});
