/**
 * From layers and bytes to KV blocks, as vLLM does it: which layers share a block table, how large a block is over all
 * of them, how many blocks a budget holds. Knows nothing of devices or weights; `memory-budget` has those.
 *
 * Source: vLLM `vllm/v1/core/kv_cache_utils.py` (get_kv_cache_groups and what it calls), commit 017e9f4448b7.
 */
import { InferenceLabError } from "../base/errors.js";
import type { Bytes, Tokens } from "../base/units.js";
import {
  maxBlocksPerRequest,
  type KvCacheGroup,
  type LayerAttention,
} from "../spec/kv-cache-group.js";

/** A layer with a KV cache. */
export type CachedLayer = LayerAttention & {
  /** KV bytes of one token in this layer. Default: `bytesPerTokenAndLayer`. */
  readonly bytesPerToken?: Bytes;
};

/** What the layout of a KV cache follows from. */
export interface KvCacheLayoutInput {
  /** Every layer with a KV cache, in model order: groups come out in the order in which their kind first appears. */
  readonly layers: readonly CachedLayer[];
  /** KV bytes of one token in one layer, where a layer does not say itself. */
  readonly bytesPerTokenAndLayer: Bytes;
  readonly blockSize: Tokens;
  /** Longest sequence, prompt and output together. */
  readonly maxModelLen: Tokens;
  readonly maxNumBatchedTokens: Tokens;
  readonly asyncScheduling: boolean;
  /**
   * vLLM's disable_hybrid_kv_cache_manager: next to full-attention layers, all others are cached in full too.
   * Default false.
   */
  readonly disableHybrid?: boolean;
}

/** One block table: a group, and the layers that share it. */
export interface LayerGroup {
  readonly cache: KvCacheGroup;
  readonly numLayers: number;
  /** Blocks that a request of `maxModelLen` tokens holds in this group at most. */
  readonly blocksPerMaxLenRequest: number;
}

/** How the layers of a model share block tables, and what that makes a block weigh. */
export interface KvCacheLayout {
  readonly groups: readonly LayerGroup[];
  /** Layers of the largest group. Smaller groups are padded to it, so that any block serves any group. 1 where one group holds all. */
  readonly layersPerGroup: number;
  /** Bytes of one block in one layer; in all of them where one group holds layers of different size. */
  readonly pageBytes: Bytes;
  /** Bytes of one block over the layers of a group: `pageBytes × layersPerGroup`. */
  readonly bytesPerBlock: Bytes;
  /** Blocks that a request of `maxModelLen` tokens holds at most, over all groups. */
  readonly blocksPerMaxLenRequest: number;
  readonly maxModelLen: Tokens;
  /** Tokens that can be scheduled and not yet processed. */
  readonly numInFlightTokens: Tokens;
}

/** What a number of bytes holds. */
export interface KvCacheSize {
  /** Blocks in the pool, the null block included. */
  readonly numBlocks: number;
  /** Requests of `maxModelLen` tokens that fit at once. */
  readonly maxConcurrency: number;
  /** Bytes that one request of `maxModelLen` tokens takes at most. */
  readonly startupNeededBytes: Bytes;
  /** Whether vLLM starts: that one request fits. (It forgets the null block there, which no request can use.) */
  readonly starts: boolean;
  /** The longest sequence that fits, up to `maxModelLen`; 0 if not one token does. */
  readonly estimatedMaxModelLen: Tokens;
  /** What vLLM logs as "GPU KV cache size": `maxConcurrency × maxModelLen`, rounded down. */
  readonly kvCacheSizeTokens: Tokens;
}

/**
 * Groups layers as vLLM does. Throws {@link InferenceLabError} where vLLM refuses to start: no layers, or a disabled
 * hybrid manager with layers that cannot be made alike.
 */
export function kvCacheLayout(input: KvCacheLayoutInput): KvCacheLayout {
  const { blockSize, maxModelLen } = input;
  const layers = input.disableHybrid ? unifyHybridLayers(input.layers) : input.layers;
  const numInFlightTokens = input.maxNumBatchedTokens * (input.asyncScheduling ? 2 : 1);
  const kinds = countKinds(layers, input.bytesPerTokenAndLayer);
  const largest = Math.max(...kinds.map((kind) => kind.bytesPerToken));
  const isOneGroup = kinds.every(({ attention }) => sameReach(attention, kinds[0]!.attention));
  // One group may hold layers of different size; groups share one page size, so that smaller layers get longer blocks.
  const dealt = isOneGroup ? [{ ...kinds[0]!, numLayers: layers.length }] : groupLayers(kinds);

  const groups = dealt.map(({ attention, numLayers, bytesPerToken }): LayerGroup => {
    const factor = isOneGroup || largest % bytesPerToken !== 0 ? 1 : largest / bytesPerToken;
    const cache: KvCacheGroup = { ...attention, blockSize: blockSize * factor };
    const blocksPerMaxLenRequest = maxBlocksPerRequest(cache, maxModelLen, numInFlightTokens);
    return { cache, numLayers, blocksPerMaxLenRequest };
  });
  const isMixed = isOneGroup && kinds.length > 1;
  const layersPerGroup = isMixed ? 1 : Math.max(...groups.map((group) => group.numLayers));
  const bytesPerToken = isMixed
    ? kinds.reduce((sum, kind) => sum + kind.numLayers * kind.bytesPerToken, 0)
    : largest;
  const pageBytes = bytesPerToken * blockSize;
  return {
    groups,
    layersPerGroup,
    pageBytes,
    bytesPerBlock: pageBytes * layersPerGroup,
    blocksPerMaxLenRequest: groups.reduce((sum, group) => sum + group.blocksPerMaxLenRequest, 0),
    maxModelLen,
    numInFlightTokens,
  };
}

