/** Rows of measured latencies as configs of the simulator, by the names of the catalog. */
import { benchmarkClient } from "./client.mjs";
import { protocolOf } from "./protocol.mjs";

/** Names of the columns that the catalog does not know, and what stands for them. Each is said once. */
const PRECISIONS = {
  bf16: "none",
  bfloat16: "none",
  fp16: "none",
  float16: "none",
  fp8: "fp8",
  fp8_static: "fp8",
  fp8_ootb: "fp8",
  fp8_block: "fp8_block",
  int8: "int8",
  int8_wo: "int8",
  sq: "int8",
  w8a8: "int8",
  int4: "int4",
  int4_wo: "int4",
  w4a16: "int4",
  w4afp8: "int4",
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

const KV_DTYPES = {
  bf16: "bf16",
  bfloat16: "bf16",
  fp16: "bf16",
  float16: "bf16",
  auto: "auto",
  fp8: "fp8",
  fp8_e4m3: "fp8",
  fp8_e5m2: "fp8",
};

const BACKENDS = {
  int4: "marlin",
  int4_wo: "marlin",
  float16: "bf16",
  bfloat16: "bf16",
  fp4: "nvfp4",
  w4a16_mxfp4: "mxfp4_bf16",
  mxfp4_mxfp8: "mxfp4",
  w4a8_mxfp4_mxfp8: "mxfp4",
};

/** Columns that must hold whole numbers, where one is given. */
const COUNTS = ["isl", "osl", "concurrency", "tensor_parallel", "max_num_seqs"];
const REQUIRED = new Set(["isl", "osl", "concurrency"]);

function checkCounts(row) {
  const experts = row.expert_parallel ?? "";
  if (!(Number.isInteger(+experts) && +experts >= 0)) {
    throw new Error(`expert_parallel "${experts}" must be a whole number, 0 or 1 for none`);
  }
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
  const hardware = deviceOf(lab, row.gpu);
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

/** The device by its name, or as its driver spells it: "NVIDIA A100-SXM4-80GB", "NVIDIA H100 80GB HBM3". */
function deviceOf(lab, name) {
  const short = name
    .toLowerCase()
    .replace(/\b(nvidia|amd|instinct|geforce|tesla|hbm\d*e?|oam)\b/g, "")
    .replace(/(sxm)\d/, "$1")
    .trim();
  const isSxm = /(sxm)/.test(short);
  const bare = short.replace(/[-_ ]?(sxm|\d+gb)/g, "");
  return firstOf(
    [name, short, ...(isSxm ? [`${bare}-sxm`] : []), bare],
    (candidate) => lab.hardwarePreset(candidate),
    () => lab.hardwarePreset(name), // throws with suggestions
  );
}

function firstOf(candidates, find, otherwise) {
  for (const candidate of candidates) {
    try {
      return find(candidate);
    } catch {
      // The next one.
    }
  }
  return otherwise();
}

/** The model by its name, else by what is left of it without what says how it was stored, tuned or dated. */
function modelOf(lab, name, say) {
  const candidates = [name, ...shorter(name), ...shorter(name.replace(/^[^/]*\//, ""))];
  return firstOf(
    candidates,
    (candidate) => {
      const model = lab.modelPreset(candidate);
      if (candidate !== name) say(`model "${name}" taken for "${model.name ?? candidate}"`);
      return model;
    },
    () => lab.modelPreset(name), // throws with suggestions
  );
}

const SUFFIX =
  /[-_](fp8|fp4|nvfp4|mxfp4|int4|int8|awq|gptq|w4a16|w8a8|w4a8|bf16|kv|block|dynamic|static|quantized|instruct|thinking|chat|hf|it|exp|preview|terminus|\d{4}|v\d+(\.\d+)?)$/i;

/** A name with one such suffix less each. */
function shorter(name) {
  const names = [];
  for (let rest = name; SUFFIX.test(rest); names.push(rest)) rest = rest.replace(SUFFIX, "");
  return names;
}

/** Owners whose FP8 checkpoints have a scale for each block. */
const BLOCKWISE = /^(qwen|deepseek-ai|zai-org|minimaxai|moonshotai)\//i;

/** How weights are stored, where the model's own config.json does not say the same. */
function quantizationOf(row, model, say) {
  const given = (row.weights_dtype || row.precision || "").toLowerCase();
  const own = model.weights.map((stream) => stream.precision);
  if (given === "fp8" && !row.weights_dtype) {
    // A precision alone says how many bits, not how they are scaled.
    if (own.includes("fp8_block")) return undefined;
    if (BLOCKWISE.test(row.model)) {
      say(`precision "fp8" of ${row.model} taken for fp8_block, as its owner publishes it`);
      return "fp8_block";
    }
  }
  if (given in PRECISIONS && PRECISIONS[given] !== undefined) {
    const precision = PRECISIONS[given];
    const isOwn = own.includes(precision);
    const isQuantised = own.some((stored) => stored !== "bf16" && stored !== "fp32");
    return isOwn || (precision === "none" && isQuantised) ? undefined : precision;
  }
  if (given === "fp4") {
    return own.some((stored) => ["mxfp4", "nvfp4", "int4"].includes(stored)) ? undefined : "nvfp4";
  }
  const what =
    given === "" ? "no weights_dtype or precision" : `weights_dtype "${given}" is not known`;
  say(`${what}: weights as the model's config.json stores them`);
  return undefined;
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
