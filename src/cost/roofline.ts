/**
 * The ideal roofline: a step takes as long as its arithmetic at peak FLOP/s, or its reads at peak bandwidth, whichever
 * is longer. An upper bound on speed: no kernel, launch or communication overhead.
 */
import { exp, ln } from "../base/math.js";
import type { Bytes, Flops, Tokens } from "../base/units.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import { describeModel } from "../spec/describe-model.js";
import type { HardwareSpec } from "../spec/hardware-spec.js";
import type { ExpertRouting, WeightStream } from "../spec/model-description.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { bytesPerParamOf } from "../spec/model-totals.js";
import { type ExpertRoutingLaw, type Parallelism, single } from "../spec/parallelism.js";
import { arithmeticFor, precisionOf, type Precision } from "../spec/precision.js";
import type { CostModel, StepCost, StepCosts } from "./cost-model.js";
import { ExpertLoads } from "./expert-load.js";
import { MixingWork } from "./mixing-work.js";
import { noGrowth, type RunCostModel } from "./step-run.js";

/**
 * A model by its totals on N = tensorParallel devices. With P parameters, A of them active:
 *
 * - linear FLOPs = 2 × A × tokens
 * - attention FLOPs = 4 × heads × headDim × attended pairs, summed over layers (full layers attend causally, sliding
 *   layers at most `slidingWindow` keys per token)
 * - bytes = weights + KV read
 * - weights, dense = bytesPerParam × P
 * - weights, mixture of experts = bytesPerParam × P × (1 − (1 − A / P)^tokens)
 * - KV read = 2 × max(numKvHeads, N) × headDim × bytesPerParam for each token that a layer reads, summed over layers:
 *   with N > numKvHeads each device reads a copy of its own
 * - seconds = max(FLOPs / (N × computeFlops), bytes / (N × memoryBandwidth))
 *
 * Writes and activations are ignored. The weights of a mixture of experts are an approximation, since only totals are
 * known: every token draws its share A / P of all parameters independently, as if attention and shared weights were
 * drawn too and routing were uniform.
 */
export function roofline(hardware: HardwareSpec, model: ModelSpec): CostModel {
  const { tensorParallel, bytesPerParam } = hardware;
  return idealRoofline({
    hardware,
    model: describeModel(model, { bytesPerParam }),
    parallelism: { ...single, tensorParallel },
    expertRouting: { type: "uniform" },
    kvPrecision: precisionOf(bytesPerParam),
    kvBytesPerElement: bytesPerParam,
  });
}

/** What the ideal roofline depends on. */
export type RooflineInput = Pick<
  DeploymentDescription,
  | "hardware"
  | "device"
  | "model"
  | "parallelism"
  | "expertRouting"
  | "kvPrecision"
  | "kvBytesPerElement"
>;

/**
 * A composed model, on all devices of its replicas together (stages of a pipeline are priced by `pipelined`):
 *
 * - linear FLOPs = 2 × parameters of each stream that a token is multiplied with × tokens, sampled positions for the output
 *   projection, at the rate of the stream's precision
 * - attention FLOPs = 2 × heads × (elements of key + value) × attended pairs, at the rate of bf16
 * - bytes of weights = those of each stream at its precision; of experts the ones that are used, by the coupon collector's law:
 *   E × (1 − (1 − k / E)^tokens) of E experts of which each token uses k; every device reads its own copy of what is not cut
 * - bytes of KV = those that each layer reads; of recurrent layers one state per sequence
 * - seconds = max(Σ FLOPs / rate, bytes / bandwidth)
 */
export function idealRoofline(input: RooflineInput): RunCostModel {
  const { hardware, model, parallelism, expertRouting } = input;
  const numDevices = parallelism.tensorParallel * parallelism.dataParallel;
  const peakBandwidth = numDevices * hardware.memoryBandwidth;
  const rateOf = (precision: Precision): Flops => {
    const rates = input.device?.flops;
    if (rates === undefined) return numDevices * hardware.computeFlops;
    return numDevices * (rates[arithmeticFor(precision, rates)] ?? hardware.computeFlops);
  };
  const attentionRate = rateOf("bf16");
  const linear = linearWork(model.weights, parallelism, rateOf);
  const price = new RooflinePrice({
    linear,
    mixing: new MixingWork(input),
    weights: weightReads(model.weights, parallelism, expertRouting),
    attentionRate,
    bandwidth: peakBandwidth,
  });
  return {
    name: "roofline",
    peakFlops: Math.max(attentionRate, ...linear.map(({ rate }) => rate)),
    peakBandwidth,
    stepCost: (shape, out) => price.step(shape, out),
    stepCosts: (shape, kvTokenGrowth, numSteps, out) =>
      price.run(shape, kvTokenGrowth, numSteps, out),
  };
}

