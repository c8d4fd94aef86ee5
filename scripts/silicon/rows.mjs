/** Rows of measured latencies as configs of the simulator, by the names of the catalog. */
import { benchmarkClient } from "./client.mjs";
import { protocolOf } from "./protocol.mjs";

/** Names of the columns that the catalog does not know, and what stands for them. Each is said once. */
const PRECISIONS = {
  bf16: "none",
  bfloat16: "none",
  fp16: "none",
  fp8: "fp8",
  fp8_block: "fp8_block",
  int8: "int8",
  int4: "int4",
  int4_wo: "int4",
  awq: "int4",
  gptq: "int4",
  marlin_int4: "int4",
  mxfp4: "mxfp4",
  marlin_mxfp4: "mxfp4",
  w4a16_mxfp4: "mxfp4",
  w4a8_mxfp4_mxfp8: "mxfp4",
  nvfp4: "nvfp4",
  fp4: undefined,
};

const KV_DTYPES = { bf16: "bf16", bfloat16: "bf16", auto: "auto", fp8: "fp8", fp8_e4m3: "fp8" };

const BACKENDS = {
  int4: "marlin",
  int4_wo: "marlin",
  w4a16_mxfp4: "mxfp4_bf16",
  mxfp4_mxfp8: "mxfp4",
  w4a8_mxfp4_mxfp8: "mxfp4",
};

/** Columns that must hold whole numbers, where one is given. */
const COUNTS = ["isl", "osl", "concurrency", "tensor_parallel", "expert_parallel", "max_num_seqs"];
const REQUIRED = new Set(["isl", "osl", "concurrency"]);

function checkCounts(row) {
  for (const name of [...COUNTS, "max_num_batched_tokens"]) {
    const text = row[name] ?? "";
    if (text === "" && !REQUIRED.has(name)) continue;
    if (!(Number.isInteger(+text) && +text > 0)) {
      throw new Error(`${name} "${text}" must be a whole number above 0`);
    }
  }
}

/**
 * @param {object} lab modules of the simulator
 * @param {object} row one line of the CSV
 * @param {(line: string) => void} say what had to be guessed
 */
export function configOf(lab, row, say = () => {}, seed = 1) {
  checkCounts(row);
  const protocol = protocolOf(row, say);
  const hardware = lab.hardwarePreset(row.gpu);
  const model = modelOf(lab, row.model, say);
  const tensorParallel = +row.tensor_parallel || 1;
  const expertParallel = +row.expert_parallel > 1 ? tensorParallel : 1;
  const quantization = quantizationOf(row, model, say);
  return {
    hardware: {
      ...hardware,
      tensorParallel,
      expertParallel,
      kvCacheDtype: kvDtypeOf(row, say),
      gpuMemoryUtilization: protocol.gpuMemoryUtilization,
      kernelBackend: backendOf(lab, row, model, say),
      engineVersion: row.vllm_version || undefined,
    },
    model: { ...model, maxSeqLen: protocol.maxModelLen, quantization },
    scheduler: {
      maxNumBatchedTokens: protocol.maxNumBatchedTokens,
      maxNumSeqs: protocol.maxNumSeqs,
      blockSize: 16,
      enableChunkedPrefill: true,
      asyncScheduling: protocol.asyncScheduling,
      enablePrefixCaching: false,
    },
    workload: benchmarkClient(lab, protocol, seed),
    costModel: "calibrated",
  };
}

/** The model by its name, else by what is left of it without what says how it was stored, tuned or dated. */
function modelOf(lab, name, say) {
  const names = [name, withoutSuffixes(name), withoutSuffixes(name.replace(/^[^/]*\//, ""))];
  for (const candidate of names) {
    try {
      const model = lab.modelPreset(candidate);
      if (candidate !== name) say(`model "${name}" taken for "${model.name ?? candidate}"`);
      return model;
    } catch {
      // The next one.
    }
  }
  return lab.modelPreset(name); // throws with suggestions
}

const SUFFIX =
  /[-_](fp8|fp4|nvfp4|mxfp4|int4|int8|awq|gptq|w4a16|w8a8|w4a8|bf16|dynamic|quantized|instruct|thinking|chat|hf|it|\d{4}|v\d+(\.\d+)?)$/i;

function withoutSuffixes(name) {
  let rest = name;
  while (SUFFIX.test(rest)) rest = rest.replace(SUFFIX, "");
  return rest;
}

/** How weights are stored, where the model's own config.json does not say the same. */
function quantizationOf(row, model, say) {
  const given = row.weights_dtype || row.precision;
  if (given in PRECISIONS && PRECISIONS[given] !== undefined) {
    const precision = PRECISIONS[given];
    const isOwn = model.weights.some((stream) => stream.precision === precision);
    return isOwn || (precision === "none" && isQuantised(model)) ? undefined : precision;
  }
  if (given === "fp4") return isQuantised(model) ? undefined : "nvfp4";
  say(`weights_dtype "${given}" is not known: weights as the model's config.json stores them`);
  return undefined;
}

function isQuantised(model) {
  return model.weights.some(({ precision }) => precision !== "bf16" && precision !== "fp32");
}

/** Of experts; which kernels others use follows from their precision. */
function backendOf(lab, row, model, say) {
  const given = row.moe_backend;
  if (!given) return undefined;
  const hasExperts = model.weights.some(({ routing }) => routing !== undefined);
  const backend = BACKENDS[given] ?? given;
  if (lab.expertKernel(backend, lab.defaultCoefficients.families) !== undefined) return backend;
  if (hasExperts && !["auto", "default", "none"].includes(given)) {
    say(
      `moe_backend "${given}" is not known: experts by the kernels that vLLM picks for the precision`,
    );
  }
  return undefined;
}

function kvDtypeOf(row, say) {
  const given = row.kv_cache_dtype || "auto";
  if (given in KV_DTYPES) return KV_DTYPES[given];
  say(`kv_cache_dtype "${given}" is not known: taken for bf16`);
  return "bf16";
}
