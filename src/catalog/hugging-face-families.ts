/**
 * What a config.json leaves to the code of its model_type: which layers slide, where there are biases and norms. Whatever
 * the file says itself goes before this.
 */
import type { Fields, HuggingFaceConfig } from "./hugging-face-fields.js";

/** How a layer mixes tokens; "none" has weights only. */
export type LayerKind = "full" | "sliding" | "chunked" | "linear" | "mamba" | "none";

export interface Family {
  /** Embedding and output projection are one matrix, where tie_word_embeddings does not say. */
  readonly tied?: boolean;
  /** Queries, keys and values have biases, where attention_bias does not say. */
  readonly attentionBias?: boolean;
  /** So has the output of attention, given that there are biases. */
  readonly outputBias?: boolean;
  readonly feedForwardBias?: boolean;
  /** The output projection and the norm before it have biases. */
  readonly headBias?: boolean;
  /** Each head has a learned sink that a query may attend to. */
  readonly hasSinks?: boolean;
  /** Queries and keys are normalised: per head, over all heads, or not. */
  readonly queryKeyNorm?: "head" | "all";
  /** Vectors of the hidden size per layer. Default 2 (norms before attention and feed-forward). */
  readonly normsPerLayer?: number;
  /** The feed-forward has a gate beside its up projection. Default true. */
  readonly isGated?: boolean;
  /** What layer `i` is, where `layer_types` does not say. Default: sliding if there is a sliding_window, else full. */
  readonly layerKind?: (i: number, fields: Fields) => LayerKind;
  /** Multi-head latent attention. */
  readonly isLatent?: boolean;
  /** Linear layers are lightning attention, with the heads of attention. */
  readonly isLightning?: boolean;
  /** A gate as wide as the queries is computed with them. */
  readonly isQueryGated?: boolean;
  /** Shared experts have a gate of one output. */
  readonly isSharedExpertGated?: boolean;
  /** A learned position for each token of the context. */
  readonly hasPositions?: boolean;
  /** Experts must be there, not only may. */
  readonly isMixture?: boolean;
  /** A dense feed-forward beside the experts, in every layer. */
  readonly hasBoth?: boolean;
  /** What the file may leave to the class of its model_type. */
  readonly defaults?: HuggingFaceConfig;
}

const llama: Family = { attentionBias: false, outputBias: true };
const qwen2: Family = { attentionBias: true };
const qwen3: Family = { queryKeyNorm: "head", outputBias: true };
const qwen3Next: Family = {
  queryKeyNorm: "head",
  isQueryGated: true,
  isSharedExpertGated: true,
  layerKind: every("full_attention_interval", 4, "linear"),
};
const gemma: Family = { tied: true };
const gemma2: Family = {
  ...gemma,
  normsPerLayer: 4,
  layerKind: (i) => (i % 2 === 0 ? "sliding" : "full"),
};
const gemma3: Family = {
  ...gemma,
  normsPerLayer: 4,
  queryKeyNorm: "head",
  layerKind: every("sliding_window_pattern", 6, "sliding"),
  defaults: {
    vocab_size: 262208,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    max_position_embeddings: 131072,
    sliding_window: 4096,
  },
};
const gemma4: Family = { ...gemma3, hasBoth: true, defaults: {} };
const deepseek: Family = { isLatent: true, isMixture: true };
const gptOss: Family = {
  isMixture: true,
  hasSinks: true,
  attentionBias: true,
  outputBias: true,
  feedForwardBias: true,
  layerKind: (i) => (i % 2 === 0 ? "sliding" : "full"),
};
const glm4Moe: Family = { attentionBias: true, isMixture: true };
const minimax: Family = { queryKeyNorm: "all", isMixture: true };
const lightning: Family = { isLightning: true, isMixture: true, layerKind: linearWhereMarked };
const llama4: Family = { isMixture: true, layerKind: chunkedUnlessListed };

