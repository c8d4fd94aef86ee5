/** What the KV cache of a deployment holds, in the figures that vLLM logs when it starts. */
import type { MemoryFit } from "../cost/memory-budget.js";
import type { Tokens } from "../base/units.js";

/** The size of the KV cache, over all replicas of the attention. */
export interface KvCacheCapacity {
  /** Blocks, vLLM's null block included: one less can be held by requests. */
  readonly numGpuBlocks: number;
  /** What vLLM logs as "GPU KV cache size": `maxConcurrency × maxSeqLen`, rounded down. */
  readonly numTokens: Tokens;
  /** Requests of `maxSeqLen` tokens that fit at once; what vLLM logs as "Maximum concurrency". */
  readonly maxConcurrency: number;
}

export function kvCacheCapacityOf(
  { numBlocks, maxConcurrency }: MemoryFit,
  maxSeqLen: Tokens,
  numReplicas: number,
): KvCacheCapacity {
  return Object.freeze({
    numGpuBlocks: numBlocks * numReplicas,
    numTokens: Math.floor(maxConcurrency * maxSeqLen) * numReplicas,
    maxConcurrency: maxConcurrency * numReplicas,
  });
}
