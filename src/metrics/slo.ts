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

/** Counts the completed requests that met each target, and all of them. */
export class SloCounter {
  readonly #targets: SloTargets;
  readonly #met = { ttft: 0, tpot: 0, e2e: 0, all: 0 };
  #numCompleted = 0;

  constructor(targets: SloTargets) {
    this.#targets = targets;
  }

  /** The request of this row is complete. */
  add(columns: RequestColumns, row: number): void {
    const { ttft = Infinity, tpot = Infinity, e2e = Infinity } = this.#targets;
    const metTtft = latency.ttft(columns, row) <= ttft;
    const metTpot = !(latency.tpot(columns, row) > tpot);
    const metE2e = latency.e2e(columns, row) <= e2e;
    this.#numCompleted++;
    if (metTtft) this.#met.ttft++;
    if (metTpot) this.#met.tpot++;
    if (metE2e) this.#met.e2e++;
    if (metTtft && metTpot && metE2e) this.#met.all++;
  }

  /** `duration` is the makespan. */
  report(duration: Seconds): SloReport {
    const { ttft, tpot, e2e } = this.#targets;
    const share = (num: number) => num / this.#numCompleted;
    return {
      goodput: this.#met.all / duration,
      attainment: {
        ...(ttft !== undefined && { ttft: share(this.#met.ttft) }),
        ...(tpot !== undefined && { tpot: share(this.#met.tpot) }),
        ...(e2e !== undefined && { e2e: share(this.#met.e2e) }),
        all: share(this.#met.all),
      },
    };
  }
}

/** The report on all completed requests. `duration` is the makespan. */
export function sloReport(
  columns: RequestColumns,
  targets: SloTargets,
  duration: Seconds,
): SloReport {
  const counter = new SloCounter(targets);
  for (let row = 0; row < columns.length; row++) {
    if (columns.status[row] === RequestStatus.Finished) counter.add(columns, row);
  }
  return counter.report(duration);
}
