/** The ideal roofline of composed models, and that the simple form is the same as it was by its formulas. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { b200Sxm, h100Sxm, modelPreset } from "../../src/catalog/index.js";
import type { StepCost } from "../../src/cost/cost-model.js";
import { idealRoofline, roofline, type RooflineInput } from "../../src/cost/roofline.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import { describeModel } from "../../src/spec/describe-model.js";
import type { HardwareSpec } from "../../src/spec/hardware-spec.js";
import type { ModelSpec } from "../../src/spec/model-spec.js";
import {
  bytesPerParamOf,
  numActiveParameters,
  numParameters,
  parametersOf,
} from "../../src/spec/model-totals.js";
import { single } from "../../src/spec/parallelism.js";
import { shapeOf } from "../support/shapes.js";

const chunk = fc.tuple(fc.nat(50_000), fc.integer({ min: 1, max: 2000 }));

/** The formulas of the documented form, as they stand. */
function documented(hardware: HardwareSpec, model: ModelSpec, shape: BatchShape): StepCost {
  const { tensorParallel: n, bytesPerParam } = hardware;
  const { numParameters: P, numActiveParameters: A } = model;
  const tokens = shape.numPrefillTokens + shape.numDecodes;
  let pairs = 0;
  let kvTokens = 0;
  for (const { window, prefillPairs, prefillKvTokens, decodeKvTokens } of shape.attention) {
    const numLayers =
      window === Infinity ? model.numLayers - model.numSlidingLayers : model.numSlidingLayers;
    pairs += numLayers * (prefillPairs + decodeKvTokens);
    kvTokens += numLayers * (prefillKvTokens + decodeKvTokens);
  }
  const flops = 2 * A * tokens + 4 * model.numHeads * model.headDim * pairs;
  const read = A === P ? 1 : 1 - (1 - A / P) ** tokens;
  const perToken = 2 * Math.max(model.numKvHeads, n) * model.headDim * bytesPerParam;
  const bytes = bytesPerParam * P * read + perToken * kvTokens;
  const seconds = Math.max(
    flops / (n * hardware.computeFlops),
    bytes / (n * hardware.memoryBandwidth),
  );
  return { flops, bytes, seconds };
}

const arbModel: fc.Arbitrary<ModelSpec> = fc
  .record({
    numParameters: fc.integer({ min: 1e6, max: 1e12 }),
    activeShare: fc.constantFrom(1, 1, 0.5, 0.04),
    numLayers: fc.integer({ min: 1, max: 120 }),
    numSlidingLayers: fc.nat(120),
    numKvHeads: fc.constantFrom(1, 2, 8),
    group: fc.constantFrom(1, 4, 8),
    headDim: fc.constantFrom(64, 80, 128),
    slidingWindow: fc.constantFrom(undefined, 1, 128, 4096),
  })
  .map(({ activeShare, group, ...model }) => ({
    ...model,
    numActiveParameters: model.numParameters * activeShare,
    numHeads: model.numKvHeads * group,
    hiddenDim: model.numKvHeads * group * model.headDim,
    maxSeqLen: 100_000,
    numSlidingLayers: model.slidingWindow ? Math.min(model.numSlidingLayers, model.numLayers) : 0,
  }));

const arbHardware: fc.Arbitrary<HardwareSpec> = fc.record({
  computeFlops: fc.double({ min: 1e12, max: 1e16, noNaN: true }),
  memoryBandwidth: fc.double({ min: 1e11, max: 1e13, noNaN: true }),
  memoryCapacity: fc.constant(8e10),
  bytesPerParam: fc.constantFrom(0.5, 1, 2, 4),
  tensorParallel: fc.constantFrom(1, 2, 8, 16),
});

