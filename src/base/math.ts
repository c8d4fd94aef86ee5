/**
 * Logarithm, exponential and power with the same bits on every engine. The built-in Math.log, Math.exp and Math.pow
 * differ in their last bits between engines and versions; + − × ÷ and sqrt do not, and these are built from them.
 * Algorithms and coefficients are those of fdlibm (e_log.c, e_exp.c; Sun Microsystems 1993, free to use).
 */

// ln 2 in two parts: the first has trailing zeros, so that k × LN2_HIGH is exact for every exponent k.
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;

// 2^k for k from −1024 to 1023. Multiplying by them takes apart and scales a double; writing its exponent bits instead
// costs a stalled load: ln 26 ns instead of 9, exp 18 instead of 11 (Math.log 10).
const LOWEST_POWER = -1024;
const powersOfTwo = new Float64Array(2048);
for (let k = 0, up = 1, down = 1; k <= 1024; k++, up *= 2, down /= 2) {
  if (k < 1024) powersOfTwo[k - LOWEST_POWER] = up;
  powersOfTwo[-k - LOWEST_POWER] = down;
}

// One double seen as two words: scratch space, nothing is kept in it between calls.
const double = new Float64Array([1]);
const words = new Uint32Array(double.buffer);
const HIGH = words[0] === 0 ? 1 : 0; // where sign and exponent lie, by the byte order of the machine

/** Natural logarithm, within 1 ulp. −Infinity at 0, NaN below it. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;

  // x = 2^k × m with m in [√½, √2), and f = m − 1.
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54 lifts a subnormal into the normal range
    k = -54;
  }
  double[0] = x;
  const high = words[HIGH]!;
  const fraction = high & 0xfffff;
  const exponent = (high >>> 20) - 1023 + ((fraction + 0x95f64) >>> 20); // one more when the fraction is above √2
  const f = x * powerOfTwo(-exponent) - 1;
  k += exponent;

  if ((0xfffff & (2 + fraction)) < 3) {
    // |f| < 2^−20: two terms of the series are enough.
    const r = f * f * (0.5 - 0.3333333333333333 * f);
    return k * LN2_HIGH - (r - k * LN2_LOW - f);
  }

  // ln(1 + f) = 2s + s·R(s²) with s = f / (2 + f), so that 2s = f − s·f.
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = odd + even;
  if (fraction >= 0x6147a && fraction <= 0x6b851) {
    // Around m = √2 the form f − (f²/2 − s(f²/2 + R)) rounds better.
    const half = 0.5 * f * f;
    return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** e to the power x, within 1 ulp. Infinity above 709.78, 0 below −745.13. */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > 7.09782712893383973096e2) return Infinity;
  if (x < -7.4513321910194110842e2) return 0;
  const size = x < 0 ? -x : x;
  if (size < 3.725290298461914e-9) return 1 + x; // 2^−28: the next term is below half an ulp

  // x = k ln 2 + r with |r| ≤ ½ ln 2; r = high − low.
  let k = 0;
  let high = x;
  let low = 0;
  if (size > 0.34657359027997264) {
    k = (INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5)) | 0;
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;

  // exp(r) = 1 + r + r·c / (2 − c), c the even polynomial of Remez's algorithm.
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 +
                t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const half = k >> 1; // in two steps, since 2^k itself may overflow; only the second one rounds
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * x to the power y for x ≥ 0, as exp(y ln x): the relative error is at most about (|y ln x| + 1) × 2^−52, so a result
 * of 10^±10 has 14 correct digits. NaN for a negative x, unless y is 0.
 */
export function pow(x: number, y: number): number {
  return y === 0 ? 1 : exp(y * ln(x));
}

function powerOfTwo(k: number): number {
  return powersOfTwo[k - LOWEST_POWER]!;
}
