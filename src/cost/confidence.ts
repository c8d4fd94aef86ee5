/** How far predictions were off on measurements that the fit had not seen, and what that says of a run. */
import { exp } from "../base/math.js";
import type { HeldOut } from "./provenance.js";

/** Errors of one kind of deployment. */
export interface HeldOutClass {
  readonly rows: number;
  readonly metrics: Readonly<
    Record<
      ConfidenceMetric,
      {
        /** |ln(predicted / measured)| of the row at the level of the interval. */
        readonly error: number;
        /** Share of rows within the interval that other rows give. */
        readonly coverage: number;
      }
    >
  >;
}

/** What intervals are given for: means, and requests per second. */
export type ConfidenceMetric = "ttft" | "tpot" | "e2e" | "throughput";
export interface HeldOutErrors {
  readonly level: number;
  readonly classes: Readonly<Record<"measured" | "dense" | "mixture", HeldOutClass>>;
  readonly overall: HeldOutClass;
  readonly models: readonly {
    readonly name: string;
    readonly hiddenDim: number;
    readonly numLayers: number;
  }[];
  readonly range: {
    readonly devices: readonly string[];
    readonly precisions: readonly string[];
    readonly tensorParallel: readonly number[];
    readonly batch: readonly number[];
    readonly context: readonly number[];
  };
}

/** Intervals for the means of a run. */
export interface Confidence {
  /** Share of comparable measurements that lie in such an interval. */
  readonly level: number;
  /** The share that did when the interval was taken from other models or curves: of TTFT, TPOT, E2E and throughput the lowest. */
  readonly coverage: number;
  /** Which measurements are comparable. */
  readonly basis: string;
  /** Seconds. */
  readonly ttft: Interval;
  readonly tpot: Interval;
  readonly e2e: Interval;
  /** Requests per second. */
  readonly throughput: Interval;
}

/** From low to high, in the unit of the metric. */
export type Interval = readonly [low: number, high: number];

/** Intervals around predicted means; undefined where nothing is known of the errors. */
export function confidenceOf(
  predicted: Readonly<Record<ConfidenceMetric, number>>,
  heldOut: HeldOut | undefined,
): Confidence | undefined {
  if (heldOut === undefined) return undefined;
  const { level, basis, errors, coverage } = heldOut;
  const around = (metric: ConfidenceMetric): Interval => {
    const factor = exp(errors[metric]);
    return [predicted[metric] / factor, predicted[metric] * factor];
  };
  return {
    level,
    coverage: Math.min(coverage.ttft, coverage.tpot, coverage.e2e, coverage.throughput),
    basis,
    ttft: around("ttft"),
    tpot: around("tpot"),
    e2e: around("e2e"),
    throughput: around("throughput"),
  };
}
