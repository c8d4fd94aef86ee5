/** Where a run stands, as `run({ onProgress })` tells it. */
import type { Seconds } from "../base/units.js";
import type { StepCounts } from "../engine/events.js";

export type { StepCounts };

/** A look at a run that is going on. */
export interface Progress {
  /** The simulation's clock. */
  readonly time: Seconds;
  readonly numSteps: number;
  readonly numArrived: number;
  /** Requests that have left: finished, rejected or aborted. */
  readonly numFinished: number;
  /** Requests that will come in all, where that is known. */
  readonly numRequests?: number;
  /** When arrivals stop, where the workload has such an instant. */
  readonly duration?: Seconds;
  readonly numRunning: number;
  readonly numWaiting: number;
  /** Share of the usable KV blocks that requests hold, 0 to 1. */
  readonly kvCacheUsage: number;
  /** The step that has just ended; absent before the first. */
  readonly lastStep?: StepCounts;
}
