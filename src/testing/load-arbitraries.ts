import type { Arbitrary } from "fast-check";
import type { SimulationConfig, TraceRow, WorkloadConfig } from "../simulation/config.js";
import { withFastCheck } from "./fast-check.js";

/** What the property suites draw, for properties of your own. */
export interface Arbitraries {
  /**
   * Any valid config, none of which stalls under a built-in policy: small models, caches from one usable block up, every arrival pattern, length
   * distribution and switch; about 30 requests of at most some 40 + 40 tokens.
   */
  readonly config: Arbitrary<SimulationConfig>;
  /** The workload of such a config. */
  readonly workload: Arbitrary<WorkloadConfig>;
  /** The rows of a trace, with priorities, labels and clients that give up. */
  readonly trace: Arbitrary<readonly TraceRow[]>;
}

/**
 * Arbitraries of fast-check for configs and workloads.
 *
 * @example
 * ```ts
 * const { config } = await arbitraries();
 * fc.assert(fc.property(config, (c) => simulate(c).counts.unfinished === 0));
 * ```
 *
 * @throws InferenceLabError if fast-check is not installed
 */
export async function arbitraries(): Promise<Arbitraries> {
  const { arbConfig, arbTrace, arbWorkload } = await withFastCheck(
    () => import("./arbitraries.js"),
  );
  return { config: arbConfig, workload: arbWorkload, trace: arbTrace };
}
