import fc from "fast-check";
import { expect, test } from "vitest";
import type { Collector, CollectorSettings } from "../../src/metrics/collector.js";
import { IDLE } from "../../src/metrics/time-series.js";
import { RequestStatus } from "../../src/request/request.js";
import { buildResult, type ResultContext } from "../../src/simulation/build-result.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { aCollector, aRequest, aShape, deliver, serve } from "../support/runs.js";

const config: SimulationConfig = {
  hardware: { computeFlops: 100, memoryBandwidth: 1000, memoryCapacity: 1e6, bytesPerParam: 2 },
  model: { numParameters: 10, numLayers: 1, hiddenDim: 8, numHeads: 1, maxSeqLen: 4096 },
  scheduler: {
    maxNumBatchedTokens: 512,
    maxNumSeqs: 4,
    blockSize: 16,
    enableChunkedPrefill: true,
    policy: "fcfs",
  },
  workload: { arrivalPattern: "fixed_rate", arrivalRate: 1, numRequests: 3, seed: 7 },
};

const resultOf = (collector: Collector, context: Partial<ResultContext> = {}) =>
  buildResult(collector, {
    config,
    seed: 7,
    kvCache: { numGpuBlocks: 64, numTokens: 1024, maxConcurrency: 0.25 },
    notes: [],
    warnings: [],
    partial: false,
    ...context,
  });

/**
 * Three requests. The first arrives at 1, is scheduled at 1 and has tokens at 2, 3, 5; the second arrives at 2, is
 * scheduled at 3, preempted once, and has tokens at 5, 6; the third is rejected. Two steps keep the devices busy for
 * 4 of the 5 seconds from 1 to 6.
 */
function aRun(settings?: Partial<CollectorSettings>): Collector {
  const collector = aCollector(settings);
  const first = aRequest(0, { arrivalTime: 1 });
  const second = aRequest(1, { arrivalTime: 2, numPromptTokens: 60, numOutputTokens: 2 });
  const third = aRequest(2, { arrivalTime: 2 });
  collector.onArrival(first);
  collector.onPrefixLookup(100, 0);
  collector.onFirstScheduled(first, 1);
  collector.onArrival(second);
  collector.onArrival(third);
  collector.onRejection(third, "too long", 2);
  collector.onStep(1, 3, aShape(100, 1), { flops: 100, bytes: 1000 }, 5);
  collector.onPrefixLookup(60, 40);
  second.numCachedTokens = 40;
  collector.onFirstScheduled(second, 3);
  collector.onPreemption(second, 4);
  second.numPreemptions = 1;
  collector.onStep(4, 6, aShape(60, 2), { flops: 150, bytes: 2000 }, 10);
  serve(collector, first, [2, 3, 5]);
  serve(collector, second, [5, 6]);
  return collector;
}

test("the numbers of a small run are those worked out by hand", () => {
  const result = resultOf(aRun());
  expect(result.duration).toBe(5);
  expect(result.numSteps).toBe(2);
  expect(result.counts).toEqual({ total: 3, completed: 2, rejected: 1, aborted: 0, unfinished: 0 });
  expect(result.rejections).toEqual([{ reason: "too long", count: 1, firstIndex: 2 }]);
  expect(result.throughput).toEqual({
    inputTokensPerSec: 160 / 5,
    outputTokensPerSec: 5 / 5,
    requestsPerSec: 2 / 5,
  });
  expect(result.utilization).toEqual({
    kvCache: (5 * 2 + 10 * 2) / (10 * 5),
    flops: 250 / (100 * 5),
    bandwidth: 3000 / (1000 * 5),
  });
  expect(result.preemptions).toEqual({ total: 1, perRequestMean: 1 / 2 });
  expect(result.prefixCache).toEqual({ hits: 40, misses: 120, hitRate: 0.25, evictions: 0 });
  // Latencies 1 and 3; 4 and 4; 0 and 1; 3 / 2 and 1; gaps 1, 2, 1.
  expect(result.ttft).toMatchObject({ count: 2, min: 1, mean: 2, p50: 2, p90: 2.8, max: 3 });
  expect(result.e2e).toMatchObject({ count: 2, min: 4, mean: 4, p99: 4, max: 4 });
  expect(result.queueTime).toMatchObject({ min: 0, mean: 0.5, p95: 0.95, max: 1 });
  expect(result.tpot).toMatchObject({ min: 1, mean: 1.25, p50: 1.25, max: 1.5 });
  expect(result.itl).toMatchObject({ count: 3, min: 1, mean: 4 / 3, max: 2 });
  expect(Math.abs(result.itl.p50 - 1)).toBeLessThan(0.005);
  // The rejected request is no part of it.
  expect(result.cachedTokens).toMatchObject({ count: 2, min: 0, mean: 20, p50: 20, max: 40 });
  expect(result.slo).toBeUndefined();
});

