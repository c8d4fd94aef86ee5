/** Guards against cost models of users that throw or answer nonsense: the error names the model. */
import { InferenceLabError } from "../base/errors.js";
import type { CostModel } from "./cost-model.js";

const KEYS = ["seconds", "flops", "bytes"] as const;

/** The same cost model, every answer of which is checked. */
export function checkedCostModel(model: CostModel): CostModel {
  const fail = (what: string, cause?: unknown): never => {
    throw new InferenceLabError(`cost model "${model.name}": ${what}`, { cause });
  };
  const call = (method: string, ask: () => void) => {
    try {
      ask();
    } catch (error) {
      fail(`${method} threw: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  const check = (method: string, key: string, value: number) => {
    if (value >= 0 && value < Infinity) return;
    fail(`${method} wrote ${key} = ${value}; it must be a finite number of at least 0`);
  };
  const checked: CostModel = {
    name: model.name,
    peakFlops: model.peakFlops,
    peakBandwidth: model.peakBandwidth,
    stepCost(shape, out) {
      call("stepCost", () => model.stepCost(shape, out));
      for (const key of KEYS) check("stepCost", key, out[key]);
    },
  };
  if (model.stepCosts === undefined) return checked;
  return {
    ...checked,
    stepCosts(shape, kvTokenGrowth, numSteps, out) {
      call("stepCosts", () => model.stepCosts!(shape, kvTokenGrowth, numSteps, out));
      for (const key of KEYS) {
        for (let n = 0; n < numSteps; n++) check("stepCosts", `${key}[${n}]`, out[key][n]!);
      }
    },
  };
}
