/** Which weights of a checkpoint are stored how, from the quantization_config of its config.json. */
import { ConfigError } from "../base/errors.js";
import type { Bytes } from "../base/units.js";
import type { WeightRole } from "../spec/model-description.js";
import type { Precision } from "../spec/precision.js";
import type { Weights } from "./hugging-face-layers.js";
import { Fields, type HuggingFaceConfig, isTable } from "./hugging-face-fields.js";

/** Weights that no method quantises: they are small, or decide too much. */
const KEPT: readonly WeightRole[] = ["embedding", "head", "router", "other"];

/** How weights are stored: the bytes of a parameter where they are not those that the precision has by itself. */
export interface Stored {
  readonly precision: Precision;
  readonly bytesPerParam?: Bytes;
}

export interface Quantization {
  storedAs(weights: Weights): Stored;
  readonly kvPrecision: Precision;
}

const BF16: Stored = { precision: "bf16" };

export const unquantized: Quantization = { storedAs: () => BF16, kvPrecision: "bf16" };

/** @throws ConfigError for a method that is not known */
export function quantizationOf(config: HuggingFaceConfig, numLayers: number): Quantization {
  const fields = new Fields(config);
  const settings = fields.table("quantization_config") ?? fields.table("compression_config");
  if (settings === undefined) return unquantized;
  const rules = rulesOf(settings);
  const isKept = ignoring(settings, numLayers);
  const inner = settings.table("quantization") ?? settings;
  const kvIsFp8 =
    inner.text("kv_cache_quant_algo")?.toUpperCase() === "FP8" ||
    settings.table("kv_cache_scheme")?.countOr(16, "num_bits") === 8;
  return {
    storedAs: (weights) => {
      if (KEPT.includes(weights.role) || isKept(weights.module)) return BF16;
      return rules.find(({ matches }) => matches(weights))?.stored ?? BF16;
    },
    kvPrecision: kvIsFp8 ? "fp8" : "bf16",
  };
}

interface Rule {
  readonly stored: Stored;
  readonly matches: (weights: Weights) => boolean;
}

const everything = (precision: Precision): Rule[] => [
  { stored: { precision }, matches: () => true },
];

/** 4 bits, and 16 for the scale of each group of so many; NaN, as −1 is read: one for a whole row, which is little. */
function int4InGroupsOf(size: number): Stored {
  if (!(size > 0)) return { precision: "int4", bytesPerParam: 0.5 };
  return size === 128
    ? { precision: "int4" }
    : { precision: "int4", bytesPerParam: 0.5 + 2 / size };
}

function rulesOf(settings: Fields): Rule[] {
  const method = (settings.text("quant_method") ?? "modelopt").toLowerCase();
  const bits = settings.countOr(4, "bits", "w_bit");
  const groupSize = settings.countOr(128, "group_size", "q_group_size");
  switch (method) {
    case "fp8":
      return everything(settings.has("weight_block_size") ? "fp8_block" : "fp8");
    case "fbgemm_fp8":
      return everything("fp8");
    case "awq":
    case "gptq":
    case "gptq_marlin":
    case "awq_marlin":
    case "auto-round":
      if (bits === 8) return everything("int8");
      if (bits !== 4) throw unknown("bits", `${bits}`, "4, 8");
      return [{ stored: int4InGroupsOf(groupSize), matches: () => true }];
    case "bitsandbytes":
      return everything(settings.flag("load_in_8bit") ? "int8" : "int4");
    case "mxfp4":
      return [{ stored: { precision: "mxfp4" }, matches: ({ role }) => role === "experts" }];
    case "modelopt":
    case "modelopt_fp4":
    case "modelopt_mixed":
      return modeloptRules(settings);
    case "compressed-tensors":
      return groupRules(settings);
  }
  throw unknown(
    "quant_method",
    `"${method}"`,
    "fp8, fbgemm_fp8, awq, gptq, auto-round, bitsandbytes, mxfp4, modelopt, compressed-tensors",
  );
}

function unknown(key: string, found: string, known: string): ConfigError {
  return new ConfigError([
    {
      path: ["quantization_config", key],
      message: `${found} is not known; known are ${known}`,
      fix: "give { quantization } to say how weights are stored",
    },
  ]);
}

function modeloptRules(settings: Fields): Rule[] {
  const inner = settings.table("quantization") ?? settings;
  const algorithm = inner.text("quant_algo")?.toUpperCase() ?? "";
  if (algorithm.includes("NVFP4")) return everything("nvfp4");
  if (algorithm.includes("MXFP4")) return everything("mxfp4");
  if (algorithm.includes("W4A16") || algorithm.includes("W4A8")) return everything("int4");
  if (algorithm === "FP8_PB_WO" || algorithm.includes("BLOCK")) return everything("fp8_block");
  if (algorithm.startsWith("FP8")) return everything("fp8");
  if (settings.has("config_groups")) return groupRules(settings);
  throw unknown(
    "quant_algo",
    `"${algorithm}"`,
    "FP8, FP8_PB_WO, NVFP4, MXFP4, W4A16_AWQ, W4A8_AWQ",
  );
}

/** Groups of layers, each with a format; targets are the class name Linear, or patterns of module names. */
function groupRules(settings: Fields): Rule[] {
  const groups = settings.table("config_groups")?.values.filter(isTable) ?? [];
  return groups.map((group) => {
    const fields = new Fields(group);
    const targets = (fields.list("targets") ?? ["Linear"]).filter((t) => typeof t === "string");
    return {
      stored: groupStored(fields.table("weights") ?? new Fields({})),
      matches: ({ module }) =>
        targets.some(
          (target) => target === "Linear" || matcher(target)(`model.layers.0.${module}`),
        ),
    };
  });
}

function groupStored(weights: Fields): Stored {
  const bits = weights.countOr(16, "num_bits");
  const isFloat = weights.text("type") === "float";
  if (bits === 8 && !isFloat) return { precision: "int8" };
  if (bits === 8) {
    return { precision: weights.text("strategy") === "block" ? "fp8_block" : "fp8" };
  }
  if (bits !== 4) return BF16;
  if (!isFloat) return int4InGroupsOf(weights.countOr(128, "group_size"));
  return { precision: weights.countOr(16, "group_size") === 32 ? "mxfp4" : "nvfp4" };
}

/** Keys under which formats list the modules that they leave alone. */
const IGNORE_KEYS = ["ignore", "ignored_layers", "modules_to_not_convert", "exclude_modules"];

/**
 * Whether a module is left alone in most layers. Some checkpoints leave single layers alone, the first or the last; so a layer in
 * the middle is asked.
 */
function ignoring(settings: Fields, numLayers: number): (module: string) => boolean {
  const inner = settings.table("quantization");
  const patterns = IGNORE_KEYS.flatMap((key) => settings.list(key) ?? inner?.list(key) ?? [])
    .filter((pattern) => typeof pattern === "string")
    .map(matcher);
  const layers = [0.45, 0.5, 0.55].map((share) => Math.floor(numLayers * share));
  return (module) =>
    layers.every((layer) => {
      return patterns.some((matches) => matches(`model.layers.${layer}.${module}`));
    });
}

/** "re:…" is a regular expression; else `*` stands for anything, and a part of a name stands for all that contains it. */
function matcher(pattern: string): (name: string) => boolean {
  if (pattern.startsWith("re:")) {
    const expression = new RegExp(`^(?:${pattern.slice(3)})`);
    return (name) => expression.test(name);
  }
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  const expression = new RegExp(`(?:^|\\.)${escaped}(?:$|\\.)`);
  return (name) => expression.test(name);
}
