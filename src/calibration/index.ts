/**
 * The calibrated cost model, corrected by your own measurements, and what the client of a benchmark would measure:
 * `inference-lab/calibration`.
 *
 * @module
 */
export {
  type BenchmarkMeasurement,
  calibrate,
  type CalibrationProfile,
  type Measurement,
  profileOf,
  type Residual,
  type StepMeasurement,
  withProfile,
} from "./calibrate.js";
export {
  type BenchmarkLatencies,
  type BenchmarkLoad,
  predictBenchmark,
} from "./predict-benchmark.js";
export type { ProfileFactors } from "./profiled.js";