/** How many blocks `availableBytes` hold in this layout, and what that means for requests. */
export function sizeKvCache(layout: KvCacheLayout, availableBytes: Bytes): KvCacheSize {
  const { pageBytes, layersPerGroup, bytesPerBlock, blocksPerMaxLenRequest, maxModelLen } = layout;
  const numBlocks = Math.max(
    0,
    Math.floor(Math.floor(availableBytes / pageBytes) / layersPerGroup),
  );
  const maxConcurrency = numBlocks / blocksPerMaxLenRequest;
  const startupNeededBytes = blocksPerMaxLenRequest * bytesPerBlock;
  return {
    numBlocks,
    maxConcurrency,
    startupNeededBytes,
    starts: availableBytes > 0 && startupNeededBytes <= availableBytes,
    estimatedMaxModelLen: estimateMaxModelLen(layout, availableBytes),
    kvCacheSizeTokens: Math.floor(maxConcurrency * maxModelLen),
  };
}

/** By bisection: longer sequences never need fewer blocks. */
function estimateMaxModelLen(layout: KvCacheLayout, availableBytes: Bytes): Tokens {
  const { groups, numInFlightTokens, bytesPerBlock } = layout;
  let fits = 0;
  let tooLong = layout.maxModelLen + 1;
  while (tooLong - fits > 1) {
    const length = Math.floor((fits + tooLong) / 2);
    let numBlocks = 0;
    for (const { cache } of groups)
      numBlocks += maxBlocksPerRequest(cache, length, numInFlightTokens);
    if (numBlocks * bytesPerBlock <= availableBytes) fits = length;
    else tooLong = length;
  }
  return fits;
}

interface LayersAlike {
  readonly attention: LayerAttention;
  readonly numLayers: number;
  readonly bytesPerToken: Bytes;
}

/**
 * Splits each kind of layer into groups of equal size, that of the rarest kind: Gemma's pattern of five sliding layers
 * and a full one gives five sliding groups for each full one. Kinds of nearly equal size (the largest below 1.5 × the
 * smallest) get one group each instead, since padding is then cheaper than a second group.
 */
function groupLayers(kinds: readonly LayersAlike[]): LayersAlike[] {
  const smallest = Math.min(...kinds.map((kind) => kind.numLayers));
  const largest = Math.max(...kinds.map((kind) => kind.numLayers));
  const groupSize = largest < smallest * 1.5 ? largest : smallest;
  return kinds.flatMap((kind) => {
    const numGroups = Math.ceil(kind.numLayers / groupSize);
    // vLLM deals a kind's layers out like cards, layers[i::numGroups]: the first groups get one more.
    return Array.from({ length: numGroups }, (_, i) => {
      return { ...kind, numLayers: Math.ceil((kind.numLayers - i) / numGroups) };
    });
  });
}

/** Layers per kind, in order of first appearance. */
function countKinds(layers: readonly CachedLayer[], bytesPerLayer: Bytes): LayersAlike[] {
  if (layers.length === 0) throw new InferenceLabError("a KV cache needs at least one layer");
  const kinds = new Map<string, LayersAlike>();
  for (const { bytesPerToken = bytesPerLayer, ...attention } of layers) {
    const key = `${attention.type} ${reach(attention)} ${bytesPerToken}`;
    const numLayers = (kinds.get(key)?.numLayers ?? 0) + 1;
    kinds.set(key, { attention, numLayers, bytesPerToken });
  }
  return [...kinds.values()];
}

const sameReach = (a: LayerAttention, b: LayerAttention): boolean =>
  a.type === b.type && reach(a) === reach(b);

function reach(attention: LayerAttention): Tokens {
  switch (attention.type) {
    case "full":
      return Infinity;
    case "swa":
      return attention.slidingWindow;
    case "chunked_local":
      return attention.attentionChunkSize;
  }
}

/** vLLM's unify_hybrid_kv_cache_specs: one kind stays as it is; beside full attention everything is cached in full. */
function unifyHybridLayers(layers: readonly CachedLayer[]): readonly CachedLayer[] {
  const kinds = countKinds(layers, 0);
  if (kinds.every(({ attention }) => sameReach(attention, kinds[0]!.attention))) return layers;
  const numOf = (type: LayerAttention["type"]) =>
    new Set(kinds.filter(({ attention }) => attention.type === type).map((k) => reach(k.attention)))
      .size;
  if (numOf("full") === 0 || numOf("swa") > 1 || numOf("chunked_local") > 1) {
    throw new InferenceLabError(
      "with the hybrid KV cache manager disabled, these layers cannot be cached alike: there must be full-attention layers, and not two window sizes",
    );
  }
  return layers.map(({ bytesPerToken }) => ({ type: "full", bytesPerToken }));
}
