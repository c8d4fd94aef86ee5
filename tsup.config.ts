import { defineConfig, type Options } from "tsup";

const entry = {
  index: "src/index.ts",
  calibration: "src/calibration/index.ts",
  catalog: "src/catalog/index.ts",
  config: "src/config/index.ts",
  io: "src/io/index.ts",
  node: "src/node/index.ts",
  notebook: "src/notebook/index.ts",
  scheduler: "src/scheduler/index.ts",
  testing: "src/testing/index.ts",
};

const shared: Options = {
  clean: false, // the "clean" script does it: two configurations would race
  removeNodeProtocol: false,
  // Less to read and compile when it is imported; names stay, so that stack traces can be read.
  esbuildOptions: (options) => {
    options.minifyWhitespace = true;
    options.lineLimit = 160; // a host shows the whole line in which an error was thrown
  },
};

export default defineConfig([
  {
    ...shared,
    entry: { ...entry, bin: "src/cli/bin.ts" },
    format: ["esm", "cjs"], // the command runs as ESM; its CJS copy is not packed
    dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } },
    target: "node20",
    platform: "node",
    sourcemap: true,
    splitting: true, // one copy of each module for all entries, in CJS too
    // What is loaded with every import or run: each file of a package takes a millisecond to find and load, and zod has many.
    noExternal: [
      /^zod\b/,
      /^pure-rand\b/,
      "smol-toml",
      "picocolors",
      "toml-eslint-parser",
      "eslint-visitor-keys",
    ],
  },
  {
    // One file with its dependencies inside, for a page's <script type="module"> and for imports by path. Charting stays a peer.
    ...shared,
    entry: { "standalone/inference-lab": "src/notebook/index.ts" },
    format: ["esm"],
    dts: false,
    target: "es2022",
    platform: "browser",
    noExternal: [/^(?!vega)/],
    external: ["vega", "vega-lite"],
    splitting: false,
    minify: true,
  },
]);
