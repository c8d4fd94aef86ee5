/** From the model of a config to its description: as given, or from the totals of the simple form. */
import type { Bytes } from "../base/units.js";
import type {
  LayerClass,
  Matrix,
  ModelDescription,
  WeightRole,
  WeightStream,
} from "./model-description.js";
import type { ModelSpec } from "./model-spec.js";
import { type Precision, precisionOf, type Quantization, quantizations } from "./precision.js";

/** A model by its totals, with its composition where that is known. */
export interface DescribedModel extends ModelSpec {
  readonly name?: string;
  readonly weights?: readonly WeightStream[];
  readonly layers?: readonly LayerClass[];
  readonly kvPrecision?: Precision;
  /** How linear layers are stored, in place of what the composition says. */
  readonly quantization?: Quantization;
}

/** How a model that is given by its totals is described. */
export interface DescribeOptions {
  /** Bytes of one parameter. Default 2. */
  readonly bytesPerParam?: Bytes;
  /**
   * Give a mixture of experts a plausible shape, which kernels need: attention that follows from the heads, and experts of which a
   * token uses about two. Default false: nothing is assumed, so that its documented formulas hold to the bit.
   */
  readonly assumeExperts?: boolean;
}

/**
 * The composition of a model. Totals become
 *
 * - dense: the projections of attention, which follow from the heads, and the rest as feed-forward;
 * - a mixture of experts with P parameters, A of them active: P experts of one parameter, A of them for each token, since nothing is known
 *   of what is shared;
 *
 * all of it multiplied with every token, and stored in `bytesPerParam` bytes.
 */
export function describeModel(
  model: DescribedModel,
  options: DescribeOptions = {},
): ModelDescription {
  const { name, hiddenDim, maxSeqLen, quantization } = model;
  const isComposed = model.weights !== undefined && model.layers !== undefined;
  const weights = isComposed ? model.weights : weightsFromTotals(model, options);
  return {
    ...(name !== undefined && { name }),
    hiddenDim,
    maxSeqLen,
    weights: quantization === undefined ? weights : quantized(weights, quantizations[quantization]),
    layers: isComposed ? model.layers : layersFromTotals(model),
    ...(model.kvPrecision && { kvPrecision: model.kvPrecision }),
  };
}

function weightsFromTotals(
  model: ModelSpec,
  { bytesPerParam = 2, assumeExperts = false }: DescribeOptions,
): WeightStream[] {
  const { numParameters, numActiveParameters, hiddenDim, numLayers } = model;
  const stored = { precision: precisionOf(bytesPerParam), bytesPerParam };
  const numInAttention = parametersInAttention(model);
  const isMixture = numActiveParameters < numParameters;
  if (isMixture && assumeExperts && numInAttention < numActiveParameters) {
    return [
      { role: "attention", numLayers, matrices: attentionMatrices(model), ...stored },
      { ...assumedExperts(model, numInAttention), ...stored },
    ];
  }
  if (isMixture) {
    return [
      {
        role: "experts",
        numLayers: 1,
        matrices: [{ outputs: 1, inputs: 1 }],
        routing: { numExperts: numParameters, numExpertsPerToken: numActiveParameters },
        ...stored,
      },
    ];
  }
  const rest = numParameters - numInAttention;
  if (rest < 0) {
    const matrices = [{ outputs: numParameters, inputs: 1 }];
    return [{ role: "feed-forward", numLayers: 1, matrices, ...stored }];
  }
  // Whole rows per layer, and what is left by itself: sums of whole numbers have no rounding.
  const outputs = Math.floor(rest / (numLayers * hiddenDim));
  const left = rest - outputs * numLayers * hiddenDim;
  const wide = [{ outputs, inputs: hiddenDim }];
  const small = [{ outputs: left, inputs: 1 }];
  return [
    { role: "attention", numLayers, matrices: attentionMatrices(model), ...stored },
    { role: "feed-forward", numLayers, matrices: wide, ...stored },
    { role: "feed-forward", numLayers: 1, matrices: small, ...stored },
  ];
}

function attentionMatrices({ numHeads, numKvHeads, headDim, hiddenDim }: ModelSpec): Matrix[] {
  return [
    { outputs: (numHeads + 2 * numKvHeads) * headDim, inputs: hiddenDim },
    { outputs: hiddenDim, inputs: numHeads * headDim, cut: "inputs" },
  ];
}

function parametersInAttention(model: ModelSpec): number {
  const { numHeads, numKvHeads, headDim, hiddenDim, numLayers } = model;
  return numLayers * hiddenDim * (2 * numHeads + 2 * numKvHeads) * headDim;
}

/** So many gated experts that two of them are what is active beside attention; the totals stay what they are. */
function assumedExperts(
  { numParameters, numActiveParameters, numLayers, hiddenDim }: ModelSpec,
  numInAttention: number,
): Pick<WeightStream, "role" | "numLayers" | "matrices" | "routing"> {
  const total = numParameters - numInAttention;
  const active = numActiveParameters - numInAttention;
  const numExperts = Math.max(2, Math.round((2 * total) / active));
  const width = total / (numExperts * numLayers * 3 * hiddenDim);
  return {
    role: "experts",
    numLayers,
    matrices: [
      { outputs: 2 * width, inputs: hiddenDim },
      { outputs: hiddenDim, inputs: width, cut: "inputs" },
    ],
    routing: { numExperts, numExpertsPerToken: (numExperts * active) / total },
  };
}

function layersFromTotals(model: ModelSpec): LayerClass[] {
  const { numLayers, numSlidingLayers, slidingWindow, numHeads, numKvHeads, headDim } = model;
  const heads = { type: "attention" as const, numHeads, numKvHeads, headDim };
  const numFull = numLayers - (slidingWindow === undefined ? 0 : numSlidingLayers);
  return [
    { ...heads, numLayers: numFull },
    { ...heads, numLayers: numLayers - numFull, window: slidingWindow },
  ].filter((layers) => layers.numLayers > 0);
}

/** Weights that no method quantises: they are small, or decide too much. */
const KEPT: readonly WeightRole[] = ["embedding", "head", "router", "other"];

/**
 * The same weights with linear layers in another precision. mxfp4 is for experts alone, where there are some, as in vLLM.
 * Embeddings, output projections, routers and norms stay.
 */
export function quantized(
  weights: readonly WeightStream[],
  precision: Precision,
): readonly WeightStream[] {
  const isForExperts = precision === "mxfp4" && weights.some(({ role }) => role === "experts");
  return weights.map((stream) => {
    if (KEPT.includes(stream.role)) return stream;
    const isKept = isForExperts && stream.role !== "experts";
    return { ...stream, precision: isKept ? "bf16" : precision, bytesPerParam: undefined };
  });
}
