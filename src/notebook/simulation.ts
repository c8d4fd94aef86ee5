/** The simulator, with results that show themselves. */
import type { SimulationConfig } from "../simulation/config.js";
import type { SimulationResult } from "../simulation/result.js";
import { Simulation as CoreSimulation } from "../simulation/simulation.js";
import { displayMethods } from "./display.js";
import { resultTable } from "./result-table.js";

/** As in `inference-lab`, and its results show themselves as tables. */
export class Simulation extends CoreSimulation {
  override result(): SimulationResult {
    return showing(super.result());
  }
}

/** As in `inference-lab`, and its result shows itself as a table. */
export function simulate(config: SimulationConfig): SimulationResult {
  return new Simulation(config).run();
}

/** The same result, latencies not computed yet included, with the functions by which it shows itself. */
function showing(result: SimulationResult): SimulationResult {
  return Object.freeze(
    Object.defineProperties({} as SimulationResult, {
      ...Object.getOwnPropertyDescriptors(result),
      ...displayMethods(() => resultTable(result).bundle),
    }),
  );
}
