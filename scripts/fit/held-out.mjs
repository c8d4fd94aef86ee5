/** Errors on rows that a fit did not see: without their model, and without their curve. */
import { curveOf, predict } from "../silicon/observations.mjs";
import { printSummary, quantile, summarise } from "../silicon/report.mjs";
import { fitEngines, fitToRows } from "./engines.mjs";

const LEVEL = 0.8;
const NUM_FOLDS = 5;

export function heldOut(lab, observations, priors, log) {
  const models = [...new Set(observations.map(({ row }) => row.model))];
  log("\nwithout each model in turn:");
  const byModel = predictWithout(lab, observations, priors, ({ row }) => models.indexOf(row.model));
  printSummary(summarise(byModel), log);
  const curves = [...new Set(observations.map(curveOf))];
  log("\nwithout each fifth of the curves in turn:");
  const byCurve = predictWithout(
    lab,
    observations,
    priors,
    (one) => curves.indexOf(curveOf(one)) % NUM_FOLDS,
  );
  printSummary(summarise(byCurve), log);
  return {
    level: LEVEL,
    classes: {
      measured: classOf(byCurve, curveOf),
      dense: classOf(
        byModel.filter((one) => !isMixture(one)),
        modelOf,
      ),
      mixture: classOf(byModel.filter(isMixture), modelOf),
    },
    overall: classOf(byModel, modelOf),
    models: models.map((name) => {
      const { model } = observations.find(({ row }) => row.model === name).description;
      const numLayers = model.layers.reduce((sum, layer) => sum + layer.numLayers, 0);
      return { name, hiddenDim: model.hiddenDim, numLayers };
    }),
    range: rangeOf(observations),
  };
}

const modelOf = ({ row }) => row.model;
const isMixture = ({ description }) =>
  description.model.weights.some(({ routing }) => routing !== undefined);

/** Coefficients fitted to the rows of all other units, by unit. */
export function fitWithout(lab, rows, priors, unitOf) {
  const { observations } = fitToRows(lab, rows, priors);
  return new Map(
    [...new Set(rows.map(unitOf))].map((unit) => {
      const others = observations.filter(({ row }) => unitOf(row) !== unit);
      return [unit, fitEngines(lab, others, priors).coefficients];
    }),
  );
}

/** Every row as predicted by a fit to the rows of other folds. */
function predictWithout(lab, observations, priors, foldOf) {
  const folds = [...new Set(observations.map(foldOf))];
  const predicted = new Map();
  for (const fold of folds) {
    const { coefficients } = fitEngines(
      lab,
      observations.filter((one) => foldOf(one) !== fold),
      priors,
    );
    for (const one of observations) {
      if (foldOf(one) === fold) predicted.set(one, predict(lab, one, coefficients));
    }
  }
  return observations.map((one) => ({ ...one, predicted: predicted.get(one) }));
}

/**
 * Of each metric: a width around predictions, and the share of rows within such widths when their own unit is not counted. The width is
 * that of LEVEL of the rows, times what it takes for that share to be LEVEL too: few units say little of the next.
 */
function classOf(results, unitOf) {
  const metrics = {};
  for (const metric of ["ttft", "tpot", "e2e", "throughput"]) {
    const errors = results.map((result) => {
      const predicted = valueOf(result.predicted, result, metric);
      const size = Math.abs(Math.log(predicted / valueOf(result, result, metric)));
      return { unit: unitOf(result), size };
    });
    let widening = 1;
    while (coverageOf(errors, widening) < LEVEL) widening *= 1.01;
    metrics[metric] = {
      error: widening * halfWidth(errors),
      coverage: coverageOf(errors, widening),
    };
  }
  return { rows: results.length, metrics };
}

function halfWidth(errors) {
  return quantile(
    errors.map(({ size }) => size).toSorted((a, b) => a - b),
    LEVEL,
  );
}

/** Share of rows within the width that rows of other units give. */
function coverageOf(errors, widening) {
  const units = [...new Set(errors.map(({ unit }) => unit))];
  let numCovered = 0;
  for (const unit of units) {
    const width = widening * halfWidth(errors.filter((one) => one.unit !== unit));
    numCovered += errors.filter((one) => one.unit === unit && one.size <= width).length;
  }
  return numCovered / errors.length;
}

function valueOf({ ttft, tpot }, { row }, metric) {
  const e2e = ttft + tpot * (row.osl - 1);
  if (metric === "ttft") return ttft;
  if (metric === "tpot") return tpot;
  return metric === "e2e" ? e2e : row.concurrency / e2e;
}

/** What the rows span: a run beyond is an extrapolation. */
function rangeOf(observations) {
  const span = (of) => {
    const values = observations.map(of);
    return [Math.min(...values), Math.max(...values)];
  };
  return {
    devices: [...new Set(observations.map(({ description }) => description.device.name))],
    precisions: [
      ...new Set(
        observations.flatMap(({ description }) =>
          description.model.weights
            .filter(({ role }) => role === "experts" || role === "feed-forward")
            .map(({ precision }) => precision),
        ),
      ),
    ],
    tensorParallel: span(({ row }) => +row.tensor_parallel),
    batch: span(({ row }) => +row.concurrency),
    context: span(({ row }) => +row.isl + +row.osl),
  };
}
