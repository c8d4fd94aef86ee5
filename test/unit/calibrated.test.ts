import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  hardwareNames,
  hardwarePreset,
  modelNames,
  modelPreset,
  withPresets,
} from "../../src/catalog/index.js";
import { calibrated } from "../../src/cost/calibrated.js";
import { allReduceTime } from "../../src/cost/calibrated-fabric.js";
import { defaultCoefficients } from "../../src/cost/coefficients-data.js";
import { paddedTokens } from "../../src/cost/cuda-graphs.js";
import { ExpertLoads } from "../../src/cost/expert-load.js";
import { idealRoofline } from "../../src/cost/roofline.js";
import { roundedMax } from "../../src/cost/rounded-max.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import type { DeploymentDescription } from "../../src/spec/deployment-description.js";
import { bytesPerParamOf } from "../../src/spec/model-totals.js";
import { quantizations, type Quantization } from "../../src/spec/precision.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";
import type { SimulationConfig } from "../../src/simulation/config.js";

interface Choice {
  readonly gpu?: string;
  readonly model?: string;
  readonly tensorParallel?: number;
  readonly asyncScheduling?: boolean;
}

function configOf({
  gpu = "h100-sxm",
  model = "llama-3.1-8b",
  tensorParallel = 1,
  asyncScheduling = true,
}: Choice = {}): SimulationConfig {
  return withPresets({
    hardware: { preset: gpu, tensorParallel },
    model: { preset: model, maxSeqLen: 4096 },
    scheduler: {
      maxNumBatchedTokens: 2048,
      maxNumSeqs: 64,
      blockSize: 16,
      enableChunkedPrefill: true,
      asyncScheduling,
    },
    workload: {
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 8,
      numRequests: 40,
      inputLenDist: { type: "uniform", min: 300, max: 500 },
      outputLenDist: { type: "uniform", min: 50, max: 80 },
    },
  });
}

const describeConfig = (choice: Choice = {}) => resolve(configOf(choice)).deployment.description;

function secondsOf(shape: BatchShape, description = describeConfig()): number {
  const cost = { seconds: 0, flops: 0, bytes: 0 };
  calibrated(description).stepCost(shape, cost);
  return cost.seconds;
}

function decodes(numDecodes: number, context: number): BatchShape {
  return {
    numPrefills: 0,
    numDecodes,
    numPrefillTokens: 0,
    numSamples: numDecodes,
    attention: [
      {
        window: Infinity,
        prefillPairs: 0,
        prefillKvTokens: 0,
        decodeKvTokens: numDecodes * context,
      },
    ],
  };
}

describe("the rounded corner", () => {
  test.prop([
    fc.double({ min: 0, max: 1e3, noNaN: true }),
    fc.double({ min: 0, max: 1e3, noNaN: true }),
  ])("lies between the larger time and 19 % above it", (a, b) => {
    const corner = roundedMax(a, b);
    expect(corner).toBeGreaterThanOrEqual(Math.max(a, b));
    expect(corner).toBeLessThanOrEqual(Math.max(a, b) * 2 ** 0.25 * (1 + 1e-12));
  });
});

describe("batches are padded to captured sizes", () => {
  test.each([
    [1, 1],
    [3, 4],
    [9, 16],
    [257, 272],
    [512, 512],
    [513, 513],
  ])("%i tokens are computed as %i", (numTokens, padded) => {
    expect(paddedTokens(numTokens, 512)).toBe(padded);
  });
});

