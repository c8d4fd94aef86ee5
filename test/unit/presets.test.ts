import { describe, expect, test } from "vitest";
import * as catalog from "../../src/catalog/index.js";
import {
  b200Sxm,
  h100Sxm,
  hardwareNames,
  hardwarePreset,
  llama31_70b,
  llama3_70b,
  modelNames,
  modelPreset,
  withPresets,
} from "../../src/catalog/index.js";
import { parseConfig } from "../../src/config/index.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";

const scheduler = {
  maxNumSeqs: 64,
  maxNumBatchedTokens: 2048,
  blockSize: 16,
  enableChunkedPrefill: true,
};
const workload = {
  arrivalPattern: "batched",
  numRequests: 4,
  inputLenDist: { type: "fixed", value: 100 },
  outputLenDist: { type: "fixed", value: 10 },
} as const;
const config = (
  hardware: SimulationConfig["hardware"],
  model: SimulationConfig["model"],
): SimulationConfig => ({ hardware, model, scheduler, workload, costModel: "ideal" });

const TOML = `
[hardware]
preset = "h100-sxm"
tensor_parallel = 4

[model]
preset = "llama-3.1-70b"
max_seq_len = 8192
quantization = "fp8"

[scheduler]
max_num_batched_tokens = 2048
max_num_seqs = 64
block_size = 16
enable_chunked_prefill = true

[workload]
arrival_pattern = "batched"
num_requests = 4
input_len_dist = { type = "fixed", value = 100 }
output_len_dist = { type = "fixed", value = 10 }
`;

describe("the catalog", () => {
  test("has 32 devices and at least 40 models, each number with its source", () => {
    expect(hardwareNames).toHaveLength(32);
    expect(modelNames.length).toBeGreaterThanOrEqual(40);
    for (const name of hardwareNames) expect(hardwarePreset(name).device.source).toBeTruthy();
    for (const name of modelNames) expect(modelPreset(name).source).toBeTruthy();
  });

  test("has a constant for each of its names, equal to the preset", () => {
    const constants = Object.values(catalog).filter((value) => typeof value === "object");
    const named = new Map(constants.map((preset) => [(preset as { name?: string }).name, preset]));
    for (const name of hardwareNames) expect(named.get(name)).toEqual(hardwarePreset(name));
    for (const name of modelNames) expect(named.get(name)).toEqual(modelPreset(name));
  });

  test("rates are dense, and in proportion to how short the numbers are", () => {
    const { flops } = b200Sxm.device;
    expect(flops).toEqual({ bf16: 2.25e15, fp8: 4.5e15, fp4: 9e15, int8: 4.5e15 });
    for (const name of hardwareNames) {
      const { bf16 = NaN, fp8 = bf16, fp4 = fp8 } = hardwarePreset(name).device.flops;
      expect(bf16).toBeGreaterThan(0);
      expect(fp8).toBeGreaterThanOrEqual(bf16);
      expect(fp4).toBeGreaterThanOrEqual(fp8);
    }
  });

  test.each([
    ["H100_SXM", "h100-sxm"],
    ["h100", "h100-sxm"],
    ["RTX4090", "rtx-4090"],
    ["a100", "a100-80gb-sxm"],
    ["MI300X", "mi300x"],
  ])("%s means the device %s", (name, meant) => expect(hardwarePreset(name).name).toBe(meant));

  test.each([
    ["llama3.1-70b", "llama-3.1-70b"],
    ["meta-llama/Llama-3.1-70B-Instruct", "llama-3.1-70b"],
    ["meta-llama/Meta-Llama-3.1-70B", "llama-3.1-70b"],
    ["Qwen/Qwen3-32B", "qwen3-32b"],
    ["openai/gpt-oss-120b", "gpt-oss-120b"],
    ["MiniMaxAI/MiniMax-M2.5", "minimax-m2.5"],
    ["mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"],
    ["mistralai/Mistral-7B-Instruct-v0.1", "mistral-7b-v0.1"],
    ["meta-llama/Llama-4-Scout-17B-16E-Instruct", "llama-4-scout"],
  ])("%s means the model %s", (name, meant) => expect(modelPreset(name).name).toBe(meant));

  test("an unknown name is refused with those that are near", () => {
    expect(() => hardwarePreset("h100x")).toThrow(
      /hardware.preset: "h100x" is not in the catalog; did you mean one of .*"h100-sxm"/,
    );
    expect(() => modelPreset("llama-3.1-700b")).toThrow(/"llama-3.1-70b"/);
    expect(() => modelPreset("nvidia/Llama-3.1-70B-Instruct-FP8")).toThrow(/"llama-3.1-70b"/);
  });
});

