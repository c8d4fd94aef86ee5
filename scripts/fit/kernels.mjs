/** Fits the coefficients of single kernels, one family of devices at a time. */
import { readData } from "./csv.mjs";
import { leastSquares } from "./least-squares.mjs";

/** Devices of the tables, and their families. */
const FAMILIES = {
  ampere: ["a100_sxm"],
  hopper: ["h100_sxm", "h200_sxm"],
  blackwell: ["b200_sxm", "b300_sxm", "gb200", "gb300"],
  ada: ["l40s"],
  "blackwell-rtx": ["rtx_pro_6000_server"],
};

const NAMES = { bfloat16: "bf16", fp8: "fp8", fp8_block: "fp8_block", nvfp4: "nvfp4" };

/** Rows of the expert tables by our backend names: which, in what precision the weights are, and what multiplies them. */
const EXPERTS = {
  bf16: { of: ({ dtype }) => dtype === "bfloat16", precision: "bf16", arithmetic: "bf16" },
  fp8: {
    of: ({ dtype, kernel, gpu }) => dtype === "fp8" && !(HOPPER.includes(gpu) && isCutlass(kernel)),
    precision: "fp8",
    arithmetic: "fp8",
  },
  fp8_block: {
    of: ({ dtype }) => dtype === "fp8_block",
    precision: "fp8_block",
    arithmetic: "fp8",
  },
  nvfp4: { of: ({ dtype }) => dtype === "nvfp4", precision: "nvfp4", arithmetic: "fp4" },
  mxfp4: { of: ({ dtype }) => dtype === "w4a8_mxfp4_mxfp8", precision: "mxfp4", arithmetic: "fp8" },
  mxfp4_bf16: {
    of: ({ dtype, kernel }) => dtype === "w4a16_mxfp4" && !kernel.includes("marlin"),
    precision: "mxfp4",
    arithmetic: "bf16",
  },
  // The tables of mxfp4 under Marlin are of 896 experts with an emulated activation, which takes kernels of its own.
  marlin: { of: ({ dtype }) => dtype === "int4_wo", precision: "int4", arithmetic: "bf16" },
};

/**
 * FP8 with a scale a tensor on Hopper was measured with FlashInfer's CUTLASS kernels alone, which read at a sixth of the bandwidth. vLLM
 * takes them only where it is told to (VLLM_USE_FLASHINFER_MOE_FP8), and Triton's otherwise, which the table of fp8_block holds.
 */
const HOPPER = ["h100_sxm", "h200_sxm"];
const isCutlass = (kernel) => kernel.includes("flashinfer_cutlass");

/**
 * The loads that the expert tables were measured with: "balanced" deals tokens out in turn, so that no expert is left out as long as
 * there are rows for all; "power_law_1.2" draws the rows of each expert from a power law between 1 and 0.8 of the tokens
 * (aiconfigurator 095f58a5, collector/helper.py).
 */
function loadsOf({ distribution, experts, topk }) {
  const numExperts = +experts;
  const k = +topk;
  const write = (numTokens, out, used) => {
    out.numRows = numTokens * k;
    out.numExperts = Math.min(numExperts, Math.max(k, used));
  };
  if (distribution === "balanced") {
    return { of: (numTokens, out) => write(numTokens, out, numTokens * k) };
  }
  return {
    of(numTokens, out) {
      const exponent = 1 - 1.2;
      const largest = Math.max(1, 0.8 * numTokens) ** exponent;
      const rows = Array.from(
        { length: numExperts },
        (_, i) => ((largest - 1) * ((i + 0.5) / numExperts) + 1) ** (1 / exponent),
      );
      const scale = (numTokens * k) / rows.reduce((sum, n) => sum + n, 0);
      write(
        numTokens,
        out,
        rows.reduce((sum, n) => sum + Math.min(1, n * scale), 0),
      );
    },
  };
}

/** Every n-th row, at most `count` of them. */
function thin(rows, count) {
  const every = Math.max(1, Math.ceil(rows.length / count));
  return rows.filter((_, i) => i % every === 0);
}

