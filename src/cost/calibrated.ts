/**
 * The calibrated cost model: one roofline for each class of operators, with the efficiencies that kernels of the device's family
 * were measured to have, the collectives of the fabric, and what the engine adds to every step.
 */
import type { Seconds, Tokens } from "../base/units.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { LayerClass, WeightStream } from "../spec/model-description.js";
import { latentTime, recurrentTime, softmaxTime, type LayerTime } from "./calibrated-attention.js";
import { allReduceTime, exchangeTime } from "./calibrated-fabric.js";
import { bytesPerParam, expertTime, linearTime, peakFlops } from "./calibrated-linear.js";
import type { Coefficients } from "./coefficients.js";
import type { CostModel, StepCost } from "./cost-model.js";
import { largestCapture, paddedTokens } from "./cuda-graphs.js";
import { resolveKernels, type ResolvedKernels } from "./resolve-kernels.js";
import { roundedMax } from "./rounded-max.js";

/** Parts of a step, in seconds, for those who look into a cost model. */
export interface StepParts {
  /** Everything that depends on the number of tokens alone: matrix products, experts, collectives, norms. */
  tokens: Seconds;
  attention: Seconds;
  /** Output projection and sampling. */
  sampling: Seconds;
  host: Seconds;
}

export interface CalibratedCostModel extends CostModel {
  readonly kernels: ResolvedKernels;
  /** The parts that `stepCost` adds up. */
  parts(shape: BatchShape, out: StepParts): void;
}

/**
 * A step on each device is
 *
 * - for the tokens of the batch, padded to a captured CUDA graph: matrix products, routed experts, two all-reduces a layer,
 *   norms and activations;
 * - for its attention: prompts and decodes apart, per class of layers;
 * - output projection and sampling for the sequences that get a token;
 * - the host's work, added where scheduling is synchronous, behind the device's where it is asynchronous.
 */
export function calibrated(
  deployment: DeploymentDescription,
  coefficients: Coefficients,
): CalibratedCostModel {
  const { device, parallelism, asyncScheduling, hardware } = deployment;
  if (device === undefined) throw new Error("a calibrated cost model needs a device of the catalog");
  const { engine } = coefficients;
  const kernels = resolveKernels(deployment, coefficients);
  const tokenTime = memoised(
    timeOfTokens(deployment, device, kernels, coefficients),
    deployment.maxNumBatchedTokens,
  );
  const sampleTime = memoised(
    timeOfSamples(deployment, device, kernels, coefficients),
    deployment.maxNumSeqs,
  );
  const layers = deployment.model.layers.map((layer) => timeOfLayer(layer, deployment, device, kernels));
  const largest = largestCapture(deployment.maxNumSeqs);
  const numDevices =
    parallelism.tensorParallel * parallelism.dataParallel * parallelism.pipelineParallel;
  const work = workOf(deployment);

  const parts = (shape: BatchShape, out: StepParts): void => {
    const numTokens = shape.numPrefillTokens + shape.numDecodes;
    const numSequences = shape.numPrefills + shape.numDecodes;
    let attention = 0;
    for (let i = 0; i < layers.length; i++) attention += layers[i]!(shape);
    out.tokens = tokenTime(paddedTokens(numTokens, largest));
    out.attention = attention;
    out.sampling = sampleTime(shape.numSamples);
    out.host =
      engine.hostPerStep +
      engine.hostPerSequence * numSequences +
      engine.hostPerPrefill * shape.numPrefills;
  };
  const scratch: StepParts = { tokens: 0, attention: 0, sampling: 0, host: 0 };

  return {
    name: "calibrated",
    peakFlops: numDevices * hardware.computeFlops,
    peakBandwidth: numDevices * hardware.memoryBandwidth,
    kernels,
    parts,
    stepCost(shape: BatchShape, out: StepCost): void {
      parts(shape, scratch);
      const onDevice = scratch.tokens + scratch.attention + scratch.sampling;
      out.seconds = asyncScheduling
        ? roundedMax(onDevice, scratch.host)
        : onDevice + scratch.host;
      work(shape, out);
    },
  };
}

/** A function of small integers, computed once for each. */
function memoised(compute: (n: number) => Seconds, largest: number): (n: number) => Seconds {
  const known = new Float64Array(Math.min(largest, 1 << 17) + 1).fill(-1);
  return (n) => {
    if (n >= known.length) return compute(n);
    let value = known[n]!;
    if (value < 0) known[n] = value = compute(n);
    return value;
  };
}

function timeOfTokens(
  deployment: DeploymentDescription,
  device: DeviceDescription,
  kernels: ResolvedKernels,
  { engine }: Coefficients,
): (numTokens: Tokens) => Seconds {
  const { model, parallelism } = deployment;
  const { tensorParallel, dataParallel, devicesPerNode } = parallelism;
  const streams = model.weights.filter(isPassedByEveryToken).map((stream) => {
    const linear = kernels.linear(stream.precision);
    return stream.routing
      ? expertTime(
          stream,
          deployment,
          device,
          kernels.expertPeak(stream.precision),
          kernels.experts(stream.precision),
        )
      : linearTime(stream, device, tensorParallel, linear);
  });
  const numLayers = model.layers.reduce((sum, layer) => sum + layer.numLayers, 0);
  const numMixtures = numExpertLayers(model.weights);
  const rowBytes = 2 * model.hiddenDim;
  const reduce = allReduceTime(device, tensorParallel, devicesPerNode, kernels.allReduce);
  const exchange =
    dataParallel > 1
      ? exchangeTime(device, tensorParallel * dataParallel, devicesPerNode, kernels.allReduce)
      : undefined;
  // With data-parallel attention the experts' all-reduce is an exchange of tokens there and back.
  const numReduces = 2 * numLayers - (exchange ? numMixtures : 0);
  // Two fused residual-and-norm passes, each of which reads and writes both.
  const normPerToken =
    (8 * numLayers * rowBytes) / (engine.elementwiseBandwidth * device.memoryBandwidth);
  const fixed = numLayers * engine.perLayer;
  const betweenStages = (parallelism.pipelineParallel - 1) * 10e-6;

  return (numTokens) => {
    let seconds = fixed + betweenStages + numTokens * normPerToken;
    for (let i = 0; i < streams.length; i++) seconds += streams[i]!(numTokens);
    seconds += numReduces * reduce(numTokens * rowBytes);
    if (exchange) {
      seconds += 2 * numMixtures * exchange(numTokens * kernels.expertsPerToken * rowBytes);
    }
    return seconds;
  };
}