describe("experts", () => {
  const law = { type: "uniform" } as const;
  test.prop([fc.integer({ min: 1, max: 5000 })])(
    "a batch uses no more than there are, nor than its tokens choose, and at least those of one token",
    (numTokens) => {
      const load = { numExperts: 0, numRows: 0 };
      new ExpertLoads(128, 4, 1, law).of(numTokens, load);
      expect(load.numRows).toBe(4 * numTokens);
      expect(load.numExperts).toBeGreaterThanOrEqual(4 * (1 - 1e-9));
      expect(load.numExperts).toBeLessThanOrEqual(Math.min(128, 4 * numTokens) * (1 + 1e-9));
    },
  );
  const used = (numTokens: number, numExperts: number, perToken: number, diversity: number) => {
    const load = { numExperts: 0, numRows: 0 };
    new ExpertLoads(numExperts, perToken, 1, law, diversity).of(numTokens, load);
    return load.numExperts;
  };
  test.prop([
    fc.integer({ min: 1, max: 20_000 }),
    fc.constantFrom([8, 2], [16, 1], [32, 4], [128, 1], [128, 8], [256, 8], [384, 8]),
    fc.double({ min: 0.5, max: 1, noNaN: true }),
  ])(
    "alike tokens use no more of them than independent ones, one token exactly its own, more never fewer",
    (numTokens, [numExperts, perToken], diversity) => {
      const alike = used(numTokens, numExperts!, perToken!, diversity);
      expect(used(1, numExperts!, perToken!, diversity)).toBeCloseTo(perToken!, 9);
      expect(alike).toBeLessThanOrEqual(used(numTokens, numExperts!, perToken!, 1) * (1 + 1e-9));
      expect(alike).toBeLessThanOrEqual(numExperts! * (1 + 1e-12));
      expect(used(numTokens + 1, numExperts!, perToken!, diversity)).toBeGreaterThanOrEqual(
        alike * (1 - 1e-12),
      );
    },
  );
  test("prompts of thousands of tokens use all of them, and so does a batch of a model with few", () => {
    const { tokenDiversity } = defaultCoefficients.engine;
    expect(used(8192, 256, 8, tokenDiversity)).toBeGreaterThan(0.999 * 256);
    expect(used(64, 8, 2, tokenDiversity)).toBeGreaterThan(0.99 * 8);
  });
  test("the busiest of several devices has more than its share, and not all", () => {
    const load = { numExperts: 0, numRows: 0 };
    new ExpertLoads(128, 4, 8, law).of(64, load);
    expect(load.numRows).toBeGreaterThan((64 * 4) / 8);
    expect(load.numRows).toBeLessThan(64 * 4);
    expect(load.numExperts).toBeLessThanOrEqual(16);
  });
});

