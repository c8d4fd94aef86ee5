/** Which cost model prices a run: the one that is given, or the best that is known of the hardware. */
import { calibrated } from "../cost/calibrated.js";
import { checkedCostModel } from "../cost/checked.js";
import type { CostModel } from "../cost/cost-model.js";
import {
  calibratedProvenance,
  otherProvenance,
  type Provenance,
  type Reach,
} from "../cost/provenance.js";
import { pipelined } from "../cost/pipeline.js";
import { idealRoofline } from "../cost/roofline.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { SimulationConfig } from "./config.js";

/** The roofline at the peaks of the device: an upper bound on speed, and the default for hardware given by bare numbers. */
export const ideal = (): "ideal" => "ideal";

/** A cost model, and where its numbers are from. */
export interface ChosenCostModel {
  readonly costModel: CostModel;
  readonly provenance: (reach: Reach) => Provenance;
}

/** A cost model of the user's is taken as it is; ours is built for one stage of a pipeline, and then for all of them. */
export function chooseCostModel(
  given: SimulationConfig["costModel"],
  deployment: DeploymentDescription,
): ChosenCostModel {
  if (typeof given === "object") {
    return {
      costModel: checkedCostModel(given),
      provenance: given.provenance?.bind(given) ?? otherProvenance(given.name),
    };
  }
  const { pipelineParallel } = deployment.parallelism;
  if (given === "ideal" || deployment.device === undefined) {
    const stage = idealRoofline(deployment);
    return {
      costModel: pipelined(stage, pipelineParallel),
      provenance: otherProvenance(stage.name),
    };
  }
  const stage = calibrated(deployment);
  return {
    costModel: pipelined(stage, pipelineParallel),
    provenance: calibratedProvenance(deployment, stage.kernels.provenance),
  };
}
