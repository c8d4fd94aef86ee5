/** KV capacity of composed models on known devices. */
import { describe, expect, test } from "vitest";
import { b200Sxm, h100Sxm, hardwarePreset, modelPreset } from "../../src/catalog/index.js";
import { ConfigError } from "../../src/base/errors.js";
import { kvCacheLayout, sizeKvCache } from "../../src/cost/kv-cache-groups.js";
import type { HardwareConfig, ModelConfig, SchedulerConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import { weightBytesOf } from "../../src/spec/model-totals.js";

function resolved(
  hardware: HardwareConfig,
  model: ModelConfig,
  scheduler: Partial<SchedulerConfig> = {},
) {
  return resolve({
    hardware,
    model: { ...model, maxSeqLen: Math.min(model.maxSeqLen, 32_768) },
    scheduler: {
      maxNumSeqs: 256,
      maxNumBatchedTokens: 2048,
      blockSize: 16,
      enableChunkedPrefill: true,
      ...scheduler,
    },
    workload: {
      arrivalPattern: "batched",
      numRequests: 1,
      inputLenDist: { type: "fixed", value: 10 },
      outputLenDist: { type: "fixed", value: 10 },
    },
  });
}

const kvCache = (...of: Parameters<typeof resolved>) => resolved(...of).deployment.kvCache;

test("an RTX 4090 with Llama-3.1-8B has the blocks that vLLM 0.19 reported, within 3 %", () => {
  // 2,588 blocks of 16 tokens: a published log of LLMServingSim's benchmark, 2026-08-20.
  const device = { ...hardwarePreset("rtx-4090"), engineVersion: "0.19.0" };
  const { numBlocks } = kvCache(device, modelPreset("llama-3.1-8b"), { asyncScheduling: true });
  expect(Math.abs(numBlocks / 2588 - 1)).toBeLessThan(0.03);
});

describe("what a device holds beside weights and KV cache", () => {
  /** GB that fewer blocks than all of the budget come to, per device. */
  const reserved = (hardware: HardwareConfig, model: string, scheduler = {}) => {
    const { tensorParallel = 1, memoryCapacity } = hardware;
    const preset = modelPreset(model);
    const { numBlocks } = kvCache(hardware, preset, scheduler);
    const perToken = preset.numLayers * 2 * preset.numKvHeads! * preset.headDim! * 2;
    const kv = (numBlocks * 16 * perToken) / tensorParallel;
    return (0.9 * memoryCapacity - weightBytesOf(preset) / tensorParallel - kv) / 1e9;
  };
  const model = "llama-3-8b";

  test("grows with the sequences that are sampled at once, and with their vocabulary", () => {
    const few = reserved(h100Sxm, model, { maxNumSeqs: 64 });
    const many = reserved(h100Sxm, model, { maxNumSeqs: 1024 });
    expect(many - few).toBeCloseTo((960 * 128_256 * 37.5) / 1e9, 1);
  });

  test("grows with the tokens of a step, once a layer takes more than sampling", () => {
    const few = reserved(h100Sxm, model, { maxNumSeqs: 8 });
    const many = reserved(h100Sxm, model, { maxNumSeqs: 8, maxNumBatchedTokens: 16_384 });
    expect(many - few).toBeGreaterThan(1);
  });

  test("has communication between devices, and graphs since vLLM 0.21", () => {
    const alone = reserved({ ...h100Sxm, engineVersion: "0.20.2" }, model);
    const two = reserved({ ...h100Sxm, engineVersion: "0.20.2", tensorParallel: 2 }, model);
    expect(two - alone).toBeCloseTo(1.79 * 1.0737, 1);
    expect(reserved(h100Sxm, model) - alone).toBeCloseTo(0.5 * 1.0737, 1);
  });

  test("is said in the notes; and nothing is reserved on a device of bare numbers", () => {
    expect(resolved(h100Sxm, modelPreset(model)).notes.join()).toMatch(
      /beside weights and KV cache each device holds 1\.\d GB, estimated from logs of vLLM: /,
    );
    const { device: _, ...bare } = h100Sxm;
    expect(resolved({ ...bare, bytesPerParam: 2 }, modelPreset(model)).notes.join()).not.toMatch(
      /each device holds/,
    );
    expect(Math.abs(reserved({ ...bare, bytesPerParam: 2 }, model))).toBeLessThan(0.003);
  });
});

describe("how a KV cache is stored", () => {
  const numBlocks = (hardware: Partial<HardwareConfig>, model: Partial<ModelConfig> = {}) =>
    kvCache({ ...h100Sxm, ...hardware }, { ...modelPreset("llama-3.1-8b"), ...model }).numBlocks;

  test("fp8 holds twice the tokens", () => {
    expect(numBlocks({ kvCacheDtype: "fp8" }) / numBlocks({})).toBeCloseTo(2, 3);
  });

  test("auto is what the checkpoint asks for", () => {
    expect(numBlocks({}, { kvPrecision: "fp8" })).toBe(numBlocks({ kvCacheDtype: "fp8" }));
  });

  test("fp8 weights leave their bytes to it", () => {
    expect(numBlocks({}, { quantization: "fp8" })).toBeGreaterThan(numBlocks({}) * 1.1);
  });
});

describe("layers of several kinds", () => {
  const groups = (name: string, hardware: Partial<HardwareConfig> = {}) =>
    kvCache({ ...b200Sxm, ...hardware }, modelPreset(name)).groups;

  test("latent attention is one group, copied to every device", () => {
    expect(groups("deepseek-v2-lite")).toEqual([{ type: "full", blockSize: 16 }]);
    const bytes = (tensorParallel: number) =>
      resolved(
        { ...b200Sxm, tensorParallel, kvCacheCapacity: 1e9 },
        modelPreset("deepseek-v2-lite"),
      ).deployment.kvCache.numBlocks;
    expect(bytes(1)).toBe(Math.floor(Math.floor(1e9 / (576 * 2 * 16)) / 27));
    expect(bytes(2)).toBe(Math.floor(Math.floor(1e9 / (2 * 576 * 2 * 16)) / 27));
  });

  test("sliding and full layers of one size are dealt out; chunked ones are a kind of their own", () => {
    expect(groups("gpt-oss-20b").map(({ type }) => type)).toEqual(["swa", "full"]);
    expect(groups("gemma-3-4b").filter(({ type }) => type === "swa")).toHaveLength(6);
    expect(groups("llama-4-scout").map(({ type }) => type)).toEqual([
      ...Array<string>(3).fill("chunked_local"),
      "full",
    ]);
  });

  test("smaller KV per token gets longer blocks, so that all pages are of one size", () => {
    const sizes = new Map(groups("mimo-v2-flash").map((group) => [group.type, group.blockSize]));
    expect(Object.fromEntries(sizes)).toEqual({ full: 32, swa: 16 });
  });

  test("recurrent layers have no blocks; their state is reserved for every sequence", () => {
    const blocks = (maxNumSeqs: number) =>
      kvCache(b200Sxm, modelPreset("qwen3.5-9b"), { maxNumSeqs }).numBlocks;
    const state = 24 * (32 * 128 * 128 * 4 + (2 * 16 * 128 + 32 * 128) * 3 * 2);
    const logits = 37.5 * 248_320;
    const perBlock = 16 * 32_768;
    expect(blocks(101) - blocks(201)).toBeCloseTo((100 * (state + logits)) / perBlock, -1);
    expect(resolved(b200Sxm, modelPreset("qwen3.5-9b")).notes.join()).toMatch(/recurrent state/);
  });

  test("layers of different size and one kind share a block table", () => {
    const layout = kvCacheLayout({
      layers: [
        { type: "full", bytesPerToken: 100 },
        { type: "full", bytesPerToken: 60 },
      ],
      bytesPerTokenAndLayer: 0,
      blockSize: 16,
      maxModelLen: 1600,
      maxNumBatchedTokens: 100,
      asyncScheduling: false,
    });
    expect(layout.groups).toHaveLength(1);
    expect(layout.bytesPerBlock).toBe(160 * 16);
    expect(sizeKvCache(layout, 160 * 16 * 10 + 1).numBlocks).toBe(10);
  });
});

describe("parallelism", () => {
  const problem = (hardware: Partial<HardwareConfig>, name: string) => {
    try {
      resolved({ ...b200Sxm, ...hardware }, modelPreset(name));
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map((p) => p.message).join("; ");
      throw error;
    }
    return "";
  };

  test("experts are dealt out to all devices or to none, and must be there", () => {
    const eight = { tensorParallel: 4, dataParallel: 2 };
    expect(problem({ ...eight, expertParallel: 8 }, "gpt-oss-120b")).toBe("");
    expect(problem({ ...eight, expertParallel: 4 }, "gpt-oss-120b")).toMatch(
      /must be 1, or tensorParallel × dataParallel \(8\), found 4/,
    );
    expect(problem({ ...eight, expertParallel: 8 }, "llama-3.1-8b")).toMatch(/without experts/);
    expect(problem({ expertParallel: 8 }, "gpt-oss-120b")).toMatch(/needs tensorParallel/);
  });

  test("there are no more stages than layers", () => {
    expect(problem({ pipelineParallel: 33, tensorParallel: 1 }, "llama-3.1-8b")).toMatch(
      /at most numLayers \(32\)/,
    );
  });

  test("heads of every class of layers are dealt out evenly", () => {
    expect(problem({ tensorParallel: 3 }, "qwen3.5-27b")).toMatch(/N = 3/);
  });

  test("stages and replicas hold more: stages share the weights, replicas repeat all but the experts", () => {
    const blocks = (hardware: Partial<HardwareConfig>) =>
      kvCache({ ...b200Sxm, tensorParallel: 1, ...hardware }, modelPreset("llama-3.1-70b"))
        .numBlocks;
    expect(blocks({ pipelineParallel: 2 })).toBeGreaterThan(3 * blocks({}));
    const replicas = kvCache(
      { ...b200Sxm, tensorParallel: 1, dataParallel: 2 },
      modelPreset("gpt-oss-120b"),
    ).numBlocks;
    const lone = kvCache({ ...b200Sxm, tensorParallel: 1 }, modelPreset("gpt-oss-120b")).numBlocks;
    expect(replicas).toBeGreaterThan(2 * lone);
  });

  test("replicas of the attention have the limits of all, each prompt that of one", () => {
    const { deployment, notes } = resolved(
      { ...b200Sxm, tensorParallel: 1, dataParallel: 4 },
      modelPreset("gpt-oss-120b"),
    );
    expect(deployment.scheduler).toMatchObject({
      maxNumSeqs: 1024,
      maxNumBatchedTokens: 8192,
      longPrefillTokenThreshold: 2048,
    });
    expect(notes.join()).toMatch(/the 4 replicas of data_parallel are simulated as one scheduler/);
  });
});

test("bytes_per_param says nothing of a composed model, and that is said", () => {
  const { notes } = resolved({ ...h100Sxm, bytesPerParam: 1 }, modelPreset("llama-3.1-8b"));
  expect(notes.join()).toMatch(/bytes_per_param is not used/);
});

test("uneven routing needs experts that are described", () => {
  const routing = { expertRouting: { type: "zipf", exponent: 1 } } as const;
  expect(() => resolved(h100Sxm, { ...modelPreset("llama-3.1-8b"), ...routing })).toThrow(
    /model.expertRouting: needs a model whose experts are described/,
  );
  expect(
    resolved(b200Sxm, { ...modelPreset("gpt-oss-20b"), ...routing }).config.model,
  ).toMatchObject(routing);
});

test("a composition is weights and layers, with attention among them", () => {
  const { weights: _, ...half } = modelPreset("llama-3.1-8b");
  expect(() => resolved(h100Sxm, half)).toThrow(/model.weights: is missing: layers are given/);
});
