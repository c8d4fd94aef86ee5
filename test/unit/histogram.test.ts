import fc from "fast-check";
import { expect, test } from "vitest";
import { Histogram } from "../../src/collections/histogram.js";
import { quantiles } from "../../src/metrics/distribution.js";

const duration = fc.oneof(
  fc.constant(0),
  fc.double({ min: 2 ** -60, max: 2 ** 60, noNaN: true }),
  // Where buckets begin.
  fc
    .tuple(fc.integer({ min: 128, max: 256 }), fc.integer({ min: -40, max: 40 }))
    .map(([mantissa, exponent]) => mantissa * 2 ** exponent),
);
const entry = fc.tuple(duration, fc.integer({ min: 0, max: 5 }));
const entries = fc.array(entry, { minLength: 1, maxLength: 60 });

const histogramOf = (values: readonly (readonly [number, number])[]) => {
  const histogram = new Histogram();
  for (const [value, weight] of values) histogram.add(value, weight);
  return histogram;
};
const expand = (values: readonly (readonly [number, number])[]) =>
  values.flatMap(([value, weight]) => new Array<number>(weight).fill(value));
const shares = [0, 0.1, 0.5, 0.9, 0.95, 0.99, 1];

test("count, min and max are exact", () => {
  fc.assert(
    fc.property(entries, (values) => {
      const all = expand(values);
      const { count, min, max } = histogramOf(values);
      expect(count).toBe(all.length);
      expect(min).toBe(all.length === 0 ? NaN : Math.min(...all));
      expect(max).toBe(all.length === 0 ? NaN : Math.max(...all));
    }),
  );
});

test("a percentile is within 2^-8 of the exact one, and the extremes are exact", () => {
  fc.assert(
    fc.property(entries, (values) => {
      const histogram = histogramOf(values);
      const exact = quantiles(Float64Array.from(expand(values)), shares);
      shares.forEach((q, i) => {
        const error = Math.abs(histogram.percentile(q) - exact[i]!);
        // The last bits are those of the interpolation.
        if (histogram.count > 0) expect(error).toBeLessThanOrEqual(exact[i]! * (2 ** -8 + 1e-12));
      });
      expect(histogram.percentile(0)).toBe(histogram.min);
      expect(histogram.percentile(1)).toBe(histogram.max);
    }),
  );
});

test("merging gives what adding all values to one histogram gives", () => {
  fc.assert(
    fc.property(entries, entries, (first, second) => {
      const merged = histogramOf(first);
      merged.merge(histogramOf(second));
      expect(summaryOf(merged)).toEqual(summaryOf(histogramOf([...first, ...second])));
    }),
  );
});

test("the order of the values and how they are grouped make no difference", () => {
  fc.assert(
    fc.property(entries, (values) => {
      const single = expand(values)
        .reverse()
        .map((value) => [value, 1] as const);
      expect(summaryOf(histogramOf(single))).toEqual(summaryOf(histogramOf(values)));
    }),
  );
});

test("equal values have themselves as every percentile", () => {
  expect(shares.map((q) => histogramOf([[0.0123, 1000]]).percentile(q))).toEqual(
    shares.map(() => 0.0123),
  );
});

test("zero is a value of its own, also with a sign", () => {
  const histogram = histogramOf([
    [0, 3],
    [-0, 3],
    [1, 4],
  ]);
  expect(histogram.percentile(0.5)).toBe(0);
  expect(histogram.percentile(0.9)).toBe(1);
});

test("values outside the range of the buckets are counted, and keep min and max exact", () => {
  const histogram = histogramOf([
    [Number.MIN_VALUE, 1],
    [Number.MAX_VALUE, 1],
  ]);
  expect(summaryOf(histogram).slice(0, 3)).toEqual([2, Number.MIN_VALUE, Number.MAX_VALUE]);
});

test("an empty histogram has no values to speak of", () => {
  expect(summaryOf(new Histogram())).toEqual([0, NaN, NaN, ...shares.map(() => NaN)]);
});

test("a negative value or NaN is a bug of the caller", () => {
  expect(() => new Histogram().add(-1, 1)).toThrow("not negative");
  expect(() => new Histogram().add(NaN, 1)).toThrow("not negative");
});

function summaryOf(histogram: Histogram): number[] {
  const { count, min, max } = histogram;
  return [count, min, max, ...shares.map((q) => histogram.percentile(q))];
}
