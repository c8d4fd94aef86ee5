/** A result made by hand, for whatever shows results: figures that look like those of a run, and none that was simulated. */
import type { Distribution, SimulationConfig, SimulationResult } from "../../src/index.js";
import { resultToJson } from "../../src/simulation/result-json.js";

export const handMadeConfig: SimulationConfig = {
  hardware: {
    name: "H100",
    computeFlops: 1.513e15,
    memoryBandwidth: 3.35e12,
    memoryCapacity: 85899345920,
    bytesPerParam: 2,
    tensorParallel: 2,
  },
  model: {
    name: "Llama-3-70B",
    numParameters: 70e9,
    numLayers: 80,
    hiddenDim: 8192,
    numHeads: 64,
    numKvHeads: 8,
    maxSeqLen: 8192,
  },
  scheduler: {
    maxNumBatchedTokens: 8192,
    maxNumSeqs: 256,
    blockSize: 16,
    enableChunkedPrefill: true,
    policy: "fcfs",
  },
  workload: {
    arrivalPattern: "poisson",
    arrivalRate: 5,
    numRequests: 100,
    seed: 42,
    inputLenDist: { type: "lognormal", mean: 6.9, stdDev: 0.7 },
    outputLenDist: { type: "lognormal", mean: 5.3, stdDev: 0.8 },
  },
};

/** Percentiles in the ratios that latencies have, around a median in seconds. */
export function distributionAround(p50: number): Distribution {
  return {
    count: 100,
    min: 0.61234 * p50,
    mean: 1.21234 * p50,
    p50,
    p90: 2.01234 * p50,
    p95: 2.51234 * p50,
    p99: 4.01234 * p50,
    max: 5.01234 * p50,
  };
}

export const emptyDistribution: Distribution = {
  count: 0,
  min: NaN,
  mean: NaN,
  p50: NaN,
  p90: NaN,
  p95: NaN,
  p99: NaN,
  max: NaN,
};

export function handMadeResult(changes: Partial<SimulationResult> = {}): SimulationResult {
  const result: SimulationResult = {
    ttft: distributionAround(0.0912),
    e2e: distributionAround(3.141592),
    itl: distributionAround(0.0123456),
    tpot: distributionAround(0.0124),
    queueTime: distributionAround(0.0001),
    cachedTokens: distributionAround(12),
    throughput: {
      inputTokensPerSec: 5123.456,
      outputTokensPerSec: 987.654,
      requestsPerSec: 4.8523,
    },
    utilization: { kvCache: 0.12345, flops: 0.041234, bandwidth: 0.56789 },
    kvCache: { numGpuBlocks: 2589, numTokens: 41424, maxConcurrency: 5.056640625 },
    preemptions: { total: 0, perRequestMean: 0 },
    prefixCache: { hits: 0, misses: 0, hitRate: NaN, evictions: 0 },
    counts: { total: 100, completed: 100, rejected: 0, aborted: 0, unfinished: 0 },
    rejections: [],
    requests: noRequests,
    timeSeries: noTimeSeries,
    duration: 20.60891,
    numSteps: 1234,
    seed: 42,
    config: handMadeConfig,
    provenance: { costModel: "roofline", terms: [], outsideRange: [] },
    notes: [],
    warnings: [],
    partial: false,
    by: () => [],
    toJSON: () => resultToJson(result),
    ...changes,
  };
  return result;
}

const noRequests: SimulationResult["requests"] = {
  length: 0,
  arrivalTime: new Float64Array(),
  firstScheduledTime: new Float64Array(),
  firstTokenTime: new Float64Array(),
  finishTime: new Float64Array(),
  numPromptTokens: new Int32Array(),
  numOutputTokens: new Int32Array(),
  numCachedTokens: new Int32Array(),
  numPreemptions: new Int32Array(),
  priority: new Float64Array(),
  status: new Uint8Array(),
};

const noTimeSeries: SimulationResult["timeSeries"] = {
  time: new Float64Array(),
  numRunning: new Int32Array(),
  numWaiting: new Int32Array(),
  numPrefilling: new Int32Array(),
  numDecoding: new Int32Array(),
  kvCacheUsage: new Float64Array(),
  inputTokensPerSec: new Float64Array(),
  outputTokensPerSec: new Float64Array(),
  ttft: new Float64Array(),
  tpot: new Float64Array(),
};
