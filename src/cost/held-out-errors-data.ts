/** Fitted by `npm run fit`; not edited by hand. Logarithms of predicted over measured latencies that the fit did not see. */
import type { HeldOutErrors } from "./confidence.js";

export const heldOutErrors: HeldOutErrors = {
  level: 0.8,
  classes: {
    measured: {
      rows: 273,
      metrics: {
        ttft: { error: 0.2272, coverage: 0.8022 },
        tpot: { error: 0.06292, coverage: 0.8022 },
        e2e: { error: 0.06001, coverage: 0.8022 },
        throughput: { error: 0.06001, coverage: 0.8022 },
      },
    },
    dense: {
      rows: 98,
      metrics: {
        ttft: { error: 0.2761, coverage: 0.8061 },
        tpot: { error: 0.1013, coverage: 0.8061 },
        e2e: { error: 0.105, coverage: 0.8163 },
        throughput: { error: 0.105, coverage: 0.8163 },
      },
    },
    mixture: {
      rows: 175,
      metrics: {
        ttft: { error: 0.6258, coverage: 0.8 },
        tpot: { error: 0.1868, coverage: 0.8686 },
        e2e: { error: 0.1885, coverage: 0.8743 },
        throughput: { error: 0.1885, coverage: 0.8743 },
      },
    },
  },
  overall: {
    rows: 273,
    metrics: {
      ttft: { error: 0.4919, coverage: 0.8059 },
      tpot: { error: 0.1779, coverage: 0.8022 },
      e2e: { error: 0.1827, coverage: 0.8095 },
      throughput: { error: 0.1827, coverage: 0.8095 },
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