/** By model_type of the language model. */
export const families: Readonly<Record<string, Family>> = {
  llama,
  mistral: {},
  mistral3: {},
  ministral3: {},
  mixtral: { isMixture: true },
  qwen2,
  qwen2_moe: { ...qwen2, isMixture: true, isSharedExpertGated: true },
  qwen2_5_vl: qwen2,
  qwen2_5_vl_text: qwen2,
  qwen2_vl: qwen2,
  qwen3,
  qwen3_moe: { ...qwen3, isMixture: true },
  qwen3_vl_text: qwen3,
  qwen3_vl_moe_text: { ...qwen3, isMixture: true },
  qwen3_next: { ...qwen3Next, isMixture: true },
  qwen3_5_text: qwen3Next,
  qwen3_5_moe_text: { ...qwen3Next, isMixture: true },
  mimo: qwen2,
  gemma,
  gemma2,
  gemma3,
  gemma3_text: gemma3,
  gemma4_text: gemma4,
  phi: {
    attentionBias: true,
    outputBias: true,
    feedForwardBias: true,
    headBias: true,
    // One norm with a bias, as attention and feed-forward are side by side.
    normsPerLayer: 2,
    isGated: false,
  },
  phi3: {},
  phimoe: { isMixture: true, attentionBias: true, outputBias: true, normsPerLayer: 4 },
  gpt_oss: gptOss,
  deepseek_v2: deepseek,
  deepseek_v3: deepseek,
  deepseek_v32: deepseek,
  kimi_k2: deepseek,
  kimi_k25: deepseek,
  kimi_linear: { ...deepseek, layerKind: deltaUnlessListed },
  glm4: { attentionBias: true, normsPerLayer: 4 },
  glm4_moe: glm4Moe,
  glm4_moe_lite: deepseek,
  glm_moe_dsa: deepseek,
  minimax: lightning,
  minimax_text_01: lightning,
  minimax_m1: lightning,
  minimax_m2: minimax,
  hy_v3: { ...qwen3, isMixture: true },
  mimo_v2_flash: { isMixture: true, layerKind: slidingWhereMarked },
  llama4_text: llama4,
  llama4,
  nemotron_h: { normsPerLayer: 1, isGated: false, layerKind: byPattern },
  bloom: {
    tied: true,
    attentionBias: true,
    outputBias: true,
    feedForwardBias: true,
    normsPerLayer: 4,
    isGated: false,
  },
  opt: {
    tied: true,
    attentionBias: true,
    outputBias: true,
    feedForwardBias: true,
    normsPerLayer: 4,
    isGated: false,
    hasPositions: true,
  },
};

/** The last of every so many layers has full attention, the others are of another kind. */
function every(key: string, fallback: number, kind: LayerKind) {
  return (i: number, fields: Fields): LayerKind =>
    (i + 1) % fields.countOr(fallback, key, `_${key}`) === 0 ? "full" : kind;
}

/** Llama 4: layers without rotary positions attend to everything, the others within a chunk. */
function chunkedUnlessListed(i: number, fields: Fields): LayerKind {
  const usesRope = fields.list("no_rope_layers")?.[i] ?? ((i + 1) % 4 === 0 ? 0 : 1);
  return usesRope === 0 ? "full" : "chunked";
}

/** MiMo-V2: 1 slides, 0 attends to everything. */
function slidingWhereMarked(i: number, fields: Fields): LayerKind {
  return fields.list("hybrid_layer_pattern")?.[i] === 1 ? "sliding" : "full";
}

/** MiniMax-01 and M1: 0 is linear, 1 attends to everything, as all do in vLLM where there is no list. */
function linearWhereMarked(i: number, fields: Fields): LayerKind {
  return fields.list("attn_type_list")?.[i] === 0 ? "linear" : "full";
}

/** Kimi Linear counts layers from 1. */
function deltaUnlessListed(i: number, fields: Fields): LayerKind {
  const full = fields.table("linear_attn_config")?.list("full_attn_layers") ?? [];
  return full.includes(i + 1) ? "full" : "linear";
}

/** Nemotron-H: M is a Mamba-2 layer, * attention, - a feed-forward, E experts. */
function byPattern(i: number, fields: Fields): LayerKind {
  const letter = fields.text("hybrid_override_pattern")?.[i];
  if (letter === "M") return "mamba";
  return letter === "*" ? "full" : "none";
}
