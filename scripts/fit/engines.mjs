/** Fits the factors of `parameters` to measured engines. */
import { groupOf, observe, predict } from "../silicon/observations.mjs";
import { leastSquares } from "./least-squares.mjs";
import { parameters, withFactors } from "./parameters.mjs";

/** Errors that a fit takes for alike, and from where on it takes them less seriously. */
const SCALES = { tpot: { typical: 0.05, large: 0.15 }, ttft: { typical: 0.15, large: 0.3 } };

/** Twice: the order of steps depends a little on how long they take, since clients answer after a while. */
export function fitToRows(lab, rows, priors) {
  const first = fitEngines(lab, observe(lab, rows, priors), priors);
  const observations = observe(lab, rows, first.coefficients);
  return { fit: fitEngines(lab, observations, priors), observations };
}

/** @returns {{ x: Float64Array, coefficients: object }} */
export function fitEngines(lab, observations, priors) {
  const sizes = new Map();
  for (const observation of observations) {
    const group = groupOf(observation);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const average = observations.length / sizes.size;
  // Rows of a group err alike: many of them say less than their number.
  const weights = observations.map((one) => (sizes.get(groupOf(one)) / average) ** -0.25);
  const residuals = (x) => {
    const coefficients = withFactors(priors, x);
    return Float64Array.from(
      observations.flatMap((observation, i) => {
        const predicted = predict(lab, observation, coefficients);
        return ["tpot", "ttft"].map(
          (metric) =>
            weights[i] * damped(Math.log(predicted[metric] / observation[metric]), SCALES[metric]),
        );
      }),
    );
  };
  const sigmas = parameters.map(({ sigma }) => sigma);
  const { x } = leastSquares(residuals, sigmas, { iterations: 12, limit: 2.5 });
  return { x, coefficients: withFactors(priors, x) };
}

/** The error in units of a typical one; beyond a large one it grows by its square root only. */
function damped(error, { typical, large }) {
  const excess = Math.sqrt(1 + (error / large) ** 2) - 1;
  return (Math.sign(error) * large * Math.sqrt(2 * excess)) / typical;
}
