/**
 * The arithmetic of device memory: what weights take, what is left for the KV cache, whether that is enough. Decides
 * nothing; `memory-budget` does.
 */
import type { Bytes, Tokens } from "../base/units.js";
import type { LayerAttention } from "../spec/kv-cache-group.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { kvCacheLayout, sizeKvCache, type KvCacheLayout } from "./kv-cache-groups.js";
import { allowedTensorParallel, pooledKvBytesPerTokenAndLayer } from "./tensor-parallel.js";

export interface MemoryInput {
  readonly model: ModelSpec;
  /** Bytes of memory of one device. */
  readonly memoryCapacity: Bytes;
  /** Bytes of one weight and of one KV element. */
  readonly bytesPerParam: Bytes;
  /** Share of each device's memory that weights and KV cache may take. */
  readonly gpuMemoryUtilization: number;
  /** Devices. Default: the smallest number that is allowed and fits; 1 when the cache is given. */
  readonly tensorParallel?: number;
  /** Bytes of KV cache over all devices, taken as they are. */
  readonly kvCacheCapacity?: Bytes;
  /** KV blocks, null block included, taken as they are; goes before `kvCacheCapacity`. */
  readonly numGpuBlocks?: number;
  readonly blockSize: Tokens;
  readonly maxNumBatchedTokens: Tokens;
  readonly asyncScheduling: boolean;
}

/** Bytes that N devices give to weights and KV cache: N × capacity × utilisation. */
export function memoryBudget(input: MemoryInput, tensorParallel: number): Bytes {
  return tensorParallel * input.memoryCapacity * input.gpuMemoryUtilization;
}

/** Bytes of all weights, over all devices; they are stored once, however many devices there are. */
export function weightBytes(input: Pick<MemoryInput, "model" | "bytesPerParam">): Bytes {
  return input.model.numParameters * input.bytesPerParam;
}

/** Bytes that N devices leave for the KV cache: N × capacity × utilisation − weights. Negative if weights do not fit. */
export function kvCacheBytes(input: MemoryInput, tensorParallel: number): Bytes {
  return memoryBudget(input, tensorParallel) - weightBytes(input);
}

/** Whether N devices hold the weights and one sequence of maxSeqLen tokens, which is when vLLM starts. */
export function fits(input: MemoryInput, tensorParallel: number): boolean {
  const layout = modelLayout(input, tensorParallel);
  return sizeKvCache(layout, kvCacheBytes(input, tensorParallel)).starts;
}

/** The smallest number of devices that is allowed and fits; undefined if none does, up to one device per head. */
export function smallestTensorParallel(input: MemoryInput): number | undefined {
  return allowedTensorParallel(input.model).find((n) => fits(input, n));
}

/** The KV cache of a simulated model, its pages counted over all devices. Full-attention layers form the first group. */
export function modelLayout(input: MemoryInput, tensorParallel: number): KvCacheLayout {
  const { model, bytesPerParam, blockSize, maxNumBatchedTokens, asyncScheduling } = input;
  return kvCacheLayout({
    layers: layersOf(model),
    bytesPerTokenAndLayer: pooledKvBytesPerTokenAndLayer(model, bytesPerParam, tensorParallel),
    blockSize,
    maxModelLen: model.maxSeqLen,
    maxNumBatchedTokens,
    asyncScheduling,
  });
}

function layersOf(model: ModelSpec): LayerAttention[] {
  const { numLayers, numSlidingLayers, slidingWindow } = model;
  return Array.from({ length: numLayers }, (_, i): LayerAttention => {
    const slides = i >= numLayers - numSlidingLayers && slidingWindow !== undefined;
    return slides ? { type: "swa", slidingWindow } : { type: "full" };
  });
}

/** The largest block of which these bytes hold two, the null block and a usable one. */
export function largestBlock(input: MemoryInput, tensorParallel: number, bytes: Bytes): Tokens {
  const { bytesPerBlock } = modelLayout({ ...input, blockSize: 1 }, tensorParallel);
  return Math.floor(bytes / (2 * bytesPerBlock));
}

/** Decimal units, one digit, with a real minus sign: "−62.7 GB". */
export function formatBytes(bytes: Bytes): string {
  const sign = bytes < 0 ? "−" : "";
  const size = Math.abs(bytes);
  if (size >= 1e9) return `${sign}${(size / 1e9).toFixed(1)} GB`;
  if (size >= 1e6) return `${sign}${(size / 1e6).toFixed(1)} MB`;
  if (size >= 1e3) return `${sign}${(size / 1e3).toFixed(1)} kB`;
  return `${sign}${size.toFixed(0)} B`;
}
