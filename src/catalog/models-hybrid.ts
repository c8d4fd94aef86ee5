/** Models whose layers are of several kinds: linear attention, state spaces, attention of several shapes. */
import type { ModelRow } from "./model-row.js";

/** Qwen3-Next and Qwen3.5: three linear layers, then one with full attention. */
type QwenRow = readonly [
  name: string,
  type: string,
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  valueHeads: number,
  vocabulary: number,
  source: ModelRow["source"],
  feedForward: ModelRow["config"],
];

const dense = (width: number) => ({ intermediate_size: width });
const experts = (count: number, perToken: number, width: number) => ({
  num_experts: count,
  num_experts_per_tok: perToken,
  moe_intermediate_size: width,
  shared_expert_intermediate_size: width,
});
const tied = { tie_word_embeddings: true };

// prettier-ignore
const qwenRows: readonly QwenRow[] = [
  // name, model_type, layers, hidden, heads, KV heads, value heads of linear layers, vocabulary, source, feed-forward
  ["qwen3-next-80b-a3b", "qwen3_next", 48, 2048, 16, 2, 32, 151936, "aic", experts(512, 10, 512)],
  ["qwen3.5-4b", "qwen3_5_text", 32, 2560, 16, 4, 32, 248320, "lab", { ...dense(9216), ...tied }],
  ["qwen3.5-9b", "qwen3_5_text", 32, 4096, 16, 4, 32, 248320, "lab", dense(12288)],
  ["qwen3.5-27b", "qwen3_5_text", 64, 5120, 24, 4, 48, 248320, "aic", dense(17408)],
  ["qwen3.5-35b-a3b", "qwen3_5_moe_text", 40, 2048, 16, 2, 32, 248320, "aic", experts(256, 8, 512)],
  ["qwen3.5-122b-a10b", "qwen3_5_moe_text", 48, 3072, 32, 2, 64, 248320, "aic", experts(256, 8, 1024)],
  ["qwen3.5-397b-a17b", "qwen3_5_moe_text", 60, 4096, 32, 2, 64, 248320, "aic", experts(512, 10, 1024)],
];

const qwen = qwenRows.map(
  ([name, type, layers, hidden, heads, kvHeads, valueHeads, vocabulary, source, feedForward]) => ({
    name,
    source,
    config: {
      model_type: type,
      num_hidden_layers: layers,
      hidden_size: hidden,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: 256,
      full_attention_interval: 4,
      linear_num_key_heads: 16,
      linear_num_value_heads: valueHeads,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
      mamba_ssm_dtype: "float32",
      vocab_size: vocabulary,
      max_position_embeddings: 262144,
      ...feedForward,
    },
  }),
);

const mamba2 = {
  model_type: "nemotron_h",
  ssm_state_size: 128,
  n_groups: 8,
  conv_kernel: 4,
  mamba_ssm_cache_dtype: "float32",
  vocab_size: 131072,
};

const others: readonly ModelRow[] = [
  {
    name: "nemotron-3-nano-30b-a3b",
    source: "aic",
    config: {
      ...mamba2,
      hidden_size: 2688,
      hybrid_override_pattern: "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
      num_attention_heads: 32,
      num_key_value_heads: 2,
      head_dim: 128,
      mamba_num_heads: 64,
      mamba_head_dim: 64,
      n_routed_experts: 128,
      num_experts_per_tok: 6,
      moe_intermediate_size: 1856,
      moe_shared_expert_intermediate_size: 3712,
      intermediate_size: 1856,
      max_position_embeddings: 262144,
    },
  },
  {
    name: "kimi-k3",
    source: "uncertain",
    config: {
      model_type: "kimi_linear",
      num_hidden_layers: 93,
      hidden_size: 7168,
      num_attention_heads: 96,
      q_lora_rank: 1536,
      kv_lora_rank: 512,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
      linear_attn_config: {
        num_heads: 96,
        head_dim: 128,
        short_conv_kernel_size: 4,
        full_attn_layers: Array.from({ length: 24 }, (_, i) => (i < 23 ? 4 * (i + 1) : 93)),
      },
      first_k_dense_replace: 1,
      intermediate_size: 33792,
      num_experts: 896,
      num_experts_per_token: 16,
      moe_intermediate_size: 3072,
      routed_expert_hidden_size: 3584,
      num_shared_experts: 2,
      vocab_size: 163840,
      max_position_embeddings: 1048576,
      quantization_config: { quant_method: "mxfp4" },
    },
  },
  {
    name: "gemma-4-26b-a4b",
    source: "lab",
    config: {
      ...gemma4(30, 2816, 16, 8),
      intermediate_size: 2112,
      num_global_key_value_heads: 2,
      num_experts: 128,
      top_k_experts: 8,
      moe_intermediate_size: 704,
    },
  },
  {
    name: "mimo-v2-flash",
    source: "aic",
    config: {
      model_type: "mimo_v2_flash",
      num_hidden_layers: 48,
      hidden_size: 4096,
      num_attention_heads: 64,
      num_key_value_heads: 4,
      swa_num_key_value_heads: 8,
      head_dim: 192,
      v_head_dim: 128,
      sliding_window: 128,
      // One layer of full attention, five that slide, with a full one first and last.
      hybrid_layer_pattern: Array.from({ length: 48 }, (_, i) => (i === 0 || i % 6 === 5 ? 0 : 1)),
      moe_layer_freq: Array.from({ length: 48 }, (_, i) => (i === 0 ? 0 : 1)),
      intermediate_size: 16384,
      n_routed_experts: 256,
      num_experts_per_tok: 8,
      moe_intermediate_size: 2048,
      vocab_size: 152576,
      max_position_embeddings: 262144,
    },
  },
];

/** Gemma 4: five sliding layers, then a full one with wider and fewer KV heads whose values are its keys. */
function gemma4(layers: number, hidden: number, heads: number, kvHeads: number) {
  return {
    model_type: "gemma4_text",
    num_hidden_layers: layers,
    hidden_size: hidden,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: 256,
    global_head_dim: 512,
    attention_k_eq_v: true,
    sliding_window: 1024,
    vocab_size: 262144,
    max_position_embeddings: 262144,
  };
}

export const hybridModels: readonly ModelRow[] = [...qwen, ...others];
