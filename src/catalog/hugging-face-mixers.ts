/** What mixes tokens in a config.json's layers: attention, latent attention, linear attention, state spaces. */
import type { LatentAttention, LayerClass, SoftmaxAttention } from "../spec/model-description.js";
import type { Family, LayerKind } from "./hugging-face-families.js";
import type { Fields } from "./hugging-face-fields.js";
import {
  attentionWeights,
  deltaAttention,
  gatedDeltaNet,
  latentAttentionWeights,
  mamba2,
  vector,
  type Recurrent,
  type Weights,
} from "./hugging-face-layers.js";
import { lightningAttention } from "./hugging-face-lightning.js";

export interface TokenMixers {
  readonly layers: readonly LayerClass[];
  readonly weights: readonly Weights[];
}

export function tokenMixers(
  fields: Fields,
  family: Family,
  kinds: readonly LayerKind[],
  hidden: number,
): TokenMixers {
  const mixers: TokenMixers[] = [];
  for (const kind of new Set(kinds)) {
    if (kind === "none") continue;
    const numLayers = kinds.filter((other) => other === kind).length;
    if (kind === "linear" || kind === "mamba") {
      const { layers, weights } = recurrent(fields, family, kind, numLayers, hidden);
      mixers.push({ layers: [layers], weights: [weights] });
    } else if (family.isLatent) {
      mixers.push(latent(fields, numLayers, hidden));
    } else {
      mixers.push(softmax(fields, family, kind, numLayers, hidden));
    }
  }
  return {
    layers: mixers.flatMap(({ layers }) => layers),
    weights: mixers.flatMap(({ weights }) => weights),
  };
}

function softmax(
  fields: Fields,
  family: Family,
  kind: "full" | "sliding" | "chunked",
  numLayers: number,
  hidden: number,
): TokenMixers {
  const numHeads = fields.count("num_attention_heads", "n_head");
  const attention: SoftmaxAttention = {
    type: "attention",
    numLayers,
    numHeads,
    ...keyValueShape(fields, kind, numHeads, hidden),
    ...(kind === "sliding" && { window: fields.count("sliding_window") }),
    ...(kind === "chunked" && { chunk: fields.countOr(8192, "attention_chunk_size") }),
    ...(family.queryKeyNorm === "all" && { normAcrossHeads: true }),
  };
  const bias = fields.flag("attention_bias", family.attentionBias);
  const gate = family.isQueryGated ? numHeads * attention.headDim : 0;
  const outputBias = bias && family.outputBias === true;
  const isKeyValue = kind === "full" && fields.flag("attention_k_eq_v");
  const weights = [attentionWeights(hidden, attention, { gate, bias, outputBias, isKeyValue })];
  const norm = normWidth(fields, family, attention) + (family.hasSinks ? numHeads : 0);
  if (norm > 0) {
    weights.push({
      role: "other",
      numLayers,
      matrices: [vector(norm)],
      module: "self_attn.q_norm",
    });
  }
  return { layers: [attention], weights };
}

/** KV heads and head size, which sliding and full layers of one model may have of their own. */
function keyValueShape(
  fields: Fields,
  kind: "full" | "sliding" | "chunked",
  numHeads: number,
  hidden: number,
): Pick<SoftmaxAttention, "numKvHeads" | "headDim" | "valueHeadDim"> {
  const headDim = fields.countOr(hidden / numHeads, "head_dim", "attention_head_dim");
  const valueHeadDim = fields.countOr(headDim, "v_head_dim");
  const ownValue = valueHeadDim !== headDim && { valueHeadDim };
  const numKvHeads = fields.countOr(numHeads, "num_key_value_heads");
  if (kind === "full" && fields.has("global_head_dim")) {
    return {
      headDim: fields.count("global_head_dim"),
      numKvHeads: fields.countOr(numKvHeads, "num_global_key_value_heads"),
    };
  }
  if (kind === "sliding") {
    const numOwn = fields.countOr(numKvHeads, "swa_num_key_value_heads");
    return { headDim: fields.countOr(headDim, "swa_head_dim"), numKvHeads: numOwn, ...ownValue };
  }
  return { headDim, numKvHeads, ...ownValue };
}

function normWidth(fields: Fields, family: Family, attention: SoftmaxAttention): number {
  const { numHeads, numKvHeads, headDim } = attention;
  const isNormed = fields.flag("use_qk_norm", family.queryKeyNorm !== undefined);
  if (!isNormed) return 0;
  return family.queryKeyNorm === "all" ? (numHeads + numKvHeads) * headDim : 2 * headDim;
}

function latent(fields: Fields, numLayers: number, hidden: number): TokenMixers {
  const topK = fields.countOr(0, "index_topk");
  const attention: LatentAttention = {
    type: "mla",
    numLayers,
    numHeads: fields.count("num_attention_heads"),
    kvLoraRank: fields.count("kv_lora_rank"),
    qkNopeHeadDim: fields.count("qk_nope_head_dim"),
    qkRopeHeadDim: fields.count("qk_rope_head_dim"),
    valueHeadDim: fields.count("v_head_dim"),
    ...(topK > 0 && {
      index: {
        topK,
        numHeads: fields.count("index_n_heads"),
        headDim: fields.count("index_head_dim"),
      },
    }),
  };
  const weights = latentAttentionWeights(hidden, attention, fields.countOr(0, "q_lora_rank"));
  return { layers: [attention], weights: [weights] };
}

function recurrent(
  fields: Fields,
  family: Family,
  kind: "linear" | "mamba",
  numLayers: number,
  hidden: number,
): Recurrent {
  const stateBytesPerElement = isFloat32(fields) ? 4 : 2;
  const delta = fields.table("linear_attn_config");
  if (kind === "mamba") {
    return mamba2(hidden, {
      numLayers,
      numHeads: fields.count("mamba_num_heads"),
      headDim: fields.count("mamba_head_dim"),
      stateSize: fields.count("ssm_state_size", "mamba_d_state"),
      numGroups: fields.count("n_groups", "mamba_n_groups"),
      kernel: fields.countOr(4, "conv_kernel", "mamba_d_conv"),
      stateBytesPerElement,
    });
  }
  if (family.isLightning) {
    const numHeads = fields.count("num_attention_heads");
    const headDim = fields.countOr(hidden / numHeads, "head_dim");
    return lightningAttention(hidden, { numLayers, numHeads, headDim });
  }
  if (delta !== undefined) {
    const numHeads = delta.count("num_heads");
    const headDim = delta.count("head_dim");
    const kernel = delta.countOr(4, "short_conv_kernel_size");
    delta.check("config.json, linear_attn_config");
    return deltaAttention(hidden, { numLayers, numHeads, headDim, kernel });
  }
  return gatedDeltaNet(hidden, {
    numLayers,
    numKeyHeads: fields.count("linear_num_key_heads"),
    numValueHeads: fields.count("linear_num_value_heads"),
    keyDim: fields.count("linear_key_head_dim"),
    valueDim: fields.count("linear_value_head_dim"),
    kernel: fields.countOr(4, "linear_conv_kernel_dim"),
    stateBytesPerElement,
  });
}

/** vLLM keeps the state in the dtype that the file asks for, else in the model's. */
function isFloat32(fields: Fields): boolean {
  const type = fields.text("mamba_ssm_dtype") ?? fields.text("mamba_ssm_cache_dtype");
  return type === "float32";
}
