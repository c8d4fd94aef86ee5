import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { modelFromHuggingFace, modelPreset } from "../../src/catalog/index.js";
import { ConfigError } from "../../src/base/errors.js";
import {
  flopsPerToken,
  kvBytesPerToken,
  numParameters,
  weightBytesOf,
} from "../../src/spec/model-totals.js";

const FOLDER = "test/fixtures/model-configs";
const read = (name: string) =>
  JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8")) as Record<string, unknown>;
const model = (name: string, options = {}) => modelFromHuggingFace(read(name), options);
const billions = (value: number) => value / 1e9;

/** Precisions by role; those of the experts, or of the feed-forward. */
const precisions = (name: string, options = {}) =>
  Object.fromEntries(
    model(name, options)
      .weights.filter(({ role }) => role !== "other")
      .map(({ role, precision }) => [role, precision]),
  );

describe("parameters are within 1 % of the published totals", () => {
  test.each([
    ["llama-2-7b", 6.74, "Hugging Face's count of the checkpoint"],
    ["llama-2-70b", 68.98, "Hugging Face's count"],
    ["llama-3.1-8b", 8.03, "Hugging Face's count"],
    ["llama-3.1-70b", 70.55, "Hugging Face's count"],
    ["llama-3.1-405b", 405.85, "Hugging Face's count"],
    ["llama-3.2-3b", 3.21, "model card"],
    ["llama-4-maverick", 400, "model card"],
    ["qwen2.5-7b", 7.61, "model card"],
    ["qwen2.5-72b", 72.7, "model card"],
    ["qwen3-8b", 8.2, "model card"],
    ["qwen3-32b", 32.8, "model card"],
    ["qwen3-30b-a3b", 30.5, "model card"],
    ["qwen3-235b-a22b", 235, "model card"],
    ["qwen3-coder-480b-a35b", 480, "model card"],
    ["qwen3-next-80b-a3b", 80, "model card"],
    ["qwen3.5-397b-a17b", 397, "model card"],
    ["mistral-7b", 7.25, "Hugging Face's count"],
    ["mistral-large", 123, "model card"],
    ["mixtral-8x7b", 46.7, "announcement"],
    ["mixtral-8x22b", 141, "announcement"],
    ["gemma-2-9b", 9.24, "Hugging Face's count"],
    ["gemma-2-27b", 27.2, "Hugging Face's count"],
    ["gemma-3-4b", 0.675 + 3.209, "Gemma 3 report, table 1, without the vision encoder"],
    ["gemma-3-12b", 1.012 + 10.759, "Gemma 3 report, table 1"],
    ["gemma-3-27b", 1.416 + 25.6, "Gemma 3 report, table 1"],
    ["phi-3-mini", 3.82, "Hugging Face's count"],
    ["phi-4", 14.7, "model card"],
    ["gpt-oss-20b", 20.91, "model card, table 1"],
    ["gpt-oss-120b", 116.83, "model card, table 1"],
    ["deepseek-v2", 236, "DeepSeek-V2 report"],
    ["deepseek-v2-lite", 15.7, "DeepSeek-V2 report"],
    ["deepseek-v3", 671, "DeepSeek-V3 report"],
    ["glm-4.5", 355, "model card, the layer for speculation included"],
    ["glm-4.5-air", 106, "model card"],
    ["glm-5", 744, "model card"],
    ["kimi-k2", 1026, "Hugging Face's count"],
    ["minimax-m2", 230, "model card"],
    ["nemotron-3-nano-30b-a3b", 31.6, "model card"],
    ["mimo-v2-flash", 309, "model card"],
    ["hy3", 295, "model card"],
    ["gemma-4-26b-a4b", 25.2, "model card"],
    ["bloom-176b", 176.25, "BLOOM paper"],
  ])("%s: %d billion (%s)", (name, published) => {
    expect(Math.abs(billions(modelPreset(name).numParameters) / published - 1)).toBeLessThan(0.01);
  });

  test("where the exact count is known, it is that", () => {
    expect(modelPreset("llama-3.1-8b").numParameters).toBe(8_030_261_248);
    expect(modelPreset("llama-3.1-70b").numParameters).toBe(70_553_706_496);
    expect(modelPreset("gpt-oss-120b").numParameters).toBe(116_829_156_672);
  });

  test("one of the shared experts kind, too", () => {
    expect(billions(model("qwen2-57b-a14b").numParameters)).toBeCloseTo(57.4, 1);
  });

  test.each([
    ["phi-1.5", 1.42, "Hugging Face's count"],
    ["phi-2", 2.78, "Hugging Face's count"],
    ["minimax-text-01", 456, "MiniMax-01 report"],
  ])("%s: %d billion (%s), from its config.json", (name, published) => {
    expect(Math.abs(billions(model(name).numParameters) / published - 1)).toBeLessThan(0.01);
  });
});

