/** Sharding over N devices: which N are possible, and what the KV cache then takes on all of them together. */
import type { Bytes } from "../base/units.js";
import type { LayerClass } from "../spec/model-description.js";
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

/** Whether the heads of every class of layers can be dealt out. */
export function layersAllow(n: number, layers: readonly LayerClass[]): boolean {
  return layers.every((layer) => {
    const { numHeads } = layer;
    const numKvHeads = layer.type === "attention" ? layer.numKvHeads : numHeads;
    return tensorParallelAllowed(n, { numHeads, numKvHeads });
  });
}

/**
 * KV bytes of one token in one layer, over all devices. Keys and values of a head are on one device, or copied where there are
 * more devices than KV heads; a compressed vector is copied to every device. Sparse attention keeps the keys of its indexer beside
 * it, and in an fp8 cache 656 bytes for 512 + 64 elements (vLLM's fp8_ds_mla: the rotary part stays in bf16, and there is a 32-bit
 * scale per 128 elements).
 */
export function pooledKvBytesPerToken(
  layer: LayerClass,
  bytesPerElement: Bytes,
  tensorParallel: number,
): Bytes {
  switch (layer.type) {
    case "attention": {
      const { headDim, valueHeadDim = headDim, sharesKv } = layer;
      if (sharesKv) return 0;
      const numKvHeads = Math.max(layer.numKvHeads, tensorParallel);
      return numKvHeads * (headDim + valueHeadDim) * bytesPerElement;
    }
    case "mla": {
      const { kvLoraRank, qkRopeHeadDim, index } = layer;
      const isMixed = index !== undefined && bytesPerElement <= 1;
      const vector = isMixed
        ? kvLoraRank + 4 * (kvLoraRank / 128) + 2 * qkRopeHeadDim
        : (kvLoraRank + qkRopeHeadDim) * bytesPerElement;
      return tensorParallel * vector + indexerBytesPerToken(layer, tensorParallel);
    }
    case "recurrent":
      return 0;
  }
}

/** What an indexer of sparse attention keeps of one token, on all devices: a key in fp8, and its scale. */
export function indexerBytesPerToken(layer: LayerClass, tensorParallel: number): Bytes {
  if (layer.type !== "mla" || layer.index === undefined) return 0;
  return tensorParallel * (layer.index.headDim + 4);
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
