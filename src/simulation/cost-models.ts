/** Which cost model prices a run: the one that is given, or the best that is known of the hardware. */
import { calibrated } from "../cost/calibrated.js";
import { checkedCostModel } from "../cost/checked.js";
import type { CostModel } from "../cost/cost-model.js";
import { pipelined } from "../cost/pipeline.js";
import { idealRoofline } from "../cost/roofline.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { SimulationConfig } from "./config.js";

/** The roofline at the peaks of the device: an upper bound on speed, and the default for hardware given by bare numbers. */
export const ideal = (): "ideal" => "ideal";

/** A cost model of the user's is taken as it is; ours is built for one stage of a pipeline, and then for all of them. */
export function chooseCostModel(
  given: SimulationConfig["costModel"],
  deployment: DeploymentDescription,
): CostModel {
  if (typeof given === "object") return checkedCostModel(given);
  const { pipelineParallel } = deployment.parallelism;
  const isCalibrated = given !== "ideal" && deployment.device !== undefined;
  const stage = isCalibrated ? calibrated(deployment) : idealRoofline(deployment);
  return pipelined(stage, pipelineParallel);
}