test("Phi's biases are in every layer, in the last norm and in the output projection", () => {
  // Shapes of the modules of phi-2: PhiForCausalLM in Hugging Face's transformers.
  const attention = 4 * (2560 * 2560 + 2560);
  const feedForward = 2 * 2560 * 10240 + 10240 + 2560;
  const norm = 2 * 2560;
  const outer = 2 * 51200 * 2560 + 51200 + norm;
  expect(model("phi-2").numParameters).toBe(32 * (attention + feedForward + norm) + outer);
});

describe("lightning attention of MiniMax", () => {
  const text01 = read("minimax-text-01");
  const { layers, numActiveParameters } = model("minimax-text-01");

  test("one layer in eight has a KV cache, the others a state of heads × head size², in bf16", () => {
    expect(kvBytesPerToken({ layers }, 2)).toBe(10 * 2 * 8 * 128 * 2);
    expect(layers).toContainEqual({
      type: "recurrent",
      numLayers: 70,
      numHeads: 64,
      stateBytes: 64 * 128 * 128 * 2,
      flopsPerToken: 5 * 64 * 128 * 128,
    });
  });

  test("active parameters are the published 45.9 billion, which leave the output projection out", () => {
    expect(billions(numActiveParameters - 200064 * 6144)).toBeCloseTo(45.9, 1);
  });

  test("M1 is the same model, and so is one that names its layers by layer_types", () => {
    const { attn_type_list, ...rest } = text01;
    const layer_types = (attn_type_list as number[]).map((type) =>
      type === 1 ? "full_attention" : "linear_attention",
    );
    const expected = modelFromHuggingFace(text01);
    expect(modelFromHuggingFace({ ...text01, model_type: "minimax_m1" })).toEqual(expected);
    expect(modelFromHuggingFace({ ...rest, model_type: "minimax", layer_types })).toEqual(expected);
  });
});

test("active parameters are those that vendors publish, with the output projection, without the embedding", () => {
  const active = (name: string) => billions(modelPreset(name).numActiveParameters);
  expect(active("gpt-oss-120b")).toBeCloseTo(5.13, 2);
  expect(active("gpt-oss-20b")).toBeCloseTo(3.61, 2);
  expect(active("gemma-4-26b-a4b")).toBeCloseTo(3.8, 1);
  expect(active("nemotron-3-nano-30b-a3b")).toBeCloseTo(3.2, 1);
});

