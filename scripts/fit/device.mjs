/** Factors for one device, from one run that was logged request by request. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { configOfRun, latenciesOf, readRun, runErrors } from "../silicon/run.mjs";
import { dataRoot } from "./csv.mjs";
import { leastSquares } from "./least-squares.mjs";

const FILES = [
  "measured/vllm019_requests.csv.gz",
  "measured/vllm019_RTX4090_Llama-3.1-8B_meta.json",
  "traces/llmservingsim_sharegpt300_llama31_8b.jsonl.gz",
];

/** Means and percentiles, in per cent; single requests are judged by the validation. */
const TARGETS = ["TTFT mean", "TPOT mean", "E2E mean", "E2E P50", "E2E P99"];
const SIGMA = 0.15;

/** Adds the device's own coefficients to the families; without the log of its run, none. */
export function fitDevice(lab, coefficients, log) {
  const files = FILES.map((file) => join(dataRoot, file));
  if (!files.every((file) => existsSync(file))) return;
  const run = readRun(...files);
  const config = configOfRun(lab, run);
  const { description } = lab.resolve(config).deployment;
  const { name } = description.device;
  const kernels = lab.calibrated(description, coefficients).kernels;
  const inherited = { linear: kernels.linear("bf16"), ...kernels.attention("bf16") };
  const source = `vLLM ${run.meta.vllm_version} on this device: one run of ${run.requests.length} requests`;

  const withDevice = (x) => {
    const linear = { ...inherited.linear, source };
    linear.compute *= Math.exp(x[0]);
    linear.bandwidth *= Math.exp(x[1]);
    const decode = { ...inherited.decode, source };
    decode.bandwidth *= Math.exp(x[2]);
    const entry = { linear: { bf16: linear }, experts: {}, prefill: {}, decode: { bf16: decode } };
    return { ...coefficients, families: { ...coefficients.families, [name]: entry } };
  };
  const errorsWith = (given) =>
    runErrors(
      latenciesOf(run, lab.simulate({ ...config, costModel: lab.calibrated(description, given) })),
    );
  const { x } = leastSquares(
    (at) => {
      const errors = errorsWith(withDevice(at));
      return Float64Array.from(TARGETS, (target) => 100 * errors[target]);
    },
    [SIGMA, SIGMA, SIGMA],
    { iterations: 8, step: 0.02 },
  );
  const print = (title, errors) =>
    log(
      `  ${title}: ${Object.entries(errors)
        .map(([key, value]) => `${key} ${(100 * value).toFixed(1)} %`)
        .join(", ")}`,
    );
  log(`\n${name}, one run:`);
  print("inherited", errorsWith(coefficients));
  const own = withDevice(x);
  coefficients.families[name] = own.families[name];
  print("fitted", errorsWith(own));
  log(
    `  compute, bandwidth, KV bandwidth × ${[...x].map((v) => Math.exp(v).toFixed(3)).join(", ")}`,
  );
}
