/** Errors of predicted latencies, by model, GPU and precision. */
import { curveOf, groupOf, predict } from "./observations.mjs";

/** Of errors, signed and relative. */
function errorStatistics(errors) {
  const sizes = errors.map(Math.abs).toSorted((a, b) => a - b);
  const n = sizes.length;
  return {
    mape: mean(sizes),
    median: quantile(sizes, 0.5),
    p90: quantile(sizes, 0.9),
    bias: mean(errors),
    n,
  };
}

export const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Of ascending values, interpolated. */
export function quantile(sorted, p) {
  if (sorted.length === 0) return NaN;
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/**
 * Errors of each curve's shape: measured and predicted values over those at the lowest concurrency, which is left out.
 *
 * @param {{ curve: string, concurrency: number, predicted: number, measured: number }[]} points
 */
function shapeErrors(points) {
  const curves = Map.groupBy?.(points, ({ curve }) => curve) ?? groupBy(points);
  return [...curves.values()].flatMap((curve) => {
    const [first, ...rest] = curve.toSorted((a, b) => a.concurrency - b.concurrency);
    return rest
      .filter(({ concurrency }) => concurrency > first.concurrency)
      .map((point) => {
        const predicted = point.predicted / first.predicted;
        return predicted / (point.measured / first.measured) - 1;
      });
  });
}

function groupBy(points) {
  const curves = new Map();
  for (const point of points) {
    if (!curves.has(point.curve)) curves.set(point.curve, []);
    curves.get(point.curve).push(point);
  }
  return curves;
}

/** Statistics of rows that hold `predicted`, by group and overall. */
export function summarise(results) {
  const groups = new Map();
  for (const result of results) {
    const group = groupOf(result);
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(result);
  }
  return {
    groups: [...groups].map(([group, members]) => ({ group, ...statisticsOf(members) })),
    overall: statisticsOf(results),
  };
}

function statisticsOf(results) {
  const of = (metric) => ({
    ...errorStatistics(results.map((r) => r.predicted[metric] / r[metric] - 1)),
    shape: errorStatistics(
      shapeErrors(
        results.map((r) => ({
          curve: curveOf(r),
          concurrency: +r.row.concurrency,
          predicted: r.predicted[metric],
          measured: r[metric],
        })),
      ),
    ).mape,
  });
  return { rows: results.length, tpot: of("tpot"), ttft: of("ttft") };
}

/** Prints a table; returns the statistics. */
export function printSummary(summary, log) {
  log(
    `${"".padEnd(52)} rows | TPOT MAPE median    P90   bias  shape | TTFT MAPE median    P90   bias  shape`,
  );
  const line = (name, { rows, tpot, ttft }) =>
    log(`${name.padEnd(52)} ${String(rows).padStart(4)} | ${cells(tpot)} | ${cells(ttft)}`);
  for (const { group, ...statistics } of summary.groups) line(group, statistics);
  line("overall", summary.overall);
  return summary;
}

function cells({ mape, median, p90, bias, shape }) {
  const [first, ...rest] = [mape, median, p90, bias, shape].map((value) =>
    Number.isFinite(value) ? (100 * value).toFixed(1) : "–",
  );
  return first.padStart(9) + rest.map((text) => text.padStart(7)).join("");
}

/** Predicts recorded rows and prints their errors. `coefficientsOf(observation)`: with which coefficients. */
export function report(lab, observations, coefficientsOf, log) {
  const results = observations.map((observation) => ({
    ...observation,
    predicted: predict(lab, observation, coefficientsOf(observation)),
  }));
  return printSummary(summarise(results), log);
}