describe("a config.json as it is published", () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ""));

  test.each(names)("%s is read", (name) => {
    const { weights, layers, numLayers, numParameters: total } = model(name);
    expect(total).toBe(numParameters({ weights }));
    expect(layers.reduce((sum, layer) => sum + layer.numLayers, 0)).toBe(numLayers);
  });

  test.each([
    ["llama-3.1-8b", "llama-3.1-8b"],
    ["gemma-3-27b", "gemma-3-27b"],
    ["gemma-3-4b", "gemma-3-4b"],
    ["deepseek-v3", "deepseek-v3"],
    ["kimi-k2.5", "kimi-k2.5"],
    ["qwen3.5-397b-a17b", "qwen3.5-397b-a17b"],
    ["nemotron-3-nano-30b-a3b", "nemotron-3-nano-30b-a3b"],
    ["llama-4-maverick", "llama-4-maverick"],
    ["gpt-oss-120b", "gpt-oss-120b"],
    ["minimax-m2.5", "minimax-m2.5"],
  ])("%s has the weights of its preset", (file, preset) => {
    expect(model(file).weights).toEqual(modelPreset(preset).weights);
  });

  test("one KV token has the published bytes", () => {
    const kv = (name: string) => kvBytesPerToken(modelPreset(name), 2);
    expect(kv("llama-3.1-70b")).toBe(327_680);
    expect(kv("deepseek-v3")).toBe(61 * 576 * 2);
    expect(kv("gpt-oss-120b")).toBe(36 * 2 * 8 * 64 * 2);
    expect(kv("qwen3-next-80b-a3b")).toBe(12 * 2 * 2 * 256 * 2);
    expect(kv("nemotron-3-nano-30b-a3b")).toBe(6 * 2 * 2 * 128 * 2);
  });

  test("FLOPs of a token are two per active parameter, and attention's", () => {
    const llama = modelPreset("llama-3.1-8b");
    expect(flopsPerToken(llama, 999)).toBe(
      2 * llama.numActiveParameters + 32 * 4 * 32 * 128 * 1000,
    );
    const oss = modelPreset("gpt-oss-20b");
    const windowed = 12 * 4 * 64 * 64 * (128 + 10_000);
    expect(flopsPerToken(oss, 9999)).toBe(2 * oss.numActiveParameters + windowed);
  });

  test("layers are of the kinds that the model has", () => {
    const kinds = (name: string) =>
      modelPreset(name).layers.map((layer) => {
        const reach = layer.type === "attention" ? (layer.window ?? layer.chunk ?? "all") : "";
        return `${layer.numLayers} ${layer.type} ${reach}`.trim();
      });
    expect(kinds("gemma-3-27b")).toEqual(["52 attention 1024", "10 attention all"]);
    expect(kinds("gpt-oss-120b")).toEqual(["18 attention 128", "18 attention all"]);
    expect(kinds("llama-4-scout")).toEqual(["36 attention 8192", "12 attention all"]);
    expect(kinds("qwen3.5-397b-a17b")).toEqual(["45 recurrent", "15 attention all"]);
    expect(kinds("nemotron-3-nano-30b-a3b")).toEqual(["23 recurrent", "6 attention all"]);
    expect(kinds("kimi-k3")).toEqual(["69 recurrent", "24 mla"]);
    expect(kinds("mimo-v2-flash")).toEqual(["9 attention all", "39 attention 128"]);
  });
});

