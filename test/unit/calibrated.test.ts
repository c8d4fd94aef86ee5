import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { withPresets } from "../../src/catalog/index.js";
import { calibrated } from "../../src/cost/calibrated.js";
import { paddedTokens } from "../../src/cost/cuda-graphs.js";
import { ExpertLoads } from "../../src/cost/expert-load.js";
import { idealRoofline } from "../../src/cost/roofline.js";
import { roundedMax } from "../../src/cost/rounded-max.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";
import {
  calibrate,
  profileOf,
  withProfile,
  type Measurement,
} from "../../src/simulation/calibrate.js";
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
  test("the busiest of several devices has more than its share, and not all", () => {
    const load = { numExperts: 0, numRows: 0 };
    new ExpertLoads(128, 4, 8, law).of(64, load);
    expect(load.numRows).toBeGreaterThan((64 * 4) / 8);
    expect(load.numRows).toBeLessThan(64 * 4);
    expect(load.numExperts).toBeLessThanOrEqual(16);
  });
});

describe("a calibrated step", () => {
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

describe("calibrate", () => {
  /** An engine that is slower than ours in a way that no factor of a profile describes exactly. */
  function measuredAt(concurrency: number): Measurement {
    const config = configOf();
    const model = calibrated(resolve(config).deployment.description);
    const slower = {
      ...model,
      stepCost(shape: BatchShape, out: { seconds: number; flops: number; bytes: number }) {
        model.stepCost(shape, out);
        out.seconds = 1.25 * out.seconds + 0.001 + 2e-5 * shape.numDecodes;
      },
    };
    const numRequests = 6 * concurrency;
    const { ttft, tpot } = simulate({ ...withLoad(config, concurrency), costModel: slower });
    return {
      type: "benchmark",
      concurrency,
      numRequests,
      inputTokens: 400,
      outputTokens: 65,
      ttft: ttft.mean,
      tpot: tpot.mean,
    };
  }
  const withLoad = (config: SimulationConfig, concurrency: number): SimulationConfig => ({
    ...config,
    workload: {
      arrivalPattern: "closed_loop",
      numConcurrentUsers: concurrency,
      numRequests: 6 * concurrency,
      inputLenDist: { type: "uniform", min: 300, max: 500 },
      outputLenDist: { type: "uniform", min: 50, max: 80 },
    },
  });

  test("three points improve a fourth", () => {
    const config = configOf();
    const profile = calibrate(profileOf(config), [2, 8, 32].map(measuredAt), config);
    const fourth = measuredAt(16);
    const error = (given: SimulationConfig) =>
      Math.abs(simulate(withLoad(given, 16)).tpot.mean / (fourth as { tpot: number }).tpot - 1);
    expect(error(withProfile(config, profile))).toBeLessThan(0.3 * error(config));
    // Plain data.
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
  });

  test("the profile of nobody's measurements changes no result", () => {
    const config = configOf();
    const same = simulate(withProfile(config, profileOf(config)));
    expect(same.tpot.mean).toBeCloseTo(simulate(config).tpot.mean, 12);
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
