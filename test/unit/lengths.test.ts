import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/base/errors.js";
import {
  fixed,
  LengthSampler,
  lognormal,
  normal,
  uniform,
  type LengthConfig,
} from "../../src/workload/lengths.js";
import type { LengthDistribution } from "../../src/workload/workload.js";
import { mean, times, variance } from "../support/statistics.js";

const N = 20_000;

function draw(distribution: LengthConfig | LengthDistribution, n = N, seed = 42): number[] {
  const sampler = new LengthSampler(distribution, seed, "lengths");
  return times(n, (i) => sampler.at(i));
}

describe("built-in distributions", () => {
  test("the constructors give the tagged data of the file format", () => {
    expect(fixed(8)).toEqual({ type: "fixed", value: 8 });
    expect(uniform(1, 9)).toEqual({ type: "uniform", min: 1, max: 9 });
    expect(normal(300, 80)).toEqual({ type: "normal", mean: 300, stdDev: 80 });
    expect(lognormal(6.9, 0.7)).toEqual({ type: "lognormal", mean: 6.9, stdDev: 0.7 });
  });

  test("fixed gives its value", () => {
    expect(new Set(draw(fixed(100)))).toEqual(new Set([100]));
  });

  test("uniform gives every integer of [min, max] equally often", () => {
    const xs = draw(uniform(3, 6));
    expect(new Set(xs)).toEqual(new Set([3, 4, 5, 6]));
    expect(Math.abs(mean(xs) - 4.5)).toBeLessThan(4 * Math.sqrt(15 / 12 / N));
  });

  test("normal has its mean and standard deviation", () => {
    const xs = draw(normal(300, 40));
    expect(Math.abs(mean(xs) - 300)).toBeLessThan((4 * 40) / Math.sqrt(N));
    expect(Math.sqrt(variance(xs)) / 40).toBeCloseTo(1, 1);
  });

  test("lognormal's logarithm has its mean and standard deviation", () => {
    const logs = draw(lognormal(6.9, 0.7)).map(Math.log);
    expect(Math.abs(mean(logs) - 6.9)).toBeLessThan((4 * 0.7) / Math.sqrt(N));
    expect(Math.sqrt(variance(logs)) / 0.7).toBeCloseTo(1, 1);
  });

  test("lengths are integers of [1, 2^31)", () => {
    for (const distribution of [
      normal(0, 5),
      lognormal(21, 5),
      lognormal(2000, 1),
      lognormal(-5, 1),
    ]) {
      const xs = draw(distribution, 2000);
      expect(xs.every(Number.isInteger)).toBe(true);
      expect(Math.min(...xs)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...xs)).toBeLessThan(2 ** 31);
    }
  });

  test("lengths round to the nearest integer", () => {
    expect(draw(normal(2.4, 0), 1)).toEqual([2]);
    expect(draw(normal(2.6, 0), 1)).toEqual([3]);
  });

  test("a length depends on seed and index, not on what was drawn before", () => {
    const sampler = new LengthSampler(lognormal(5, 1), 42, "lengths");
    const backwards = times(50, (i) => sampler.at(49 - i)).toReversed();
    expect(backwards).toEqual(draw(lognormal(5, 1), 50));
    expect(backwards).not.toEqual(draw(lognormal(5, 1), 50, 43));
  });
});

describe("a plug-in", () => {
  test("draws from the stream of the request's index", () => {
    const plugin: LengthDistribution = {
      name: "dice",
      sample: (random) => 1 + Math.floor(random() * 6),
    };
    const xs = draw(plugin);
    expect(new Set(xs)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(draw(plugin, 10)).toEqual(xs.slice(0, 10));
  });

  test("is rounded, raised to 1 and capped like the others", () => {
    expect(draw({ name: "x", sample: () => 7.6 }, 1)).toEqual([8]);
    expect(draw({ name: "x", sample: () => -3 }, 1)).toEqual([1]);
    expect(draw({ name: "x", sample: () => 1e12 }, 1)).toEqual([2 ** 31 - 1]);
  });

  test.each([NaN, Infinity, undefined, "12"])(
    "that answers %s is named in a ConfigError",
    (answer) => {
      const broken = { name: "my-lengths", sample: () => answer } as unknown as LengthDistribution;
      expect(() => draw(broken, 1)).toThrow(ConfigError);
      expect(() => draw(broken, 1)).toThrow(/"my-lengths" gave/);
    },
  );
});
