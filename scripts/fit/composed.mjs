/** Whole-model steps that were added up from measured kernels: a check, no row of which is fitted. */
import { readData } from "./csv.mjs";
import { mean } from "./kernels.mjs";

const MODELS = { "Llama-3.1-8B": "llama-3.1-8b", "Qwen3-32B": "qwen3-32b" };

/** Kernels only: no host, no gaps, no norms. */
const BARE = {
  perLayer: 0,
  elementwiseBandwidth: Infinity,
  launchPerLayer: 0,
  launchPerExpertLayer: 0,
  tokenDiversity: 1,
  samplingPerStep: 0,
  samplingPerSequence: 0,
  hostPerStep: 0,
  hostPerSequence: 0,
  hostPerPrefill: 0,
  source: "none",
};

/** Prints the error of the kernel coefficients on the composed steps, by device and model. */
export function checkComposed(lab, { families }, log) {
  const rows = readData("measured/composed_steps_public.csv");
  if (rows === undefined) return;
  const errors = new Map();
  for (const row of rows) {
    const group = `${row.gpu} ${row.model}`;
    if (!errors.has(group)) errors.set(group, []);
    const seconds = priceStep(lab, row, { families, engine: BARE });
    errors.get(group).push(Math.abs(seconds / (row.composed_ms / 1000) - 1));
  }
  log("\ncomposed steps, none of them fitted:");
  for (const [group, sizes] of errors) {
    log(`  ${group.padEnd(28)} MAPE ${(100 * mean(sizes)).toFixed(1)} % of ${sizes.length}`);
  }
  const all = [...errors.values()].flat();
  log(`  ${"overall".padEnd(28)} MAPE ${(100 * mean(all)).toFixed(1)} % of ${all.length}`);
}

function priceStep(lab, row, coefficients) {
  const tensorParallel = +row.tp;
  const description = {
    model: lab.modelPreset(MODELS[row.model]),
    hardware: { ...lab.hardwarePreset(row.gpu), bytesPerParam: 2, tensorParallel },
    device: lab.hardwarePreset(row.gpu).device,
    parallelism: {
      tensorParallel,
      pipelineParallel: 1,
      dataParallel: 1,
      expertParallel: false,
      devicesPerNode: 8,
    },
    expertRouting: { type: "uniform" },
    kvPrecision: "bf16",
    kvBytesPerElement: 2,
    asyncScheduling: false,
    maxNumSeqs: 256,
    maxNumBatchedTokens: 16384,
  };
  const cost = { seconds: 0, flops: 0, bytes: 0 };
  lab.calibrated(description, coefficients).stepCost(shapeOf(row), cost);
  return cost.seconds;
}

function shapeOf({ kind, batch, ctx_or_chunk: length }) {
  const numTokens = batch * length;
  const none = { window: Infinity, prefillPairs: 0, prefillKvTokens: 0, decodeKvTokens: 0 };
  if (kind === "decode") {
    return {
      numPrefills: 0,
      numDecodes: +batch,
      numPrefillTokens: 0,
      numSamples: +batch,
      attention: [{ ...none, decodeKvTokens: numTokens }],
    };
  }
  const prefillPairs = (numTokens * (+length + 1)) / 2;
  return {
    numPrefills: +batch,
    numDecodes: 0,
    numPrefillTokens: numTokens,
    numSamples: +batch,
    attention: [{ ...none, prefillPairs, prefillKvTokens: numTokens }],
  };
}