describe("presets in configs", () => {
  test("constants spread into a typed config", () => {
    const { counts, config: resolved } = simulate(
      config({ ...h100Sxm, tensorParallel: 4 }, llama3_70b),
    );
    expect(counts.completed).toBe(4);
    expect(resolved.hardware).toMatchObject({ name: "h100-sxm", memoryCapacity: 85e9 });
  });

  test("a config file names them, and its keys go before theirs", () => {
    const parsed = parseConfig(TOML);
    expect(parsed).toEqual({
      ...withPresets({
        hardware: { preset: "h100-sxm", tensorParallel: 4 },
        model: { preset: "llama-3.1-70b", maxSeqLen: 8192, quantization: "fp8" },
        scheduler,
        workload,
      }),
    });
    expect(parsed.model).toEqual({ ...llama31_70b, maxSeqLen: 8192, quantization: "fp8" });
    expect(simulate(parsed).counts.completed).toBe(4);
  });

  test("names stay labels", () => {
    expect(
      parseConfig(TOML.replace('preset = "h100-sxm"', '$&\nname = "ours"')).hardware,
    ).toMatchObject({ name: "ours", device: { name: "h100-sxm" } });
  });

  test("unknown names are problems with their line, and hide nothing of the other tables", () => {
    const wrong = TOML.replace("h100-sxm", "h101-sxm").replace("block_size = 16", "block_size = 0");
    expect(() => parseConfig(wrong)).toThrow(/^2 problems in the config:/);
    expect(() => parseConfig(wrong)).toThrow(
      /hardware.preset \(line 3\): "h101-sxm" is not in the/,
    );
    expect(() => parseConfig(TOML.replace('"h100-sxm"', "100"))).toThrow(/hardware.preset/);
  });

  test("a preset that only the catalog can write out is refused by the simulation, with the way", () => {
    const named = { preset: "h100-sxm" } as unknown as SimulationConfig["hardware"];
    expect(() => simulate(config(named, llama3_70b))).toThrow(/hardware.preset: .*withPresets/);
  });

  test("what a preset is made of cannot be changed by its totals", () => {
    expect(() => resolve(config(h100Sxm, { ...llama3_70b, numLayers: 40 }))).toThrow(
      /model.numLayers: is 40, but weights and layers come to 80/,
    );
  });

  test("numbers that no second source confirms are named in the notes", () => {
    const { notes } = resolve(config(hardwarePreset("mi325x"), modelPreset("opt-13b")));
    expect(notes).toContainEqual(expect.stringMatching(/^the numbers of mi325x are unverified: /));
    expect(notes).toContainEqual(expect.stringMatching(/^the numbers of opt-13b are unverified: /));
    const clean = resolve(config({ ...h100Sxm, tensorParallel: 4 }, llama3_70b));
    expect(clean.notes.join()).not.toContain("unverified");
  });

  test("results say what the presets were, and run again to the same", () => {
    const first = simulate(config({ ...b200Sxm }, modelPreset("gpt-oss-120b")));
    const again = simulate(first.config);
    expect(again.toJSON()).toEqual({ ...first.toJSON(), notes: again.toJSON().notes });
    const json = JSON.parse(JSON.stringify(first.toJSON())) as { config: object };
    expect(simulate({ ...parseConfig(json.config) }).e2e.mean).toBe(first.e2e.mean);
  });

  test.each(modelNames)("%s can be simulated", (name) => {
    const { maxSeqLen } = modelPreset(name);
    const model = { ...modelPreset(name), maxSeqLen: Math.min(maxSeqLen, 4096) };
    expect(simulate(config(b200Sxm, model)).counts.completed).toBe(4);
  });
});
