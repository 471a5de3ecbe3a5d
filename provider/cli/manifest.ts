interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly "@pulumi/pulumi": string };
}

/** Our own package.json, found by name: the sources and dist/ are at different depths. */
export const ownManifest: Manifest = require("pulumi-kinesis/package.json");