interface RooflineParts {
  readonly linear: readonly LinearWork[];
  readonly mixing: MixingWork;
  readonly weights: WeightReads;
  /** FLOP/s of attention, and bytes/s. */
  readonly attentionRate: Flops;
  readonly bandwidth: Bytes;
}

/** Keeps the part of a price that tokens and samples decide: from decode to decode it stays the same. */
class RooflinePrice {
  readonly #parts: RooflineParts;
  #numTokens = NaN;
  #numSamples = NaN;
  #flops = 0;
  /** Those at the rate of attention, and the time of the others. */
  #flopsAtRate = 0;
  #otherSeconds = 0;
  #weightBytes = 0;

  constructor(parts: RooflineParts) {
    this.#parts = parts;
  }

  step(shape: BatchShape, out: StepCost): void {
    const { mixing, attentionRate, bandwidth } = this.#parts;
    this.#priceTokens(shape);
    mixing.meet(shape);
    const kvTokens = shape.attention.length > 0 ? shape.attention[0]!.decodeKvTokens : 0;
    let flops = mixing.flops + mixing.flopsPerKvToken * kvTokens;
    let bytes = mixing.bytes + this.#weightBytes + mixing.bytesPerKvToken * kvTokens;
    if (mixing.hasOthers) {
      mixing.countOthers(shape, noGrowth(shape), 0);
      flops += mixing.otherFlops;
      bytes += mixing.otherBytes;
    }
    const computing = this.#otherSeconds + (this.#flopsAtRate + flops) / attentionRate;
    out.flops = flops + this.#flops;
    out.bytes = bytes;
    out.seconds = larger(computing, bytes / bandwidth);
  }

  /** For each of the steps the same arithmetic as in `step`. */
  run(shape: BatchShape, kvTokenGrowth: Float64Array, numSteps: number, out: StepCosts): void {
    const { mixing, attentionRate, bandwidth } = this.#parts;
    this.#priceTokens(shape);
    mixing.meet(shape);
    // In one loop over few arrays, with what stays read before it: V8 does not move loads out of loops, and every array costs a loop
    // four of them. Together that takes a decode step from 22 to 14 ns.
    const { seconds, flops, bytes } = out;
    const { flopsPerKvToken, bytesPerKvToken, hasOthers } = mixing;
    const mixingFlops = mixing.flops;
    const fixedBytes = mixing.bytes + this.#weightBytes;
    const otherFlops = this.#flops;
    const flopsAtRate = this.#flopsAtRate;
    const otherSeconds = this.#otherSeconds;
    const growth = shape.attention.length > 0 ? kvTokenGrowth[0]! : 0;
    // Counts below 2^53 are exact, so adding the growth up is the same as counting anew.
    let kvTokens = shape.attention.length > 0 ? shape.attention[0]!.decodeKvTokens : 0;
    for (let n = 0; n < numSteps; n++) {
      let done = mixingFlops + flopsPerKvToken * kvTokens;
      let read = fixedBytes + bytesPerKvToken * kvTokens;
      if (hasOthers) {
        mixing.countOthers(shape, kvTokenGrowth, n);
        done += mixing.otherFlops;
        read += mixing.otherBytes;
      }
      const computing = otherSeconds + (flopsAtRate + done) / attentionRate;
      flops[n] = done + otherFlops;
      bytes[n] = read;
      seconds[n] = larger(computing, read / bandwidth);
      kvTokens += growth;
    }
  }

