/** Factors for a deployment from its own measurements: a few benchmark results, or single steps. */
import { ConfigError } from "../base/errors.js";
import { gaussNewton } from "./gauss-newton.js";
import { exp, ln } from "../base/math.js";
import type { Seconds } from "../base/units.js";
import { calibratedProvenance, type Provenance, type Reach } from "../cost/provenance.js";
import type { Coefficients } from "../cost/coefficients.js";
import type { HeldOutErrors } from "../cost/confidence.js";
import type { CostModel } from "../cost/cost-model.js";
import { pipelined } from "../cost/pipeline.js";
import { noFactors, profiled, type ProfileFactors } from "./profiled.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { SimulationConfig } from "../simulation/config.js";
import { predictBenchmark, type BenchmarkLoad } from "./predict-benchmark.js";
import { resolve } from "../simulation/resolve.js";

/** One run of a benchmark: its load, and the mean latencies that its client found. */
export interface BenchmarkMeasurement extends BenchmarkLoad {
  readonly type: "benchmark";
  readonly label?: string;
  readonly ttft?: Seconds;
  readonly tpot?: Seconds;
}

/** One forward pass. */
export interface StepMeasurement {
  readonly type: "step";
  readonly label?: string;
  readonly shape: BatchShape;
  readonly seconds: Seconds;
}

/** Means of a benchmark, or the time of a step. */
export type Measurement = BenchmarkMeasurement | StepMeasurement;

/** Plain data: `JSON.stringify` writes it, and it holds for the deployment that it was made for. */
export interface CalibrationProfile {
  readonly kind: "inference-lab calibration profile";
  readonly version: 1;
  /** Device and model, to compare with. */
  readonly device: string;
  readonly model: string;
  readonly factors: ProfileFactors;
  /** Which factors were fitted. */
  readonly fitted: readonly (keyof ProfileFactors)[];
  /** Of each measurement: what was measured, and what is predicted without and with the factors. */
  readonly residuals: readonly Residual[];
  /** What the measurements span. */
  readonly range: { readonly concurrency: readonly number[]; readonly context: readonly number[] };
}

/** What is left of the difference at one measurement. */
export interface Residual {
  readonly label: string;
  readonly metric: "ttft" | "tpot" | "step";
  readonly measured: Seconds;
  readonly before: Seconds;
  readonly after: Seconds;
}

/** The profile of a deployment that nobody has measured: all factors are 1. */
export function profileOf(config: SimulationConfig): CalibrationProfile {
  const { device, model } = describe(config);
  return {
    kind: "inference-lab calibration profile",
    version: 1,
    device: device.name,
    model: model.name ?? "",
    factors: noFactors,
    fitted: [],
    residuals: [],
    range: { concurrency: [], context: [] },
  };
}

/** The config, priced with the factors of a profile. */
export function withProfile(
  config: SimulationConfig,
  profile: CalibrationProfile,
): SimulationConfig {
  return withProfileOn({}, config, profile);
}

/** What a calibration begins with; the defaults are those of all predictions. */
export interface CalibrationBasis {
  readonly coefficients?: Coefficients;
  readonly heldOut?: HeldOutErrors;
}

/**
 * The config, priced with the factors of a profile on such coefficients.
 *
 * @internal for `npm run validate -- --calibrate`
 */
export function withProfileOn(
  { coefficients, heldOut }: CalibrationBasis,
  config: SimulationConfig,
  profile: CalibrationProfile,
): SimulationConfig {
  const deployment = describe(config);
  const { factors, device, model } = profile;
  const name = `calibrated, profile of ${model} on ${device}`;
  const { kernels } = profiled(deployment, factors, coefficients);
  const known = calibratedProvenance(deployment, kernels.provenance, heldOut);
  return {
    ...config,
    costModel: {
      ...costModelOf(deployment, factors, coefficients),
      name,
      provenance: (reach) =>
        withOwnMeasurements({ ...known(reach), costModel: name }, profile, reach),
    },
  };
}

