/** A law: a test that holds for whatever configs are drawn. */
import fc from "fast-check";
import { test } from "vitest";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { arbConfig } from "./configs.js";

/** Without keys that are there but undefined, so that a counterexample can be pasted into a config file. */
const arbPlainConfig: fc.Arbitrary<SimulationConfig> = arbConfig.map(
  (config) => JSON.parse(JSON.stringify(config)) as SimulationConfig,
);

/** LAW_RUNS=1000 looks longer. */
const NUM_RUNS = Number(process.env["LAW_RUNS"] ?? 30);

/** Fails with the seed and the smallest config found for which `check` throws. */
export function law(
  name: string,
  check: (config: SimulationConfig) => void | Promise<void>,
  configs: fc.Arbitrary<SimulationConfig> = arbPlainConfig,
): void {
  const property = fc.asyncProperty(configs, async (config) => check(config));
  const timeout = 60_000 + 1000 * NUM_RUNS;
  test(name, () => fc.assert(property, { numRuns: NUM_RUNS }), timeout);
}
