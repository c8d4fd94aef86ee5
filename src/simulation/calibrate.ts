/** Factors for a deployment from its own measurements: a few benchmark results, or single steps. */
import { ConfigError } from "../base/errors.js";
import { exp, ln } from "../base/math.js";
import type { Seconds, Tokens } from "../base/units.js";
import { noFactors, profiled, type ProfileFactors } from "../cost/profiled.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { SimulationConfig } from "./config.js";
import { resolve } from "./resolve.js";
import { simulate } from "./simulation.js";

/** One run of a benchmark: its load, and the mean latencies that it found. */
export interface BenchmarkMeasurement {
  readonly type: "benchmark";
  readonly label?: string;
  /** Requests in flight; absent where they were sent at a rate. */
  readonly concurrency?: number;
  /** Requests per second, at random moments; Infinity: all at once. */
  readonly requestRate?: number;
  readonly numRequests: number;
  /** Means. */
  readonly inputTokens: Tokens;
  readonly outputTokens: Tokens;
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
  { factors, device, model }: CalibrationProfile,
): SimulationConfig {
  const costModel = profiled(describe(config), factors);
  return {
    ...config,
    costModel: { ...costModel, name: `calibrated, profile of ${model} on ${device}` },
  };
}

/** Factors are drawn to 1: a typical deviation of each, and a typical error of a measurement. */
const PRIOR = 0.3;
const ERROR = { ttft: 0.25, tpot: 0.03, step: 0.03 } as const;
const NAMES = ["prefill", "decode", "overhead"] as const;
const ITERATIONS = 4;
const STEP = 0.02;

/**
 * Fits the factors of a profile to measurements of the deployment that `config` describes (its workload is not looked at).
 *
 * ```ts
 * const profile = calibrate(profileOf(config), measurements, config);
 * simulate(withProfile(config, profile));
 * ```
 *
 * @throws ConfigError if there are no measurements, or the device is not one of the catalog
 */
export function calibrate(
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
  const predict = (x: readonly number[]): number[] =>
    measurements.flatMap((one) => predictOne(one, config, deployment, factorsAt(profile, x)));
  const residuals = (x: readonly number[]): number[] => [
    ...predict(x).map((value, i) => {
      const { metric, measured } = targets[i]!;
      return ln(value / measured) / ERROR[metric];
    }),
    ...x.map((value) => value / PRIOR),
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
  deployment: DeploymentDescription,
  factors: ProfileFactors,
): number[] {
  const costModel = profiled(deployment, factors);
  if (measurement.type === "step") {
    const cost = { seconds: 0, flops: 0, bytes: 0 };
    costModel.stepCost(measurement.shape, cost);
    return [cost.seconds];
  }
  const { ttft, tpot } = simulate({ ...config, costModel, workload: workloadOf(measurement) });
  return [
    ...(measurement.ttft === undefined ? [] : [ttft.mean]),
    ...(measurement.tpot === undefined ? [] : [tpot.mean]),
  ];
}

function workloadOf(measurement: BenchmarkMeasurement): SimulationConfig["workload"] {
  const {
    concurrency,
    requestRate = Infinity,
    numRequests,
    inputTokens,
    outputTokens,
  } = measurement;
  const lengths = {
    numRequests,
    inputLenDist: around(inputTokens),
    outputLenDist: around(outputTokens),
  };
  if (concurrency !== undefined) {
    return { ...lengths, arrivalPattern: "closed_loop", numConcurrentUsers: concurrency };
  }
  if (requestRate === Infinity) return { ...lengths, arrivalPattern: "batched" };
  return { ...lengths, arrivalPattern: "poisson", arrivalRate: requestRate };
}

/** Lengths of which the mean is known: equal ones would keep a closed loop in lockstep, which real clients are not. */
function around(mean: Tokens) {
  return {
    type: "uniform",
    min: Math.max(1, Math.round(0.9 * mean)),
    max: Math.round(1.1 * mean),
  } as const;
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

/** Minimises Σ residual² from 0; steps are halved until they help. */
function gaussNewton(residuals: (x: readonly number[]) => number[], n: number): number[] {
  let x = Array.from({ length: n }, () => 0);
  let r = residuals(x);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const columns = x.map((_, j) => {
      const moved = residuals(x.map((value, k) => (k === j ? value + STEP : value)));
      return moved.map((value, i) => (value - r[i]!) / STEP);
    });
    const delta = solve(
      columns.map((a) => columns.map((b) => dot(a, b))),
      columns.map((a) => dot(a, r)),
    );
    let scale = 1;
    let next = r;
    let moved = x;
    do {
      moved = x.map((value, j) => value - scale * delta[j]!);
      next = residuals(moved);
      scale /= 2;
    } while (dot(next, next) > dot(r, r) && scale > 0.05);
    if (dot(next, next) >= dot(r, r)) break;
    x = moved;
    r = next;
  }
  return x;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Gaussian elimination; the matrix is positive definite, as priors make it. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    for (let k = i + 1; k < n; k++) {
      const factor = rows[k]![i]! / rows[i]![i]!;
      for (let j = i; j <= n; j++) rows[k]![j]! -= factor * rows[i]![j]!;
    }
  }
  const x: number[] = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= rows[i]![j]! * x[j]!;
    x[i] = sum / rows[i]![i]!;
  }
  return x;
}
