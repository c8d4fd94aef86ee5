/** Which requests can never be served, whatever the load: they are refused on arrival, with the reason. */
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Request } from "../request/request.js";
import type { SchedulerSettings } from "../scheduler/scheduler-config.js";

/** Why a request can never be served; undefined when it can. Reasons are the same words for all requests they hold for. */
export type Admission = (request: Request) => string | undefined;

export function admissionCheck(settings: SchedulerSettings, kvCache: KvCache): Admission {
  const { maxModelLen, maxNumBatchedTokens, enableChunkedPrefill, enablePreemptionFree } = settings;
  const numBlocks = kvCache.numUsableBlocks;
  return (request) => {
    const { numPromptTokens, maxTokens, stopLength } = request;
    if (numPromptTokens >= maxModelLen) {
      return `the prompt leaves no room for output within max_seq_len (${maxModelLen})`;
    }
    if (!enableChunkedPrefill && numPromptTokens > maxNumBatchedTokens) {
      return `the prompt exceeds max_num_batched_tokens (${maxNumBatchedTokens}) and chunked prefill is off`;
    }
    // The last token is delivered, never computed.
    const longest = enablePreemptionFree
      ? Math.min(numPromptTokens + maxTokens, maxModelLen) - 1
      : numPromptTokens + stopLength - 1;
    if (kvCache.maxBlocksFor(longest) > numBlocks) {
      const length = enablePreemptionFree ? "prompt and max_tokens need" : "prompt and output need";
      return `${length} more KV blocks than there are (${numBlocks})`;
    }
    return undefined;
  };
}
