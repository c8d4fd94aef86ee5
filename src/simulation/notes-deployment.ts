/** What a reader of the results should know of hardware and model: where numbers are from, and what is approximate. */
import { defaultCoefficients } from "../cost/coefficients-data.js";
import { formatBytes } from "../cost/device-memory.js";
import { type ReservedMemory, reservedMemory, totalReserved } from "../cost/reserved-memory.js";
import { expertKernel } from "../cost/resolve-kernels.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { SimulationConfig } from "./config.js";

export function notesOnDeployment(
  { hardware, model, scheduler }: SimulationConfig,
  deployment: DeploymentDescription,
): string[] {
  const { parallelism, model: described } = deployment;
  const notes = [];
  const { device } = hardware;
  if (device?.verified === false) {
    notes.push(
      `the numbers of ${device.name} are unverified: ${device.source ?? "no source is named"}`,
    );
  }
  if (model.verified === false) {
    notes.push(
      `the numbers of ${model.name ?? "the model"} are unverified: ${model.source ?? "no source is named"}`,
    );
  }
  const isComposed = model.weights !== undefined;
  if (isComposed && hardware.bytesPerParam !== undefined) {
    notes.push(
      "bytes_per_param is not used: the model says how it is stored, which quantization and kv_cache_dtype change",
    );
  }
  const { numParameters, numActiveParameters = numParameters } = model;
  if (!isComposed && device !== undefined && numActiveParameters < numParameters) {
    notes.push(
      "the mixture of experts is given by its totals: it is taken for experts of which each token uses two; a preset or config.json would say",
    );
  }
  const { kernelBackend } = deployment;
  const hasExperts = described.weights.some(({ routing }) => routing !== undefined);
  if (hasExperts && kernelBackend !== undefined && device !== undefined) {
    if (expertKernel(kernelBackend, defaultCoefficients.families) === undefined) {
      notes.push(
        `kernel_backend "${kernelBackend}" was never measured: experts are priced by the kernels that vLLM picks for the device and the precision`,
      );
    }
  }
  const { dataParallel } = parallelism;
  if (dataParallel > 1) {
    notes.push(
      `the ${dataParallel} replicas of data_parallel are simulated as one scheduler with the limits and the KV cache of all`,
    );
  }
  if (described.layers.some(({ type }) => type === "recurrent")) {
    notes.push(
      "recurrent state is reserved for max_num_seqs sequences beside the KV cache, where vLLM takes it from the same pool",
    );
  }
  const isSized = hardware.kvCacheCapacity === undefined && scheduler.numGpuBlocks === undefined;
  if (device !== undefined && isSized) notes.push(noteOnReserved(reservedMemory(deployment)));
  return notes;
}

/** The terms that sizing the KV cache has left to other things. */
function noteOnReserved(reserved: ReservedMemory): string {
  const terms = Object.entries(reserved)
    .filter(([, bytes]) => bytes > 0)
    .map(([term, bytes]) => `${formatBytes(bytes)} ${NAMES[term as keyof ReservedMemory]}`);
  return `beside weights and KV cache each device holds ${formatBytes(totalReserved(reserved))}, estimated from logs of vLLM: ${terms.join(", ")}`;
}

const NAMES: Readonly<Record<keyof ReservedMemory, string>> = {
  activations: "activations",
  libraries: "libraries",
  communication: "communication",
  cudaGraphs: "CUDA graphs",
};

/** What vLLM would do otherwise. */
export function warningsOnDeployment(
  { scheduler }: SimulationConfig,
  { model }: DeploymentDescription,
): string[] {
  const isRecurrent = model.layers.some(({ type }) => type === "recurrent");
  if (!isRecurrent || scheduler.enablePrefixCaching === false) return [];
  return [
    "prefix hits are counted as if recurrent layers could start from them, which they cannot without cached states; vLLM turns prefix caching off for such models unless it is asked for",
  ];
}
