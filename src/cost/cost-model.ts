/** The only place where tokens become time. */
import type { Bytes, Flops, Seconds } from "../base/units.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { Provenance, Reach } from "./provenance.js";

/** What one forward pass costs, over all devices together. */
export interface StepCost {
  seconds: Seconds;
  flops: Flops;
  bytes: Bytes;
}

/** What steps cost that follow each other: an entry for each. */
export interface StepCosts {
  readonly seconds: Float64Array;
  readonly flops: Float64Array;
  readonly bytes: Float64Array;
}

/** Prices a forward pass. Pure: equal shapes cost the same, whatever came before. */
export interface CostModel {
  readonly name: string;
  /** FLOP/s of all devices together, the denominator of FLOP utilisation. */
  readonly peakFlops: Flops;
  /** Bytes/s of all devices together, the denominator of bandwidth utilisation. */
  readonly peakBandwidth: Bytes;
  /** Writes the cost of one step into `out`, which the caller owns and reuses. Called with at least one token. */
  stepCost(shape: BatchShape, out: StepCost): void;
  /**
   * The first `numSteps` costs of a run of steps that starts with `shape`: from step to step `decodeKvTokens` of `attention[i]` grows by
   * `kvTokenGrowth[i]`, and nothing else changes. To the bit what `stepCost` says of each, only quicker. Default: it is asked step by step.
   */
  stepCosts?(
    shape: BatchShape,
    kvTokenGrowth: Float64Array,
    numSteps: number,
    out: StepCosts,
  ): void;
  /** Where its numbers are from, for `result.provenance`, and errors from which intervals are made. Default: only its name. */
  provenance?(reach: Reach): Provenance;
}
