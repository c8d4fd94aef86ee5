/** Weighted nonlinear least squares, the same bits in every run: Levenberg's method with numerical derivatives. */

/**
 * Minimises Σ residual² + Σ (x / sigma)² over x, which starts at 0: parameters are offsets from a prior that they are drawn to.
 *
 * @param {(x: Float64Array) => Float64Array} residuals
 * @param {number[]} sigmas width of the prior of each parameter; Infinity for none
 */
export function leastSquares(residuals, sigmas, { iterations = 30, step = 1e-3, limit = 3 } = {}) {
  const n = sigmas.length;
  const x = new Float64Array(n);
  let r = residuals(x);
  let cost = costOf(r, x, sigmas);
  let damping = 1e-3;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const { normal, gradient } = linearise(residuals, r, x, sigmas, step);
    let improved = false;
    for (let attempt = 0; attempt < 8 && !improved; attempt++) {
      const delta = solve(normal, gradient, damping, n);
      const next = x.map((value, i) => clamp(value - clamp(delta[i], 0.7), limit));
      const nextR = residuals(next);
      const nextCost = costOf(nextR, next, sigmas);
      if (nextCost < cost) {
        improved = nextCost < cost * (1 - 1e-7);
        x.set(next);
        r = nextR;
        cost = nextCost;
        damping = Math.max(damping / 5, 1e-9);
        if (!improved) return { x, residuals: r, cost };
      } else damping *= 6;
    }
    if (!improved) break;
  }
  return { x, residuals: r, cost };
}

function clamp(value, limit) {
  return Math.max(-limit, Math.min(limit, value));
}

function costOf(r, x, sigmas) {
  let sum = 0;
  for (const value of r) sum += value * value;
  x.forEach((value, i) => (sum += (value / sigmas[i]) ** 2));
  return sum;
}

function linearise(residuals, r, x, sigmas, step) {
  const n = x.length;
  const columns = [];
  for (let j = 0; j < n; j++) {
    const moved = Float64Array.from(x);
    moved[j] += step;
    const changed = residuals(moved);
    columns.push(changed.map((value, i) => (value - r[i]) / step));
  }
  const normal = new Float64Array(n * n);
  const gradient = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let k = j; k < n; k++) {
      const sum = dot(columns[j], columns[k]);
      normal[j * n + k] = sum;
      normal[k * n + j] = sum;
    }
    const prior = 1 / sigmas[j] ** 2;
    gradient[j] = dot(columns[j], r) + prior * x[j];
    normal[j * n + j] += prior;
  }
  return { normal, gradient };
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Solves (normal + damping · diagonal) delta = gradient by Cholesky's method. */
function solve(normal, gradient, damping, n) {
  const a = Float64Array.from(normal);
  for (let j = 0; j < n; j++) a[j * n + j] += damping * normal[j * n + j] + 1e-12;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = a[j * n + k];
      for (let i = 0; i < k; i++) sum -= a[j * n + i] * a[k * n + i];
      a[j * n + k] = j === k ? Math.sqrt(Math.max(sum, 1e-18)) : sum / a[k * n + k];
    }
  }
  const y = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let sum = gradient[j];
    for (let k = 0; k < j; k++) sum -= a[j * n + k] * y[k];
    y[j] = sum / a[j * n + j];
  }
  for (let j = n - 1; j >= 0; j--) {
    let sum = y[j];
    for (let k = j + 1; k < n; k++) sum -= a[k * n + j] * y[k];
    y[j] = sum / a[j * n + j];
  }
  return y;
}