/** Errors stay those of comparable deployments without a profile: it has made them smaller, nobody knows by how much. */
function withOwnMeasurements(
  { terms, outsideRange, ...known }: Provenance,
  { factors, residuals, range, model, device }: CalibrationProfile,
  { context }: Reach,
): Provenance {
  if (residuals.length === 0) return { ...known, terms, outsideRange };
  const term = NAMES.map((name) => `${name} × ${factors[name].toPrecision(3)}`).join(", ");
  const source = `${residuals.length} latencies that were measured of ${model} on ${device}`;
  const longest = range.context[1] ?? Infinity;
  const beyond = `tokens of the longest request: ${context}, measured for the profile were up to ${longest}`;
  return {
    ...known,
    terms: [...terms, { term, inherited: false, source }],
    outsideRange: context > longest ? [...outsideRange, beyond] : outsideRange,
  };
}

const NAMES = ["prefill", "decode", "overhead"] as const;
/**
 * How far single points of a curve over concurrency lie from what the curve has in common, in logarithms: 1.48 × the median deviation
 * of the public rows. Factors cannot explain it, nor should they.
 */
const WITHIN = { ttft: 0.1, tpot: 0.035, step: 0.035 } as const;
/**
 * Neighbouring points err alike, so that three of them say less than three: deviations of neighbours correlate by 0.2 to 0.4 about the
 * mean of their curve, by about 0.55 about the truth, which makes the error of a mean of three 1.4 times as large.
 */
const ALIKE = 1.4;
/** Of a normal distribution, 80 % lie within this many standard deviations. */
const DEVIATIONS_OF_80_PERCENT = 1.2816;

/**
 * Fits the factors of a profile to measurements of the deployment that `config` describes (its workload is not looked at).
 *
 * What is minimised is the sum of squares of logarithmic errors over those that points of one curve have, rising linearly from there on,
 * so that no point drives the rest, and of the factors' logarithms over those that `result.confidence` knows of comparable deployments:
 * TTFT says how far prompts may be off, TPOT how far decodes.
 *
 * ```ts
 * const profile = calibrate(profileOf(config), measurements, config);
 * simulate(withProfile(config, profile));
 * ```
 *
 * @throws ConfigError if there are no measurements, if one is no duration above 0, or the device is not one of the catalog
 */
export function calibrate(
  profile: CalibrationProfile,
  measurements: readonly Measurement[],
  config: SimulationConfig,
): CalibrationProfile {
  return calibrateOn({}, profile, measurements, config);
}

/**
 * The same on another basis, such as coefficients that had not seen the deployment.
 *
 * @internal for `npm run validate -- --calibrate`
 */
export function calibrateOn(
  { coefficients, heldOut }: CalibrationBasis,
  profile: CalibrationProfile,
  measurements: readonly Measurement[],
  config: SimulationConfig,
): CalibrationProfile {
  if (measurements.length === 0) {
    throw new ConfigError([
      { path: ["measurements"], message: "there are none", fix: "give at least one" },
    ]);
  }
  const deployment = describe(config);
  const targets = measurements.flatMap(targetsOf);
  const problems = targets
    .filter(({ measured }) => !(measured > 0 && measured < Infinity))
    .map(({ label, metric, measured }) => ({
      path: ["measurements", label, metric],
      message: `${measured} is no duration`,
      fix: "give seconds above 0, or leave it out",
    }));
  if (problems.length > 0) throw new ConfigError(problems);
  const widths = priorOf(deployment, heldOut);
  const predict = (x: readonly number[]): number[] => {
    const costModel = costModelOf(deployment, factorsAt(profile, x), coefficients);
    return measurements.flatMap((one) => predictOne(one, { ...config, costModel }, costModel));
  };
  const residuals = (x: readonly number[]): number[] => [
    ...predict(x).map((value, i) => {
      const { metric, measured } = targets[i]!;
      return robust(ln(value / measured) / (ALIKE * WITHIN[metric]));
    }),
    ...x.map((value, i) => value / widths[i]!),
  ];
  const before = predict([0, 0, 0]);
  const x = gaussNewton(residuals, NAMES.length);
  const after = predict(x);
  return {
    ...profile,
    factors: factorsAt(profile, x),
    fitted: NAMES,
    residuals: targets.map((target, i) => ({ ...target, before: before[i]!, after: after[i]! })),
    range: rangeOf(measurements),
  };
}

