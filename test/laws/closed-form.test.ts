/** Latencies that can be had by hand from the documented formulas. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { simulate } from "../../src/simulation/simulation.js";
import { servedAlone, servedTogether, seventyB } from "../support/by-hand.js";

const relativeError = (actual: number, expected: number) => Math.abs(actual / expected - 1);
const fixed = (value: number) => ({ type: "fixed", value }) as const;

describe("one request of 1,000 + 10 tokens on an idle 70 B model", () => {
  // The prompt: 2 × 70e9 FLOPs for each of 1,000 tokens, and 4 × 64 × 128 for each of 500,500 pairs in 80 layers.
  const ttft = (2 * 70e9 * 1000 + 4 * 64 * 128 * 80 * 500_500) / (2 * 1.513e15);
  // Then nine tokens, each reading all weights, and 327,680 bytes for each of 1,001, …, 1,009 tokens.
  const decode = (9 * 140e9 + 327_680 * 9045) / (2 * 3.35e12);

  const toml = readFileSync("examples/configs/quickstart.toml", "utf8");
  const config = parseConfig(toml);
  const result = simulate({
    ...config,
    workload: {
      arrivalPattern: "batched",
      numRequests: 1,
      inputLenDist: fixed(1000),
      outputLenDist: fixed(10),
    },
  });

  test("has TTFT and E2E in closed form", () => {
    expect(result.ttft.mean).toBeCloseTo(ttft, 14);
    expect(result.e2e.mean).toBeCloseTo(ttft + decode, 14);
    expect(result.tpot.mean).toBeCloseTo(decode / 9, 14);
    expect([ttft, ttft + decode].map((s) => Math.round(s * 1e6))).toEqual([46_699, 235_201]);
  });

  test("takes the device as the limit that it is in each phase", () => {
    const flops = ttft * 2 * 1.513e15 + 9 * 2 * 70e9 + 4 * 64 * 128 * 80 * 9045;
    const bytes = 140e9 + 327_680 * 1000 + decode * 2 * 3.35e12;
    expect(result.utilization.flops).toBeCloseTo(flops / (ttft + decode) / (2 * 1.513e15), 12);
    expect(result.utilization.bandwidth).toBeCloseTo(bytes / (ttft + decode) / (2 * 3.35e12), 12);
  });

  test("is what the arithmetic of the other tests says", () => {
    expect(servedAlone(1000, 10).ttft).toBeCloseTo(ttft, 14);
    expect(servedAlone(1000, 10).e2e).toBeCloseTo(ttft + decode, 14);
  });
});

describe("traffic of equal requests has the means of independent arithmetic", () => {
  const count = 60;
  test.each([
    { pattern: "batched", batchSize: undefined, arrivalRate: undefined, prompt: 100, output: 30 },
    { pattern: "batched", batchSize: undefined, arrivalRate: undefined, prompt: 600, output: 90 },
    { pattern: "batched", batchSize: 20, arrivalRate: 10, prompt: 700, output: 50 },
    { pattern: "fixed_rate", batchSize: undefined, arrivalRate: 0.5, prompt: 1000, output: 50 },
    { pattern: "fixed_rate", batchSize: undefined, arrivalRate: 8, prompt: 1000, output: 100 },
    { pattern: "fixed_rate", batchSize: undefined, arrivalRate: 60, prompt: 300, output: 40 },
  ] as const)("%o", ({ pattern, batchSize, arrivalRate, prompt, output }) => {
    const { ttft, e2e, itl, preemptions } = simulate({
      ...seventyB,
      scheduler: { ...seventyB.scheduler, maxNumBatchedTokens: 2048 },
      workload: {
        arrivalPattern: pattern,
        batchSize,
        arrivalRate,
        numRequests: count,
        inputLenDist: fixed(prompt),
        outputLenDist: fixed(output),
      },
    });
    const group = pattern === "batched" ? (batchSize ?? count) : 1;
    const expected = servedTogether({
      arrivalTimes: Array.from({ length: count }, (_, i) =>
        arrivalRate === undefined ? 0 : (Math.floor(i / group) * group) / arrivalRate,
      ),
      prompt,
      output,
      budget: 2048,
    });
    expect(preemptions.total).toBe(0);
    expect(relativeError(ttft.mean, expected.ttft)).toBeLessThan(1e-9);
    expect(relativeError(e2e.mean, expected.e2e)).toBeLessThan(1e-9);
    expect(relativeError(itl.mean, expected.perToken)).toBeLessThan(1e-9);
  });
});

test("requests too far apart to meet are all served as if alone", () => {
  const { ttft, e2e } = simulate({
    ...seventyB,
    workload: {
      arrivalPattern: "fixed_rate",
      arrivalRate: 0.5,
      numRequests: 20,
      inputLenDist: fixed(1000),
      outputLenDist: fixed(50),
    },
  });
  const alone = servedAlone(1000, 50);
  expect(relativeError(ttft.max, alone.ttft)).toBeLessThan(1e-9);
  expect(relativeError(e2e.min, alone.e2e)).toBeLessThan(1e-9);
});
