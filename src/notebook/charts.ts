/** `charts(result)`: the charts there are of a result, or of several side by side. */
import type { SimulationResult } from "../simulation/result.js";
import { batchSpec } from "./batch-chart.js";
import { draw, type Chart, type Charting } from "./charting.js";
import { latencySpec } from "./latency-chart.js";
import type { NamedResults } from "./result-table.js";
import { checkedResults, isResult } from "./table.js";
import { timelineSpec } from "./timeline-chart.js";

/** Each draws a chart that shows itself; the charting library is loaded when the first is asked for. */
export interface Charts {
  /** The distribution of TTFT, TPOT and E2E: the share of requests within a time. Targets of the config are marked. */
  latency(): Promise<Chart>;
  /** Running and waiting requests, the share of the KV cache that requests hold, and output tokens per second, over time. */
  timeline(): Promise<Chart>;
  /** Requests in the executing batch, and tokens per second, in prefill and in decode, over time. */
  batch(): Promise<Chart>;
}

/**
 * The charts of a result, or of several by name.
 *
 * @example
 * ```ts
 * await charts(result).latency();
 * await charts({ "first come": fcfs, "shortest first": sif }).timeline();
 * ```
 *
 * @param charting Default: the installed packages `vega` and `vega-lite`. Without them, drawing throws an error that says what to
 * install; `latencySpec`, `timelineSpec` and `batchSpec` need none.
 * @throws InferenceLabError if there is no result
 */
export function charts(results: SimulationResult | NamedResults, charting?: Charting): Charts {
  const named = isResult(results) ? { result: results } : checkedResults(results);
  return {
    latency: () => draw(latencySpec(named), charting),
    timeline: () => draw(timelineSpec(named), charting),
    batch: () => draw(batchSpec(named), charting),
  };
}
