/** Feed-forward layers of a config.json: dense ones, and mixtures of experts with shared experts and routers. */
import type { Matrix } from "../spec/model-description.js";
import type { Family, LayerKind } from "./hugging-face-families.js";
import type { Fields } from "./hugging-face-fields.js";
import { feedForwardMatrices, vector, type Weights } from "./hugging-face-layers.js";

export function feedForwardWeights(
  fields: Fields,
  family: Family,
  kinds: readonly LayerKind[],
  hidden: number,
): Weights[] {
  const { numDense, numSparse } = countLayers(fields, family, kinds);
  const isGated = family.isGated ?? true;
  const weights: Weights[] = [];
  if (numDense > 0) {
    const width = denseWidth(fields, hidden);
    const matrices = feedForwardMatrices(hidden, width, isGated);
    if (fields.flag("mlp_bias", family.feedForwardBias)) {
      matrices.push({ outputs: (isGated ? 2 : 1) * width, inputs: 1 }, vector(hidden));
    }
    weights.push({
      role: "feed-forward",
      numLayers: numDense,
      matrices,
      module: "mlp.down_proj",
    });
  }
  if (numSparse > 0) weights.push(...expertWeights(fields, family, numSparse, hidden));
  return weights;
}

/** Llama 4 has another width for its dense layers than for its experts; Falcon and OPT names for 4 × hidden. */
function denseWidth(fields: Fields, hidden: number): number {
  if (fields.text("model_type") === "bloom") return fields.countOr(4 * hidden, "n_inner");
  if (fields.has("intermediate_size_mlp")) return fields.count("intermediate_size_mlp");
  return fields.count("intermediate_size", "ffn_hidden_size", "ffn_dim");
}

function expertWeights(
  fields: Fields,
  family: Family,
  numLayers: number,
  hidden: number,
): Weights[] {
  const numExperts = fields.count(...NUM_EXPERTS);
  const width = fields.count("moe_intermediate_size", "intermediate_size");
  const isGated = family.isGated ?? true;
  // Latent experts work on a projection that is narrower than the residual stream.
  const latent = fields.countOr(hidden, "routed_expert_hidden_size", "moe_latent_size");
  const matrices = feedForwardMatrices(latent, width, isGated);
  if (family.feedForwardBias) {
    matrices.push({ outputs: (isGated ? 2 : 1) * width, inputs: 1 }, vector(hidden));
  }
  const router: Matrix[] = [{ outputs: numExperts, inputs: hidden, cut: "none" }];
  if (family.feedForwardBias) router.push(vector(numExperts));
  const weights: Weights[] = [
    {
      role: "experts",
      numLayers,
      matrices,
      routing: {
        numExperts,
        numExpertsPerToken: fields.count(
          "num_experts_per_tok",
          "num_experts_per_token",
          "top_k_experts",
          "moe_topk",
        ),
      },
      module: "mlp.experts.0.down_proj",
    },
    { role: "router", numLayers, matrices: router, module: "mlp.gate" },
  ];
  if (latent !== hidden) {
    const projections: Matrix[] = [
      { outputs: latent, inputs: hidden, cut: "none" },
      { outputs: hidden, inputs: latent, cut: "none" },
    ];
    weights.push({
      role: "shared-experts",
      numLayers,
      matrices: projections,
      module: "mlp.latent_proj",
    });
  }
  const shared = sharedWidth(fields, width);
  if (shared > 0) {
    const gate: Matrix[] = family.isSharedExpertGated
      ? [{ outputs: 1, inputs: hidden, cut: "none" }]
      : [];
    weights.push({
      role: "shared-experts",
      numLayers,
      matrices: [...feedForwardMatrices(hidden, shared, isGated), ...gate],
      module: "mlp.shared_experts.down_proj",
    });
  }
  return weights;
}

/** Shared experts as one of their summed width. */
function sharedWidth(fields: Fields, width: number): number {
  if (fields.text("model_type")?.startsWith("llama4")) return width;
  return fields.countOr(
    fields.countOr(0, "n_shared_experts", "num_shared_experts") * width,
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
  );
}

const NUM_EXPERTS = ["num_local_experts", "num_experts", "n_routed_experts"];

function countLayers(
  fields: Fields,
  { hasBoth, isMixture = false }: Family,
  kinds: readonly LayerKind[],
): { numDense: number; numSparse: number } {
  const pattern = fields.text("hybrid_override_pattern");
  if (pattern !== undefined) {
    const count = (letter: string) => pattern.split(letter).length - 1;
    return { numDense: count("-"), numSparse: count("E") };
  }
  const hasExperts = isMixture || NUM_EXPERTS.some((key) => fields.countOr(0, key) > 0);
  const numLayers = kinds.length;
  const numSparse = hasExperts ? kinds.filter((_, i) => isSparse(fields, i)).length : 0;
  return { numDense: hasBoth ? numLayers : numLayers - numSparse, numSparse };
}

/** Whether layer `i` of a mixture of experts has experts. */
function isSparse(fields: Fields, i: number): boolean {
  const listed = fields.list("moe_layers");
  if (listed !== undefined) return listed.includes(i);
  const frequencies = fields.list("moe_layer_freq");
  if (frequencies !== undefined) return frequencies[i] === 1;
  if (fields.list("mlp_only_layers")?.includes(i)) return false;
  if (i < fields.countOr(0, "first_k_dense_replace")) return false;
  const step = fields.countOr(1, "interleave_moe_layer_step", "decoder_sparse_step");
  return (i + 1) % step === 0;
}
