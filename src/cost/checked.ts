/** Guards against cost models of users that throw or answer nonsense: the error names the model. */
import { InferenceLabError } from "../base/errors.js";
import type { CostModel } from "./cost-model.js";

/** The same cost model, every answer of which is checked. */
export function checkedCostModel(model: CostModel): CostModel {
  const fail = (what: string, cause?: unknown): never => {
    throw new InferenceLabError(`cost model "${model.name}": ${what}`, { cause });
  };
  return {
    name: model.name,
    peakFlops: model.peakFlops,
    peakBandwidth: model.peakBandwidth,
    stepCost(shape, out) {
      try {
        model.stepCost(shape, out);
      } catch (error) {
        fail(`stepCost threw: ${error instanceof Error ? error.message : String(error)}`, error);
      }
      for (const key of ["seconds", "flops", "bytes"] as const) {
        if (!(out[key] >= 0 && out[key] < Infinity)) {
          fail(`stepCost wrote ${key} = ${out[key]}; it must be a finite number of at least 0`);
        }
      }
    },
  };
}
