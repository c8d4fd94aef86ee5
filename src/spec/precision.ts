/** How numbers are stored, and which arithmetic multiplies them. */
import type { Bytes } from "../base/units.js";

/** How numbers are stored, and what multiplies them. */
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
 * The fastest arithmetic of a device for weights of a precision. int4 weights are multiplied by 16-bit activations; so are others,
 * after conversion, where the device has no such arithmetic, or a slower one (int8 on B300).
 */
export function arithmeticFor(
  precision: Precision,
  flops: Readonly<Partial<Record<Arithmetic, number>>>,
): Arithmetic {
  const wanted = ARITHMETIC[precision];
  const rate = flops[wanted];
  return rate === undefined || rate < (flops.bf16 ?? 0) ? "bf16" : wanted;
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

/** What a `quantization` setting may be: a precision, or a method that means one. */
export const quantizations: Readonly<Record<Quantization, Precision>> = {
  none: "bf16",
  bf16: "bf16",
  fp8: "fp8",
  fp8_block: "fp8_block",
  int8: "int8",
  int4: "int4",
  awq: "int4",
  gptq: "int4",
  mxfp4: "mxfp4",
  nvfp4: "nvfp4",
};

/** Names of ways to store linear layers; "none" is bf16. */
export type Quantization = Exclude<Precision, "fp32"> | "none" | "awq" | "gptq";

/** What a `kv_cache_dtype` setting may be; "auto" is what the checkpoint asks for, else the model's own precision. */
export type KvCacheDtype = "auto" | "bf16" | "fp8" | "nvfp4";

/** The precision that elements of so many bytes have. */
export function precisionOf(bytesPerParam: Bytes): Precision {
  if (bytesPerParam >= 4) return "fp32";
  if (bytesPerParam >= 2) return "bf16";
  return bytesPerParam >= 1 ? "fp8" : "int4";
}
