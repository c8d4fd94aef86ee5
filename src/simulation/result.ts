/** What a run gives back. Every metric is defined once, in the doc comment of its field. */
import type { Seconds, Tokens } from "../base/units.js";
import type { SimulationConfig } from "./config.js";

/** A sample of durations. Percentiles interpolate linearly between sorted values (R-7, numpy's default). NaN when empty. */
export interface Distribution {
  readonly count: number;
  readonly min: Seconds;
  readonly mean: Seconds;
  readonly p50: Seconds;
  readonly p90: Seconds;
  readonly p95: Seconds;
  readonly p99: Seconds;
  readonly max: Seconds;
}

/** One row per request, in order of arrival; NaN where an instant never came. */
export interface RequestColumns {
  readonly length: number;
  readonly arrivalTime: Float64Array;
  readonly firstScheduledTime: Float64Array;
  readonly firstTokenTime: Float64Array;
  readonly finishTime: Float64Array;
  readonly numPromptTokens: Int32Array;
  /** Output tokens generated. */
  readonly numOutputTokens: Int32Array;
  /** Prompt tokens found in the prefix cache at first admission. */
  readonly numCachedTokens: Int32Array;
  readonly numPreemptions: Int32Array;
  readonly priority: Float64Array;
  /** Values of `RequestStatus`. */
  readonly status: Uint8Array;
}

/** The system over time: instants on an even grid, and what happened in the interval that ends there. */
export interface TimeSeries {
  readonly time: Float64Array;
  readonly numRunning: Int32Array;
  readonly numWaiting: Int32Array;
  /** Requests in the executing batch that are in prefill, and in decode. */
  readonly numPrefilling: Int32Array;
  readonly numDecoding: Int32Array;
  /** Share of the usable KV blocks that requests hold, 0 to 1. */
  readonly kvCacheUsage: Float64Array;
  /** Prompt tokens computed per second (recomputation after a preemption included), and tokens generated per second. */
  readonly inputTokensPerSec: Float64Array;
  readonly outputTokensPerSec: Float64Array;
  /** Mean TTFT of the first tokens, and mean TPOT of the completions, of the interval; NaN where there were none. */
  readonly ttft: Float64Array;
  readonly tpot: Float64Array;
}

/** A group of rejected requests with one reason. */
export interface Rejection {
  readonly reason: string;
  readonly count: number;
  /** The first request it happened to. */
  readonly firstIndex: number;
}

export interface SloReport {
  /** Completed requests per second that met every target given. */
  readonly goodput: number;
  /** Share of completed requests that met each target given, and all of them. */
  readonly attainment: { readonly ttft?: number; readonly tpot?: number; readonly e2e?: number; readonly all: number };
}

export interface SimulationResult {
  /** First token time − arrival time. A re-prefill after a preemption does not overwrite it. */
  readonly ttft: Distribution;
  /** Last token time − arrival time. */
  readonly e2e: Distribution;
  /** Gaps between consecutive output tokens of one request, pooled over all gaps. Percentiles are within 0.5 %. */
  readonly itl: Distribution;
  /** (Last − first token time) / (output tokens − 1) of each completed request with more than one. */
  readonly tpot: Distribution;
  /** First scheduled time − arrival time. */
  readonly queueTime: Distribution;
  readonly throughput: {
    /** Of completed requests, over the makespan: first arrival to last completion. */
    readonly inputTokensPerSec: number;
    readonly outputTokensPerSec: number;
    readonly requestsPerSec: number;
  };
  /** Shares of what the devices could do, weighted by time over the makespan, busy and idle alike. */
  readonly utilization: { readonly kvCache: number; readonly flops: number; readonly bandwidth: number };
  readonly preemptions: { readonly total: number; readonly perRequestMean: number };
  readonly prefixCache: {
    readonly hits: Tokens;
    readonly misses: Tokens;
    readonly hitRate: number;
  };
  readonly counts: {
    readonly total: number;
    readonly completed: number;
    readonly rejected: number;
    readonly aborted: number;
    /** Still waiting or running, when the run was stopped early. */
    readonly unfinished: number;
  };
  readonly rejections: readonly Rejection[];
  readonly slo?: SloReport;
  readonly requests: RequestColumns;
  readonly timeSeries: TimeSeries;
  /** First arrival to last completion. */
  readonly duration: Seconds;
  readonly numSteps: number;
  readonly seed: number;
  /** The config with every default filled in; frozen. Running it again gives this result again. */
  readonly config: SimulationConfig;
  /** What the reader should know: choices made for them, and doubts. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The run was stopped before its end. */
  readonly partial: boolean;
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
  readonly preemptions: { readonly total: number; readonly per_request_mean: number | null };
  readonly requests: Readonly<
    Record<"completed" | "rejected" | "aborted" | "unfinished" | "total", number>
  >;
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
  readonly prefix_cache: { readonly hits: number; readonly misses: number; readonly hit_rate: number | null };
  readonly slo?: {
    readonly goodput: number | null;
    readonly attainment: Readonly<Partial<Record<"ttft" | "tpot" | "e2e" | "all", number | null>>>;
  };
  readonly duration_secs: number;
  readonly num_steps: number;
  readonly seed: number;
  readonly partial: boolean;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** The resolved config, in the file format (snake_case). */
  readonly config: unknown;
}

export type DistributionJson = Readonly<
  Record<"min" | "mean" | "p50" | "p90" | "p95" | "p99" | "max", number | null>
>;
