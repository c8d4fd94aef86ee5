/** Turns what the collector holds into the result that users see. */
import { confidenceOf, type Confidence } from "../cost/confidence.js";
import { otherProvenance, type Provenance, type Reach } from "../cost/provenance.js";
import type { Collector } from "../metrics/collector.js";
import { distributionOf, type Distribution } from "../metrics/distribution.js";
import * as latency from "../metrics/latency.js";
import { sloReport, type SloReport } from "../metrics/slo.js";
import { summarize } from "../metrics/summary.js";
import type { RequestColumns } from "../metrics/request-table.js";
import { IDLE, type SystemState, type TimeSeries } from "../metrics/time-series.js";
import type { Request } from "../request/request.js";
import type { TraceCounts } from "../workload/scale-trace.js";
import type { SimulationConfig } from "./config.js";
import { noteOnTrace } from "./notes.js";
import { resultToJson } from "./result-json.js";
import type { SimulationResult } from "./result.js";

export interface ResultContext {
  /** Resolved and frozen. */
  readonly config: SimulationConfig;
  readonly seed: number;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The run was stopped before its end. */
  readonly partial: boolean;
  /** The state in which a partial run was stopped. Default: no request in the system. */
  readonly state?: SystemState;
  /**
   * Requests still in the system when a partial run was stopped; their status, numOutputTokens, lastTokenTime and
   * numPreemptions are up to date. Default: none.
   */
  readonly unfinished?: readonly Request[];
  /** Blocks of the prefix cache that were given up. Default 0. */
  readonly numEvictions?: number;
  /** Where the requests come from a trace: a note says what became of its rows. */
  readonly trace?: TraceCounts | undefined;
  /** Where the cost model's numbers are from. */
  readonly provenance?: (reach: Reach) => Provenance;
}

/**
 * The result of a run, or of the part so far. It does not change when the run goes on. Latencies are computed from the columns when
 * first read.
 */
export function buildResult(collector: Collector, context: ResultContext): SimulationResult {
  const { config, seed, notes, warnings, partial, state = IDLE, unfinished = [] } = context;
  const { numEvictions = 0, trace, provenance = otherProvenance("none") } = context;
  const { settings, table, series, totals } = collector;
  for (const request of unfinished) table.writeProgress(request, request.status);
  const columns = table.toColumns(!partial);
  const timeSeries = series.toTimeSeries(state, totals, settings.numUsableBlocks);
  return assemble({
    ...summarize(collector, columns, unfinished, numEvictions),
    slo: settings.slo,
    requests: columns,
    timeSeries,
    provenance: lazy(() => provenance(reachOf(columns, timeSeries))),
    seed,
    config,
    notes: trace ? [...notes, noteOnTrace(trace, columns.length, totals.numRejected)] : notes,
    warnings,
    partial,
  });
}

type Known = Omit<SimulationResult, Latencies | "slo" | "provenance" | "confidence" | "toJSON"> & {
  readonly slo: Collector["settings"]["slo"];
  readonly provenance: () => Provenance;
};
type Latencies = "ttft" | "e2e" | "tpot" | "queueTime";

/** Apart from `buildResult`, so that the getters hold the columns alive and not the collector. */
function assemble({ slo: targets, provenance, ...known }: Known): SimulationResult {
  const { requests, duration } = known;
  // One array for all four: paging in fresh memory takes as long as filling it.
  const scratch = lazy(() => new Float64Array(requests.length));
  const distribution = (of: latency.Latency): (() => Distribution) =>
    lazy(() => distributionOf(latency.latencies(requests, of, scratch())));
  const ttft = distribution(latency.ttft);
  const e2e = distribution(latency.e2e);
  const tpot = distribution(latency.tpot);
  const queueTime = distribution(latency.queueTime);
  const slo = lazy(() => targets && sloReport(requests, targets, duration));
  const confidence = lazy(() =>
    confidenceOf(
      {
        ttft: ttft().mean,
        tpot: tpot().mean,
        e2e: e2e().mean,
        throughput: known.throughput.requestsPerSec,
      },
      provenance().heldOut,
    ),
  );
  const result: SimulationResult = {
    ...known,
    get ttft() {
      return ttft();
    },
    get e2e() {
      return e2e();
    },
    get tpot() {
      return tpot();
    },
    get queueTime() {
      return queueTime();
    },
    get slo(): SloReport | undefined {
      return slo();
    },
    get provenance(): Provenance {
      return provenance();
    },
    get confidence(): Confidence | undefined {
      return confidence();
    },
    toJSON: () => resultToJson(result),
  };
  return Object.freeze(result);
}

/** How far the run went. */
function reachOf(columns: RequestColumns, { numRunning }: TimeSeries): Reach {
  let batch = 0;
  for (let i = 0; i < numRunning.length; i++) batch = Math.max(batch, numRunning[i]!);
  let context = 0;
  for (let i = 0; i < columns.length; i++) {
    context = Math.max(context, columns.numPromptTokens[i]! + columns.numOutputTokens[i]!);
  }
  return { batch, context };
}

/** Computes a value when it is first asked for. */
function lazy<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
