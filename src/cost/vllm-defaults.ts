/**
 * What vLLM would choose where the user chooses nothing, for one device and model. Nothing in a simulation uses these
 * unasked: our documented defaults are those of the config.
 */
import type { Bytes, Tokens } from "../base/units.js";

/** What vLLM's defaults depend on. */
export interface VllmDefaultsInput {
  /** Bytes of memory of one device. */
  readonly memoryCapacity: Bytes;
  /** The device's name: vLLM leaves A100s out of the larger defaults. Default: not an A100. */
  readonly deviceName?: string;
  /** Longest sequence, prompt and output together. */
  readonly maxModelLen: Tokens;
  /** Default true, as in vLLM. */
  readonly enableChunkedPrefill?: boolean;
  /** `vllm serve`, or the offline `LLM()` class. Default "serve". */
  readonly usage?: "serve" | "offline";
}

/** vLLM's names in camelCase. */
export interface VllmDefaults {
  readonly maxNumBatchedTokens: Tokens;
  readonly maxNumSeqs: number;
  readonly blockSize: Tokens;
  readonly gpuMemoryUtilization: number;
  readonly policy: "fcfs";
  readonly enableChunkedPrefill: boolean;
  readonly longPrefillTokenThreshold: Tokens;
  readonly enablePrefixCaching: boolean;
  readonly prefixCacheRetentionInterval: number;
  readonly asyncScheduling: boolean;
  readonly watermark: number;
  readonly schedulerReserveFullIsl: boolean;
}

const GIB = 2 ** 30;

/**
 * Defaults of vLLM's main branch of 2026-08-17 (commit 017e9f4448b7): batch sizes from `EngineArgs.get_batch_defaults`
 * and `_set_default_max_num_seqs_and_batched_tokens_args`, the rest from `SchedulerConfig` and `CacheConfig`.
 * `gpuMemoryUtilization` is 0.92 since 2026-04-21 (0.9 before); scheduling is asynchronous by default since 2025-11,
 * where nothing in use forbids it.
 *
 * ```ts
 * vllmServeDefaults({ memoryCapacity: 80 * 2 ** 30, maxModelLen: 8192 }).maxNumBatchedTokens; // 8192
 * ```
 */
export function vllmServeDefaults(input: VllmDefaultsInput): VllmDefaults {
  const { maxModelLen, enableChunkedPrefill = true } = input;
  const { tokens, maxNumSeqs } = batchDefaults(input);
  // A prompt that cannot be cut must fit into one step.
  const atLeast = enableChunkedPrefill ? 0 : maxModelLen;
  return {
    maxNumBatchedTokens: Math.max(Math.min(tokens, maxNumSeqs * maxModelLen), atLeast),
    maxNumSeqs,
    blockSize: 16,
    gpuMemoryUtilization: 0.92,
    policy: "fcfs",
    enableChunkedPrefill,
    longPrefillTokenThreshold: 0,
    enablePrefixCaching: true,
    prefixCacheRetentionInterval: 0,
    asyncScheduling: true,
    watermark: 0,
    schedulerReserveFullIsl: true,
  };
}

/** Large budgets for devices with much memory, other than A100s, whose throughput they lower. */
function batchDefaults(input: VllmDefaultsInput): { tokens: Tokens; maxNumSeqs: number } {
  const { memoryCapacity, deviceName = "", usage = "serve" } = input;
  const isA100 = deviceName.toLowerCase().includes("a100");
  const large = memoryCapacity >= 160 * GIB || (memoryCapacity >= 70 * GIB && !isA100);
  if (usage === "offline") {
    return large ? { tokens: 16384, maxNumSeqs: 1024 } : { tokens: 8192, maxNumSeqs: 256 };
  }
  if (memoryCapacity >= 160 * GIB) return { tokens: 16384, maxNumSeqs: 1024 };
  return large ? { tokens: 8192, maxNumSeqs: 1024 } : { tokens: 2048, maxNumSeqs: 256 };
}
