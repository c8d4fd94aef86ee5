/**
 * The standard normal distribution, inverted: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
 * Applied Statistics 37 (1988), its routine PPND16. Its coefficients are written with as many digits as a double has.
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
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  below: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
};
const TAIL: RationalFunction = {
  above: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
    3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  below: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
    0.6897673349851, 1.6763848301838038, 2.053191626637759, 1,
  ],
};
const FAR_TAIL: RationalFunction = {
  above: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  below: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
};