function costModelOf(
  deployment: DeploymentDescription,
  factors: ProfileFactors,
  coefficients: Coefficients | undefined,
): CostModel {
  const stage = profiled(deployment, factors, coefficients);
  return pipelined(stage, deployment.parallelism.pipelineParallel);
}

/** How far the factors of such a deployment are from 1, typically: logarithms, in the order of NAMES. */
function priorOf(deployment: DeploymentDescription, errors: HeldOutErrors | undefined): number[] {
  const { heldOut } = calibratedProvenance(deployment, [], errors)({ batch: 0, context: 0 });
  const between = (metric: "ttft" | "tpot") => {
    const total = heldOut!.errors[metric] / DEVIATIONS_OF_80_PERCENT;
    // What errors of a curve have in common; where almost nothing is left, half.
    return Math.sqrt(Math.max(total ** 2 - WITHIN[metric] ** 2, (total / 2) ** 2));
  };
  const [prefill, decode] = [between("ttft"), between("tpot")];
  return [prefill, decode, decode];
}

/** Pseudo-Huber loss as a residual: 95 % efficient for normal errors. */
function robust(residual: number): number {
  const ratio = residual / 1.345;
  const size = 1.345 * Math.sqrt(2 * (Math.sqrt(1 + ratio * ratio) - 1));
  return residual < 0 ? -size : size;
}

function describe(
  config: SimulationConfig,
): DeploymentDescription & { readonly device: NonNullable<DeploymentDescription["device"]> } {
  const { description } = resolve(config).deployment;
  const { device } = description;
  if (device !== undefined) return { ...description, device };
  throw new ConfigError([
    {
      path: ["hardware"],
      message: "a profile needs a device of the catalog",
      fix: 'name one: preset = "h100-sxm"',
    },
  ]);
}

function factorsAt({ factors }: CalibrationProfile, x: readonly number[]): ProfileFactors {
  return {
    prefill: factors.prefill * exp(x[0]!),
    decode: factors.decode * exp(x[1]!),
    overhead: factors.overhead * exp(x[2]!),
  };
}

function targetsOf(
  measurement: Measurement,
  index: number,
): Pick<Residual, "label" | "metric" | "measured">[] {
  const label = measurement.label ?? `measurement ${index + 1}`;
  if (measurement.type === "step") {
    return [{ label, metric: "step", measured: measurement.seconds }];
  }
  const { ttft, tpot } = measurement;
  return [
    ...(ttft === undefined ? [] : [{ label, metric: "ttft", measured: ttft } as const]),
    ...(tpot === undefined ? [] : [{ label, metric: "tpot", measured: tpot } as const]),
  ];
}

/** In the order of `targetsOf`. */
function predictOne(
  measurement: Measurement,
  config: SimulationConfig,
  costModel: CostModel,
): number[] {
  if (measurement.type === "step") {
    const cost = { seconds: 0, flops: 0, bytes: 0 };
    costModel.stepCost(measurement.shape, cost);
    return [cost.seconds];
  }
  const { ttft, tpot } = predictBenchmark(config, measurement);
  return [
    ...(measurement.ttft === undefined ? [] : [ttft]),
    ...(measurement.tpot === undefined ? [] : [tpot]),
  ];
}

function rangeOf(measurements: readonly Measurement[]): CalibrationProfile["range"] {
  const benchmarks = measurements.filter((one) => one.type === "benchmark");
  const span = (values: readonly number[]) =>
    values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
  return {
    concurrency: span(benchmarks.flatMap(({ concurrency }) => concurrency ?? [])),
    context: span(benchmarks.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)),
  };
}
