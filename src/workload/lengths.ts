/** How long prompts and outputs are. */
import { ConfigError } from "../base/errors.js";
import { exp } from "../base/math.js";
import type { Tokens } from "../base/units.js";
import { standardNormal } from "../random/distributions.js";
import { nextFloat, nextInt, Substreams, type Rng } from "../random/rng.js";
import type { LengthDistribution } from "./workload.js";

/** A built-in length distribution, as in a config file. Draws are rounded and raised to at least 1. */
export type LengthConfig =
  | { readonly type: "fixed"; readonly value: Tokens }
  /** Integers of [min, max], both included. */
  | { readonly type: "uniform"; readonly min: Tokens; readonly max: Tokens }
  | { readonly type: "normal"; readonly mean: number; readonly stdDev: number }
  /** `mean` and `stdDev` of the natural logarithm of the length. */
  | { readonly type: "lognormal"; readonly mean: number; readonly stdDev: number };

/** Always `value` tokens. */
export const fixed = (value: Tokens): LengthConfig => ({ type: "fixed", value });
/** Any integer from `min` to `max`, both included, equally likely. */
export const uniform = (min: Tokens, max: Tokens): LengthConfig => ({ type: "uniform", min, max });
/** A normal distribution, cut off below 1 token. */
export const normal = (mean: number, stdDev: number): LengthConfig => ({
  type: "normal",
  mean,
  stdDev,
});
/** `mean` and `stdDev` of the natural logarithm: the median is e^mean tokens. */
export const lognormal = (mean: number, stdDev: number): LengthConfig => ({
  type: "lognormal",
  mean,
  stdDev,
});

/** Results keep lengths in 32-bit columns. */
export const MAX_LENGTH: Tokens = 2 ** 31 - 1;

/**
 * Draws the length of request i from a stream keyed by i, so that another rate, arrival pattern or policy leaves
 * request i as it was.
 */
export class LengthSampler {
  /** One of the two. */
  readonly #distribution: LengthConfig | undefined;
  readonly #plugin: LengthDistribution | undefined;
  readonly #streams: Substreams;
  // What a plug-in draws from: one function for all requests, reading the stream of the current one.
  #rng: Rng;
  readonly #random = (): number => nextFloat(this.#rng);

  /** @param name of the substreams, e.g. "input-lengths" */
  constructor(distribution: LengthConfig | LengthDistribution, seed: number, name: string) {
    if ("sample" in distribution) this.#plugin = distribution;
    else this.#distribution = distribution;
    this.#streams = new Substreams(seed, name);
    this.#rng = this.#streams.at(0);
  }

  /**
   * The length of request `index`: an integer of [1, 2^31).
   * @throws ConfigError naming the plug-in, if it answers anything but a finite number
   */
  at(index: number): Tokens {
    const distribution = this.#distribution;
    if (distribution === undefined) return this.#samplePlugin(this.#plugin!, index);
    switch (distribution.type) {
      case "fixed":
        return toLength(distribution.value);
      case "uniform":
        return toLength(nextInt(this.#streams.at(index), distribution.min, distribution.max));
      case "normal":
        return toLength(
          distribution.mean + distribution.stdDev * standardNormal(this.#streams.at(index)),
        );
      case "lognormal":
        return toLength(
          exp(distribution.mean + distribution.stdDev * standardNormal(this.#streams.at(index))),
        );
    }
  }

  #samplePlugin(distribution: LengthDistribution, index: number): Tokens {
    this.#rng = this.#streams.at(index);
    const length: unknown = distribution.sample(this.#random);
    if (typeof length === "number" && Number.isFinite(length)) return toLength(length);
    const message = `length distribution "${distribution.name}" gave ${String(length)} for request ${index}`;
    throw new ConfigError([
      { path: ["workload"], message, fix: "sample() must return a finite number of tokens" },
    ]);
  }
}

function toLength(x: number): Tokens {
  if (x < 1.5) return 1;
  return x < MAX_LENGTH ? Math.floor(x + 0.5) : MAX_LENGTH;
}