  #priceTokens({ numPrefillTokens, numDecodes, numSamples }: BatchShape): void {
    const numTokens = numPrefillTokens + numDecodes;
    if (numTokens === this.#numTokens && numSamples === this.#numSamples) return;
    this.#numTokens = numTokens;
    this.#numSamples = numSamples;
    const { linear, attentionRate, weights } = this.#parts;
    let flops = 0;
    let flopsAtRate = 0;
    let otherSeconds = 0;
    for (let i = 0; i < linear.length; i++) {
      const { rate, flopsPerToken, flopsPerSample } = linear[i]!;
      const done = flopsPerToken * numTokens + flopsPerSample * numSamples;
      flops += done;
      if (rate === attentionRate) flopsAtRate = done;
      else otherSeconds += done / rate;
    }
    this.#flops = flops;
    this.#flopsAtRate = flopsAtRate;
    this.#otherSeconds = otherSeconds;
    let bytes = numSamples > 0 ? weights.always + weights.forSamples : weights.always;
    for (let i = 0; i < weights.experts.length; i++) bytes += weights.experts[i]!(numTokens);
    this.#weightBytes = bytes;
  }
}

/** `Math.max`, but for −0, which it looks for. */
function larger(a: number, b: number): number {
  return b > a ? b : a;
}

interface LinearWork {
  readonly rate: Flops;
  readonly flopsPerToken: Flops;
  readonly flopsPerSample: Flops;
}

/** FLOPs of weights, added up by the rate at which they are done; copies of what is not cut compute the same again. */
function linearWork(
  weights: readonly WeightStream[],
  { tensorParallel }: Parallelism,
  rateOf: (precision: Precision) => Flops,
): LinearWork[] {
  const work = new Map<Flops, LinearWork>();
  for (const stream of weights) {
    if (stream.role === "embedding") continue;
    const rate = rateOf(stream.precision);
    const { flopsPerToken, flopsPerSample } = work.get(rate) ?? NO_WORK;
    const numUsed = stream.routing?.numExpertsPerToken ?? 1;
    const flops = 2 * stream.numLayers * numUsed * parametersWithCopies(stream, tensorParallel);
    work.set(
      rate,
      stream.role === "head"
        ? { rate, flopsPerToken, flopsPerSample: flopsPerSample + flops }
        : { rate, flopsPerToken: flopsPerToken + flops, flopsPerSample },
    );
  }
  return [...work.values()];
}

const NO_WORK = { flopsPerToken: 0, flopsPerSample: 0 };

/** Parameters of one layer (of one expert) that `tensorParallel` devices hold together. */
function parametersWithCopies({ matrices }: WeightStream, tensorParallel: number): number {
  return matrices.reduce((sum, { outputs, inputs, cut }) => {
    return sum + outputs * inputs * (cut === "none" ? tensorParallel : 1);
  }, 0);
}

/** Bytes of weights that steps read: always, where a token is sampled, and of experts by the number of tokens. */
interface WeightReads {
  readonly always: Bytes;
  readonly forSamples: Bytes;
  readonly experts: readonly ((numTokens: Tokens) => Bytes)[];
}

/** What is not routed is read in whole. */
function weightReads(
  weights: readonly WeightStream[],
  { tensorParallel, dataParallel }: Parallelism,
  law: ExpertRoutingLaw,
): WeightReads {
  let always = 0;
  let forSamples = 0;
  const experts: ((numTokens: Tokens) => Bytes)[] = [];
  for (const stream of weights) {
    const { numLayers, role, routing } = stream;
    const bytes =
      numLayers * parametersWithCopies(stream, tensorParallel) * bytesPerParamOf(stream);
    if (routing !== undefined) experts.push(expertBytesRead(bytes, routing, law));
    else if (role === "head") forSamples += dataParallel * bytes;
    else if (role !== "embedding") always += dataParallel * bytes;
  }
  return { always, forSamples, experts };
}

/** @param bytes of one expert in all layers */
function expertBytesRead(
  bytes: Bytes,
  { numExperts, numExpertsPerToken }: ExpertRouting,
  law: ExpertRoutingLaw,
): (numTokens: Tokens) => Bytes {
  if (numExpertsPerToken >= numExperts) return () => numExperts * bytes;
  if (law.type === "uniform") {
    // (1 − k / E)^tokens, with the logarithm taken once.
    const lnIdleShare = ln(1 - numExpertsPerToken / numExperts);
    return (numTokens) => numExperts * bytes * (1 - exp(lnIdleShare * numTokens));
  }
  const loads = new ExpertLoads(numExperts, numExpertsPerToken, 1, law);
  const load = { numExperts: 0, numRows: 0 };
  return (numTokens) => {
    loads.of(numTokens, load);
    return load.numExperts * bytes;
  };
}
