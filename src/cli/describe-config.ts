/** A config in a few lines: what is simulated, under which traffic. */
import { recorded } from "../workload/trace-row.js";
import type {
  HardwareConfig,
  LengthConfig,
  ModelConfig,
  SchedulerConfig,
  SimulationConfig,
  WorkloadConfig,
} from "../index.js";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLarge,
  formatNumber,
  formatSi,
} from "./number-format.js";
import { labelled, LABEL_WIDTH, WIDTH, wrap } from "./text.js";
import type { Colors } from "./terminal.js";

/** One line: the model, the devices, the policy. */
export function headline(config: SimulationConfig): string {
  const { hardware, model, scheduler } = config;
  return `${model.name ?? `${formatLarge(model.numParameters)} parameters`} on ${devices(hardware)}, ${policyName(scheduler)}`;
}

/** The config summary of the verbose mode, one paragraph for each table. */
export function describeConfig(config: SimulationConfig, { bold }: Colors): string[] {
  const paragraphs: readonly (readonly [string, string])[] = [
    ["Hardware", describeHardware(config.hardware)],
    ["Model", describeModel(config.model)],
    ["Scheduler", describeScheduler(config.scheduler)],
    ["Workload", describeWorkload(config.workload)],
  ];
  return paragraphs.flatMap(([label, text]) =>
    labelled(label, wrap(text, WIDTH - LABEL_WIDTH), bold),
  );
}

function devices({ name, tensorParallel: count = 1 }: HardwareConfig): string {
  if (name === undefined) return count === 1 ? "1 device" : `${count} devices`;
  return count === 1 ? name : `${count} × ${name}`;
}

function describeHardware(hardware: HardwareConfig): string {
  const { computeFlops, memoryBandwidth, memoryCapacity, bytesPerParam, kvCacheCapacity } =
    hardware;
  const each = (hardware.tensorParallel ?? 1) > 1 ? " each" : "";
  return list(
    devices(hardware),
    `${formatSi(computeFlops, "FLOP/s")}, ${formatSi(memoryBandwidth, "B/s")} and ${formatBytes(memoryCapacity)}${each}`,
    bytesPerParam !== undefined &&
      `${formatCount(bytesPerParam)} ${bytesPerParam === 1 ? "byte" : "bytes"} per parameter`,
    kvCacheCapacity !== undefined && `${formatBytes(kvCacheCapacity)} of KV cache`,
  );
}

function describeModel(model: ModelConfig): string {
  const { name, numParameters, numActiveParameters, numLayers, numHeads, numKvHeads } = model;
  const isMoe = numActiveParameters !== undefined && numActiveParameters < numParameters;
  return list(
    name,
    `${formatLarge(numParameters)} parameters${isMoe ? ` (${formatLarge(numActiveParameters)} active)` : ""}`,
    `${numLayers} layers`,
    `${numHeads} heads (${numKvHeads ?? numHeads} KV)`,
    model.slidingWindow !== undefined &&
      `${model.numSlidingLayers ?? numLayers} sliding layers of ${formatCount(model.slidingWindow)} tokens`,
    `up to ${formatCount(model.maxSeqLen)} tokens`,
  );
}

function describeScheduler(scheduler: SchedulerConfig): string {
  return list(
    policyName(scheduler),
    `at most ${formatCount(scheduler.maxNumBatchedTokens)} tokens a step and ${formatCount(scheduler.maxNumSeqs)} running requests`,
    `blocks of ${formatCount(scheduler.blockSize)} tokens`,
    `chunked prefill ${scheduler.enableChunkedPrefill ? "on" : "off"}`,
    scheduler.enablePreemptionFree === true && "preemption-free",
    scheduler.asyncScheduling === true && "asynchronous",
  );
}

function policyName({ policy = "fcfs" }: SchedulerConfig): string {
  if (typeof policy === "string") return policy.toLowerCase();
  return policy.needsOutputLength === true ? `${policy.name} (oracle)` : policy.name;
}

function describeWorkload(workload: SimulationConfig["workload"]): string {
  if ("create" in workload) return workload.name;
  const { trace, tracePath, dataset, numRequests, durationSecs, seed } = workload;
  return list(
    arrivals(workload),
    (trace ?? tracePath) !== undefined &&
      `trace ${tracePath ?? `of ${formatCount(recorded(trace!).rows.length)} rows`}`,
    dataset !== undefined && describeDataset(workload),
    numRequests !== undefined && `${formatCount(numRequests)} requests`,
    durationSecs !== undefined && `arrivals for ${formatDuration(durationSecs)}`,
    dataset === undefined && workload.inputLenDist && `input ${lengths(workload.inputLenDist)}`,
    workload.outputLenDist && `output ${lengths(workload.outputLenDist)}`,
    seed !== undefined && `seed ${seed}`,
  );
}

function describeDataset({ dataset = [], datasetPath }: WorkloadConfig): string {
  const numTokens = dataset.reduce((sum, row) => sum + row.numPromptTokens, 0);
  const size = `${formatCount(dataset.length)} prompts (${formatCount(numTokens)} tokens)`;
  return datasetPath === undefined ? size : `${datasetPath} with ${size}`;
}

function arrivals(workload: WorkloadConfig): string | undefined {
  const { arrivalPattern, arrivalRate, numConcurrentUsers } = workload;
  if (arrivalPattern === "closed_loop") return `closed_loop of ${numConcurrentUsers} users`;
  const rate = arrivalRate === undefined ? "" : ` at ${formatNumber(arrivalRate)} requests/s`;
  return arrivalPattern && `${arrivalPattern}${rate}`;
}

function lengths(dist: NonNullable<WorkloadConfig["inputLenDist"]>): string {
  if ("sample" in dist) return dist.name;
  const { type, ...parameters }: LengthConfig = dist;
  return `${type}(${Object.values(parameters).join(", ")})`;
}

function list(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}
