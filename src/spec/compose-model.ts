/** The totals that a composition comes to, as the simple form of a model would state them. */
import type { LayerClass, ModelDescription } from "./model-description.js";
import type { ModelSpec } from "./model-spec.js";
import { numActiveParameters, numParameters } from "./model-totals.js";

/**
 * A model description with its totals, which a config's model has too. Heads are those of the first layers with attention, full
 * attention first; for latent attention a head is as wide as a query.
 *
 * ```ts
 * const model = composeModel({ hiddenDim, maxSeqLen, weights, layers });
 * model.numParameters;
 * ```
 */
export function composeModel<Description extends ModelDescription>(
  description: Description,
): Description & ModelSpec {
  const { hiddenDim, maxSeqLen, layers } = description;
  const sliding = layers.filter((layer) => layer.type === "attention" && layer.window);
  const slidingWindow = windowOf(sliding[0]);
  return {
    ...description,
    hiddenDim,
    maxSeqLen,
    numParameters: numParameters(description),
    numActiveParameters: numActiveParameters(description),
    numLayers: countLayers(layers),
    ...headsOf(layers),
    ...(slidingWindow !== undefined && { slidingWindow }),
    numSlidingLayers: countLayers(sliding),
  };
}

const countLayers = (layers: readonly LayerClass[]): number =>
  layers.reduce((sum, { numLayers }) => sum + numLayers, 0);

const windowOf = (layer: LayerClass | undefined) =>
  layer?.type === "attention" ? layer.window : undefined;

function headsOf(
  layers: readonly LayerClass[],
): Pick<ModelSpec, "numHeads" | "numKvHeads" | "headDim"> {
  const attending = layers.filter((layer) => layer.type !== "recurrent");
  const layer = attending.find((one) => one.type === "mla" || one.window === undefined);
  const chosen = layer ?? attending[0] ?? layers[0];
  switch (chosen?.type) {
    case "attention":
      return {
        numHeads: chosen.numHeads,
        numKvHeads: chosen.numKvHeads,
        headDim: chosen.headDim,
      };
    case "mla": {
      const headDim = chosen.qkNopeHeadDim + chosen.qkRopeHeadDim;
      return { numHeads: chosen.numHeads, numKvHeads: chosen.numHeads, headDim };
    }
    case "recurrent":
    case undefined: {
      const numHeads = chosen?.numHeads ?? 1;
      return { numHeads, numKvHeads: numHeads, headDim: 1 };
    }
  }
}