function timeOfSamples(
  { model, parallelism }: DeploymentDescription,
  device: DeviceDescription,
  kernels: ResolvedKernels,
  { engine }: Coefficients,
): (numSamples: number) => Seconds {
  const heads = model.weights.filter(({ role }) => role === "head");
  const times = heads.map((stream) =>
    linearTime(stream, device, parallelism.tensorParallel, kernels.linear(stream.precision)),
  );
  return (numSamples) => {
    if (numSamples === 0) return 0;
    let seconds = engine.samplingPerStep + numSamples * engine.samplingPerSequence;
    for (let i = 0; i < times.length; i++) seconds += times[i]!(numSamples);
    return seconds;
  };
}

function timeOfLayer(
  layer: LayerClass,
  deployment: DeploymentDescription,
  device: DeviceDescription,
  kernels: ResolvedKernels,
): LayerTime {
  const attention = kernels.attention(deployment.kvPrecision);
  switch (layer.type) {
    case "attention":
      return softmaxTime(layer, deployment, device, attention);
    case "mla":
      return latentTime(layer, deployment, device, attention);
    case "recurrent":
      return recurrentTime(layer, deployment, device, attention);
  }
}

function isPassedByEveryToken({ role }: WeightStream): boolean {
  return role !== "embedding" && role !== "head" && role !== "other";
}

function numExpertLayers(weights: readonly WeightStream[]): number {
  return weights.reduce((sum, { routing, numLayers }) => sum + (routing ? numLayers : 0), 0);
}

/** FLOPs and bytes of a step over all devices: what its arithmetic needs, whatever time it takes. */
function workOf({
  model,
  kvBytesPerElement,
  parallelism,
}: DeploymentDescription): (shape: BatchShape, out: StepCost) => void {
  let flopsPerToken = 0;
  let flopsPerSample = 0;
  let denseBytes = 0;
  const mixtures: { total: number; idleShare: number }[] = [];
  for (const stream of model.weights) {
    if (stream.role === "embedding") continue;
    const perExpert =
      stream.numLayers * stream.matrices.reduce((sum, m) => sum + m.outputs * m.inputs, 0);
    const { routing } = stream;
    if (stream.role === "head") flopsPerSample += 2 * perExpert;
    else flopsPerToken += 2 * perExpert * (routing?.numExpertsPerToken ?? 1);
    if (routing) {
      const { numExperts, numExpertsPerToken } = routing;
      const total = perExpert * numExperts * bytesPerParam(stream);
      mixtures.push({ total, idleShare: 1 - numExpertsPerToken / numExperts });
    } else denseBytes += perExpert * bytesPerParam(stream);
  }
  const layers = model.layers.flatMap((layer) =>
    layer.type === "recurrent" ? [] : [pairWork(layer, kvBytesPerElement, parallelism.tensorParallel)],
  );
  return (shape, out) => {
    const numTokens = shape.numPrefillTokens + shape.numDecodes;
    let flops = flopsPerToken * numTokens + flopsPerSample * shape.numSamples;
    let bytes = denseBytes;
    for (let i = 0; i < mixtures.length; i++) {
      bytes += mixtures[i]!.total * (1 - integerPower(mixtures[i]!.idleShare, numTokens));
    }
    for (let i = 0; i < layers.length; i++) {
      const { window, flopsPerPair, bytesPerKvToken } = layers[i]!;
      for (let j = 0; j < shape.attention.length; j++) {
        const sums = shape.attention[j]!;
        if (sums.window !== window) continue;
        flops += flopsPerPair * (sums.prefillPairs + sums.decodeKvTokens);
        bytes += bytesPerKvToken * (sums.prefillKvTokens + sums.decodeKvTokens);
      }
    }
    out.flops = flops;
    out.bytes = bytes;
  };
}

/** baseⁿ for a whole n ≥ 0, by squaring. */
function integerPower(base: number, n: number): number {
  let power = 1;
  for (let square = base, rest = n; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) power *= square;
  }
  return power;
}

function pairWork(
  layer: Exclude<LayerClass, { type: "recurrent" }>,
  bytes: number,
  tensorParallel: number,
): { window: number; flopsPerPair: number; bytesPerKvToken: number } {
  const { numLayers, numHeads } = layer;
  if (layer.type === "mla") {
    const { kvLoraRank, qkRopeHeadDim } = layer;
    return {
      window: Infinity,
      flopsPerPair: 2 * numLayers * numHeads * (2 * kvLoraRank + qkRopeHeadDim),
      bytesPerKvToken: numLayers * tensorParallel * (kvLoraRank + qkRopeHeadDim) * bytes,
    };
  }
  const elements = layer.headDim + (layer.valueHeadDim ?? layer.headDim);
  return {
    window: layer.window ?? Infinity,
    flopsPerPair: 2 * numLayers * numHeads * elements,
    bytesPerKvToken:
      numLayers * Math.max(layer.numKvHeads, tensorParallel) * elements * bytes,
  };
}

export { peakFlops };
