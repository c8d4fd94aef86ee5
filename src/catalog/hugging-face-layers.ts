/** The matrices of each kind of layer, fused as vLLM fuses them. */
import type {
  ExpertRouting,
  LatentAttention,
  Matrix,
  RecurrentLayers,
  SoftmaxAttention,
  WeightRole,
} from "../spec/model-description.js";

/** Weights of one kind whose precision is still to be decided, from what the checkpoint calls the module. */
export interface Weights {
  readonly role: WeightRole;
  readonly numLayers: number;
  readonly matrices: readonly Matrix[];
  readonly routing?: ExpertRouting;
  /** Name of one of its modules in a checkpoint, for example "self_attn.q_proj", without the layer. */
  readonly module: string;
}

export const vector = (length: number): Matrix => ({ outputs: length, inputs: 1, cut: "none" });

/**
 * @param gate outputs beside query, key and value: a gate as wide as the queries in some models
 * @param isKeyValue keys are values too, so that one projection gives both
 */
export function attentionWeights(
  hidden: number,
  attention: SoftmaxAttention,
  { gate = 0, bias = false, outputBias = false, isKeyValue = false } = {},
): Weights {
  const { numHeads, numKvHeads, headDim, valueHeadDim = headDim } = attention;
  const numPerKvHead = isKeyValue ? headDim : headDim + valueHeadDim;
  const qkv = numHeads * headDim + numKvHeads * numPerKvHead + gate;
  const matrices: Matrix[] = [
    { outputs: qkv, inputs: hidden },
    { outputs: hidden, inputs: numHeads * valueHeadDim, cut: "inputs" },
  ];
  if (bias) matrices.push({ outputs: qkv, inputs: 1 });
  if (outputBias) matrices.push(vector(hidden));
  const { numLayers } = attention;
  return { role: "attention", numLayers, matrices, module: "self_attn.q_proj" };
}

/** Multi-head latent attention: the compressions are small and every device has them whole. */
export function latentAttentionWeights(
  hidden: number,
  attention: LatentAttention,
  queryLoraRank: number,
): Weights {
  const { numHeads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim, index } = attention;
  const compressedKv = kvLoraRank + qkRopeHeadDim;
  const queries = numHeads * (qkNopeHeadDim + qkRopeHeadDim);
  const compress: Matrix[] =
    queryLoraRank > 0
      ? [
          { outputs: queryLoraRank + compressedKv, inputs: hidden, cut: "none" },
          { outputs: queries, inputs: queryLoraRank },
        ]
      : [
          { outputs: queries, inputs: hidden },
          { outputs: compressedKv, inputs: hidden, cut: "none" },
        ];
  const indexer: Matrix[] =
    index === undefined
      ? []
      : [
          { outputs: index.numHeads * index.headDim, inputs: queryLoraRank, cut: "none" },
          { outputs: index.headDim + index.numHeads, inputs: hidden, cut: "none" },
        ];
  const matrices: Matrix[] = [
    ...compress,
    { outputs: numHeads * (qkNopeHeadDim + valueHeadDim), inputs: kvLoraRank },
    { outputs: hidden, inputs: numHeads * valueHeadDim, cut: "inputs" },
    ...indexer,
    vector(queryLoraRank + kvLoraRank),
  ];
  return {
    role: "attention",
    numLayers: attention.numLayers,
    matrices,
    module: "self_attn.o_proj",
  };
}

/** Gate and up as one matrix, and down; without a gate, up and down. */
export function feedForwardMatrices(hidden: number, width: number, isGated = true): Matrix[] {
  return [
    { outputs: (isGated ? 2 : 1) * width, inputs: hidden },
    { outputs: hidden, inputs: width, cut: "inputs" },
  ];
}

/** What a recurrent layer needs: its class, and its weights. */
export interface Recurrent {
  readonly layers: RecurrentLayers;
  readonly weights: Weights;
}

