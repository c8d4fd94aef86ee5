/** What holds for whole runs under a policy. */
import type { AnyPolicy } from "../scheduler/policy.js";
import type { SimulationConfig } from "../simulation/config.js";
import type { SimulationResult } from "../simulation/result.js";
import { simulate } from "../simulation/simulation.js";
import { Violation } from "./violation.js";
import { watchedPolicy } from "./watched-policy.js";

export const RUNS_END = "every run ends, and no request is lost";
export const SAME_RESULT = "equal configs give equal results";

const withPolicy = (config: SimulationConfig, policy: AnyPolicy): SimulationConfig => ({
  ...config,
  scheduler: { ...config.scheduler, policy },
});

/** @throws Violation; what stops a run, such as a StalledError */
export function checkRun(config: SimulationConfig, policy: AnyPolicy): void {
  const { counts } = simulate(withPolicy(config, watchedPolicy(policy)));
  const { total, completed, rejected, aborted } = counts;
  if (completed + rejected + aborted === total) return;
  throw new Violation(RUNS_END, `of ${total} requests ${counts.unfinished} never ended`);
}

/** @throws Violation */
export function checkSameResult(config: SimulationConfig, policy: AnyPolicy): void {
  const [one, other] = [0, 1].map(() => valuesOf(simulate(withPolicy(config, policy))));
  for (const [name, values] of one!) {
    const others = other!.get(name);
    const row = values.findIndex((value, i) => !Object.is(value, others?.[i]));
    if (row < 0) continue;
    throw new Violation(
      SAME_RESULT,
      `${name}[${row}] is ${values[row]}, and in a second run ${others?.[row]}; a policy that remembers something is made anew for each run, by an object with create`,
    );
  }
}

/** The columns of the requests, by their names. */
function valuesOf({ requests }: SimulationResult): ReadonlyMap<string, readonly number[]> {
  const { length, ...columns } = requests;
  const entries = Object.entries(columns).map(
    ([name, column]) => [name, [...("codes" in column ? column.codes : column)]] as const,
  );
  return new Map([["length", [length]], ...entries]);
}
