/** The KV cache's layout: one pool of blocks, one block table per group of layers and request. */
import type { Tokens } from "../base/units.js";

/** Layers that are cached alike, as in vLLM's KV cache groups. */
export type KvCacheGroup =
  | { readonly type: "full"; readonly blockSize: Tokens }
  | { readonly type: "swa"; readonly blockSize: Tokens; readonly slidingWindow: Tokens }
  | { readonly type: "chunked_local"; readonly blockSize: Tokens; readonly attentionChunkSize: Tokens };

export interface KvCacheSettings {
  /** Blocks in the pool, vLLM's null block included: `numBlocks - 1` are usable. */
  readonly numBlocks: number;
  readonly groups: readonly KvCacheGroup[];
  readonly enablePrefixCaching: boolean;
  /** vLLM's prefix_cache_retention_interval: which sliding-window blocks are registered. Default 0: tails only. */
  readonly retentionInterval: number | null;
  readonly maxModelLen: Tokens;
  readonly maxNumBatchedTokens: Tokens;
  readonly asyncScheduling: boolean;
}
