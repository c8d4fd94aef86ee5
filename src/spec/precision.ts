/** How numbers are stored, and which arithmetic multiplies them. */
import type { Bytes } from "../base/units.js";

export type Precision = "fp32" | "bf16" | "fp8" | "fp8_block" | "int8" | "int4" | "mxfp4" | "nvfp4";

/** Arithmetic that a device has a rate for. */
export type Arithmetic = "bf16" | "fp8" | "fp4" | "int8";

/**
 * Bytes of one element, its share of the scales included: fp8_block has an fp32 scale per 128 × 128 block, int4 (AWQ, GPTQ) a
 * 16-bit scale and a 4-bit zero point per 128 elements, mxfp4 an 8-bit scale per 32, nvfp4 an 8-bit scale per 16.
 */
export const bytesPerElement: Readonly<Record<Precision, Bytes>> = {
  fp32: 4,
  bf16: 2,
  fp8: 1,
  fp8_block: 1 + 4 / (128 * 128),
  int8: 1,
  int4: 0.5 + 2.5 / 128,
  mxfp4: 0.5 + 1 / 32,
  nvfp4: 0.5 + 1 / 16,
};

/**
 * The fastest arithmetic of a device for weights of a precision. int4 weights are multiplied by 16-bit activations; so are fp8
 * and fp4 weights where the device has no such arithmetic, after conversion.
 */
export function arithmeticFor(
  precision: Precision,
  flops: Readonly<Partial<Record<Arithmetic, number>>>,
): Arithmetic {
  const wanted = ARITHMETIC[precision];
  return flops[wanted] === undefined ? "bf16" : wanted;
}

const ARITHMETIC: Readonly<Record<Precision, Arithmetic>> = {
  fp32: "bf16",
  bf16: "bf16",
  fp8: "fp8",
  fp8_block: "fp8",
  int8: "int8",
  int4: "bf16",
  mxfp4: "fp4",
  nvfp4: "fp4",
};
