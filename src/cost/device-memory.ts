/**
 * The arithmetic of device memory: what weights take, what is left for the KV cache, whether that is enough. Decides
 * nothing; `memory-budget` does.
 */
import type { Bytes, Tokens } from "../base/units.js";
import { describeModel } from "../spec/describe-model.js";
import type { LayerAttention } from "../spec/kv-cache-group.js";
import type { LayerClass, ModelDescription, WeightStream } from "../spec/model-description.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { bytesPerParamOf } from "../spec/model-totals.js";
import {
  kvCacheLayout,
  sizeKvCache,
  type CachedLayer,
  type KvCacheLayout,
} from "./kv-cache-groups.js";
import { allowedTensorParallel, layersAllow, pooledKvBytesPerToken } from "./tensor-parallel.js";

/** One replica: `tensorParallel × pipelineParallel` devices with their own KV cache. */
export interface MemoryInput {
  readonly model: ModelSpec;
  /** Default: what the totals of `model` come to. */
  readonly description?: ModelDescription;
  /** Bytes of memory of one device. */
  readonly memoryCapacity: Bytes;
  /** Bytes of one weight and of one KV element, where the model is given by its totals. */
  readonly bytesPerParam: Bytes;
  /** Default: `bytesPerParam`. */
  readonly kvBytesPerElement?: Bytes;
  /** Share of each device's memory that weights and KV cache may take. */
  readonly gpuMemoryUtilization: number;
  /** Devices. Default: the smallest number that is allowed and fits; 1 when the cache is given. */
  readonly tensorParallel?: number;
  /** Default 1. */
  readonly pipelineParallel?: number;
  /** Replicas that share the experts between them. Default 1. */
  readonly dataParallel?: number;
  /** Bytes of one device that are neither weights nor KV cache, for N = tensorParallel devices. Default: none. */
  readonly reservedBytes?: (tensorParallel: number) => Bytes;
  /** Bytes of KV cache over all devices, taken as they are. */
  readonly kvCacheCapacity?: Bytes;
  /** KV blocks, null block included, taken as they are; goes before `kvCacheCapacity`. */
  readonly numGpuBlocks?: number;
  readonly blockSize: Tokens;
  readonly maxNumBatchedTokens: Tokens;
  /** Sequences that keep a recurrent state. Default: none is kept. */
  readonly maxNumSeqs?: number;
  readonly asyncScheduling: boolean;
}

/** Bytes that N devices give to weights and KV cache: N × capacity × utilisation, less what else they hold. */
function memoryBudget(input: MemoryInput, tensorParallel: number): Bytes {
  const numDevices = tensorParallel * (input.pipelineParallel ?? 1);
  return (
    numDevices * input.memoryCapacity * input.gpuMemoryUtilization -
    numDevices * (input.reservedBytes?.(tensorParallel) ?? 0)
  );
}

/** Bytes of all weights of a replica, over its N devices; only what cannot be cut is stored on each of them. */
export function weightBytes(input: MemoryInput, tensorParallel: number): Bytes {
  const { dataParallel = 1 } = input;
  return descriptionOf(input).weights.reduce((sum, stream) => {
    const share = stream.routing === undefined ? 1 : 1 / dataParallel;
    return sum + share * bytesOf(stream, tensorParallel);
  }, 0);
}

function bytesOf(stream: WeightStream, tensorParallel: number): Bytes {
  const { numLayers, routing, matrices } = stream;
  const perLayer = matrices.reduce((sum, { outputs, inputs, cut }) => {
    return sum + outputs * inputs * (cut === "none" ? tensorParallel : 1);
  }, 0);
  return numLayers * (routing?.numExperts ?? 1) * perLayer * bytesPerParamOf(stream);
}

/** Bytes of recurrent state that every sequence of a full batch keeps. */
export function stateBytes(input: MemoryInput): Bytes {
  const perSequence = descriptionOf(input).layers.reduce((sum, layer) => {
    return layer.type === "recurrent" ? sum + layer.numLayers * layer.stateBytes : sum;
  }, 0);
  return (input.maxNumSeqs ?? 0) * perSequence;
}

/** Bytes that N devices leave for the KV cache: their budget − weights − recurrent state. Negative if weights do not fit. */
export function kvCacheBytes(input: MemoryInput, tensorParallel: number): Bytes {
  return (
    memoryBudget(input, tensorParallel) - weightBytes(input, tensorParallel) - stateBytes(input)
  );
}

/** Whether N devices hold the weights and one sequence of maxSeqLen tokens, which is when vLLM starts. */
export function fits(input: MemoryInput, tensorParallel: number): boolean {
  const layout = modelLayout(input, tensorParallel);
  return sizeKvCache(layout, kvCacheBytes(input, tensorParallel)).starts;
}

/** Every number of devices that the heads of all layers can be dealt out to, ascending. */
export function allowedDevices(input: MemoryInput): number[] {
  const { layers } = descriptionOf(input);
  return allowedTensorParallel(input.model).filter((n) => layersAllow(n, layers));
}

/** The smallest number of devices that is allowed and fits; undefined if none does, up to one device per head. */
export function smallestTensorParallel(input: MemoryInput): number | undefined {
  return allowedDevices(input).find((n) => fits(input, n));
}

/** The KV cache of a simulated model, its pages counted over all devices of a replica. */
export function modelLayout(input: MemoryInput, tensorParallel: number): KvCacheLayout {
  const { model, bytesPerParam, blockSize, maxNumBatchedTokens, asyncScheduling } = input;
  const { kvBytesPerElement = bytesPerParam } = input;
  return kvCacheLayout({
    layers: descriptionOf(input).layers.flatMap((layer) => {
      const bytesPerToken = pooledKvBytesPerToken(layer, kvBytesPerElement, tensorParallel);
      if (bytesPerToken === 0) return [];
      const cached: CachedLayer = { ...attentionOf(layer), bytesPerToken };
      return Array.from({ length: layer.numLayers }, () => cached);
    }),
    bytesPerTokenAndLayer: 0,
    blockSize,
    maxModelLen: model.maxSeqLen,
    maxNumBatchedTokens,
    asyncScheduling,
  });
}

const descriptionOf = ({ description, model, bytesPerParam }: MemoryInput): ModelDescription =>
  description ?? describeModel(model, { bytesPerParam });

/** What a class of layers must keep of a sequence. */
function attentionOf(layer: LayerClass): LayerAttention {
  if (layer.type !== "attention") return { type: "full" };
  const { window, chunk } = layer;
  if (window !== undefined) return { type: "swa", slidingWindow: window };
  if (chunk !== undefined) return { type: "chunked_local", attentionChunkSize: chunk };
  return { type: "full" };
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
