/** From a Hugging Face config.json to a model description: shapes from the file, the rest from its model_type. */
import { ConfigError } from "../base/errors.js";
import { nearest } from "../base/suggest.js";
import type { ModelConfig } from "../simulation/config.js";
import { composeModel } from "../spec/compose-model.js";
import { quantized } from "../spec/describe-model.js";
import type { ModelDescription, WeightStream } from "../spec/model-description.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { type Quantization, quantizations } from "../spec/precision.js";
import { families, type Family, type LayerKind } from "./hugging-face-families.js";
import { feedForwardWeights } from "./hugging-face-feed-forward.js";
import { Fields, isTable, type HuggingFaceConfig } from "./hugging-face-fields.js";
import { vector, type Weights } from "./hugging-face-layers.js";
import { tokenMixers } from "./hugging-face-mixers.js";
import { quantizationOf, unquantized } from "./hugging-face-quantization.js";

export type { HuggingFaceConfig };

/** A model for a config, with its composition. */
export type ModelPreset = ModelConfig & ModelDescription & ModelSpec;

/** How to read a config.json. */
export interface HuggingFaceOptions {
  /** How linear layers are stored, in place of what the file says. Embeddings, output projection and routers stay in bf16. */
  readonly quantization?: Quantization;
  /** A label. Default: `_name_or_path` of the file. */
  readonly name?: string;
}

/**
 * Describes the language model of a config.json; encoders of images and sound, and layers for speculative decoding, are left
 * out. Quantisation is read from `quantization_config`.
 *
 * ```ts
 * const model = modelFromHuggingFace(JSON.parse(text), { quantization: "fp8" });
 * simulate({ hardware: h100Sxm, model, ... });
 * ```
 *
 * @throws ConfigError for a model_type that is not known, and for keys that are missing, all at once
 */
export function modelFromHuggingFace(
  config: HuggingFaceConfig,
  options: HuggingFaceOptions = {},
): ModelPreset {
  if (!isTable(config)) {
    throw new ConfigError([{ path: [], message: "is no table of keys" }], "config.json");
  }
  const { quantization } = options;
  if (quantization !== undefined && !Object.hasOwn(quantizations, quantization)) {
    const known = Object.keys(quantizations).join(", ");
    const message = `"${String(quantization)}" is not known; known are ${known}`;
    throw new ConfigError([{ path: ["quantization"], message }]);
  }
  const text = languageModelOf(config);
  const family = familyOf(new Fields(text));
  const fields = new Fields({ ...family.defaults, ...text });
  const hiddenDim = fields.count("hidden_size", "n_embed", "d_model");
  const kinds = layerKinds(fields, family);
  const mixers = tokenMixers(fields, family, kinds, hiddenDim);
  const drafts = [
    ...mixers.weights,
    ...feedForwardWeights(fields, family, kinds, hiddenDim),
    ...outerWeights(fields, family, kinds.length, hiddenDim),
  ];
  const maxSeqLen = fields.count("max_position_embeddings", "seq_length", "n_positions");
  fields.check("config.json");

  const stored =
    quantization === undefined
      ? quantizationOf(isTable(config.quantization_config) ? config : text, kinds.length)
      : unquantized;
  const weights = drafts.map(({ module, ...stream }): WeightStream => {
    return { ...stream, ...stored.storedAs({ ...stream, module }) };
  });
  const name = options.name ?? new Fields(config).text("_name_or_path");
  return composeModel({
    ...(name && { name }),
    hiddenDim,
    maxSeqLen,
    weights: quantization === undefined ? weights : quantized(weights, quantizations[quantization]),
    layers: mixers.layers,
    kvPrecision: stored.kvPrecision,
  });
}

/** Models that also see or hear keep the language model in a table of its own. */
function languageModelOf(config: HuggingFaceConfig): HuggingFaceConfig {
  const inner = config.text_config ?? config.language_config ?? config.llm_config;
  if (!isTable(inner)) return config;
  // Some files say outside what both have in common.
  const { model_type, tie_word_embeddings } = config;
  return {
    model_type,
    ...(tie_word_embeddings !== undefined && { tie_word_embeddings }),
    ...inner,
  };
}

function familyOf(fields: Fields): Family {
  const type = fields.text("model_type");
  if (type === undefined) {
    throw new ConfigError([{ path: ["model_type"], message: "is missing" }], "config.json");
  }
  const family = Object.hasOwn(families, type) ? families[type] : undefined;
  if (family !== undefined) return family;
  const near = nearest(type, Object.keys(families));
  throw new ConfigError(
    [
      {
        path: ["model_type"],
        message: `"${type}" is not known, so neither are its biases, norms and kinds of layers; known are ${Object.keys(families).join(", ")}`,
        fix: `${near === undefined ? "" : `if it is built like "${near}", set model_type to that; else `}describe the model by weights and layers`,
      },
    ],
    "config.json",
  );
}

const KIND_BY_TYPE: Readonly<Record<string, LayerKind>> = {
  full_attention: "full",
  attention: "full",
  sliding_attention: "sliding",
  chunked_attention: "chunked",
  linear_attention: "linear",
};

/** What each layer is, in order. */
function layerKinds(fields: Fields, family: Family): LayerKind[] {
  const pattern = fields.text("hybrid_override_pattern");
  const numLayers = pattern?.length ?? fields.count("num_hidden_layers", "n_layer", "n_layers");
  // One layer shows what else is missing.
  if (!(numLayers > 0)) return ["full"];
  const types = fields.list("layer_types");
  const slides = fields.has("sliding_window") && fields.flag("use_sliding_window", true);
  const windowFrom = fields.flag("use_sliding_window") ? fields.countOr(0, "max_window_layers") : 0;
  return Array.from({ length: numLayers }, (_, i): LayerKind => {
    const type = types?.[i];
    if (typeof type === "string") {
      const kind = KIND_BY_TYPE[type];
      if (kind !== undefined) return kind;
      throw new ConfigError(
        [
          {
            path: ["layer_types", i],
            message: `"${type}" is not known; known are ${Object.keys(KIND_BY_TYPE).join(", ")}`,
          },
        ],
        "config.json",
      );
    }
    if (family.layerKind !== undefined) return family.layerKind(i, fields);
    return slides && i >= windowFrom ? "sliding" : "full";
  });
}

/** Embedding, output projection, and the norms of all layers. */
function outerWeights(
  fields: Fields,
  family: Family,
  numLayers: number,
  hidden: number,
): Weights[] {
  const vocabulary = fields.count("vocab_size");
  const matrix = { outputs: vocabulary, inputs: hidden };
  const head = family.headBias ? [matrix, { outputs: vocabulary, inputs: 1 }] : [matrix];
  const isTied = fields.flag("tie_word_embeddings", family.tied ?? false);
  const weights: Weights[] = [
    { role: "head", numLayers: 1, matrices: head, module: "lm_head" },
    {
      role: "other",
      numLayers,
      matrices: [vector((family.normsPerLayer ?? 2) * hidden)],
      module: "input_layernorm",
    },
    {
      role: "other",
      numLayers: 1,
      matrices: [vector(family.headBias ? 2 * hidden : hidden)],
      module: "norm",
    },
  ];
  if (!isTied) {
    weights.push({ role: "embedding", numLayers: 1, matrices: [matrix], module: "embed_tokens" });
  }
  if (family.hasPositions) {
    const positions = { outputs: fields.count("max_position_embeddings") + 2, inputs: hidden };
    weights.push({
      role: "embedding",
      numLayers: 1,
      matrices: [positions],
      module: "embed_positions",
    });
  }
  return weights;
}
