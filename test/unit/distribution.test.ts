import fc from "fast-check";
import { expect, test } from "vitest";
import { distributionOf, quantiles, sum } from "../../src/metrics/distribution.js";

const values = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 3 }),
  ),
  { minLength: 1, maxLength: 200 },
);

test("quantiles are those of R-7: on the line through the points (i / (n − 1), i-th smallest)", () => {
  const qs = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, qs, (sample, shares) => {
      const sorted = sample.toSorted((a, b) => a - b);
      const ascending = shares.toSorted((a, b) => a - b);
      const found = quantiles(Float64Array.from(sample), ascending);
      ascending.forEach((q, i) => expect(found[i]).toBeCloseTo(onTheLine(sorted, q), 6));
    }),
  );
});

/** Each order statistic weighs in with a tent of width 1 around its rank. */
function onTheLine(sorted: readonly number[], q: number): number {
  return sorted.reduce(
    (total, value, i) => total + value * Math.max(0, 1 - Math.abs(q * (sorted.length - 1) - i)),
    0,
  );
}

test("numpy's percentiles of a known sample", () => {
  // numpy.percentile([15, 20, 35, 40, 50], [50, 90, 95, 99])
  const { p50, p90, p95, p99 } = distributionOf(Float64Array.of(40, 15, 50, 20, 35));
  expect([p50, p90, p95, p99]).toEqual([35, 46, 48, 49.6]);
});

test("selecting orders samples of every shape as sorting does", () => {
  const shapes = [
    Float64Array.from({ length: 5001 }, (_, i) => i),
    Float64Array.from({ length: 5001 }, (_, i) => 5000 - i),
    Float64Array.from({ length: 5001 }, (_, i) => Math.min(i, 5000 - i)),
    Float64Array.from({ length: 5001 }, (_, i) => i % 7),
    Float64Array.from({ length: 5001 }, (_, i) => (i * 2654435761) % 5003),
  ];
  for (const shape of shapes) {
    const sorted = shape.toSorted();
    const ranks = [0, 1, 2500, 4998, 5000];
    expect(
      quantiles(
        shape,
        ranks.map((rank) => rank / 5000),
      ),
    ).toEqual(ranks.map((rank) => sorted[rank]));
  }
});

test("min ≤ p50 ≤ p90 ≤ p95 ≤ p99 ≤ max, and the mean lies between min and max", () => {
  fc.assert(
    fc.property(values, (sample) => {
      const { count, min, mean, p50, p90, p95, p99, max } = distributionOf(
        Float64Array.from(sample),
      );
      expect(count).toBe(sample.length);
      const steps = [min, p50, p90, p95, p99, max];
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect([min, max]).toEqual([Math.min(...sample), Math.max(...sample)]);
      expect(mean).toBeGreaterThanOrEqual(min);
      expect(mean).toBeLessThanOrEqual(max);
    }),
  );
});

test("a sum does not lose small terms beside large ones", () => {
  const terms = Float64Array.of(1, 1e100, 1, -1e100);
  expect(sum(terms)).toBe(2);
});

test("an empty sample has a count of 0 and nothing else", () => {
  const { count, ...rest } = distributionOf(new Float64Array(0));
  expect(count).toBe(0);
  expect(Object.values(rest)).toEqual([NaN, NaN, NaN, NaN, NaN, NaN, NaN]);
});
