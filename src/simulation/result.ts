/** What a run gives back. Every metric is defined once, in the doc comment of its field. */
import type { Confidence } from "../cost/confidence.js";
import type { Provenance } from "../cost/provenance.js";
import type { Distribution } from "../metrics/distribution.js";
import type { LabelColumn } from "../metrics/label-column.js";
import type { LabelName, RequestGroup } from "../metrics/request-group.js";
import type { RequestColumns } from "../metrics/request-table.js";
import type { SloReport } from "../metrics/slo.js";
import type { Summary } from "../metrics/summary.js";
import type { TimeSeries } from "../metrics/time-series.js";
import type { SimulationConfig } from "./config.js";
import type { KvCacheCapacity } from "./kv-cache-capacity.js";

export type { Rejection } from "../metrics/collector.js";
export type {
  Distribution,
  KvCacheCapacity,
  LabelColumn,
  LabelName,
  RequestColumns,
  RequestGroup,
  SloReport,
  Summary,
  TimeSeries,
};

/** Latencies other than ITL are those of completed requests. */
export interface SimulationResult extends Summary {
  /** First token time − arrival time. A re-prefill after a preemption does not overwrite it. */
  readonly ttft: Distribution;
  /** Last token time − arrival time. */
  readonly e2e: Distribution;
  /** (Last − first token time) / (output tokens − 1) of each completed request with more than one. */
  readonly tpot: Distribution;
  /** First scheduled time − arrival time. */
  readonly queueTime: Distribution;
  /** Prompt tokens that each admitted request found in the prefix cache when it was first admitted; in tokens. */
  readonly cachedTokens: Distribution;
  /** How much the KV cache holds; `utilization.kvCache` and `timeSeries.kvCacheUsage` are shares of it. */
  readonly kvCache: KvCacheCapacity;
  /** Absent without targets. */
  readonly slo?: SloReport;
  /** Empty with `simulation.retain = "summary"`. */
  readonly requests: RequestColumns;
  readonly timeSeries: TimeSeries;
  readonly seed: number;
  /** The config with every default filled in; frozen. Running it again gives this result again. */
  readonly config: SimulationConfig;
  /** Where the numbers of the cost model are from, how far it was off elsewhere, and where the run leaves what was measured. */
  readonly provenance: Provenance;
  /** Intervals for mean TTFT, TPOT, E2E and throughput; absent where the cost model was not compared with measurements. */
  readonly confidence?: Confidence;
  /** What the reader should know: choices made for them, and doubts. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The run was stopped before its end. */
  readonly partial: boolean;
  /**
   * The requests told apart by a label, a group for each tenant or class in alphabetical order; a single one without labels.
   * None with `simulation.retain = "summary"`, which keeps no rows to tell apart.
   *
   * @example
   * ```ts
   * for (const { label, ttft } of result.by("tenant")) console.log(label, ttft.p99);
   * ```
   */
  by(label: LabelName): readonly RequestGroup[];
  /** The result in the documented JSON layout; what `JSON.stringify` calls. */
  toJSON(): ResultJson;
}

/** The result as JSON, in the documented layout: milliseconds where the name says so, null for what is not defined. */
export interface ResultJson {
  readonly latency_metrics: Readonly<
    Record<"ttft_ms" | "e2e_ms" | "per_token_ms" | "tpot_ms" | "queue_ms", DistributionJson>
  >;
  readonly throughput_metrics: Readonly<
    Record<"input_tokens_per_sec" | "output_tokens_per_sec" | "requests_per_sec", number | null>
  >;
  readonly utilization: Readonly<
    Record<"avg_kv_cache_util" | "avg_flops_util" | "avg_bandwidth_util", number | null>
  >;
  /** What the KV cache holds: blocks with the null block, tokens, and requests of max_seq_len. */
  readonly kv_cache: Readonly<Record<"num_gpu_blocks" | "num_tokens" | "max_concurrency", number>>;
  readonly preemptions: { readonly total: number; readonly per_request_mean: number | null };
  readonly requests: Readonly<
    Record<"completed" | "rejected" | "aborted" | "unfinished" | "total", number>
  >;
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
  readonly prefix_cache: {
    readonly hits: number;
    readonly misses: number;
    readonly hit_rate: number | null;
    readonly evictions: number;
    /** Per admitted request, in tokens. */
    readonly cached_tokens: DistributionJson;
  };
  readonly slo?: {
    readonly goodput: number | null;
    readonly attainment: Readonly<Partial<Record<"ttft" | "tpot" | "e2e" | "all", number | null>>>;
  };
  /** By label; only the labels that requests have. */
  readonly groups?: Readonly<Partial<Record<LabelName, readonly GroupJson[]>>>;
  readonly duration_secs: number;
  readonly num_steps: number;
  readonly seed: number;
  readonly partial: boolean;
  readonly provenance: ProvenanceJson;
  /** Intervals [low, high] for means; absent where the cost model was not compared with measurements. */
  readonly confidence?: ConfidenceJson;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The resolved config, in the file format (snake_case). */
  readonly config: unknown;
}

/** Where the cost model's numbers are from, as JSON. */
export interface ProvenanceJson {
  readonly cost_model: string;
  readonly terms: readonly {
    readonly term: string;
    readonly inherited: boolean;
    readonly source: string;
  }[];
  readonly held_out?: {
    readonly basis: string;
    readonly rows: number;
    readonly level: number;
    readonly errors: Readonly<Record<"ttft" | "tpot" | "e2e" | "throughput", number>>;
  };
  readonly outside_range: readonly string[];
}

/** Intervals for the means of a run, as JSON. */
export interface ConfidenceJson {
  readonly level: number;
  readonly coverage: number;
  readonly basis: string;
  readonly ttft_ms: readonly [number | null, number | null];
  readonly tpot_ms: readonly [number | null, number | null];
  readonly e2e_ms: readonly [number | null, number | null];
  readonly requests_per_sec: readonly [number | null, number | null];
}

/** The requests of one tenant or class. */
export interface GroupJson extends Pick<
  ResultJson,
  "throughput_metrics" | "preemptions" | "requests" | "slo"
> {
  /** Empty for requests without one. */
  readonly label: string;
  readonly latency_metrics: Readonly<
    Record<"ttft_ms" | "e2e_ms" | "tpot_ms" | "queue_ms", DistributionJson>
  >;
}

/** A distribution, null where it is not defined. */
export type DistributionJson = Readonly<
  Record<"min" | "mean" | "p50" | "p90" | "p95" | "p99" | "max", number | null>
>;
