/** What everybody who serves a model knows, on the quick start's model and devices. */
import { describe, expect, test } from "vitest";
import type { SchedulerConfig, WorkloadConfig } from "../../src/simulation/config.js";
import { simulate } from "../../src/simulation/simulation.js";
import { seventyB } from "../support/by-hand.js";

function serve(scheduler: Partial<SchedulerConfig> = {}, workload: Partial<WorkloadConfig> = {}) {
  return simulate({
    ...seventyB,
    scheduler: { ...seventyB.scheduler, ...scheduler },
    workload: {
      arrivalPattern: "poisson",
      arrivalRate: 5,
      numRequests: 100,
      inputLenDist: { type: "lognormal", mean: 6.9, stdDev: 0.7 },
      outputLenDist: { type: "lognormal", mean: 5.3, stdDev: 0.8 },
      ...workload,
    },
  });
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

test("20 seeds give 20 different results, each of which can be had again", () => {
  const results = SEEDS.map((seed) => JSON.stringify(serve({}, { seed })));
  const withoutSeeds = results.map((json) => json.replaceAll(/"seed":\d+/g, ""));
  expect(new Set(withoutSeeds).size).toBe(20);
  expect(SEEDS.map((seed) => JSON.stringify(serve({}, { seed })))).toEqual(results);
});

describe("under load", () => {
  // Prompts come faster than they can be computed, so that a queue forms.
  const load = { arrivalRate: 40, numRequests: 400 };
  const meanE2e = (policy: string, seed: number) =>
    serve({ policy, maxNumSeqs: 32 }, { ...load, seed }).e2e.mean;

  test.each(["sif", "sof", "stf"])("%s lowers the mean E2E of fcfs, for every seed", (policy) => {
    for (const seed of SEEDS.slice(0, 4)) {
      expect(meanE2e(policy, seed)).toBeLessThan(meanE2e("fcfs", seed));
    }
  });

  test.each(["lif", "lof", "ltf"])("%s raises it", (policy) => {
    for (const seed of SEEDS.slice(0, 4)) {
      expect(meanE2e(policy, seed)).toBeGreaterThan(meanE2e("fcfs", seed));
    }
  });

  test("without load the policy hardly matters", () => {
    const calm = { arrivalRate: 0.5, numRequests: 100 };
    const ratio = serve({ policy: "sof" }, calm).e2e.mean / serve({}, calm).e2e.mean;
    expect(ratio).toBeCloseTo(1, 3);
  });
});

describe("preemption", () => {
  const load = { arrivalRate: 20, numRequests: 200 };

  test("happens when the cache is tiny, and costs time", () => {
    const [tiny, huge] = [600, 100_000].map((numGpuBlocks) => serve({ numGpuBlocks }, load));
    expect(tiny!.preemptions.total).toBeGreaterThan(0);
    expect(huge!.preemptions.total).toBe(0);
    expect(tiny!.e2e.mean).toBeGreaterThan(huge!.e2e.mean);
  });

  test("never happens when the cache holds all requests at their longest", () => {
    const { numPromptTokens, numOutputTokens } = serve({}, load).requests;
    const blocks = numPromptTokens.map((n, i) => Math.ceil((n + numOutputTokens[i]! - 1) / 16));
    const numGpuBlocks = 1 + blocks.reduce((sum, n) => sum + n, 0);
    expect(serve({ numGpuBlocks }, load).preemptions.total).toBe(0);
  });

  test("is avoided by preemption-free mode at the price of a queue", () => {
    const numGpuBlocks = 600;
    const free = serve({ numGpuBlocks, enablePreemptionFree: true }, load);
    expect(free.preemptions.total).toBe(0);
    expect(free.queueTime.mean).toBeGreaterThan(serve({ numGpuBlocks }, load).queueTime.mean);
  });
});
