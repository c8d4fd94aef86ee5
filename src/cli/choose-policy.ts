/** The policy that the command line names, in place of the config's. */
import { InferenceLabError, type SimulationConfig } from "../index.js";
import { loadPolicy } from "../node/load-policy.js";
import { policiesByName } from "../scheduler/policies/by-name.js";
import type { RunOptions } from "./program.js";

/** @throws InferenceLabError if it cannot be loaded, or options are given to what takes none */
export async function choosePolicy(
  config: SimulationConfig,
  { policy: named, policyOptions }: RunOptions,
): Promise<SimulationConfig> {
  if (named === undefined) {
    if (policyOptions === undefined) return config;
    throw new InferenceLabError("--policy-options are for the policy that --policy names");
  }
  const isBuiltIn = Object.hasOwn(policiesByName, named.toLowerCase());
  if (isBuiltIn && policyOptions !== undefined) {
    throw new InferenceLabError(`the built-in policy ${named} takes no options`);
  }
  const policy = isBuiltIn ? named : await loadPolicy(named, policyOptions);
  return { ...config, scheduler: { ...config.scheduler, policy } };
}
