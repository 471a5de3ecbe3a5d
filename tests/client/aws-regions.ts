import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Every region that the newest AWS SDK knows. It gives its list to nobody, so it is read where it is written. */
export function awsRegions(): string[] {
  const core = dirname(require.resolve("@aws-sdk/core/package.json"));
  const source = readFileSync(join(core, "dist-cjs/submodules/client/index.js"), "utf8");
  return [
    ...new Set([...source.matchAll(/"((?:[a-z]{2,4}-)(?:[a-z]+-){1,2}\d)"/g)].map(([, region]) => String(region))),
  ];
}