/** Of a device's rates: no kernel is faster than its device. */
const SHARES = ["compute", "bandwidth"];

/** Fits log-multipliers of `start` and reports the error. `predict(coefficients, row)` in seconds. */
function fitTable(rows, start, sigmas, predict) {
  const keys = Object.keys(start);
  const valueOf = (key, factor) =>
    SHARES.includes(key) ? Math.min(1, start[key] * factor) : start[key] * factor;
  const at = (x) => Object.fromEntries(keys.map((key, i) => [key, valueOf(key, Math.exp(x[i]))]));
  // Logarithmic errors, large ones damped: tables hold runs that a neighbouring kernel interrupted.
  const residuals = (x) => {
    const c = at(x);
    return Float64Array.from(rows, (row) => {
      const e = Math.log(predict(c, row) / row.seconds);
      return Math.sign(e) * Math.sqrt(2 * (Math.sqrt(1 + (e / 0.3) ** 2) - 1)) * 0.3;
    });
  };
  const { x } = leastSquares(
    residuals,
    keys.map((key) => (sigmas[key] ?? 1) * 3),
  );
  const c = at(x);
  const errors = rows.map((row) => Math.abs(predict(c, row) / row.seconds - 1));
  return { coefficients: c, mape: mean(errors), median: median(errors), rows: rows.length };
}

export const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const shapeOf = (window, sums) => ({
  numPrefills: 0,
  numDecodes: 0,
  numPrefillTokens: 0,
  numSamples: 0,
  ...sums,
  attention: [
    { window, prefillPairs: 0, prefillKvTokens: 0, decodeKvTokens: 0, ...sums.attention },
  ],
});

const deployment = (kvBytes) => ({
  parallelism: {
    tensorParallel: 1,
    pipelineParallel: 1,
    dataParallel: 1,
    expertParallel: false,
    devicesPerNode: 8,
  },
  kvBytesPerElement: kvBytes,
});

/** @returns {{ families: object, residuals: object[] } | undefined} undefined without the tables */
export function fitKernels(lab, devices, log) {
  const gemm = readData("kernels/aic_gemm_vllm.csv.gz");
  if (gemm === undefined) return undefined;
  const prefill = readData("kernels/aic_attention_prefill_vllm.csv.gz");
  const decode = readData("kernels/aic_attention_decode_vllm.csv.gz");
  const moe = readData("kernels/aic_moe_vllm.csv.gz");
  const collectives = readData("kernels/aic_collectives.csv.gz");
  const families = {};
  const residuals = [];
  for (const [family, members] of Object.entries(FAMILIES)) {
    const own = ({ gpu }) => members.includes(gpu);
    const fitted = {
      linear: fitLinear(lab, devices, gemm.filter(own)),
      experts: fitExperts(lab, devices, moe.filter(own)),
      prefill: fitPrefill(lab, devices, prefill.filter(own)),
      decode: fitDecode(lab, devices, decode.filter(own)),
    };
    /** Coefficients with their source; the residuals are kept. */
    const finish = (term, fit) => {
      const { coefficients, mape, median: middle, rows } = fit;
      residuals.push({ family, term, rows, mape, median: middle });
      log(`${family} ${term}: ${describe(coefficients)} | MAPE ${percent(mape)} of ${rows}`);
      const source = `vLLM kernels on ${members.join(", ")}: ${rows} rows, MAPE ${percent(mape)}`;
      return { ...coefficients, source };
    };
    families[family] = Object.fromEntries(
      Object.entries(fitted).map(([table, fits]) => [
        table,
        Object.fromEntries(
          Object.entries(fits).map(([key, fit]) => [key, finish(`${table} ${key}`, fit)]),
        ),
      ]),
    );
    const reduce = fitAllReduce(lab, devices, collectives.filter(own));
    families[family].allReduce = finish("all-reduce", reduce);
  }
  return { families, residuals };
}