describe("the documented form", () => {
  test("costs what its formulas say, whatever the model, the device and the batch", () => {
    fc.assert(
      fc.property(
        arbHardware,
        arbModel,
        fc.array(chunk, { minLength: 1, maxLength: 4 }),
        (hardware, model, chunks) => {
          const windows =
            model.numSlidingLayers > 0 ? [Infinity, model.slidingWindow!] : [Infinity];
          const shape = shapeOf(chunks, windows);
          const out = { seconds: NaN, flops: NaN, bytes: NaN };
          roofline(hardware, model).stepCost(shape, out);
          const { seconds, flops, bytes } = documented(hardware, model, shape);
          expect(Math.abs(out.flops / flops - 1)).toBeLessThan(1e-14);
          expect(Math.abs(out.bytes / bytes - 1)).toBeLessThan(1e-9); // (1 − A / P)^tokens by another way
          expect(Math.abs(out.seconds / seconds - 1)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is a composition with as many parameters, and as many bytes", () => {
    fc.assert(
      fc.property(arbModel, fc.constantFrom(0.5, 1, 2), (model, bytesPerParam) => {
        const described = describeModel(model, { bytesPerParam });
        expect(numParameters(described)).toBe(model.numParameters);
        for (const stream of described.weights) expect(bytesPerParamOf(stream)).toBe(bytesPerParam);
        const numLayers = described.layers.reduce((sum, layer) => sum + layer.numLayers, 0);
        expect(numLayers).toBe(model.numLayers);
      }),
    );
  });
});

const hardwareOf = (preset: typeof h100Sxm, tensorParallel = 1): HardwareSpec => ({
  ...preset,
  bytesPerParam: 2,
  tensorParallel,
});

function inputOf(name: string, more: Partial<RooflineInput> = {}): RooflineInput {
  return {
    hardware: hardwareOf(h100Sxm),
    device: h100Sxm.device,
    model: modelPreset(name),
    parallelism: single,
    expertRouting: { type: "uniform" },
    kvPrecision: "bf16",
    kvBytesPerElement: 2,
    ...more,
  };
}

function price(input: RooflineInput, shape: BatchShape): StepCost {
  const out = { seconds: NaN, flops: NaN, bytes: NaN };
  idealRoofline(input).stepCost(shape, out);
  return out;
}

const bytesOf = (name: string, roles: readonly string[]) =>
  modelPreset(name)
    .weights.filter(({ role }) => roles.includes(role))
    .reduce((sum, stream) => sum + parametersOf(stream) * bytesPerParamOf(stream), 0);

describe("a composed dense model, by hand", () => {
  const llama = modelPreset("llama-3.1-8b");
  const read = llama.numParameters * 2 - bytesOf("llama-3.1-8b", ["embedding"]);

  test("a decode reads all weights but the embedding, and its KV", () => {
    const { bytes, flops } = price(inputOf("llama-3.1-8b"), shapeOf([[999, 1]]));
    expect(bytes).toBe(read + 1000 * 131_072);
    expect(flops).toBe(2 * llama.numActiveParameters + 32 * 4 * 32 * 128 * 1000);
  });

  test("the output projection is for tokens that are sampled", () => {
    const prompt = shapeOf([[0, 1000]]);
    const inMiddle = { ...prompt, numSamples: 0 };
    const last = price(inputOf("llama-3.1-8b"), prompt);
    const middle = price(inputOf("llama-3.1-8b"), inMiddle);
    const head = 128_256 * 4096;
    expect(last.flops - middle.flops).toBe(2 * head);
    expect(last.bytes - middle.bytes).toBe(2 * head);
  });

  test("fp8 weights are half the bytes, at the rate of fp8", () => {
    const model = describeModel({ ...llama, quantization: "fp8" });
    const fp8 = inputOf("llama-3.1-8b", { model });
    const prompt = { ...shapeOf([[0, 8000]]), numSamples: 0 };
    const linear = 2 * (llama.numActiveParameters - 128_256 * 4096) * 8000;
    const attention = 32 * 4 * 32 * 128 * ((8000 * 8001) / 2);
    expect(price(fp8, prompt).seconds).toBeCloseTo(linear / 1.979e15 + attention / 9.894e14, 4);
    const decode = shapeOf([[0, 1]]);
    const saved = price(inputOf("llama-3.1-8b"), decode).bytes - price(fp8, decode).bytes;
    expect(saved).toBe(bytesOf("llama-3.1-8b", ["attention", "feed-forward"]) / 2);
  });

  test("two devices halve the time, but for the norms that both have", () => {
    const two = { ...single, tensorParallel: 2 };
    const both = price(
      inputOf("llama-3.1-8b", { hardware: hardwareOf(h100Sxm, 2), parallelism: two }),
      shapeOf([[999, 1]]),
    );
    const one = price(inputOf("llama-3.1-8b"), shapeOf([[999, 1]]));
    expect(both.seconds / one.seconds).toBeCloseTo(0.5, 4);
    expect(both.bytes - one.bytes).toBe(bytesOf("llama-3.1-8b", ["other"]));
  });
});

describe("experts", () => {
  const reads = (numTokens: number, more: Partial<RooflineInput> = {}) =>
    price(inputOf("gpt-oss-120b", more), shapeOf(Array(numTokens).fill([0, 1]), [Infinity, 128]))
      .bytes;
  const experts = bytesOf("gpt-oss-120b", ["experts"]);

  test("are read by the coupon collector's law: E (1 − (1 − k / E)^tokens)", () => {
    const rest = (numTokens: number) =>
      bytesOf("gpt-oss-120b", ["attention", "router", "head", "other"]) + numTokens * 73_728;
    for (const numTokens of [1, 2, 10, 100]) {
      const share = (reads(numTokens) - rest(numTokens)) / experts;
      expect(share).toBeCloseTo(1 - (1 - 4 / 128) ** numTokens, 10);
    }
  });

  test("some hot ones make fewer of them read, the more uneven the fewer", () => {
    const zipf = (exponent: number) => reads(16, { expertRouting: { type: "zipf", exponent } });
    const power = (exponent: number) =>
      reads(16, { expertRouting: { type: "power_law", exponent } });
    expect(zipf(0) / reads(16)).toBeCloseTo(1, 10);
    expect(zipf(0.5)).toBeLessThan(reads(16));
    expect(zipf(1)).toBeLessThan(zipf(0.5));
    expect(power(1) / reads(16)).toBeCloseTo(1, 10);
    expect(power(0.5)).toBeLessThan(reads(16));
  });

  test("are shared by replicas of the attention, which read weights of their own", () => {
    const parallelism = { ...single, dataParallel: 4, expertParallel: true };
    const other = bytesOf("gpt-oss-120b", ["attention", "router", "head", "other"]);
    expect(reads(64, { parallelism }) - reads(64)).toBe(3 * other);
  });
});

describe("layers that mix tokens in other ways", () => {
  test("latent attention reads one vector per token on every device", () => {
    const kvBytes = (tensorParallel: number) => {
      const parallelism = { ...single, tensorParallel };
      const input = inputOf("deepseek-v3", { parallelism });
      const decode = (n: number) => price(input, shapeOf([[n, 1]])).bytes;
      return decode(1000) - decode(0);
    };
    expect(kvBytes(1)).toBe(1000 * 61 * 576 * 2);
    expect(kvBytes(8)).toBe(8 * kvBytes(1));
  });

  test("latent attention computes on heads in prompts, in the latent space in decodes", () => {
    const flops = (shape: BatchShape) => price(inputOf("deepseek-v3"), shape).flops;
    const prompt = flops(shapeOf([[999, 2]])) - flops(shapeOf([[998, 2]]));
    expect(prompt).toBe(61 * 2 * 128 * (192 + 128) * 2);
    const decode = flops(shapeOf([[1000, 1]])) - flops(shapeOf([[999, 1]]));
    expect(decode).toBe(61 * 2 * 128 * (2 * 512 + 64));
  });

  test("sparse attention reads at most its best keys, and the indexer all", () => {
    const bytes = (n: number) => price(inputOf("deepseek-v3.2"), shapeOf([[n - 1, 1]])).bytes;
    expect(bytes(2048) - bytes(1024)).toBe(1024 * 61 * (576 * 2 + 132));
    expect(bytes(20_000) - bytes(10_000)).toBe(10_000 * 61 * 132);
  });

  test("recurrent layers read a state per sequence, whatever its length", () => {
    const bytes = (n: number, length: number) =>
      price(inputOf("qwen3.5-27b"), shapeOf(Array(n).fill([length, 1]))).bytes;
    const perToken = 65_536;
    expect(bytes(1, 1000) - bytes(1, 0)).toBe(1000 * perToken);
    const state = 48 * (48 * 128 * 128 * 4 + (2 * 16 * 128 + 48 * 128) * 3 * 2);
    expect(bytes(2, 0) - bytes(1, 0)).toBe(state + perToken);
  });

  test("chunks are windows of the same length at most", () => {
    const bytes = (n: number) =>
      price(inputOf("llama-4-scout"), shapeOf([[n - 1, 1]], [Infinity, 8192])).bytes;
    expect(bytes(8192) - bytes(8191)).toBe(48 * 4096);
    expect(bytes(9000) - bytes(8999)).toBe(12 * 4096);
  });
});

test("no device works faster than its peaks, for any model and batch", () => {
  const names = ["gpt-oss-120b", "deepseek-v3.2", "qwen3.5-27b", "llama-4-scout", "gemma-3-4b"];
  const windows: Record<string, number> = {
    "gpt-oss-120b": 128,
    "llama-4-scout": 8192,
    "gemma-3-4b": 1024,
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(chunk, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 2, 4),
      (name, chunks, tensorParallel) => {
        const parallelism = { ...single, tensorParallel };
        const hardware = hardwareOf(b200Sxm, tensorParallel);
        const input = inputOf(name, { hardware, device: b200Sxm.device, parallelism });
        const window = windows[name];
        const shape = shapeOf(chunks, window === undefined ? [Infinity] : [Infinity, window]);
        const { seconds, flops, bytes } = price(input, shape);
        const { peakFlops, peakBandwidth } = idealRoofline(input);
        expect(flops / seconds).toBeLessThanOrEqual(peakFlops * (1 + 1e-12));
        expect(bytes / seconds).toBeLessThanOrEqual(peakBandwidth * (1 + 1e-12));
      },
    ),
  );
});

test("a mixture of experts by its totals can be given a shape that keeps them", () => {
  const arbMixture = arbModel.filter((m) => m.numActiveParameters < m.numParameters);
  fc.assert(
    fc.property(arbMixture, (model) => {
      const described = describeModel(model, { assumeExperts: true });
      expect(numParameters(described) / model.numParameters).toBeCloseTo(1, 12);
      expect(numActiveParameters(described) / model.numActiveParameters).toBeCloseTo(1, 12);
      const { routing } = described.weights.at(-1)!;
      expect(routing!.numExperts).toBe(Math.round(routing!.numExperts));
    }),
  );
});