describe("quantisation", () => {
  test("mxfp4 of gpt-oss is for its experts", () => {
    expect(precisions("gpt-oss-120b")).toMatchObject({
      attention: "bf16",
      experts: "mxfp4",
      head: "bf16",
    });
    expect(weightBytesOf(model("gpt-oss-120b")) / 2 ** 30).toBeCloseTo(60.8, 0); // as its card says
  });

  test("fp8 in blocks is for all linear layers, not for routers and the head", () => {
    expect(precisions("minimax-m2.5")).toEqual({
      attention: "fp8_block",
      experts: "fp8_block",
      router: "bf16",
      head: "bf16",
      embedding: "bf16",
    });
  });

  test("compressed-tensors leaves alone what it lists; groups of 32 have a scale each", () => {
    expect(precisions("kimi-k2.5")).toMatchObject({
      attention: "bf16",
      experts: "int4",
      "shared-experts": "bf16",
      "feed-forward": "bf16",
    });
    const experts = model("kimi-k2.5").weights.find(({ role }) => role === "experts")!;
    expect(experts.bytesPerParam).toBe(0.5 + 2 / 32);
  });

  test("AWQ is int4, modelopt is what it names, with its KV cache", () => {
    expect(precisions("qwen2.5-72b-awq")).toMatchObject({ attention: "int4", head: "bf16" });
    expect(precisions("llama-3.1-70b-fp8-kv")).toMatchObject({ "feed-forward": "fp8" });
    expect(model("llama-3.1-70b-fp8-kv").kvPrecision).toBe("fp8");
    expect(precisions("qwen3-30b-a3b-nvfp4")).toMatchObject({
      attention: "nvfp4",
      experts: "nvfp4",
    });
  });

  test("an override goes before the file, mxfp4 for experts where there are some", () => {
    expect(precisions("llama-3.1-8b", { quantization: "fp8" })).toMatchObject({
      attention: "fp8",
      "feed-forward": "fp8",
      head: "bf16",
    });
    expect(precisions("minimax-m2.5", { quantization: "mxfp4" })).toMatchObject({
      attention: "bf16",
      experts: "mxfp4",
    });
    expect(precisions("deepseek-v3", { quantization: "none" })).toMatchObject({ experts: "bf16" });
  });

  test("an unknown method is refused with those that are known", () => {
    const config = { ...read("llama-3.1-8b"), quantization_config: { quant_method: "aqlm" } };
    expect(() => modelFromHuggingFace(config)).toThrow(/"aqlm" is not known; known are fp8, /);
  });
});

describe("what cannot be read is refused", () => {
  const problems = (config: Record<string, unknown>) => {
    try {
      modelFromHuggingFace(config);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ path }) => path.join("."));
      throw error;
    }
    return [];
  };

  test("an unknown architecture, with what would be needed", () => {
    expect(problems({ model_type: "hyena" })).toEqual(["model_type"]);
    expect(() => modelFromHuggingFace({ model_type: "lama" })).toThrow(
      /not known, so neither are its biases.*if it is built like "llama"/,
    );
    expect(problems({ hidden_size: 1 })).toEqual(["model_type"]);
  });

  test("all keys that are missing, at once", () => {
    expect(problems({ model_type: "qwen3_moe", hidden_size: 2048 })).toEqual([
      "num_hidden_layers",
      "num_attention_heads",
      "num_local_experts",
      "moe_intermediate_size",
      "num_experts_per_tok",
      "vocab_size",
      "max_position_embeddings",
    ]);
  });

  test("a number that is none", () => {
    expect(problems({ ...read("llama-3.1-8b"), hidden_size: "4096" })).toEqual(["hidden_size"]);
  });
});

describe("what cannot be right is refused, with its place", () => {
  const llama = read("llama-3.1-8b");
  const stored = (quantization_config: object) =>
    modelFromHuggingFace({ ...llama, quantization_config });
  test.each([
    [null, {}, /config\.json/],
    [{ ...llama, num_hidden_layers: 31.5 }, {}, /num_hidden_layers: must be a whole number/],
    [{ ...llama, quantization_config: { quant_method: "gptq", bits: 3 } }, {}, /bits: 3 is not/],
    [llama, { quantization: "fp7" }, /quantization: "fp7" is not known; known are/],
  ])("%#", (config, options, message) => {
    const call = () => modelFromHuggingFace(config as typeof llama, options as object);
    expect(call).toThrow(ConfigError);
    expect(call).toThrow(message);
  });
  test("a scale for each row adds next to nothing to 4 bits", () => {
    const weights = (group_size: number) =>
      weightBytesOf(stored({ quant_method: "gptq", bits: 4, group_size }));
    expect(weights(-1)).toBeLessThan(weights(128));
    expect(weights(-1)).toBeGreaterThan(0.9 * weights(128));
  });
  test("the KV cache's format counts where modelopt nests it, too", () => {
    const quantization = { quant_algo: "FP8", kv_cache_quant_algo: "FP8" };
    expect(stored({ quant_method: "modelopt", quantization }).kvPrecision).toBe("fp8");
  });
});
