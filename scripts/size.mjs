/**
 * What each entry costs a web page: bundled, minified and gzipped, and fails where that is more than it may be. zod, which checks configs, is
 * counted apart; what is loaded on demand (tokenizers, templates, charting) is not counted.
 *
 *   npm run size
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** In kB of 1000 bytes, without zod. What raises one should be worth it to whoever imports the entry. */
const LIMITS = { index: 65, catalog: 15, config: 58, io: 15, notebook: 115, scheduler: 12 };

const root = fileURLToPath(new URL("..", import.meta.url));

/** kB of an entry and all that it imports, but for what it imports on demand. */
async function measure(entry, external = []) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [entry]: entry === "index" ? "src/index.ts" : `src/${entry}/index.ts` },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "bundled",
    external: ["vega", "vega-lite", ...external],
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const loaded = new Set();
  const load = (path) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: next, external } of metafile.outputs[path].imports) {
      if (kind === "import-statement" && !external) load(next);
    }
  };
  load(`bundled/${entry}.js`);
  return outputFiles
    .filter(({ path }) => loaded.has(relative(root, path).replaceAll("\\", "/")))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length / 1000, 0);
}

for (const [entry, limit] of Object.entries(LIMITS)) {
  const size = await measure(entry, ["zod"]);
  const zod = (await measure(entry)) - size;
  const verdict = size <= limit ? "ok    " : "FAILED";
  if (size > limit) process.exitCode = 1;
  console.log(
    `${verdict}  ${entry.padEnd(10)} ${size.toFixed(1).padStart(5)} kB of ${limit} kB, and ${zod.toFixed(1)} kB of zod`,
  );
}
