/**
 * Which Pulumi engine we take. Pure: version strings and platform names only.
 *
 * - `pinnedVersion` is what we download or build: the version of `@pulumi/pulumi` that the repository is developed with
 *   (`package.json`), so that the engine and the Node.js SDK speak the same protocol.
 * - `oldestVersion` is what we accept from the PATH: the oldest `@pulumi/pulumi` in our peer range, for the same reason.
 */
export const pinnedVersion = "v3.245.0";
export const oldestVersion = "v3.216.0";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Reads `v3.245.0`, `3.245.0` and pre-releases (`v3.246.0-alpha.1`, whose suffix doesn't matter to us). */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, major, minor, patch] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Undefined where the version will do, else the reason as a clause ("is v3.1.0, and …"). */
export function whyUnsuitable(versionText: string): string | undefined {
  const version = parseVersion(versionText);
  const oldest = parseVersion(oldestVersion);
  if (!version || !oldest) return `says its version is "${versionText.trim()}", which is no version number`;
  if (version.major !== oldest.major) return `is ${versionText.trim()}, and we need a v${oldest.major}`;
  const olderMinor = version.minor < oldest.minor;
  const olderPatch = version.minor === oldest.minor && version.patch < oldest.patch;
  if (olderMinor || olderPatch) return `is ${versionText.trim()}, and at least ${oldestVersion} is needed`;
  return undefined;
}

/** `linux-x64`, … as Pulumi names its releases; undefined where our shell-script stand-ins and tar archives don't work. */
export function platformName(platform: string, arch: string): string | undefined {
  if (platform !== "linux" && platform !== "darwin") return undefined;
  if (arch !== "x64" && arch !== "arm64") return undefined;
  return `${platform}-${arch}`;
}
