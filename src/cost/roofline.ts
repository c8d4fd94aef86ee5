/**
 * The ideal roofline: a step takes as long as its arithmetic at peak FLOP/s, or its reads at peak bandwidth, whichever
 * is longer. An upper bound on speed: no kernel, launch or communication overhead.
 */
import { assert } from "../base/assert.js";
import { exp, ln } from "../base/math.js";
import type { Bytes } from "../base/units.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { HardwareSpec } from "../spec/hardware-spec.js";
import type { ModelSpec } from "../spec/model-spec.js";
import type { CostModel, StepCost } from "./cost-model.js";
import { pooledKvBytesPerTokenAndLayer } from "./tensor-parallel.js";

/**
 * Prices a step over the N = tensorParallel devices together:
 *
 * - linear FLOPs = 2 × active parameters × tokens
 * - attention FLOPs = 4 × heads × headDim × attended pairs, summed over layers (full layers attend causally, sliding
 *   layers at most `slidingWindow` keys per token)
 * - bytes = weights + KV read
 * - weights, dense = bytesPerParam × P
 * - weights, mixture of experts with P parameters in total and A active
 *   = bytesPerParam × P × (1 − (1 − A / P)^tokens)
 * - KV read = 2 × max(numKvHeads, N) × headDim × bytesPerParam for each token that a layer reads, summed over layers:
 *   with N > numKvHeads each device reads a copy of its own
 * - seconds = max(FLOPs / (N × computeFlops), bytes / (N × memoryBandwidth))
 *
 * Writes and activations are ignored. The weights of a mixture of experts are an approximation, since only totals are
 * known: every token draws its share A / P of all parameters independently, as if attention and shared weights were
 * drawn too and routing were uniform.
 */
export function roofline(hardware: HardwareSpec, model: ModelSpec): CostModel {
  const { tensorParallel, bytesPerParam } = hardware;
  const peakFlops = tensorParallel * hardware.computeFlops;
  const peakBandwidth = tensorParallel * hardware.memoryBandwidth;

  const numSliding = model.numSlidingLayers;
  const numFull = model.numLayers - numSliding;
  const flopsPerToken = 2 * model.numActiveParameters;
  const flopsPerPair = 4 * model.numHeads * model.headDim;
  const bytesPerKvToken = pooledKvBytesPerTokenAndLayer(model, bytesPerParam, tensorParallel);
  const weightBytes = weightBytesRead(model, bytesPerParam);
  const slidingWindow = model.slidingWindow;

  return {
    name: "roofline",
    peakFlops,
    peakBandwidth,
    stepCost(shape: BatchShape, out: StepCost): void {
      const numTokens = shape.numPrefillTokens + shape.numDecodes;
      let pairs = 0;
      let kvTokens = 0;
      for (let i = 0; i < shape.attention.length; i++) {
        const { window, prefillPairs, prefillKvTokens, decodeKvTokens } = shape.attention[i]!;
        assert(
          window === Infinity || window === slidingWindow,
          "a batch is summed over the attention windows of the model that prices it",
        );
        const numLayers = window === Infinity ? numFull : numSliding;
        pairs += numLayers * (prefillPairs + decodeKvTokens);
        kvTokens += numLayers * (prefillKvTokens + decodeKvTokens);
      }
      out.flops = flopsPerToken * numTokens + flopsPerPair * pairs;
      out.bytes = weightBytes(numTokens) + bytesPerKvToken * kvTokens;
      out.seconds = Math.max(out.flops / peakFlops, out.bytes / peakBandwidth);
    },
  };
}

/** Bytes of weights that a step of so many tokens reads. A dense model reads all of them, always. */
function weightBytesRead(model: ModelSpec, bytesPerParam: Bytes): (numTokens: number) => Bytes {
  const total = bytesPerParam * model.numParameters;
  const activeShare = model.numActiveParameters / model.numParameters;
  if (activeShare >= 1) return () => total;
  // (1 − A / P)^tokens, with the logarithm taken once.
  const lnIdleShare = ln(1 - activeShare);
  return (numTokens) => total * (1 - exp(lnIdleShare * numTokens));
}
