/** The CommonJS copy of the package is another build of the same code: it loads, and gives the same results. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type * as Core from "../../src/index.js";
import type * as Testing from "../../src/testing/index.js";
import { simulate } from "../../src/index.js";
import { tinyConfig } from "../support/configs.js";

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: Readonly<Record<string, { readonly require?: { readonly default: string } }>>;
};
const files = Object.values(exports).flatMap((entry) => entry.require?.default ?? []);

test.each(files)("%s loads", (file) => {
  expect(Object.keys(require(`../../${file}`) as object).length).toBeGreaterThan(0);
});

test("a run gives the same result", () => {
  const core = require("../../dist/index.cjs") as typeof Core;
  // So tight that requests are preempted.
  const config = tinyConfig({
    scheduler: { numGpuBlocks: 8 },
    workload: { arrivalPattern: "batched" },
  });
  const result = core.simulate(config).toJSON();
  expect(result.preemptions.total).toBeGreaterThan(0);
  expect(result).toEqual(simulate(config).toJSON());
});

test("policies are checked", async () => {
  const { checkPolicy } = require("../../dist/testing.cjs") as typeof Testing;
  await checkPolicy({ name: "plain" }, { numRuns: 10 });
});