const percent = (value) => `${(100 * value).toFixed(1)} %`;

function describe(coefficients) {
  return Object.entries(coefficients)
    .map(([name, value]) =>
      typeof value === "object"
        ? `${name} (${describe(value)})`
        : `${name} ${value.toPrecision(3)}`,
    )
    .join(", ");
}

function fitLinear(lab, devices, table) {
  const fits = {};
  for (const [dtype, precision] of Object.entries(NAMES)) {
    // The tables of block-scaled GEMM hold a launch floor that whole engines do not show: only what is far above it counts.
    const isBlock = precision === "fp8_block";
    const counts = (row) => (isBlock ? row.m * row.n * row.k >= 2 ** 39 : row.n * row.k >= 2 ** 21);
    const rows = thin(
      table
        .filter((row) => row.dtype === dtype && counts(row))
        .map((row) => ({
          m: +row.m,
          seconds: row.us * 1e-6,
          device: devices[row.gpu],
          stream: {
            role: "other",
            numLayers: 1,
            matrices: [{ outputs: +row.n, inputs: +row.k }],
            precision,
          },
        })),
      6000,
    );
    if (rows.length === 0) continue;
    const start = { compute: 0.7, bandwidth: 0.75, launch: 5e-6 };
    const converted = precision === "bf16" || isBlock ? 0 : 3;
    fits[precision] = fitTable(
      rows,
      { ...start, conversion: converted },
      isBlock ? { bandwidth: 1e-3, launch: 1e-3 } : {},
      (c, { m, device, stream }) => lab.linearTime(stream, device, 1, c)(m),
    );
  }
  return fits;
}

function fitExperts(lab, devices, table) {
  const fits = {};
  for (const [backend, { of, precision, arithmetic }] of Object.entries(EXPERTS)) {
    const rows = thin(
      table
        .filter((row) => of(row) && row.moe_ep === "1" && +row.experts >= 8)
        .map((row) => {
          const device = devices[row.gpu];
          const inter = row.inter / row.moe_tp;
          return {
            tokens: +row.tokens,
            seconds: row.us * 1e-6,
            device,
            peak: device.flops[arithmetic] ?? device.flops.bf16,
            loads: loadsOf(row),
            stream: {
              role: "experts",
              numLayers: 1,
              precision,
              routing: { numExperts: +row.experts, numExpertsPerToken: +row.topk },
              matrices: [
                { outputs: 2 * inter, inputs: +row.hidden },
                { outputs: +row.hidden, inputs: inter, cut: "inputs" },
              ],
            },
          };
        }),
      3000,
    );
    if (rows.length === 0) continue;
    fits[backend] = fitTable(
      rows,
      { compute: 0.4, bandwidth: 0.8, launch: 30e-6, activation: 2.5, tileRows: 16 },
      { compute: 0.15, bandwidth: 0.1, tileRows: 0.4 },
      (c, { tokens, device, stream, peak, loads }) =>
        lab.expertTime(stream, deployment(2).parallelism, device, peak, c, loads)(tokens),
    );
  }
  return fits;
}

const attentionLayer = (row) => ({
  type: "attention",
  numLayers: 1,
  numHeads: +row.heads,
  numKvHeads: +row.kv_heads,
  headDim: +row.head_dim,
  window: +row.window || undefined,
});

const NO_DECODE = { compute: 1, bandwidth: 1, launch: 0, perSequence: 0 };
const NO_PREFILL = { compute: 1, bandwidth: 1, launch: 0, tileKeys: 0, softmaxElements: 0 };

