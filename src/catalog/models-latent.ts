/** Models with multi-head latent attention, all of them mixtures of experts. */
import type { ModelRow } from "./model-row.js";

type Row = readonly [
  name: string,
  type: string,
  layers: number,
  hidden: number,
  heads: number,
  queryRank: number,
  nope: number,
  value: number,
  dense: number,
  denseWidth: number,
  experts: number,
  perToken: number,
  expertWidth: number,
  shared: number,
  vocabulary: number,
  context: number,
  source: ModelRow["source"],
  more?: ModelRow["config"],
];

const fp8Block = { quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] } };
const int4Experts = {
  quantization_config: {
    quant_method: "compressed-tensors",
    config_groups: { group_0: { weights: { num_bits: 4, type: "int", group_size: 32 } } },
    ignore: ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", "re:.*mlp\\.(gate|up|down).*"],
  },
};
const sparse = (heads: number) => ({ index_topk: 2048, index_n_heads: heads, index_head_dim: 128 });

// prettier-ignore
const rows: readonly Row[] = [
  // name, model_type, layers, hidden, heads, query rank, nope, value, dense layers, their width, experts, per token, width, shared, vocabulary, context, source
  ["deepseek-v2-lite", "deepseek_v2", 27, 2048, 16, 0, 128, 128, 1, 10944, 64, 6, 1408, 2, 102400, 163840, "sim"],
  ["deepseek-v2", "deepseek_v2", 60, 5120, 128, 1536, 128, 128, 1, 12288, 160, 6, 1536, 2, 102400, 163840, "recalled"],
  ["deepseek-v3", "deepseek_v3", 61, 7168, 128, 1536, 128, 128, 3, 18432, 256, 8, 2048, 1, 129280, 163840, "aic", fp8Block],
  ["deepseek-r1", "deepseek_v3", 61, 7168, 128, 1536, 128, 128, 3, 18432, 256, 8, 2048, 1, 129280, 163840, "aic", fp8Block],
  ["deepseek-v3.2", "deepseek_v32", 61, 7168, 128, 1536, 128, 128, 3, 18432, 256, 8, 2048, 1, 129280, 163840, "aic", { ...fp8Block, ...sparse(64) }],
  ["kimi-k2", "kimi_k2", 61, 7168, 64, 1536, 128, 128, 1, 18432, 384, 8, 2048, 1, 163840, 131072, "aic", fp8Block],
  ["kimi-k2.5", "kimi_k2", 61, 7168, 64, 1536, 128, 128, 1, 18432, 384, 8, 2048, 1, 163840, 262144, "aic", int4Experts],
  ["glm-5", "glm_moe_dsa", 78, 6144, 64, 2048, 192, 256, 3, 12288, 256, 8, 2048, 1, 154880, 202752, "aic", sparse(32)],
  ["glm-5.1", "glm_moe_dsa", 78, 6144, 64, 2048, 192, 256, 3, 12288, 256, 8, 2048, 1, 154880, 202752, "aic", sparse(32)],
];

export const latentModels: readonly ModelRow[] = rows.map((row) => {
  const [name, type, layers, hidden, heads, queryRank, nope, value, dense, denseWidth] = row;
  const [, , , , , , , , , , experts, perToken, width, shared, vocabulary, context, source, more] =
    row;
  return {
    name,
    source,
    config: {
      model_type: type,
      num_hidden_layers: layers,
      hidden_size: hidden,
      num_attention_heads: heads,
      ...(queryRank > 0 && { q_lora_rank: queryRank }),
      kv_lora_rank: 512,
      qk_nope_head_dim: nope,
      qk_rope_head_dim: 64,
      v_head_dim: value,
      first_k_dense_replace: dense,
      intermediate_size: denseWidth,
      n_routed_experts: experts,
      num_experts_per_tok: perToken,
      moe_intermediate_size: width,
      n_shared_experts: shared,
      vocab_size: vocabulary,
      max_position_embeddings: context,
      ...more,
    },
  };
});
