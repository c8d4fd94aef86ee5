/** What synthetic requests carry: lengths, bounds, priorities and labels. When they arrive is left to arrivals.ts and closed-loop.ts. */
import type { Seconds, Tokens } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { LabelSampler } from "./labels.js";
import { LengthSampler, type LengthConfig } from "./lengths.js";
import type { WeightedSampler } from "./weighted-sampler.js";
import type { LengthDistribution } from "./workload.js";

/**
 * The half of a workload that says what request i is; the other half says when it comes. Any source of bodies goes with
 * any source of times. A body must not depend on the arrival time.
 */
export interface Bodies {
  /** Request `index` (from 0, in order of arrival), arriving at `arrivalTime`. */
  request(index: number, arrivalTime: Seconds): RequestSpec;
}

/** Lengths from distributions, independent from request to request and of each other. */
export class SyntheticBodies implements Bodies {
  readonly #inputLengths: LengthSampler;
  readonly #outputLengths: LengthSampler;
  readonly #maxTokens: Tokens | undefined;
  readonly #priorities: WeightedSampler<number> | undefined;
  readonly #labels: LabelSampler;

  constructor(
    inputLenDist: LengthConfig | LengthDistribution,
    outputLenDist: LengthConfig | LengthDistribution,
    maxTokens: Tokens | undefined,
    priorities: WeightedSampler<number> | undefined,
    labels: LabelSampler,
    seed: number,
  ) {
    this.#inputLengths = new LengthSampler(inputLenDist, seed, "input-lengths");
    this.#outputLengths = new LengthSampler(outputLenDist, seed, "output-lengths");
    this.#maxTokens = maxTokens;
    this.#priorities = priorities;
    this.#labels = labels;
  }

  request(index: number, arrivalTime: Seconds): RequestSpec {
    return {
      arrivalTime,
      numPromptTokens: this.#inputLengths.at(index),
      numOutputTokens: this.#outputLengths.at(index),
      maxTokens: this.#maxTokens,
      priority: this.#priorities === undefined ? 0 : this.#priorities.at(index),
      abortTime: undefined,
      tenant: this.#labels.tenantAt(index),
      class: this.#labels.classAt(index),
    };
  }
}