function fitPrefill(lab, devices, table) {
  const fits = {};
  for (const [dtype, bytes] of [
    ["bfloat16", 2],
    ["fp8", 1],
  ]) {
    const rows = thin(
      table
        .filter(
          (row) =>
            row.kv_dtype === dtype && row.isl * row.batch >= 64 && row.isl * row.batch <= 65536,
        )
        .map((row) => {
          const window = +row.window || Infinity;
          const n = +row.isl;
          const full = Math.min(n, window);
          const pairs = (full * (full + 1)) / 2 + (n - full) * full;
          return {
            seconds: row.us * 1e-6,
            device: devices[row.gpu],
            layer: attentionLayer(row),
            bytes,
            shape: shapeOf(window, {
              numPrefills: +row.batch,
              numPrefillTokens: row.batch * n,
              attention: { prefillPairs: row.batch * pairs, prefillKvTokens: row.batch * n },
            }),
          };
        }),
      4000,
    );
    if (rows.length === 0) continue;
    fits[bytes === 2 ? "bf16" : "fp8"] = fitTable(
      rows,
      { compute: 0.7, bandwidth: 0.4, launch: 10e-6, tileKeys: 128, softmaxElements: 100 },
      { compute: 0.05, tileKeys: 0.3 },
      (c, { device, layer, shape, bytes: b }) =>
        lab.softmaxTime(layer, deployment(b), device, { prefill: c, decode: NO_DECODE })(shape),
    );
  }
  return fits;
}

/** Whether the whole KV cache of a run, though not small, may have stayed in the device's cache from the run before. */
function fitsCache(row, bytes) {
  const numTokens = row.batch * Math.min(+row.window || Infinity, +row.step + 1);
  const size = numTokens * 2 * row.kv_heads * row.head_dim * bytes;
  return size > 8e6 && size < 128e6;
}

function fitDecode(lab, devices, table) {
  const fits = {};
  for (const [dtype, bytes] of [
    ["bfloat16", 2],
    ["fp8", 1],
  ]) {
    const rows = thin(
      table
        .filter((row) => row.kv_dtype === dtype && !fitsCache(row, bytes))
        .map((row) => {
          const window = +row.window || Infinity;
          return {
            seconds: row.us * 1e-6,
            device: devices[row.gpu],
            layer: attentionLayer(row),
            bytes,
            shape: shapeOf(window, {
              numDecodes: +row.batch,
              attention: { decodeKvTokens: row.batch * Math.min(window, +row.step + 1) },
            }),
          };
        }),
      4000,
    );
    if (rows.length === 0) continue;
    fits[bytes === 2 ? "bf16" : "fp8"] = fitTable(
      rows,
      { compute: 0.5, bandwidth: 0.8, launch: 10e-6, perSequence: 0.05e-6 },
      { compute: 0.1 },
      (c, { device, layer, shape, bytes: b }) =>
        lab.softmaxTime(layer, deployment(b), device, { prefill: NO_PREFILL, decode: c })(shape),
    );
  }
  return fits;
}

/** Beside the coefficients of a switch, or of a pair: those of a ring over PCIe, where the devices have no other fabric. */
function fitAllReduce(lab, devices, table) {
  const rows = table
    .filter(
      (row) =>
        row.op === "all_reduce" &&
        row.backend === "vllm_graph" &&
        +row.num_gpus <= 8 &&
        +row.message_size <= 2 ** 27,
    )
    .map((row) => ({
      seconds: row.us * 1e-6,
      device: devices[row.gpu],
      n: +row.num_gpus,
      bytes: 2 * row.message_size,
    }));
  const isRing = rows.every(({ device }) => device.fabric === "pcie");
  const start = isRing
    ? { latency: 5e-6, bandwidth: 0.6, ringLatency: 4e-6, hop: 1.5e-6, bus: 0.5 }
    : { latency: 5e-6, latencyPerDevice: 0.3e-6, secondStage: 4e-6, bandwidth: 0.6 };
  const nested = ({ ringLatency, hop, bus, ...others }) =>
    isRing
      ? { latencyPerDevice: 0, secondStage: 0, ...others, ring: { latency: ringLatency, hop, bus } }
      : others;
  const fit = fitTable(rows, start, {}, (c, { device, n, bytes }) =>
    lab.allReduceTime(device, n, 8, nested(c))(bytes),
  );
  return { ...fit, coefficients: nested(fit.coefficients) };
}
