/**
 * What a model is, as a composition: streams of weights that a step reads, and layers that mix tokens. There are no named
 * architectures: a cost model and the KV cache see only these.
 */
import type { Bytes, Tokens } from "../base/units.js";
import type { Precision } from "./precision.js";

/** One matrix of a layer: `outputs × inputs` parameters. Vectors (norms, biases) have one input. */
export interface Matrix {
  readonly outputs: number;
  readonly inputs: number;
  /** What tensor parallelism cuts. Default "outputs" (column-parallel); "none": every device holds a copy. */
  readonly cut?: "outputs" | "inputs" | "none";
}

/** Where each token uses only some of the matrices of a stream. */
export interface ExpertRouting {
  readonly numExperts: number;
  /** Experts that one token is sent to. */
  readonly numExpertsPerToken: number;
}

/** Weights of one kind. The stream holds `numLayers × (number of experts, or 1) × Σ matrices` parameters. */
export interface WeightStream {
  readonly role: WeightRole;
  readonly numLayers: number;
  /** The matrices of one layer; with `routing`, of one expert. */
  readonly matrices: readonly Matrix[];
  readonly precision: Precision;
  /** Bytes of one parameter as stored. Default: those of the precision, scales included. */
  readonly bytesPerParam?: Bytes;
  /** Absent: every token goes through all of it. */
  readonly routing?: ExpertRouting;
}

/** What weights are for, which decides when they are read and how often. */
export type WeightRole =
  /** Projections of softmax attention and MLA. */
  | "attention"
  /** Projections of recurrent layers. */
  | "recurrent"
  | "feed-forward"
  /** With `routing`. */
  | "experts"
  | "shared-experts"
  | "router"
  /** The output projection: computed for sampled positions only. With tied embeddings it is the only copy. */
  | "head"
  /** Looked up, not multiplied: takes memory, no time. */
  | "embedding"
  /** Norms, biases, and what else is small. */
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
  /** Chunked local attention (Llama 4): a token attends to what precedes it in its chunk. */
  readonly chunk?: Tokens;
  /** These layers read the KV of other layers and store none. */
  readonly sharesKv?: boolean;
  /** Queries and keys are normed over all heads together, which devices that share a layer answer with an all-reduce. */
  readonly normAcrossHeads?: boolean;
}

/** Multi-head latent attention: one compressed vector per token, shared by all heads, and copied to every device. */
export interface LatentAttention {
  readonly type: "mla";
  readonly numLayers: number;
  readonly numHeads: number;
  readonly kvLoraRank: number;
  readonly qkNopeHeadDim: number;
  readonly qkRopeHeadDim: number;
  readonly valueHeadDim: number;
  /** Sparse attention: keys that a query attends to at most, chosen by an indexer. */
  readonly index?: { readonly topK: number; readonly numHeads: number; readonly headDim: number };
}

/** Linear attention or a state-space layer: a state of fixed size per sequence, whatever its length. */
export interface RecurrentLayers {
  readonly type: "recurrent";
  readonly numLayers: number;
  /** Heads, which tensor parallelism cuts. */
  readonly numHeads: number;
  /** Bytes of state that one sequence keeps in one layer, over all devices; read and written by each decode. */
  readonly stateBytes: Bytes;
  /** FLOPs of one token in one layer, beside the weights. */
  readonly flopsPerToken: number;
}

/** A model as streams of weights and classes of layers. */
export interface ModelDescription {
  readonly name?: string;
  readonly hiddenDim: number;
  /** Longest sequence, prompt and output together. */
  readonly maxSeqLen: Tokens;
  readonly weights: readonly WeightStream[];
  readonly layers: readonly LayerClass[];
  /** How the checkpoint wants its KV cache stored. Default bf16. */
  readonly kvPrecision?: Precision;
}
