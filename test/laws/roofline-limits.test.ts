/** Where the roofline leads when one side of it is taken away, and what more of anything brings. */
import { describe, expect, test } from "vitest";
import type { HardwareConfig, SimulationConfig } from "../../src/simulation/config.js";
import { simulate } from "../../src/simulation/simulation.js";
import { seventyB } from "../support/by-hand.js";
import { run } from "../support/drives.js";
import { law } from "../support/law.js";

const fixed = (value: number) => ({ type: "fixed", value }) as const;

/** `numRequests` of 512 + 65 tokens, all at once. */
function atOnce(numRequests: number, hardware: Partial<HardwareConfig> = {}) {
  return simulate({
    ...seventyB,
    hardware: { ...seventyB.hardware, ...hardware },
    workload: {
      arrivalPattern: "batched",
      numRequests,
      inputLenDist: fixed(512),
      outputLenDist: fixed(65),
    },
  });
}

describe("limits", () => {
  test("with endless bandwidth every step takes its FLOPs at peak", () => {
    const result = atOnce(8, { memoryBandwidth: 1e30 });
    expect(result.utilization.flops).toBeCloseTo(1, 9);
    const linear = 2 * 70e9 * 8 * (512 + 64);
    const attention = 4 * 64 * 128 * 80 * 8 * ((576 * 577) / 2); // all pairs of 576 positions
    expect(result.duration).toBeCloseTo((linear + attention) / (2 * 1.513e15), 9);
  });

  test("with endless FLOP/s every step takes its bytes at full bandwidth", () => {
    const result = atOnce(8, { computeFlops: 1e30 });
    expect(result.utilization.bandwidth).toBeCloseTo(1, 9);
    // 65 steps read the weights, and the KV cache of 512, 513, …, 576 tokens a request.
    const bytes = 65 * 140e9 + 327_680 * 8 * ((65 * (512 + 576)) / 2);
    expect(result.duration).toBeCloseTo(bytes / (2 * 3.35e12), 9);
  });

  test("decodes share the reading of the weights", () => {
    const [alone, together] = [atOnce(1).itl.mean, atOnce(16).itl.mean];
    const context = 512 + 65 / 2; // on average, of tokens read by the 2nd, 3rd, …, 65th
    expect(alone).toBeCloseTo((140e9 + 327_680 * context) / (2 * 3.35e12), 5);
    expect(together).toBeCloseTo((140e9 + 327_680 * context * 16) / (2 * 3.35e12), 5);
  });

  test("twice the devices, twice the speed", () => {
    const [two, four] = [2, 4].map((tensorParallel) => atOnce(8, { tensorParallel }));
    expect(two!.duration / four!.duration).toBeCloseTo(2, 9);
  });
});

/** The same requests, all there from the start. */
const atTheStart = (config: SimulationConfig): SimulationConfig => {
  const {
    arrivalRate: _,
    batchSize: __,
    durationSecs: ___,
    trace: ____,
    ...workload
  } = config.workload as Record<string, unknown>;
  const lengths = {
    inputLenDist: { type: "uniform", min: 1, max: 20 },
    outputLenDist: { type: "uniform", min: 1, max: 20 },
  };
  return {
    ...config,
    workload: {
      ...lengths,
      ...workload,
      arrivalPattern: "batched",
      numRequests: 20,
    } as SimulationConfig["workload"],
  };
};

describe("a fixed batch", () => {
  law("is never slowed down by more bandwidth", (config) => {
    const batch = atTheStart(config);
    const duration = (memoryBandwidth: number) =>
      run({ ...batch, hardware: { ...batch.hardware, memoryBandwidth } }).result.duration;
    const { memoryBandwidth } = batch.hardware;
    expect(duration(memoryBandwidth * 1.7)).toBeLessThanOrEqual(
      duration(memoryBandwidth) * (1 + 1e-12),
    );
  });

  law("is never slowed down by more FLOP/s", (config) => {
    const batch = atTheStart(config);
    const duration = (computeFlops: number) =>
      run({ ...batch, hardware: { ...batch.hardware, computeFlops } }).result.duration;
    const { computeFlops } = batch.hardware;
    expect(duration(computeFlops * 1.7)).toBeLessThanOrEqual(duration(computeFlops) * (1 + 1e-12));
  });

  /**
   * Not so in general: more blocks let more requests in, which then evict each other, or leave one for a step of its own,
   * as more machines may lengthen a schedule (Graham 1969). But equal requests that are bound by memory and not
   * evicted go in waves, and a wave's cost is so much per step and so much per request: fewer waves are less.
   */
  test("of equal requests that are bound by memory is never slowed down by more blocks", () => {
    const duration = (numGpuBlocks: number) =>
      simulate({
        ...seventyB,
        hardware: { ...seventyB.hardware, computeFlops: 1e30 },
        scheduler: { ...seventyB.scheduler, numGpuBlocks, enablePreemptionFree: true },
        workload: {
          arrivalPattern: "batched",
          numRequests: 12,
          inputLenDist: fixed(100),
          outputLenDist: fixed(50),
        },
      }).duration;
    const durations = Array.from({ length: 115 }, (_, i) => duration(11 + i));
    const slowdowns = durations.filter((d, i) => i > 0 && d > durations[i - 1]! * (1 + 1e-12));
    expect(slowdowns).toEqual([]);
    expect(durations.at(-1)! / durations[0]!).toBeCloseTo(1 / 12, 1);
  });
});
