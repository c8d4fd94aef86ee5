/** The ways to bring a run to its end, and what it comes to. */
import { StalledError } from "../../src/base/errors.js";
import { assemble, seedOf } from "../../src/simulation/assemble.js";
import { buildResult } from "../../src/simulation/build-result.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import type { LabelColumn, SimulationResult } from "../../src/simulation/result.js";
import { Simulation } from "../../src/simulation/simulation.js";

/** A run that reached its end, or the point from which it cannot go on. */
export interface Outcome {
  readonly result: SimulationResult;
  /** Why it cannot go on; undefined where it ended. */
  readonly stall: string | undefined;
}

export type Drive = (config: SimulationConfig) => Outcome | Promise<Outcome>;

/** Runs a config to its end, or until it stalls. */
export function run(config: SimulationConfig): Outcome {
  return finish(new Simulation(config));
}

/** What is left of a run. */
export function finish(simulation: Simulation): Outcome {
  const stall = stallOf(() => simulation.run());
  return { result: simulation.result(), stall };
}

/** The message with which a run stalls in `drive`; undefined if it does not. */
export function stallOf(drive: () => void): string | undefined {
  try {
    drive();
    return undefined;
  } catch (error) {
    if (error instanceof StalledError) return error.message;
    throw error;
  }
}

const drive =
  (of: (simulation: Simulation) => void): Drive =>
  (config) => {
    const simulation = new Simulation(config);
    const stall = stallOf(() => of(simulation));
    return { result: simulation.result(), stall };
  };

export const drives: Readonly<Record<string, Drive>> = {
  "event by event": drive((simulation) => {
    while (simulation.step() !== undefined);
  }),
  "in a loop over its events": drive((simulation) => {
    for (const event of simulation) if (event.type === "step") event.batch();
  }),
  "in pieces of time": drive((simulation) => {
    for (let until = 0.0007; simulation.advance(until); until = until * 1.3 + 0.0003);
  }),
  "with a report after every step": drive((simulation) => {
    simulation.run({ progressInterval: 1, onProgress: ({ numSteps }) => numSteps >= 0 });
  }),
  "in pieces of all kinds, looked at on the way": drive((simulation) => {
    for (let piece = 1; !simulation.hasEnded; piece++) {
      for (let i = 0; i < piece; i++) simulation.step();
      simulation.progress();
      simulation.advance(simulation.now * 1.1);
      simulation.result().toJSON();
      simulation.run({ progressInterval: piece, onProgress: () => false });
    }
  }),
  "with turns for the host": async (config) => {
    const simulation = new Simulation(config);
    try {
      return { result: await simulation.runAsync(), stall: undefined };
    } catch (error) {
      if (!(error instanceof StalledError)) throw error;
      return { result: simulation.result(), stall: error.message };
    }
  },
  "visiting every request in every step": (config) => {
    const resolved = resolve(config);
    const { engine, collector, kvCache, source, provenance } = assemble(resolved, false);
    const stall = stallOf(() => {
      while (engine.advance());
    });
    const result = buildResult(collector, {
      ...resolved,
      seed: seedOf(resolved.config),
      kvCache: resolved.deployment.kvCacheSize,
      partial: stall !== undefined,
      state: engine,
      unfinished: engine.unfinishedRequests(),
      numEvictions: kvCache.numEvictions,
      source,
      provenance,
    });
    return { result, stall };
  },
};

/**
 * What an outcome says, to be compared to the last bit: every column as a text, since matchers take milliseconds for a typed
 * array.
 */
export function seen({ result, stall }: Outcome) {
  const { length: _, ...requests } = result.requests;
  return {
    stall,
    summary: result.toJSON(),
    requests: asTexts(requests),
    timeSeries: asTexts({ ...result.timeSeries }),
  };
}

function asTexts(columns: Record<string, Float64Array | Int32Array | Uint8Array | LabelColumn>) {
  const text = (value: number) => (Object.is(value, -0) ? "-0" : String(value));
  return Object.entries(columns).map(([name, column]) => [
    name,
    Array.from("codes" in column ? column.codes : column, text).join(" "),
  ]);
}
