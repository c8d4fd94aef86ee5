/**
 * A batch reduced to the integers that a cost model prices: exact below 2^53, so they cannot depend on the order of
 * the batch, and a run of equal decode steps changes them by plain additions.
 */
import type { Tokens } from "../base/units.js";

/**
 * Sums over the batch for the layers that share one attention window.
 * For a request with c computed tokens that gets n more, causal attention covers n·c + n(n+1)/2 (query, key)
 * pairs and reads the keys and values of c + n tokens; with a window W a query sees at most W keys and the step
 * reads min(c + n, W + n − 1) tokens.
 */
export interface AttentionShape {
  /** Infinity for full attention. */
  readonly window: Tokens;
  prefillPairs: number;
  prefillKvTokens: Tokens;
  /** A decode has one query, so this counts its pairs and its KV tokens alike. */
  decodeKvTokens: Tokens;
}

/** A batch as a cost model sees it: counts of requests and tokens, and sums of its attention. */
export interface BatchShape {
  /** Requests in the batch that compute more than their last known token. */
  numPrefills: number;
  /** Requests that compute exactly one token and whose prompt was computed before. */
  numDecodes: number;
  numPrefillTokens: Tokens;
  /** Requests in the batch whose last known token is computed: each of them gets an output token. */
  numSamples: number;
  /** One entry per distinct attention window of the model, in the order of its KV groups. */
  readonly attention: readonly AttentionShape[];
}

/** Where the sums for a window are; those of full attention, which are larger, where the batch is not summed over it. */
export function indexOfWindow({ attention }: BatchShape, window = Infinity): number {
  let found = 0;
  for (let i = 0; i < attention.length; i++) {
    const sums = attention[i]!;
    if (sums.window === window) return i;
    if (sums.window > attention[found]!.window) found = i;
  }
  return found;
}
