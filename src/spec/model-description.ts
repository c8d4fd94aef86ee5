/**
 * What a model is, as a composition: streams of weights that a step reads, and layers that mix tokens. There are no named
 * architectures: a cost model and the KV cache see only these.
 */
import type { Tokens } from "../base/units.js";

/** How numbers are stored, and which arithmetic multiplies them. */
export type Precision = "fp32" | "bf16" | "fp8" | "fp8_block" | "int8" | "int4" | "mxfp4" | "nvfp4";

/** One matrix of a layer: `outputs × inputs` parameters. */
export interface Matrix {
  readonly outputs: number;
  readonly inputs: number;
}

/** Where each token uses only some of the matrices of a stream. */
export interface ExpertRouting {
  readonly numExperts: number;
  /** Experts that one token is sent to. */
  readonly numExpertsPerToken: number;
}

/** Weights of one kind. The stream holds `numLayers × (number of experts, or 1) × Σ matrices` parameters. */
export interface WeightStream {
  /** "attention", "feed-forward", "experts", "shared-experts", "router", "head", "embedding", "other". */
  readonly role: WeightRole;
  readonly numLayers: number;
  /** The matrices of one layer; with `routing`, of one expert. */
  readonly matrices: readonly Matrix[];
  readonly precision: Precision;
  /** Absent: every token goes through all of it. */
  readonly routing?: ExpertRouting;
}

export type WeightRole =
  | "attention"
  | "feed-forward"
  | "experts"
  | "shared-experts"
  | "router"
  /** The output projection: computed for sampled positions only. */
  | "head"
  /** Looked up, not multiplied: takes memory, no time. */
  | "embedding"
  | "other";

/** Layers that mix tokens in one way. */
export type LayerClass = SoftmaxAttention | LatentAttention | RecurrentLayers;

/** Attention with a key and a value per KV head. */
export interface SoftmaxAttention {
  readonly type: "attention";
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly headDim: number;
  /** Default: `headDim`. */
  readonly valueHeadDim?: number;
  /** Sliding window; a token attends to itself and the `window - 1` before it. Absent: full attention. */
  readonly window?: Tokens;
  /** Chunked local attention (Llama 4). */
  readonly chunk?: Tokens;
  /** These layers read the KV of other layers and store none. */
  readonly sharesKv?: boolean;
}

/** Multi-head latent attention: one compressed vector per token, shared by all heads. */
export interface LatentAttention {
  readonly type: "mla";
  readonly numLayers: number;
  readonly numHeads: number;
  readonly kvLoraRank: number;
  readonly qkNopeHeadDim: number;
  readonly qkRopeHeadDim: number;
  readonly valueHeadDim: number;
  /** Sparse attention: keys that a query attends to at most. */
  readonly indexTopK?: number;
}

/** Linear attention or a state-space layer: a state of fixed size per sequence, whatever its length. */
export interface RecurrentLayers {
  readonly type: "recurrent";
  readonly numLayers: number;
  /** Elements of the state that one sequence keeps in one layer. */
  readonly stateElements: number;
  /** FLOPs of one token in one layer, beside the weights. */
  readonly flopsPerToken: number;
}

export interface ModelDescription {
  readonly name?: string;
  readonly hiddenDim: number;
  /** Longest sequence, prompt and output together. */
  readonly maxSeqLen: Tokens;
  readonly weights: readonly WeightStream[];
  readonly layers: readonly LayerClass[];
}
