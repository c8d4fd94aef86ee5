import { describe, expect, test } from "vitest";
import { exponential, gamma, standardNormal } from "../../src/random/distributions.js";
import { substream } from "../../src/random/rng.js";
import { kolmogorovSmirnov, mean, times, variance } from "../support/statistics.js";

const N = 50_000;

/** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
function normalCdf(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const tail =
    0.5 *
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp((-x * x) / 2);
  return x < 0 ? tail : 1 - tail;
}

describe("exponential", () => {
  const rng = substream(42, "exponential");
  const xs = times(N, () => exponential(rng));

  test("has mean 1 and variance 1", () => {
    expect(Math.abs(mean(xs) - 1)).toBeLessThan(4 / Math.sqrt(N));
    expect(Math.abs(variance(xs) - 1)).toBeLessThan(4 * Math.sqrt(8 / N));
  });

  test("follows 1 − e^−x", () => {
    expect(kolmogorovSmirnov(xs, (x) => 1 - Math.exp(-x))).toBeLessThan(1.95);
  });
});

describe("standardNormal", () => {
  const rng = substream(42, "normal");
  const xs = times(N, () => standardNormal(rng));

  test("has mean 0, variance 1, kurtosis 3", () => {
    expect(Math.abs(mean(xs))).toBeLessThan(4 / Math.sqrt(N));
    expect(Math.abs(variance(xs) - 1)).toBeLessThan(4 * Math.sqrt(2 / N));
    expect(Math.abs(mean(xs.map((x) => x ** 4)) - 3)).toBeLessThan(4 * Math.sqrt(96 / N));
  });

  test("follows the normal distribution function", () => {
    expect(kolmogorovSmirnov(xs, normalCdf)).toBeLessThan(1.95);
  });
});

describe("gamma", () => {
  test.each([0.1, 0.5, 0.9, 1, 2.5, 30])("has mean and variance %d for that shape", (shape) => {
    const rng = substream(42, "gamma");
    const xs = times(N, () => gamma(rng, shape));
    const fourth = 3 * shape * shape + 6 * shape; // central moment
    expect(Math.abs(mean(xs) - shape)).toBeLessThan(4 * Math.sqrt(shape / N));
    expect(Math.abs(variance(xs) - shape)).toBeLessThan(
      4 * Math.sqrt((fourth - shape * shape) / N),
    );
  });

  // Shapes whose distribution function has a closed form: ½ (a squared normal), 1 (exponential), 3 (Erlang).
  test.each([
    [0.5, (x: number) => 2 * normalCdf(Math.sqrt(2 * x)) - 1],
    [1, (x: number) => 1 - Math.exp(-x)],
    [3, (x: number) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2)],
  ])("follows its distribution function at shape %d", (shape, cdf) => {
    const rng = substream(7, "gamma");
    const xs = times(N, () => gamma(rng, shape));
    expect(kolmogorovSmirnov(xs, cdf)).toBeLessThan(1.95);
  });
});
