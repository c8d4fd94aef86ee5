/** Draws from the distributions that traffic is made of, in standard form: the caller scales. */
import { ln, pow } from "../base/math.js";
import { normalQuantile } from "./normal-quantile.js";
import { nextFloat, type Rng } from "./rng.js";

/** Exponential with mean 1, by inversion; one draw from the stream. */
export function exponential(rng: Rng): number {
  return 0 - ln(1 - nextFloat(rng)); // 0 − 0, not −0
}

/** Normal with mean 0 and variance 1, by inversion; one draw from the stream. */
export function standardNormal(rng: Rng): number {
  // Between the numbers that can be drawn, and never at 1: the last sum would round up to it.
  return normalQuantile(Math.min(nextFloat(rng) + 2 ** -54, 1 - 2 ** -53));
}

/**
 * Gamma with the given shape (> 0) and scale 1: mean and variance are the shape. Marsaglia and Tsang, "A simple method
 * for generating gamma variables" (2000); below shape 1 with their boost Γ(a) = Γ(a + 1) · U^(1/a).
 */
export function gamma(rng: Rng, shape: number): number {
  if (shape < 1) return gamma(rng, shape + 1) * pow(1 - nextFloat(rng), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(rng);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = nextFloat(rng);
    if (u < 1 - 0.0331 * x * x * x * x || ln(u) < 0.5 * x * x + d * (1 - v + ln(v))) return d * v;
  }
}
