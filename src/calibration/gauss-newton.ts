/** Least squares for a few unknowns and functions that are dear. */

const MAX_ITERATIONS = 5;
/** Of difference quotients. */
const STEP = 0.02;
/** Ends when no unknown moves by more. */
const TOLERANCE = 1e-3;

/**
 * Minimises Σ residual² of n unknowns, beginning at 0; a step is halved until it helps, so that the sum is never larger than at 0.
 *
 * @param residuals among them one for each unknown that grows with it, so that there is one minimum
 */
export function gaussNewton(residuals: (x: readonly number[]) => number[], n: number): number[] {
  let x = Array.from({ length: n }, () => 0);
  let r = residuals(x);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
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
    const moves = x.map((value, j) => Math.abs(moved[j]! - value));
    x = moved;
    r = next;
    if (Math.max(...moves) < TOLERANCE) break;
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
