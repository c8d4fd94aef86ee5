/** What a model is, as far as scheduling, KV sizing and the cost model need to know. */
import type { Bytes, Tokens } from "../base/units.js";

/** The model that is served, every default filled in. */
export interface ModelSpec {
  readonly numParameters: number;
  /** Parameters that one token uses; equal to `numParameters` for a dense model. */
  readonly numActiveParameters: number;
  readonly numLayers: number;
  readonly hiddenDim: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  /** Elements of one head. */
  readonly headDim: number;
  /** Longest sequence, prompt and output together (vLLM's max_model_len). */
  readonly maxSeqLen: Tokens;
  /** Window of the sliding layers; a token attends to itself and the `slidingWindow - 1` before it. */
  readonly slidingWindow?: Tokens;
  /** How many of the layers slide; 0 without a window. */
  readonly numSlidingLayers: number;
}

/** KV bytes of one token in one layer: a key and a value of every KV head. */
export function kvBytesPerTokenAndLayer(
  model: Pick<ModelSpec, "numKvHeads" | "headDim">,
  bytesPerElement: Bytes,
): Bytes {
  return 2 * model.numKvHeads * model.headDim * bytesPerElement;
}
