/** One tiny config to vary. */
import type { SimulationConfig, WorkloadConfig } from "../../src/simulation/config.js";

export { arbConfig } from "../../src/testing/arbitraries.js";

export type Tables = Required<Pick<SimulationConfig, "hardware" | "model" | "scheduler">> & {
  readonly workload: WorkloadConfig;
  readonly simulation: NonNullable<SimulationConfig["simulation"]>;
  readonly slo: NonNullable<SimulationConfig["slo"]>;
};

/**
 * Ten requests of 8 + 4 tokens, one every 10 ms, on a device that takes 1 ms for a step, with 99 usable blocks of 4 tokens.
 * Overrides go key by key; undefined takes a key away.
 */
export function tinyConfig(
  overrides: { readonly [T in keyof Tables]?: Partial<Tables[T]> } = {},
): SimulationConfig & { readonly workload: WorkloadConfig } {
  return {
    hardware: {
      computeFlops: 1e12,
      memoryBandwidth: 1e9,
      memoryCapacity: 1e9,
      bytesPerParam: 1,
      ...overrides.hardware,
    },
    model: {
      numParameters: 1e6,
      numLayers: 2,
      hiddenDim: 16,
      numHeads: 4,
      maxSeqLen: 64,
      ...overrides.model,
    },
    scheduler: {
      maxNumBatchedTokens: 32,
      maxNumSeqs: 8,
      blockSize: 4,
      enableChunkedPrefill: true,
      numGpuBlocks: 100,
      ...overrides.scheduler,
    },
    workload: {
      arrivalPattern: "fixed_rate",
      arrivalRate: 100,
      numRequests: 10,
      inputLenDist: { type: "fixed", value: 8 },
      outputLenDist: { type: "fixed", value: 4 },
      ...overrides.workload,
    },
    ...(overrides.simulation && { simulation: overrides.simulation }),
    ...(overrides.slo && { slo: overrides.slo }),
  };
}
