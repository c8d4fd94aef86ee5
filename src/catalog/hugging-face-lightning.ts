/** Lightning attention, the linear layers of MiniMax-01 and M1 (arXiv 2501.08313). */
import type { Recurrent } from "./hugging-face-layers.js";

export interface LightningAttention {
  readonly numLayers: number;
  readonly numHeads: number;
  readonly headDim: number;
}

/**
 * S ← λ S + k vᵀ, o = Sᵀq with a fixed decay λ per head: 5 FLOPs per state element and token. The output is normalised over all
 * heads and gated. The state is headDim × headDim per head, in bf16: vLLM keeps it in the model's dtype and refuses fp32.
 */
export function lightningAttention(hidden: number, net: LightningAttention): Recurrent {
  const { numLayers, numHeads, headDim } = net;
  const width = numHeads * headDim;
  const state = width * headDim;
  return {
    layers: {
      type: "recurrent",
      numLayers,
      numHeads,
      stateBytes: state * 2,
      flopsPerToken: 5 * state,
    },
    weights: {
      role: "recurrent",
      numLayers,
      matrices: [
        // Queries, keys, values and the gate.
        { outputs: 4 * width, inputs: hidden },
        { outputs: hidden, inputs: width, cut: "inputs" },
        { outputs: width, inputs: 1 },
      ],
      module: "self_attn.qkv_proj",
    },
  };
}
