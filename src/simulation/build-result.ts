/** Turns what the collector holds into the result that users see. */
import { lazy } from "../base/lazy.js";
import type { Tokens } from "../base/units.js";
import { confidenceOf, type Confidence } from "../cost/confidence.js";
import { otherProvenance, type Provenance, type Reach } from "../cost/provenance.js";
import type { Collector } from "../metrics/collector.js";
import { distributionOf, type Distribution } from "../metrics/distribution.js";
import { cachedTokensOf } from "../metrics/cached-tokens.js";
import * as latency from "../metrics/latency.js";
import { groupRequests } from "../metrics/request-group.js";
import { sloReport, type SloReport } from "../metrics/slo.js";
import { summarize } from "../metrics/summary.js";
import { IDLE, type SystemState, type TimeSeries } from "../metrics/time-series.js";
import type { Request } from "../request/request.js";
import type { RequestSource } from "../workload/request-source.js";
import { accountsOf } from "./accounts.js";
import type { SimulationConfig } from "./config.js";
import type { KvCacheCapacity } from "./kv-cache-capacity.js";
import { resultToJson } from "./result-json.js";
import type { SimulationResult } from "./result.js";

export interface ResultContext {
  /** Resolved and frozen. */
  readonly config: SimulationConfig;
  readonly seed: number;
  readonly kvCache: KvCacheCapacity;
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
  /** Where the requests come from: notes say what became of all that it holds. Default: nothing to say. */
  readonly source?: RequestSource | undefined;
  /** Where the cost model's numbers are from. */
  readonly provenance?: (reach: Reach) => Provenance;
}

/**
 * The result of a run, or of the part so far. It does not change when the run goes on. Latencies are computed from the columns when
 * first read.
 */
export function buildResult(collector: Collector, context: ResultContext): SimulationResult {
  const { config, seed, kvCache, notes, warnings, partial, state = IDLE } = context;
  const {
    unfinished = [],
    numEvictions = 0,
    source,
    provenance = otherProvenance("none"),
  } = context;
  const { settings, table, series, totals, latencies } = collector;
  for (const request of unfinished) table.writeProgress(request, request.status);
  const columns = table.toColumns(!partial);
  const timeSeries = series.toTimeSeries(state, totals, settings.numUsableBlocks);
  return assemble({
    ...summarize(collector, unfinished, numEvictions),
    slo: settings.slo,
    kvCache,
    requests: columns,
    timeSeries,
    provenance: lazy(() => provenance(reachOf(totals.longestRequest, timeSeries))),
    seed,
    config,
    notes: [...notes, ...accountsOf(source, totals.numArrived, totals.numRejected, config)],
    warnings,
    partial,
    latencies,
  });
}

type Known = Omit<
  SimulationResult,
  Latencies | "slo" | "by" | "provenance" | "confidence" | "toJSON"
> & {
  readonly slo: Collector["settings"]["slo"];
  /** Where no rows are kept. */
  readonly latencies: Collector["latencies"];
  readonly provenance: () => Provenance;
};
type Latencies = "ttft" | "e2e" | "tpot" | "queueTime" | "cachedTokens";

/** Apart from `buildResult`, so that the getters hold the columns alive and not the collector. */
function assemble({ slo: targets, latencies, provenance, ...known }: Known): SimulationResult {
  const { requests, duration } = known;
  // One array for all: paging in fresh memory takes as long as filling it.
  const scratch = lazy(() => new Float64Array(requests.length));
  const running = latencies?.report(duration);
  const distribution = (of: latency.Latency): Distribution =>
    distributionOf(latency.latencies(requests, of, scratch()));
  const ttft = lazy(() => running?.ttft ?? distribution(latency.ttft));
  const e2e = lazy(() => running?.e2e ?? distribution(latency.e2e));
  const tpot = lazy(() => running?.tpot ?? distribution(latency.tpot));
  const queueTime = lazy(() => running?.queueTime ?? distribution(latency.queueTime));
  const cachedTokens = lazy(
    () => running?.cachedTokens ?? distributionOf(cachedTokensOf(requests, scratch())),
  );
  const slo = lazy(() =>
    running === undefined ? targets && sloReport(requests, targets, duration) : running.slo,
  );
  const groups = {
    tenant: lazy(() => groupRequests(requests, "tenant", { duration, slo: targets })),
    class: lazy(() => groupRequests(requests, "class", { duration, slo: targets })),
  };
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
    get cachedTokens() {
      return cachedTokens();
    },
    get slo(): SloReport | undefined {
      return slo();
    },
    by: (label) => (running === undefined ? groups[label]() : []),
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
function reachOf(longestRequest: Tokens, { numRunning }: TimeSeries): Reach {
  let batch = 0;
  for (let i = 0; i < numRunning.length; i++) batch = Math.max(batch, numRunning[i]!);
  return { batch, context: longestRequest };
}
