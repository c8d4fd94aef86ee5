/** Where the numbers of a cost model are from, and how far it was off where nobody had fitted it. */
import type { DeploymentDescription } from "../spec/deployment-description.js";
import { heldOutErrors } from "./held-out-errors-data.js";
import type { ConfidenceMetric, HeldOutErrors } from "./confidence.js";
import type { KernelProvenance } from "./resolve-kernels.js";

/** Where the numbers of a run come from, and whether it leaves what they were measured on. */
export interface Provenance {
  /** "calibrated", "roofline" (the ideal one), or the name of a plug-in. */
  readonly costModel: string;
  /** Which terms were calibrated, and on what; none for other cost models. */
  readonly terms: readonly KernelProvenance[];
  /** How far predictions were off on comparable rows that the fit had not seen; absent for other cost models. */
  readonly heldOut?: HeldOut;
  /** Where the run leaves what was measured, a line each. */
  readonly outsideRange: readonly string[];
}

/** Errors of comparable deployments that the fit had not seen, as shares. */
export interface HeldOut {
  /** Which rows are comparable. */
  readonly basis: string;
  readonly rows: number;
  /** Share of those rows that the errors below hold for. */
  readonly level: number;
  /** |ln(predicted / measured)|, about the relative error. */
  readonly errors: Readonly<Record<ConfidenceMetric, number>>;
  /** Share of rows that lie within such errors when they are taken from other rows. */
  readonly coverage: Readonly<Record<ConfidenceMetric, number>>;
}

/** What a run reached, to compare with what was measured. */
export interface Reach {
  /** Requests that ran together at most. */
  readonly batch: number;
  /** Tokens of the longest request, prompt and output. */
  readonly context: number;
}

/** Errors are taken to be this much larger where no whole engine was measured on the device's family. */
const UNMEASURED_DEVICE = 1.5;

/** Of a calibrated cost model. */
export function calibratedProvenance(
  deployment: DeploymentDescription,
  terms: readonly KernelProvenance[],
  known: HeldOutErrors = heldOutErrors,
): (reach: Reach) => Provenance {
  const { classes, level, range, models } = known;
  const { device, model, parallelism } = deployment;
  const name = device?.name ?? "";
  const isMixture = model.weights.some(({ routing }) => routing !== undefined);
  const numLayers = model.layers.reduce((sum, layer) => sum + layer.numLayers, 0);
  const seen = models.find(
    (one) => one.hiddenDim === model.hiddenDim && one.numLayers === numLayers,
  );
  const isMeasuredDevice = range.devices.includes(name);
  const isMeasured = seen !== undefined && isMeasuredDevice;
  const kind = isMixture ? "mixture" : "dense";
  const found = isMeasured ? classes.measured : classes[kind];
  const widening = isMeasuredDevice ? 1 : UNMEASURED_DEVICE;
  const each = (of: (metric: ConfidenceMetric) => number): Record<ConfidenceMetric, number> => ({
    ttft: of("ttft"),
    tpot: of("tpot"),
    e2e: of("e2e"),
    throughput: of("throughput"),
  });
  const heldOut: HeldOut = {
    basis: isMeasured
      ? `rows of ${seen.name} and others on ${name}, without their own curve`
      : `rows of ${isMixture ? "mixtures of experts" : "dense models"}, without their own model` +
        (isMeasuredDevice
          ? ""
          : `; × ${UNMEASURED_DEVICE}, since no engine was measured on ${name}`),
    rows: found.rows,
    level,
    errors: each((metric) => widening * found.metrics[metric].error),
    coverage: each((metric) => found.metrics[metric].coverage),
  };
  const fixed = [
    ...(isMeasuredDevice ? [] : [`device ${name}: measured were ${range.devices.join(", ")}`]),
    ...model.weights
      .filter(({ role }) => role === "experts" || role === "feed-forward")
      .map(({ precision }) => precision)
      .filter((precision, i, all) => all.indexOf(precision) === i)
      .filter((precision) => !range.precisions.includes(precision))
      .map((precision) => `weights in ${precision}: measured were ${range.precisions.join(", ")}`),
    ...beyond("tensor_parallel", parallelism.tensorParallel, range.tensorParallel),
    ...(parallelism.pipelineParallel > 1 ? ["pipeline parallelism: none was measured"] : []),
    ...(parallelism.dataParallel > 1 ? ["data-parallel attention: none was measured"] : []),
    ...(model.layers.some(({ type }) => type === "mla")
      ? ["latent attention: none was measured"]
      : []),
    ...(model.layers.some(({ type }) => type === "recurrent")
      ? ["recurrent layers: none were measured"]
      : []),
  ];
  return ({ batch, context }) => ({
    costModel: "calibrated",
    terms: [
      ...terms,
      {
        term: "host, gaps and collectives in a whole engine",
        inherited: !isMeasuredDevice,
        source: `${known.overall.rows} rows of measured vLLM latencies`,
      },
    ],
    heldOut,
    outsideRange: [
      ...fixed,
      ...beyond("requests at once", batch, [0, range.batch[1]!]),
      ...beyond("tokens of the longest request", context, [0, range.context[1]!]),
    ],
  });
}

function beyond(what: string, value: number, [low, high]: readonly number[]): string[] {
  if (value >= low! && value <= high!) return [];
  return [`${what}: ${value}, measured were ${low! > 0 ? `${low} to ` : "up to "}${high}`];
}

/** Of any other cost model: nothing is known. */
export function otherProvenance(costModel: string): () => Provenance {
  return () => ({ costModel, terms: [], outsideRange: [] });
}
