/**
 * What a device holds beside weights and KV cache, as vLLM's memory profiling finds it before it sizes the cache: the peak of
 * activations, what libraries take, and CUDA graphs. Constants are measurements of others, named where they stand.
 */
import type { Bytes } from "../base/units.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { WeightStream } from "../spec/model-description.js";

const GIB = 2 ** 30;

/**
 * Bytes of sampling per sequence and vocabulary entry: logits in bf16 and fp32, and what sorting and summing them takes. Peaks of 1.26 GiB
 * (Llama-3-8B, 256 sequences, vLLM pull request 10511), 1.40 GiB (8B with a vocabulary of 151,936, 256 sequences, vLLM 0.15
 * log), 9.96 GiB (gemma-3-4b, 1,024 sequences, pull request 21489) are 37.1, 37.8 and 39.2 after the residual stream.
 */
const SAMPLER_BYTES_PER_LOGIT = 37.5;

/** Workspaces and modules loaded by a first pass: 0.02 to 0.07 GiB in the same logs. */
const LIBRARIES: Bytes = 0.05 * GIB;

/** NCCL and custom all-reduce: 1.79 GiB between one and two H100s (pull request 10511), 0.15 over PCIe (pull request 14447). */
const COMMUNICATION: Bytes = 1.79 * GIB;
const COMMUNICATION_WITHOUT_SWITCH: Bytes = 0.15 * GIB;

/** vLLM takes CUDA graphs into account since 0.21; 0.36 GiB (pull request 251 of gpustack/runner) to 0.65 (21489) before KV sizing. */
const CUDA_GRAPHS: Bytes = 0.5 * GIB;

/** The terms of what is reserved on each device, in bytes. */
export interface ReservedMemory {
  readonly activations: Bytes;
  readonly libraries: Bytes;
  readonly communication: Bytes;
  readonly cudaGraphs: Bytes;
}

/** The terms for a deployment; nothing where the device is given by bare numbers, which are taken to be what there is. */
export function reservedMemory(deployment: DeploymentDescription): ReservedMemory {
  const { device, parallelism, engineVersion } = deployment;
  if (device === undefined)
    return { activations: 0, libraries: 0, communication: 0, cudaGraphs: 0 };
  const { tensorParallel, pipelineParallel, dataParallel } = parallelism;
  const isAlone = tensorParallel * pipelineParallel * dataParallel === 1;
  const isSwitched = device.fabric === "nvswitch";
  return {
    activations: peakActivations(deployment),
    libraries: LIBRARIES,
    communication: isAlone ? 0 : isSwitched ? COMMUNICATION : COMMUNICATION_WITHOUT_SWITCH,
    cudaGraphs: isBefore(engineVersion, 0, 21) ? 0 : CUDA_GRAPHS,
  };
}

export function totalReserved(reserved: ReservedMemory): Bytes {
  const { activations, libraries, communication, cudaGraphs } = reserved;
  return activations + libraries + communication + cudaGraphs;
}

/**
 * The profiling run is a batch of max_num_batched_tokens tokens, and then samples for max_num_seqs sequences. Hidden state
 * and residual live through both, in bf16; a layer adds its inputs and outputs, the widest one counts.
 */
function peakActivations(deployment: DeploymentDescription): Bytes {
  const { model, parallelism, maxNumBatchedTokens, maxNumSeqs } = deployment;
  const { tensorParallel, expertParallel } = parallelism;
  const stream = 2 * 2 * model.hiddenDim * maxNumBatchedTokens;
  const widths = model.weights.map((weights) => {
    const isWhole = weights.routing !== undefined && expertParallel;
    return layerWidth(weights, isWhole ? 1 : tensorParallel);
  });
  const layer = 2 * maxNumBatchedTokens * Math.max(0, ...widths);
  const vocabulary = model.weights.find(({ role }) => role === "head")?.matrices[0]?.outputs ?? 0;
  const numSampled = Math.min(maxNumSeqs, maxNumBatchedTokens);
  return stream + Math.max(layer, SAMPLER_BYTES_PER_LOGIT * numSampled * vocabulary);
}

/** Elements that one token has in a layer at once on one device: the outputs of its matrices, and the inputs of those that are cut there. */
function layerWidth({ role, matrices, routing }: WeightStream, numDevices: number): number {
  if (role === "head" || role === "embedding" || role === "other") return 0;
  let width = 0;
  for (const { outputs, inputs, cut = "outputs" } of matrices) {
    if (inputs === 1) continue;
    width += cut === "outputs" ? outputs / numDevices : outputs;
    if (cut === "inputs") width += inputs / numDevices;
  }
  return width * (routing?.numExpertsPerToken ?? 1);
}

/** Whether a version like "0.19.0" is older; no version is the newest. */
function isBefore(version: string | undefined, major: number, minor: number): boolean {
  if (version === undefined) return false;
  const [ours = 0, theirs = 0] = version.split(".").map(Number);
  return ours < major || (ours === major && theirs < minor);
}
