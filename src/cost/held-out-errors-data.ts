/** Fitted by `npm run fit`; not edited by hand. Logarithms of predicted over measured latencies that the fit did not see. */
import type { HeldOutErrors } from "./confidence.js";

export const heldOutErrors: HeldOutErrors = {
  level: 0.8,
  classes: {
    measured: {
      rows: 273,
      metrics: {
        ttft: { error: 0.2265, coverage: 0.8059 },
        tpot: { error: 0.06492, coverage: 0.8059 },
        e2e: { error: 0.05943, coverage: 0.8022 },
        throughput: { error: 0.05943, coverage: 0.8022 },
      },
    },
    dense: {
      rows: 98,
      metrics: {
        ttft: { error: 0.2764, coverage: 0.8061 },
        tpot: { error: 0.1015, coverage: 0.8061 },
        e2e: { error: 0.1035, coverage: 0.8061 },
        throughput: { error: 0.1035, coverage: 0.8061 },
      },
    },
    mixture: {
      rows: 175,
      metrics: {
        ttft: { error: 0.6345, coverage: 0.8 },
        tpot: { error: 0.1848, coverage: 0.8 },
        e2e: { error: 0.1853, coverage: 0.8 },
        throughput: { error: 0.1853, coverage: 0.8 },
      },
    },
  },
  overall: {
    rows: 273,
    metrics: {
      ttft: { error: 0.4867, coverage: 0.8059 },
      tpot: { error: 0.1951, coverage: 0.8022 },
      e2e: { error: 0.199, coverage: 0.8022 },
      throughput: { error: 0.199, coverage: 0.8022 },
    },
  },
  models: [
    { name: "MiniMaxAI/MiniMax-M2.5", hiddenDim: 3072, numLayers: 62 },
    { name: "Qwen/Qwen3-32B", hiddenDim: 5120, numLayers: 64 },
    { name: "openai/gpt-oss-120b", hiddenDim: 2880, numLayers: 36 },
    { name: "meta-llama/Llama-3.1-70B", hiddenDim: 8192, numLayers: 80 },
  ],
  range: {
    devices: ["b200-sxm", "h200-sxm", "h100-sxm"],
    precisions: ["fp8_block", "bf16", "mxfp4", "fp8"],
    tensorParallel: [2, 8],
    batch: [4, 512],
    context: [1152, 9216],
  },
};
