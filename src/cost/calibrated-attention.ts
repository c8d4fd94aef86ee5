/** Time of the layers that mix tokens, on one device. */
import { type BatchShape, indexOfWindow } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type {
  LatentAttention,
  RecurrentLayers,
  SoftmaxAttention,
} from "../spec/model-description.js";
import type { DecodeCoefficients, PrefillCoefficients } from "./coefficients.js";
import { roundedMax } from "./rounded-max.js";

/** Adds the time of a class of layers in each step of a run to `out`; the run is that of `CostModel.stepCosts`. */
export type LayerTime = (
  shape: BatchShape,
  kvTokenGrowth: Float64Array,
  numSteps: number,
  out: Float64Array,
) => void;

interface Kernels {
  readonly prefill: PrefillCoefficients;
  readonly decode: DecodeCoefficients;
}

/** What attention kernels do for one query-key pair, one KV token and one query, on one device and in one layer. */
interface Work {
  readonly numLayers: number;
  /** Undefined: full attention. */
  readonly window: number | undefined;
  readonly numHeads: number;
  readonly prefillFlopsPerPair: number;
  readonly decodeFlopsPerPair: number;
  readonly bytesPerKvToken: number;
  /** Bytes of queries and outputs of one token. */
  readonly bytesPerQuery: number;
  /** Keys that a query attends to at most, and what choosing them reads of each KV token. */
  readonly index?: { readonly topK: number; readonly bytesPerKvToken: number };
}

/** Attention with a key and a value per KV head; a head that several devices need is copied. */
export function softmaxTime(
  layer: SoftmaxAttention,
  { parallelism, kvBytesPerElement }: DeploymentDescription,
  device: DeviceDescription,
  kernels: Kernels,
): LayerTime {
  const { headDim, valueHeadDim = headDim, numLayers, window = layer.chunk } = layer;
  const n = parallelism.tensorParallel;
  const elements = headDim + valueHeadDim;
  const numHeads = layer.numHeads / n;
  const flops = 2 * numHeads * elements;
  return attentionTime(
    {
      numLayers,
      window,
      numHeads,
      prefillFlopsPerPair: flops,
      decodeFlopsPerPair: flops,
      bytesPerKvToken: Math.max(1, layer.numKvHeads / n) * elements * kvBytesPerElement,
      bytesPerQuery: numHeads * elements * 2,
    },
    device,
    kernels,
  );
}

/**
 * Latent attention: prompts attend with keys and values of all heads, decodes in the latent space, where a KV token is
 * one vector for all heads.
 */
export function latentTime(
  layer: LatentAttention,
  { parallelism, kvBytesPerElement }: DeploymentDescription,
  device: DeviceDescription,
  kernels: Kernels,
): LayerTime {
  const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim, index } = layer;
  const numHeads = layer.numHeads / parallelism.tensorParallel;
  const perHead = qkNopeHeadDim + qkRopeHeadDim + valueHeadDim;
  return attentionTime(
    {
      numLayers: layer.numLayers,
      window: undefined,
      numHeads,
      prefillFlopsPerPair: 2 * numHeads * perHead,
      decodeFlopsPerPair: 2 * numHeads * (2 * kvLoraRank + qkRopeHeadDim),
      bytesPerKvToken: (kvLoraRank + qkRopeHeadDim) * kvBytesPerElement,
      bytesPerQuery: numHeads * perHead * 2,
      index: index && { topK: index.topK, bytesPerKvToken: index.headDim },
    },
    device,
    kernels,
  );
}

function attentionTime(
  work: Work,
  device: DeviceDescription,
  { prefill, decode }: Kernels,
): LayerTime {
  const { numLayers, index } = work;
  const flops = device.flops.bf16!;
  const bandwidth = device.memoryBandwidth;
  const prefillPerPair =
    (work.prefillFlopsPerPair + 2 * work.numHeads * prefill.softmaxElements) /
    (prefill.compute * flops);
  const prefillPerToken = work.bytesPerQuery / (prefill.bandwidth * bandwidth);
  const prefillPerKvToken = work.bytesPerKvToken / (prefill.bandwidth * bandwidth);
  const decodePerKvToken = roundedMax(
    work.decodeFlopsPerPair / (decode.compute * flops),
    work.bytesPerKvToken / (decode.bandwidth * bandwidth),
  );
  const indexPerKvToken = index ? index.bytesPerKvToken / (decode.bandwidth * bandwidth) : 0;
  const topK = index?.topK ?? Number.MAX_SAFE_INTEGER; // finite: infinity times no decodes is no number
  const { tileKeys } = prefill;
  return (shape, kvTokenGrowth, numSteps, out) => {
    const { numDecodes } = shape;
    const at = indexOfWindow(shape, work.window);
    const sums = shape.attention[at]!;
    const growth = kvTokenGrowth[at]!;
    let secondsOfPrompts = 0;
    if (shape.numPrefills > 0) {
      const tokens = shape.numPrefillTokens;
      const pairs = Math.min(sums.prefillPairs, topK * tokens) + tileKeys * tokens;
      secondsOfPrompts =
        roundedMax(
          pairs * prefillPerPair,
          tokens * prefillPerToken + sums.prefillKvTokens * prefillPerKvToken,
        ) +
        sums.prefillKvTokens * indexPerKvToken +
        prefill.launch;
    }
    const perStep = numDecodes > 0 ? numDecodes * decode.perSequence + decode.launch : 0;
    for (let n = 0; n < numSteps; n++) {
      const kvTokens = sums.decodeKvTokens + n * growth;
      const secondsOfDecodes =
        Math.min(kvTokens, topK * numDecodes) * decodePerKvToken +
        kvTokens * indexPerKvToken +
        perStep;
      out[n]! += numLayers * (secondsOfPrompts + secondsOfDecodes);
    }
  };
}

/** A fixed state per sequence, read and written by each step; prompts are arithmetic in chunks. */
export function recurrentTime(
  layer: RecurrentLayers,
  { parallelism }: DeploymentDescription,
  device: DeviceDescription,
  { prefill, decode }: Kernels,
): LayerTime {
  const n = parallelism.tensorParallel;
  const { numLayers } = layer;
  const perState = (2 * layer.stateBytes) / n / (decode.bandwidth * device.memoryBandwidth);
  const perToken = layer.flopsPerToken / n / (prefill.compute * device.flops.bf16!);
  return ({ numPrefills, numDecodes, numPrefillTokens }, _growth, numSteps, out) => {
    const seconds =
      numLayers *
      ((numPrefills > 0 ? numPrefillTokens * perToken + prefill.launch : 0) +
        (numPrefills + numDecodes) * perState +
        decode.launch);
    for (let n = 0; n < numSteps; n++) out[n]! += seconds;
  };
}
