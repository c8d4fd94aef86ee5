/** One logged run of vLLM as a config of the simulator, and what became of each request in both. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readCsv } from "../fit/csv.mjs";
import { mean, quantile } from "./report.mjs";

/** The log of a run: requests, settings of the engine, and the prompts as block identities. */
export function readRun(requestsFile, metaFile, traceFile) {
  const meta = JSON.parse(readFileSync(metaFile, "utf8"));
  const lines = readText(traceFile).trim().split("\n");
  const prompts = lines.map((line) => JSON.parse(line));
  const requests = readCsv(requestsFile)
    .map((row) => {
      const number = Number(/\d+$/.exec(row.request_id)?.[0]);
      return {
        prompt: prompts[number],
        queued: +row.queued_s,
        scheduled: +row.scheduled_s,
        first: +row.first_token_s,
        last: +row.last_token_s,
        numPromptTokens: +row.isl,
        numOutputTokens: +row.osl,
      };
    })
    .toSorted((a, b) => a.queued - b.queued);
  return { meta, requests, gpu: gpuOf(meta) };
}

function readText(file) {
  const bytes = readFileSync(file);
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** "NVIDIA GeForce RTX 4090" is "RTX 4090" in the catalog. */
function gpuOf({ hardware }) {
  return hardware.device_name.replace(/nvidia|geforce/gi, "").trim();
}

/** The run with vLLM's own number of KV blocks, each request arriving when the engine queued it. */
export function configOfRun(lab, { meta, requests, gpu }) {
  const { scheduler_config: scheduler, cache_config: cache } = meta.resolved_config;
  const engine = meta.engine_kwargs;
  const ids = new Map();
  const intern = (id) => {
    if (!ids.has(id)) ids.set(id, ids.size);
    return ids.get(id);
  };
  return {
    hardware: {
      ...lab.hardwarePreset(gpu),
      tensorParallel: engine.tensor_parallel_size,
      gpuMemoryUtilization: cache.gpu_memory_utilization,
      engineVersion: meta.vllm_version,
    },
    model: { ...lab.modelPreset(meta.model), maxSeqLen: engine.max_model_len },
    scheduler: {
      maxNumBatchedTokens: scheduler.max_num_batched_tokens,
      maxNumSeqs: scheduler.max_num_seqs,
      blockSize: cache.block_size,
      enableChunkedPrefill: scheduler.enable_chunked_prefill,
      asyncScheduling: scheduler.async_scheduling,
      enablePrefixCaching: cache.enable_prefix_caching,
      numGpuBlocks: cache.num_gpu_blocks,
    },
    workload: {
      name: "logged run",
      create: () => {
        let next = 0;
        return {
          isOpenLoop: true,
          numRequests: requests.length,
          nextArrivalTime: () => requests[next]?.queued ?? Infinity,
          next() {
            const { queued, numPromptTokens, numOutputTokens, prompt } = requests[next++];
            const keys = prompt?.[`hash_ids_${cache.block_size}`];
            return {
              arrivalTime: queued,
              numPromptTokens,
              numOutputTokens,
              blockKeys: keys && Int32Array.from(keys, intern),
            };
          },
        };
      },
    },
    costModel: "calibrated",
  };
}

/** Latencies of each request, measured and simulated. */
export function latenciesOf({ requests }, { requests: columns }) {
  const measured = requests.map((r) => latency(r.queued, r.first, r.last, r.numOutputTokens));
  const simulated = requests.map((r, i) =>
    latency(r.queued, columns.firstTokenTime[i], columns.finishTime[i], r.numOutputTokens),
  );
  return { measured, simulated };
}

function latency(queued, first, last, numOutputTokens) {
  return {
    ttft: first - queued,
    tpot: numOutputTokens > 1 ? (last - first) / (numOutputTokens - 1) : NaN,
    e2e: last - queued,
  };
}

/** Relative errors of what a run is judged by. */
export function runErrors({ measured, simulated }) {
  const column = (rows, key) => rows.map((row) => row[key]).filter((value) => value >= 0);
  const ratio = (key, statistic) =>
    statistic(column(simulated, key)) / statistic(column(measured, key)) - 1;
  const at = (p) => (values) =>
    quantile(
      values.toSorted((a, b) => a - b),
      p,
    );
  const perRequest = measured.map(({ e2e }, i) => Math.abs(simulated[i].e2e / e2e - 1));
  return {
    "TTFT mean": ratio("ttft", mean),
    "TPOT mean": ratio("tpot", mean),
    "E2E mean": ratio("e2e", mean),
    "E2E P50": ratio("e2e", at(0.5)),
    "E2E P99": ratio("e2e", at(0.99)),
    "E2E of a request, median error": at(0.5)(perRequest),
  };
}
