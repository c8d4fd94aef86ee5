/** Calibrates each curve over concurrency on three of its points, and predicts the others. */
import { curveOf, groupOf } from "./observations.mjs";
import { PROMPTS_PER_USER, protocolOf } from "./protocol.mjs";
import { mean } from "./report.mjs";

/** Which three of n points in ascending order. */
const CHOICES = {
  "lowest, middle, highest": (n) => [0, (n - 1) >> 1, n - 1],
  "lowest three": () => [0, 1, 2],
  "highest three": (n) => [n - 3, n - 2, n - 1],
};

/**
 * @param simulate (row, configure) => { predicted, ttft, tpot }; configure: a config to one that is priced otherwise
 * @param basisOf (row) => coefficients and errors that the calibration begins with
 * @returns {{ choice: string, curves: number, results: object[] }[]} results: a row each, with predictions `before` and `after`
 */
export function judgeCalibration(lab, rows, { configOf, simulate, basisOf }) {
  const curves = [...groupBy(rows, (row) => curveOf({ row })).values()]
    .map((curve) => [...groupBy(curve, ({ concurrency }) => +concurrency)])
    .filter((points) => points.length >= 4)
    .map((points) => points.toSorted(([a], [b]) => a - b).map(([, repeats]) => repeats));
  const before = new Map(curves.flat(2).map((row) => [row, simulate(row).predicted]));
  return Object.entries(CHOICES).map(([choice, choose]) => {
    const results = curves.flatMap((points) => {
      const chosen = choose(points.length);
      const measured = chosen.map((i) => points[i][0]);
      // Limits may grow with the users of a curve; those of its last point hold for all.
      const config = configOf(points.at(-1)[0]);
      const basis = basisOf(measured[0]);
      const profile = lab.calibrateOn(
        basis,
        lab.profileOf(config),
        measured.map(measurementOf),
        config,
      );
      return points
        .filter((_, i) => !chosen.includes(i))
        .flat()
        .map((row) => {
          const { predicted, ...result } = simulate(row, (given) =>
            lab.withProfileOn(basis, given, profile),
          );
          return { ...result, row, before: before.get(row), after: predicted };
        });
    });
    return { choice, curves: curves.length, results };
  });
}

function measurementOf(row) {
  const { isl, osl, concurrency, shortest } = protocolOf(row);
  return {
    type: "benchmark",
    label: row.id,
    concurrency,
    numRequests: PROMPTS_PER_USER * concurrency,
    inputTokens: ((1 + shortest) / 2) * isl,
    outputTokens: ((1 + shortest) / 2) * osl,
    lengthSpread: (1 - shortest) / (1 + shortest),
    ttft: row.ttft_ms / 1000,
    tpot: row.tpot_ms / 1000,
  };
}

/** Prints MAPE before and after, by group and overall; returns it. */
export function printCalibration({ choice, curves, results }, log) {
  log(
    `\ncalibrated on the ${choice} of ${curves} curves, judged on their ${results.length} other rows`,
  );
  log(`${"".padEnd(52)} rows | TPOT MAPE before  after | TTFT MAPE before  after`);
  const line = (name, members) => {
    const errors = errorsOf(members);
    const cells = (metric) =>
      ["before", "after"].map((when) => (100 * errors[metric][when]).toFixed(1));
    const [tpot, ttft] = ["tpot", "ttft"].map(cells);
    log(
      `${name.padEnd(52)} ${String(members.length).padStart(4)} | ${tpot[0].padStart(16)}${tpot[1].padStart(7)} | ${ttft[0].padStart(16)}${ttft[1].padStart(7)}`,
    );
    return errors;
  };
  const groups = [...groupBy(results, groupOf)].map(([group, members]) => ({
    group,
    ...line(group, members),
  }));
  return { choice, curves, groups, overall: line("overall", results) };
}

function errorsOf(results) {
  const of = (metric, when) =>
    mean(results.map((one) => Math.abs(one[when][metric] / one[metric] - 1)));
  const both = (metric) => ({ before: of(metric, "before"), after: of(metric, "after") });
  return { rows: results.length, tpot: both("tpot"), ttft: both("ttft") };
}

function groupBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) {
    const key = keyOf(value);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(value);
  }
  return groups;
}
