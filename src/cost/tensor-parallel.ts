/** Sharding over N devices: which N are possible, and what the KV cache then takes on all of them together. */
import type { Bytes } from "../base/units.js";
import { kvBytesPerTokenAndLayer, type ModelSpec } from "../spec/model-spec.js";

/**
 * Whether heads can be dealt out evenly over `n` devices: n divides the query heads, and either divides the KV heads
 * or is a multiple of them (each KV head is then copied to n / numKvHeads devices), as vLLM requires.
 */
export function tensorParallelAllowed(
  n: number,
  model: Pick<ModelSpec, "numHeads" | "numKvHeads">,
): boolean {
  if (!Number.isInteger(n) || n < 1 || model.numHeads % n !== 0) return false;
  return model.numKvHeads % n === 0 || n % model.numKvHeads === 0;
}

/** Every allowed number of devices, ascending; at most `numHeads`. */
export function allowedTensorParallel(model: Pick<ModelSpec, "numHeads" | "numKvHeads">): number[] {
  const allowed = [];
  for (let n = 1; n <= model.numHeads; n++) if (tensorParallelAllowed(n, model)) allowed.push(n);
  return allowed;
}

/**
 * KV bytes of one token in one layer, over all devices: 2 × max(numKvHeads, N) × headDim × bytes. With more devices
 * than KV heads every device stores, and reads, a copy of one head.
 */
export function pooledKvBytesPerTokenAndLayer(
  model: Pick<ModelSpec, "numKvHeads" | "headDim">,
  bytesPerElement: Bytes,
  tensorParallel: number,
): Bytes {
  const numKvHeads = Math.max(model.numKvHeads, tensorParallel);
  return kvBytesPerTokenAndLayer({ numKvHeads, headDim: model.headDim }, bytesPerElement);
}
