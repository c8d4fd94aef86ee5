/**
 * What each entry costs a web page: bundled, minified and gzipped, and fails where that is more than it may be. What checks configs (the
 * schema, the checks and zod) is counted apart; what is loaded on demand (tokenizers, templates, charting) is not counted.
 *
 *   npm run size
 *   npm run size -- --bare    the core besides with every name of a property cut to a letter or two, built-in ones too, and then without
 *                             messages: about what no minifier and no wording goes below
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import ts from "typescript";

/** In kB of 1000 bytes, without validation. What raises one should be worth it to whoever imports the entry. */
const LIMITS = {
  index: 56,
  calibration: 57,
  catalog: 15,
  config: 42,
  io: 15,
  notebook: 107,
  scheduler: 12,
};

const root = fileURLToPath(new URL("..", import.meta.url));
const VALIDATION = /^zod|\/(schema|checks|problems)[\w-]*\.js$/;

/**
 * kB of an entry and all that it imports, but for what it imports on demand, and for modules whose names match `without`. `settings` are
 * esbuild's, and `edit` changes the code before it is compressed.
 */
export async function entrySize(entry, without, settings = {}, edit = (code) => code) {
  const leaveOut = {
    name: "leave-out",
    setup: ({ onResolve }) =>
      onResolve({ filter: without ?? /^$/ }, ({ path }) => ({ path, external: true })),
  };
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [entry]: entry === "index" ? "src/index.ts" : `src/${entry}/index.ts` },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "bundled",
    external: ["vega", "vega-lite"],
    plugins: [leaveOut],
    write: false,
    metafile: true,
    logLevel: "error",
    ...settings,
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
    .reduce((sum, { text }) => sum + gzipSync(edit(text), { level: 9 }).length / 1000, 0);
}

/** kB of the core entry without validation, and of validation. */
export async function coreSize() {
  const value = await entrySize("index", VALIDATION);
  return { value, validation: (await entrySize("index")) - value };
}

const NAMELESS = { mangleProps: /./, mangleQuoted: true };

/** Code with empty literals, and pieces of templates, in place of those that have a space: they are words for people. */
function withoutMessages(code) {
  const cuts = [];
  const visit = (node) => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) {
      const text = code.slice(node.getStart(), node.end);
      if (text.includes(" "))
        cuts.push([node.getStart(), node.end, text.replace(/^(.).*?(\$\{|.)$/s, "$1$2")]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("core.js", code, ts.ScriptTarget.Latest, true));
  let bare = "";
  let from = 0;
  for (const [start, end, text] of cuts) {
    bare += code.slice(from, start) + text;
    from = end;
  }
  return bare + code.slice(from);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [entry, limit] of Object.entries(LIMITS)) {
    const size = await entrySize(entry, VALIDATION);
    const withoutZod = await entrySize(entry, /^zod/);
    const all = await entrySize(entry);
    const verdict = size <= limit ? "ok    " : "FAILED";
    if (size > limit) process.exitCode = 1;
    const validation = `; validation: ${(withoutZod - size).toFixed(1)} kB of checks, ${(all - withoutZod).toFixed(1)} kB of zod`;
    console.log(
      `${verdict}  ${entry.padEnd(10)} ${size.toFixed(1).padStart(5)} kB of ${limit} kB${all > size ? validation : ""}`,
    );
  }
  if (process.argv.includes("--bare")) {
    const names = await entrySize("index", VALIDATION, NAMELESS);
    const both = await entrySize("index", VALIDATION, NAMELESS, withoutMessages);
    console.log(
      `        core without names ${names.toFixed(1)} kB, and without messages ${both.toFixed(1)} kB`,
    );
  }
}
