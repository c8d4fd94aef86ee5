/** Batches that run as captured CUDA graphs are padded to a captured size. */
import type { Tokens } from "../base/units.js";

/** vLLM captures no larger batch (max_cudagraph_capture_size). */
const LARGEST_CAPTURE: Tokens = 512;

/** The largest captured batch: 2 × max_num_seqs, 512 at most, as vLLM sets it. */
export function largestCapture(maxNumSeqs: number): Tokens {
  return paddedTokens(Math.min(2 * maxNumSeqs, LARGEST_CAPTURE), LARGEST_CAPTURE);
}

/**
 * Tokens that a batch is computed with: the next of vLLM's capture sizes 1, 2, 4, 8, 16, 24 … 256, 272, 288 … 512; larger
 * batches than `largest` run as they are.
 */
export function paddedTokens(numTokens: Tokens, largest: Tokens): Tokens {
  if (numTokens > largest || numTokens <= 2) return numTokens;
  if (numTokens <= 4) return 4;
  const step = numTokens <= 256 ? 8 : 16;
  return Math.ceil(numTokens / step) * step;
}
