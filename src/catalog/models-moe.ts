/** Mixtures of experts with softmax attention. */
import type { ModelRow } from "./model-row.js";

type Row = readonly [
  name: string,
  type: string,
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  headDim: number,
  experts: number,
  perToken: number,
  expertWidth: number,
  vocabulary: number,
  context: number,
  source: ModelRow["source"],
  more?: ModelRow["config"],
];

const fp8Block = { quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] } };
const mxfp4 = { quantization_config: { quant_method: "mxfp4" }, sliding_window: 128 };
/** The first layers are dense, the others have a shared expert. */
const glm = (first: number, width: number, normed: boolean) => ({
  first_k_dense_replace: first,
  intermediate_size: width,
  n_shared_experts: 1,
  use_qk_norm: normed,
});
const llama4 = { attention_chunk_size: 8192, intermediate_size_mlp: 16384 };

// prettier-ignore
const rows: readonly Row[] = [
  // name, model_type, layers, hidden, heads, KV heads, head size, experts, per token, expert width, vocabulary, context, source
  ["mixtral-8x7b", "mixtral", 32, 4096, 32, 8, 128, 8, 2, 14336, 32000, 32768, "aic"],
  ["mixtral-8x22b", "mixtral", 56, 6144, 48, 8, 128, 8, 2, 16384, 32000, 65536, "aic"],
  ["qwen3-30b-a3b", "qwen3_moe", 48, 2048, 32, 4, 128, 128, 8, 768, 151936, 40960, "aic"],
  ["qwen3-235b-a22b", "qwen3_moe", 94, 4096, 64, 4, 128, 128, 8, 1536, 151936, 40960, "aic"],
  ["qwen3-coder-480b-a35b", "qwen3_moe", 62, 6144, 96, 8, 128, 160, 8, 2560, 151936, 262144, "aic"],
  ["qwen3-vl-235b-a22b", "qwen3_vl_moe_text", 94, 4096, 64, 4, 128, 128, 8, 1536, 151936, 262144, "aic"],
  ["gpt-oss-20b", "gpt_oss", 24, 2880, 64, 8, 64, 32, 4, 2880, 201088, 131072, "aic", mxfp4],
  ["gpt-oss-120b", "gpt_oss", 36, 2880, 64, 8, 64, 128, 4, 2880, 201088, 131072, "aic", mxfp4],
  ["minimax-m2", "minimax_m2", 62, 3072, 48, 8, 128, 256, 8, 1536, 200064, 196608, "sibling", fp8Block],
  ["minimax-m2.5", "minimax_m2", 62, 3072, 48, 8, 128, 256, 8, 1536, 200064, 196608, "aic", fp8Block],
  ["minimax-m2.7", "minimax_m2", 62, 3072, 48, 8, 128, 256, 8, 1536, 200064, 204800, "aic", fp8Block],
  ["glm-4.5", "glm4_moe", 92, 5120, 96, 8, 128, 160, 8, 1536, 151552, 131072, "recalled", glm(3, 12288, true)],
  ["glm-4.5-air", "glm4_moe", 46, 4096, 96, 8, 128, 128, 8, 1408, 151552, 131072, "recalled", glm(1, 10944, false)],
  ["llama-4-scout", "llama4_text", 48, 5120, 40, 8, 128, 16, 1, 8192, 202048, 10485760, "aic", llama4],
  ["llama-4-maverick", "llama4_text", 48, 5120, 40, 8, 128, 128, 1, 8192, 202048, 1048576, "aic", { ...llama4, interleave_moe_layer_step: 2 }],
  ["hy3", "hy_v3", 80, 4096, 64, 8, 128, 192, 8, 1536, 120832, 262144, "lab", { first_k_dense_replace: 1, intermediate_size: 13312, n_shared_experts: 1 }],
];

export const moeModels: readonly ModelRow[] = rows.map(
  ([
    name,
    type,
    layers,
    hidden,
    heads,
    kvHeads,
    headDim,
    experts,
    perToken,
    width,
    vocabulary,
    context,
    source,
    more,
  ]) => ({
    name,
    source,
    config: {
      model_type: type,
      num_hidden_layers: layers,
      hidden_size: hidden,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: headDim,
      num_experts: experts,
      num_experts_per_tok: perToken,
      moe_intermediate_size: width,
      vocab_size: vocabulary,
      max_position_embeddings: context,
      ...more,
    },
  }),
);
