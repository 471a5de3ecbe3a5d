/**
 * Joins the compiled client and the parts of zod, undici and smithy that it uses into the one file that is published
 * as `pulumi-kinesis/client`. Loaded one by one they are some 230 files, and their reading was most of the time to the
 * first response (`npm run bench -- client` shows it). What the client shares with the rest of the package (errors,
 * platform) stays outside, because an error class or a clock that exists twice isn't the same.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "provider/client");
const folder = join(root, "dist/provider/client");
const published = join(folder, "index.js");

/** Loaded only when they are needed, from the packages that npm has installed beside ours. */
const LOADED_WHEN_NEEDED = /^(undici|@aws-sdk\/credential-provider-node|@smithy\/core\/config)$/;

const pieces = {
  name: "pieces",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.\/(errors|platform)$/ }, ({ path, resolveDir }) =>
      resolveDir === sources ? { path, external: true } : undefined,
    );
    onResolve({ filter: LOADED_WHEN_NEEDED }, ({ path, kind }) =>
      kind === "require-call" ? { path, external: true } : undefined,
    );
    // Bodies that are forms or streams: undici loads what it needs for them when it meets one, and ours are Buffers.
    onResolve({ filter: /\/web\// }, ({ path, importer }) =>
      importer.includes("/undici/lib/")
        ? { path: `undici/lib/${path.replace(/^[./]*/, "")}`, external: true }
        : undefined,
    );
    // HTTP/2 is never asked for (undici's `allowH2`), and node:http2 is 3 ms of every start.
    onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({ contents: "module.exports = undefined" }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  // The sources and not tsc's output: only of imports that aren't `require` does esbuild take what is used.
  entryPoints: [join(sources, "index.ts")],
  outfile: published,
  allowOverwrite: true,
  metafile: true,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Modules as they were written, where a package has them: of those only what is used is taken.
  mainFields: ["module", "main"],
  minifySyntax: true,
  minifyWhitespace: true,
  // Node prints the whole line where an uncaught error was thrown.
  lineLimit: 120,
  legalComments: "none",
  plugins: [pieces],
  logLevel: "warning",
});

for (const file of readdirSync(folder)) {
  if (file.endsWith(".js") && join(folder, file) !== published) rmSync(join(folder, file));
}

/** The licences of what is inside ask to be passed on with it. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
);
const licences = [...packages].sort().map((name) => {
  const at = join(root, name);
  const { version, license } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
  const file = readdirSync(at).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} has no licence file: it can't be published inside the client.`);
  const title = `${relative("node_modules", name)} ${version} (${license})`;
  return `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(join(at, file), "utf8").trim()}\n`;
});
writeFileSync(
  join(folder, "LICENSES.txt"),
  `client/index.js holds parts of these packages: minified, without what the client doesn't use, and undici without HTTP/2.\n\n${licences.join("\n\n")}`,
);
