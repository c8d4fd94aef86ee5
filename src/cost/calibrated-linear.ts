/** Time of the matrix products and expert layers of a step on one device, as functions of the number of tokens. */
import type { Seconds, Tokens } from "../base/units.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { Matrix, WeightStream } from "../spec/model-description.js";
import { bytesPerParamOf } from "../spec/model-totals.js";
import type { Parallelism } from "../spec/parallelism.js";
import { arithmeticFor, type Precision } from "../spec/precision.js";
import type { ExpertCoefficients, LinearCoefficients } from "./coefficients.js";
import type { ExpertLoadLaw } from "./expert-load.js";
import { roundedMax } from "./rounded-max.js";

/** Bytes of an activation element. */
const ACTIVATION_BYTES = 2;

/** Parameters of these matrices that one of `n` devices holds. */
function paramsPerDevice(matrices: readonly Matrix[], n: number): number {
  let sum = 0;
  for (const { outputs, inputs, cut } of matrices) {
    sum += (outputs * inputs) / (cut === "none" ? 1 : n);
  }
  return sum;
}

/** Elements that one device reads and writes for each token: inputs of and outputs from these matrices. */
function elementsPerToken(matrices: readonly Matrix[], n: number): number {
  let sum = 0;
  for (const { outputs, inputs, cut = "outputs" } of matrices) {
    sum += cut === "inputs" ? inputs / n : inputs;
    sum += cut === "outputs" ? outputs / n : outputs;
  }
  return sum;
}

function inputsPerToken(matrices: readonly Matrix[], n: number): number {
  let sum = 0;
  for (const { inputs, cut = "outputs" } of matrices) sum += cut === "inputs" ? inputs / n : inputs;
  return sum;
}

/** FLOP/s for a precision. */
function peakFlops(device: DeviceDescription, precision: Precision): number {
  const arithmetic = arithmeticFor(precision, device.flops);
  return device.flops[arithmetic] ?? device.flops.bf16!;
}

/** Seconds of a stream that every token passes, all its layers together. */
export function linearTime(
  stream: WeightStream,
  device: DeviceDescription,
  numDevices: number,
  coefficients: LinearCoefficients,
): (numTokens: Tokens) => Seconds {
  const { numLayers, matrices } = stream;
  const { memoryBandwidth } = device;
  const params = numLayers * paramsPerDevice(matrices, numDevices);
  const computePerToken =
    (2 * params) / (coefficients.compute * peakFlops(device, stream.precision));
  const bandwidth = coefficients.bandwidth * memoryBandwidth;
  const weights = (params * bytesPerParamOf(stream)) / bandwidth;
  const rowsPerToken =
    (numLayers * elementsPerToken(matrices, numDevices) * ACTIVATION_BYTES) / bandwidth;
  const conversionPerToken =
    (numLayers * inputsPerToken(matrices, numDevices) * coefficients.conversion) / memoryBandwidth;
  const launch = numLayers * matrices.length * coefficients.launch;
  return (numTokens) =>
    roundedMax(numTokens * computePerToken, weights + numTokens * rowsPerToken) +
    numTokens * conversionPerToken +
    launch;
}

/** Seconds of a stream of routed experts, all its layers together, for the tokens of all data-parallel replicas. */
export function expertTime(
  stream: WeightStream,
  parallelism: Parallelism,
  device: DeviceDescription,
  computePeak: number,
  coefficients: ExpertCoefficients,
  loads: ExpertLoadLaw,
): (numTokens: Tokens) => Seconds {
  const { numLayers, matrices } = stream;
  const numCuts = numDevicesOf(parallelism) / numExpertGroups(stream, parallelism);
  const params = paramsPerDevice(matrices, numCuts);
  const computePerRow = (2 * params) / (coefficients.compute * computePeak);
  const secondsPerExpert =
    (params * bytesPerParamOf(stream)) / (coefficients.bandwidth * device.memoryBandwidth);
  const activationPerRow =
    (coefficients.activation * elementsPerToken(matrices, numCuts) * ACTIVATION_BYTES) /
    device.memoryBandwidth;
  const load = { numExperts: 0, numRows: 0 };
  return (numTokens) => {
    loads.of(numTokens, load);
    const rows = load.numRows + load.numExperts * coefficients.tileRows;
    const corner = roundedMax(rows * computePerRow, load.numExperts * secondsPerExpert);
    return numLayers * (corner + load.numRows * activationPerRow + coefficients.launch);
  };
}

/** Groups of devices that each hold whole experts, a share of them. */
export function numExpertGroups({ routing }: WeightStream, parallelism: Parallelism): number {
  return parallelism.expertParallel ? Math.min(numDevicesOf(parallelism), routing!.numExperts) : 1;
}

function numDevicesOf({ tensorParallel, dataParallel }: Parallelism): number {
  return tensorParallel * dataParallel;
}
