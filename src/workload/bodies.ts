/** What synthetic requests carry: lengths, bounds and priorities. When they arrive is left to arrivals.ts and closed-loop.ts. */
import type { Seconds, Tokens } from "../base/units.js";
import { Substreams } from "../random/rng.js";
import type { RequestSpec } from "../request/request-spec.js";
import { LengthSampler, type LengthConfig } from "./lengths.js";
import type { LengthDistribution } from "./workload.js";

/**
 * The half of a workload that says what request i is; the other half says when it comes. Any source of bodies goes with
 * any source of times. A body must not depend on the arrival time.
 */
export interface Bodies {
  /** Request `index` (from 0, in order of arrival), arriving at `arrivalTime`. */
  request(index: number, arrivalTime: Seconds): RequestSpec;
}

/** A priority and how often it comes, in proportion to the other weights. */
export interface PriorityWeight {
  readonly value: number;
  readonly weight: number;
}

/** Lengths from distributions, independent from request to request and of each other. */
export class SyntheticBodies implements Bodies {
  readonly #inputLengths: LengthSampler;
  readonly #outputLengths: LengthSampler;
  readonly #maxTokens: Tokens | undefined;
  readonly #priorities: PrioritySampler | undefined;

  constructor(
    inputLenDist: LengthConfig | LengthDistribution,
    outputLenDist: LengthConfig | LengthDistribution,
    maxTokens: Tokens | undefined,
    priorities: PrioritySampler | undefined,
    seed: number,
  ) {
    this.#inputLengths = new LengthSampler(inputLenDist, seed, "input-lengths");
    this.#outputLengths = new LengthSampler(outputLenDist, seed, "output-lengths");
    this.#maxTokens = maxTokens;
    this.#priorities = priorities;
  }

  request(index: number, arrivalTime: Seconds): RequestSpec {
    return {
      arrivalTime,
      numPromptTokens: this.#inputLengths.at(index),
      numOutputTokens: this.#outputLengths.at(index),
      maxTokens: this.#maxTokens,
      priority: this.#priorities === undefined ? 0 : this.#priorities.at(index),
      abortTime: undefined,
    };
  }
}

/** Draws the priority of request i by weight, from a stream keyed by i. */
export class PrioritySampler {
  readonly #streams: Substreams;
  readonly #priorities: readonly PriorityWeight[];
  readonly #totalWeight: number;

  constructor(priorities: readonly PriorityWeight[], seed: number) {
    this.#streams = new Substreams(seed, "priorities");
    this.#priorities = priorities.filter(({ weight }) => weight > 0);
    this.#totalWeight = this.#priorities.reduce((sum, { weight }) => sum + weight, 0);
  }

  at(index: number): number {
    let left = this.#streams.at(index).float() * this.#totalWeight;
    let value = 0;
    for (const priority of this.#priorities) {
      value = priority.value;
      left -= priority.weight;
      if (left < 0) break; // otherwise the last one, should rounding leave a crumb
    }
    return value;
  }
}
