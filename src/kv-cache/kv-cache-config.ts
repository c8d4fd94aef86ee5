/** The KV cache's layout: one pool of blocks, one block table per group of layers and request. */
import type { Tokens } from "../base/units.js";
import type { KvCacheGroup } from "../spec/kv-cache-group.js";

export type { KvCacheGroup };

/** What a KV cache is made from. */
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
