/**
 * The calibrated cost model: one roofline for each class of operators, with the efficiencies that kernels of the device's family
 * were measured to have, the collectives of the fabric, and what the engine adds to every step.
 */
import { assert } from "../base/assert.js";
import type { Seconds, Tokens } from "../base/units.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { LayerClass } from "../spec/model-description.js";
import { latentTime, recurrentTime, softmaxTime, type LayerTime } from "./calibrated-attention.js";
import { linearTime } from "./calibrated-linear.js";
import { numExpertLayers, numLayersOf, timeOfTokens } from "./calibrated-tokens.js";
import type { Coefficients } from "./coefficients.js";
import { defaultCoefficients } from "./coefficients-data.js";
import type { CostModel } from "./cost-model.js";
import { largestCapture, paddedTokens } from "./cuda-graphs.js";
import { resolveKernels, type ResolvedKernels } from "./resolve-kernels.js";
import { idealRoofline } from "./roofline.js";
import { roundedMax } from "./rounded-max.js";
import { noGrowth, type RunCostModel, singleStep } from "./step-run.js";

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
 * Prices the whole model on the devices of one pipeline stage; `pipelined` makes a pipeline of it. A step on each device is
 *
 * - for the tokens of the batch, padded to a captured CUDA graph: matrix products, routed experts, two all-reduces a layer,
 *   norms and activations;
 * - for its attention: prompts and decodes apart, per class of layers;
 * - output projection and sampling for the sequences that get a token;
 * - the host's work, added where scheduling is synchronous, behind the device's where it is asynchronous.
 */
export function calibrated(
  deployment: DeploymentDescription,
  coefficients: Coefficients = defaultCoefficients,
): CalibratedCostModel {
  const { device, parallelism, asyncScheduling } = deployment;
  const { dataParallel } = parallelism;
  assert(device !== undefined, "what is calibrated is a device of the catalog");
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
  const layers = deployment.model.layers.map((layer) =>
    timeOfLayer(layer, deployment, device, kernels),
  );
  const largest = largestCapture(deployment.maxNumSeqs);
  const launches =
    engine.launchPerLayer * numLayersOf(deployment.model) +
    engine.launchPerExpertLayer * numExpertLayers(deployment.model.weights);
  const ideal = idealRoofline(deployment);

  /** Tokens of one replica of the attention: the shape holds those of all. */
  const tokensOf = (shape: BatchShape): Tokens =>
    shareOf(shape.numPrefillTokens + shape.numDecodes, dataParallel);

  /** Parts of the first step of a run, and the attention of all of them. */
  const price = (
    shape: BatchShape,
    kvTokenGrowth: Float64Array,
    numSteps: number,
    out: StepParts,
    attention: Float64Array,
  ): void => {
    const numSequences = shape.numPrefills + shape.numDecodes;
    for (let n = 0; n < numSteps; n++) attention[n] = 0;
    for (let i = 0; i < layers.length; i++) layers[i]!(shape, kvTokenGrowth, numSteps, attention);
    for (let n = 0; n < numSteps; n++) attention[n]! /= dataParallel;
    out.tokens = tokenTime(paddedTokens(tokensOf(shape), largest));
    out.attention = attention[0]!;
    out.sampling = sampleTime(shareOf(shape.numSamples, dataParallel));
    out.host =
      engine.hostPerStep +
      (engine.hostPerSequence * numSequences + engine.hostPerPrefill * shape.numPrefills) /
        dataParallel;
  };
  const scratch: StepParts = { tokens: 0, attention: 0, sampling: 0, host: 0 };
  let attention = new Float64Array(1);

  const stepCosts: RunCostModel["stepCosts"] = (shape, kvTokenGrowth, numSteps, out) => {
    ideal.stepCosts(shape, kvTokenGrowth, numSteps, out);
    if (attention.length < numSteps) attention = new Float64Array(numSteps);
    price(shape, kvTokenGrowth, numSteps, scratch, attention);
    const { tokens, sampling, host } = scratch;
    const waitsForLaunches = tokensOf(shape) > largest;
    for (let n = 0; n < numSteps; n++) {
      const layersTime = tokens + attention[n]!;
      const onDevice =
        (waitsForLaunches ? roundedMax(layersTime, launches) : layersTime) + sampling;
      out.seconds[n] = asyncScheduling ? roundedMax(onDevice, host) : onDevice + host;
    }
  };

  return {
    name: "calibrated",
    peakFlops: ideal.peakFlops,
    peakBandwidth: ideal.peakBandwidth,
    kernels,
    parts: (shape, out) => price(shape, noGrowth(shape), 1, out, attention),
    stepCost: singleStep(stepCosts),
    stepCosts,
  };
}

/** The largest of n nearly equal parts. */
function shareOf(count: number, n: number): number {
  return n === 1 ? count : Math.ceil(count / n);
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
