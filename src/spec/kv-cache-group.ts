/** How layers are cached: layers that are cached alike form a group, with one block table per group and request. */
import type { Tokens } from "../base/units.js";

/** What a layer attends to, and so which KV it must keep. */
export type LayerAttention =
  | { readonly type: "full" }
  | { readonly type: "swa"; readonly slidingWindow: Tokens }
  | { readonly type: "chunked_local"; readonly attentionChunkSize: Tokens };

/** Layers that are cached alike, as in vLLM's KV cache groups. */
export type KvCacheGroup = LayerAttention & { readonly blockSize: Tokens };

/**
 * Blocks of one group that a request of `numTokens` tokens holds at most, `numInFlightTokens` being the most that can
 * be scheduled and not yet processed (max_num_batched_tokens; twice that with asynchronous scheduling).
 *
 * As `max_memory_usage_bytes` of vLLM's FullAttentionSpec, SlidingWindowSpec and ChunkedLocalAttentionSpec: full
 * attention keeps everything; a sliding window keeps the window − 1 tokens before those in flight, and one block more
 * because a window need not begin where a block does; local attention keeps the chunk and what is in flight.
 */
export function maxBlocksPerRequest(
  group: KvCacheGroup,
  numTokens: Tokens,
  numInFlightTokens: Tokens,
): number {
  const { blockSize } = group;
  switch (group.type) {
    case "full":
      return Math.ceil(numTokens / blockSize);
    case "swa": {
      const kept = Math.min(group.slidingWindow - 1 + numInFlightTokens, numTokens);
      return Math.ceil(kept / blockSize) + 1;
    }
    case "chunked_local": {
      const kept = Math.min(group.attentionChunkSize + numInFlightTokens, numTokens);
      return Math.ceil(kept / blockSize);
    }
  }
}
