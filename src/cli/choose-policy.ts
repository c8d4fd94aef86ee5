/** The policy that the command line names, in place of the config's. */
import { InferenceLabError, type SimulationConfig } from "../index.js";
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
  if (isBuiltIn) return withPolicy(config, named);
  const { loadPolicy } = await import("./commands.js");
  return withPolicy(config, await loadPolicy(named, policyOptions));
}

function withPolicy(
  config: SimulationConfig,
  policy: SimulationConfig["scheduler"]["policy"],
): SimulationConfig {
  return { ...config, scheduler: { ...config.scheduler, policy } };
}