export interface GatedDeltaNet {
  readonly numLayers: number;
  readonly numKeyHeads: number;
  readonly numValueHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly kernel: number;
  readonly stateBytesPerElement: number;
}

/**
 * Gated delta rule (Qwen3-Next): S ← α S + β k (v − Sᵀk)ᵀ, o = Sᵀq: 7 FLOPs per state element and token, and a convolution over the
 * last `kernel` tokens. The state is keyDim × valueDim per value head; the convolution keeps its last inputs in bf16.
 */
export function gatedDeltaNet(hidden: number, net: GatedDeltaNet): Recurrent {
  const { numLayers, numKeyHeads, numValueHeads, keyDim, valueDim, kernel } = net;
  const keys = numKeyHeads * keyDim;
  const values = numValueHeads * valueDim;
  const channels = 2 * keys + values;
  const state = numValueHeads * keyDim * valueDim;
  return {
    layers: {
      type: "recurrent",
      numLayers,
      numHeads: numKeyHeads,
      stateBytes: state * net.stateBytesPerElement + channels * (kernel - 1) * 2,
      flopsPerToken: 7 * state + 2 * kernel * channels,
    },
    weights: {
      role: "recurrent",
      numLayers,
      matrices: [
        { outputs: channels + values, inputs: hidden },
        { outputs: 2 * numValueHeads, inputs: hidden },
        { outputs: hidden, inputs: values, cut: "inputs" },
        { outputs: channels * kernel + 2 * numValueHeads + valueDim, inputs: 1 },
      ],
      module: "linear_attn.in_proj_qkvz",
    },
  };
}

export interface Mamba2 {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly stateSize: number;
  readonly numGroups: number;
  readonly kernel: number;
  readonly stateBytesPerElement: number;
}

/** Mamba-2: h ← a h + (Δ x) Bᵀ, y = h C: 5 FLOPs per state element and token, and a convolution. */
export function mamba2(hidden: number, net: Mamba2): Recurrent {
  const { numLayers, numHeads, headDim, stateSize, numGroups, kernel } = net;
  const inner = numHeads * headDim;
  const channels = inner + 2 * numGroups * stateSize;
  const state = inner * stateSize;
  return {
    layers: {
      type: "recurrent",
      numLayers,
      numHeads,
      stateBytes: state * net.stateBytesPerElement + channels * (kernel - 1) * 2,
      flopsPerToken: 5 * state + 2 * kernel * channels,
    },
    weights: {
      role: "recurrent",
      numLayers,
      matrices: [
        { outputs: channels + inner + numHeads, inputs: hidden },
        { outputs: hidden, inputs: inner, cut: "inputs" },
        { outputs: channels * (kernel + 1) + 3 * numHeads + inner, inputs: 1 },
      ],
      module: "mixer.in_proj",
    },
  };
}

export interface DeltaAttention {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly kernel: number;
}

/** Kimi Delta Attention: the gated delta rule with a decay for each channel, its state in fp32. */
export function deltaAttention(hidden: number, net: DeltaAttention): Recurrent {
  const { numLayers, numHeads, headDim, kernel } = net;
  const width = numHeads * headDim;
  const state = width * headDim;
  return {
    layers: {
      type: "recurrent",
      numLayers,
      numHeads,
      stateBytes: state * 4 + 3 * width * (kernel - 1) * 2,
      flopsPerToken: 7 * state + 2 * kernel * 3 * width,
    },
    weights: {
      role: "recurrent",
      numLayers,
      matrices: [
        { outputs: 3 * width + numHeads, inputs: hidden },
        { outputs: 2 * headDim, inputs: hidden, cut: "none" },
        { outputs: 2 * width, inputs: headDim },
        { outputs: hidden, inputs: width, cut: "inputs" },
        { outputs: 3 * width * kernel + width + numHeads + headDim, inputs: 1 },
      ],
      module: "self_attn.q_proj",
    },
  };
}