test("the time series holds every token of the run", () => {
  const { time, inputTokensPerSec, outputTokensPerSec } = resultOf(aRun()).timeSeries;
  const sum = (rates: Float64Array) => rates.reduce((total, rate) => total + rate, 0) * time[0]!;
  expect([sum(inputTokensPerSec), sum(outputTokensPerSec)]).toEqual([160, 5]);
});

test("a target is met by a latency equal to it, and the share of each target is of completed requests", () => {
  const { slo } = resultOf(aRun({ slo: { ttft: 1, tpot: 1.5, e2e: 3.9 } }));
  expect(slo).toEqual({ goodput: 0, attainment: { ttft: 0.5, tpot: 1, e2e: 0, all: 0 } });
  const lenient = resultOf(aRun({ slo: { ttft: 1 } })).slo;
  expect(lenient).toEqual({ goodput: 1 / 5, attainment: { ttft: 0.5, all: 0.5 } });
});

test("a request with a single token meets every TPOT target", () => {
  const collector = aCollector({ slo: { tpot: 1e-9 } });
  const request = aRequest(0, { numOutputTokens: 1 });
  collector.onArrival(request);
  serve(collector, request, [2]);
  expect(resultOf(collector).slo?.attainment).toEqual({ tpot: 1, all: 1 });
});

test("ITL pools the gaps of aborted requests too; the other latencies are of completed ones", () => {
  const collector = aRun();
  const request = aRequest(3);
  collector.onArrival(request);
  for (const time of [1, 2, 7]) deliver(collector, request, time);
  collector.onAbort(request, 7.5);
  const { itl, ttft, e2e, tpot, queueTime } = resultOf(collector);
  expect(itl).toMatchObject({ count: 5, mean: 10 / 5, max: 5 });
  expect([ttft, e2e, tpot, queueTime].map(({ count }) => count)).toEqual([2, 2, 2, 2]);
});

