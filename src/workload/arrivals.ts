/** When requests arrive, for traffic that does not wait for answers. What they carry is left to bodies.ts. */
import { assert } from "../base/assert.js";
import type { Seconds } from "../base/units.js";
import { exponential, gamma } from "../random/distributions.js";
import { nextFloat, substream, type Rng } from "../random/rng.js";

/** How requests arrive; `arrivalRate` and the keys named after a pattern say the rest. */
export type ArrivalPattern =
  "poisson" | "uniform" | "fixed_rate" | "burst" | "batched" | "closed_loop" | "gamma";

/** A sequence of arrival times. */
export interface ArrivalTimes {
  /** The next arrival time, never before the one given last; Infinity after the last arrival. */
  next(): Seconds;
}

export interface ArrivalSettings {
  /** Requests per second; every pattern but "batched" without a `batchSize` needs it. */
  readonly arrivalRate?: number;
  /** Requests of one burst. Default 10. */
  readonly burstSize?: number;
  /** Requests of one batch. Default: all of them at t = 0. */
  readonly batchSize?: number;
  /** Shape of the gamma gaps; 1 is Poisson, smaller is burstier. Default 1. */
  readonly burstiness?: number;
}

/**
 * The arrival times of a pattern: an endless sequence, which the caller cuts. All patterns have the mean rate
 * `arrivalRate`. Fixed-rate and batched traffic starts at t = 0, the others one gap later.
 */
export function createArrivals(
  pattern: Exclude<ArrivalPattern, "closed_loop">,
  settings: ArrivalSettings,
  seed: number,
): ArrivalTimes {
  const { arrivalRate: rate, batchSize, burstSize = 10, burstiness = 1 } = settings;
  if (pattern === "batched" && batchSize === undefined) return new Batches(Infinity, 1);
  assert(rate !== undefined && rate > 0, `arrival pattern "${pattern}" has a positive rate`);
  const rng = substream(seed, "arrivals");
  switch (pattern) {
    case "poisson":
      return new Bursts(rng, 1, rate);
    case "burst":
      return new Bursts(rng, burstSize, rate);
    case "uniform":
      return new UniformGaps(rng, rate);
    case "gamma":
      return new GammaGaps(rng, rate, burstiness);
    case "fixed_rate":
      return new Batches(1, rate);
    case "batched":
      return new Batches(batchSize!, rate);
  }
}

/** Groups of `size` requests at once, the groups a Poisson process of rate/size groups per second; size 1 is Poisson. */
class Bursts implements ArrivalTimes {
  readonly #rng: Rng;
  readonly #size: number;
  readonly #meanGap: Seconds;
  #time: Seconds = 0;
  #left = 0;

  constructor(rng: Rng, size: number, rate: number) {
    this.#rng = rng;
    this.#size = size;
    this.#meanGap = size / rate;
  }

  next(): Seconds {
    if (this.#left === 0) {
      this.#time += exponential(this.#rng) * this.#meanGap;
      this.#left = this.#size;
    }
    this.#left--;
    return this.#time;
  }
}

/** Independent gaps, uniform on [0, 2/rate). */
class UniformGaps implements ArrivalTimes {
  readonly #rng: Rng;
  readonly #longestGap: Seconds;
  #time: Seconds = 0;

  constructor(rng: Rng, rate: number) {
    this.#rng = rng;
    this.#longestGap = 2 / rate;
  }

  next(): Seconds {
    this.#time += nextFloat(this.#rng) * this.#longestGap;
    return this.#time;
  }
}

/** Independent gamma gaps of mean 1/rate and coefficient of variation 1/√shape, as `vllm bench serve --burstiness` has them. */
class GammaGaps implements ArrivalTimes {
  readonly #rng: Rng;
  readonly #shape: number;
  readonly #scale: Seconds;
  #time: Seconds = 0;

  constructor(rng: Rng, rate: number, shape: number) {
    this.#rng = rng;
    this.#shape = shape;
    this.#scale = 1 / (shape * rate);
  }

  next(): Seconds {
    this.#time += gamma(this.#rng, this.#shape) * this.#scale;
    return this.#time;
  }
}

/** `size` requests at once every size/rate seconds from t = 0; size 1 is a fixed rate. Computed from the count, so it does not drift. */
class Batches implements ArrivalTimes {
  readonly #size: number;
  readonly #rate: number;
  #count = 0;

  constructor(size: number, rate: number) {
    this.#size = size;
    this.#rate = rate;
  }

  next(): Seconds {
    const positionInBatch = this.#count % this.#size;
    return (this.#count++ - positionInBatch) / this.#rate;
  }
}
