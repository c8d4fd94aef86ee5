/** How many requests were served within their latency targets. */
import type { Seconds } from "../base/units.js";
import { RequestStatus } from "../request/request.js";
import * as latency from "./latency.js";
import type { RequestColumns } from "./request-table.js";

/** Latency targets; a request meets them if it meets every one given. A target is met by a value equal to it. */
export interface SloTargets {
  readonly ttft?: Seconds;
  /** Met by every request with a single output token. */
  readonly tpot?: Seconds;
  readonly e2e?: Seconds;
}

/** How well the latency targets were met. */
export interface SloReport {
  /** Completed requests per second of the makespan that met every target given. */
  readonly goodput: number;
  /** Share of completed requests that met each target given, and all of them; NaN when none completed. */
  readonly attainment: {
    readonly ttft?: number;
    readonly tpot?: number;
    readonly e2e?: number;
    readonly all: number;
  };
}

/** Counts the completed requests that met each target, and all of them. `duration` is the makespan. */
export function sloReport(
  columns: RequestColumns,
  targets: SloTargets,
  duration: Seconds,
): SloReport {
  const { ttft = Infinity, tpot = Infinity, e2e = Infinity } = targets;
  const met = { ttft: 0, tpot: 0, e2e: 0, all: 0 };
  let numCompleted = 0;
  for (let row = 0; row < columns.length; row++) {
    if (columns.status[row] !== RequestStatus.Finished) continue;
    numCompleted++;
    const metTtft = latency.ttft(columns, row) <= ttft;
    const metTpot = !(latency.tpot(columns, row) > tpot);
    const metE2e = latency.e2e(columns, row) <= e2e;
    if (metTtft) met.ttft++;
    if (metTpot) met.tpot++;
    if (metE2e) met.e2e++;
    if (metTtft && metTpot && metE2e) met.all++;
  }
  return {
    goodput: met.all / duration,
    attainment: {
      ...(targets.ttft !== undefined && { ttft: met.ttft / numCompleted }),
      ...(targets.tpot !== undefined && { tpot: met.tpot / numCompleted }),
      ...(targets.e2e !== undefined && { e2e: met.e2e / numCompleted }),
      all: met.all / numCompleted,
    },
  };
}
