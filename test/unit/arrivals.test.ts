import { describe, expect, test } from "vitest";
import { createArrivals, type ArrivalSettings } from "../../src/workload/arrivals.js";
import { gapsOf, kolmogorovSmirnov, mean, times, variationOf } from "../support/statistics.js";

type Pattern = Parameters<typeof createArrivals>[0];

function arrivals(pattern: Pattern, settings: ArrivalSettings, n: number, seed = 42): number[] {
  const arrivalTimes = createArrivals(pattern, settings, seed);
  return times(n, () => arrivalTimes.next());
}

const N = 20_000;
const RATE = 5;

const everyPattern: [Pattern, ArrivalSettings][] = [
  ["poisson", {}],
  ["uniform", {}],
  ["fixed_rate", {}],
  ["burst", { burstSize: 4 }],
  ["batched", { batchSize: 4 }],
  ["gamma", { burstiness: 0.5 }],
];

describe("every pattern", () => {
  test.each(everyPattern)("%s keeps the mean rate", (pattern, settings) => {
    const last = arrivals(pattern, { ...settings, arrivalRate: RATE }, N).at(-1)!;
    expect(Math.abs((RATE * last) / N - 1)).toBeLessThan(0.05); // 3 to 4 standard errors of the burstiest
  });

  test.each(everyPattern)("%s never goes back in time", (pattern, settings) => {
    const xs = arrivals(pattern, { ...settings, arrivalRate: RATE }, N);
    expect(xs[0]).toBeGreaterThanOrEqual(0);
    expect(gapsOf(xs).every((gap) => gap >= 0)).toBe(true);
  });

  test.each(everyPattern)("%s at twice the rate comes at half the times", (pattern, settings) => {
    const slow = arrivals(pattern, { ...settings, arrivalRate: RATE }, 100);
    const fast = arrivals(pattern, { ...settings, arrivalRate: 2 * RATE }, 100);
    fast.forEach((time, i) => expect(time).toBeCloseTo(slow[i]! / 2, 10));
  });

  test.each(["poisson", "uniform", "burst", "gamma"] as const)(
    "%s depends on the seed",
    (pattern) => {
      const settings = { arrivalRate: RATE };
      expect(arrivals(pattern, settings, 20)).toEqual(arrivals(pattern, settings, 20));
      expect(arrivals(pattern, settings, 20)).not.toEqual(arrivals(pattern, settings, 20, 43));
      expect(arrivals(pattern, settings, 1)[0]).toBeGreaterThan(0); // one gap after 0
    },
  );
});

describe("gaps", () => {
  test("of poisson traffic are exponential", () => {
    const gaps = gapsOf(arrivals("poisson", { arrivalRate: RATE }, N));
    expect(kolmogorovSmirnov(gaps, (x) => 1 - Math.exp(-RATE * x))).toBeLessThan(1.95);
    expect(variationOf(gaps)).toBeCloseTo(1, 1);
  });

  test("of uniform traffic are uniform on [0, 2/rate)", () => {
    const gaps = gapsOf(arrivals("uniform", { arrivalRate: RATE }, N));
    expect(kolmogorovSmirnov(gaps, (x) => (RATE * x) / 2)).toBeLessThan(1.95);
    expect(Math.abs(variationOf(gaps) - 1 / Math.sqrt(3))).toBeLessThan(4 * Math.sqrt(8 / 45 / N));
  });

  test.each([0.25, 1, 4])("of gamma traffic have variation 1/√%d", (burstiness) => {
    const gaps = gapsOf(arrivals("gamma", { arrivalRate: RATE, burstiness }, N));
    expect(variationOf(gaps) * Math.sqrt(burstiness)).toBeCloseTo(1, 1);
  });

  test("of gamma traffic with burstiness 1, the default, are exponential", () => {
    const gaps = gapsOf(arrivals("gamma", { arrivalRate: RATE }, N));
    expect(kolmogorovSmirnov(gaps, (x) => 1 - Math.exp(-RATE * x))).toBeLessThan(1.95);
  });

  test("between bursts are exponential with mean burstSize/rate, and 0 within", () => {
    const xs = arrivals("burst", { arrivalRate: RATE }, N); // 10 is the default size
    const groups = times(N / 10, (i) => xs.slice(10 * i, 10 * i + 10));
    expect(groups.every((group) => new Set(group).size === 1)).toBe(true);
    const gaps = gapsOf(groups.map((group) => group[0]!));
    expect(kolmogorovSmirnov(gaps, (x) => 1 - Math.exp((-RATE / 10) * x))).toBeLessThan(1.95);
  });
});

describe("regular traffic", () => {
  test("request i of fixed_rate arrives at i/rate exactly: no drift", () => {
    expect(arrivals("fixed_rate", { arrivalRate: 3 }, N)).toEqual(times(N, (i) => i / 3));
  });

  test("batches come every batchSize/rate seconds from t = 0", () => {
    expect(arrivals("batched", { arrivalRate: 2, batchSize: 3 }, 7)).toEqual([
      0, 0, 0, 1.5, 1.5, 1.5, 3,
    ]);
  });

  test("batched traffic without a batch size all comes at t = 0, whatever the rate", () => {
    expect(mean(arrivals("batched", { arrivalRate: 2 }, 100))).toBe(0);
    expect(mean(arrivals("batched", {}, 100))).toBe(0);
  });
});
