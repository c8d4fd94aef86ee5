/** The models and devices of the documented configs, as specs. */
import type { HardwareSpec } from "../../src/spec/hardware-spec.js";
import type { ModelSpec } from "../../src/spec/model-spec.js";

/** examples/configs/quickstart.toml */
export const llama70b: ModelSpec = {
  numParameters: 70e9,
  numActiveParameters: 70e9,
  numLayers: 80,
  hiddenDim: 8192,
  numHeads: 64,
  numKvHeads: 8,
  headDim: 128,
  maxSeqLen: 8192,
  numSlidingLayers: 0,
};

/** examples/configs/closed_loop_moe.toml */
export const moe140b: ModelSpec = {
  numParameters: 140e9,
  numActiveParameters: 12e9,
  numLayers: 56,
  hiddenDim: 6144,
  numHeads: 48,
  numKvHeads: 8,
  headDim: 128,
  maxSeqLen: 65536,
  slidingWindow: 4096,
  numSlidingLayers: 28,
};

/** The device of both, bf16. */
export const h100: HardwareSpec = {
  computeFlops: 1.513e15,
  memoryBandwidth: 3.35e12,
  memoryCapacity: 85899345920,
  bytesPerParam: 2,
  tensorParallel: 1,
};
