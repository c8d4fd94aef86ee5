/** A head count of a run's requests, kept from its events alone. */
import type { SimulationEvent, StepEvent } from "../../src/engine/events.js";
import type { RequestView } from "../../src/request/request.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { Simulation } from "../../src/simulation/simulation.js";
import { type Outcome, stallOf } from "./drives.js";

export class Census {
  numArrived = 0;
  numFinished = 0;
  numRejected = 0;
  numAborted = 0;
  readonly waiting = new Set<RequestView>();
  readonly running = new Set<RequestView>();

  get numEnded(): number {
    return this.numFinished + this.numRejected + this.numAborted;
  }

  count(event: SimulationEvent): void {
    if (event.type === "step" || event.type === "first-token") return;
    const { request } = event;
    this.waiting.delete(request);
    this.running.delete(request);
    if (event.type === "arrival") this.numArrived++;
    if (event.type === "arrival" || event.type === "preemption") this.waiting.add(request);
    if (event.type === "admission") this.running.add(request);
    if (event.type === "completion") this.numFinished++;
    if (event.type === "rejection") this.numRejected++;
    if (event.type === "abort") this.numAborted++;
  }
}

/** Runs a config to its end or stall, and shows every event together with the census that includes it. */
export function watch(
  config: SimulationConfig,
  onEvent: (event: SimulationEvent, census: Census) => void,
): Outcome & { readonly census: Census } {
  const simulation = new Simulation(config);
  const census = new Census();
  const stall = stallOf(() => {
    for (const event of simulation) {
      census.count(event);
      onEvent(event, census);
    }
  });
  return { result: simulation.result(), stall, census };
}

/** Like `watch`, for who cares for steps only. */
export function watchSteps(
  config: SimulationConfig,
  onStep: (step: StepEvent, census: Census) => void,
) {
  return watch(config, (event, census) => {
    if (event.type === "step") onStep(event, census);
  });
}
