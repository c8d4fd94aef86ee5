/** The result in the documented JSON layout. */
import { recorded } from "../workload/trace-row.js";
import type { DatasetRow, SimulationConfig, TraceRow, WorkloadConfig } from "./config.js";
import { toSnakeCase } from "./case.js";
import type { Confidence, Interval } from "../cost/confidence.js";
import type { Provenance } from "../cost/provenance.js";
import type {
  ConfidenceJson,
  Distribution,
  DistributionJson,
  GroupJson,
  ProvenanceJson,
  RequestGroup,
  ResultJson,
  SimulationResult,
} from "./result.js";

export function resultToJson(result: SimulationResult): ResultJson {
  const { utilization, kvCache, prefixCache } = result;
  const { latency_metrics, throughput_metrics, preemptions, requests, slo } = figuresToJson(result);
  return {
    latency_metrics: {
      ttft_ms: latency_metrics.ttft_ms,
      e2e_ms: latency_metrics.e2e_ms,
      per_token_ms: distributionToJson(result.itl, 1000),
      tpot_ms: latency_metrics.tpot_ms,
      queue_ms: latency_metrics.queue_ms,
    },
    throughput_metrics,
    utilization: {
      avg_kv_cache_util: orNull(utilization.kvCache),
      avg_flops_util: orNull(utilization.flops),
      avg_bandwidth_util: orNull(utilization.bandwidth),
    },
    kv_cache: {
      num_gpu_blocks: kvCache.numGpuBlocks,
      num_tokens: kvCache.numTokens,
      max_concurrency: kvCache.maxConcurrency,
    },
    preemptions,
    requests,
    rejections: result.rejections.map(({ reason, count }) => ({ reason, count })),
    prefix_cache: {
      hits: prefixCache.hits,
      misses: prefixCache.misses,
      hit_rate: orNull(prefixCache.hitRate),
      evictions: prefixCache.evictions,
      cached_tokens: distributionToJson(result.cachedTokens, 1),
    },
    ...(slo !== undefined && { slo }),
    ...groupsToJson(result),
    duration_secs: result.duration,
    num_steps: result.numSteps,
    seed: result.seed,
    partial: result.partial,
    provenance: provenanceToJson(result.provenance),
    ...(result.confidence && { confidence: confidenceToJson(result.confidence) }),
    notes: result.notes,
    warnings: result.warnings,
    config: configToJson(result.config),
  };
}

/** What is told of all requests, and of those of each group. */
function figuresToJson(of: SimulationResult | RequestGroup): Omit<GroupJson, "label"> {
  const { throughput, preemptions, counts, slo } = of;
  return {
    latency_metrics: {
      ttft_ms: distributionToJson(of.ttft, 1000),
      e2e_ms: distributionToJson(of.e2e, 1000),
      tpot_ms: distributionToJson(of.tpot, 1000),
      queue_ms: distributionToJson(of.queueTime, 1000),
    },
    throughput_metrics: {
      input_tokens_per_sec: orNull(throughput.inputTokensPerSec),
      output_tokens_per_sec: orNull(throughput.outputTokensPerSec),
      requests_per_sec: orNull(throughput.requestsPerSec),
    },
    preemptions: {
      total: preemptions.total,
      per_request_mean: orNull(preemptions.perRequestMean),
    },
    requests: {
      completed: counts.completed,
      rejected: counts.rejected,
      aborted: counts.aborted,
      unfinished: counts.unfinished,
      total: counts.total,
    },
    ...(slo !== undefined && {
      slo: {
        goodput: orNull(slo.goodput),
        attainment: Object.fromEntries(
          Object.entries(slo.attainment).map(([target, share]) => [target, orNull(share)]),
        ),
      },
    }),
  };
}

function groupsToJson(result: SimulationResult): Pick<ResultJson, "groups"> {
  const labels = (["tenant", "class"] as const).filter((label) => label in result.requests);
  if (labels.length === 0) return {};
  const groups = labels.map((label) => [
    label,
    result.by(label).map((group) => ({ label: group.label, ...figuresToJson(group) })),
  ]);
  return { groups: Object.fromEntries(groups) as ResultJson["groups"] };
}

