/** What the scheduler must be told, under vLLM's names. */
import type { Tokens } from "../base/units.js";

/** The settings of a scheduler, every default filled in. */
export interface SchedulerSettings {
  /** Tokens in one step at most. */
  readonly maxNumBatchedTokens: Tokens;
  /** Requests running at once at most. */
  readonly maxNumSeqs: number;
  /** Longest sequence, prompt and output together. */
  readonly maxModelLen: Tokens;
  readonly enableChunkedPrefill: boolean;
  /** Prompts longer than this are cut into chunks of this size; 0 means no such cut. */
  readonly longPrefillTokenThreshold: Tokens;
  /** Form batch n + 1 when batch n starts to execute. */
  readonly asyncScheduling: boolean;
  /** Admit a request only if all its known tokens fit into the cache, not only its first chunk. */
  readonly schedulerReserveFullIsl: boolean;
  /** Share of the blocks that an admission must leave free while something runs. */
  readonly watermark: number;
  /** Requests left with a partly computed prompt after a step at most; undefined limits nothing, as in vLLM. */
  readonly maxNumPartialPrefills: number | undefined;
  /** Admit only what can grow to prompt + max_tokens together with all that runs. */
  readonly enablePreemptionFree: boolean;
}
