import { describe, expect, test } from "vitest";
import { nextFloat, nextInt, Substreams, substream } from "../../src/random/rng.js";
import { correlation, kolmogorovSmirnov, mean, times } from "../support/statistics.js";

const N = 20_000;
const identity = (x: number): number => x;

describe("substreams", () => {
  test("the same seed, name and index give the same numbers", () => {
    const [a, b] = [substream(42, "lengths", 7), substream(42, "lengths", 7)];
    expect(times(5, () => nextFloat(a))).toEqual(times(5, () => nextFloat(b)));
    expect(nextFloat(new Substreams(42, "lengths").at(7))).toBe(
      nextFloat(substream(42, "lengths", 7)),
    );
  });

  test("a stream does not depend on which others were used before", () => {
    const streams = new Substreams(1, "x");
    const alone = nextFloat(streams.at(3));
    const kept = streams.at(3);
    nextFloat(streams.at(2));
    expect(nextFloat(kept)).toBe(alone);
  });

  test("golden first draws", () => {
    expect(nextFloat(substream(42, "arrivals"))).toBe(0.07823934369890362);
    expect(nextInt(substream(42, "input-lengths", 1), 1, 1_000_000)).toBe(287_774);
  });

  test.each([
    ["index", (i: number) => nextFloat(substream(42, "x", i))],
    ["seed", (i: number) => nextFloat(substream(i, "x"))],
    ["seed beyond 2^32", (i: number) => nextFloat(substream(2 ** 53 - 1 - i, "x"))],
    ["seed in steps of 2^32", (i: number) => nextFloat(substream(i * 2 ** 32, "x"))],
    ["index in steps of 2^32", (i: number) => nextFloat(substream(42, "x", i * 2 ** 32))],
    ["name", (i: number) => nextFloat(substream(42, `x${i}`))],
    [
      "step of one stream",
      (
        (rng) => () =>
          nextFloat(rng)
      )(substream(42, "x")),
    ],
  ])("numbers are uniform and uncorrelated from one %s to the next", (_, draw) => {
    const xs = times(N, draw);
    expect(kolmogorovSmirnov(xs, identity)).toBeLessThan(1.95);
    for (const lag of [1, 2, 3]) {
      expect(Math.abs(correlation(xs.slice(lag), xs.slice(0, -lag)))).toBeLessThan(
        4 / Math.sqrt(N),
      );
    }
    expect(new Set(xs).size).toBe(N);
  });

  test("streams of two names, and of two seeds, are uncorrelated", () => {
    const inputs = times(N, (i) => nextFloat(substream(42, "input-lengths", i)));
    const outputs = times(N, (i) => nextFloat(substream(42, "output-lengths", i)));
    const otherSeed = times(N, (i) => nextFloat(substream(43, "input-lengths", i)));
    expect(Math.abs(correlation(inputs, outputs))).toBeLessThan(4 / Math.sqrt(N));
    expect(Math.abs(correlation(inputs, otherSeed))).toBeLessThan(4 / Math.sqrt(N));
  });

  test("every bit of the first draws is set about half the time", () => {
    for (let bit = 0; bit < 32; bit++) {
      const share = mean(
        times(N, (i) => (nextInt(substream(i, "x"), 0, 2 ** 32 - 1) / 2 ** bit) & 1),
      );
      expect(Math.abs(share - 0.5)).toBeLessThan(2 / Math.sqrt(N));
    }
  });
});

describe("draws", () => {
  test("floats lie in [0, 1)", () => {
    const rng = substream(1, "x");
    const xs = times(N, () => nextFloat(rng));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThan(1);
  });

  test("integers are uniform over both ends", () => {
    const rng = substream(1, "x");
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < N; i++) counts[nextInt(rng, 3, 7) - 3]!++;
    for (const count of counts) expect(Math.abs(count - N / 5)).toBeLessThan(4 * Math.sqrt(N / 5));
  });
});