describe("efficiencies", () => {
  test("are shares of what the device can do, in every family", () => {
    for (const family of Object.values(defaultCoefficients.families)) {
      const tables = [family.linear, family.experts, family.prefill, family.decode];
      for (const entry of tables.flatMap((table) => Object.values<object>(table))) {
        const { compute, bandwidth } = entry as { compute: number; bandwidth: number };
        for (const share of [compute, bandwidth]) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe("an all-reduce", () => {
  const on = (gpu: string, n: number, bytes: number) => {
    const description = describeConfig({ gpu, model: "qwen3-0.6b" });
    const { kernels } = calibrated(description);
    return allReduceTime(description.device!, n, 8, kernels.allReduce(n))(bytes);
  };
  test.prop([
    fc.constantFrom("h100-sxm", "b200-sxm", "a100-sxm", "l40s", "h100-pcie", "h100-nvl", "a10"),
    fc.integer({ min: 1, max: 2 ** 27 }),
  ])("takes longer for more bytes, and over more devices of one fabric", (gpu, bytes) => {
    for (const n of [2, 4, 8]) expect(on(gpu, n, bytes + 4096)).toBeGreaterThan(on(gpu, n, bytes));
    expect(on(gpu, 8, bytes)).toBeGreaterThan(on(gpu, 4, bytes) * 0.8);
  });
  test("of two devices on a bridge is that of a switch, of four it crosses PCIe", () => {
    const bytes = 2 ** 24;
    expect(on("h100-nvl", 4, bytes)).toBeGreaterThan(5 * on("h100-nvl", 2, bytes));
    expect(on("h100-sxm", 4, bytes)).toBeLessThan(2 * on("h100-sxm", 2, bytes));
  });
  test("through a host that all devices share is slower by their number", () => {
    expect(on("l40s", 8, 2 ** 26)).toBeGreaterThan(1.8 * on("l40s", 4, 2 ** 26));
  });
});

/**
 * What no engine can be faster than: all arithmetic at peak, or all reads at full bandwidth, of which the ideal roofline counts experts
 * that alike tokens do not use.
 */
function leastSeconds(description: DeploymentDescription, shape: BatchShape): number {
  const { hardware, model, parallelism, expertRouting } = description;
  const cost = { seconds: 0, flops: 0, bytes: 0 };
  const endless = { ...hardware, memoryBandwidth: Number.MAX_VALUE / 1e6 };
  idealRoofline({ ...description, hardware: endless }).stepCost(shape, cost);
  const arithmetic = cost.seconds;
  let bytes = cost.bytes;
  const numTokens = shape.numDecodes + shape.numPrefillTokens;
  const [independent, alike] = [1, defaultCoefficients.engine.tokenDiversity].map(
    (diversity) => (numExperts: number, perToken: number) => {
      const load = { numExperts: 0, numRows: 0 };
      new ExpertLoads(numExperts, perToken, 1, expertRouting, diversity).of(numTokens, load);
      return load.numExperts;
    },
  );
  for (const stream of model.weights) {
    if (stream.routing === undefined) continue;
    const { numExperts, numExpertsPerToken } = stream.routing;
    const unused =
      independent!(numExperts, numExpertsPerToken) - alike!(numExperts, numExpertsPerToken);
    const params = stream.matrices.reduce((sum, m) => sum + m.outputs * m.inputs, 0);
    bytes -= unused * stream.numLayers * params * bytesPerParamOf(stream);
  }
  return Math.max(
    arithmetic,
    bytes / (hardware.memoryBandwidth * parallelism.tensorParallel * parallelism.dataParallel),
  );
}

/** A step of prompts or of decodes, summed over every window of the model. */
function shapeFor(
  { model }: DeploymentDescription,
  isPrefill: boolean,
  n: number,
  length: number,
): BatchShape {
  const windows = new Set([Infinity]);
  for (const layer of model.layers) {
    if (layer.type === "attention") windows.add(layer.window ?? layer.chunk ?? Infinity);
  }
  return {
    numPrefills: isPrefill ? n : 0,
    numDecodes: isPrefill ? 0 : n,
    numPrefillTokens: isPrefill ? n * length : 0,
    numSamples: n,
    attention: [...windows].map((window) => {
      const full = Math.min(length, window);
      const pairs = (full * (full + 1)) / 2 + (length - full) * full;
      return {
        window,
        prefillPairs: isPrefill ? n * pairs : 0,
        prefillKvTokens: isPrefill ? n * length : 0,
        decodeKvTokens: isPrefill ? 0 : n * full,
      };
    }),
  };
}

describe("a calibrated step", () => {
  const allQuantizations = Object.keys(quantizations) as Quantization[];
  test.prop(
    [
      fc.constantFrom(...hardwareNames),
      fc.constantFrom(...modelNames),
      fc.option(fc.constantFrom(...allQuantizations), { nil: undefined }),
      fc.constantFrom(1, 2, 4, 8),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 1024 }),
      fc.integer({ min: 1, max: 16_000 }),
    ],
    { numRuns: 300 },
  )(
    "is never faster than the arithmetic at peak or the reads at full bandwidth, nor for more work: all devices, models, precisions and degrees",
    (gpu, model, quantization, wanted, expertParallel, isPrefill, n, length) => {
      const preset = modelPreset(model);
      const isMixture = preset.weights.some(({ routing }) => routing !== undefined);
      const dividesHeads = preset.layers.every(({ numHeads }) => numHeads % wanted === 0);
      const dividesKv = wanted <= 1 || preset.numKvHeads % wanted === 0;
      const tensorParallel = dividesHeads && dividesKv ? wanted : 1;
      const config = configOf({ gpu, model: "llama-3.1-8b", tensorParallel });
      const { description } = resolve({
        ...config,
        hardware: {
          ...config.hardware,
          ...hardwarePreset(gpu),
          kvCacheCapacity: 1e13,
          expertParallel: expertParallel && isMixture ? tensorParallel : 1,
        },
        model: { ...preset, maxSeqLen: 16_384, quantization },
      }).deployment;
      const shape = shapeFor(description, isPrefill, isPrefill ? 1 + (n % 4) : n, length);
      const seconds = secondsOf(shape, description);
      expect(seconds).toBeGreaterThanOrEqual(leastSeconds(description, shape) * (1 - 1e-9));
      const more = shapeFor(description, isPrefill, isPrefill ? 2 + (n % 4) : n + 1, length);
      expect(secondsOf(more, description)).toBeGreaterThanOrEqual(seconds);
    },
  );
  test.prop([fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 4000 })])(
    "is slower than the ideal roofline, and not faster for more work",
    (numDecodes, context) => {
      const description = describeConfig();
      const cost = { seconds: 0, flops: 0, bytes: 0 };
      calibrated(description).stepCost(decodes(numDecodes, context), cost);
      const { memoryBandwidth } = description.hardware;
      expect(cost.seconds).toBeGreaterThan(cost.bytes / memoryBandwidth);
      expect(secondsOf(decodes(numDecodes + 1, context))).toBeGreaterThanOrEqual(cost.seconds);
      expect(secondsOf(decodes(numDecodes, context + 100))).toBeGreaterThan(cost.seconds);
    },
  );
  test.prop([
    fc.constantFrom(
      "h100-sxm",
      "h200-sxm",
      "b200-sxm",
      "a100-sxm",
      "l40s",
      "rtx-pro-6000-server",
      "h20",
      "gb200",
      "mi300x",
    ),
    fc.constantFrom("llama-3.1-8b", "llama-3.1-70b", "qwen3-32b"),
    fc.constantFrom("bf16", "fp8", "int4"),
    fc.constantFrom(1, 2, 4),
    fc.integer({ min: 1, max: 512 }),
    fc.integer({ min: 1, max: 8000 }),
  ])(
    "of a dense model is never faster than the ideal roofline, on any device, precision or degree",
    (gpu, model, quantization, tensorParallel, numDecodes, context) => {
      const config = configOf({ gpu, model, tensorParallel });
      const description = resolve({
        ...config,
        hardware: { ...config.hardware, kvCacheCapacity: 1e13 },
        model: { ...config.model, quantization: quantization as "bf16" | "fp8" | "int4" },
      }).deployment.description;
      const ideal = { seconds: 0, flops: 0, bytes: 0 };
      idealRoofline(description).stepCost(decodes(numDecodes, context), ideal);
      expect(secondsOf(decodes(numDecodes, context), description)).toBeGreaterThanOrEqual(
        ideal.seconds,
      );
    },
  );
  test.prop([
    fc.constantFrom("h100-sxm", "b200-sxm", "a100-sxm", "mi300x"),
    fc.integer({ min: 1, max: 512 }),
    fc.integer({ min: 1, max: 4000 }),
  ])("of a large model is faster on twice the devices", (gpu, numDecodes, context) => {
    const secondsOn = (tensorParallel: number) =>
      secondsOf(
        decodes(numDecodes, context),
        describeConfig({ gpu, model: "llama-3.1-70b", tensorParallel }),
      );
    expect(secondsOn(8)).toBeLessThan(secondsOn(4));
  });
  test("costs the same whatever was priced before", () => {
    const model = calibrated(describeConfig());
    const [first, second] = [0, 1].map(() => {
      const cost = { seconds: 0, flops: 0, bytes: 0 };
      model.stepCost(decodes(7, 900), cost);
      model.stepCost(decodes(40, 2000), { seconds: 0, flops: 0, bytes: 0 });
      return cost.seconds;
    });
    expect(Object.is(first, second)).toBe(true);
  });
  test("is longer where the host is not hidden", () => {
    const shape = decodes(8, 500);
    expect(secondsOf(shape, describeConfig({ asyncScheduling: false }))).toBeGreaterThan(
      secondsOf(shape),
    );
  });
  test.each(["a10", "mi300x", "tpu-v5e", "rtx-5090", "gb300"])(
    "%s has a price too, with terms that say whether they are inherited",
    (gpu) => {
      const result = simulate(configOf({ gpu, model: "qwen3-0.6b" }));
      expect(result.tpot.mean).toBeGreaterThan(0);
      expect(result.provenance.costModel).toBe("calibrated");
      expect(result.provenance.terms.length).toBeGreaterThan(3);
      expect(result.provenance.outsideRange.join()).toContain(gpu);
    },
  );
});

describe("error bars", () => {
  const result = simulate(configOf());
  test("hold the means, and widen where nobody measured", () => {
    const { confidence } = result;
    expect(confidence!.tpot[0]).toBeLessThan(result.tpot.mean);
    expect(confidence!.tpot[1]).toBeGreaterThan(result.tpot.mean);
    const elsewhere = simulate(configOf({ gpu: "a100-sxm" })).provenance.heldOut!;
    expect(elsewhere.errors.tpot).toBeGreaterThan(result.provenance.heldOut!.errors.tpot);
  });
  test("an 80 % interval covers 75 to 90 % of what it was not made from", () => {
    expect(result.confidence!.level).toBe(0.8);
    for (const share of Object.values(result.provenance.heldOut!.coverage)) {
      expect(share).toBeGreaterThanOrEqual(0.75);
      expect(share).toBeLessThanOrEqual(0.9);
    }
  });
  test("the ideal roofline and cost models of users have none", () => {
    expect(simulate({ ...configOf(), costModel: "ideal" }).confidence).toBeUndefined();
  });
});

describe("kernels of experts", () => {
  const notesFor = (kernelBackend: string, model = "qwen3-30b-a3b") => {
    const config = configOf({ model });
    return resolve({ ...config, hardware: { ...config.hardware, kernelBackend } }).notes.filter(
      (note) => note.includes("kernel_backend"),
    );
  };
  test("a backend that nobody measured is said, and only where there are experts", () => {
    expect(notesFor("nobody")).toHaveLength(1);
    expect(notesFor("marlin_anything")).toEqual([]);
    expect(notesFor("fp8_block")).toEqual([]);
    expect(notesFor("nobody", "llama-3.1-8b")).toEqual([]);
  });
});
