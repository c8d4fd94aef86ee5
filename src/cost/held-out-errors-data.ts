/** Fitted by `npm run fit`; not edited by hand. Logarithms of predicted over measured latencies that the fit did not see. */
import type { HeldOutErrors } from "./confidence.js";

export const heldOutErrors: HeldOutErrors = {
  level: 0.8,
  classes: {
    measured: {
      rows: 273,
      metrics: {
        ttft: { error: 0.2239, coverage: 0.8022 },
        tpot: { error: 0.06307, coverage: 0.8022 },
        e2e: { error: 0.05993, coverage: 0.8095 },
        throughput: { error: 0.05993, coverage: 0.8095 },
      },
    },
    dense: {
      rows: 98,
      metrics: {
        ttft: { error: 0.277, coverage: 0.8163 },
        tpot: { error: 0.0919, coverage: 0.8061 },
        e2e: { error: 0.09128, coverage: 0.8061 },
        throughput: { error: 0.09128, coverage: 0.8061 },
      },
    },
    mixture: {
      rows: 175,
      metrics: {
        ttft: { error: 0.6209, coverage: 0.8 },
        tpot: { error: 0.1444, coverage: 0.84 },
        e2e: { error: 0.1456, coverage: 0.8343 },
        throughput: { error: 0.1456, coverage: 0.8343 },
      },
    },
  },
  overall: {
    rows: 273,
    metrics: {
      ttft: { error: 0.4763, coverage: 0.8059 },
      tpot: { error: 0.1379, coverage: 0.8022 },
      e2e: { error: 0.1358, coverage: 0.8022 },
      throughput: { error: 0.1358, coverage: 0.8022 },
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