test("ITL is the same, to the bit, whether gaps are told one by one or together", () => {
  const gap = fc.double({ min: 1e-4, max: 10, noNaN: true });
  fc.assert(
    fc.property(fc.array(gap, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (gaps, users) => {
      const run = (together: boolean) => {
        const collector = aCollector();
        const requests = Array.from({ length: users }, (_, index) => aRequest(index));
        for (const request of requests) {
          collector.onArrival(request);
          collector.onFirstToken(request, 1);
        }
        let now = 1;
        for (const next of gaps) {
          const before = now;
          now += next;
          if (together) collector.onTokens(now - before, users);
          else requests.forEach(() => collector.onTokens(now - before, 1));
        }
        for (const request of requests) {
          for (let i = 0; i <= gaps.length; i++) request.onToken(now);
          collector.onCompletion(request, now);
        }
        return resultOf(collector).itl;
      };
      const { min, mean, max } = run(true);
      expect(run(true)).toEqual(run(false));
      expect(mean).toBeGreaterThanOrEqual(min);
      expect(mean).toBeLessThanOrEqual(max);
    }),
  );
});

test("a partial result knows the unfinished requests, and does not change when the run goes on", () => {
  const collector = aCollector({ expectedRequests: 1 });
  const request = aRequest(0);
  collector.onArrival(request);
  request.status = RequestStatus.Running;
  deliver(collector, request, 2);
  deliver(collector, request, 4);
  const state = { ...IDLE, numRunning: 1, numUsedBlocks: 7 };
  const partial = resultOf(collector, { partial: true, unfinished: [request], state });
  deliver(collector, request, 8);
  collector.onCompletion(request, 8);

  expect(partial.counts).toMatchObject({ total: 1, completed: 0, unfinished: 1 });
  expect([...partial.requests.status]).toEqual([RequestStatus.Running]);
  expect([...partial.requests.numOutputTokens]).toEqual([2]);
  expect(partial.itl).toMatchObject({ count: 1, mean: 2 });
  expect(partial.ttft.count).toBe(0);
  expect(partial.timeSeries.kvCacheUsage.at(-1)).toBe(0.7);
  expect(resultOf(collector).itl).toMatchObject({ count: 2, mean: 3 });
});

test("work that outlasts the last completion does not push utilisation past what was used", () => {
  const collector = aCollector();
  const [done, gone] = [aRequest(0, { numOutputTokens: 1 }), aRequest(1)];
  collector.onArrival(done);
  collector.onArrival(gone);
  collector.onStep(0, 1, aShape(100, 1), { flops: 100, bytes: 0 }, 10);
  serve(collector, done, [1]);
  collector.onStep(1, 10, aShape(100, 1), { flops: 900, bytes: 0 }, 10);
  collector.onAbort(gone, 10);
  const { duration, utilization } = resultOf(collector);
  expect(duration).toBe(1);
  expect(utilization).toEqual({ kvCache: 1, flops: 1, bandwidth: 0 });
});

test("a run in which nothing completed has no rates and no latencies: null in JSON", () => {
  const json = resultOf(aCollector()).toJSON();
  expect(json.duration_secs).toBe(0);
  expect(Object.values(json.throughput_metrics)).toEqual([null, null, null]);
  expect(Object.values(json.latency_metrics.ttft_ms)).toEqual(new Array(7).fill(null));
  expect(json.preemptions).toEqual({ total: 0, per_request_mean: null });
  expect(json.prefix_cache).toMatchObject({ hits: 0, misses: 0, hit_rate: null, evictions: 0 });
  expect(Object.values(json.prefix_cache.cached_tokens)).toEqual(new Array(7).fill(null));
});

test("JSON has the documented layout, in milliseconds where it says so", () => {
  const json = resultOf(aRun({ slo: { ttft: 1 } }), { notes: ["a note"] }).toJSON();
  const { latency_metrics: latencies, config: written, ...rest } = json;
  expect(Object.keys(latencies)).toEqual([
    "ttft_ms",
    "e2e_ms",
    "per_token_ms",
    "tpot_ms",
    "queue_ms",
  ]);
  expect(latencies.ttft_ms).toMatchObject({ min: 1000, mean: 2000, p50: 2000, max: 3000 });
  expect(Object.keys(latencies.per_token_ms)).toEqual([
    "min",
    "mean",
    "p50",
    "p90",
    "p95",
    "p99",
    "max",
  ]);
  expect(rest).toEqual({
    provenance: { cost_model: "none", terms: [], outside_range: [] },
    throughput_metrics: {
      input_tokens_per_sec: 32,
      output_tokens_per_sec: 1,
      requests_per_sec: 0.4,
    },
    utilization: { avg_kv_cache_util: 0.6, avg_flops_util: 0.5, avg_bandwidth_util: 0.6 },
    kv_cache: { num_gpu_blocks: 64, num_tokens: 1024, max_concurrency: 0.25 },
    preemptions: { total: 1, per_request_mean: 0.5 },
    requests: { completed: 2, rejected: 1, aborted: 0, unfinished: 0, total: 3 },
    rejections: [{ reason: "too long", count: 1 }],
    prefix_cache: {
      hits: 40,
      misses: 120,
      hit_rate: 0.25,
      evictions: 0,
      cached_tokens: expect.objectContaining({
        min: 0,
        mean: 20,
        p50: 20,
        p90: 36,
        max: 40,
      }) as unknown,
    },
    slo: { goodput: 0.2, attainment: { ttft: 0.5, all: 0.5 } },
    duration_secs: 5,
    num_steps: 2,
    seed: 7,
    partial: false,
    notes: ["a note"],
    warnings: [],
  });
  expect(written).toMatchObject({
    hardware: { compute_flops: 100, bytes_per_param: 2 },
    scheduler: { max_num_batched_tokens: 512, policy: "fcfs" },
    workload: { arrival_pattern: "fixed_rate", num_requests: 3 },
  });
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});

test("plug-ins in a config are written as their names, and a trace as its path", () => {
  const written = (changes: Partial<SimulationConfig>) =>
    resultOf(aCollector(), { config: { ...config, ...changes } }).toJSON().config;
  const lengths = { name: "mine", sample: () => 1 };
  const rows = [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1 }];
  expect(
    written({
      scheduler: { ...config.scheduler, policy: { name: "my-policy" } },
      workload: { inputLenDist: lengths, trace: rows, tracePath: "trace.csv" },
      costModel: { name: "my-cost", peakFlops: 1, peakBandwidth: 1, stepCost: () => {} },
    }),
  ).toMatchObject({
    scheduler: { policy: { plugin: "my-policy" }, max_num_seqs: 4 },
    workload: { input_len_dist: { plugin: "mine" }, trace_path: "trace.csv" },
    cost_model: { plugin: "my-cost" },
  });
  expect(written({ workload: { trace: rows, tracePath: "trace.csv" } })).not.toHaveProperty(
    "workload.trace",
  );
  expect(written({ workload: { trace: rows } })).toHaveProperty("workload.trace", [
    { arrival_time: 0, num_prompt_tokens: 1, num_output_tokens: 1 },
  ]);
  expect(
    written({
      workload: {
        name: "my-workload",
        create: () => {
          throw new Error("not run here");
        },
      },
    }),
  ).toHaveProperty("workload", { plugin: "my-workload" });
});

test("a result is frozen, and latencies are computed once", () => {
  const result = resultOf(aRun());
  expect(Object.isFrozen(result)).toBe(true);
  expect(result.ttft).toBe(result.ttft);
});
