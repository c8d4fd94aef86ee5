/** Time of what depends on the number of tokens alone: matrix products, experts, collectives, norms. */
import type { Seconds, Tokens } from "../base/units.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { LayerClass, ModelDescription, WeightStream } from "../spec/model-description.js";
import { allReduceTime, exchangeTime } from "./calibrated-fabric.js";
import { expertTime, linearTime, numExpertGroups } from "./calibrated-linear.js";
import type { Coefficients } from "./coefficients.js";
import { ExpertLoads } from "./expert-load.js";
import type { ResolvedKernels } from "./resolve-kernels.js";

/** Seconds of all layers, without attention, for the tokens of one replica of the attention. */
export function timeOfTokens(
  deployment: DeploymentDescription,
  device: DeviceDescription,
  kernels: ResolvedKernels,
  { engine }: Coefficients,
): (numTokens: Tokens) => Seconds {
  const { model, parallelism } = deployment;
  const { tensorParallel, dataParallel, devicesPerNode } = parallelism;
  const passed = model.weights.filter(isPassedByEveryToken);
  const dense = passed
    .filter(({ routing }) => routing === undefined)
    .map((stream) => linearTime(stream, device, tensorParallel, kernels.linear(stream.precision)));
  const experts = passed
    .filter(({ routing }) => routing !== undefined)
    .map((stream) => {
      const { numExperts, numExpertsPerToken } = stream.routing!;
      const loads = new ExpertLoads(
        numExperts,
        numExpertsPerToken,
        numExpertGroups(stream, parallelism),
        deployment.expertRouting,
        engine.tokenDiversity,
      );
      const peak = kernels.expertPeak(stream.precision);
      const coefficients = kernels.experts(stream.precision);
      return expertTime(stream, parallelism, device, peak, coefficients, loads);
    });
  const numLayers = numLayersOf(model);
  const numMixtures = numExpertLayers(model.weights);
  const rowBytes = 2 * model.hiddenDim;
  const reduce = allReduceTime(
    device,
    tensorParallel,
    devicesPerNode,
    kernels.allReduce(tensorParallel),
  );
  const numDevices = tensorParallel * dataParallel;
  const exchange =
    dataParallel > 1
      ? exchangeTime(device, numDevices, devicesPerNode, kernels.allReduce(numDevices))
      : undefined;
  // With data-parallel attention the experts' all-reduce is an exchange of tokens there and back.
  const numReduces = 2 * numLayers - (exchange ? numMixtures : 0);
  // Two fused residual-and-norm passes, each of which reads and writes both.
  const normPerToken =
    (8 * numLayers * rowBytes) / (engine.elementwiseBandwidth * device.memoryBandwidth);
  // Norms over all heads: a small all-reduce, and passes over queries and keys in 32 bits.
  const normed = model.layers.filter(
    (layer) => layer.type === "attention" && layer.normAcrossHeads,
  );
  const numNormed = numLayersOf({ layers: normed });
  const widest = normed.reduce((width, layer) => Math.max(width, widthOf(layer)), 0);
  const wideNormPerToken =
    (20 * widest) / tensorParallel / (engine.elementwiseBandwidth * device.memoryBandwidth);
  const fixed = numLayers * engine.perLayer;

  return (numTokens) => {
    let seconds = fixed + numTokens * normPerToken;
    for (let i = 0; i < dense.length; i++) seconds += dense[i]!(numTokens);
    for (let i = 0; i < experts.length; i++) seconds += experts[i]!(numTokens * dataParallel);
    seconds += numReduces * reduce(numTokens * rowBytes);
    if (numNormed > 0) {
      seconds += numNormed * (reduce(8 * numTokens) + numTokens * wideNormPerToken);
    }
    if (exchange) {
      seconds += 2 * numMixtures * exchange(numTokens * kernels.expertsPerToken * rowBytes);
    }
    return seconds;
  };
}

function isPassedByEveryToken({ role }: WeightStream): boolean {
  return role !== "embedding" && role !== "head" && role !== "other";
}

/** Elements of the queries and keys of one token. */
function widthOf(layer: LayerClass): number {
  return layer.type === "attention" ? (layer.numHeads + layer.numKvHeads) * layer.headDim : 0;
}

/** Layers that mix tokens. */
export function numLayersOf({ layers }: Pick<ModelDescription, "layers">): number {
  return layers.reduce((sum, { numLayers }) => sum + numLayers, 0);
}

/** Layers with routed experts. */
export function numExpertLayers(weights: readonly WeightStream[]): number {
  return weights.reduce((sum, { routing, numLayers }) => sum + (routing ? numLayers : 0), 0);
}
