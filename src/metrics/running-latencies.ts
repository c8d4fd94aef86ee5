/** Latencies of a run whose rows are not kept: each is added to a histogram when its request ends. */
import { Histogram } from "../collections/histogram.js";
import type { Seconds } from "../base/units.js";
import { clamp, type Distribution } from "./distribution.js";
import * as latency from "./latency.js";
import type { RequestColumns } from "./request-table.js";
import { SloCounter, type SloReport, type SloTargets } from "./slo.js";

export class RunningLatencies {
  readonly #ttft = new RunningDistribution();
  readonly #e2e = new RunningDistribution();
  readonly #tpot = new RunningDistribution();
  readonly #queueTime = new RunningDistribution();
  readonly #cachedTokens = new RunningDistribution();
  readonly #slo: SloCounter | undefined;

  constructor(targets: SloTargets | undefined) {
    this.#slo = targets && new SloCounter(targets);
  }

  /** A request was admitted for the first time. */
  onFirstScheduled(numCachedTokens: number): void {
    this.#cachedTokens.add(numCachedTokens);
  }

  /** The request of this row is complete. */
  onCompletion(columns: RequestColumns, row: number): void {
    this.#ttft.add(latency.ttft(columns, row));
    this.#e2e.add(latency.e2e(columns, row));
    this.#queueTime.add(latency.queueTime(columns, row));
    const tpot = latency.tpot(columns, row);
    if (!Number.isNaN(tpot)) this.#tpot.add(tpot);
    this.#slo?.add(columns, row);
  }

  /** All of them so far; `duration` is the makespan. */
  report(duration: Seconds): {
    readonly [name in "ttft" | "e2e" | "tpot" | "queueTime" | "cachedTokens"]: Distribution;
  } & { readonly slo: SloReport | undefined } {
    return {
      ttft: this.#ttft.toDistribution(),
      e2e: this.#e2e.toDistribution(),
      tpot: this.#tpot.toDistribution(),
      queueTime: this.#queueTime.toDistribution(),
      cachedTokens: this.#cachedTokens.toDistribution(),
      slo: this.#slo?.report(duration),
    };
  }
}

class RunningDistribution {
  readonly #histogram = new Histogram();
  #sum = 0;

  add(value: number): void {
    this.#histogram.add(value, 1);
    this.#sum += value;
  }

  toDistribution(): Distribution {
    return binned(this.#histogram, this.#sum);
  }
}

/** Count, min and max are exact, the mean up to rounding, percentiles within 0.4 %. */
export function binned(histogram: Histogram, sum: number): Distribution {
  const { count, min, max } = histogram;
  return {
    count,
    min,
    mean: clamp(sum / count, min, max),
    p50: histogram.percentile(0.5),
    p90: histogram.percentile(0.9),
    p95: histogram.percentile(0.95),
    p99: histogram.percentile(0.99),
    max,
  };
}
