/** The defaults that depend on other keys. Constant ones are in the schema. */
import type { ModelSpec } from "../spec/model-spec.js";
import type { PolicyName, WorkloadConfig } from "./config.js";
import type { ParsedConfig } from "./schema.js";

type Model = ParsedConfig["model"];
type Scheduler = ParsedConfig["scheduler"];

export function completeModel(model: Model): Model & ModelSpec {
  return {
    ...model,
    numActiveParameters: model.numActiveParameters ?? model.numParameters,
    numKvHeads: model.numKvHeads ?? model.numHeads,
    headDim: model.headDim ?? model.hiddenDim / model.numHeads,
    numSlidingLayers:
      model.numSlidingLayers ?? (model.slidingWindow === undefined ? 0 : model.numLayers),
  };
}

/** The threshold that vLLM chose where several prompts may be in prefill at once. */
export function completeScheduler(scheduler: Scheduler, { maxSeqLen }: Model) {
  const { longPrefillTokenThreshold, maxNumPartialPrefills = 1, policy } = scheduler;
  const threshold = maxNumPartialPrefills > 1 ? Math.floor(0.04 * maxSeqLen) : 0;
  return {
    ...scheduler,
    longPrefillTokenThreshold: longPrefillTokenThreshold ?? threshold,
    policy: typeof policy === "string" ? canonicalPolicy(policy) : policy,
  };
}

function canonicalPolicy(name: string): PolicyName {
  const lower = name.toLowerCase();
  return lower === "sjf" ? "sof" : (lower as PolicyName);
}

export function completeWorkload(workload: WorkloadConfig): WorkloadConfig {
  const { arrivalPattern, burstSize = 10, burstiness = 1 } = workload;
  return {
    ...workload,
    ...(arrivalPattern === "burst" && { burstSize }),
    ...(arrivalPattern === "gamma" && { burstiness }),
  };
}
