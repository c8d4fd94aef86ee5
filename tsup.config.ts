import { defineConfig } from "tsup";

const entry = {
  index: "src/index.ts",
  catalog: "src/catalog/index.ts",
  config: "src/config/index.ts",
  io: "src/io/index.ts",
  node: "src/node/index.ts",
  scheduler: "src/scheduler/index.ts",
  testing: "src/testing/index.ts",
};

export default defineConfig({
  entry: { ...entry, bin: "src/cli/bin.ts" },
  format: ["esm", "cjs"], // the command runs as ESM; its CJS copy is not packed
  dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } },
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: false, // the "clean" script does it
  // A third less to read and compile when it is imported; names stay, so that stack traces can be read.
  esbuildOptions: (options) => {
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
  splitting: true, // one copy of each module for all entries, in CJS too
  // zod loads three times faster bundled than as a package; the others are ESM only.
  noExternal: ["zod", "toml-eslint-parser", "eslint-visitor-keys"],
});