function provenanceToJson({ costModel, terms, heldOut, outsideRange }: Provenance): ProvenanceJson {
  return {
    cost_model: costModel,
    terms: terms.map(({ term, inherited, source }) => ({ term, inherited, source })),
    ...(heldOut && {
      held_out: {
        basis: heldOut.basis,
        rows: heldOut.rows,
        level: heldOut.level,
        errors: { ...heldOut.errors },
      },
    }),
    outside_range: outsideRange,
  };
}

function confidenceToJson(confidence: Confidence): ConfidenceJson {
  const { level, coverage, basis, ttft, tpot, e2e, throughput } = confidence;
  const scaled = ([low, high]: Interval, factor: number) =>
    [orNull(factor * low), orNull(factor * high)] as const;
  return {
    level,
    coverage,
    basis,
    ttft_ms: scaled(ttft, 1000),
    tpot_ms: scaled(tpot, 1000),
    e2e_ms: scaled(e2e, 1000),
    requests_per_sec: scaled(throughput, 1),
  };
}

/**
 * The config in the file format. A plug-in becomes `{ plugin: name }`, which cannot be run again; the rows of a trace or
 * dataset are left out where `trace_path` or `dataset_path` says where they are.
 */
export function configToJson(config: SimulationConfig): unknown {
  const { policy } = config.scheduler;
  return toSnakeCase({
    ...config,
    scheduler: {
      ...config.scheduler,
      ...(typeof policy === "object" && { policy: pluginToJson(policy) }),
    },
    workload: workloadToJson(config.workload),
    ...(typeof config.costModel === "object" && { costModel: pluginToJson(config.costModel) }),
  });
}

function workloadToJson(workload: SimulationConfig["workload"]): unknown {
  if ("create" in workload) return pluginToJson(workload);
  const { trace, dataset, sessions, inputLenDist, outputLenDist, ...rest } = workload;
  return {
    ...rest,
    ...(inputLenDist !== undefined && { inputLenDist: lengthsToJson(inputLenDist) }),
    ...(outputLenDist !== undefined && { outputLenDist: lengthsToJson(outputLenDist) }),
    ...(sessions !== undefined && {
      sessions: { ...sessions, ...(sessions.turns && { turns: lengthsToJson(sessions.turns) }) },
    }),
    ...(trace !== undefined && rest.tracePath === undefined && { trace: traceToJson(trace) }),
    ...(dataset !== undefined &&
      rest.datasetPath === undefined && { dataset: dataset.map(rowToJson) }),
  };
}

/** Without what a reader says besides, such as the format. */
function traceToJson(trace: NonNullable<WorkloadConfig["trace"]>): unknown {
  const { rows, numSkipped, warnings, isTimed } = recorded(trace);
  const list = rows.map(rowToJson);
  return "rows" in trace ? { rows: list, numSkipped, warnings, isTimed } : list;
}

/** JSON has no typed arrays. */
function rowToJson({ prefix, ...row }: DatasetRow | TraceRow): unknown {
  if (prefix === undefined) return row;
  if ("row" in prefix) return { ...row, prefix };
  return { ...row, prefix: { ...prefix, runs: Array.from(prefix.runs) } };
}

type Lengths = NonNullable<
  Exclude<SimulationConfig["workload"], { create: unknown }>["inputLenDist"]
>;

function lengthsToJson(lengths: Lengths): unknown {
  return "sample" in lengths ? pluginToJson(lengths) : lengths;
}

function pluginToJson({ name }: { readonly name: string }): { plugin: string } {
  return { plugin: name };
}

function distributionToJson(distribution: Distribution, scale: number): DistributionJson {
  const { min, mean, p50, p90, p95, p99, max } = distribution;
  const scaled = (value: number) => orNull(value * scale);
  return {
    min: scaled(min),
    mean: scaled(mean),
    p50: scaled(p50),
    p90: scaled(p90),
    p95: scaled(p95),
    p99: scaled(p99),
    max: scaled(max),
  };
}

/** JSON has no NaN and no Infinity. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
