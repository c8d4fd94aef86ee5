/** Sums over a model description: its parameters, bytes, and what one token costs. */
import type { Bytes, Flops } from "../base/units.js";
import type { LayerClass, ModelDescription, WeightStream } from "./model-description.js";
import { bytesPerElement } from "./precision.js";

/** Parameters of one copy of the stream's matrices: of one layer, and of one expert where there are experts. */
function parametersOfLayer({ matrices }: WeightStream): number {
  return matrices.reduce((sum, { outputs, inputs }) => sum + outputs * inputs, 0);
}

/** All parameters of a stream. */
export function parametersOf(stream: WeightStream): number {
  return stream.numLayers * (stream.routing?.numExperts ?? 1) * parametersOfLayer(stream);
}

/** Parameters of a stream that one token is multiplied with. */
export function activeParametersOf(stream: WeightStream): number {
  if (stream.role === "embedding") return 0;
  return stream.numLayers * (stream.routing?.numExpertsPerToken ?? 1) * parametersOfLayer(stream);
}

/** Bytes of one parameter of a stream, as stored. */
export function bytesPerParamOf({ bytesPerParam, precision }: WeightStream): Bytes {
  return bytesPerParam ?? bytesPerElement[precision];
}

/** All parameters. */
export function numParameters({ weights }: Pick<ModelDescription, "weights">): number {
  return weights.reduce((sum, stream) => sum + parametersOf(stream), 0);
}

/** Parameters that one token is multiplied with: the experts it is sent to, no embedding. */
export function numActiveParameters({ weights }: Pick<ModelDescription, "weights">): number {
  return weights.reduce((sum, stream) => sum + activeParametersOf(stream), 0);
}

/** Bytes of all weights, each stored once. */
export function weightBytesOf({ weights }: Pick<ModelDescription, "weights">): Bytes {
  return weights.reduce((sum, stream) => sum + parametersOf(stream) * bytesPerParamOf(stream), 0);
}

/** Elements that one token adds to the KV cache of one layer, on one device of one: what is not cut by heads. */
function kvElementsPerToken(layers: LayerClass): number {
  switch (layers.type) {
    case "attention": {
      const { numKvHeads, headDim, valueHeadDim = headDim, sharesKv } = layers;
      return sharesKv ? 0 : numKvHeads * (headDim + valueHeadDim);
    }
    case "mla":
      return layers.kvLoraRank + layers.qkRopeHeadDim;
    case "recurrent":
      return 0;
  }
}

/** KV bytes of one token over all layers, as long as no window is full. */
export function kvBytesPerToken(
  { layers }: Pick<ModelDescription, "layers">,
  bytesPerKvElement: Bytes,
): Bytes {
  return layers.reduce(
    (sum, layer) => sum + layer.numLayers * kvElementsPerToken(layer) * bytesPerKvElement,
    0,
  );
}

/** FLOPs of one more token with so many before it, output projection included: 2 per active parameter, and attention. */
export function flopsPerToken(model: ModelDescription, numTokensBefore: number): Flops {
  const keys = numTokensBefore + 1;
  return model.layers.reduce(
    (sum, layer) => sum + layer.numLayers * mixingFlops(layer, keys),
    2 * numActiveParameters(model),
  );
}

function mixingFlops(layer: LayerClass, keys: number): Flops {
  if (layer.type === "recurrent") return layer.flopsPerToken;
  return flopsPerPair(layer) * Math.min(keys, reachOf(layer));
}

/** Keys that a query of a layer sees at most. */
function reachOf(layer: LayerClass): number {
  if (layer.type === "attention") return layer.window ?? layer.chunk ?? Infinity;
  return layer.type === "mla" ? (layer.index?.topK ?? Infinity) : 0;
}

/**
 * FLOPs of one pair of query and key of a prompt in one layer, over all heads: 2 for each element of key and of value. Latent
 * attention computes on keys and values of all heads here.
 */
export function prefillFlopsPerPair(layer: LayerClass): Flops {
  if (layer.type !== "mla") return flopsPerPair(layer);
  const { numHeads, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } = layer;
  return 2 * numHeads * (qkNopeHeadDim + qkRopeHeadDim + valueHeadDim);
}

/**
 * The same for a decode, which latent attention computes on the compressed vectors: kvLoraRank + rope for the key, kvLoraRank for
 * the value.
 */
export function flopsPerPair(layer: LayerClass): Flops {
  switch (layer.type) {
    case "attention":
      return 2 * layer.numHeads * (layer.headDim + (layer.valueHeadDim ?? layer.headDim));
    case "mla":
      return 2 * layer.numHeads * (2 * layer.kvLoraRank + layer.qkRopeHeadDim);
    case "recurrent":
      return 0;
  }
}
