/** A calibrated cost model with factors of somebody's own deployment on it. */
import type { DeploymentDescription } from "../spec/deployment-description.js";
import { calibrated, type CalibratedCostModel, type StepParts } from "../cost/calibrated.js";
import type { Coefficients } from "../cost/coefficients.js";
import { roundedMax } from "../cost/rounded-max.js";

/** Factors on parts of a step; 1 leaves the calibrated cost model as it is. */
export interface ProfileFactors {
  /** Prompt tokens: their share of matrix products and collectives, and their attention. */
  readonly prefill: number;
  /** The same for decodes. */
  readonly decode: number;
  /** Sampling, and the work of the host. */
  readonly overhead: number;
}

export const noFactors: ProfileFactors = { prefill: 1, decode: 1, overhead: 1 };

/** Prices a step as `calibrated` does, each part times its factor. */
export function profiled(
  deployment: DeploymentDescription,
  { prefill, decode, overhead }: ProfileFactors,
  coefficients?: Coefficients,
): CalibratedCostModel {
  const model = calibrated(deployment, coefficients);
  const parts: StepParts = { tokens: 0, attention: 0, sampling: 0, host: 0 };
  const { name, peakFlops, peakBandwidth, kernels } = model;
  return {
    name,
    peakFlops,
    peakBandwidth,
    kernels,
    parts: model.parts,
    stepCost(shape, out) {
      model.stepCost(shape, out);
      model.parts(shape, parts);
      const { numPrefillTokens, numDecodes } = shape;
      const share = numPrefillTokens / (numPrefillTokens + numDecodes);
      const onDevice = parts.tokens + parts.attention;
      const others = deployment.asyncScheduling
        ? roundedMax(onDevice + parts.sampling, parts.host) - onDevice
        : parts.sampling + parts.host;
      // Waiting for launches, which `calibrated` knows of, stays as it is.
      const rest = Math.max(0, out.seconds - onDevice - others);
      out.seconds = onDevice * (share * prefill + (1 - share) * decode) + others * overhead + rest;
    },
  };
}
