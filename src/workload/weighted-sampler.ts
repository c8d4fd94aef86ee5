/** Draws from a few values that come more or less often. */
import { nextFloat, Substreams } from "../random/rng.js";

/** A value and how often it comes, in proportion to the other weights. */
export interface Weighted<T> {
  readonly value: T;
  readonly weight: number;
}

/** What is drawn for index i comes from a stream keyed by i. */
export class WeightedSampler<T> {
  readonly #streams: Substreams;
  readonly #choices: readonly Weighted<T>[];
  readonly #totalWeight: number;

  /**
   * @param choices at least one with a weight above 0
   * @param name of the streams
   */
  constructor(choices: readonly Weighted<T>[], seed: number, name: string) {
    this.#streams = new Substreams(seed, name);
    this.#choices = choices.filter(({ weight }) => weight > 0);
    this.#totalWeight = this.#choices.reduce((sum, { weight }) => sum + weight, 0);
  }

  at(index: number): T {
    const choices = this.#choices;
    let left = nextFloat(this.#streams.at(index)) * this.#totalWeight;
    let i = 0;
    // The last one, should rounding leave a crumb.
    while (i < choices.length - 1 && (left -= choices[i]!.weight) >= 0) i++;
    return choices[i]!.value;
  }
}
