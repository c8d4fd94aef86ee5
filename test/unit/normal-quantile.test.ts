import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { normalQuantile } from "../../src/random/normal-quantile.js";

describe("the quantile of the standard normal distribution", () => {
  // The roots of the distribution function, found with 60 digits.
  test.each([
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.925, 1.4395314709384563],
    [0.975, 1.9599639845400543],
    [0.999, 3.0902323061678136],
    [1e-6, -4.753424308822899],
    [1e-12, -7.034483825301132],
    [1e-100, -21.273453560965326],
    [1e-300, -37.0470962993612],
  ])("at %d is %d", (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(x)));
  });

  test("ends at infinity", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });

  // 1 − p is exact for these.
  const arbMultiple = fc.integer({ min: 1, max: 2 ** 52 }).map((k) => k / 2 ** 53);
  test.prop([arbMultiple])("is odd around ½", (p) => {
    expect(normalQuantile(1 - p)).toBe(0 - normalQuantile(p));
  });

  test.prop([
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ])("never falls", (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    // Up to rounding: neighbours may come out in the wrong order.
    expect(normalQuantile(low)).toBeLessThanOrEqual(normalQuantile(high) + 1e-14);
  });
});
