/** Plain statistics of samples, for laws about random numbers. */

export const mean = (xs: readonly number[]): number =>
  xs.reduce((sum, x) => sum + x, 0) / xs.length;

export function variance(xs: readonly number[]): number {
  const m = mean(xs);
  return mean(xs.map((x) => (x - m) ** 2));
}

/** Standard deviation over mean. */
export const variationOf = (xs: readonly number[]): number => Math.sqrt(variance(xs)) / mean(xs);

export function correlation(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)];
  return mean(xs.map((x, i) => (x - mx) * (ys[i]! - my))) / Math.sqrt(variance(xs) * variance(ys));
}

/**
 * Kolmogorov and Smirnov's distance between a sample and a distribution function, times √n: above 1.95 with a
 * probability of 1 in 1,000 when the sample is from the distribution.
 */
export function kolmogorovSmirnov(xs: readonly number[], cdf: (x: number) => number): number {
  const sorted = xs.toSorted((a, b) => a - b);
  const gaps = sorted.map((x, i) => Math.max(cdf(x) - i / xs.length, (i + 1) / xs.length - cdf(x)));
  return Math.max(...gaps) * Math.sqrt(xs.length);
}

/** Differences of neighbours. */
export const gapsOf = (xs: readonly number[]): number[] => xs.slice(1).map((x, i) => x - xs[i]!);

export const times = <T>(n: number, f: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => f(i));
