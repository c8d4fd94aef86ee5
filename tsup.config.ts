import { defineConfig, type Options } from "tsup";

const entry = {
  index: "src/index.ts",
  config: "src/config/index.ts",
  io: "src/io/index.ts",
  node: "src/node/index.ts",
  scheduler: "src/scheduler/index.ts",
};

const shared: Options = {
  format: ["esm", "cjs"],
  target: "node20",
  platform: "neutral",
  sourcemap: true,
  clean: false, // the "clean" script does it
  splitting: true, // one copy of each module for all entries, in CJS too
  noExternal: ["zod"], // loads three times faster bundled than as a package
};

export default defineConfig({
  ...shared,
  entry: { ...entry, bin: "src/cli/bin.ts" },
  dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } },
  platform: "node",
});
