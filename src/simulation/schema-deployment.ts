/** The schema's `[hardware]` and `[model]` tables. */
import * as z from "zod";
import { count, countOrZero, MAX_LAYERS, positive, text } from "./schema-leaves.js";

export const hardware = {
  name: text()
    .meta({ description: "A label for reports.", examples: ["H100"] })
    .optional(),
  computeFlops: positive().meta({
    description: "FLOP/s of one device at the precision used, dense.",
    examples: [1.513e15],
  }),
  memoryBandwidth: positive().meta({
    description: "Bytes/s of one device's memory.",
    examples: [3.35e12],
  }),
  memoryCapacity: positive().meta({
    description: "Bytes of memory of one device.",
    examples: [85899345920],
  }),
  bytesPerParam: positive().meta({
    description: "Bytes of one weight and of one KV element: 1 for fp8, 2 for bf16.",
    examples: [2],
  }),
  kvCacheCapacity: positive()
    .meta({
      description:
        "Bytes of KV cache over all devices, taken as they are. Default: devices × memory_capacity × gpu_memory_utilization − weights.",
      examples: [17179869184],
    })
    .optional(),
  gpuMemoryUtilization: z
    .number({ error: "a number above 0 and at most 1" })
    .gt(0)
    .lte(1)
    .describe("Share of each device's memory that weights and KV cache may take.")
    .default(0.9),
  tensorParallel: count()
    .meta({
      description:
        "Devices that weights and KV cache are sharded over. Default: the smallest number that is allowed and fits.",
      examples: [2],
    })
    .optional(),
};

export const model = {
  name: text()
    .meta({ description: "A label for reports.", examples: ["Llama-3-70B"] })
    .optional(),
  numParameters: positive().meta({
    description: "Parameters, all of them.",
    examples: [70000000000],
  }),
  numLayers: count(MAX_LAYERS).meta({ description: "Layers.", examples: [80] }),
  hiddenDim: count().meta({ description: "Width of the residual stream.", examples: [8192] }),
  numHeads: count(MAX_LAYERS).meta({ description: "Attention heads.", examples: [64] }),
  maxSeqLen: count().meta({
    description: "Longest sequence in tokens, prompt and output together.",
    examples: [8192],
  }),
  numActiveParameters: positive()
    .meta({
      description: "Parameters that one token uses (mixture of experts). Default: all.",
      examples: [70000000000],
    })
    .optional(),
  numKvHeads: count(MAX_LAYERS)
    .meta({
      description: "KV heads (grouped-query attention). Default: num_heads.",
      examples: [8],
    })
    .optional(),
  headDim: count()
    .meta({
      description: "Elements of one head. Default: hidden_dim / num_heads.",
      examples: [128],
    })
    .optional(),
  slidingWindow: count()
    .meta({ description: "Window of the sliding layers, in tokens.", examples: [4096] })
    .optional(),
  numSlidingLayers: countOrZero(MAX_LAYERS)
    .meta({
      description: "Layers that slide. Default: all if there is a sliding_window, else 0.",
      examples: [40],
    })
    .optional(),
};
