import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { exp, ln, pow } from "../../src/base/math.js";

/** How many doubles lie between two doubles of one sign. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const [x, y] = new BigInt64Array(new Float64Array([a, b]).buffer) as unknown as [bigint, bigint];
  return Math.abs(Number(x! - y!));
}

const bits = (x: number): string =>
  new BigUint64Array(new Float64Array([x]).buffer)[0]!.toString(16).padStart(16, "0");

describe("ln", () => {
  test.prop([fc.double({ min: 0, minExcluded: true, noNaN: true })], { numRuns: 5000 })(
    "is within 1 ulp of Math.log over all positive doubles",
    (x) => {
      expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1);
    },
  );

  test.prop([fc.double({ min: 0.5, max: 2, noNaN: true })], { numRuns: 5000 })(
    "is within 1 ulp of Math.log around 1, where it vanishes",
    (x) => {
      expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1);
    },
  );

  test("has the limits of the logarithm", () => {
    expect(ln(0)).toBe(-Infinity);
    expect(ln(-0)).toBe(-Infinity);
    expect(ln(Infinity)).toBe(Infinity);
    expect(ln(-1)).toBeNaN();
    expect(ln(-Infinity)).toBeNaN();
    expect(ln(NaN)).toBeNaN();
    expect(ln(1)).toBe(0);
  });

  // ln 2 and ln 10 are known to be the doubles nearest to the true values; the others lie at the ends of the range.
  test("has fixed bits", () => {
    expect(bits(ln(2))).toBe("3fe62e42fefa39ef");
    expect(bits(ln(10))).toBe("40026bb1bbb55516");
    expect(bits(ln(Number.MIN_VALUE))).toBe("c0874385446d71c3");
    expect(bits(ln(Number.MAX_VALUE))).toBe("40862e42fefa39ef");
    expect(bits(ln(1 + Number.EPSILON))).toBe("3cafffffffffffff");
  });
});

describe("exp", () => {
  test.prop([fc.double({ min: -746, max: 710, noNaN: true })], { numRuns: 5000 })(
    "is within 1 ulp of Math.exp, subnormal results included",
    (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
    },
  );

  test.prop([fc.double({ min: -2, max: 2, noNaN: true })], { numRuns: 5000 })(
    "is within 1 ulp of Math.exp around 0",
    (x) => {
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
    },
  );

  test("has the limits of the exponential", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN)).toBeNaN();
    expect(exp(709.782712893384)).toBeGreaterThan(1.79e308);
    expect(exp(709.782712893385)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(-745.1332191019412)).toBe(0);
  });

  test("has fixed bits", () => {
    expect(bits(exp(1))).toBe("4005bf0a8b14576a"); // fdlibm's: one above the nearest double
    expect(bits(exp(-1))).toBe("3fd78b56362cef38");
    expect(bits(exp(0.5))).toBe("3ffa61298e1e069c");
  });

  test.prop([fc.double({ min: -700, max: 700, noNaN: true })])("undoes ln", (x) => {
    expect(Math.abs(ln(exp(x)) - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -52 + 2 ** -52);
  });
});

describe("pow", () => {
  test.prop([
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.double({ min: -20, max: 20, noNaN: true }),
  ])("is within (|y ln x| + 1) × 2^-51 of Math.pow", (x, y) => {
    const expected = Math.pow(x, y);
    const bound = (Math.abs(y * Math.log(x)) + 1) * 2 ** -51;
    expect(Math.abs(pow(x, y) / expected - 1)).toBeLessThanOrEqual(bound);
  });

  test("has the limits of the power", () => {
    expect(pow(0, 0)).toBe(1);
    expect(pow(0, 2)).toBe(0);
    expect(pow(0, -1)).toBe(Infinity);
    expect(pow(0.5, Infinity)).toBe(0);
    expect(pow(2, Infinity)).toBe(Infinity);
    expect(pow(1, 8192)).toBe(1);
    expect(pow(-1, 0.5)).toBeNaN();
  });
});
