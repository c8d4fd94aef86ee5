/** From settings to a workload: a source of times joined with a source of bodies. */
import { assert } from "../base/assert.js";
import type { Seconds, Tokens } from "../base/units.js";
import { createArrivals, type ArrivalPattern, type ArrivalSettings } from "./arrivals.js";
import { PrioritySampler, SyntheticBodies, type Bodies, type PriorityWeight } from "./bodies.js";
import { ClosedLoop } from "./closed-loop.js";
import type { LengthConfig } from "./lengths.js";
import { OpenLoop } from "./open-loop.js";
import { sortByArrival, TraceBodies, TraceTimes, type TraceRow } from "./replay.js";
import type { LengthDistribution, Workload } from "./workload.js";

/** What a workload is made from: the `workload` part of a config, after validation. */
export interface WorkloadSettings extends ArrivalSettings {
  /** Required unless there is a trace, whose times it then replaces. */
  readonly arrivalPattern?: ArrivalPattern;
  /** Required unless there is a trace; ignored if there is one. */
  readonly inputLenDist?: LengthConfig | LengthDistribution;
  readonly outputLenDist?: LengthConfig | LengthDistribution;
  /** Default 42. */
  readonly seed?: number;
  readonly numRequests?: number;
  /** Requests arrive in [0, durationSecs). */
  readonly durationSecs?: Seconds;
  readonly numConcurrentUsers?: number;
  readonly maxTokens?: Tokens;
  readonly priorities?: readonly PriorityWeight[];
  readonly trace?: readonly TraceRow[];
}

/**
 * A fresh workload, for one run. With a trace and no arrival pattern, at most the rows of the trace are sent, at their
 * times. With a trace and a pattern its rows are repeated as often as numRequests or durationSecs ask for; with neither
 * of these each row is sent once.
 */
export function createWorkload(settings: WorkloadSettings): Workload {
  const { arrivalPattern, seed = 42, durationSecs = Infinity, numConcurrentUsers } = settings;
  const rows = settings.trace === undefined ? undefined : sortByArrival(settings.trace);
  assert(rows === undefined || rows.length > 0, "a trace has rows");
  const bodies = createBodies(settings, rows, seed);

  if (arrivalPattern === undefined) {
    assert(rows !== undefined, "a workload has an arrival pattern or a trace");
    const inTime =
      durationSecs === Infinity ? rows : rows.filter((row) => row.arrivalTime < durationSecs);
    const numRequests = Math.min(settings.numRequests ?? Infinity, inTime.length);
    return new OpenLoop(new TraceTimes(inTime), bodies, numRequests, Infinity);
  }

  const once = rows !== undefined && durationSecs === Infinity ? rows.length : Infinity;
  const maxRequests = settings.numRequests ?? once;
  assert(maxRequests < Infinity || durationSecs < Infinity, "a workload ends by number or by time");
  if (arrivalPattern === "closed_loop") {
    assert(numConcurrentUsers !== undefined, "a closed loop has users");
    return new ClosedLoop(numConcurrentUsers, bodies, maxRequests, durationSecs);
  }
  assert(
    arrivalPattern !== "batched" || settings.batchSize !== undefined || maxRequests < Infinity,
    "a single batch has a size",
  );
  const times = createArrivals(arrivalPattern, settings, seed);
  return new OpenLoop(times, bodies, maxRequests, durationSecs);
}

function createBodies(
  settings: WorkloadSettings,
  rows: readonly TraceRow[] | undefined,
  seed: number,
): Bodies {
  const { inputLenDist, outputLenDist, maxTokens } = settings;
  const priorities = settings.priorities && new PrioritySampler(settings.priorities, seed);
  if (rows !== undefined) return new TraceBodies(rows, maxTokens, priorities);
  assert(
    inputLenDist !== undefined && outputLenDist !== undefined,
    "a synthetic workload has length distributions",
  );
  return new SyntheticBodies(inputLenDist, outputLenDist, maxTokens, priorities, seed);
}
