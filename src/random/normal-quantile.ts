/**
 * The standard normal distribution, inverted: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
 * Applied Statistics 37 (1988), its routine PPND16 with its coefficients.
 */
import { ln } from "../base/math.js";

/** The x below which a standard normal variable falls with probability `p`, to about 16 digits; ∓Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  // 85 % of the mass, without a logarithm.
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-ln(tail));
  const x = r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR_TAIL, r - 5);
  return q < 0 ? -x : x;
}

/** Coefficients of two polynomials, of x⁷ first. */
interface RationalFunction {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function ratio({ above, below }: RationalFunction, x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

/** Written out: a loop takes twice as long, and every length of a lognormal distribution is drawn by way of this. */
function polynomial(c: readonly number[], x: number): number {
  const cubic = ((c[0]! * x + c[1]!) * x + c[2]!) * x + c[3]!;
  return (((cubic * x + c[4]!) * x + c[5]!) * x + c[6]!) * x + c[7]!;
}

const CENTRE: RationalFunction = {
  above: [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  below: [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ],
};
const TAIL: RationalFunction = {
  above: [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
    1.42343711074968357734,
  ],
  below: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
    1,
  ],
};
const FAR_TAIL: RationalFunction = {
  above: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
    6.6579046435011037772,
  ],
  below: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
    0.59983220655588793769, 1,
  ],
};
